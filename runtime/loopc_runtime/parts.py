"""One update of a batch in several parts, so that less of it is in memory at a time."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import keras
import tensorflow as tf

from loopc_runtime.averages import Mean, Report
from loopc_runtime.scope import current_step


@dataclass(frozen=True)
class Part:
    """The gradients of the objective over one part of a batch, and its report.

    `weight` (scalar) is what the part counts for: the sum of the weights that the
    objective averages with; None: its number of examples.
    """

    gradients: Sequence[tf.Tensor | tf.IndexedSlices]
    report: Report
    weight: tf.Tensor | None = None


@dataclass(frozen=True)
class SummedMean(Mean):
    """A mean whose sums were taken over several parts; `value` is float64[2]."""

    def sums(self) -> tf.Tensor:
        """Return the sum of the values, and their number or weight."""
        return self.value


@dataclass
class PartSums:
    """What is added up over parts: weighted gradients, weights, sums of means."""

    gradients: list[tf.Tensor]
    weight: tf.Tensor
    means: list[tf.Tensor]

    def tensors(self) -> list[tf.Tensor]:
        """Return all of it in one list."""
        return [*self.gradients, self.weight, *self.means]

    def plus(self, tensors: Sequence[tf.Tensor]) -> "PartSums":
        """Return the sums with those in `tensors` added."""
        added = [
            mine + more for mine, more in zip(self.tensors(), tensors, strict=True)
        ]
        count = len(self.gradients)
        return PartSums(added[:count], added[count], added[count + 1 :])


PartFunction = Callable[..., Part]


def in_parts(
    parts: int, part: PartFunction, *fields: tf.Tensor
) -> tuple[list[tf.Tensor], Report]:
    """Return the gradients and the report of a batch, computed in `parts` parts.

    `part(*fields)` takes the fields of some examples. The parts of a batch of n have
    ceil(n / parts) examples, but the last one, and are computed one after the other.
    Gradients are averaged by weight: of a mean, or of a weighted mean, the result is
    that of the whole batch up to rounding. Draws are keyed by the part.
    """
    size = fields[0].shape[0]
    length = -(-size // parts)
    full = size // length
    scope = current_step("a batch in parts")
    calls = Counter(scope.calls)
    names: Mapping[str, Mean | keras.metrics.Metric] = {}

    def sums_of(place: int | tf.Tensor, taken: Sequence[tf.Tensor]) -> PartSums:
        nonlocal names
        scope.calls, scope.part = Counter(calls), place
        done = part(*taken)
        names, scope.part = done.report, 0
        return _sums(done, taken[0].shape[0])

    stacked = [
        tf.reshape(f[: full * length], [full, length, *f.shape[1:]]) for f in fields
    ]
    total = sums_of(0, [s[0] for s in stacked])

    def body(place: tf.Tensor, *sums: tf.Tensor) -> tuple[tf.Tensor, ...]:
        taken = [tf.gather(s, place) for s in stacked]
        more = sums_of(place, taken).tensors()
        return (place + 1, *(mine + m for mine, m in zip(sums, more, strict=True)))

    if full > 1:
        start = (tf.constant(1), *total.tensors())
        _, *sums = tf.while_loop(lambda place, *_: place < full, body, start)
        count = len(total.gradients)
        total = PartSums(sums[:count], sums[count], sums[count + 1 :])
    if full * length < size:
        rest = sums_of(full, [f[full * length :] for f in fields])
        total = total.plus(rest.tensors())
    return _averaged(total), _report(names, total.means)


def _sums(done: Part, size: int) -> PartSums:
    weight = tf.constant(size, tf.float32) if done.weight is None else done.weight
    weight = tf.cast(weight, tf.float32)
    dense = [tf.convert_to_tensor(gradient) for gradient in done.gradients]
    weighted = [gradient * tf.cast(weight, gradient.dtype) for gradient in dense]
    means = [mean.sums() for mean in done.report.values() if isinstance(mean, Mean)]
    return PartSums(weighted, weight, means)


def _averaged(total: PartSums) -> list[tf.Tensor]:
    return [
        tf.math.divide_no_nan(gradient, tf.cast(total.weight, gradient.dtype))
        for gradient in total.gradients
    ]


def _report(names: Report, means: Sequence[tf.Tensor]) -> Report:
    """Return the report with the sums of its means; metrics have been updated."""
    waiting = iter(means)
    return {
        name: SummedMean(next(waiting)) if isinstance(entry, Mean) else entry
        for name, entry in names.items()
    }
