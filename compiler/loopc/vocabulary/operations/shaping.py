"""Functions that arrange elements anew: shapes, order, joining, padding."""

from collections.abc import Callable, Mapping

from loopc.vocabulary.entry import FunctionEntry, Operands, Option, Options
from loopc.vocabulary.operations import shape_rules as rules
from loopc.vocabulary.operations.build import LAST_AXIS, Rule


def _shaping(
    name: str,
    step: str,
    model: str,
    result: Rule,
    summary: str,
    doc: str,
    *options: Option,
    aliases: tuple[str, ...] = (),
    derived: Mapping[str, Callable[[Operands, Options], str]] | None = None,
    many: bool = False,
) -> FunctionEntry:
    return FunctionEntry(
        name=name,
        summary=summary,
        doc=doc,
        options=options,
        aliases=aliases,
        family="shaping",
        operands=(1, None) if many else (1, 1),
        as_list=many,
        result=result,
        step=step,
        model=model,
        casts="common" if many else "",
        derived=derived or {},
    )


_SHAPE = Option(
    name="shape", kind="ints", low=-1, doc="the new axes of the example; -1 for one"
)
_NEW_AXIS = Option(
    name="axis", kind="int", default=0, doc="where the new axis stands in the result"
)

_FORMS = (
    _shaping(
        "flatten", "tf.reshape({0}, {shape})", "keras.ops.reshape({0}, {shape})",
        rules.flattened, "All axes of the example as one.",
        "The last axis changes fastest. A single number becomes a vector of one.",
    ),
    _shaping(
        "reshape", "tf.reshape({0}, {shape})", "keras.ops.reshape({0}, {shape})",
        rules.reshaped, "The same elements under other axes.",
        "Elements keep their order, the last axis changing fastest; the batch is never "
        "touched. One axis may be -1 and is then computed.", _SHAPE,
    ),
    _shaping(
        "expand", "tf.expand_dims({0}, {axes})", "keras.ops.expand_dims({0}, {axes})",
        rules.expanded, "The same elements with one more axis, of length 1.",
        "By default the new axis is the last one: a number becomes a vector of one.",
        LAST_AXIS, aliases=("expand_dims",),
    ),
    _shaping(
        "squeeze", "tf.squeeze({0}, axis={gone})",
        "keras.ops.squeeze({0}, axis={gone})",
        rules.squeezed, "The same elements without axes of length 1.",
        "All of them go unless `axis` names some; the batch stays, whatever its size.",
        Option(name="axis", kind="ints", default=None, none=True,
               doc="the declared axes of length 1 to take away"),
        derived={"gone": rules.squeezed_axes},
    ),
    _shaping(
        "transpose", "tf.transpose({0}, {permutation})",
        "keras.ops.transpose({0}, {permutation})",
        rules.transposed, "The axes of the example in another order.",
        "By default the order is reversed; `axes` lists the old axes in the new order, "
        "and the batch stays in front.",
        Option(name="axes", kind="ints", default=None, none=True,
               doc="the declared axes in their new order"),
        derived={"permutation": rules.permutation},
    ),
)  # fmt: skip

_JOINS = (
    _shaping(
        "concat", "tf.concat([{0}], axis={axes})",
        "keras.ops.concatenate([{0}], axis={axes})",
        rules.concatenated, "Several tensors joined along an axis they share.",
        "All other axes must be equal. Integers become floats where they meet one.",
        LAST_AXIS, many=True,
    ),
    _shaping(
        "stack", "tf.stack([{0}], axis={axes})", "keras.ops.stack([{0}], axis={axes})",
        rules.stacked, "Several tensors of one shape along a new axis.",
        "The new axis is the first of the example unless `axis` says otherwise.",
        _NEW_AXIS, many=True,
    ),
    _shaping(
        "tile", "tf.tile({0}, {counts})", "keras.ops.tile({0}, {counts})",
        rules.tiled, "The example repeated along its axes.",
        "One count for each declared axis; broadcasting often does without.",
        Option(name="repeats", kind="ints", low=1, doc="how often along each axis"),
        derived={"counts": rules.repeats_text},
    ),
    _shaping(
        "pad", "tf.pad({0}, {paddings}, {filling})",
        "keras.ops.pad({0}, {paddings}, {filling})",
        rules.padded, "The example with a margin around it.",
        "Of three axes and more all but the last, the channels, are padded unless "
        "`axis` names others; of fewer, all. `reflect` and `symmetric` mirror the "
        "content.",
        Option(name="amount", kind="ints", low=0,
               doc="how many at each end, or `[before, after]`"),
        Option(name="axis", kind="ints", default=None, none=True,
               doc="the declared axes to pad"),
        Option(name="value", kind="float", default=0.0, doc="what the margin holds"),
        Option(name="mode", kind="enum", default="constant",
               choices=("constant", "reflect", "symmetric"), doc="how it is filled"),
        derived={"paddings": rules.paddings_text, "filling": rules.padding_mode},
    ),
)  # fmt: skip

ENTRIES = (*_FORMS, *_JOINS)
