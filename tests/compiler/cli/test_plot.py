"""`loopc plot`: what it draws, writes, and says where it cannot."""

import json
import math
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from loopc.cli.main import run
from loopc.cli.plots.scale import span, ticks

PROGRAM = """\
data points {
  train = npz("points.npz")
  field x: f32[13]
  field y: f32[10]
}
model net(x: f32[13]) -> f32[10] = x |> dense(10)
schedule rate = linear(0 -> 1, 100 steps) then cosine(1 -> 0, rest)
schedule beta = constant(0.5)
train for 1_000 steps {
  step (x, y) from points.train batch 64 {
    loss = beta * mean_squared_error(y, net(x))
    update net to minimize loss using adam(rate)
    report loss
  }
}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with one program, in a terminal of 60 columns."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "60")
    (tmp_path / "a.loop").write_text(PROGRAM)
    (tmp_path / "epochs.loop").write_text(PROGRAM.replace("1_000 steps", "10 epochs"))
    return tmp_path


def test_values_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Every count of a short run has its value, and the boundary is marked."""
    assert run(["plot", "a.loop", "rate", "--json"]) == 0

    (curve,) = json.loads(capsys.readouterr().out)["schedules"]
    assert (curve["name"], curve["steps"], curve["boundaries"]) == (
        "rate",
        1_000,
        [100],
    )
    assert curve["counts"] == list(range(1_000))
    assert curve["values"][50] == pytest.approx(0.5)
    expected = 0.5 * (1 + math.cos(math.pi * 450 / 900))
    assert curve["values"][550] == pytest.approx(expected)


def test_terminal_drawing(capsys: pytest.CaptureFixture[str]) -> None:
    """The curve starts at the bottom left, peaks a tenth in, and ends bottom right."""
    assert run(["plot", "a.loop", "rate"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "rate over 1,000 steps"
    assert all(len(line) <= 60 for line in lines)
    top, bottom = lines[1], lines[12]
    assert top.startswith("1 \u2524")
    assert bottom.startswith("0 \u2524")
    peak = next(n for n, c in enumerate(top[3:]) if c != " ")
    assert 3 <= peak <= 8
    assert bottom[3] != " "
    assert lines[13].index("\u2534") - 3 == round(100 / 999 * (len(top) and 55))
    assert lines[-1] == "0 at 0, 1 at 100, 3.046e-06 at 999"


def test_a_constant_is_a_line_in_the_middle(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A range of one value is widened, not divided by."""
    assert run(["plot", "a.loop", "beta"]) == 0

    rows = capsys.readouterr().out.splitlines()[1:13]
    assert [bool(row[7:].strip()) for row in rows].count(True) == 1


def test_svg_has_a_line_for_each_schedule(folder: Path) -> None:
    """The file is XML with one polyline for each schedule, through all its values."""
    assert run(["plot", "a.loop", "-o", "rate.svg"]) == 0

    tree = ET.fromstring((folder / "rate.svg").read_text())
    name = "{http://www.w3.org/2000/svg}"
    points = [line.attrib["points"].split() for line in tree.iter(f"{name}polyline")]
    texts = [text.text for text in tree.iter(f"{name}text")]
    assert [len(p) for p in points] == [1_000, 1_000]
    assert (points[0][0], points[0][100]) == ("72.00,356.00", "134.86,40.00")
    assert {"rate", "beta", "step", "400"} <= set(texts)


def test_png_needs_an_extra(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without matplotlib it is said what to install, and nothing is written."""
    monkeypatch.setattr("loopc.cli.plots.png.find_spec", lambda name: None)

    assert run(["plot", "a.loop", "-o", "rate.png"]) == 1

    assert 'pip install "loopc[plot]"' in capsys.readouterr().err
    assert not (folder / "rate.png").exists()


def test_png_is_written(folder: Path) -> None:
    """Where matplotlib is installed the file is a PNG."""
    assert run(["plot", "a.loop", "-o", "rate.png"]) == 0
    assert (folder / "rate.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["a.loop", "rat"], 2, "there is `rate`, `beta`"),
        (["a.loop", "-o", "rate.gif"], 2, "neither an `.svg` nor a `.png`"),
        (["epochs.loop"], 1, "`--steps-per-epoch`"),
    ],
)
def test_what_cannot_be_drawn(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names, files and runs that are not known are said so."""
    assert run(["plot", *arguments]) == code
    assert said in capsys.readouterr().err


def test_epochs_may_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Without the data files an option says how long an epoch is."""
    assert run(["plot", "epochs.loop", "rate", "--steps-per-epoch", "50"]) == 0
    assert "rate over 500 steps, 10 epochs" in capsys.readouterr().out


def test_ticks_are_round_and_few() -> None:
    """Round numbers inside the range, evenly spaced."""
    assert ticks(0, 999, 7) == [0, 200, 400, 600, 800]
    assert ticks(0, 0.0032, 6) == pytest.approx([0, 0.001, 0.002, 0.003])
    assert ticks(5, 5, 6) == [5]
    assert span([0.9, 1.0]) == (0.9, 1.0)
    assert span([0.1, 1.0]) == (0.0, 1.0)
