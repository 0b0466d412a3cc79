"""Stages of a run: what each one trains, and schedules that change with them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import tensorflow as tf

from loopc_runtime.averages import OccasionalMean, Report
from loopc_runtime.clock import Clock
from loopc_runtime.errors import RunError
from loopc_runtime.optimizer import Optimizer
from loopc_runtime.schedules import Schedule, ScheduleLike, as_schedule
from loopc_runtime.transforms.base import variable_path


class FrozenWeights:
    """The weights of `models` whose path matches one of `paths` (`dense/*`).

    While a step is traced under `held`, layers of which all weights are frozen work as
    in inference, so that moving statistics neither count nor advance; dropout stays.
    A plain variable stands for itself. `a + b` freezes both.
    """

    def __init__(self, *models: Any, paths: Sequence[str] = ("*",)) -> None:
        """Find the weights.

        Raises:
            RunError: no weight of the models matches.
        """
        self.layers = [
            layer for m in models for layer in getattr(m, "_flatten_layers", list)()
        ]
        self.weights = {
            id(each)
            for model in models
            for each in getattr(model, "variables", [model])
            if any(fnmatchcase(variable_path(each), path) for path in paths)
        }
        if not self.weights:
            raise RunError(f"no weight matches {', '.join(paths)}; nothing is frozen")

    def __add__(self, other: "FrozenWeights") -> "FrozenWeights":
        both = FrozenWeights.__new__(FrozenWeights)
        both.layers = [*self.layers, *other.layers]
        both.weights = self.weights | other.weights
        return both

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the frozen layers from training while a step is traced."""
        before = [(layer, layer.trainable) for layer in self.layers]
        try:
            for layer in self.layers:
                weights = {id(each) for each in layer.variables}
                if weights and weights <= self.weights:
                    layer.trainable = False
            yield
        finally:
            for layer, trainable in before:
                layer.trainable = trainable


def unfrozen(
    variables: Sequence[tf.Variable], frozen: FrozenWeights
) -> list[tf.Variable]:
    """Return those of `variables` that are not frozen, in their order."""
    return [each for each in variables if id(each) not in frozen.weights]


class NoOptimizer(Optimizer):
    """Stands in a stage for the optimizer of an update whose weights are all frozen.

    It trains nothing, has no state and counts nothing.
    """

    def __init__(self) -> None:
        self.trained = []
        self.loss_scale = None
        self.stepped = False

    def apply_gradients(
        self,
        pairs: Iterable[tuple[tf.Tensor | tf.IndexedSlices, tf.Variable]],
        **extra: Any,
    ) -> None:
        """Do nothing: there are no pairs."""

    def averaged(self) -> list[tf.Tensor]:
        """Return what stands for the trained variables: nothing."""
        return []

    def measured(self, name: str) -> OccasionalMean:
        """Return a mean of nothing, which a report leaves out."""
        return OccasionalMean(tf.zeros([2], tf.float64))


@dataclass(frozen=True)
class Stage:
    """The step function of a stage, its optimizers, and what it freezes."""

    step: Callable[..., Report]
    optimizers: Sequence[Optimizer]
    frozen: FrozenWeights | None = None

    def traced(self, *fields: tf.Tensor) -> Report:
        """Run the step as it is traced in this stage."""
        if self.frozen is None:
            return self.step(*fields)
        with self.frozen.held():
            return self.step(*fields)

    def begin(self) -> None:
        """Start what no earlier stage hands on from the weights of this moment."""
        for optimizer in self.optimizers:
            optimizer.begin()


def in_stages(
    clock: Clock,
    base: ScheduleLike,
    changed: Mapping[str, ScheduleLike],
    *,
    since: str | None = None,
    per_step: float = 1.0,
) -> Schedule:
    """Return `base`, but in the stages of `changed` the schedule given there.

    A schedule of a stage counts from where the stage begins, `base` from the beginning
    of the run, or of the stage `since`. `per_step`: counts in a step.
    """
    origin = 0 if since is None else clock.stages[since].begin
    first = as_schedule(base)
    spans = [(clock.stages[name], as_schedule(s)) for name, s in changed.items()]

    def value(count: tf.Tensor) -> tf.Tensor:
        output = first(count)
        for span, schedule in spans:
            begin = (span.begin - origin) * per_step
            inside = (count >= begin) & (count < (span.end - origin) * per_step)
            output = tf.where(inside, schedule(tf.maximum(count - begin, 0.0)), output)
        return output

    return Schedule(value)
