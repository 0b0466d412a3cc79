"""The parser over any text: diagnostics inside the text, never an exception."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from loopc.diagnostics.model import Diagnostics
from loopc.source import Source
from loopc.syntax.parser import parse
from loopc.syntax.printer import format_program

PROGRAMS = [
    path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parents[1] / "programs").glob("*.loop"))
]
INSERTIONS = st.sampled_from(
    [
        *"(){}[]=;@'#%\\\"\n\r\x00\u0430\u202e\ufeff",
        *("|>", " 9", "end", "of", "..", "train {", "# x\n", "every"),
    ]
)


@st.composite
def mutants(draw: st.DrawFn) -> str:
    """A reference program with a few places cut, doubled, moved or filled."""
    text = draw(st.sampled_from(PROGRAMS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        piece = draw(st.sampled_from(["", text[start:end] * 2]) | INSERTIONS)
        text = text[:start] + piece + text[end:]
    return text


def verify(text: str) -> None:
    """Parse a text and check what every diagnostic owes to its reader."""
    found = Diagnostics()
    program = parse(Source(text), found)
    for diagnostic in found:
        assert len(diagnostic.title) <= 60
        assert diagnostic.title.isprintable()
        for label in diagnostic.labels:
            assert 0 <= label.span.start <= label.span.end <= len(text)
            assert label.text.isprintable()
    if program is not None and not found.has_errors():
        once = format_program(Source(text), program)
        again = parse(Source(once), Diagnostics())
        assert again == program
        assert format_program(Source(once), again) == once


@settings(max_examples=200, deadline=None)
@given(mutants())
def test_mutants_of_programs(text: str) -> None:
    """A damaged program is diagnosed, or it is one that formatting keeps."""
    verify(text)


@settings(max_examples=200, deadline=None)
@given(st.text() | st.text(alphabet='ab1. \n(){}[]=,:|>"#+-*/^%\\;\t', max_size=200))
def test_any_text(text: str) -> None:
    """No text at all breaks the parser."""
    verify(text)
