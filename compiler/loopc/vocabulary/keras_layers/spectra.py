"""Layers that turn waveforms into spectra over time."""

from math import ceil, log2

from loopc.vocabulary.entry import LayerEntry, Mismatch, Operands, Options
from loopc.vocabulary.keras_layers.options import (
    choice,
    count,
    flag,
    float_input,
    integer,
    optional_count,
)
from loopc.vocabulary.keras_layers.windows import slid
from loopc.vocabulary.rules import as_integers, known
from loopc.vocabulary.types import TensorType

MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


def _fft_length(options: Options) -> int:
    """Return the length of a transform: the next power of two, unless written."""
    frame = integer(options, "frame_length")
    if options.get("fft_length") is None:
        return int(2 ** ceil(log2(frame)))
    (length,) = as_integers(options["fft_length"])
    if length < frame:
        fact = f"`fft_length` {length} is less than `frame_length` {frame}"
        raise Mismatch(fact, "make the transform at least as long as the frame")
    return length


def _frame_step(options: Options) -> int:
    frame = integer(options, "frame_length")
    if options.get("frame_step") is None:
        return frame // 2
    (step,) = as_integers(options["frame_step"])
    if step > frame:
        fact = f"`frame_step` {step} is more than `frame_length` {frame}"
        raise Mismatch(fact, "let frames touch")
    return step


def _stft(inputs: Operands, options: Options) -> TensorType:
    source = float_input(inputs, 2)
    frames = slid(
        known(source.shape[0], "a spectrogram"),
        integer(options, "frame_length"),
        _frame_step(options),
        str(options["padding"]),
    )
    parts = 2 if options["mode"] == "stft" else 1
    frequencies = parts * (_fft_length(options) // 2 + 1)
    channels = known(source.shape[1], "a spectrogram")
    if options.get("expand_dims"):
        return TensorType("f32", (frames, frequencies, channels))
    return TensorType("f32", (frames, frequencies * channels))


def _kernels(inputs: Operands, options: Options) -> tuple[int, int]:
    parts = 1 if options["mode"] in ("real", "imag") else 2
    size = integer(options, "frame_length") * (_fft_length(options) // 2 + 1)
    return (parts * size, 0) if options.get("trainable") else (0, parts * size)


ENTRIES = (
    LayerEntry(
        name="stft_spectrogram",
        summary="A waveform as its short-time Fourier transform, by a convolution.",
        doc=(
            "The input has samples and channels, the result frames and frequencies. "
            "Its kernels are windowed sines and cosines, which updates train as those "
            "of other layers unless `trainable: false` holds them."
        ),
        family="preprocessing",
        python="keras.layers.STFTSpectrogram",
        options=(
            choice("mode", "log", MODES, "what is computed of the transform"),
            count("frame_length", "samples in a frame", 256),
            optional_count("frame_step", "samples between frames; half a frame"),
            optional_count("fft_length", "samples in a transform; a power of two"),
            choice("window", "hann", ("hann", "hamming"), "how a frame fades"),
            flag("periodic", False, "a window for frames that follow each other"),
            choice("scaling", "density", ("density", "spectrum"), "what is scaled"),
            choice("padding", "valid", ("valid", "same"), "what happens at the ends"),
            flag("expand_dims", False, "keep an axis of channels behind frequencies"),
            flag("trainable", True, "let updates change the kernels"),
        ),
        shape=_stft,
        weights=_kernels,
    ),
)
