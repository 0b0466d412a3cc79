"""The language reference shows what the compiler does: its examples are compiled.

The first program of the page is the frame of its fragments; a comment in it marks where
the fragments of each place stand.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from loopc.diagnostics.catalog import find_entry
from loopc.diagnostics.model import Diagnostics, Severity
from loopc.driver import check_source, compile_source, format_source
from loopc.source import Source
from loopc.syntax.parser import parse
from loopc_grammar import CONTEXTUAL_WORDS, RESERVED_WORDS, UNIT_WORDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "language.md"
TEXT = PAGE.read_text(encoding="utf-8")
PLACES = ("file", "data", "train", "step")
LIBRARY = "layers"  # the file that an example imports
FENCE = re.compile(r"^```loop( later)?( \w+)?\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Example:
    """One fence of the page: a fragment where `place` is not empty."""

    line: int
    place: str
    later: bool
    text: str

    @property
    def program(self) -> str:
        """Return the example as a whole program."""
        return _framed(self.text, self.place) if self.place else self.text


def _examples() -> Iterator[Example]:
    for found in FENCE.finditer(TEXT):
        later, place, text = found.groups()
        if (place or "").strip() == LIBRARY:
            continue
        line = TEXT[: found.start()].count("\n") + 1
        yield Example(line, (place or "").strip(), later is not None, text)


def _framed(text: str, place: str) -> str:
    frame, mark = EXAMPLES[0].text, re.compile(rf"^ *# {place}\n", re.M)
    assert len(mark.findall(frame)) == 1
    return mark.sub(lambda _: text, frame)


FILES = {
    f"{LIBRARY}.loop": found[3]
    for found in FENCE.finditer(TEXT)
    if (found[2] or "").strip() == LIBRARY
}
EXAMPLES = list(_examples())
NAMES = [f"line {example.line}" for example in EXAMPLES]
WHOLE = [example for example in EXAMPLES if not example.later]
LATER = [example for example in EXAMPLES if example.later]


def errors(program: str) -> list[str]:
    """Return the rendered errors of a program."""
    result = check_source(program, PAGE.name, imports=FILES.get)
    found = [d for d in result.diagnostics if d.severity is Severity.ERROR]
    return [f"{d.code} {d.title}" for d in found]


def test_every_fence_is_an_example() -> None:
    """No fence of the language is marked in a way that the tests do not read."""
    fences = re.findall(r"^```loop", TEXT, re.M)
    assert len(EXAMPLES) + len(FILES) == len(fences)
    assert {example.place for example in EXAMPLES} <= {"", *PLACES}


@pytest.mark.parametrize("example", EXAMPLES, ids=NAMES)
def test_example_parses(example: Example) -> None:
    """Every example is a program of the grammar."""
    found = Diagnostics()
    parse(Source(example.program, PAGE.name), found)
    assert [d.title for d in found] == []


@pytest.mark.parametrize("example", WHOLE, ids=lambda e: f"line {e.line}")
def test_example_has_no_errors(example: Example) -> None:
    """What the page shows as working is accepted."""
    assert errors(example.program) == []


@pytest.mark.parametrize(
    "example", [e for e in WHOLE if not e.place], ids=lambda e: f"line {e.line}"
)
def test_whole_program_is_clean_and_canonical(example: Example) -> None:
    """Whole programs give no warning either, and stand in their canonical form."""
    assert check_source(example.text, PAGE.name, imports=FILES.get).render() == ""
    assert format_source(example.text, PAGE.name).text == example.text


@pytest.mark.parametrize("example", LATER, ids=lambda e: f"line {e.line}")
def test_later_example_is_refused_as_such(example: Example) -> None:
    """What the page calls not implemented is refused for that reason alone."""
    entry = find_entry("not-implemented")
    assert entry is not None
    assert {error.split()[0] for error in errors(example.program)} == {entry.code}
    assert f"with {entry.code}" in TEXT


@pytest.mark.parametrize(
    "word", sorted(RESERVED_WORDS | CONTEXTUAL_WORDS | UNIT_WORDS), ids=str
)
def test_every_keyword_is_mentioned(word: str) -> None:
    """A word with a meaning is listed among the keywords."""
    listed = TEXT[TEXT.index("## Keywords") : TEXT.index("## The vocabulary")]
    assert f"`{word}`" in listed


@pytest.mark.parametrize("example", WHOLE, ids=lambda e: f"line {e.line}")
def test_example_becomes_a_script(example: Example) -> None:
    """What is accepted can be generated."""
    assert compile_source(example.program, PAGE.name, imports=FILES.get).script
