"""Activations as layers: those with weights, and Keras' named ones."""

from loopc.vocabulary.entry import LayerEntry, Mismatch, Operands, Option, Options
from loopc.vocabulary.keras_layers.options import (
    activated,
    float_input,
    from_last,
    initializer,
    named,
    no_weights,
    number,
    optional_sizes,
    penalty,
)
from loopc.vocabulary.rules import as_integers, known, product
from loopc.vocabulary.types import Axis, Kind, TensorType


def _activation(inputs: Operands, options: Options) -> TensorType:
    source = float_input(inputs)
    _refuse_twice(source, named(options["activation"]))
    shape = source.shape
    if named(options["activation"]) == "glu" and shape:
        shape = (*shape[:-1], known(shape[-1], "glu") // 2)
    return activated(options, shape)


def _refuse_twice(source: TensorType, name: str | None) -> None:
    if source.kind == "probabilities" and name in ("softmax", "sigmoid", "log_softmax"):
        fact = "the input already holds probabilities"
        raise Mismatch(fact, f"leave out this {name}, or the one before")


def _same(inputs: Operands, options: Options) -> TensorType:
    return TensorType("f32", float_input(inputs).shape)


def _softmax(inputs: Operands, options: Options) -> TensorType:
    source = float_input(inputs)
    _refuse_twice(source, "softmax")
    last = from_last(options, "axis", len(source.shape)) == (len(source.shape) - 1,)
    kind: Kind = "probabilities" if last else "value"
    return TensorType("f32", source.shape, kind)


def _slopes(inputs: Operands, options: Options) -> tuple[Axis, ...]:
    """Return the axes of a PReLU's slopes: 1 where they are shared (counted from 1)."""
    shape = inputs[0].shape
    shared = options.get("shared_axes")
    axes = () if shared is None else as_integers(shared)
    return tuple(1 if i + 1 in axes else a for i, a in enumerate(shape))


def _prelu_weights(inputs: Operands, options: Options) -> tuple[int, int]:
    return product(_slopes(inputs, options), "prelu"), 0


_FUNCTION = "The function without `_layer` does the same in models and in steps."

ENTRIES = (
    LayerEntry(
        name="activation",
        summary="An activation by its name.",
        doc="`activation(relu)` is the function `relu` as a layer of its own.",
        family="activations",
        python="keras.layers.Activation",
        options=(Option(name="activation", kind="activation", doc="which one"),),
        shape=_activation,
        weights=no_weights,
    ),
    LayerEntry(
        name="prelu",
        summary="A rectifier whose slope for negative numbers is trained.",
        doc="One slope for each place unless axes, counted from 1, share it.",
        family="activations",
        python="keras.layers.PReLU",
        options=(
            initializer("alpha_initializer", "zeros"),
            penalty("alpha_regularizer", "regularizer"),
            penalty("alpha_constraint", "constraint"),
            optional_sizes("shared_axes", "the axes that share a slope, from 1"),
        ),
        shape=_same,
        weights=_prelu_weights,
    ),
    LayerEntry(
        name="relu_layer",
        summary="A rectifier with a bound, a slope and a threshold.",
        doc=_FUNCTION,
        family="activations",
        python="keras.layers.ReLU",
        options=(
            Option(name="max_value", kind="float", default=None, none=True, low=0.0,
                   doc="the largest output"),
            number("negative_slope", 0.0, "the slope below the threshold", low=0.0),
            number("threshold", 0.0, "where it begins", low=0.0),
        ),
        shape=_same,
        weights=no_weights,
    ),
    LayerEntry(
        name="leaky_relu_layer",
        summary="A rectifier with a small slope for negative numbers.",
        doc="The slope is 0.3 by default, as in Keras' layer; the function has 0.2.",
        family="activations",
        python="keras.layers.LeakyReLU",
        options=(number("negative_slope", 0.3, "the slope", low=0.0),),
        shape=_same,
        weights=no_weights,
    ),
    LayerEntry(
        name="elu_layer",
        summary="An exponential linear unit.",
        doc=_FUNCTION,
        family="activations",
        python="keras.layers.ELU",
        options=(number("alpha", 1.0, "minus the limit for negative numbers"),),
        shape=_same,
        weights=no_weights,
    ),
    LayerEntry(
        name="softmax_layer",
        summary="Logits turned into probabilities.",
        doc=f"The axis counts from the last one. {_FUNCTION}",
        family="activations",
        python="keras.layers.Softmax",
        options=(
            Option(name="axis", kind="ints", default=-1, high=-1,
                   doc="the axis, counted from the last"),
        ),
        shape=_softmax,
        weights=no_weights,
    ),
)  # fmt: skip
