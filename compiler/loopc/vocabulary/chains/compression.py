"""Transforms that leave a gradient fewer numbers, or smaller ones."""

from loopc.vocabulary.chains.options import flag, real
from loopc.vocabulary.chains.primitives import primitive
from loopc.vocabulary.entry import TransformEntry

FEEDBACK = flag("error_feedback", True, "Add what is left out to the next gradient.")

ENTRIES: tuple[TransformEntry, ...] = (
    primitive(
        "sparsify", "Keeps the largest elements of each gradient, 0 elsewhere.",
        "a = g + e; c = a where |a| >= its k-th largest, k = ceil(fraction size), else"
        " 0; e = a - c", "other",
        real("fraction", 0.01, high=1.0, open_low=True, doc="Share that is kept."),
        FEEDBACK,
        doc="Top-k sparsification with memory: Stich, Cordonnier and Jaggi, 2018. In"
        " front of a step size; with momentum after it, what is left out waits for its"
        " turn. Elements as large as the last one kept are kept too.",
    ),
    primitive(
        "quantize_signs", "Keeps signs and a mean magnitude for each gradient.",
        "a = g + e; c = mean(|a|) sign(a); e = a - c", "other",
        FEEDBACK,
        doc="One bit an element: Seide and others, 2014; Karimireddy and others, 2019."
        " `scale_by_sign` forgets the size too, and what rounding loses.",
    ),
    primitive(
        "drop_gradients", "Leaves out elements at random.",
        "g / (1 - rate) with probability 1 - rate, else 0", "other",
        real("rate", high=1.0, open_high=True, doc="The probability to leave one out."),
        doc="Tseng and others, 2020: a dropout of gradients, whose mean stays. The"
        " draws depend on seed and step.",
    ),
)  # fmt: skip
