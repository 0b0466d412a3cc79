"""The formatter over generated programs: stable, and faithful to the tree."""

from hypothesis import given, settings
from tests.property.loop_texts import PROGRAMS

from loopc.diagnostics.model import Diagnostics
from loopc.source import Source
from loopc.syntax import ast
from loopc.syntax.parser import parse
from loopc.syntax.printer import format_program


def parsed(text: str) -> ast.Program:
    """The tree of a text without syntax errors."""
    found = Diagnostics()
    program = parse(Source(text), found)
    assert [d.title for d in found] == []
    assert program is not None
    return program


def formatted(text: str) -> str:
    return format_program(Source(text), parsed(text))


@settings(max_examples=60, deadline=None)
@given(PROGRAMS)
def test_formatting_twice_changes_nothing(text: str) -> None:
    """A formatted program is a fixed point of the formatter."""
    once = formatted(text)
    assert formatted(once) == once


@settings(max_examples=60, deadline=None)
@given(PROGRAMS)
def test_formatting_keeps_the_tree(text: str) -> None:
    """Only layout changes: the tree, the texts of comments and their order stay."""
    assert parsed(formatted(text)) == parsed(text)


@settings(max_examples=60, deadline=None)
@given(PROGRAMS)
def test_formatted_lines_are_clean(text: str) -> None:
    """No blank at the end of a line, no second empty line, no empty line in front."""
    lines = formatted(text).split("\n")
    assert all(line == line.rstrip() for line in lines)
    assert "\n\n\n" not in "\n".join(lines)
    assert lines == [""] or lines[0] != ""
