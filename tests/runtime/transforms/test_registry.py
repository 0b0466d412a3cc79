"""What every transform of the language promises, whatever its arithmetic.

That they run in a program compiled by XLA, on a scalar, a vector, a matrix and filters,
the parity tests show for those that have a row there; the others are compiled here.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import loopc_runtime as ours
from loopc.vocabulary import transforms
from loopc.vocabulary.entry import Required, TransformEntry

SHAPES = ((4, 3), (3,), (), (2, 2, 3, 4))
GROUP = 16
STEPS = 3
# Values for options that have no default.
GIVEN: dict[str, Any] = {
    **{"inner": ours.sgd(0.1, 0.9), "steps": 2, "condition": 1.0},
    **{"max_consecutive_errors": 3, "learning_rate": 0.1, "max_learning_rate": 1.0},
    **{"step_size": -0.1, "max_delta": 0.5, "max_norm": 0.5, "threshold": 0.5},
    **{"percentile": 50.0, "clipping": 0.1, "weight_decay": 0.1, "decay": 0.9},
    **{"name": "here"},
    **{"eta": 0.1, "gamma": 0.5, "lower": -0.1, "upper": 0.1, "a": 1.0, "b": 0.5},
}
ENTRIES = [
    entry
    for name, entry in transforms().items()
    if name == entry.name
    and entry.role != "objectives"
    and not entry.internal
    and "per_example" not in entry.needs
]
# Compiled by XLA here, as they have no row in the parity table.
APART = (
    *("add_noise", "hutchinson_estimator_diag_hessian", "orthogonalize", "cautious"),
    *("accumulate", "apply_if_finite", "lookahead", "mechanize", "scale_by_polyak"),
)


def made(entry: TransformEntry) -> ours.GradientTransform:
    """Make a transform with its defaults, and `GIVEN` where there are none."""
    required = [o.name for o in entry.options if isinstance(o.default, Required)]
    options = {name: GIVEN[name] for name in required}
    return getattr(ours, entry.python)(**options)


def arrays(seed: int, size: float) -> list[np.ndarray]:
    """Return normal numbers in the shapes of the variables."""
    random = np.random.default_rng(seed)
    return [np.float32(random.normal(size=shape) * size) for shape in SHAPES]


def needed_by_some(gradients: list[tf.Tensor]) -> dict[str, Any]:
    """Return everything that a transform may need, of the objective sum(x^2)."""

    def evaluate(point: Sequence[tf.Tensor]) -> tuple[tf.Tensor, list[tf.Tensor]]:
        squares = [tf.reduce_sum(tf.cast(each, tf.float32) ** 2) for each in point]
        total = tf.add_n([tf.zeros([]), *squares])
        return total, [2.0 * tf.convert_to_tensor(each) for each in point]

    return {
        "value": tf.constant(3.0),
        "gradient": gradients,
        "weight": tf.constant(8.0),
        "evaluate": evaluate,
        "hessian_vector": lambda vectors: [2.0 * each for each in vectors],
    }


def one_step(
    group: Sequence[ours.GradientTransform],
    states: list[Any],
    gradients: list[tf.Tensor],
    variables: list[tf.Tensor],
    step: tf.Tensor,
) -> tuple[list[list[tf.Tensor]], list[Any]]:
    """Let each transform of a group make its update of one step."""
    results = []
    for transform, state in zip(group, states, strict=True):
        with ours.step_scope(1, step):
            extra = needed_by_some(gradients)
            results.append(transform.update(gradients, state, variables, **extra))
    return [updates for updates, _ in results], [state for _, state in results]


@cache
def taken(number: int) -> list[tuple[list, list, list]]:
    """Return for each of a group its updates, those of a second run, and of a resumed.

    A run takes three steps; the last one takes its third from a state that was
    written down after the second.
    """
    group = [made(entry) for entry in ENTRIES[number * GROUP : (number + 1) * GROUP]]
    variables = [tf.constant(each) for each in arrays(0, 0.3)]
    stacks = [[tf.constant(g) for g in arrays(s + 1, 1.0)] for s in range(STEPS)]
    step_once = tf.function(lambda *given: one_step(group, *given), autograph=False)

    def run(states: list, first: int, written: bool = False) -> tuple[list, list]:
        taken = []
        for step in range(first, STEPS):
            updates, states = step_once(
                states, stacks[step], variables, tf.constant(step)
            )
            taken.append(updates)
            if written and step == STEPS - 2:
                kept = tf.nest.map_structure(lambda leaf: leaf.numpy(), states)
        return taken, kept if written else []

    def begin() -> list:
        return [each.init(variables) for each in group]

    once, kept = run(begin(), 0, written=True)
    again, _ = run(begin(), 0)
    resumed, _ = run(tf.nest.map_structure(tf.constant, kept), STEPS - 1)
    return [
        ([s[i] for s in once], [s[i] for s in again], [s[i] for s in resumed])
        for i in range(len(group))
    ]


EVERY = pytest.mark.parametrize(
    "place", range(len(ENTRIES)), ids=[entry.name for entry in ENTRIES]
)


@EVERY
def test_updates_fit_repeat_and_resume(place: int) -> None:
    """Shapes and dtypes are kept; a second run and a resumed one have the same bits."""
    once, again, resumed = taken(place // GROUP)[place % GROUP]

    for updates in once:
        assert [tuple(u.shape) for u in updates] == list(SHAPES)
        assert all(u.dtype == tf.float32 for u in updates)
        assert all(np.isfinite(u.numpy()).all() for u in updates)
    for one, other in zip([*once, once[-1]], [*again, *resumed], strict=True):
        for left, right in zip(one, other, strict=True):
            np.testing.assert_array_equal(left.numpy(), right.numpy())


@EVERY
def test_entries_say_what_they_are(place: int) -> None:
    """Each has a sentence, a paragraph, its mathematics, a word on each option."""
    entry = ENTRIES[place]

    assert entry.summary.endswith(".")
    assert entry.doc
    assert entry.mathematics
    assert all(option.doc for option in entry.options)


@EVERY
def test_half_precision_and_nothing_at_all(place: int) -> None:
    """Variables of bfloat16 get updates of bfloat16; no variables get no updates."""
    transform = made(ENTRIES[place])
    variables = [tf.cast(each, tf.bfloat16) for each in arrays(0, 0.3)[:2]]
    gradients = [tf.cast(each, tf.bfloat16) for each in arrays(1, 1.0)[:2]]

    with ours.step_scope(1, tf.constant(0)):
        extra = needed_by_some(gradients)
        updates, _ = transform.update(
            gradients, transform.init(variables), variables, **extra
        )
        nothing, _ = transform.update([], transform.init([]), [], **needed_by_some([]))

    assert [u.dtype for u in updates] == [tf.bfloat16, tf.bfloat16]
    assert [u.shape for u in updates] == [v.shape for v in variables]
    assert nothing == []


def test_what_has_no_parity_row_compiles() -> None:
    """In one XLA program they make the updates of the graph, to float tolerance."""
    group = [made(transforms()[name]) for name in APART]
    variables = [tf.constant(each) for each in arrays(0, 0.3)]
    gradients = [tf.constant(each) for each in arrays(1, 1.0)]
    states = [each.init(variables) for each in group]
    given = (states, gradients, variables, tf.constant(0))

    compiled, _ = tf.function(
        lambda *g: one_step(group, *g), jit_compile=True, autograph=False
    )(*given)
    plain, _ = tf.function(lambda *g: one_step(group, *g), autograph=False)(*given)

    for one, other in zip(
        tf.nest.flatten(compiled), tf.nest.flatten(plain), strict=True
    ):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-4, atol=1e-5)


def test_a_gradient_of_none_is_an_error() -> None:
    """Whatever the transform: the shell says which variable the objective ignores."""
    variable = tf.Variable(1.0, name="lonely")

    with pytest.raises(ValueError, match="got no gradient for `lonely`"):
        ours.Optimizer(ours.adam(), [variable]).apply_gradients([(None, variable)])
