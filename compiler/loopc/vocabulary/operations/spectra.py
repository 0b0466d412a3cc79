"""Fourier transforms of real numbers, as pairs of real and imaginary parts."""

from loopc.vocabulary.entry import FunctionEntry, Mismatch, Operands, Options
from loopc.vocabulary.rules import known, require_number, value
from loopc.vocabulary.types import TensorType


def _spectrum(operands: Operands, options: Options) -> TensorType:
    operand = operands[0]
    require_number(operand, "the operand")
    if not operand.shape:
        raise Mismatch(f"{operand} is a single number", "give it a vector")
    length = known(operand.shape[-1], "rfft")
    return value("f32", (*operand.shape[:-1], length // 2 + 1, 2))


def _signal(operands: Operands, options: Options) -> TensorType:
    operand = operands[0]
    require_number(operand, "the operand")
    if len(operand.shape) < 2 or operand.shape[-1] != 2:
        fact = f"{operand} has no last axis of real and imaginary parts"
        raise Mismatch(fact, "give it what `rfft` makes")
    frequencies = known(operand.shape[-2], "irfft")
    if frequencies < 2:
        raise Mismatch("one frequency is no signal", "give it what `rfft` makes")
    return value("f32", (*operand.shape[:-2], 2 * (frequencies - 1)))


ENTRIES = (
    FunctionEntry(
        name="rfft",
        summary="The Fourier transform of real numbers along the last axis.",
        doc=(
            "n numbers give n // 2 + 1 frequencies, each with its real and imaginary "
            "part on a new last axis: the language has no complex numbers. "
            "`sum(rfft(x) ^ 2, axis: -1)` is the power spectrum."
        ),
        family="spectra",
        result=_spectrum,
        step="fourier_transform({0})",
        model=(
            'keras.ops.stack(keras.ops.rfft(keras.ops.cast({0}, "float32")), axis=-1)'
        ),
        imports=("fourier_transform",),
        casts="float",
    ),
    FunctionEntry(
        name="irfft",
        summary="The real numbers of an even count whose Fourier transform it is.",
        doc="`irfft(rfft(x))` is x, where x has an even number of elements.",
        family="spectra",
        result=_signal,
        step="inverse_fourier_transform({0})",
        model=(
            "keras.ops.irfft("
            'keras.ops.unstack(keras.ops.cast({0}, "float32"), axis=-1))'
        ),
        imports=("inverse_fourier_transform",),
        casts="float",
    ),
)
