"""Cases: a program, a blank line, and as comments what `loopc check` says about it.

`--update-golden` rewrites the comments; review the difference like code. A file is
named after the code it shows (`E201_unknown_name.loop`), or says what it combines.
"""

import re
from pathlib import Path

import pytest

from loopc.diagnostics.catalog import catalog
from loopc.driver import check_source

HERE = Path(__file__).parent
CASES = sorted(HERE.rglob("*.loop"))
NOTHING = "nothing found"

# About bytes, a megabyte of text, an override, other files: no short text alone shows
# them.
NOT_ABOUT_TEXT = {
    "E112",
    "E190",
    "E214",
    "E225",
    "E226",
    "E333",
    "E580",
    "E581",
    "W619",
}


def split(text: str) -> tuple[str, str]:
    """Return the program and the comments that a case ends in."""
    lines = text.splitlines(keepends=True)
    start = len(lines)
    while start and lines[start - 1].startswith("#"):
        start -= 1
    return "".join(lines[:start]), "".join(lines[start:])


def commented(text: str) -> str:
    """Return each line as a comment."""
    return "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path, update_golden: bool) -> None:
    """The diagnostics of the program are exactly those written below it."""
    program, expected = split(path.read_text(encoding="utf-8"))

    actual = commented(check_source(program, path.name).render() or NOTHING)

    if update_golden and actual != expected:
        path.write_text(program.rstrip("\n") + "\n\n" + actual, encoding="utf-8")
        return
    assert actual == expected


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case_shows_the_code_it_is_named_after(path: Path) -> None:
    """Who looks for an example of a code finds it by the name of the file."""
    code = re.match(r"[EW]\d{3}(?=_)", path.stem)
    _, expected = split(path.read_text(encoding="utf-8"))

    assert code is None or f"[{code.group()}]" in expected


def test_every_code_has_a_case() -> None:
    """No diagnostic can change its wording, or stop being found, unnoticed."""
    shown = {path.stem.split("_")[0] for path in CASES}
    assert sorted(set(catalog()) - shown - NOT_ABOUT_TEXT) == []


@pytest.mark.parametrize("code", sorted(set(catalog()) - NOT_ABOUT_TEXT))
def test_catalogue_examples_hold(code: str) -> None:
    """`loopc explain` is true: the wrong example has the code, the right has none."""
    entry = catalog()[code]

    wrong = check_source(entry.wrong).diagnostics
    right = check_source(entry.right)

    assert (code, entry.slug) in {(d.code, d.slug) for d in wrong}
    assert right.render() == ""
