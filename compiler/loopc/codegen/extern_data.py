"""Data of Python that a program names, as columns of a split."""

from loopc.codegen.imports import Imports
from loopc.codegen.literals import string
from loopc.codegen.names import Names
from loopc.codegen.statics import StaticPrinter
from loopc.semantics import checked


def extern_columns(
    source: checked.CheckedSource, names: Names, imports: Imports
) -> str:
    """`declared_columns("drawn", drawn(count=100))`."""
    imports.need("declared_columns")
    made = names.of("extern", source.extern)
    printer = StaticPrinter(names)
    given = [f"{n}={printer.value(v).text}" for n, v in source.arguments.items()]
    call = f"{made}({', '.join(given)})"
    return f"declared_columns({string(source.extern)}, {call})"
