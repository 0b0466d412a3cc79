"""Recurrent layers: a state carried along the steps of a sequence."""

import math
from collections.abc import Callable

from loopc.vocabulary.entry import LayerEntry, Mismatch, Operands, Option, Options
from loopc.vocabulary.keras_layers.convolution import PLACES
from loopc.vocabulary.keras_layers.options import (
    USE_BIAS,
    activation,
    choice,
    count,
    flag,
    float_input,
    integer,
    integers,
    number,
    padding,
    sizes,
    weight_options,
)
from loopc.vocabulary.keras_layers.windows import slid
from loopc.vocabulary.rules import known
from loopc.vocabulary.types import Axis, TensorType, TupleType, ValueType

RECURRENT = activation("recurrent_activation", "sigmoid", of="gates")
KERNELS = (
    ("kernel", "glorot_uniform"), ("recurrent", "orthogonal"), ("bias", "zeros"),
)  # fmt: skip
DROPOUTS = (
    number("dropout", 0.0, "the share of inputs dropped", low=0.0, high=1.0),
    number(
        "recurrent_dropout", 0.0, "the share of the state dropped", low=0.0, high=1.0
    ),
)
SEQUENCES = flag("return_sequences", False, "give every step, not only the last")
STATE = flag("return_state", False, "give the last state too")
BACKWARDS = flag("go_backwards", False, "read from the end")
UNROLL = flag("unroll", False, "write the loop out; only for short sequences")
FORGET = flag("unit_forget_bias", True, "start the forget gate at 1")
CUDNN = choice(
    "use_cudnn", "auto", ("auto",), "use the fused kernel where there is one"
)
KEYWORDS = (
    Option(name="mask", kind="any", default=None, none=True,
           doc="which steps are real"),
    Option(name="initial_state", kind="any", default=None, none=True,
           doc="the state to start from; zeros if left out"),
)  # fmt: skip


def _with_states(
    options: Options, output: TensorType, state: tuple[Axis, ...], states: int
) -> ValueType:
    if not options.get("return_state"):
        return output
    return TupleType((output, *(TensorType("f32", state),) * states))


def _recurrent(states: int) -> Callable[[Operands, Options], ValueType]:
    def shape(inputs: Operands, options: Options) -> ValueType:
        source = float_input(inputs, 2)
        units = integer(options, "units")
        steps = source.shape[:1] if options.get("return_sequences") else ()
        output = TensorType("f32", (*steps, units))
        return _with_states(options, output, (units,), states)

    return shape


def gated_weights(gates: int) -> Callable[[Operands, Options], tuple[int, int]]:
    """Return the rule that counts the weights of a layer with so many gates."""

    def weights(inputs: Operands, options: Options) -> tuple[int, int]:
        units = integer(options, "units")
        features = known(inputs[0].shape[-1], "a recurrent layer")
        twice = 2 if gates == 3 and options.get("reset_after") else 1
        bias = twice * gates * units if options.get("use_bias") else 0
        return gates * units * (features + units) + bias, 0

    return weights


def _layer(
    name: str, python: str, summary: str, doc: str, gates: int, *options: Option,
) -> LayerEntry:  # fmt: skip
    return LayerEntry(
        name=name,
        summary=summary,
        doc=doc,
        family="recurrent",
        python=f"keras.layers.{python}",
        options=(count("units", "the size of the state"), *options),
        keywords=KEYWORDS,
        shape=_recurrent(2 if gates == 4 else 1),
        weights=gated_weights(gates),
        random=True,
    )


# --------------------------------------------------------------- convolutional states


def _convolved(inputs: Operands, options: Options, rank: int) -> ValueType:
    source = float_input(inputs, rank + 2)
    known(source.shape[-1], "a convolution")
    windows = integers(options, "kernel_size", rank)
    strides = integers(options, "strides", rank)
    dilations = integers(options, "dilation_rate", rank)
    if max(strides) > 1 and max(dilations) > 1:
        raise Mismatch("strides together with dilation", "one of the two has to be 1")
    lengths = tuple(
        slid(length, window, stride, str(options["padding"]), dilation)
        for length, window, stride, dilation in zip(
            source.shape[1:-1], windows, strides, dilations, strict=True
        )
    )
    state = (*lengths, integer(options, "filters"))
    steps = source.shape[:1] if options.get("return_sequences") else ()
    return _with_states(options, TensorType("f32", (*steps, *state)), state, 2)


def _convolved_weights(
    inputs: Operands, options: Options, rank: int
) -> tuple[int, int]:
    window = math.prod(integers(options, "kernel_size", rank))
    filters = integer(options, "filters")
    channels = known(inputs[0].shape[-1], "a convolution")
    bias = 4 * filters if options.get("use_bias") else 0
    return 4 * window * filters * (channels + filters) + bias, 0


def _convolutional(rank: int) -> LayerEntry:
    return LayerEntry(
        name=f"conv_lstm{rank}d",
        summary=f"An LSTM over a sequence of {PLACES[rank]}, with convolutions inside.",
        doc="Steps come first, then places, then channels (Shi and others, 2015).",
        family="recurrent",
        python=f"keras.layers.ConvLSTM{rank}D",
        options=(
            count("filters", "how many channels the state has"),
            sizes("kernel_size", "the window, one length or one for each axis"),
            sizes("strides", "how far the window moves", 1),
            padding(),
            sizes("dilation_rate", "distance between the taps of a window", 1),
            activation("activation", "tanh"),
            RECURRENT, USE_BIAS, *_with_forget(weight_options(*KERNELS)), *DROPOUTS,
            SEQUENCES, STATE, BACKWARDS,
        ),
        keywords=KEYWORDS,
        shape=lambda inputs, options: _convolved(inputs, options, rank),
        weights=lambda inputs, options: _convolved_weights(inputs, options, rank),
        random=True,
    )  # fmt: skip


def _with_forget(weights: tuple[Option, ...]) -> tuple[Option, ...]:
    """Put `unit_forget_bias` behind the initializers, where Keras has it."""
    return (*weights[:3], FORGET, *weights[3:])


_CUDNN_RULE = (
    "With Keras' own activations and no recurrent dropout a GPU runs one fused kernel."
)

ENTRIES = (
    _layer(
        "lstm", "LSTM", "A long short-term memory.",
        f"Two states, the output and a cell that gates protect. {_CUDNN_RULE}", 4,
        activation("activation", "tanh"), RECURRENT, USE_BIAS,
        *_with_forget(weight_options(*KERNELS)), *DROPOUTS, SEQUENCES, STATE, BACKWARDS,
        UNROLL, CUDNN,
    ),
    _layer(
        "gru", "GRU", "A gated recurrent unit.",
        "One state and two gates; `reset_after` is the fused kernel's form. "
        f"{_CUDNN_RULE}",
        3, activation("activation", "tanh"), RECURRENT, USE_BIAS,
        *weight_options(*KERNELS), *DROPOUTS, SEQUENCES, STATE, BACKWARDS, UNROLL,
        flag("reset_after", True, "reset behind the matrix product"), CUDNN,
    ),
    _layer(
        "simple_rnn", "SimpleRNN", "A recurrent layer without gates.",
        "The output of a step is an activation of its input and the output before.", 1,
        activation("activation", "tanh"), USE_BIAS, *weight_options(*KERNELS),
        *DROPOUTS,
        SEQUENCES, STATE, BACKWARDS, UNROLL,
    ),
    *(_convolutional(rank) for rank in (1, 2, 3)),
)  # fmt: skip
