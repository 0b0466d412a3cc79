"""Cells, one step of a recurrence each, and the layer that runs them along steps."""

from loopc.vocabulary.entry import (
    Inner,
    LayerEntry,
    Mismatch,
    Operands,
    Option,
    Options,
)
from loopc.vocabulary.keras_layers.options import (
    USE_BIAS,
    activation,
    count,
    flag,
    float_input,
    integer,
    weight_options,
)
from loopc.vocabulary.keras_layers.recurrent import (
    BACKWARDS,
    DROPOUTS,
    FORGET,
    KERNELS,
    RECURRENT,
    SEQUENCES,
    UNROLL,
    gated_weights,
)
from loopc.vocabulary.types import TensorType, ValueType

TANH = activation("activation", "tanh")
WEIGHTS = weight_options(*KERNELS)


def _alone(inputs: Operands, options: Options) -> ValueType:
    fact = "it is one step of a recurrence"
    raise Mismatch(fact, "let `rnn` run it along the steps: `rnn(gru_cell(64))`")


def _cell(
    name: str, python: str, summary: str, doc: str, gates: int, *options: Option,
) -> LayerEntry:  # fmt: skip
    return LayerEntry(
        name=name,
        summary=summary,
        doc=f"{doc} It stands within `rnn`, alone or above others.",
        family="cells",
        python=f"keras.layers.{python}",
        options=(count("units", "the size of the state"), *options),
        shape=_alone,
        weights=gated_weights(gates),
        random=True,
    )


def _needs_cells(inputs: Operands, options: Options) -> ValueType:
    raise Mismatch("it runs cells", "write them inside: `rnn(gru_cell(64))`")


def _no_weights(inputs: Operands, options: Options) -> tuple[int, int]:
    return 0, 0


def _run(inputs: Operands, options: Options, inner: Inner) -> ValueType:
    """The steps of the last cell, or its last step."""
    for cell in inner.stack():
        if cell.entry.family != "cells":
            fact = f"`{cell.entry.name}` is no cell"
            cells = "give it `lstm_cell`, `gru_cell` or `simple_rnn_cell`"
            raise Mismatch(fact, cells)
    source = float_input(inputs, 2)
    steps = source.shape[:1] if options.get("return_sequences") else ()
    units = integer(inner.stack()[-1].options, "units")
    return TensorType("f32", (*steps, units))


def _weights_of_cells(
    inputs: Operands, options: Options, inner: Inner
) -> tuple[int, int]:
    """Each cell reads what the one before it gives."""
    total, read = 0, inputs[0]
    for cell in inner.stack():
        total += cell.entry.weights((read,), cell.options)[0]
        read = TensorType("f32", (*read.shape[:-1], integer(cell.options, "units")))
    return total, 0


ENTRIES = (
    _cell(
        "lstm_cell", "LSTMCell", "One step of a long short-term memory.",
        "The arithmetic and the options of `lstm`.", 4,
        TANH, RECURRENT, USE_BIAS, *WEIGHTS[:3], FORGET, *WEIGHTS[3:], *DROPOUTS,
    ),
    _cell(
        "gru_cell", "GRUCell", "One step of a gated recurrent unit.",
        "The arithmetic and the options of `gru`.", 3,
        TANH, RECURRENT, USE_BIAS, *WEIGHTS, *DROPOUTS,
        flag("reset_after", True, "reset behind the matrix product"),
    ),
    _cell(
        "simple_rnn_cell", "SimpleRNNCell", "One step of a recurrence without gates.",
        "The arithmetic and the options of `simple_rnn`.", 1,
        TANH, USE_BIAS, *WEIGHTS, *DROPOUTS,
    ),
    LayerEntry(
        name="rnn",
        summary="One cell, or a stack of them, run along the steps of a sequence.",
        doc=(
            "`rnn([lstm_cell(64), gru_cell(32)])`: within a step each cell reads what "
            "the one before it gives. It computes what recurrent layers one after "
            "another do, in one loop. A cell's dropout has one mask for all steps."
        ),
        family="recurrent",
        python="keras.layers.RNN",
        wraps=True,
        stacks=True,
        options=(SEQUENCES, BACKWARDS, UNROLL),
        keywords=(
            Option(name="mask", kind="any", default=None, none=True,
                   doc="which steps are real"),
        ),
        shape=_needs_cells,
        weights=_no_weights,
        wrapped_shape=_run,
        wrapped_weights=_weights_of_cells,
        random=True,
    ),
)  # fmt: skip
