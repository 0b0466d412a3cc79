"""Wrappers, and rules that need more than a gradient, against optax."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from optax import contrib
from tests.parity.descents import Descent, jax_loss

import loopc_runtime as ours

Transformation = optax.GradientTransformation


def value_too(value: jax.Array, gradients: list) -> dict:
    """Give optax the value of the objective."""
    return {"value": value}


def gradient_function(value: jax.Array, gradients: list) -> dict:
    """Give optax the gradient as a function."""
    return {"grad_fn": lambda values, step: jax.grad(jax_loss)(values)}


def whole_objective(value: jax.Array, gradients: list) -> dict:
    """Give optax what a line search needs."""
    return {"value": value, "grad": gradients, "value_fn": jax_loss}


def our_adam() -> ours.GradientTransform:
    """Adam in the arithmetic of optax."""
    return ours.adam(0.01, epsilon=1e-8, flavor="optax")


CONDITIONS = [
    Descent(
        name="apply_if_finite",
        ours=lambda: ours.apply_if_finite(our_adam(), 2),
        theirs=lambda: optax.apply_if_finite(optax.adam(0.01), 2),
    ),
    Descent(
        name="conditionally_transform",
        ours=lambda: ours.chain(
            ours.conditionally_transform(
                ours.clip_by_global_norm(0.1), lambda count: 5.0 - count
            ),
            ours.scale(-0.1),
        ),
        theirs=lambda: optax.chain(
            optax.conditionally_transform(
                optax.clip_by_global_norm(0.1), lambda step: step < 5
            ),
            optax.scale(-0.1),
        ),
    ),
    Descent(
        name="conditionally_mask",
        ours=lambda: ours.conditionally_mask(
            ours.sgd(0.1, 0.9, flavor="optax"), lambda count: count - 4.0
        ),
        theirs=lambda: optax.conditionally_mask(
            optax.sgd(0.1, 0.9), lambda step: step > 4
        ),
    ),
    Descent(
        name="accumulate",
        case="MultiSteps of 4",
        ours=lambda: ours.accumulate(our_adam(), 4),
        theirs=lambda: optax.MultiSteps(
            optax.adam(0.01), 4, accumulator_dtype=jnp.result_type(float)
        ).gradient_transformation(),
    ),
]

RULES = [
    Descent(
        name="reduce_on_plateau",
        case="descending",
        ours=lambda: ours.chain(
            ours.sgd(0.8, 0.9), ours.reduce_on_plateau(0.5, 2, 1e-2, cooldown=3)
        ),
        theirs=lambda: optax.chain(
            optax.sgd(0.8, 0.9), contrib.reduce_on_plateau(0.5, 2, 1e-2, cooldown=3)
        ),
        extra=value_too,
    ),
    Descent(
        name="reduce_on_plateau",
        case="descending, accumulation_size=4, min_scale=0.05",
        ours=lambda: ours.chain(
            ours.sgd(0.8, 0.9),
            ours.reduce_on_plateau(0.3, 1, accumulation_size=4, min_scale=0.05),
        ),
        theirs=lambda: optax.chain(
            optax.sgd(0.8, 0.9),
            contrib.reduce_on_plateau(0.3, 1, accumulation_size=4, min_scale=0.05),
        ),
        extra=value_too,
    ),
    Descent(
        name="scale_by_polyak",
        ours=lambda: ours.chain(ours.sgd(1.0), ours.scale_by_polyak(0.1, 0.5)),
        theirs=lambda: optax.polyak_sgd(0.5, f_min=0.1),
        extra=value_too,
    ),
    Descent(
        name="scale_by_polyak",
        case="variant=sps+, eps=1e-3",
        ours=lambda: ours.chain(
            ours.sgd(1.0), ours.scale_by_polyak(0.7, 0.5, 1e-3, variant="sps+")
        ),
        theirs=lambda: optax.polyak_sgd(0.5, f_min=0.7, eps=1e-3, variant="sps+"),
        extra=value_too,
    ),
    *[
        Descent(
            name="scale_by_backtracking_linesearch",
            case=", ".join(["15", *(f"{k}={v}" for k, v in options.items())]),
            ours=lambda options=options: ours.chain(
                ours.sgd(8.0), ours.scale_by_backtracking_linesearch(15, **options)
            ),
            theirs=lambda options=options: optax.chain(
                optax.sgd(8.0), optax.scale_by_backtracking_linesearch(15, **options)
            ),
            extra=whole_objective,
            again=True,
            steps=30,
            single=1e-4,
            note="a search compares values that are nearly equal",
        )
        for options in ({}, {"slope_rtol": 0.3, "increase_factor": 4.0})
    ],
]

SHARPNESS = [
    Descent(
        name="sam",
        case="around adam",
        ours=lambda: ours.sam(our_adam(), 0.1),
        theirs=lambda: contrib.sam(
            optax.adam(0.01),
            optax.chain(contrib.normalize(), optax.sgd(0.1)),
            opaque_mode=True,
        ),
        extra=gradient_function,
        again=True,
    ),
    Descent(
        name="sam",
        case="an adversary with momentum, sync_period=3",
        ours=lambda: ours.sam(
            ours.sgd(0.1, 0.9, flavor="optax"),
            adversary=ours.chain(ours.trace(0.5), ours.scale(-0.02)),
            sync_period=3,
        ),
        theirs=lambda: contrib.sam(
            optax.sgd(0.1, 0.9), optax.sgd(0.02, 0.5), 3, opaque_mode=True
        ),
        extra=gradient_function,
        again=True,
    ),
    Descent(
        name="sam",
        case="an adversary that lasts, reset_state=False",
        ours=lambda: ours.sam(
            ours.sgd(0.1), adversary=ours.sgd(0.02, 0.5), reset_state=False
        ),
        theirs=lambda: contrib.sam(
            optax.sgd(0.1), optax.sgd(0.02, 0.5), reset_state=False, opaque_mode=True
        ),
        extra=gradient_function,
        again=True,
    ),
]

GROUPS = [
    Descent(
        name="flatten",
        ours=lambda: ours.flat_state(
            ours.chain(ours.clip_by_global_norm(0.5), our_adam())
        ),
        theirs=lambda: optax.flatten(
            optax.chain(optax.clip_by_global_norm(0.5), optax.adam(0.01))
        ),
    ),
    Descent(
        name="freeze",
        case="one of three",
        ours=lambda: ours.chain(ours.sgd(0.1), ours.freeze([True, False, False])),
        theirs=lambda: optax.chain(
            optax.sgd(0.1), optax.transforms.freeze([True, False, False])
        ),
    ),
    Descent(
        name="only:",
        case="masked, two of three",
        ours=lambda: ours.chain(
            ours.masked(ours.trace(0.9), [True, False, True]), ours.scale(-0.05)
        ),
        theirs=lambda: optax.chain(
            optax.masked(optax.trace(0.9), [True, False, True]), optax.scale(-0.05)
        ),
    ),
    Descent(
        name="partition",
        case="three groups",
        ours=lambda: ours.partition(
            (ours.biases, ours.sgd(0.1, 0.9)),
            (ours.kernels, our_adam()),
            (ours.otherwise, ours.set_to_zero()),
        ),
        theirs=lambda: optax.partition(
            {
                "b": optax.sgd(0.1, 0.9),
                "k": optax.adam(0.01),
                "o": optax.set_to_zero(),
            },
            ["k", "b", "o"],
        ),
    ),
]


class Average(NamedTuple):
    """The averages that optax' `incremental_update` keeps, and their count."""

    count: jax.Array
    average: list


def averaging(descend: Transformation, decay: Callable[[Any], Any]) -> Transformation:
    """Descend, and average the variables after each step."""

    def init(values: list) -> tuple:
        return descend.init(values), Average(jnp.zeros([], int), values)

    def update(gradients: list, state: tuple, values: list) -> tuple:
        updates, inner = descend.update(gradients, state[0], values)
        count, average = state[1]
        share = jnp.asarray(1.0 - decay(count), values[0].dtype)
        moved = optax.apply_updates(values, updates)
        average = optax.incremental_update(moved, average, share)
        return updates, (inner, Average(count + 1, average))

    return Transformation(init, update)


def warm_up(count: Any) -> Any:
    """Rise to a quarter in four steps, exactly in any dtype."""
    return 0.25 * jnp.minimum(1.0, count / 4.0)


AVERAGES = [
    *[
        Descent(
            name="average_weights",
            case=f"incremental_update, {case}",
            ours=lambda mine=mine: ours.chain(
                ours.sgd(0.1), ours.average_weights(mine)
            ),
            theirs=lambda theirs=theirs: averaging(optax.sgd(0.1), theirs),
            averaged=lambda state, values: state[1].average,
        )
        for case, mine, theirs in (
            ("0.9", 0.9, lambda count: 0.9),
            (
                "a falling rate",
                ours.scheduled(lambda count: 0.5 + count / 128.0),
                lambda count: 0.5 + count / 128.0,
            ),
        )
    ],
    *[
        Descent(
            name="lookahead",
            case=f"4, 0.5, reset_state={resets}",
            ours=lambda resets=resets: ours.lookahead(
                ours.sgd(0.1, 0.9), 4, 0.5, resets
            ),
            theirs=lambda resets=resets: optax.lookahead(
                optax.sgd(0.1, 0.9), 4, 0.5, reset_state=resets
            ),
            begin=optax.LookaheadParams.init_synced,
            read=lambda state, values: values.fast,
            averaged=lambda state, values: values.slow,
        )
        for resets in (False, True)
    ],
    Descent(
        name="schedule_free",
        case="around sgd, b1=0.8, a rate that rises",
        ours=lambda: ours.schedule_free(
            ours.sgd(ours.linear(0.0, 0.25, 4)), ours.linear(0.0, 0.25, 4), b1=0.8
        ),
        theirs=lambda: contrib.schedule_free(optax.sgd(warm_up), warm_up, b1=0.8),
        averaged=contrib.schedule_free_eval_params,
    ),
    # Then the scale has grown to where the descent is chaotic, and rounding decides.
    # From a first scale of 1e-6 the first moves are no larger than rounding either.
    Descent(
        name="mechanize",
        case="around sgd, s_init=0.05, twenty steps",
        ours=lambda: ours.mechanize(ours.sgd(1.0), s_init=0.05),
        theirs=lambda: contrib.mechanize(optax.sgd(1.0), s_init=0.05),
        steps=20,
    ),
]


def clipped_descent(clip: Callable[[list], tuple]) -> Transformation:
    """Descend by the mean of what a function of optax clips and adds up."""

    def update(gradients: list, state: tuple, values: list) -> tuple:
        sums, _ = clip(gradients)
        return [-0.1 * each / len(gradients[0]) for each in sums], state

    return Transformation(lambda values: (), update)


EXAMPLES = [
    *[
        Descent(
            name=name,
            case=", ".join(["0.5", *(f"{k}={v}" for k, v in options.items())]),
            ours=lambda mine=mine, options=options: ours.chain(
                mine(0.5, **options), ours.scale(-0.1)
            ),
            theirs=lambda theirs=theirs, options=options: clipped_descent(
                lambda gradients: theirs(gradients, 0.5, **options)
            ),
            per_example=True,
        )
        for name, mine, theirs, options in (
            (
                "per_example_global_norm_clip",
                ours.per_example_global_norm_clip,
                optax.per_example_global_norm_clip,
                {},
            ),
            *(
                (
                    "per_example_layer_norm_clip",
                    ours.per_example_layer_norm_clip,
                    optax.per_example_layer_norm_clip,
                    {"uniform": uniform},
                )
                for uniform in (True, False)
            ),
        )
    ],
    Descent(
        name="differentially_private_aggregate",
        case="without noise, whose variance is tested",
        ours=lambda: ours.chain(
            ours.differentially_private_aggregate(0.5, 0.0), ours.scale(-0.1)
        ),
        theirs=lambda: optax.chain(
            contrib.differentially_private_aggregate(0.5, 0.0, 0), optax.scale(-0.1)
        ),
        per_example=True,
    ),
    Descent(
        name="dpsgd",
        case="without noise, momentum=0.9, nesterov=True",
        ours=lambda: ours.dpsgd(0.1, 0.5, 0.0, 0.9, nesterov=True),
        theirs=lambda: optax.chain(
            contrib.differentially_private_aggregate(0.5, 0.0, 0),
            optax.sgd(0.1, 0.9, nesterov=True),
        ),
        per_example=True,
    ),
]

ROWS: list[Descent] = [
    *(*CONDITIONS, *RULES, *SHARPNESS),
    *(*GROUPS, *AVERAGES, *EXAMPLES),
]
