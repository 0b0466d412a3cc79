"""The frame around the commands: codes, sentences, and what a command may import."""

import subprocess
import sys
from pathlib import Path

import pytest

from loopc.cli import main as main_module
from loopc.cli.main import COMMANDS, run

HEAVY = ("tensorflow", "keras", "numpy", "jinja2", "black", "rich")


def loopc(*arguments: str, **options: object) -> "subprocess.CompletedProcess[str]":
    """Run `python -m loopc` in a process of its own."""
    command = [sys.executable, "-m", "loopc", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, **options
    )


# Nothing that only another command needs, however small: what is imported at the top of
# a module is paid for by whoever imports the module.
PLAIN = (*HEAVY, "lark", "json", "pathlib", "tempfile", "shutil", "zipfile", "difflib")
LEFT_OUT = {
    "check": (*PLAIN, "loopc.planning", "loopc.codegen", "loopc.semantics.imports",
              "loopc.semantics.errors.", "loopc.diagnostics.catalog"),
    "fmt --check": (*PLAIN, "loopc.semantics", "loopc.vocabulary", "loopc.planning",
                    "loopc.codegen"),
    "fmt": (*HEAVY, "lark", "loopc.semantics", "loopc.vocabulary", "loopc.codegen"),
    "plan": (*HEAVY, "lark", "loopc.codegen", "loopc.semantics.errors."),
    "list": (*PLAIN, "loopc.syntax", "loopc.semantics", "loopc.planning"),
    "doc adam": (*PLAIN, "loopc.syntax", "loopc.semantics", "loopc.planning"),
    "explain E190": (*PLAIN, "loopc.syntax", "loopc.semantics", "loopc.vocabulary"),
    "--help": (*HEAVY, "lark", "loopc.syntax", "loopc.semantics.imports",
               "loopc.planning", "loopc.codegen"),
}  # fmt: skip


def imported_by(arguments: list[str], tmp_path: Path) -> list[str]:
    """Return the modules that a command line which succeeds imports."""
    probe = (
        "import sys; from loopc.cli.main import run; code = run(sys.argv[1:]); "
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    command = [sys.executable, "-c", probe, *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, check=True
    )
    return done.stderr.splitlines()[-1].split()


@pytest.mark.parametrize("command", LEFT_OUT)
def test_commands_import_nothing_of_others(
    command: str, samples_dir: Path, tmp_path: Path
) -> None:
    """Editors and hooks wait for these: not even the words of findings come along."""
    arguments = command.split()
    if arguments[0] in ("check", "fmt", "plan"):
        program = (samples_dir / "fashion_mlp.loop").read_text(encoding="utf-8")
        (tmp_path / "a.loop").write_text(program, encoding="utf-8")
        arguments.append("a.loop")

    imported = [
        module
        for module in imported_by(arguments, tmp_path)
        if module.startswith(LEFT_OUT[command])
    ]

    assert imported == []


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Each command has its line, with a sentence on it."""
    assert run(["--help"]) == 0

    listed = capsys.readouterr().out.split("Commands:\n")[1].splitlines()
    assert [line.split()[0] for line in listed] == list(COMMANDS)
    assert all(len(line.split()) > 3 for line in listed)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["chek"], "error: there is no command `chek`; did you mean `check`?"),
        (["check"], "error: Missing argument 'SPEC...'."),
        (["check", "a", "--set", "x"], "`x` is not `name=value`"),
        (["check", "a", "--set", "x=1", "--set", "x=2"], "`x` is set twice"),
        (["check", "--\x1b[31m", "a"], r"No such option '--\x1b[31m'"),
        (["check", "no\x1b.loop"], "error: there is no file `no<U+001B>.loop`"),
        (["explain", "not-utf"], "error: there is no code `not-utf`; did you mean `n"),
    ],
)
def test_wrong_usage_is_2_and_a_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is wrong goes to standard error, escaped; standard output stays empty."""
    assert run(arguments) == 2

    captured = capsys.readouterr()
    assert sentence in captured.err
    assert captured.out == ""
    assert "\x1b" not in captured.err


def test_explain_shows_meaning_and_lists_codes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A code or a slug opens the page; without one all codes are listed."""
    assert run(["explain", "w690"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("warning[W690]: this comment allows a code")
    assert "Wrong:\n\n    data points {" in page

    assert run(["explain", "unused-allow"]) == 0
    assert capsys.readouterr().out == page

    assert run(["explain"]) == 0
    assert "W690  this comment allows a code" in capsys.readouterr().out


def test_bug_is_owned_up_to(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A defect of ours is called one, says where it is, and shows no traceback."""
    monkeypatch.setitem(main_module.COMMANDS, "check", "loopc.cli.absent:check")

    assert run(["check", "a.loop"]) == 1

    error = capsys.readouterr().err
    assert error.startswith("error: this is a bug in loopc, not in your program\n")
    assert "No module named 'loopc.cli.absent'" in error
    assert "Traceback" not in error


def test_interrupt_is_quiet(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends a command with the code that shells expect, and without noise."""

    def interrupted(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main_module.cli, "main", interrupted)

    assert run(["check"]) == 130
    assert capsys.readouterr().err == ""


def test_reader_that_left_causes_no_noise() -> None:
    """`loopc explain | head -1` says nothing about a broken pipe."""
    command = f"{sys.executable} -m loopc explain | true"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=False
    )

    assert done.stderr == ""


@pytest.mark.parametrize(
    ("redirection", "code", "said"),
    [(">&-", 0, ""), ("> /dev/full", 1, "error: output: no space left on device\n")],
)
def test_output_that_cannot_be_written(redirection: str, code: int, said: str) -> None:
    """A closed output is no error, a full disk is one, and neither a traceback."""
    command = f"{sys.executable} -m loopc explain {redirection}"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (code, said)


def test_version_is_that_of_the_distribution() -> None:
    """`loopc --version` and pyproject.toml agree."""
    from importlib.metadata import version

    assert loopc("--version").stdout == f"loopc {version('loopc')}\n"
