"""Parsing in tests: trees of complete programs, and titles of what is wrong."""

from pathlib import Path

from loopc.diagnostics.model import Diagnostics
from loopc.source import Source
from loopc.syntax import ast
from loopc.syntax.parser import parse

PROGRAMS = sorted((Path(__file__).parents[2] / "programs").glob("*.loop"))


def tree(text: str) -> ast.Program:
    """The tree of a text that has no syntax error."""
    found = Diagnostics()
    program = parse(Source(text), found)
    assert [d.title for d in found] == []
    assert program is not None
    return program


def value(text: str) -> ast.Expression:
    """The tree of an expression."""
    (declaration,) = tree(f"const c = {text}").declarations
    assert isinstance(declaration, ast.Const)
    return declaration.value


def findings(text: str) -> list[tuple[str, str, str]]:
    """Code, title and marked text of every syntax error."""
    found = Diagnostics()
    parse(Source(text), found)
    return [(d.code, d.title, text[d.span.start : d.span.end]) for d in found]


def codes(text: str) -> list[str]:
    return [code for code, _, _ in findings(text)]
