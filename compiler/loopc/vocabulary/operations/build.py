"""Makers of function entries: what whole families of functions have in common."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from loopc.vocabulary.entry import (
    Casts,
    FunctionEntry,
    Mismatch,
    Operands,
    Option,
    Options,
)
from loopc.vocabulary.rules import (
    broadcast,
    chosen_axes,
    joined_dtype,
    require_bool,
    require_float,
    require_number,
    shared_kind,
    target_dtype,
    value,
)
from loopc.vocabulary.types import Dtype, Kind, TensorType

Rule: TypeAlias = Callable[[Operands, Options], TensorType]

ROUNDS = "it is constant between jumps, so its gradient is zero"
COMPARES = "a comparison is true or false and has no gradient"

AXIS = Option(
    name="axis", kind="ints", default=None, none=True,
    doc="the declared axis or axes to reduce; all of them if left out",
)  # fmt: skip
LAST_AXIS = Option(
    name="axis",
    kind="int",
    default=-1,
    doc="the declared axis, the last one by default",
)


def elementwise(
    name: str,
    step: str,
    model: str | None,
    summary: str,
    doc: str,
    *,
    operands: int = 1,
    casts: Casts = "float",
    result: Rule | None = None,
    options: tuple[Option, ...] = (),
    aliases: tuple[str, ...] = (),
    cuts: str = "",
    precedence: int = 100,
    internal: bool = False,
    meant: Callable[[Operands, Options], str] | None = None,
    derived: Mapping[str, Callable[[Operands, Options], str]] | None = None,
    family: str = "elementwise",
    imports: tuple[str, ...] = (),
) -> FunctionEntry:
    """Make the entry of a function that acts on each element by itself."""
    return FunctionEntry(
        name=name,
        summary=summary,
        doc=doc,
        options=options,
        aliases=aliases,
        family=family,
        operands=(operands, operands),
        result=result or numbers(casts),
        step=step,
        model=model,
        differentiable=not cuts,
        cuts=cuts,
        broadcasts=operands > 1,
        precedence=precedence,
        casts=casts,
        internal=internal,
        meant=meant,
        derived=derived or {},
        imports=imports,
    )


def numbers(casts: Casts, kind: Kind = "value") -> Rule:
    """Return the rule of a function of numbers: broadcast, cast, no longer a label."""

    def result(operands: Operands, options: Options) -> TensorType:
        for operand in operands:
            require_number(operand, "the operand")
        dtype = target_dtype(casts, operands) or joined_dtype(operands)
        return value(dtype, broadcast([o.shape for o in operands]), kind)

    return result


def comparison(operands: Operands, options: Options) -> TensorType:
    """Type a comparison of numbers or of labels: true or false for each element.

    Raises Mismatch where labels of different classes meet.
    """
    classes = {o.classes for o in operands if o.kind == "class"}
    if len(classes) > 1:
        first, second = operands
        raise Mismatch(f"{first} is compared with {second}", "compare like with like")
    return value("bool", broadcast([o.shape for o in operands]))


def logical(operands: Operands, options: Options) -> TensorType:
    """Type an operation on truth values. Raises Mismatch for anything else."""
    for operand in operands:
        require_bool(operand, "the operand")
    return value("bool", broadcast([o.shape for o in operands]))


def selected(operands: Operands, options: Options) -> TensorType:
    """Type a choice among operands: their common kind stays."""
    kind, classes = shared_kind(operands)
    shape = broadcast([o.shape for o in operands])
    return TensorType(joined_dtype(operands), shape, kind, classes)


def extreme(operands: Operands, options: Options) -> TensorType:
    """Type the smaller or larger of numbers. Raises Mismatch for truth values."""
    for operand in operands:
        require_number(operand, "the operand")
    return selected(operands, options)


def reduction(
    name: str,
    step: str,
    model: str | None,
    summary: str,
    doc: str,
    *,
    casts: Casts = "",
    dtype: Dtype | None = None,
    check: Callable[[TensorType, str], None] | None = None,
    cuts: str = "",
    meant: Callable[[Operands, Options], str] | None = None,
    operands: tuple[int, int] = (1, 1),
) -> FunctionEntry:
    """Make the entry of a function that reduces axes of the example, all by default."""

    def result(operands: Operands, options: Options) -> TensorType:
        operand = operands[0]
        if check is not None:
            check(operand, "the operand")
        gone = chosen_axes(options, len(operand.shape))
        kept = tuple(a for i, a in enumerate(operand.shape) if i not in gone)
        return value(dtype or target_dtype(casts, operands) or operand.dtype, kept)

    return FunctionEntry(
        name=name,
        summary=summary,
        doc=doc,
        options=(AXIS,),
        family="reductions",
        operands=operands,
        result=result,
        step=step,
        model=model,
        casts=casts,
        differentiable=not cuts,
        cuts=cuts,
        meant=meant,
    )


def float_check(operand: TensorType, what: str) -> None:
    """Raise Mismatch unless the operand is a float."""
    require_float(operand, what)
