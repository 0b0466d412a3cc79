"""Primitive transforms against optax."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import optax
from tests.parity.row import Row

import loopc_runtime as ours

ROUNDED = "optax rounds 1 - b2 to float32 from the rounded b2"
NO_SCALAR = (0, 1, 3)  # where optax does not take scalars, or gives them an axis
MASK = [True, False, True, False]


def same(name: str, *arguments: Any, **options: Any) -> Row:
    """A transform that both libraries know by one name and one signature."""
    exact = {k: options.pop(k) for k in TRAITS if k in options}
    case = ", ".join(
        [*(f"{a:g}" for a in arguments), *(f"{k}={v}" for k, v in options.items())]
    )
    theirs = getattr(optax, name, None) or getattr(optax.contrib, name)
    return Row(
        name=name,
        library="optax",
        case=case,
        ours=lambda rate: getattr(ours, name)(*arguments, **options),
        theirs=lambda rate: theirs(*arguments, **options),
        **exact,
    )


TRAITS = ("single", "double", "note", "of_weights", "quadratic", "shown")


def paired(
    name: str,
    case: str,
    mine: Callable[[], Any],
    theirs: Callable[[], Any],
    **more: Any,
) -> Row:
    """A transform whose two makers differ."""
    return Row(
        name=name,
        library="optax",
        case=case,
        ours=lambda rate: mine(),
        theirs=lambda rate: theirs(),
        **more,
    )


def of_rate(name: str, mine: Callable[[Any], Any], theirs: Callable[[Any], Any]) -> Row:
    """A transform with the falling rate in one of its numbers."""
    return Row(name=name, library="optax", scheduled=True, ours=mine, theirs=theirs)


PLAIN = [
    same("identity"),
    same("set_to_zero"),
    same("scale", -0.3),
    same("scale_by_sign"),
    of_rate("scale_by_schedule", ours.scale_by_schedule, optax.scale_by_schedule),
    same("scale_by_learning_rate", 0.01),
    of_rate(
        "scale_by_learning_rate",
        ours.scale_by_learning_rate,
        optax.scale_by_learning_rate,
    ),
    same("scale_by_learning_rate", 0.01, flip_sign=False),
    same("clip", 0.5),
    same("clip_by_global_norm", 8.0),
    same("clip_by_block_rms", 0.5),
    same("adaptive_grad_clip", 0.1),
    same("normalize"),
    same("normalize_by_update_norm", 2.0),
    same("zero_nans"),
    same("scale_by_param_block_norm"),
    same("scale_by_param_block_rms"),
    same("scale_by_trust_ratio"),
    same("scale_by_trust_ratio", 0.1, 0.5, 0.01),
    same("keep_params_nonnegative"),
    same("add_decayed_weights", 0.1),
    paired(
        "add_decayed_weights",
        "masked",
        lambda: ours.add_decayed_weights(0.1, MASK),
        lambda: optax.add_decayed_weights(0.1, MASK),
    ),
    of_rate("add_decayed_weights", ours.add_decayed_weights, optax.add_decayed_weights),
    paired(
        "reduce_on_plateau",
        "patience=3, cooldown=2, accumulation_size=2",
        lambda: ours.reduce_on_plateau(
            0.5, 3, cooldown=2, accumulation_size=2, min_scale=0.2
        ),
        lambda: optax.contrib.reduce_on_plateau(
            0.5, 3, cooldown=2, accumulation_size=2, min_scale=0.2
        ),
    ),
]

MOMENTUM = [
    same("trace", 0.9),
    same("trace", 0.9, nesterov=True),
    of_rate(
        "trace",
        ours.trace,
        lambda rate: optax.inject_hyperparams(optax.trace)(decay=rate),
    ),
    same("ema", 0.9),
    same("ema", 0.9, debias=False),
    same("apply_every", 3),
    same("scale_by_optimistic_gradient", 0.7, 0.4),
]

ADAM = [
    same("scale_by_adam"),
    same("scale_by_adam", 0.8, 0.95, 1e-5, 1e-4),
    same("scale_by_adam", nesterov=True),
    Row(
        name="scale_by_adam",
        library="optax",
        scheduled=True,
        ours=lambda rate: ours.scale_by_adam(b1=rate * 16.0),
        theirs=lambda rate: optax.inject_hyperparams(optax.scale_by_adam)(
            b1=lambda count: rate(count) * 16.0
        ),
    ),
    same("scale_by_amsgrad"),
    same("scale_by_adamax"),
    same("scale_by_adan"),
    same("scale_by_adan", 0.9, 0.8, 0.95, 1e-6, 1e-5),
    same("scale_by_yogi"),
    same(
        "scale_by_radam",
        single=1e-2,
        note="optax takes the difference rho in float32, where it loses three digits",
    ),
    same("scale_by_radam", 0.8, 0.9, nesterov=True),
    same("scale_by_belief"),
    same("scale_by_belief", 0.8, 0.95, 1e-8, 1e-8, nesterov=True),
    same("scale_by_acprop"),
    same("scale_by_ademamix"),
    Row(
        name="scale_by_ademamix",
        library="optax",
        case="alpha",
        scheduled=True,
        ours=lambda rate: ours.scale_by_ademamix(alpha=rate),
        theirs=lambda rate: optax.contrib.scale_by_ademamix(alpha=rate),
    ),
    same("scale_by_simplified_ademamix", alpha=2.0),
    same("scale_by_adopt", single=1e-3, note=ROUNDED),
    same(
        "scale_by_adopt",
        nesterov=True,
        use_clipping=False,
        single=1e-3,
        note=ROUNDED,
    ),
    same("scale_by_lion"),
    same("scale_by_lion", mode="smooth", smooth_beta=2.0),
    same("scale_by_lion", mode="refined"),
    same("scale_by_amsgrad", bias_correction_nu=False),
]


def zoom(**options: Any) -> Row:
    """Steps down a quadratic, found by trying them."""
    return paired(
        "scale_by_zoom_linesearch",
        ", ".join(f"{k}={v}" for k, v in options.items()),
        lambda: ours.chain(ours.scale(-0.1), ours.scale_by_zoom_linesearch(**options)),
        lambda: optax.chain(
            optax.scale(-0.1), optax.scale_by_zoom_linesearch(**options)
        ),
        quadratic=True,
        searches=True,
    )


def muon(**options: Any) -> Row:
    """Muon's direction on the matrix, whose axes optax wants to be told."""
    axes = [optax.contrib.MuonDimensionNumbers()]
    return paired(
        "scale_by_muon",
        ", ".join(f"{k}={v}" for k, v in options.items()),
        lambda: ours.scale_by_muon(**options),
        lambda: optax.contrib.scale_by_muon(
            **options, weight_dimension_numbers=lambda params: axes
        ),
        shown=(0,),
        single=1e-3,
        note=ITERATED,
    )


ITERATED = "the iteration of Newton and Schulz multiplies rounding errors"
MEMORY = "differences of gradients lose digits in float32"
ADAPTIVE = [
    same("scale_by_rms"),
    same("scale_by_rms", 0.95, 1e-6, 0.3, eps_in_sqrt=False),
    same("scale_by_rms", bias_correction=True),
    same("scale_by_stddev"),
    same("scale_by_stddev", eps_in_sqrt=False),
    same("scale_by_rss"),
    same("scale_by_adadelta"),
    same("scale_by_factored_rms"),
    same("scale_by_factored_rms", min_dim_size_to_factor=3),
    same("scale_by_sm3", shown=NO_SCALAR),
    same("scale_by_sm3", 0.5, 0.9, shown=NO_SCALAR),
    same("scale_by_novograd"),
    same("scale_by_novograd", weight_decay=0.1),
    same("scale_by_distance_over_gradients", shown=NO_SCALAR),
    same("scale_by_cocob", of_weights=True),
    same(
        "scale_by_madgrad",
        0.01,
        of_weights=True,
        double=1e-6,
        note="optax takes sqrt(t) in float32 always; see the rule in NumPy",
    ),
    *[muon(), muon(nesterov=False, adaptive=True)],
    *[muon(preconditioning=kind) for kind in ("spectral", "aol", "schatten")],
    zoom(max_linesearch_steps=15, increase_factor=3.0, curv_rtol=0.1),
    zoom(
        max_linesearch_steps=4,
        max_learning_rate=3.0,
        approx_dec_rtol=None,
        initial_guess_strategy="one",
    ),
    same(
        "scale_by_galore",
        rank=2,
        scale=0.5,
        single=1e-2,
        double=1e-2,
        note="optax decomposes in float32 always; one projection only, as the state "
        "carried to the next depends on signs of singular vectors that nobody defines",
    ),
    same("scale_by_lbfgs", quadratic=True, single=1e-3, note=MEMORY),
    same(
        "scale_by_lbfgs",
        3,
        scale_init_precond=False,
        quadratic=True,
        single=1e-3,
        note=MEMORY,
    ),
]


def projection(name: str, *arguments: float) -> Row:
    """A projection of where the update leads to."""
    project = getattr(optax.projections, name)

    def theirs() -> optax.GradientTransformation:
        def move(updates: Any, params: Any) -> Any:
            moved = optax.apply_updates(params, updates)
            given: tuple = arguments
            if name in (*ALONG, "projection_box"):
                bounds = 2 if name == "projection_box" else 1
                whole = [[jnp.full_like(p, a) for p in params] for a in arguments]
                given = (*whole[:bounds], *arguments[bounds:])
            if name == "projection_hypercube":  # optax takes one array only
                placed = [project(each, *arguments) for each in moved]
            else:
                placed = project(moved, *given)
            return optax.tree.sub(placed, params)

        return optax.stateless(move)

    return Row(
        name=name,
        library="optax",
        case=", ".join(f"{a:g}" for a in arguments),
        ours=lambda rate: getattr(ours, name)(*arguments),
        theirs=lambda rate: theirs(),
        of_weights=True,
    )


ALONG = ("projection_vector", "projection_hyperplane", "projection_halfspace")
PROJECTIONS = [
    projection("projection_non_negative"),
    projection("projection_box", -0.2, 0.3),
    projection("projection_hypercube", 0.5),
    projection("projection_linf_ball", 0.5),
    projection("projection_simplex", 2.0),
    projection("projection_l1_sphere", 2.0),
    projection("projection_l1_ball", 2.0),
    projection("projection_l2_sphere", 2.0),
    projection("projection_l2_ball", 2.0),
    projection("projection_vector", 0.5),
    projection("projection_hyperplane", 0.5, 1.0),
    projection("projection_halfspace", 0.5, 1.0),
]

CHAINS = [
    paired(
        "chain",
        "clip_by_global_norm, scale_by_adam, scale",
        lambda: ours.chain(
            ours.clip_by_global_norm(1.0), ours.scale_by_adam(), ours.scale(-0.1)
        ),
        lambda: optax.chain(
            optax.clip_by_global_norm(1.0), optax.scale_by_adam(), optax.scale(-0.1)
        ),
    )
]

ROWS = [*PLAIN, *MOMENTUM, *ADAM, *ADAPTIVE, *PROJECTIONS, *CHAINS]
