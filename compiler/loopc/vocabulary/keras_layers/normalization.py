"""Normalization over channels, groups, the example or the batch."""

from loopc.vocabulary.entry import LayerEntry, Mismatch, Operands, Option, Options
from loopc.vocabulary.keras_layers.options import (
    count,
    flag,
    float_input,
    from_last,
    initializer,
    integer,
    no_weights,
    number,
    penalty,
)
from loopc.vocabulary.rules import known
from loopc.vocabulary.types import TensorType

AXIS = Option(
    name="axis", kind="int", default=-1, high=-1, doc="the axis, counted from the last"
)
AXES = Option(
    name="axis", kind="ints", default=-1, high=-1,
    doc="the axis or axes normalized over, counted from the last",
)  # fmt: skip
CENTER = flag("center", True, "add a trainable offset")
SCALE = flag("scale", True, "multiply by a trainable factor")


def _epsilon(default: float) -> Option:
    return number("epsilon", default, "keeps the divisor away from 0", low=0.0)


def _affine(*more: tuple[str, str]) -> tuple[Option, ...]:
    """Make the options of offset, factor and what moves along, as Keras orders them."""
    weights = (("beta", "zeros"), ("gamma", "ones"))
    return (
        *(initializer(f"{n}_initializer", d) for n, d in (*weights, *more)),
        *(penalty(f"{n}_regularizer", "regularizer") for n, _ in weights),
        *(penalty(f"{n}_constraint", "constraint") for n, _ in weights),
    )


def _same(inputs: Operands, options: Options) -> TensorType:
    source = float_input(inputs)
    _length(source, options)
    return TensorType("f32", source.shape)


def _length(source: TensorType, options: Options) -> int:
    """Return how many elements the axes in `axis` have together."""
    length = 1
    for place in from_last(options, "axis", len(source.shape)):
        length *= known(source.shape[place], "normalization")
    return length


def _affine_weights(inputs: Operands, options: Options) -> int:
    parts = bool(options.get("center")) + bool(options.get("scale"))
    return parts * _length(inputs[0], options)


def _batch_weights(inputs: Operands, options: Options) -> tuple[int, int]:
    return _affine_weights(inputs, options), 2 * _length(inputs[0], options)


def _grouped(inputs: Operands, options: Options) -> TensorType:
    source = float_input(inputs)
    if len(source.shape) < 2:
        fact = f"needs channels and at least one more axis, found {source}"
        raise Mismatch(fact, "use `layer_norm` for vectors")
    channels, groups = _length(source, options), integer(options, "groups")
    if groups != -1 and (groups > channels or channels % groups):
        fact = f"{channels} channels do not divide into {groups} groups"
        raise Mismatch(fact, f"choose groups that divide {channels}: `groups: 1`")
    return TensorType("f32", source.shape)


ENTRIES = (
    LayerEntry(
        name="batch_normalization",
        aliases=("batch_norm",),
        summary="Each channel brought to mean 0 and variance 1 over the batch.",
        doc=(
            "In training the statistics are those of the batch, so examples influence "
            "each other; in evaluation moving averages stand in, which training "
            "advances. Keras counts momentum the other way round from torch: 0.99 is "
            "torch's 0.01."
        ),
        family="normalization",
        python="keras.layers.BatchNormalization",
        coupled=True,
        options=(
            AXIS,
            number("momentum", 0.99, "what the moving averages keep", low=0.0,
                   high=1.0),
            _epsilon(1e-3),
            CENTER,
            SCALE,
            *_affine(("moving_mean", "zeros"), ("moving_variance", "ones")),
        ),
        shape=_same,
        weights=_batch_weights,
    ),
    LayerEntry(
        name="layer_normalization",
        aliases=("layer_norm",),
        summary="Each example brought to mean 0 and variance 1 over an axis.",
        doc="No statistics are kept and examples do not influence each other.",
        family="normalization",
        python="keras.layers.LayerNormalization",
        options=(AXES, _epsilon(1e-3), CENTER, SCALE, *_affine()),
        shape=_same,
        weights=lambda inputs, options: (_affine_weights(inputs, options), 0),
    ),
    LayerEntry(
        name="group_normalization",
        aliases=("group_norm",),
        summary="Groups of channels of each example brought to mean 0 and variance 1.",
        doc=(
            "Between layer and instance normalization: one group is the former, as "
            "many groups as channels (`groups: -1`) the latter. The batch plays no "
            "part."
        ),
        family="normalization",
        python="keras.layers.GroupNormalization",
        options=(
            count("groups", "how many groups; -1 for one per channel", 32, low=-1),
            AXIS, _epsilon(1e-3), CENTER, SCALE, *_affine(),
        ),
        shape=_grouped,
        weights=lambda inputs, options: (_affine_weights(inputs, options), 0),
    ),
    LayerEntry(
        name="rms_normalization",
        aliases=("rms_norm",),
        summary="Each example over its root mean square along an axis, scaled.",
        doc="Layer normalization without the mean and the offset.",
        family="normalization",
        python="keras.layers.RMSNormalization",
        options=(AXES, _epsilon(1e-6)),
        shape=_same,
        weights=lambda inputs, options: (_length(inputs[0], options), 0),
    ),
    LayerEntry(
        name="unit_normalization",
        summary="Each example divided by its Euclidean norm over an axis.",
        doc="No weights; the function `l2_normalize` does the same to any tensor.",
        family="normalization",
        python="keras.layers.UnitNormalization",
        options=(AXES,),
        shape=_same,
        weights=no_weights,
    ),
)  # fmt: skip
