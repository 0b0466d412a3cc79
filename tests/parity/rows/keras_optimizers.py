"""Named optimizers against the Keras optimizer of that name, and Keras' clips."""

from collections.abc import Callable
from typing import Any

import keras
from tests.parity.row import Row, both

import loopc_runtime as ours

optimizers = keras.optimizers
ITERATED = "the iteration of Newton and Schulz multiplies rounding errors"


def like(name: str, theirs: Callable[..., Any], case: str = "", **options: Any) -> Row:
    """One name and one signature in both libraries, with a constant rate."""
    return like_both(name, theirs, case, **options)[0]


def like_both(
    name: str, theirs: Callable[..., Any], case: str = "", **options: Any
) -> list[Row]:
    """One name and one signature in both libraries, at both rates."""
    traits = {k: options.pop(k) for k in ("single", "double", "note") if k in options}
    return both(
        lambda scheduled: Row(
            name=name,
            library="keras",
            case=case or ", ".join(f"{k}={v}" for k, v in options.items()),
            scheduled=scheduled,
            ours=lambda rate: getattr(ours, name)(rate, **options),
            theirs=lambda rate: theirs(rate, **options),
            **traits,
        )
    )


def clipped(name: str, clip: Any, **option: float) -> Row:
    """A clip of ours in front of gradient descent against Keras' option."""
    return Row(
        name=name,
        library="keras",
        case=", ".join(f"{k}={v}" for k, v in option.items()),
        ours=lambda rate: ours.chain(clip(0.5), ours.sgd(rate)),
        theirs=lambda rate: optimizers.SGD(rate, **option),
    )


# Keras rounds numbers to float32, whatever the variables are; these it leaves alone.
BETAS = {"beta_1": 0.875, "beta_2": 1.0 - 2.0**-10, "epsilon": 2.0**-23}
EPSILON = {"epsilon": 2.0**-23}
DECAY = {"weight_decay": 0.125}
MOMENTUM = {"momentum": 0.875}
MUON = {
    "single": 1e-4,
    "double": None,
    "note": f"{ITERATED}; Keras' Muon takes no float64",
}

ROWS = [
    *like_both("sgd", optimizers.SGD),
    *like_both("sgd", optimizers.SGD, "momentum", **MOMENTUM),
    *like_both(
        "sgd",
        optimizers.SGD,
        "nesterov, weight_decay",
        nesterov=True,
        **MOMENTUM,
        **DECAY,
    ),
    *like_both(
        "rmsprop",
        optimizers.RMSprop,
        "momentum, weight_decay",
        **EPSILON,
        **MOMENTUM,
        **DECAY,
    ),
    like("rmsprop", optimizers.RMSprop, "centered", centered=True, **EPSILON),
    *like_both("adam", optimizers.Adam, **BETAS),
    like("adam", optimizers.Adam, "weight_decay", **BETAS, **DECAY),
    like("adam", optimizers.Adam, "amsgrad", amsgrad=True, **BETAS),
    *like_both("adamw", optimizers.AdamW, **BETAS, **DECAY),
    like("adamw", optimizers.AdamW, "amsgrad", amsgrad=True, **BETAS, **DECAY),
    *like_both(
        "nadam",
        optimizers.Nadam,
        single=1e-4,
        double=1e-5,
        note="Keras computes its schedule of momenta, with 0.96, in float32",
        **BETAS,
    ),
    *like_both("adamax", optimizers.Adamax, **BETAS),
    *like_both(
        "adagrad", optimizers.Adagrad, initial_accumulator_value=0.125, **EPSILON
    ),
    *like_both("adadelta", optimizers.Adadelta, **EPSILON),
    *like_both(
        "lion", optimizers.Lion, "weight_decay", beta_1=0.875, beta_2=0.984375, **DECAY
    ),
    like("lamb", optimizers.Lamb, **BETAS),
    *like_both("lamb", optimizers.Lamb, "weight_decay", **BETAS, **DECAY),
    *like_both("adafactor", optimizers.Adafactor, "weight_decay", **DECAY),
    like("ftrl", optimizers.Ftrl, initial_accumulator_value=0.125),
    *like_both(
        "ftrl",
        optimizers.Ftrl,
        "all regularizations",
        single=1e-4,
        note="where the weight should be is a difference of sums",
        initial_accumulator_value=0.125,
        l1_regularization_strength=0.015625,
        l2_regularization_strength=0.03125,
        l2_shrinkage_regularization_strength=0.0625,
        beta=0.125,
        **DECAY,
    ),
    *like_both("muon", optimizers.Muon, **MUON),
    like(
        "muon",
        optimizers.Muon,
        "nesterov=False, adam_lr_ratio=0.5",
        nesterov=False,
        adam_lr_ratio=0.5,
        adam_weight_decay=0.0625,
        **DECAY,
        **MUON,
    ),
    clipped("clip", ours.clip, clipvalue=0.5),
    clipped("clip_each_norm", ours.clip_each_norm, clipnorm=0.5),
    clipped("clip_by_global_norm", ours.clip_by_global_norm, global_clipnorm=0.5),
]
