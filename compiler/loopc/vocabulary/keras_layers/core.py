"""Core layers: dense, embeddings, identity and masking."""

from loopc.vocabulary.entry import (
    LayerEntry,
    Mismatch,
    Operands,
    Option,
    Options,
)
from loopc.vocabulary.keras_layers.einsum import einsum_kernel, einsum_shape
from loopc.vocabulary.keras_layers.options import (
    USE_BIAS,
    activated,
    activation,
    count,
    flag,
    float_input,
    initializer,
    integer,
    no_weights,
    number,
    penalty,
    weight_options,
    with_bias,
)
from loopc.vocabulary.rules import known, product, require_float
from loopc.vocabulary.types import INTEGERS, TensorType


def _dense(inputs: Operands, options: Options) -> TensorType:
    source = float_input(inputs)
    if not source.shape:
        help = "give it an axis first: `expand`"
        raise Mismatch("the input is a single number without a last axis", help)
    known(source.shape[-1], "dense")
    return activated(options, (*source.shape[:-1], integer(options, "units")))


def _dense_weights(inputs: Operands, options: Options) -> tuple[int, int]:
    units = integer(options, "units")
    return with_bias(options, known(inputs[0].shape[-1], "dense") * units, units)


def _dense_kernel(inputs: Operands, options: Options) -> TensorType:
    shape = (inputs[0].shape[-1], integer(options, "units"))
    return TensorType("f32", shape)


def _dense_bias(inputs: Operands, options: Options) -> TensorType:
    return TensorType("f32", (integer(options, "units"),))


def _embedding(inputs: Operands, options: Options) -> TensorType:
    codes = inputs[0]
    if codes.dtype not in INTEGERS:
        help = "give it labels, `class(n)`, or integers; `dense` takes floats"
        raise Mismatch(f"the input is {codes}, not labels", help)
    entries = integer(options, "input_dim")
    if (codes.classes or 0) > entries:
        fact = f"{codes} has {codes.classes} classes, the table {entries} entries"
        raise Mismatch(fact, f"write `embedding({codes.classes}, ...)`")
    return TensorType("f32", (*codes.shape, integer(options, "output_dim")))


def _table(inputs: Operands, options: Options) -> TensorType:
    shape = (integer(options, "input_dim"), integer(options, "output_dim"))
    return TensorType("f32", shape)


def _table_weights(inputs: Operands, options: Options) -> tuple[int, int]:
    return product(_table(inputs, options).shape, "embedding"), 0


def _reversible(inputs: Operands, options: Options) -> TensorType:
    if not options.get("reverse"):
        return _embedding(inputs, options)
    require_float(inputs[0], "the input")
    width, entries = integer(options, "output_dim"), integer(options, "input_dim")
    if inputs[0].shape[-1:] != (width,):
        fact = f"the way back needs a last axis of {width}, found {inputs[0]}"
        raise Mismatch(fact, f"project it first: `dense({width})`")
    return TensorType("f32", (*inputs[0].shape[:-1], entries), "logits")


def _reversible_weights(inputs: Operands, options: Options) -> tuple[int, int]:
    entries, width = integer(options, "input_dim"), integer(options, "output_dim")
    return entries * width * (1 if options.get("tie_weights") else 2), 0


def _same(inputs: Operands, options: Options) -> TensorType:
    return inputs[0]


def _masked(inputs: Operands, options: Options) -> TensorType:
    source = float_input(inputs)
    if len(source.shape) < 2:
        raise Mismatch(f"needs steps and features, found {source}", "add an axis")
    return source


def _einsum(inputs: Operands, options: Options) -> TensorType:
    return activated(options, einsum_shape(float_input(inputs), options))


def _einsum_weights(inputs: Operands, options: Options) -> tuple[int, int]:
    kernel, bias = einsum_kernel(inputs[0], options)
    biased = options.get("bias_axes") is not None
    return product(kernel, "the kernel") + (product(bias, "") if biased else 0), 0


_ENTRIES_OF_TABLE = (
    count("input_dim", "how many labels the table has a row for"),
    count("output_dim", "the length of a row"),
)
_TABLE_OPTIONS = (
    initializer("embeddings_initializer", "uniform"),
    penalty("embeddings_regularizer", "regularizer"),
    penalty("embeddings_constraint", "constraint"),
    flag("mask_zero", False, "label 0 stands for padding and is masked"),
)

DENSE = LayerEntry(
    name="dense",
    summary="A matrix product with the last axis, a bias and an activation.",
    doc=(
        "Axes before the last are treated alike, so it also serves sequences and "
        "images. For a classifier leave the activation out: the losses take logits."
    ),
    family="core",
    python="keras.layers.Dense",
    options=(
        count("units", "the length of the new last axis"),
        activation(),
        USE_BIAS,
        *weight_options(("kernel", "glorot_uniform"), ("bias", "zeros")),
    ),
    shape=_dense,
    weights=_dense_weights,
    attributes={"kernel": _dense_kernel, "bias": _dense_bias},
)

ENTRIES = (
    DENSE,
    LayerEntry(
        name="einsum_dense",
        summary="A product with a kernel along axes that an einsum equation names.",
        doc=(
            "The equation counts the batch, as in Keras: `\"abc,cd->abd\"` is `dense` "
            "on two axes; `output_shape` leaves the batch out. An ellipsis is not "
            "supported."
        ),
        family="core",
        python="keras.layers.EinsumDense",
        options=(
            Option(name="equation", kind="string", doc="`input,kernel->output`"),
            Option(name="output_shape", kind="ints", low=1, doc="without the batch"),
            activation(),
            Option(name="bias_axes", kind="string", default=None, none=True,
                   doc="letters of the output that a bias has"),
            *weight_options(("kernel", "glorot_uniform"), ("bias", "zeros")),
        ),
        shape=_einsum,
        weights=_einsum_weights,
    ),
    LayerEntry(
        name="embedding",
        summary="A table of trainable vectors, one for each label.",
        doc=(
            "The input is labels or integers of any shape; each becomes a row. A named "
            "instance lets one read the table as `table.embeddings`."
        ),
        family="core",
        python="keras.layers.Embedding",
        options=(*_ENTRIES_OF_TABLE, *_TABLE_OPTIONS),
        shape=_embedding,
        weights=_table_weights,
        attributes={"embeddings": _table},
    ),
    LayerEntry(
        name="reversible_embedding",
        summary="An embedding that also maps vectors back to logits over the labels.",
        doc=(
            "Called with `reverse: true` it multiplies by its own table, or by a "
            "second one where `tie_weights` is false; `logit_soft_cap` bounds the "
            "logits."
        ),
        family="core",
        python="keras.layers.ReversibleEmbedding",
        options=(
            *_ENTRIES_OF_TABLE,
            flag("tie_weights", True, "use one table both ways"),
            *_TABLE_OPTIONS,
            Option(name="logit_soft_cap", kind="float", default=None, none=True, low=0,
                   open_low=True, doc="bound logits by cap * tanh(x / cap)"),
        ),
        keywords=(flag("reverse", False, "map vectors back to logits"),),
        shape=_reversible,
        weights=_reversible_weights,
        attributes={"embeddings": _table},
    ),
    LayerEntry(
        name="identity",
        summary="The input, unchanged.",
        doc="Useful as the neutral choice of a static condition.",
        family="core",
        python="keras.layers.Identity",
        shape=_same,
        weights=no_weights,
    ),
    LayerEntry(
        name="masking",
        summary="Marks steps whose features all have one value as padding.",
        doc="Recurrent and attention layers behind it skip the marked steps.",
        family="core",
        python="keras.layers.Masking",
        options=(number("mask_value", 0.0, "the value that marks a step"),),
        shape=_masked,
        weights=no_weights,
    ),
)  # fmt: skip
