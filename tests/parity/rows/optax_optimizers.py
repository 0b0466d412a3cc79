"""Named optimizers against optax: constant and falling rate."""

from collections.abc import Callable
from typing import Any

import jax
import optax
from tests.parity.row import Row, both

import loopc_runtime as ours

# What optax' aliases call what Keras names.
RENAMED = {"beta_1": "b1", "beta_2": "b2", "epsilon": "eps"}
CANCELS = {"single": 1e-3, "note": "the model of the loss is a difference of sums"}
ITERATED = "the iteration of Newton and Schulz multiplies rounding errors"
ROUNDED = "optax rounds 1 - b2 to float32 from the rounded b2"


def matrices_of(tree: Any) -> Any:
    """Return the axes of what is a matrix when all axes but the last are one."""
    numbers = optax.contrib.MuonDimensionNumbers
    return jax.tree.map(
        lambda each: (
            numbers(tuple(range(each.ndim - 1)), -1) if each.ndim > 1 else None
        ),
        tree,
    )


def alike(name: str, case: str = "", traits: Any = None, **options: Any) -> list[Row]:
    """An optimizer of one name and signature, at both rates."""
    theirs = getattr(optax, name, None) or getattr(optax.contrib, name)
    return both(
        lambda scheduled: Row(
            name=name,
            library="optax",
            case=case or ", ".join(f"{k}={v}" for k, v in options.items()),
            scheduled=scheduled,
            ours=lambda rate: getattr(ours, name)(rate, **options),
            theirs=lambda rate: theirs(rate, **options),
            **(traits or {}),
        )
    )


def flavored(
    name: str,
    case: str,
    mine: Callable[[Any], Any],
    theirs: Callable[[Any], Any],
    scheduled: bool = False,
    **traits: Any,
) -> Row:
    """An optimizer of another library, asked for in optax' arithmetic."""
    return Row(
        name=name,
        library="optax",
        case=case,
        scheduled=scheduled,
        ours=mine,
        theirs=theirs,
        **traits,
    )


FLAVORED = [
    flavored(
        "sgd",
        "flavor optax, momentum, nesterov",
        lambda rate: ours.sgd(rate, 0.9, nesterov=True, flavor="optax"),
        lambda rate: optax.sgd(rate, 0.9, nesterov=True),
        scheduled=True,
    ),
    flavored(
        "adam",
        "flavor optax",
        lambda rate: ours.adam(rate, epsilon=1e-8, flavor="optax"),
        optax.adam,
        scheduled=True,
    ),
    flavored(
        "adam",
        "flavor optax, amsgrad",
        lambda rate: ours.adam(rate, epsilon=1e-8, amsgrad=True, flavor="optax"),
        optax.amsgrad,
    ),
    flavored(
        "adamw",
        "flavor optax",
        lambda rate: ours.adamw(rate, epsilon=1e-8, weight_decay=0.1, flavor="optax"),
        lambda rate: optax.adamw(rate, weight_decay=0.1),
    ),
    flavored(
        "nadam",
        "flavor optax, weight_decay (nadamw)",
        lambda rate: ours.nadam(rate, epsilon=1e-8, weight_decay=0.1, flavor="optax"),
        lambda rate: optax.nadamw(rate, weight_decay=0.1),
    ),
    flavored(
        "adamax",
        "flavor optax, weight_decay (adamaxw)",
        lambda rate: ours.adamax(rate, epsilon=1e-8, weight_decay=0.1, flavor="optax"),
        lambda rate: optax.adamaxw(rate, weight_decay=0.1),
    ),
    flavored(
        "rmsprop",
        "flavor optax, momentum",
        lambda rate: ours.rmsprop(rate, 0.9, 0.8, 1e-8, flavor="optax"),
        lambda rate: optax.rmsprop(rate, momentum=0.8),
        scheduled=True,
    ),
    flavored(
        "rmsprop",
        "flavor optax, centered",
        lambda rate: ours.rmsprop(rate, 0.9, 0.8, 1e-8, True, flavor="optax"),
        lambda rate: optax.rmsprop(rate, momentum=0.8, centered=True),
    ),
    flavored(
        "adagrad",
        "flavor optax",
        lambda rate: ours.adagrad(rate, flavor="optax"),
        optax.adagrad,
    ),
    flavored(
        "adadelta",
        "flavor optax, weight_decay",
        lambda rate: ours.adadelta(rate, 0.9, 1e-6, weight_decay=0.1, flavor="optax"),
        lambda rate: optax.adadelta(rate, weight_decay=0.1),
    ),
    flavored(
        "lion",
        "flavor optax, weight_decay",
        lambda rate: ours.lion(rate, weight_decay=0.1, flavor="optax"),
        lambda rate: optax.lion(rate, weight_decay=0.1),
        scheduled=True,
    ),
    flavored(
        "lamb",
        "flavor optax, weight_decay",
        lambda rate: ours.lamb(rate, epsilon=1e-6, weight_decay=0.1, flavor="optax"),
        lambda rate: optax.lamb(rate, weight_decay=0.1),
        scheduled=True,
    ),
    flavored(
        "adafactor",
        "flavor optax, factored from 3",
        lambda rate: ours.adafactor(rate, min_dim_size_to_factor=3, flavor="optax"),
        lambda rate: optax.adafactor(rate, min_dim_size_to_factor=3),
        scheduled=True,
    ),
    flavored(
        "adafactor",
        "flavor optax, weight_decay",
        lambda rate: ours.adafactor(rate, weight_decay=0.1, flavor="optax"),
        lambda rate: optax.adafactor(rate, weight_decay_rate=0.1),
    ),
    flavored(
        "muon",
        "flavor optax",
        lambda rate: ours.muon(
            rate,
            epsilon=1e-8,
            rms_rate=None,
            weight_decay=0.1,
            adam_weight_decay=None,
            flavor="optax",
        ),
        lambda rate: optax.contrib.muon(rate, weight_decay=0.1),
        scheduled=True,
        single=1e-4,
        note=ITERATED,
    ),
    flavored(
        "muon",
        "flavor optax, rms_rate",
        lambda rate: ours.muon(
            rate,
            epsilon=1e-8,
            weight_decay=None,
            adam_weight_decay=0.1,
            flavor="optax",
        ),
        lambda rate: optax.contrib.muon(
            rate, consistent_rms=0.2, adam_weight_decay=0.1
        ),
        single=1e-4,
        note=ITERATED,
    ),
]

ALIASES = [
    flavored(
        "muon",
        "flavor optax, flatten_kernels, adaptive, ns_coeffs=dion",
        lambda rate: ours.muon(
            rate,
            epsilon=1e-8,
            rms_rate=None,
            weight_decay=None,
            adam_weight_decay=None,
            adaptive=True,
            ns_coeffs="dion",
            flatten_kernels=True,
            flavor="optax",
        ),
        lambda rate: optax.contrib.muon(
            rate,
            ns_coeffs="dion",
            adaptive=True,
            muon_weight_dimension_numbers=matrices_of,
        ),
        single=1e-3,
        note=ITERATED,
    ),
    flavored(
        "schedule_free_adamw",
        "flavor optax, weight_decay",
        lambda rate: ours.schedule_free_adamw(
            rate, weight_lr_power=2.0, weight_decay=0.1, flavor="optax"
        ),
        lambda rate: optax.contrib.schedule_free_adamw(rate, weight_decay=0.1),
        of_weights=True,
    ),
    *alike("schedule_free_sgd", weight_decay=0.1, traits={"of_weights": True}),
    *[
        flavored(
            "polyak_sgd",
            f"variant={variant}",
            lambda rate, variant=variant: ours.polyak_sgd(
                0.5, rate, 1.2, variant=variant
            ),
            lambda rate, variant=variant: optax.polyak_sgd(
                0.5, rate, 1.2, variant=variant
            ),
        )
        for variant in ("sps", "sps+")
    ],
    *alike("amsgrad", bias_correction_mu=False, bias_correction_nu=False),
    flavored(
        "lbfgs",
        "zoom",
        ours.lbfgs,
        optax.lbfgs,
        quadratic=True,
        searches=True,
        single=1e-2,
        note="differences of gradients lose digits in float32",
    ),
    *alike("sign_sgd"),
    *alike("signum"),
    *alike("optimistic_gradient_descent", alpha=0.7),
    *both(
        lambda scheduled: flavored(
            "optimistic_adam",
            "optax' optimistic_adam_v2",
            ours.optimistic_adam,
            optax.optimistic_adam_v2,
            scheduled,
        )
    ),
    *alike("amsgrad"),
    *alike("adabelief"),
    *alike("adan", weight_decay=0.1),
    *alike(
        "radam",
        traits={
            "single": 1e-2,
            "note": "optax takes the difference rho in float32, where it loses three "
            "digits",
        },
    ),
    *alike("yogi"),
    *alike("lars", weight_decay=0.1, nesterov=True),
    *alike("novograd", weight_decay=0.1),
    *alike("sm3", traits={"shown": (0, 1, 3)})[:1],
    *alike(
        "fromage",
        traits={
            "single": 1e-3,
            "double": 1e-6,
            "note": "optax subtracts 1 from the shrinking factor, ours does without; "
            "schedules are float32",
        },
    ),
    *alike("acprop", weight_decay=0.1),
    *alike("ademamix", weight_decay=0.1),
    *alike("simplified_ademamix", alpha=1.0, weight_decay=0.1),
    *alike("adopt", traits={"single": 1e-3, "note": ROUNDED}),
    *alike("cocob", weight_decay=0.1, traits={"of_weights": True}),
    *alike("dowg", weight_decay=0.1),
    *alike(
        "galore",
        rank=2,
        weight_decay=0.1,
        traits={
            "single": 1e-2,
            "double": 1e-3,
            "note": "optax decomposes in float32 always",
        },
    ),
    *alike("momo", traits=CANCELS, weight_decay=0.1, adapt_lower_bound=True),
    *alike("momo_adam", traits=CANCELS, weight_decay=0.1, adapt_lower_bound=True),
    *alike("dadapt_adamw", weight_decay=0.1, estim_lr0=1e-3),
    *alike("prodigy", weight_decay=0.1, estim_lr0=1e-3),
    *alike("prodigy", safeguard_warmup=True),
    *alike("sophia", traits={"quadratic": True}),
    *[
        flavored(
            "dog",
            f"from a {kind}",
            lambda rate, kind=kind: ours.dog(rate, 1e-3, kind, weight_decay=0.1),
            lambda rate, kind=kind: optax.contrib.dog(
                rate, (kind, 1e-3), weight_decay=0.1
            ),
        )
        for kind in ("heuristic", "distance", "learning_rate")
    ],
    flavored(
        "lbfgs",
        "linesearch=None",
        lambda rate: ours.lbfgs(rate, linesearch=None),
        lambda rate: optax.lbfgs(rate, linesearch=None),
        quadratic=True,
        single=1e-3,
        note="differences of gradients lose digits in float32",
    ),
]

ROWS = [*FLAVORED, *ALIASES]
