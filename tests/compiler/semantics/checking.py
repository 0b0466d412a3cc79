"""How tests check a text: the checked program, or the findings."""

from loopc.diagnostics.model import Diagnostic, Diagnostics
from loopc.semantics.checked import CheckedProgram
from loopc.semantics.checker import check
from loopc.source import Source
from loopc.syntax import ast
from loopc.syntax.parser import parse


def checked(text: str, **overrides: str) -> CheckedProgram:
    """Check a program that has no errors; overrides are texts of expressions."""
    diagnostics = Diagnostics()
    program = parse(Source(text), diagnostics)
    assert program is not None
    values = {name: expression(value) for name, value in overrides.items()}
    result = check(program, diagnostics, values)
    assert result is not None, [d.title for d in diagnostics]
    return result


def expression(text: str) -> ast.Expression:
    """Parse one expression, as `--set` does."""
    program = parse(Source(f"const value = {text}\n"), Diagnostics())
    assert program is not None
    (declaration,) = program.declarations
    assert isinstance(declaration, ast.Const)
    return declaration.value


def findings(text: str, **overrides: str) -> tuple[Diagnostic, ...]:
    """Check a program and return what was found, by place."""
    diagnostics = Diagnostics()
    program = parse(Source(text), diagnostics)
    values = {name: expression(value) for name, value in overrides.items()}
    if program is not None:
        check(program, diagnostics, values)
    return diagnostics.sorted()
