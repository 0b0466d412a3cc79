"""The one namespace of a program: declarations by name, duplicates reported."""

from dataclasses import field
from types import UnionType
from typing import TypeAlias

from loopc.diagnostics.model import Diagnostics
from loopc.records import dataclass
from loopc.semantics.errors import names as errors
from loopc.source import Span
from loopc.syntax import ast

Named: TypeAlias = (
    ast.Param | ast.Const | ast.Dim | ast.Data | ast.Model | ast.Layer | ast.Function
    | ast.Weight | ast.State | ast.Schedule | ast.Transform | ast.Extern
)  # fmt: skip

KINDS: dict[type, str] = {
    ast.Param: "a param",
    ast.Const: "a const",
    ast.Dim: "a dim",
    ast.Data: "a data block",
    ast.Model: "a model",
    ast.Layer: "a layer",
    ast.Weight: "a weight",
    ast.State: "a state",
    ast.Schedule: "a schedule",
    ast.Transform: "a transform",
    ast.Extern: "an extern",
}


@dataclass(slots=True)
class Declarations:
    """Declarations by name in file order; `used` grows while bodies are checked."""

    by_name: dict[str, Named] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def find(self, name: str) -> Named | None:
        return self.by_name.get(name)

    def use(self, name: str) -> Named | None:
        if name in self.by_name:
            self.used.add(name)
        return self.by_name.get(name)

    def of_kind(self, kind: type | UnionType) -> list[str]:
        return [n for n, d in self.by_name.items() if isinstance(d, kind)]

    def span(self, name: str) -> Span | None:
        found = self.by_name.get(name)
        return None if found is None else found.name.span


def describe(declaration: Named) -> str:
    if isinstance(declaration, ast.Function):
        return f"a {declaration.kind}"
    return KINDS[type(declaration)]


def collect_declarations(
    program: ast.Program, diagnostics: Diagnostics
) -> Declarations:
    """Put every named declaration into one table; the first of two of a name stays."""
    table = Declarations()
    for declaration in program.declarations:
        if not isinstance(declaration, ast.Train | ast.Import):
            _add(table, declaration, diagnostics)
    return table


def _add(table: Declarations, declaration: Named, diagnostics: Diagnostics) -> None:
    name = declaration.name.text
    first = table.by_name.setdefault(name, declaration)
    if first is not declaration:
        span = declaration.name.span
        diagnostics.add(errors.already_declared(name, span, first.name.span))
