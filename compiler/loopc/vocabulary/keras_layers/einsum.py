"""Shapes of kernels that an einsum equation describes."""

from loopc.vocabulary.entry import Mismatch, Options
from loopc.vocabulary.rules import as_integers, shown
from loopc.vocabulary.types import Axis, TensorType


def _parts(equation: str) -> tuple[str, str, str]:
    """Return the letters of input, kernel and output; Mismatch if one is missing."""
    left, arrow, output = equation.replace(" ", "").partition("->")
    source, comma, kernel = left.partition(",")
    parts = (source, kernel, output)
    if not arrow or not comma or not all(p.isalpha() and p.isascii() for p in parts):
        help = "write one letter for each axis, the batch first"
        raise Mismatch(f'the equation "{equation}" is not `ab,bc->ac`', help)
    if source[0] != output[0]:
        raise Mismatch("the batch is not the first axis on both sides", "")
    return parts


def _lengths(source: TensorType, options: Options) -> tuple[dict[str, Axis], str, str]:
    """Return the length of each letter, and the letters of kernel and output."""
    letters, kernel, output = _parts(str(options["equation"]))
    if len(letters) - 1 != len(source.shape):
        fact = f"`{letters}` names {len(letters) - 1} axes beside the batch, "
        raise Mismatch(f"{fact}found {source}", "name the batch and every axis")
    lengths: dict[str, Axis] = dict(zip(letters[1:], source.shape, strict=True))
    written = as_integers(options["output_shape"])
    if len(written) != len(output) - 1:
        fact = f"`output_shape` {shown(written)} for `{output}`"
        raise Mismatch(fact, "write one length for each axis but the batch")
    for letter, length in zip(output[1:], written, strict=True):
        if lengths.setdefault(letter, length) != length:
            fact = f"axis `{letter}` is {lengths[letter]} in the input, {length} here"
            raise Mismatch(fact, "make `output_shape` agree with the input")
    return lengths, kernel, output


def einsum_shape(source: TensorType, options: Options) -> tuple[Axis, ...]:
    """Return the axes of the output without the batch; Mismatch where they disagree."""
    lengths, kernel, output = _lengths(source, options)
    unknown = next((c for c in kernel if c not in lengths), None)
    if unknown is not None:
        fact = f"axis `{unknown}` of the kernel stands in neither input nor output"
        raise Mismatch(fact, "name it on one of the two sides")
    return tuple(lengths[letter] for letter in output[1:])


def einsum_kernel(
    source: TensorType, options: Options
) -> tuple[tuple[Axis, ...], tuple[Axis, ...]]:
    """Return the axes of the kernel and of the bias."""
    lengths, kernel, _ = _lengths(source, options)
    bias = str(options.get("bias_axes") or "")
    return (
        tuple(lengths[letter] for letter in kernel),
        tuple(lengths[letter] for letter in bias if letter in lengths),
    )
