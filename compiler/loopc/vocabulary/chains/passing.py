"""Transforms that let gradients pass: looked at, as one vector, or not at all."""

from loopc.vocabulary.chains.primitives import primitive
from loopc.vocabulary.chains.wrappers import INNER
from loopc.vocabulary.entry import Option, TransformEntry

ENTRIES: tuple[TransformEntry, ...] = (
    primitive(
        "probe", "Measures what passes, for reports, and changes nothing.",
        "g", "other",
        Option(name="name", kind="string", doc="What reports call it by."),
        doc="optax.snapshot and optax.monitor, read by name: `report size ="
        ' probe("clipped").norm`. `.norm` is the norm of all gradients together, `.max`'
        " the largest absolute element, `.ratio` the norm in units of that of the"
        " weights. A window of the log holds the mean over all times that gradients"
        " passed. A probe that nothing reads is left out.",
    ),
    primitive(
        "freeze", "Turns the updates of some weights into 0.", "0", "other",
        doc='optax.freeze: `freeze(only: "net/dense/*")` ends a chain, whose state'
        " still holds these weights. A group with `set_to_zero`, or `freeze` in a"
        " stage, leaves them out and costs less.",
    ),
    TransformEntry(
        name="flatten", summary="Lets a chain see all gradients as one vector.",
        options=(INNER,), python="flat_state", role="wrapper", family="wrappers",
        mathematics="inner(concat(g)), taken apart again",
        doc="optax.flatten. Of many small weights a step outside of XLA takes two"
        " thirds of the time, and starts four times as fast. What is inside works on"
        " elements, or on all of them together: adam, global clips, momentum.",
    ),
)  # fmt: skip
