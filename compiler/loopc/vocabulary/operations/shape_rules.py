"""Rules of the functions that arrange elements anew: the shape each one gives."""

import math

from loopc.vocabulary.entry import Mismatch, Operands, Options
from loopc.vocabulary.forms import axes_text, batched, moved
from loopc.vocabulary.rules import (
    as_integers,
    axis_index,
    chosen_axes,
    counted,
    joined_dtype,
    kept_kind,
    known,
    product,
    shared_kind,
    shown,
)
from loopc.vocabulary.types import Axis, TensorType


def flattened(operands: Operands, options: Options) -> TensorType:
    """Type `flatten`: one axis."""
    size = product(operands[0].shape, "flatten")
    return kept_kind(operands[0], (size,))


def reshaped(operands: Operands, options: Options) -> TensorType:
    """Type `reshape`; Mismatch where the sizes differ."""
    operand = operands[0]
    return kept_kind(
        operand, target_shape(operand.shape, as_integers(options["shape"]))
    )


def target_shape(shape: tuple[Axis, ...], wanted: tuple[int, ...]) -> tuple[int, ...]:
    """Return `wanted` with its one -1 computed; Mismatch where the sizes differ."""
    size = product(shape, "reshape")
    free = [i for i, axis in enumerate(wanted) if axis == -1]
    fixed = math.prod(axis for axis in wanted if axis != -1)
    if len(free) > 1 or any(axis < -1 for axis in wanted):
        raise Mismatch(f"the shape {shown(wanted)}", "use -1 for one axis at most")
    fits = fixed == size if not free else fixed > 0 and size % fixed == 0
    if not fits:
        fact = f"{shown(shape)} has {size} elements and {shown(wanted)} does not"
        raise Mismatch(fact, "write a shape of as many elements, or -1 for one axis")
    return tuple(size // fixed if axis == -1 else axis for axis in wanted)


def _order(operands: Operands, options: Options) -> tuple[int, ...]:
    rank = len(operands[0].shape)
    if options.get("axes") is None:
        return tuple(reversed(range(rank)))
    order = chosen_axes(options, rank, "axes")
    if len(order) != rank:
        fact = f"{len(order)} axes named of an example with {counted(rank, 'axis')}"
        raise Mismatch(fact, "name every axis of the example once")
    return order


def transposed(operands: Operands, options: Options) -> TensorType:
    """Type `transpose`."""
    shape = operands[0].shape
    order = _order(operands, options)
    result = tuple(shape[axis] for axis in order)
    if order and order[-1] != len(shape) - 1 and operands[0].kind == "logits":
        return TensorType(operands[0].dtype, result)
    return kept_kind(operands[0], result)


def permutation(operands: Operands, options: Options) -> str:
    """Write the order of the axes at run time."""
    order = _order(operands, options)
    shifted = tuple(moved(axis, operands[0].per_example) for axis in order)
    return batched(operands[0], shifted, 0)


def expanded(operands: Operands, options: Options) -> TensorType:
    """Type `expand`: an axis of length 1 more."""
    shape = operands[0].shape
    axis = axis_index(as_integers(options["axis"])[0], len(shape) + 1)
    return kept_kind(operands[0], (*shape[:axis], 1, *shape[axis:]))


def _ones(operands: Operands, options: Options) -> tuple[int, ...]:
    """Return the axes that squeeze takes away: those of length 1, or those named."""
    shape = operands[0].shape
    if options.get("axis") is None:
        return tuple(i for i, axis in enumerate(shape) if axis == 1)
    axes = chosen_axes(options, len(shape))
    wrong = next((a for a in axes if shape[a] != 1), None)
    if wrong is not None:
        raise Mismatch(f"axis {wrong} has length {shape[wrong]}, not 1", "index it")
    return axes


def squeezed(operands: Operands, options: Options) -> TensorType:
    """Type `squeeze`: axes of length 1 taken away."""
    gone = _ones(operands, options)
    shape = operands[0].shape
    return kept_kind(
        operands[0], tuple(a for i, a in enumerate(shape) if i not in gone)
    )


def _joined_type(operands: Operands, shape: tuple[Axis, ...]) -> TensorType:
    kind, classes = shared_kind(operands)
    kind = "value" if kind == "logits" else kind
    return TensorType(joined_dtype(operands), shape, kind, classes)


def _same_streams(operands: Operands, what: str) -> None:
    """Raise Mismatch where plain and per-example tensors stand in one list."""
    if len({o.per_example for o in operands}) > 1:
        fact = "some of these have a value for each example and some have not"
        raise Mismatch(fact, f"add zeros of an example to the plain one before {what}")


def concatenated(operands: Operands, options: Options) -> TensorType:
    """Type `concat`."""
    _same_streams(operands, "concat")
    return _joined_type(operands, concatenated_shape(operands, options))


def concatenated_shape(operands: Operands, options: Options) -> tuple[Axis, ...]:
    """Return the shape of tensors joined along `axis`; Mismatch where others differ."""
    first = operands[0].shape
    axis = axis_index(as_integers(options["axis"])[0], len(first))
    for operand in operands[1:]:
        rest = (*operand.shape[:axis], *operand.shape[axis + 1 :])
        if len(operand.shape) != len(first) or rest != (
            *first[:axis],
            *first[axis + 1 :],
        ):
            fact = (
                f"{shown(first)} and {shown(operand.shape)} differ beside axis {axis}"
            )
            raise Mismatch(fact, "all axes but the joined one must be equal")
    length = sum(known(o.shape[axis], "concat") for o in operands)
    return (*first[:axis], length, *first[axis + 1 :])


def stacked(operands: Operands, options: Options) -> TensorType:
    """Type `stack`: a new axis; Mismatch where shapes differ."""
    _same_streams(operands, "stack")
    shapes = {o.shape for o in operands}
    if len(shapes) > 1:
        first, second = list(dict.fromkeys(o.shape for o in operands))[:2]
        raise Mismatch(f"{shown(first)} and {shown(second)} differ", "make them equal")
    (shape,) = shapes
    axis = axis_index(as_integers(options["axis"])[0], len(shape) + 1)
    return _joined_type(operands, (*shape[:axis], len(operands), *shape[axis:]))


def _repeats(operands: Operands, options: Options) -> tuple[int, ...]:
    rank = len(operands[0].shape)
    counts = as_integers(options["repeats"])
    if len(counts) != rank or min(counts, default=1) < 1:
        fact = f"{shown(counts)} for an example with {counted(rank, 'axis')}"
        raise Mismatch(fact, "write one positive count for each axis")
    return counts


def tiled(operands: Operands, options: Options) -> TensorType:
    """Type `tile`."""
    pairs = zip(operands[0].shape, _repeats(operands, options), strict=True)
    shape = tuple(known(a, "tile") * n for a, n in pairs)
    return kept_kind(operands[0], shape)


def _padded_axes(operands: Operands, options: Options) -> tuple[int, ...]:
    rank = len(operands[0].shape)
    if options.get("axis") is None and rank > 2:
        return tuple(range(rank - 1))
    return chosen_axes(options, rank)


def _amounts(operands: Operands, options: Options) -> tuple[tuple[int, int], ...]:
    amount = as_integers(options["amount"])
    if len(amount) not in (1, 2) or min(amount) < 0:
        fact = f"the amount {shown(amount)}"
        raise Mismatch(fact, "write one number, or `[before, after]`")
    pair = (amount[0], amount[-1])
    axes = _padded_axes(operands, options)
    rank = len(operands[0].shape)
    return tuple(pair if axis in axes else (0, 0) for axis in range(rank))


def padded(operands: Operands, options: Options) -> TensorType:
    """Type `pad`."""
    pairs = _amounts(operands, options)
    shape = tuple(
        axis if pair == (0, 0) else known(axis, "pad") + sum(pair)
        for axis, pair in zip(operands[0].shape, pairs, strict=True)
    )
    return kept_kind(operands[0], shape)


def padding_mode(operands: Operands, options: Options) -> str:
    """Write what fills the padding."""
    mode = options.get("mode", "constant")
    if mode == "constant":
        return f"constant_values={options.get('value', 0.0)}"
    return f'mode="{mode}"'


def repeats_text(operands: Operands, options: Options) -> str:
    """Write how often each axis is repeated at run time."""
    return batched(operands[0], _repeats(operands, options), 1)


def paddings_text(operands: Operands, options: Options) -> str:
    """Write the padding of each axis at run time."""
    return batched(operands[0], _amounts(operands, options), (0, 0))


def squeezed_axes(operands: Operands, options: Options) -> str:
    """Write the axes that `squeeze` takes away at run time."""
    axes = (moved(a, operands[0].per_example) for a in _ones(operands, options))
    return axes_text(tuple(axes))
