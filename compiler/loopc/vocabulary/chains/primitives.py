"""Primitive transforms: names, parameters and arithmetic of optax."""

from typing import Literal

from loopc.vocabulary.chains.options import (
    MASK,
    decay_rate,
    flag,
    number,
    required,
)
from loopc.vocabulary.entry import Option, TransformEntry


def primitive(
    name: str,
    summary: str,
    mathematics: str,
    role: Literal["clip", "decay", "precondition", "momentum", "step", "other"],
    *options: Option,
    scope: Literal["", "global", "tensor", "element"] = "",
    doc: str = "",
) -> TransformEntry:
    return TransformEntry(
        name=name,
        summary=summary,
        options=options,
        python=name,
        role=role,
        scope=scope,
        family="primitives",
        mathematics=mathematics,
        doc=doc,
    )


ENTRIES: tuple[TransformEntry, ...] = (
    primitive("identity", "Leaves gradients as they are.", "g", "other"),
    primitive("set_to_zero", "Turns every update into 0.", "0", "other"),
    primitive("scale_by_sign", "Keeps only signs.", "sign(g)", "precondition"),
    primitive(
        "scale",
        "Multiplies by a number.",
        "step_size g",
        "step",
        Option(name="step_size", kind="number"),
        doc="A chain ends in `scale(-rate)`: updates are added to the weights.",
    ),
    primitive(
        "scale_by_learning_rate",
        "Multiplies by minus the learning rate.",
        "-learning_rate g",
        "step",
        required("learning_rate", positive=False),
    ),
    primitive(
        "clip",
        "Clips every element.",
        "min(max(g, -d), d)",
        "clip",
        required("max_delta"),
        scope="element",
    ),
    primitive(
        "clip_by_global_norm",
        "Shrinks all gradients together to a largest norm.",
        "g min(1, c / |g|), |g| over all tensors",
        "clip",
        required("max_norm"),
        scope="global",
    ),
    primitive(
        "clip_each_norm",
        "Shrinks each gradient to a largest norm of its own.",
        "g c / max(|g|, c) for each tensor",
        "clip",
        required("max_norm"),
        scope="tensor",
        doc="What Keras calls `clipnorm`. It changes the direction of the whole step; "
        "`clip_by_global_norm` keeps it.",
    ),
    primitive(
        "add_decayed_weights",
        "Adds a multiple of the weights.",
        "g + weight_decay w",
        "decay",
        required("weight_decay", positive=False),
        MASK,
        doc="In front of a preconditioner this is an L2 penalty, behind it decoupled "
        "weight decay.",
    ),
    primitive(
        "trace",
        "Momentum: a decaying sum of gradients.",
        "b = g + decay b; nesterov: g + decay b",
        "momentum",
        Option(name="decay", kind="number", low=0.0, high=1.0),
        flag("nesterov"),
    ),
    primitive(
        "ema",
        "A running mean of gradients.",
        "e = decay e + (1 - decay) g; with debias e / (1 - decay^t)",
        "momentum",
        Option(name="decay", kind="number", low=0.0, high=1.0),
        flag("debias", True),
    ),
    primitive(
        "scale_by_adam",
        "Adam's direction, without a step size.",
        "m^ / (sqrt(v^ + eps_root) + eps)",
        "precondition",
        decay_rate("b1", 0.9),
        decay_rate("b2", 0.999),
        number("eps", 1e-8),
        number("eps_root", 0.0),
        flag("nesterov"),
    ),
    primitive(
        "scale_by_rms",
        "Divides by a running root mean square.",
        "g / sqrt(v + eps)",
        "precondition",
        decay_rate("decay", 0.9),
        number("eps", 1e-8),
        Option(name="initial_scale", kind="float", default=0.0, low=0.0),
        flag("eps_in_sqrt", True),
        flag("bias_correction"),
    ),
    primitive(
        "scale_by_stddev",
        "Divides by a running standard deviation.",
        "g / sqrt(v - m^2 + eps)",
        "precondition",
        decay_rate("decay", 0.9),
        number("eps", 1e-8),
        Option(name="initial_scale", kind="float", default=0.0, low=0.0),
        flag("eps_in_sqrt", True),
        flag("bias_correction"),
    ),
    primitive(
        "scale_by_rss",
        "Divides by the root of the sum of all squared gradients.",
        "g / sqrt(s + eps)",
        "precondition",
        Option(name="initial_accumulator_value", kind="float", default=0.1, low=0.0),
        number("eps", 1e-7),
    ),
)
