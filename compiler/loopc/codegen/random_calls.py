"""Random draws as Python: the shape, the site that tells them apart, the options."""

from typing import TYPE_CHECKING

from loopc.codegen.literals import string
from loopc.codegen.names import Names
from loopc.codegen.operands import tensor_of
from loopc.codegen.statics import ATOM, Code
from loopc.semantics import checked

if TYPE_CHECKING:
    from loopc.codegen.expressions import ExpressionPrinter

DRAW_DEFAULTS = {
    "normal": {"mean": 0.0, "stddev": 1.0},
    "truncated_normal": {"mean": 0.0, "stddev": 1.0},
    "uniform": {"low": 0.0, "high": 1.0},
}


def random_call(printer: "ExpressionPrinter", node: checked.Random) -> Code:
    """The call that draws; options at their defaults are left out."""
    function = f"random_{node.distribution}"
    defaults = DRAW_DEFAULTS.get(node.distribution, {})
    printer.imports.need(function)
    options = [
        f"{n}={printer.code(v).text}"
        for n, v in node.options.items()
        if not isinstance(v, checked.Static) or v.value != defaults.get(n)
    ]
    site = f"site={string(site_name(printer.names, node.site))}"
    return Code(f"{function}({', '.join([_shape(printer, node), site, *options])})")


def site_name(names: Names, number: int) -> str:
    """What tells the numbers of a draw apart from those of others."""
    return names.of("draw site", str(number))


def _shape(printer: "ExpressionPrinter", node: checked.Random) -> str:
    kind = tensor_of(node)
    axes = [str(axis) for axis in kind.shape]
    if kind.per_example:
        axes.insert(0, _batch(printer, node))
    return f"({axes[0]},)" if len(axes) == 1 else f"({', '.join(axes)})"


def _batch(printer: "ExpressionPrinter", node: checked.Random) -> str:
    """How many examples a draw is for."""
    if node.batch is not None:
        return printer.option(node.batch)
    if node.like is not None:
        return f"{printer.code(node.like).within(ATOM - 1)}.shape[0]"
    return f"{printer.batch}.shape[0]"
