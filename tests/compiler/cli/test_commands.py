"""The commands on programs: what they print, write, refuse, and return."""

import importlib.util
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from loopc.cli.main import run

GOOD = """\
param peak: float = 0.01 in 0.001 .. 0.1

data points {
  train = npz("points.npz")
  field x: f32[13]
  field y: f32[10]
}

model net(x: f32[13]) -> f32[10] = x |> dense(10)

train for 10 epochs {
  step (x, y) from points.train batch 64 {
    loss = mean_squared_error(y, net(x))
    update net to minimize loss using adam(peak)
    report loss
  }
}
"""
BAD = GOOD.replace("net(x))", "nett(x))").replace("adam(", "adamm(")
LOOSE = GOOD.replace(" = 0.01 in", "=0.01 in")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder with three programs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, text in (("good", GOOD), ("bad", BAD), ("loose", LOOSE)):
        (tmp_path / f"{name}.loop").write_text(text)
    return tmp_path


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that puts a text on standard input."""

    def put(text: str) -> None:
        stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
        monkeypatch.setattr(sys, "stdin", stdin)

    return put


def test_check_of_a_good_program(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0 and one line that says so."""
    assert run(["check", "good.loop"]) == 0
    assert capsys.readouterr() == ("1 program checked, nothing found\n", "")


def test_check_reports_all_errors_of_all_programs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit code 1, both unknown names, each where it stands."""
    assert run(["check", "good.loop", "bad.loop", "--format", "concise"]) == 1

    lines = capsys.readouterr().out.splitlines()
    places = {line.split(" ")[0] for line in lines}
    assert {"bad.loop:13:34:", "bad.loop:14:39:"} <= places
    assert all(place.startswith("bad.loop:") for place in places)


@pytest.mark.parametrize("format", ["json", "sarif"])
def test_check_of_a_good_program_is_a_document(
    format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tools get a document whether or not there is something in it."""
    assert run(["check", "good.loop", "--format", format]) == 0
    assert json.loads(capsys.readouterr().out)


def test_check_of_standard_input(
    feed: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """`-` reads the program; `--stdin-filename` is what diagnostics call it."""
    feed(BAD)

    arguments = ["check", "-", "--stdin-filename", "lab.loop", "--format", "json"]
    assert run(arguments) == 1

    document = json.loads(capsys.readouterr().out)
    assert {d["file"] for d in document["diagnostics"]} == {"lab.loop"}


def test_check_of_bytes_that_are_no_text(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One diagnostic in the format asked for, for every command that reads programs."""
    (folder / "data.loop").write_bytes(b"PK\x03\x04\xff\x1b[31m")

    assert run(["check", "data.loop", "--format", "concise"]) == 1
    line = "data.loop:1:5: error[E190] the file is not UTF-8 text\n"
    assert capsys.readouterr().out == line

    assert run(["build", "data.loop", "--format", "concise"]) == 1
    assert capsys.readouterr().err == line


def test_override_is_checked_where_it_was_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`--set` takes the language's expressions, in the range that the program gives."""
    assert run(["check", "good.loop", "--set", "peak=2 * 0.003"]) == 0
    capsys.readouterr()

    for value in ("5.0", '"a"', "0.01 *", "", "1\nconst b = 2"):
        arguments = ["--set", f"peak={value}", "--format", "concise"]
        assert run(["check", "good.loop", *arguments]) == 1
        assert "peak" in capsys.readouterr().out


def test_override_that_does_not_parse_is_shown_where_it_stands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The caret is in the text of the option, not somewhere in the program."""
    assert run(["check", "good.loop", "--set", "peak=0.01 *"]) == 1

    assert capsys.readouterr().out.splitlines()[1:5] == [
        " --> --set peak:1:7",
        "  |",
        "1 | 0.01 *",
        "  |       ^ found the end of the line",
    ]


def test_override_of_no_param_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt name is not ignored."""
    assert run(["check", "good.loop", "--set", "peek=1", "--format", "concise"]) == 1
    assert "peek" in capsys.readouterr().out


def test_fmt_rewrites_what_is_not_canonical(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file becomes canonical; doing it again changes nothing and says nothing."""
    assert run(["fmt", "loose.loop", "good.loop"]) == 0
    assert (folder / "loose.loop").read_text() == GOOD
    assert capsys.readouterr().err == "reformatted loose.loop\n"

    assert run(["fmt", "loose.loop"]) == 0
    assert capsys.readouterr().err == ""


def test_fmt_check_and_diff_write_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1 tells a hook; the difference shows what it would be."""
    assert run(["fmt", "--check", "good.loop"]) == 0
    assert run(["fmt", "--check", "--diff", "loose.loop"]) == 1

    captured = capsys.readouterr()
    assert captured.err == "would reformat loose.loop\n"
    assert "-param peak: float=0.01 in 0.001 .. 0.1\n" in captured.out
    assert "+param peak: float = 0.01 in 0.001 .. 0.1\n" in captured.out
    assert (folder / "loose.loop").read_text() == LOOSE


def test_fmt_goes_from_standard_input_to_standard_output(
    feed: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Editors pipe their buffer through."""
    feed(LOOSE)

    assert run(["fmt", "-"]) == 0
    assert capsys.readouterr().out == GOOD


def test_fmt_leaves_what_does_not_parse(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error is shown and the file stays byte for byte."""
    (folder / "a.loop").write_text("model {{\n")

    assert run(["fmt", "a.loop"]) == 1
    assert "error[E1" in capsys.readouterr().err
    assert (folder / "a.loop").read_text() == "model {{\n"


def test_fmt_follows_a_link_to_the_program(folder: Path) -> None:
    """A program that is linked into a folder stays linked."""
    (folder / "link.loop").symlink_to(folder / "loose.loop")

    assert run(["fmt", "link.loop"]) == 0
    assert (folder / "link.loop").is_symlink()
    assert (folder / "loose.loop").read_text() == GOOD


def test_build_writes_the_script_beside_the_program(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--check` then agrees, until the script changes; building again mends it."""
    assert run(["build", "good.loop"]) == 0
    assert capsys.readouterr().err == "wrote train_good.py\n"
    assert run(["build", "good.loop", "--check"]) == 0

    (folder / "train_good.py").write_text(
        (folder / "train_good.py").read_text() + "x = 1\n"
    )
    assert run(["build", "good.loop", "--check"]) == 1
    assert "\n-x = 1\n" in capsys.readouterr().err

    assert run(["build", "good.loop"]) == 0
    assert run(["build", "good.loop", "--check"]) == 0


def test_build_check_of_a_missing_script(capsys: pytest.CaptureFixture[str]) -> None:
    """What was never built is not up to date."""
    assert run(["build", "good.loop", "--check"]) == 1
    assert capsys.readouterr().err == "`train_good.py` does not exist yet\n"


def test_build_replaces_only_what_it_generated(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody's own file survives, unless `--force` says otherwise."""
    (folder / "train_good.py").write_text("precious = True\n")

    assert run(["build", "good.loop"]) == 1
    assert "was not generated by loopc" in capsys.readouterr().err
    assert (folder / "train_good.py").read_text() == "precious = True\n"

    assert run(["build", "good.loop", "--force"]) == 0
    assert "precious" not in (folder / "train_good.py").read_text()


def test_build_of_a_bad_program_writes_nothing(folder: Path) -> None:
    """With errors there is no script, not even an empty one."""
    assert run(["build", "bad.loop"]) == 1
    assert not (folder / "train_bad.py").exists()


def test_build_to_standard_output_is_a_script(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The script alone, the same as `--print script`, valid as Python."""
    assert run(["build", "good.loop", "-o", "-"]) == 0
    script = capsys.readouterr().out
    assert run(["build", "good.loop", "--print", "script"]) == 0

    assert capsys.readouterr().out == script
    compile(script, "good.py", "exec")


@pytest.mark.parametrize(
    ("stage", "word"), [("ast", "Program("), ("checked", "Checked"), ("plan", "Plan(")]
)
def test_build_prints_each_stage(
    stage: str, word: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a stage made can be read, and nothing is written."""
    assert run(["build", "good.loop", "--print", stage]) == 0
    assert word in capsys.readouterr().out
    assert not (folder / "train_good.py").exists()


def test_plan_for_people_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Both forms name the model; the second is JSON."""
    assert run(["plan", "good.loop"]) == 0
    assert "net" in capsys.readouterr().out
    assert run(["plan", "good.loop", "--json"]) == 0
    assert "net" in json.dumps(json.loads(capsys.readouterr().out))


def test_list_and_doc_show_the_vocabulary(capsys: pytest.CaptureFixture[str]) -> None:
    """Every name listed has a page; an unknown one has a suggestion."""
    assert run(["list", "layer"]) == 0
    listed = capsys.readouterr().out.splitlines()[1:]
    names = [line.split()[0] for line in listed]
    assert "dense" in names

    for name in names:
        assert run(["doc", name]) == 0, name
        assert f"layer {name}(" in capsys.readouterr().out

    assert run(["doc", "densee"]) == 2
    assert "did you mean `dense`?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("r2", "it is part of the name of `r2_score`"),
        ("nesterov", "it is an option of `sgd`, "),
        ("valid", "it is a choice of `padding` of `conv1d`, `conv2d`, "),
        ("qqqq", "`loopc list` shows all names"),
        ("warm", "it is told of at "),
        ("lr", "`learning_rate` is an option of `sgd`, "),
        ("unsqueeze", "did you mean `expand`?"),
        ("global_norm", "the norm of what an update is given is `gradients(net).norm`"),
    ],
)
def test_doc_of_no_name_says_who_speaks_of_it(
    word: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Options, choices, parts of names and descriptions are searched for the word."""
    assert run(["doc", word]) == 2
    assert said in capsys.readouterr().err


def test_train_without_tensorflow_says_what_to_install(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence with both names of the extra, before anything is written."""
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == "tensorflow" else found(name, *rest),
    )

    assert run(["train", "good.loop"]) == 1
    assert capsys.readouterr().err == (
        "error: training needs TensorFlow: install `loopc[train]`, or"
        " `loopc[train-cpu]` for the half-sized build without GPU support\n"
    )
    assert not (folder / "runs").exists()


def test_eval_without_a_run_says_where_it_looked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The folder is named, and it is an error of usage."""
    assert run(["eval", "good.loop"]) == 2
    assert "there is no run folder `runs/good`" in capsys.readouterr().err
