"""Primitive transforms: names, parameters and arithmetic of optax."""

from typing import Literal

from loopc.vocabulary.chains.options import (
    LION_MODE,
    SMOOTH_BETA,
    decay_rate,
    flag,
    number,
    required,
)
from loopc.vocabulary.entry import Need, Option, TransformEntry


def primitive(
    name: str,
    summary: str,
    mathematics: str,
    role: Literal["clip", "decay", "precondition", "momentum", "step", "other"],
    *options: Option,
    doc: str,
    scope: Literal["", "global", "tensor", "element"] = "",
    needs: tuple[Need, ...] = (),
) -> TransformEntry:
    """Make the entry of a transform whose runtime function has the same name."""
    return TransformEntry(
        name=name,
        summary=summary,
        options=options,
        python=name,
        role=role,
        scope=scope,
        needs=frozenset(needs),
        family="primitives",
        mathematics=mathematics,
        doc=doc,
    )


KEPT = Option(
    name="decay", kind="number", low=0.0, high=1.0, doc="Kept of what was before."
)
EPS = number("eps", 1e-8, doc="Keeps the divisor away from 0.")
INITIAL_SCALE = Option(
    name="initial_scale", kind="float", default=0.0, low=0.0,
    doc="What the second moment starts at.",
)  # fmt: skip
IN_SQRT = flag("eps_in_sqrt", True, "Add eps under the root, not outside.")
BIAS = flag("bias_correction", doc="Divide by 1 - decay^t.")
MOMENTS = (decay_rate("b1", 0.9), decay_rate("b2", 0.999))
EPS_ROOT = number("eps_root", 0.0, doc="Added under the root, for second derivatives.")
CORRECTIONS = (
    flag("bias_correction_mu", True, "Divide the first moment by 1 - b1^t."),
    flag("bias_correction_nu", True, "Divide the second moment by 1 - b2^t."),
)
NO_STEP = "It gives a direction: a step size has to follow, such as `scale(-0.01)`."

_SIMPLE = (
    primitive(
        "identity", "Leaves gradients as they are.", "g", "other",
        doc="The neutral choice of a static condition among chains.",
    ),
    primitive(
        "set_to_zero", "Turns every update into 0.", "0", "other",
        doc="What it is applied to is not trained, and has no state.",
    ),
    primitive(
        "scale_by_sign", "Keeps only signs.", "sign(g)", "precondition",
        doc=f"Every element moves equally far. {NO_STEP}",
    ),
    primitive(
        "scale", "Multiplies by a number.", "step_size g", "step",
        Option(name="step_size", kind="number", doc="The factor, with its sign."),
        doc="A chain ends in `scale(-rate)`: updates are added to the weights.",
    ),
    primitive(
        "scale_by_learning_rate", "Multiplies by minus the learning rate.",
        "-learning_rate g", "step",
        required("learning_rate", positive=False, doc="The size of a step."),
        doc="The last link of a chain of primitives. A schedule counts this update's "
        "own steps.",
    ),
)  # fmt: skip

_CLIPPING = (
    primitive(
        "clip", "Clips every element.", "min(max(g, -d), d)", "clip",
        required("max_delta", doc="The largest absolute value of an element."),
        scope="element",
        doc="What Keras calls `clipvalue`. It changes the direction of the step.",
    ),
    primitive(
        "clip_by_global_norm", "Shrinks all gradients together to a largest norm.",
        "g min(1, c / |g|), |g| over all tensors", "clip",
        required("max_norm", doc="The largest norm of all gradients together."),
        scope="global",
        doc="The direction of the step stays. What Keras calls `global_clipnorm`; "
        "torch adds 1e-6 to the norm, this does not.",
    ),
    primitive(
        "clip_each_norm", "Shrinks each gradient to a largest norm of its own.",
        "g c / max(|g|, c) for each tensor", "clip",
        required("max_norm", doc="The largest norm of one gradient."),
        scope="tensor",
        doc="What Keras calls `clipnorm`. It changes the direction of the whole step; "
        "`clip_by_global_norm` keeps it.",
    ),
)  # fmt: skip

_MOMENTUM = (
    primitive(
        "add_decayed_weights", "Adds a multiple of the weights.", "g + weight_decay w",
        "decay",
        required("weight_decay", positive=False, doc="How much of the weights."),
        doc="In front of a preconditioner this is an L2 penalty, behind it decoupled "
        "weight decay.",
    ),
    primitive(
        "trace", "Momentum: a decaying sum of gradients.",
        "b = g + decay b; nesterov: g + decay b", "momentum",
        KEPT, flag("nesterov", doc="Look ahead along the momentum."),
        doc="A sum, not a mean: with decay 0.9 steps grow tenfold in the long run.",
    ),
    primitive(
        "ema", "A running mean of gradients.",
        "e = decay e + (1 - decay) g; with debias e / (1 - decay^t)", "momentum",
        KEPT, flag("debias", True, "Divide by 1 - decay^t."),
        doc="The mean starts at 0, which `debias` makes up for.",
    ),
    primitive(
        "scale_by_lion", "The sign of an interpolated momentum.",
        "sign(b1 m + (1 - b1) g); m = b2 m + (1 - b2) g", "precondition",
        decay_rate("b1", 0.9), decay_rate("b2", 0.99), LION_MODE, SMOOTH_BETA,
        doc=f"Chen and others, 2023. {NO_STEP}",
    ),
)  # fmt: skip

_ADAM = (
    primitive(
        "scale_by_adam", "Adam's direction, without a step size.",
        "m^ / (sqrt(v^ + eps_root) + eps)", "precondition",
        *MOMENTS, EPS, EPS_ROOT, flag("nesterov", doc="Nesterov's momentum, as nadam."),
        doc=f"Bias is corrected before eps is added, unlike in Keras' adam. {NO_STEP}",
    ),
    primitive(
        "scale_by_amsgrad", "Adam's direction with the largest second moment so far.",
        "m^ / (sqrt(max v^ + eps_root) + eps)", "precondition",
        *MOMENTS, EPS, EPS_ROOT, *CORRECTIONS,
        doc="The maximum is taken of corrected moments; Keras and torch take it of raw "
        f"ones. {NO_STEP}",
    ),
    primitive(
        "scale_by_adamax", "Adam's direction with the largest gradient as divisor.",
        "m^ / u; u = max(b2 u, |g| + eps)", "precondition",
        *MOMENTS, EPS,
        doc=f"Kingma and Ba, 2015, section 7. {NO_STEP}",
    ),
)  # fmt: skip

_ADAPTIVE = (
    primitive(
        "scale_by_rms", "Divides by a running root mean square.", "g / sqrt(v + eps)",
        "precondition", decay_rate("decay", 0.9), EPS, INITIAL_SCALE, IN_SQRT, BIAS,
        doc=f"RMSprop without its step size. {NO_STEP}",
    ),
    primitive(
        "scale_by_stddev", "Divides by a running standard deviation.",
        "g / sqrt(v - m^2 + eps)", "precondition",
        decay_rate("decay", 0.9), EPS, INITIAL_SCALE, IN_SQRT, BIAS,
        doc=f"Centred RMSprop without its step size. {NO_STEP}",
    ),
    primitive(
        "scale_by_rss", "Divides by the root of the sum of all squared gradients.",
        "g / sqrt(s + eps)", "precondition",
        Option(name="initial_accumulator_value", kind="float", default=0.1, low=0.0,
               doc="What the sums start at."),
        number("eps", 1e-7, doc="Keeps the divisor away from 0."),
        doc=f"Adagrad without its step size. {NO_STEP}",
    ),
    primitive(
        "scale_by_adadelta", "Scales by the ratio of past steps to past gradients.",
        "g sqrt(x + eps) / sqrt(v + eps)", "precondition",
        decay_rate("rho", 0.9), number("eps", 1e-6, doc="Lets the first steps begin."),
        doc=f"Zeiler, 2012. {NO_STEP}",
    ),
)  # fmt: skip

ENTRIES: tuple[TransformEntry, ...] = (
    *_SIMPLE, *_CLIPPING, *_MOMENTUM, *_ADAM, *_ADAPTIVE,
)  # fmt: skip
