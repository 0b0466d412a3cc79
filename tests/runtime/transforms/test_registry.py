"""What every transform of the language promises, whatever its arithmetic.

Whether the arithmetic is right, the parity tests say. Here every entry of the registry,
those of several objectives and of single examples too, runs in a graph and under XLA.
"""

from collections.abc import Callable, Sequence
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
    **{"name": "here", "l2_norm_clip": 1.0, "global_l2_norm_clip": 1.0},
    **{"eta": 0.1, "gamma": 0.5, "lower": -0.1, "upper": 0.1, "a": 1.0, "b": 0.5},
    **{"rate": 0.5},
}
ENTRIES = [
    entry
    for name, entry in transforms().items()
    if name == entry.name and not entry.internal
]
TASKS, EXAMPLES = 3, 8
Apart = Callable[..., list[tuple[list, list, list, list]]]


def made(entry: TransformEntry) -> ours.GradientTransform:
    """Make a transform with its defaults, and `GIVEN` where there are none."""
    required = [o.name for o in entry.options if isinstance(o.default, Required)]
    options = {name: GIVEN[name] for name in required}
    tasks = [TASKS] if entry.role == "objectives" else []
    return getattr(ours, entry.python)(*tasks, **options)


def shown(entry: TransformEntry, gradients: list[tf.Tensor]) -> list[tf.Tensor]:
    """Return the gradients as the transform gets them: of objectives, of examples.

    The last variable depends on one objective alone.
    """
    if "per_example" in entry.needs:
        return [
            tf.stack([each * (1.0 + i) for i in range(EXAMPLES)]) for each in gradients
        ]
    if entry.role != "objectives" or "weigh" in entry.needs:
        return gradients
    several = [
        tf.stack([each, tf.reverse(each, [-1]) if each.shape.rank else -each, each**2])
        for each in gradients[:-1]
    ]
    return [*several, *gradients[-1:]]


def arrays(seed: int, size: float) -> list[np.ndarray]:
    """Return normal numbers in the shapes of the variables."""
    random = np.random.default_rng(seed)
    return [np.float32(random.normal(size=shape) * size) for shape in SHAPES]


def needed_by_some(entry: TransformEntry, gradients: list[tf.Tensor]) -> dict[str, Any]:
    """Return everything that a transform may need, of the objective sum(x^2)."""
    several = entry.role == "objectives"

    def evaluate(point: Sequence[tf.Tensor]) -> tuple[tf.Tensor, list[tf.Tensor]]:
        squares = [tf.reduce_sum(tf.cast(each, tf.float32) ** 2) for each in point]
        total = tf.add_n([tf.zeros([]), *squares])
        return total, [2.0 * tf.convert_to_tensor(each) for each in point]

    return {
        "value": tf.constant([3.0, 1.0, 2.0]) if several else tf.constant(3.0),
        "gradient": gradients,
        "weight": tf.constant(8.0),
        "evaluate": evaluate,
        "hessian_vector": lambda vectors: [2.0 * each for each in vectors],
    }


def one_step(
    entries: Sequence[TransformEntry],
    states: list[Any],
    gradients: list[tf.Tensor],
    variables: list[tf.Tensor],
    step: tf.Tensor,
) -> tuple[list[list[tf.Tensor]], list[Any]]:
    """Let each transform of a group make its update of one step."""
    results = []
    for entry, state in zip(entries, states, strict=True):
        with ours.step_scope(1, step):
            extra = needed_by_some(entry, gradients)
            given = shown(entry, gradients)
            results.append(made(entry).update(given, state, variables, **extra))
    return [updates for updates, _ in results], [state for _, state in results]


def taken(number: int) -> list[tuple[list, list, list, list]]:
    """Take the updates of each of a group: once, again, resumed, and under XLA.

    A run takes three steps; the resumed one takes its third from a state that was
    written down after the second, and so does the one that XLA compiled.
    """
    entries = ENTRIES[number * GROUP : (number + 1) * GROUP]
    variables = [tf.constant(each) for each in arrays(0, 0.3)]
    stacks = [[tf.constant(g) for g in arrays(s + 1, 1.0)] for s in range(STEPS)]
    in_graph, in_xla = [
        tf.function(
            lambda *given: one_step(entries, *given), jit_compile=xla, autograph=False
        )
        for xla in (False, True)
    ]

    def run(step_once: Any, states: list, first: int) -> tuple[list, list]:
        taken, kept = [], []
        for step in range(first, STEPS):
            kept = tf.nest.map_structure(lambda leaf: leaf.numpy(), states)
            updates, states = step_once(
                states, stacks[step], variables, tf.constant(step)
            )
            taken.append(updates)
        return taken, kept

    def begin() -> list:
        return [made(each).init(variables) for each in entries]

    once, kept = run(in_graph, begin(), 0)
    again, _ = run(in_graph, begin(), 0)
    restored = tf.nest.map_structure(tf.constant, kept)
    resumed, _ = run(in_graph, restored, STEPS - 1)
    compiled, _ = run(in_xla, restored, STEPS - 1)
    return [
        tuple([step[i] for step in runs] for runs in (once, again, resumed, compiled))
        for i in range(len(entries))
    ]


EVERY = pytest.mark.parametrize(
    "place", range(len(ENTRIES)), ids=[entry.name for entry in ENTRIES]
)


@EVERY
def test_updates_fit_repeat_and_resume(place: int, apart: Apart) -> None:
    """Shapes and dtypes are kept; a second run and a resumed one have the same bits."""
    once, again, resumed, _ = apart(taken, place // GROUP)[place % GROUP]

    for updates in once:
        assert [tuple(u.shape) for u in updates] == list(SHAPES)
        assert all(u.dtype == tf.float32 for u in updates)
        assert all(np.isfinite(u.numpy()).all() for u in updates)
    for one, other in zip([*once, once[-1]], [*again, *resumed], strict=True):
        for left, right in zip(one, other, strict=True):
            np.testing.assert_array_equal(left.numpy(), right.numpy())


@EVERY
def test_xla_makes_the_same_updates(place: int, apart: Apart) -> None:
    """On filters, a matrix, a vector and a scalar, to the tolerance of float32."""
    once, _, _, compiled = apart(taken, place // GROUP)[place % GROUP]

    for one, other in zip(compiled[0], once[-1], strict=True):
        size = float(tf.reduce_max(tf.abs(other))) if other.shape != () else 1.0
        np.testing.assert_allclose(one.numpy(), other.numpy(), 1e-3, 1e-3 * size)


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
    """Variables of bfloat16 get updates of bfloat16; no variables get no updates.

    Objectives that share no variable cannot be combined.
    """
    entry = ENTRIES[place]
    transform = made(entry)
    variables = [tf.cast(each, tf.bfloat16) for each in arrays(0, 0.3)[:2]]
    gradients = [tf.cast(each, tf.bfloat16) for each in arrays(1, 1.0)[:2]]

    with ours.step_scope(1, tf.constant(0)):
        extra = needed_by_some(entry, gradients)
        updates, _ = transform.update(
            shown(entry, gradients), transform.init(variables), variables, **extra
        )
        empty = needed_by_some(entry, [])
        several = entry.role == "objectives"
        nothing = (
            [] if several else transform.update([], transform.init([]), [], **empty)[0]
        )

    assert [u.dtype for u in updates] == [tf.bfloat16, tf.bfloat16]
    assert [u.shape for u in updates] == [v.shape for v in variables]
    assert nothing == []


@EVERY
def test_a_gradient_of_none_is_an_error(place: int) -> None:
    """Whatever the transform: the shell says which variable the objective ignores."""
    variable = tf.Variable([1.0, 2.0], name="lonely")
    optimizer = ours.Optimizer(made(ENTRIES[place]), [variable])

    with pytest.raises(ValueError, match="got no gradient for `lonely`"):
        optimizer.apply_gradients([(None, variable)])
