"""Runs the rows of several objectives: what each makes of gradients and values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import tensorflow as tf
from tests.parity.walks import STEPS

from loopc_runtime import GradientTransform, random_normal, random_uniform, step_scope

SEED = 3
SHAPES = ((4, 2), (3,))
SIZE = sum(int(np.prod(shape)) for shape in SHAPES)


@dataclass(frozen=True)
class Draws:
    """The random numbers of one step, as the transforms draw them.

    `orders[site][i]` ranks the other objectives of objective i.
    """

    orders: Mapping[str, np.ndarray]
    signs: np.ndarray
    normals: np.ndarray


@dataclass(frozen=True)
class Shown:
    """What a rule is shown of one step: float64 gradients `[objectives, numbers]`.

    `values` are those of the objectives before the step, `after` those behind it.
    """

    count: int
    gradients: np.ndarray
    values: np.ndarray
    after: np.ndarray
    draws: Draws


# A rule keeps what it has to remember to itself: one is made for each walk.
Rule = Callable[[Shown], np.ndarray]


@dataclass(frozen=True, kw_only=True)
class ObjectivesRow:
    """One transform of several objectives beside its paper's arithmetic in NumPy.

    `ours(tasks)` makes the transform, `theirs(tasks)` the rule. `loose` bounds the
    errors of walks in which they are larger than usual, and `note` says why they do.
    """

    name: str
    ours: Callable[[int], GradientTransform]
    theirs: Callable[[int], Rule]
    case: str = ""
    loose: Mapping[str, float] = field(default_factory=dict)
    note: str = ""

    @property
    def label(self) -> str:
        """Name the row in tests."""
        return f"{self.name} ({self.case})" if self.case else self.name


@dataclass(frozen=True)
class Walk:
    """Gradients, values and values behind the step, one for each of fifty steps."""

    gradients: np.ndarray
    values: np.ndarray
    after: np.ndarray

    @property
    def tasks(self) -> int:
        """Return how many objectives there are."""
        return int(self.values.shape[1])

    def first(self, steps: int) -> "Walk":
        """Return how the walk begins."""
        return Walk(self.gradients[:steps], self.values[:steps], self.after[:steps])


def drawn(tasks: int) -> Walk:
    """Return gradients of different lengths, of which two usually conflict."""
    random = np.random.default_rng(tasks)
    gradients = random.normal(size=(STEPS, tasks, SIZE))
    gradients[:, 1] -= 0.6 * gradients[:, 0]
    gradients *= np.geomspace(0.5, 2.0, tasks)[:, None]
    values = random.uniform(0.2, 3.0, (STEPS, tasks))
    after = values * random.uniform(0.7, 1.1, (STEPS, tasks))
    return Walk(np.float32(gradients), np.float32(values), np.float32(after))


def opposite() -> Walk:
    """Return two objectives; in every other step one gradient is against the other."""
    walk = drawn(2)
    walk.gradients[::2, 1] = -2.0 * walk.gradients[::2, 0]
    return walk


def at_rest() -> Walk:
    """Return three objectives; in two of three steps the last has no gradient."""
    walk = drawn(3)
    walk.gradients[0::3, 2] = walk.gradients[1::3, 2] = 0.0
    return walk


WALKS: dict[str, Callable[[], Walk]] = {
    "two": lambda: drawn(2),
    "three": lambda: drawn(3),
    "four": lambda: drawn(4),
    "opposite": opposite,
    "at rest": at_rest,
}


# ------------------------------------------------------------------------- our side


class Ours:
    """The transforms of all rows for one number of objectives, compiled together."""

    def __init__(
        self, rows: Sequence[ObjectivesRow], tasks: int, *, xla: bool = True
    ) -> None:
        """Make the transforms and the compiled function."""
        self.transforms = [row.ours(tasks) for row in rows]
        self.alone = tf.Variable([1.0, 2.0])  # a weight of one objective alone
        self.variables = [tf.Variable(tf.zeros(shape)) for shape in SHAPES]
        self.unroll = tf.function(self.steps, jit_compile=xla, autograph=False)

    def steps(
        self, gradients: tf.Tensor, values: tf.Tensor, after: tf.Tensor
    ) -> tf.Tensor:
        """Return the updates of every step: `[transforms, steps, numbers]`."""
        states = [each.init([*self.variables, self.alone]) for each in self.transforms]
        steps = gradients.shape[0]
        written = tf.zeros([steps, len(states), SIZE])

        def body(step: tf.Tensor, leaves: list, written: tf.Tensor) -> tuple:
            before = tf.nest.pack_sequence_as(states, leaves)
            now = [tf.gather(each, step) for each in (gradients, values, after)]
            with step_scope(SEED, tf.cast(step, tf.int64)):
                found = [
                    self.step(transform, state, *now)
                    for transform, state in zip(self.transforms, before, strict=True)
                ]
            row = tf.stack([update for update, _ in found])
            written = tf.tensor_scatter_nd_update(written, [[step]], row[None])
            return step + 1, tf.nest.flatten([state for _, state in found]), written

        start = (tf.constant(0), tf.nest.flatten(states), written)
        result = tf.while_loop(lambda step, *_: step < steps, body, start)[2]
        return tf.transpose(result, [1, 0, 2])

    def step(
        self,
        transform: GradientTransform,
        state: object,
        gradients: tf.Tensor,
        values: tf.Tensor,
        after: tf.Tensor,
    ) -> tuple[tf.Tensor, object]:
        """Take one step as an optimizer does; return the update as one vector."""
        tasks = gradients.shape[0]
        parts = tf.split(gradients, [int(np.prod(s)) for s in SHAPES], axis=1)
        shown = [
            tf.reshape(part, [tasks, *shape])
            for part, shape in zip(parts, SHAPES, strict=True)
        ]
        if transform.hooks.weigh is not None:
            weights = transform.hooks.weigh(values, state)
            shown = [tf.tensordot(weights, each, 1) for each in shown]
        updates, state = transform.update(
            [*shown, tf.constant([5.0, 6.0])],
            state,
            [*self.variables, self.alone],
            value=values,
        )
        if transform.hooks.observe is not None:
            state = transform.hooks.observe(state, after)
        # What one objective alone has keeps its gradient: else nothing is equal.
        same = tf.reduce_all(updates[-1] == [5.0, 6.0])
        flat = tf.concat([tf.reshape(each, [-1]) for each in updates[:-1]], 0)
        return tf.where(same, flat, float("nan")), state


# ---------------------------------------------------------------------- references


@cache
def draws(tasks: int) -> list[Draws]:
    """Return what the transforms draw in each step."""
    found = []
    for step in range(STEPS):
        with step_scope(SEED, tf.constant(step, tf.int64)):
            orders = {
                site: np.stack(
                    [
                        np.argsort(random_uniform([tasks - 1], site).numpy())
                        for _ in range(tasks)
                    ]
                )
                for site in ("pcgrad", "gradvac")
            }
            signs = [random_uniform(shape, "graddrop").numpy() for shape in SHAPES]
            normals = random_normal([tasks], "rlw").numpy().astype(np.float64)
        flat = np.concatenate([each.reshape(-1) for each in signs])
        found.append(Draws(orders, flat, normals))
    return found


def reference(row: ObjectivesRow, walk: Walk) -> np.ndarray:
    """Return the `[steps, numbers]` updates of the rule, in float64."""
    rule = row.theirs(walk.tasks)
    inputs = [np.float64(e) for e in (walk.gradients, walk.values, walk.after)]
    steps = zip(*inputs, draws(walk.tasks), strict=False)
    return np.stack([rule(Shown(n, *now)) for n, now in enumerate(steps, start=1)])


def largest_error(ours: np.ndarray, theirs: np.ndarray, walk: Walk) -> float:
    """Return the largest error of an element in any step.

    It is relative to the largest element of the update, or to a tenth of the largest of
    the gradients where gradients cancel.
    """
    assert np.isfinite(ours).all()
    gradients = np.abs(walk.gradients).max(axis=(1, 2))
    scale = np.maximum(np.abs(theirs).max(axis=1), 0.1 * gradients)
    return float(np.max(np.abs(ours - theirs).max(axis=1) / scale))


def errors(rows: Sequence[ObjectivesRow]) -> dict[str, dict[str, float]]:
    """Return the largest error of each row, by its label and the name of the walk."""
    compiled: dict[int, Ours] = {}
    found: dict[str, dict[str, float]] = {row.label: {} for row in rows}
    for name, make in WALKS.items():
        walk = make()
        if walk.tasks not in compiled:
            compiled[walk.tasks] = Ours(rows, walk.tasks)
        mine = compiled[walk.tasks].unroll(walk.gradients, walk.values, walk.after)
        for row, updates in zip(rows, mine.numpy(), strict=True):
            error = largest_error(updates, reference(row, walk), walk)
            found[row.label][name] = error
    return found
