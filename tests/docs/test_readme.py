"""The README shows what happens: its program, its messages, its script, its numbers."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from loopc.cli.main import COMMANDS
from loopc.driver import check_source, compile_source, format_source

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def fences(language: str) -> list[str]:
    """Return the contents of the fences of a language, "" for those without one."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.M | re.S)


(PROGRAM,) = fences("loop")
(SCRIPT,) = fences("python")


def output_of(command: str) -> str:
    """Return what the README says that a command prints."""
    ends = re.compile(r"^```$", re.M)
    begin = TEXT.index(f"$ {command}\n") + len(f"$ {command}\n")
    found = ends.search(TEXT, begin)
    assert found is not None
    return TEXT[begin : found.start()]


def test_program_is_clean_and_canonical() -> None:
    """The program has nothing to complain about and is formatted."""
    assert check_source(PROGRAM).render() == ""
    assert format_source(PROGRAM).text == PROGRAM


def test_script_is_what_the_program_becomes() -> None:
    """The step shown is part of the generated script."""
    script = compile_source(PROGRAM, "digits.loop").script
    assert script is not None
    assert SCRIPT in script


def test_messages_are_those_of_the_checker() -> None:
    """The mistakes that are described give the messages that are shown."""
    wrong = PROGRAM.replace("dense(10)", "dense(10, softmax)")
    wrong = wrong.replace("= accuracy(", "= acuracy(")
    assert check_source(wrong, "wrong.loop").render() == output_of(
        "loopc check wrong.loop"
    )


def test_every_command_is_mentioned() -> None:
    """The table of commands is complete."""
    table = TEXT[TEXT.index("## Commands") : TEXT.index("## Why")]
    assert set(re.findall(r"`loopc (\w+)", table)) == set(COMMANDS)


def test_links_lead_somewhere() -> None:
    """Every file that the documentation links to exists, and every heading."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    pages += [ROOT / "compiler" / "loopc" / "README.md", ROOT / "runtime" / "README.md"]
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
        if not leads_somewhere(page, link)
    ]
    assert broken == []


def leads_somewhere(page: Path, link: str) -> bool:
    """Say whether a link is to another site, or to a file and heading that exist."""
    if link.startswith("https://"):
        return True
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    if not anchor or not target.is_file():
        return target.exists()
    titles = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.M)
    return anchor in {
        re.sub(r"[^\w -]", "", t).lower().replace(" ", "-") for t in titles
    }


@pytest.mark.slow
def test_run_ends_with_the_numbers_shown(tmp_path: Path) -> None:
    """Training gives the steps that are shown, and an accuracy within a percent."""
    (tmp_path / "digits.loop").write_text(PROGRAM, encoding="utf-8")
    command = [sys.executable, "-m", "loopc", "train", "digits.loop", "--data", ROOT]

    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    assert run.returncode == 0, run.stderr
    step = r"finished at step ([\d,]+) after"
    accuracy = r"test\.accuracy ([\d.]+)$"
    shown = output_of("loopc train digits.loop")
    assert re.findall(step, run.stdout) == re.findall(step, shown)
    measured, said = (
        float(re.findall(accuracy, text, re.M)[-1]) for text in (run.stdout, shown)
    )
    assert measured == pytest.approx(said, abs=0.01)
