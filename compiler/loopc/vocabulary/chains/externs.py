"""What a transform of Python is to a chain: a direction, or a step in it."""

from loopc.vocabulary.entry import TransformEntry

ENTRIES = (
    TransformEntry(
        name="extern_gradients",
        summary="A transform of Python that gives gradients on.",
        python="declared_transform",
        role="other",
        internal=True,
        doc="Declared by `extern transform`, with the options that it says.",
        family="primitives",
    ),
    TransformEntry(
        name="extern_updates",
        summary="A transform of Python that ends in a step size.",
        python="declared_transform",
        role="step",
        internal=True,
        doc="Declared by `extern transform`, with the options that it says.",
        family="primitives",
    ),
)
