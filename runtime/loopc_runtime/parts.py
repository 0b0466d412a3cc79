"""One update of a batch in several parts, so that less of it is in memory at a time."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import tensorflow as tf

from loopc_runtime.averages import Mean, Report, Sum
from loopc_runtime.scope import current_step

Gradients: TypeAlias = Sequence[tf.Tensor | tf.IndexedSlices]


@dataclass(frozen=True)
class Part:
    """The gradients of the objective over one part of a batch, and its report.

    `weight` (scalar) is what the part counts for: the sum of the weights that the
    objective averages with; None: its number of examples. Of several objectives both
    are tuples, with an entry for each; `weight=None` is the same for all.
    """

    gradients: Gradients | tuple[Gradients, ...]
    report: Report
    weight: tf.Tensor | tuple[tf.Tensor | None, ...] | None = None

    def objectives(self) -> list[tuple[Gradients, tf.Tensor | None]]:
        """Return the gradients of each objective, and what they count for."""
        if not isinstance(self.gradients, tuple):
            return [(self.gradients, self.weight)]
        weights = self.weight or (None,) * len(self.gradients)
        return list(zip(self.gradients, weights, strict=True))


@dataclass(frozen=True)
class SummedMean(Mean):
    """A mean whose sums were taken over several parts; `value` is float64[2]."""

    def sums(self) -> tf.Tensor:
        """Return the sum of the values, and their number or weight."""
        return self.value


@dataclass(frozen=True)
class SummedTotal(Sum):
    """A total that was added up over several parts; `value` is float64[2]."""

    def sums(self) -> tf.Tensor:
        """Return the sum of the values, and how many parts it is of."""
        return self.value


@dataclass
class PartSums:
    """What is added up over parts: weighted gradients and weights of each objective,
    sums of means.
    """

    gradients: list[list[tf.Tensor]]
    weights: list[tf.Tensor]
    means: list[tf.Tensor]

    def tensors(self) -> list[tf.Tensor]:
        """Return all of it in one list."""
        return (
            [g for group in self.gradients for g in group] + self.weights + self.means
        )

    def like(self, tensors: Sequence[tf.Tensor]) -> "PartSums":
        """Return sums of the same kinds that hold `tensors`."""
        waiting = iter(tensors)
        gradients = [[next(waiting) for _ in group] for group in self.gradients]
        weights = [next(waiting) for _ in self.weights]
        return PartSums(gradients, weights, list(waiting))

    def plus(self, tensors: Sequence[tf.Tensor]) -> "PartSums":
        """Return the sums with those in `tensors` added."""
        pairs = zip(self.tensors(), tensors, strict=True)
        return self.like([mine + more for mine, more in pairs])

    def averaged(self) -> list[list[tf.Tensor]]:
        """Return the gradients of each objective over all parts."""
        return [
            [_divided(gradient, weight) for gradient in group]
            for group, weight in zip(self.gradients, self.weights, strict=True)
        ]


PartFunction = Callable[..., Part]


@dataclass
class PartRunner:
    """Computes the parts of one batch and adds them up; `part` takes some examples.

    What it drew before the first part of a step it draws again in each: random numbers
    are told apart by the number of the part alone.
    """

    part: PartFunction
    names: Report = field(default_factory=dict)
    several: bool = False  # objectives, each with gradients of its own

    def __post_init__(self) -> None:
        self.scope = current_step("a batch in parts")
        self.calls = self.scope.calls_before_parts()

    def one(self, number: int | tf.Tensor, fields: Sequence[tf.Tensor]) -> PartSums:
        """Return what the part called `number` adds to the sums."""
        self.scope.calls, self.scope.part = Counter(self.calls), number
        done = self.part(*fields)
        self.names, self.scope.part = done.report, 0
        self.several = isinstance(done.gradients, tuple)
        return _sums(done, fields[0].shape[0])

    def all(self, parts: int, fields: Sequence[tf.Tensor], first: int = 0) -> PartSums:
        """Return the sums of `parts` parts, one after another, numbered from `first`.

        Of n examples each part has ceil(n / parts), but the last one.
        """
        size = fields[0].shape[0]
        length = -(-size // parts)
        full = size // length
        stacked = [
            tf.reshape(f[: full * length], [full, length, *f.shape[1:]]) for f in fields
        ]
        total = self.one(first, [s[0] for s in stacked])

        def body(place: tf.Tensor, *sums: tf.Tensor) -> tuple[tf.Tensor, ...]:
            taken = [tf.gather(s, place) for s in stacked]
            more = self.one(first + place, taken).tensors()
            return (place + 1, *(mine + m for mine, m in zip(sums, more, strict=True)))

        if full > 1:
            start = (tf.constant(1), *total.tensors())
            _, *sums = tf.while_loop(lambda place, *_: place < full, body, start)
            total = total.like(sums)
        if full * length < size:
            rest = self.one(first + full, [f[full * length :] for f in fields])
            total = total.plus(rest.tensors())
        return total

    def result(self, total: PartSums) -> tuple[Any, Report]:
        """Return the gradients and the report of the whole batch."""
        gradients = total.averaged()
        report = _report(self.names, total.means)
        return gradients if self.several else gradients[0], report


def in_parts(parts: int, part: PartFunction, *fields: tf.Tensor) -> tuple[Any, Report]:
    """Return the gradients and the report of a batch, computed in `parts` parts.

    `part(*fields)` takes the fields of some examples. The parts of a batch of n have
    ceil(n / parts) examples, but the last one, and are computed one after the other.
    Gradients are averaged by weight: of a mean, or of a weighted mean, the result is
    that of the whole batch up to rounding. They come as a list, or as a list for each
    of several objectives. Draws are keyed by the part; every pass over a batch begins
    as the first one did, so that what is drawn again is the same.
    """
    runner = PartRunner(part)
    return runner.result(runner.all(parts, fields))


def _sums(done: Part, size: int) -> PartSums:
    weights = [
        tf.cast(tf.constant(size) if weight is None else weight, tf.float32)
        for _, weight in done.objectives()
    ]
    gradients = [
        [_weighted(gradient, weight) for gradient in group]
        for (group, _), weight in zip(done.objectives(), weights, strict=True)
    ]
    means = [mean.sums() for mean in done.report.values() if isinstance(mean, Mean)]
    return PartSums(gradients, weights, means)


def _weighted(gradient: tf.Tensor | tf.IndexedSlices, weight: tf.Tensor) -> tf.Tensor:
    dense = tf.convert_to_tensor(gradient)
    return dense * tf.cast(weight, dense.dtype)


def _divided(gradient: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
    return tf.math.divide_no_nan(gradient, tf.cast(weight, gradient.dtype))


def _report(names: Report, means: Sequence[tf.Tensor]) -> Report:
    """Return the report with the sums of its means; metrics have been updated."""
    waiting = iter(means)
    return {
        name: _summed(entry, next(waiting)) if isinstance(entry, Mean) else entry
        for name, entry in names.items()
    }


def _summed(entry: Mean, sums: tf.Tensor) -> Mean:
    return SummedTotal(sums) if isinstance(entry, Sum) else SummedMean(sums)
