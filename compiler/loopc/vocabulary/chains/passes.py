"""Transforms that try steps, or see the gradient of every example."""

from typing import Literal

from loopc.vocabulary.chains.options import flag, number, required
from loopc.vocabulary.entry import Need, Option, TransformEntry


def _entry(
    name: str,
    summary: str,
    mathematics: str,
    role: Literal["clip", "optimizer", "other"],
    need: tuple[Need, ...],
    *options: Option,
    doc: str,
) -> TransformEntry:
    return TransformEntry(
        name=name,
        summary=summary,
        options=options,
        python=name,
        role=role,
        needs=frozenset(need),
        family="optimizers" if role == "optimizer" else "primitives",
        mathematics=mathematics,
        doc=doc,
    )


NORM = required("l2_norm_clip", doc="The largest norm of one example's gradient.")
NOISE = number("noise_multiplier", 1.0, doc="Deviation of the noise, in that norm.")
EXAMPLES = (
    "Gradients are taken example by example, vectorized, so that examples must not see"
    " each other and nothing may be drawn at random. It comes first in a chain."
)
WITHIN: tuple[Need, ...] = ("per_example",)


def _float(name: str, default: float, doc: str) -> Option:
    return Option(name=name, kind="float", default=default, low=0.0, doc=doc)


ENTRIES: tuple[TransformEntry, ...] = (
    _entry(
        "scale_by_backtracking_linesearch",
        "Shortens each update until the objective falls enough.",
        "s u, s = largest of s_0, d s_0, ... with f(w + s u) <= f(w) + c s u . g",
        "other",
        ("value", "evaluate"),
        Option(
            name="max_backtracking_steps",
            kind="int",
            default=15,
            low=1,
            doc="How often a step is shortened at most.",
        ),
        _float("slope_rtol", 1e-4, "Of the promised fall, what is enough, c."),
        _float("decrease_factor", 0.8, "By what a step is shortened, d."),
        _float("increase_factor", 1.5, "By what the next search starts longer."),
        _float("max_learning_rate", 1.0, "The longest step."),
        _float("atol", 0.0, "Absolute rise that is allowed."),
        _float("rtol", 0.0, "Relative rise that is allowed."),
        doc="Armijo's rule. It keeps the sign: `sgd(1.0) |>"
        " scale_by_backtracking_linesearch`. Each try is a pass of its own, on the same"
        " examples with the same draws.",
    ),
    _entry(
        "scale_by_zoom_linesearch",
        "Scales each update so that the objective falls enough and flattens.",
        "s u with f(w + s u) <= f(w) + c s u . g and |u . g(w + s u)| <= k |u . g|",
        "other",
        ("value", "evaluate"),
        Option(
            name="max_linesearch_steps",
            kind="int",
            default=20,
            low=1,
            doc="How many sizes are tried at most.",
        ),
        Option(
            name="max_learning_rate",
            kind="float",
            default=None,
            none=True,
            low=0.0,
            doc="The longest step.",
        ),
        _float("tol", 0.0, "By how much the conditions may be missed."),
        _float("increase_factor", 2.0, "By what a size grows that is too short."),
        _float("slope_rtol", 1e-4, "Of the promised fall, what is enough, c."),
        _float("curv_rtol", 0.9, "Of the first slope, what may be left, k."),
        Option(
            name="approx_dec_rtol",
            kind="float",
            default=1e-6,
            none=True,
            low=0.0,
            doc="How close to the first value slopes alone decide.",
        ),
        _float("stepsize_precision", 1e-5, "The shortest interval searched."),
        Option(
            name="initial_guess_strategy",
            kind="enum",
            default="keep",
            choices=("keep", "one"),
            doc="Begin at the last size, or at 1.",
        ),
        doc="Wolfe's conditions, by algorithms 3.5 and 3.6 of Nocedal and Wright. It"
        " keeps the sign: `sgd(1.0) |> scale_by_zoom_linesearch`. Each try is a pass of"
        " its own, on the same examples with the same draws.",
    ),
    _entry(
        "per_example_global_norm_clip",
        "Shrinks the gradient of every example to a largest norm.",
        "mean_i g_i min(1, c / |g_i|)",
        "clip",
        WITHIN,
        NORM,
        doc=EXAMPLES,
    ),
    _entry(
        "per_example_layer_norm_clip",
        "Shrinks every tensor of every example's gradient.",
        "mean_i g_i min(1, c_l / |g_i|) for each tensor, sum c_l^2 = c^2",
        "clip",
        WITHIN,
        required("global_l2_norm_clip", doc="The norm of all bounds together."),
        flag("uniform", True, "Equal bounds; else by the number of elements."),
        doc=EXAMPLES,
    ),
    _entry(
        "differentially_private_aggregate",
        "Clips the gradient of every example and adds noise.",
        "(sum_i g_i min(1, c / |g_i|) + normal(0, (c s)^2)) / batch",
        "other",
        WITHIN,
        NORM,
        NOISE,
        doc=f"Abadi and others, 2016. {EXAMPLES}",
    ),
    _entry(
        "dpsgd",
        "Gradient descent that keeps examples private.",
        "differentially_private_aggregate |> trace |> -rate",
        "optimizer",
        WITHIN,
        required("learning_rate", positive=False, doc="Size of a step."),
        NORM,
        NOISE,
        number("momentum", 0.0, 0.0, 1.0, open_high=True, doc="Kept of the velocity."),
        flag("nesterov", doc="Look ahead along the momentum."),
        doc=f"Abadi and others, 2016. {EXAMPLES}",
    ),
)
