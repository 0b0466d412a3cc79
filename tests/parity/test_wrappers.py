"""Wrappers against optax: fifty steps down one problem, in a graph and under XLA."""

from collections.abc import Callable
from functools import cache, partial

import jax
import numpy as np
import optax
import pytest
import tensorflow as tf
from tests.parity import sections
from tests.parity.descents import error_of
from tests.parity.rows.wrappers import ROWS
from tests.parity.wrappers_table import documented, section

import loopc_runtime as ours

XLA = pytest.mark.parametrize("xla", [False, True], ids=["graph", "xla"])


@cache
def errors_of(place: int) -> tuple[float, float]:
    """Return the errors of a row in float32 under XLA, and in float64 as a graph."""
    single = error_of(ROWS[place], xla=True, dtype="float32")
    return single, error_of(ROWS[place], xla=False, dtype="float64")


@pytest.mark.parametrize("place", range(len(ROWS)), ids=[row.label for row in ROWS])
def test_descents_equal_those_of_optax(place: int, update_golden: bool) -> None:
    """Under XLA in float32, and in a graph in float64, as close as documented."""
    row = ROWS[place]
    single, double = errors_of(place)

    assert single <= row.single
    assert double <= row.double
    if not update_golden:
        # Processors round differently: what is documented holds to a decade.
        bounds = documented()[row.label]
        assert single <= 10 * bounds[0]
        assert double <= 10 * bounds[1]


def test_the_page_lists_every_row(update_golden: bool) -> None:
    """It has one line for each row; `--update-golden` writes them."""
    if update_golden:
        found = {row.label: errors_of(place) for place, row in enumerate(ROWS)}
        sections.write(third=section(ROWS, found))

    assert list(documented()) == sorted(row.label for row in ROWS)


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
