"""The constants of a script, each with what the program says about it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from loopc.codegen.docstrings import remark
from loopc.codegen.literals import literal
from loopc.codegen.statics import StaticPrinter
from loopc.semantics import checked

if TYPE_CHECKING:
    from loopc.codegen.context import ScriptPrinter


def constant_lines(script: "ScriptPrinter") -> Iterator[str]:
    """Yield a line for each constant, behind its comment."""
    for const in script.program.consts:
        said = remark(script.program, const.name)
        if said:
            yield f"# {said}"
        yield script.imports.notice(f"{_name(script, const)} = {_value(script, const)}")


def _name(script: "ScriptPrinter", const: checked.CheckedConst) -> str:
    return script.names.of("const", const.name)


def _value(script: "ScriptPrinter", const: checked.CheckedConst) -> str:
    if const.expression is not None:
        value = StaticPrinter(script.names).expression(const.expression).text
    else:
        value = literal(const.value)
    if isinstance(const.value, tuple) and not value.startswith("np."):
        return f"np.array({value})"
    return value
