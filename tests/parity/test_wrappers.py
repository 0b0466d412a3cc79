"""Wrappers against optax: fifty steps down one problem, in a graph and under XLA."""

from collections.abc import Callable
from functools import partial

import jax
import numpy as np
import optax
import pytest
import tensorflow as tf
from optax import contrib
from tests.parity.descents import (
    descent_error,
    jax_loss,
    optax_descent,
    our_descent,
)

import loopc_runtime as ours

XLA = pytest.mark.parametrize("xla", [False, True], ids=["graph", "xla"])


def value_too(value: jax.Array, gradients: list) -> dict:
    """Give optax the value of the objective."""
    return {"value": value}


def gradient_function(value: jax.Array, gradients: list) -> dict:
    """Give optax the gradient as a function."""
    return {"grad_fn": lambda values, step: jax.grad(jax_loss)(values)}


# ours, optax's, and the keywords that optax's update takes.
CASES: dict[str, tuple[Callable, Callable, Callable | None]] = {
    "apply_if_finite": (
        lambda: ours.apply_if_finite(ours.adam(0.01, epsilon=1e-8, flavor="optax"), 2),
        lambda: optax.apply_if_finite(optax.adam(0.01), 2),
        None,
    ),
    "conditionally_transform": (
        lambda: ours.chain(
            ours.conditionally_transform(
                ours.clip_by_global_norm(0.1), lambda count: 5.0 - count
            ),
            ours.scale(-0.1),
        ),
        lambda: optax.chain(
            optax.conditionally_transform(
                optax.clip_by_global_norm(0.1), lambda step: step < 5
            ),
            optax.scale(-0.1),
        ),
        None,
    ),
    "conditionally_mask": (
        lambda: ours.conditionally_mask(
            ours.sgd(0.1, 0.9, flavor="optax"), lambda count: count - 4.0
        ),
        lambda: optax.conditionally_mask(optax.sgd(0.1, 0.9), lambda step: step > 4),
        None,
    ),
    "reduce_on_plateau": (
        lambda: ours.chain(
            ours.sgd(0.8, 0.9), ours.reduce_on_plateau(0.5, 2, 1e-2, cooldown=3)
        ),
        lambda: optax.chain(
            optax.sgd(0.8, 0.9), contrib.reduce_on_plateau(0.5, 2, 1e-2, cooldown=3)
        ),
        value_too,
    ),
    "reduce_on_plateau_of_means": (
        lambda: ours.chain(
            ours.sgd(0.8, 0.9),
            ours.reduce_on_plateau(0.3, 1, accumulation_size=4, min_scale=0.05),
        ),
        lambda: optax.chain(
            optax.sgd(0.8, 0.9),
            contrib.reduce_on_plateau(0.3, 1, accumulation_size=4, min_scale=0.05),
        ),
        value_too,
    ),
    "polyak": (
        lambda: ours.chain(ours.sgd(1.0), ours.scale_by_polyak(0.1, 0.5)),
        lambda: optax.polyak_sgd(0.5, f_min=0.1),
        value_too,
    ),
    "polyak_plus": (
        lambda: ours.chain(
            ours.sgd(1.0), ours.scale_by_polyak(0.7, 0.5, 1e-3, variant="sps+")
        ),
        lambda: optax.polyak_sgd(0.5, f_min=0.7, eps=1e-3, variant="sps+"),
        value_too,
    ),
    "sam": (
        lambda: ours.sam(ours.adam(0.01, epsilon=1e-8, flavor="optax"), 0.1),
        lambda: contrib.sam(
            optax.adam(0.01),
            optax.chain(contrib.normalize(), optax.sgd(0.1)),
            opaque_mode=True,
        ),
        gradient_function,
    ),
    "sam_of_two_steps": (
        lambda: ours.sam(
            ours.sgd(0.1, 0.9, flavor="optax"),
            adversary=ours.chain(ours.trace(0.5), ours.scale(-0.02)),
            sync_period=3,
        ),
        lambda: contrib.sam(
            optax.sgd(0.1, 0.9), optax.sgd(0.02, 0.5), 3, opaque_mode=True
        ),
        gradient_function,
    ),
    "sam_of_a_lasting_adversary": (
        lambda: ours.sam(
            ours.sgd(0.1), adversary=ours.sgd(0.02, 0.5), reset_state=False
        ),
        lambda: contrib.sam(
            optax.sgd(0.1), optax.sgd(0.02, 0.5), reset_state=False, opaque_mode=True
        ),
        gradient_function,
    ),
    "flatten": (
        lambda: ours.flat_state(
            ours.chain(
                ours.clip_by_global_norm(0.5),
                ours.adam(0.01, epsilon=1e-8, flavor="optax"),
            )
        ),
        lambda: optax.flatten(
            optax.chain(optax.clip_by_global_norm(0.5), optax.adam(0.01))
        ),
        None,
    ),
    "freeze": (
        lambda: ours.chain(ours.sgd(0.1), ours.freeze([True, False, False])),
        lambda: optax.chain(
            optax.sgd(0.1), optax.transforms.freeze([True, False, False])
        ),
        None,
    ),
    "masked": (
        lambda: ours.chain(
            ours.masked(ours.trace(0.9), [True, False, True]), ours.scale(-0.05)
        ),
        lambda: optax.chain(
            optax.masked(optax.trace(0.9), [True, False, True]), optax.scale(-0.05)
        ),
        None,
    ),
    "partition": (
        lambda: ours.partition(
            (ours.biases, ours.sgd(0.1, 0.9)),
            (ours.kernels, ours.adam(0.01, epsilon=1e-8, flavor="optax")),
            (ours.otherwise, ours.set_to_zero()),
        ),
        lambda: optax.partition(
            {
                "b": optax.sgd(0.1, 0.9),
                "k": optax.adam(0.01),
                "o": optax.set_to_zero(),
            },
            ["k", "b", "o"],
        ),
        None,
    ),
}


@XLA
@pytest.mark.parametrize("name", CASES)
def test_descents_equal_those_of_optax(name: str, xla: bool) -> None:
    """The variables after every step are optax's."""
    make_ours, make_theirs, extra = CASES[name]
    theirs = optax_descent(make_theirs(), extra=extra)

    mine, _ = our_descent(make_ours, xla=xla, again=name.startswith("sam"))

    assert descent_error(mine, theirs) <= 1e-5


@XLA
@pytest.mark.parametrize("resets", [False, True])
def test_lookahead_equals_that_of_optax(xla: bool, resets: bool) -> None:
    """Fast and slow weights are optax's; the slow ones stand for the variables."""
    transform = optax.lookahead(optax.sgd(0.1, 0.9), 4, 0.5, reset_state=resets)
    begin = optax.LookaheadParams.init_synced
    fast = optax_descent(transform, begin=begin, read=lambda s, values: values.fast)
    slow = optax_descent(transform, begin=begin, read=lambda s, values: values.slow)

    mine, optimizer = our_descent(
        lambda: ours.lookahead(ours.sgd(0.1, 0.9), 4, 0.5, resets), xla=xla
    )

    assert descent_error(mine, fast) <= 1e-5
    for one, other in zip(optimizer.averaged(), slow[-1], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@XLA
def test_schedule_free_equals_that_of_optax(xla: bool) -> None:
    """The variables and what stands for them in evaluations are optax's."""

    def warm_up(count):
        return 0.2 * jax.numpy.minimum(1.0, count / 5.0)

    transform = contrib.schedule_free(optax.sgd(warm_up), warm_up, b1=0.8)
    y = optax_descent(transform)
    x = optax_descent(transform, read=contrib.schedule_free_eval_params)
    rate = ours.linear(0.0, 0.2, 5)

    mine, optimizer = our_descent(
        lambda: ours.schedule_free(ours.sgd(rate), rate, b1=0.8), xla=xla
    )

    assert descent_error(mine, y) <= 1e-5
    for one, other in zip(optimizer.averaged(), x[-1], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@XLA
def test_mechanize_equals_that_of_optax(xla: bool) -> None:
    """The variables are optax's for twenty steps.

    Then the scale has grown to where the descent is chaotic, and rounding decides. From
    a first scale of 1e-6 the first moves would be no larger than rounding either.
    """
    transform = contrib.mechanize(optax.sgd(1.0), s_init=0.05)
    theirs = optax_descent(transform, steps=20)

    mine, _ = our_descent(
        lambda: ours.mechanize(ours.sgd(1.0), s_init=0.05), xla=xla, steps=20
    )

    assert descent_error(mine, theirs) <= 1e-5


def test_a_step_that_is_not_finite_changes_nothing() -> None:
    """Weights and moments stay; the third in a row is let through."""
    variable = tf.Variable([1.0, 2.0])
    optimizer = ours.Optimizer(ours.apply_if_finite(ours.adam(0.1), 2), [variable])
    nan = tf.constant([float("nan"), 1.0])
    before = [v.numpy() for v in tf.nest.flatten(optimizer.state[-1])]

    optimizer.apply_gradients([(nan, variable)])
    optimizer.apply_gradients([(nan, variable)])

    np.testing.assert_array_equal(variable.numpy(), [1.0, 2.0])
    after = [v.numpy() for v in tf.nest.flatten(optimizer.state[-1])]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)
    optimizer.apply_gradients([(nan, variable)])
    assert np.isnan(variable.numpy()[0])


@XLA
@pytest.mark.parametrize(
    ("options", "predicate"),
    [
        ({"skip_not_finite": True}, optax.skip_not_finite),
        ({"max_squared_norm": 9.0}, partial(optax.skip_large_updates,
                                            max_squared_norm=9.0)),
    ],
    ids=["not_finite", "large"],
)  # fmt: skip
def test_gradients_are_dropped_where_optax_drops_them(
    options: dict, predicate: Callable, xla: bool
) -> None:
    """A dropped one takes no place among those of an update; the others go on."""
    random = np.random.default_rng(2)
    gradients = np.float32(random.normal(size=(14, 3)))
    gradients[[3, 7]] *= 100
    gradients[[4, 11], 1] = np.nan if "max_squared_norm" in options else np.inf
    inner = optax.sgd(0.1, 0.9)
    steps = optax.MultiSteps(inner, 3, should_skip_update_fn=predicate)
    wanted = jax.numpy.ones([3])
    state = steps.init(wanted)
    variable = tf.Variable(tf.ones([3]))
    transform = ours.accumulate(ours.sgd(0.1, 0.9, flavor="optax"), 3, **options)
    optimizer = ours.Optimizer(transform, [variable])

    @tf.function(jit_compile=xla or None)
    def advance(gradient: tf.Tensor) -> None:
        optimizer.apply_gradients([(gradient, variable)], weight=8)

    for gradient in gradients:
        updates, state = steps.update(jax.numpy.array(gradient), state, wanted)
        wanted = optax.apply_updates(wanted, updates)
        advance(tf.constant(gradient))
        np.testing.assert_allclose(variable.numpy(), wanted, rtol=1e-5)
    assert int(optimizer.updates) == int(state.gradient_step) >= 3


@XLA
def test_accumulation_is_one_step_with_the_mean_over_all_examples(xla: bool) -> None:
    """Batches of 3, 3 and 1 move the weights as one batch of 7; the rest is flushed."""
    random = np.random.default_rng(0)
    batches = [random.normal(size=(n, 2)).astype(np.float32) for n in (3, 3, 1, 3, 3)]
    rate = ours.linear(0.5, 0.0, 2)  # the second real update has half of it
    gathered, whole = tf.Variable([1.0, -1.0]), tf.Variable([1.0, -1.0])
    accumulating = ours.Optimizer(ours.accumulate(ours.sgd(rate), 3), [gathered])
    plain = ours.Optimizer(ours.sgd(rate), [whole])

    @tf.function(jit_compile=xla)
    def advance(mean: tf.Tensor, examples: tf.Tensor) -> None:
        accumulating.apply_gradients([(mean, gathered)], weight=examples)

    for batch in batches[:3]:
        advance(tf.reduce_mean(batch, 0), tf.constant(float(len(batch))))
    plain.apply_gradients([(tf.reduce_mean(np.concatenate(batches[:3]), 0), whole)])
    np.testing.assert_allclose(gathered.numpy(), whole.numpy(), rtol=1e-6)
    assert int(accumulating.updates) == 1

    for batch in batches[3:]:
        advance(tf.reduce_mean(batch, 0), tf.constant(float(len(batch))))
    np.testing.assert_allclose(gathered.numpy(), whole.numpy(), rtol=1e-6)
    accumulating.flush()
    plain.apply_gradients([(tf.reduce_mean(np.concatenate(batches[3:]), 0), whole)])
    np.testing.assert_allclose(gathered.numpy(), whole.numpy(), rtol=1e-6)
    assert int(accumulating.updates) == 2
    accumulating.flush()
    assert int(accumulating.updates) == 2
