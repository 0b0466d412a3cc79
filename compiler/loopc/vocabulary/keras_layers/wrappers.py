"""Layers that hold another layer: both directions, every step, a bounded kernel."""

from loopc.vocabulary.entry import (
    Inner,
    LayerEntry,
    Mismatch,
    Operands,
    Option,
    Options,
)
from loopc.vocabulary.keras_layers.options import count, integer
from loopc.vocabulary.rules import known
from loopc.vocabulary.types import Axis, TensorType, TupleType, ValueType

MERGES = ("concat", "sum", "mul", "ave")


def _needs_layer(inputs: Operands, options: Options) -> ValueType:
    raise Mismatch(
        "it holds another layer", "write it inside: `bidirectional(lstm(64))`"
    )


def _needs_layer_count(inputs: Operands, options: Options) -> tuple[int, int]:
    raise Mismatch(
        "it holds another layer", "write it inside: `bidirectional(lstm(64))`"
    )


def _refuse_wrappers(inner: Inner) -> None:
    if inner.entry.wraps:
        fact = f"`{inner.entry.name}` holds layers itself"
        raise Mismatch(fact, "wrap a layer that does not, such as `lstm(64)`")


# ------------------------------------------------------------------------ bidirectional


def _both_ways(inputs: Operands, options: Options, inner: Inner) -> ValueType:
    _refuse_wrappers(inner)
    if inner.entry.family != "recurrent":
        fact = f"`{inner.entry.name}` does not run along steps"
        raise Mismatch(fact, "wrap `lstm`, `gru`, `simple_rnn` or `conv_lstm2d`")
    given = inner.entry.shape(inputs, inner.options)
    once, *states = given.items if isinstance(given, TupleType) else (given,)
    assert isinstance(once, TensorType)
    outputs = _merged(once, options)
    if not states and len(outputs) == 1:
        return outputs[0]
    return TupleType((*outputs, *states, *states))


def _merged(once: TensorType, options: Options) -> tuple[TensorType, ...]:
    mode = options.get("merge_mode")
    if mode is None:
        return once, once
    if mode != "concat":
        return (once,)
    last = 2 * known(once.shape[-1], "bidirectional")
    return (TensorType("f32", (*once.shape[:-1], last)),)


def _twice(inputs: Operands, options: Options, inner: Inner) -> tuple[int, int]:
    trainable, frozen = inner.entry.weights(inputs, inner.options)
    return 2 * trainable, 2 * frozen


# --------------------------------------------------------------------- time_distributed


def _steps(inputs: Operands) -> tuple[Axis, Operands]:
    source = inputs[0]
    if not source.shape:
        raise Mismatch(f"needs an axis of steps, found {source}", "add one")
    each = TensorType(source.dtype, source.shape[1:], source.kind, source.classes)
    return source.shape[0], (each,)


def _each_step(inputs: Operands, options: Options, inner: Inner) -> ValueType:
    _refuse_wrappers(inner)
    steps, each = _steps(inputs)
    once = inner.entry.shape(each, inner.options)
    if not isinstance(once, TensorType):
        raise Mismatch(
            f"`{inner.entry.name}` gives several outputs", "wrap another layer"
        )
    return TensorType(once.dtype, (steps, *once.shape), once.kind, once.classes)


def _each_weights(inputs: Operands, options: Options, inner: Inner) -> tuple[int, int]:
    return inner.entry.weights(_steps(inputs)[1], inner.options)


# --------------------------------------------------------------- spectral_normalization

_WITH_KERNEL = ("dense", "embedding", "einsum_dense")


def _bounded(inputs: Operands, options: Options, inner: Inner) -> ValueType:
    name = inner.entry.name
    if name not in _WITH_KERNEL and inner.entry.family != "convolutional":
        raise Mismatch(f"`{name}` has no kernel", "wrap `dense`, a convolution or such")
    if name.startswith(("depthwise", "separable")):
        raise Mismatch(f"`{name}` has no single kernel", "wrap another convolution")
    return inner.entry.shape(inputs, inner.options)


def _bounded_weights(
    inputs: Operands, options: Options, inner: Inner
) -> tuple[int, int]:
    """The power iteration keeps one vector as long as the kernel's last axis."""
    trainable, frozen = inner.entry.weights(inputs, inner.options)
    return trainable, frozen + _last_of_kernel(inputs, inner)


def _last_of_kernel(inputs: Operands, inner: Inner) -> int:
    name = inner.entry.name
    if name.endswith("_transpose"):
        return known(inputs[0].shape[-1], "a convolution")
    if name == "embedding":
        return integer(inner.options, "output_dim")
    size = "units" if name == "dense" else "filters"
    return integer(inner.options, size)


ENTRIES = (
    LayerEntry(
        name="bidirectional",
        summary="A recurrent layer run in both directions.",
        doc=(
            "Two copies with weights of their own read from both ends; their outputs "
            "are joined, or given one by one where `merge_mode` is none."
        ),
        family="wrappers",
        python="keras.layers.Bidirectional",
        wraps=True,
        options=(
            Option(name="merge_mode", kind="enum", default="concat", choices=MERGES,
                   none=True, doc="how the two outputs become one"),
        ),
        keywords=(
            Option(name="mask", kind="any", default=None, none=True,
                   doc="which steps are real"),
        ),
        shape=_needs_layer,
        weights=_needs_layer_count,
        wrapped_shape=_both_ways,
        wrapped_weights=_twice,
    ),
    LayerEntry(
        name="time_distributed",
        summary="A layer applied to each step by itself.",
        doc="The first axis of the example is that of the steps; all share "
        "the weights.",
        family="wrappers",
        python="keras.layers.TimeDistributed",
        wraps=True,
        shape=_needs_layer,
        weights=_needs_layer_count,
        wrapped_shape=_each_step,
        wrapped_weights=_each_weights,
    ),
    LayerEntry(
        name="spectral_normalization",
        aliases=("spectral_norm",),
        summary="A layer whose kernel is divided by its largest singular value.",
        doc=(
            "The value is estimated by power iteration in training, one vector of "
            "which is kept (Miyato and others, 2018). Used for the critics of GANs."
        ),
        family="wrappers",
        python="keras.layers.SpectralNormalization",
        wraps=True,
        options=(count("power_iterations", "iterations in each step", 1),),
        shape=_needs_layer,
        weights=_needs_layer_count,
        wrapped_shape=_bounded,
        wrapped_weights=_bounded_weights,
    ),
)  # fmt: skip
