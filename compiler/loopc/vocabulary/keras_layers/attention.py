"""Attention: queries that read values, with or without heads."""

from loopc.vocabulary.entry import LayerEntry, Mismatch, Operands, Option, Options
from loopc.vocabulary.keras_layers.options import (
    USE_BIAS,
    choice,
    count,
    flag,
    integer,
    number,
    optional_count,
    optional_sizes,
    weight_options,
)
from loopc.vocabulary.rules import as_integers, known, product, require_float, shown
from loopc.vocabulary.types import Axis, TensorType, TupleType, ValueType

DROPOUT = number("dropout", 0.0, "the share of weights dropped", low=0.0, high=1.0)
GATE = flag("use_gate", False, "gate the heads by the query")
WINDOW = optional_count("sliding_window", "how many steps a query sees")
CAUSAL = flag("causal", False, "a step sees no later one")
SCORES = flag("return_attention_scores", False, "give the weights too")


def _mask(name: str, doc: str) -> Option:
    return Option(name=name, kind="any", default=None, none=True, doc=doc)


HEAD_KEYWORDS = (
    CAUSAL,
    _mask("mask", "which values each query may read, true or false"),
    _mask("query_mask", "which queries are real"),
    _mask("value_mask", "which values are real"),
    _mask("key_mask", "which keys are real"),
    SCORES,
)
HEAD_PYTHON = {"causal": "use_causal_mask", "mask": "attention_mask"}
LISTED_KEYWORDS = (
    CAUSAL,
    _mask("mask", "which values are real, true or false"),
    SCORES,
)
LISTED_PYTHON = {"causal": "use_causal_mask", "mask": "mask=[None, {}]"}
_KERNEL = weight_options(("kernel", "glorot_uniform"), ("bias", "zeros"))


def _sequences(inputs: Operands, rank: int | None = None) -> Operands:
    """Return query, value and key; Mismatch unless all are floats of as many axes."""
    for source in inputs:
        require_float(source, "an input")
        axes = len(inputs[0].shape) if rank is None else rank
        if len(source.shape) != axes or axes < 2:
            fact = f"needs steps and features, found {source}"
            raise Mismatch(fact, "give query and value the same number of axes")
    query, value = inputs[0], inputs[1]
    return query, value, inputs[2] if len(inputs) > 2 else value


def _require_steps(value: TensorType, key: TensorType) -> None:
    if value.shape[:-1] != key.shape[:-1]:
        fact = f"values {shown(value.shape)} and keys {shown(key.shape)}"
        raise Mismatch(fact, "there has to be one key for each value")


def _with_scores(
    output: TensorType, scores: tuple[Axis, ...], options: Options
) -> ValueType:
    if not options.get("return_attention_scores"):
        return output
    return TupleType((output, TensorType("f32", scores)))


# ------------------------------------------------------------------------- with heads


def _multi_head(inputs: Operands, options: Options) -> ValueType:
    query, value, key = _sequences(inputs)
    _require_steps(value, key)
    written = options.get("output_shape")
    last = (query.shape[-1],) if written is None else as_integers(written)
    output = TensorType("f32", (*query.shape[:-1], *last))
    heads = integer(options, "num_heads")
    steps, read = query.shape[:-1], value.shape[:-1]
    if options.get("attention_axes") is not None:
        if options.get("return_attention_scores"):
            raise Mismatch("scores over chosen axes", "leave `attention_axes` out")
        return output
    return _with_scores(output, (heads, *steps, *read), options)


def _multi_head_weights(inputs: Operands, options: Options) -> tuple[int, int]:
    query, value, key = _sequences(inputs)
    heads, key_dim = integer(options, "num_heads"), integer(options, "key_dim")
    given = options.get("value_dim")
    value_dim = key_dim if given is None else integer(options, "value_dim")
    written = options.get("output_shape")
    last: tuple[Axis, ...] = (query.shape[-1],)
    last = last if written is None else as_integers(written)
    width = product(last, "attention")
    query_width, value_width, key_width = (
        known(t.shape[-1], "attention") for t in (query, value, key)
    )
    kernels = heads * key_dim * (query_width + key_width)
    kernels += heads * value_dim * (value_width + width)
    biases = heads * (2 * key_dim + value_dim) + width
    if options.get("use_gate"):
        kernels += heads * value_dim * query_width
        biases += heads * value_dim
    return kernels + (biases if options.get("use_bias") else 0), 0


def _grouped(inputs: Operands, options: Options) -> ValueType:
    query, value, key = _sequences(inputs, 2)
    _require_steps(value, key)
    if query.shape[-1] != value.shape[-1]:
        fact = f"queries of {query.shape[-1]} numbers read values of {value.shape[-1]}"
        raise Mismatch(fact, "project one of them: `dense(...)`")
    heads = integer(options, "num_query_heads")
    groups = integer(options, "num_key_value_heads")
    if heads % groups:
        fact = f"{heads} query heads do not divide into {groups} groups"
        raise Mismatch(fact, f"choose groups that divide {heads}")
    output = TensorType("f32", query.shape)
    return _with_scores(output, (heads, query.shape[0], value.shape[0]), options)


def _grouped_weights(inputs: Operands, options: Options) -> tuple[int, int]:
    query, value, key = _sequences(inputs, 2)
    heads, size = integer(options, "num_query_heads"), integer(options, "head_dim")
    groups = integer(options, "num_key_value_heads")
    query_width, value_width, key_width = (
        known(t.shape[-1], "attention") for t in (query, value, key)
    )
    kernels = heads * size * query_width + groups * size * (key_width + value_width)
    kernels += heads * size * query_width
    biases = heads * size + 2 * groups * size + query_width
    if options.get("use_gate"):
        kernels += heads * size * query_width
        biases += heads * size
    return kernels + (biases if options.get("use_bias") else 0), 0


# ---------------------------------------------------------------------- without heads


def _attended(inputs: Operands, options: Options) -> ValueType:
    query, value, key = _sequences(inputs)
    _require_steps(value, key)
    if query.shape[-1] != key.shape[-1]:
        fact = f"queries of {query.shape[-1]} numbers meet keys of {key.shape[-1]}"
        raise Mismatch(fact, "project one of them: `dense(...)`")
    output = TensorType("f32", (*query.shape[:-1], value.shape[-1]))
    return _with_scores(output, (*query.shape[:-1], value.shape[-2]), options)


def _dot_weights(inputs: Operands, options: Options) -> tuple[int, int]:
    scale = 1 if options.get("use_scale") else 0
    return scale + (1 if options.get("score_mode") == "concat" else 0), 0


def _additive_weights(inputs: Operands, options: Options) -> tuple[int, int]:
    width = known(inputs[0].shape[-1], "attention")
    return (width if options.get("use_scale") else 0), 0


FLASH = Option(
    name="flash_attention", kind="bool", default=None, none=True,
    doc="use the fused kernel; where it can be, if left out",
)  # fmt: skip
_LISTED = "Called with query and value, and a key where it differs from the value."

ENTRIES = (
    LayerEntry(
        name="multi_head_attention",
        summary="Several heads of attention between queries and values.",
        doc=(
            "Called with (query, value) or (query, value, key); with one tensor twice "
            "it is self-attention. `causal: true` hides later steps (Vaswani and "
            "others, 2017)."
        ),
        family="attention",
        python="keras.layers.MultiHeadAttention",
        inputs=(2, 3),
        keywords=HEAD_KEYWORDS,
        keyword_python=HEAD_PYTHON,
        options=(
            count("num_heads", "how many heads"),
            count("key_dim", "the size of each head's queries and keys"),
            optional_count("value_dim",
                           "the size of each head's values; key_dim if left out"),
            DROPOUT, USE_BIAS,
            optional_sizes("output_shape",
                           "the last axis that comes out; the query's if left out"),
            optional_sizes("attention_axes",
                           "the axes attended over, the batch being 0"),
            WINDOW, FLASH, *_KERNEL, GATE,
        ),
        shape=_multi_head,
        weights=_multi_head_weights,
        random=True,
    ),
    LayerEntry(
        name="group_query_attention",
        aliases=("grouped_query_attention",),
        summary="Attention whose query heads share keys and values in groups.",
        doc=(
            "Between multi-head attention and a single shared head: cheaper to decode "
            "(Ainslie and others, 2023)."
        ),
        family="attention",
        python="keras.layers.GroupQueryAttention",
        inputs=(2, 3),
        keywords=HEAD_KEYWORDS,
        keyword_python=HEAD_PYTHON,
        options=(
            count("head_dim", "the size of each head"),
            count("num_query_heads", "how many heads of queries"),
            count("num_key_value_heads",
                  "how many groups of them share keys and values"),
            DROPOUT, USE_BIAS, WINDOW, FLASH, *_KERNEL, GATE,
        ),
        shape=_grouped,
        weights=_grouped_weights,
        random=True,
    ),
    LayerEntry(
        name="attention",
        summary="Attention by dot products, without heads or projections.",
        doc=f"{_LISTED} Scores may be scaled by one trained number.",
        family="attention",
        python="keras.layers.Attention",
        inputs=(2, 3),
        as_list=True,
        keywords=LISTED_KEYWORDS,
        keyword_python=LISTED_PYTHON,
        options=(
            flag("use_scale", False, "scale the scores by a trained number"),
            choice("score_mode", "dot", ("dot", "concat"), "how scores are computed"),
            DROPOUT,
        ),
        shape=_attended,
        weights=_dot_weights,
        random=True,
    ),
    LayerEntry(
        name="additive_attention",
        summary="Attention by a sum of query and key, without heads or projections.",
        doc=f"{_LISTED} Bahdanau and others, 2015.",
        family="attention",
        python="keras.layers.AdditiveAttention",
        inputs=(2, 3),
        as_list=True,
        keywords=LISTED_KEYWORDS,
        keyword_python=LISTED_PYTHON,
        options=(flag("use_scale", True, "weight the sum by a trained vector"),
                 DROPOUT),
        shape=_attended,
        weights=_additive_weights,
        random=True,
    ),
)  # fmt: skip
