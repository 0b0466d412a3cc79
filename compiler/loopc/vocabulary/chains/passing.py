"""Transforms that let gradients pass, and look at them."""

from loopc.vocabulary.chains.primitives import primitive
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
)  # fmt: skip
