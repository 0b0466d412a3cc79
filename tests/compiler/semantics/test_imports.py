"""Imports: what becomes part of a program, what does not, and where faults are."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from loopc.cli.files import imports_beside
from loopc.cli.imports import imported_texts
from loopc.cli.main import cli
from loopc.driver import CheckResult, check_source, compile_source
from loopc.semantics.imports import MAX_FILES, UnreadableImport

LAYERS = """
const slope = 0.1
param width: int = 16
fn leaky(x) = where(x > 0, x, slope * x)
layer stem(units: int)(x) {
  h = x |> dense(units)
  return leaky(h)
}
layer other(units: int)(x) = x |> dense(units)
train for 1 step {
}
"""
REST = """
data points {
  train = npz("points.npz")
  field x: f32[13]
  field y: f32[10]
}
model net(x: f32[13]) -> f32[10] = x |> stem(8) |> dense(10)
train for 10 epochs {
  step (x, y) from points.train batch 32 {
    loss = mean_squared_error(y, net(x))
    update net to minimize loss using adam(0.01)
    report loss
  }
}
"""


def check(head: str, files: Mapping[str, str]) -> CheckResult:
    return check_source(head + REST, "lab/main.loop", imports=files.get)


def codes(head: str, files: Mapping[str, str]) -> list[str]:
    return [d.code for d in check(head, files).diagnostics]


@pytest.mark.parametrize(
    "head", ['import "layers.loop"\n', 'import stem from "layers.loop"\n']
)
def test_what_is_used_and_what_it_is_made_of_is_imported(head: str) -> None:
    """A layer comes with its fn and its const; nothing else, no loop, no param."""
    result = compile_source(head + REST, imports={"layers.loop": LAYERS}.get)

    assert result.render() == ""
    assert result.checked is not None
    assert result.script is not None
    assert [t.name for t in result.checked.templates] == ["stem"]
    assert [c.name for c in result.checked.consts] == ["slope"]
    assert result.checked.params == ()
    assert len(result.checked.trains) == 1
    assert "def stem(" in result.script
    assert "other" not in result.script


def test_imports_of_imported_files_count_from_their_folder() -> None:
    """`parts/stem.loop` imports what lies beside it."""
    files = {
        "parts/stem.loop": 'import leaky from "curves.loop"\n'
        "layer stem(units: int)(x) = leaky(x |> dense(units))\n",
        "parts/curves.loop": "fn leaky(x) = where(x > 0, x, 0.1 * x)\n",
    }
    assert codes('import stem from "parts/stem.loop"\n', files) == []


def test_faults_are_shown_in_their_file() -> None:
    """A name unknown in an imported file is underlined there."""
    files = {"layers.loop": "layer stem(units: int)(x) = x |> dense(unts)\n"}
    found = check('import "layers.loop"\n', files).render()
    assert "lab/layers.loop:1:40" in found
    assert "did you mean `units`?" in found


@pytest.mark.parametrize(
    ("head", "files", "expected"),
    [
        ('import stem from "none.loop"\n', {}, ["E224"]),
        ('import stam from "layers.loop"\n', {"layers.loop": LAYERS}, ["E225"]),
        (
            'import stem from "a.loop"\n',
            {"a.loop": 'import "a.loop"\n' + LAYERS},
            ["E226"],
        ),
        ('import stem from "../layers.loop"\n', {}, ["E331"]),
        ('import stem from "/layers.loop"\n', {}, ["E331"]),
        ('import stem from "a/../../layers.loop"\n', {}, ["E331"]),
        (
            'import stem, other from "layers.loop"\n',
            {"layers.loop": LAYERS},
            ["W619"],
        ),
        (
            'import "layers.loop"\nimport "b.loop"\n',
            {"layers.loop": LAYERS, "b.loop": "const unused = 1\n"},
            ["W619"],
        ),
        (
            'import "layers.loop"\nimport "b.loop"\n',
            {"layers.loop": LAYERS, "b.loop": LAYERS},
            ["E202"] * 3,
        ),
        (
            'import "layers.loop"\n',
            {"layers.loop": LAYERS + "const = 1\n"},
            ["E101"],
        ),
    ],
)
def test_faults_of_imports(
    head: str, files: Mapping[str, str], expected: list[str]
) -> None:
    """Each fault has its code; names that a failed import may bring are not unknown."""
    assert codes(head, files) == expected


def test_files_are_limited() -> None:
    """A chain of files without end is cut off with a diagnostic."""

    def endless(path: str) -> str:
        return f'import "x{path}"\n'

    result = check_source('import "a.loop"\n' + REST, imports=endless)
    assert "E224" in [d.code for d in result.diagnostics]
    assert str(MAX_FILES) in result.render()


def test_command_reads_below_the_folder_alone(tmp_path: Path) -> None:
    """A link that leads outside is refused, and so is what is no regular file."""
    (tmp_path / "secret.loop").write_text(LAYERS)
    root = tmp_path / "lab"
    (root / "folder.loop").mkdir(parents=True)
    (root / "layers.loop").write_text(LAYERS)
    (root / "link.loop").symlink_to(tmp_path / "secret.loop")
    resolve = imports_beside(str(root / "main.loop"))

    assert resolve("layers.loop") == LAYERS
    assert resolve("none.loop") is None
    for path in ("link.loop", "folder.loop"):
        with pytest.raises(UnreadableImport):
            resolve(path)


def test_run_folder_keeps_what_is_imported() -> None:
    """The texts go by their paths below the program's folder; overrides are none."""
    files = {"parts/layers.loop": LAYERS}
    result = check_source(
        'param rate: float = 0.1\nimport "parts/layers.loop"\n' + REST,
        "lab/main.loop",
        {"rate": "0.2"},
        imports=files.get,
    )
    assert imported_texts(result.sources) == files


def test_check_command_follows_imports(tmp_path: Path) -> None:
    """`loopc check` reads what lies beside the program."""
    (tmp_path / "layers.loop").write_text(LAYERS)
    (tmp_path / "main.loop").write_text('import "layers.loop"\n' + REST)
    result = CliRunner().invoke(cli, ["check", str(tmp_path / "main.loop")])
    assert result.output == "1 program checked, nothing found\n"
