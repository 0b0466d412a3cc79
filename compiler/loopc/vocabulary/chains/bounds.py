"""Transforms that bound, normalize or project, under the names of optax."""

from loopc.vocabulary.chains.options import (
    flag,
    number,
    real,
    required,
    whole,
)
from loopc.vocabulary.chains.primitives import primitive
from loopc.vocabulary.entry import Option, TransformEntry

_CLIPS = (
    primitive(
        "clip_by_block_rms", "Shrinks each gradient to a largest root mean square.",
        "g / max(1, rms(g) / threshold) for each tensor", "clip",
        required("threshold", doc="The largest root mean square of a gradient."),
        scope="tensor",
        doc="Adafactor's clip. It changes the direction of the whole step.",
    ),
    primitive(
        "clip_by_p_norm", "Shrinks all gradients together to a largest p-norm.",
        "g min(1, c / (|g|_p + eps)), |g|_p over all tensors", "clip",
        required("max_norm", doc="The largest norm of all gradients together."),
        real("norm_type", 2.0, open_low=True, doc="The order p of the norm."),
        real("eps", 1e-6, doc="Added to the norm."),
        scope="global",
        doc="torch's `clip_grad_norm_`. For p = 2 without `eps` take"
        " `clip_by_global_norm`.",
    ),
    primitive(
        "clip_by_percentile", "Shrinks all gradients to a percentile of past norms.",
        "g min(1, c / |g|); c = percentile of the last norms", "clip",
        real("percentile", high=100.0, doc="Which of the latest norms is the bound."),
        whole("history", 100, doc="How many norms count, this one among them."),
        scope="global",
        doc="Seetharaman and others, 2020. It needs no bound to be known: 90 clips"
        " about one step in ten.",
    ),
    primitive(
        "adaptive_grad_clip", "Clips each unit's gradient by the norm of its weights.",
        "g min(1, clipping max(|w|, eps) / max(|g|, 1e-6)) for each unit", "clip",
        required("clipping", doc="The largest ratio of gradient to weights."),
        number("eps", 1e-3, doc="The least norm that weights count with."),
        scope="tensor",
        doc="Brock and others, 2021. A unit is what shares the last axis: a column of"
        " a dense kernel, a filter of a convolution; a vector is one unit. optax takes"
        " kernels of three axes along the first one only.",
    ),
)  # fmt: skip

_NORMS = (
    primitive(
        "normalize", "Divides all gradients by their joint norm.", "g / |g|", "other",
        doc="Steps of one length. Zero gradients become NaN;"
        " `normalize_by_update_norm` has an epsilon.",
    ),
    primitive(
        "normalize_by_update_norm", "Brings all gradients to a joint norm.",
        "scale_factor g / (|g| + eps)", "other",
        number("scale_factor", 1.0, doc="The norm to bring them to."),
        number("eps", 1e-6, doc="Keeps the divisor away from 0."),
        doc="One norm over all tensors: the direction of the step stays.",
    ),
    primitive(
        "centralize", "Subtracts from each unit's gradient its mean.",
        "g - mean(g) over all axes but the last; vectors stay", "other",
        doc="Yong and others, 2020. Keras keeps units on the last axis; optax'"
        " transform of this name takes the first.",
    ),
    primitive(
        "zero_nans", "Replaces NaN by 0.", "0 where g is NaN, else g", "other",
        doc="Infinite elements stay. Whether a gradient held a NaN is kept in the"
        " state. `on nonfinite` and `apply_if_finite` act on whole steps instead.",
    ),
    primitive(
        "scale_by_param_block_norm", "Multiplies by the norm of the weights.",
        "g max(|w|, min_scale) for each tensor", "other",
        number("min_scale", 1e-3, doc="The least norm that weights count with."),
        doc="Steps in proportion to what they change.",
    ),
    primitive(
        "scale_by_param_block_rms", "Multiplies by the weights' root mean square.",
        "g max(rms(w), min_scale) for each tensor", "other",
        number("min_scale", 1e-3, doc="The least value that weights count with."),
        doc="Adafactor's relative step size.",
    ),
    primitive(
        "scale_by_trust_ratio", "Gives each update the norm of its weights.",
        "u trust_coefficient |w| / (|u| + eps) for each tensor", "other",
        number("min_norm", 0.0, doc="The least value that a norm counts with."),
        number("trust_coefficient", 1.0, doc="The ratio to bring norms to."),
        number("eps", 0.0, doc="Added to the norm of the update."),
        doc="You and others, 2017: the heart of LARS and LAMB. An update stays as it is"
        " where one of the norms is 0.",
    ),
)  # fmt: skip

LAST = "It has to be the last link, behind the step size."
EACH = flag("each", doc="Project every tensor by itself, not all as one vector.")
RADIUS = real("scale", 1.0, open_low=True, doc="The size of the set.")


def projection(
    name: str, summary: str, mathematics: str, *options: Option, doc: str = ""
) -> TransformEntry:
    """Make the entry of a projection of the weights after their step."""
    return primitive(
        f"projection_{name}",
        summary,
        f"w + u = P(w + u); {mathematics}",
        "other",
        *options,
        doc=f"{doc} {LAST}".strip(),
    )


NORMAL = real("a", low=None, doc="The normal: this number for every weight.")
_PROJECTIONS = (
    primitive(
        "keep_params_nonnegative", "Stops at 0 what would become negative.",
        "u = max(u, -w)", "other",
        doc=f"{LAST} Weights that begin negative are moved to 0.",
    ),
    projection("non_negative", "Projects weights onto at least 0.", "P(x) = max(x, 0)"),
    projection(
        "box", "Clips weights to a range.", "P(x) = min(max(x, lower), upper)",
        real("lower", low=None, doc="The least value."),
        real("upper", low=None, doc="The largest value."),
    ),
    projection(
        "hypercube", "Clips weights to 0 .. scale.", "P(x) = min(max(x, 0), scale)",
        RADIUS,
    ),
    projection(
        "linf_ball", "Clips weights to a magnitude.",
        "P(x) = min(max(x, -scale), scale)", RADIUS,
    ),
    projection(
        "simplex", "Projects weights onto shares of a whole.",
        "x >= 0, sum(x) = scale", RADIUS, EACH,
        doc="By sorting: Duchi and others, 2008.",
    ),
    projection(
        "l1_sphere", "Projects weights onto a sum of magnitudes.",
        "sum(|x|) = scale", RADIUS, EACH,
    ),
    projection(
        "l1_ball", "Projects weights onto a largest sum of magnitudes.",
        "sum(|x|) <= scale", RADIUS, EACH,
        doc="Weights become exactly 0 by it.",
    ),
    projection(
        "l2_sphere", "Gives the weights a norm.", "|x| = scale", RADIUS, EACH,
        doc="Weights of norm 0 become NaN.",
    ),
    projection(
        "l2_ball", "Shrinks the weights to a largest norm.", "|x| <= scale",
        RADIUS, EACH,
    ),
    projection(
        "vector", "Projects the weights onto a line through 0.",
        "P(x) = a <a, x> / <a, a>", NORMAL, EACH,
        doc="With a number for `a` all weights become their mean.",
    ),
    projection(
        "hyperplane", "Projects the weights onto a hyperplane.", "<a, x> = b",
        NORMAL, real("b", low=None, doc="The product with the normal."), EACH,
        doc="With 1 for `a` the weights sum to `b`.",
    ),
    projection(
        "halfspace", "Projects the weights onto one side of a hyperplane.",
        "<a, x> <= b",
        NORMAL, real("b", low=None, doc="The largest product with the normal."), EACH,
        doc="With 1 for `a` the weights sum to at most `b`.",
    ),
)  # fmt: skip

ENTRIES: tuple[TransformEntry, ...] = (*_CLIPS, *_NORMS, *_PROJECTIONS)
