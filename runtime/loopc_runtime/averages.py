"""What steps report: means that stay sums until read, and additive Keras metrics."""

import math
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from loopc_runtime.errors import RunError

Summarize = Callable[[dict[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True)
class Mean:
    """A value that is averaged over all its elements and over a window of steps.

    With `weight`, of the leading axes of `value`: sum(weight * value) / sum(weight),
    and 0 where the weights sum to 0.
    """

    value: tf.Tensor
    weight: tf.Tensor | None = None

    def sums(self) -> tf.Tensor:
        """Return float64[2]: the sum of the values, and their number or weight."""
        return tf.cast(self.parts(), tf.float64)

    def parts(self) -> tf.Tensor:
        """Return the two sums in the dtype of the values, float32 at least."""
        value = tf.convert_to_tensor(self.value)
        if not value.dtype.is_floating or value.dtype.size < 4:
            value = tf.cast(value, tf.float32)
        weight = self._weight_like(value)
        return tf.stack([tf.reduce_sum(value * weight), tf.reduce_sum(weight)])

    def _weight_like(self, value: tf.Tensor) -> tf.Tensor:
        if self.weight is None:
            return tf.ones_like(value)
        weight = tf.cast(self.weight, value.dtype)
        missing = len(value.shape) - len(weight.shape)
        aligned = tf.reshape(weight, [*weight.shape, *[1] * missing])
        return tf.broadcast_to(aligned, value.shape)


@dataclass(frozen=True)
class Sum(Mean):
    """A value that is added up over all its elements and over a window of steps."""

    def parts(self) -> tf.Tensor:
        """Return the sum, and 1 so that a window without steps is told apart."""
        return tf.stack([Mean(self.value).parts()[0], 1.0])


def weighted_mean(value: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
    """Return sum(weight * value) / sum(weight), a scalar; 0 where the weights sum to 0.

    `weight` has the leading axes of `value` and stands for every element behind them.
    """
    mean = Mean(value, weight)
    total, count = tf.unstack(mean.parts())
    return tf.math.divide_no_nan(total, count)


@dataclass(frozen=True)
class OccasionalMean(Mean):
    """A mean over the steps in which it was computed; `value` holds its two sums.

    A window without such a step has no value of it.
    """

    def sums(self) -> tf.Tensor:
        """Return float64[2]: the sum of the values, and their number or weight."""
        return self.value


@dataclass(frozen=True)
class OccasionalSum(OccasionalMean):
    """A sum over the steps in which it was computed."""


Report = Mapping[str, Mean | keras.metrics.Metric]


@dataclass
class Tally:
    """Sums over some steps, on the host: [means, 2] and the variables of metrics."""

    means: npt.NDArray[np.float64]
    metrics: dict[str, list[npt.NDArray[Any]]] = field(default_factory=dict)

    def add(self, other: "Tally") -> None:
        """Add the sums over further steps."""
        self.means = self.means + other.means
        for name, values in other.metrics.items():
            pairs = zip(self.metrics[name], values, strict=True)
            self.metrics[name] = [mine + more for mine, more in pairs]

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the sums under names to save them by."""
        found: dict[str, npt.NDArray[Any]] = {"means": self.means}
        for name, values in self.metrics.items():
            found |= {f"{name}/{i}": value for i, value in enumerate(values)}
        return found

    def load(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Take the sums that `arrays()` returned."""
        self.means = arrays["means"]
        for name, values in self.metrics.items():
            count = len(values)
            self.metrics[name] = [arrays[f"{name}/{i}"] for i in range(count)]


class Totals:
    """The sums of a step's report on the device, since they were last taken.

    The first traced step says which names there are; sums are float64, so that they
    do not depend on how steps are cut into device calls.
    """

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self.metrics: dict[str, keras.metrics.Metric] = {}
        self.occasional: frozenset[str] = frozenset()
        self.summed: frozenset[str] = frozenset()
        self._sums: tf.Variable | None = None

    @property
    def means(self) -> list[str]:
        """Return the names of the means, in the order of their sums."""
        return [name for name in self.names if name not in self.metrics]

    @property
    def variables(self) -> list[Any]:
        """What the sums are in; nothing before the first traced step."""
        sums = [] if self._sums is None else [self._sums]
        return [*sums, *(v for m in self.metrics.values() for v in m.variables)]

    def record(self, report: Report) -> None:
        """Add one step's report; called while tracing."""
        if self._sums is None:
            self._begin(report)
        elif tuple(report) != self.names:
            raise RunError(
                f"a step reports {', '.join(report)} after one that reported "
                f"{', '.join(self.names)}; every step reports the same names"
            )
        sums = [mean.sums() for mean in report.values() if isinstance(mean, Mean)]
        if sums and self._sums is not None:
            self._sums.assign_add(tf.stack(sums))

    def read(self) -> tf.Tensor:
        """Return the sums of the means, float64[means, 2]."""
        if self._sums is None:
            raise RunError("no step has been traced yet, so nothing was reported")
        return self._sums.read_value()

    def empty(self) -> Tally:
        """Return sums over no steps."""
        zeros = {name: _metric_zeros(metric) for name, metric in self.metrics.items()}
        return Tally(np.zeros((len(self.means), 2)), zeros)

    def peek(self) -> Tally:
        """Return the sums so far."""
        values = {name: _metric_values(metric) for name, metric in self.metrics.items()}
        return Tally(self.read().numpy(), values)

    def take(self) -> Tally:
        """Return the sums so far and start again from nothing."""
        tally = self.peek()
        self.put(self.empty())
        return tally

    def put(self, tally: Tally) -> None:
        """Make `tally` the sums so far."""
        if self._sums is not None:
            self._sums.assign(tally.means)
        for name, metric in self.metrics.items():
            for variable, value in zip(
                metric.variables, tally.metrics[name], strict=True
            ):
                variable.assign(value)

    def verify_additive(self) -> None:
        """Refuse metrics whose windows cannot be added up."""
        for name, metric in self.metrics.items():
            metric.reset_state()
            if any(np.any(value) for value in _metric_values(metric)):
                raise RunError(
                    f"the metric `{name}` ({type(metric).__name__}) does not start "
                    "from zero, so its windows do not add up; report it in an "
                    "evaluation instead"
                )

    def values(
        self, tally: Tally, summarize: Summarize | None = None
    ) -> dict[str, float]:
        """Return what `tally` amounts to: means and results, then `summarize`d.

        What stands for steps of which there were none is left out.
        """
        sums = dict(zip(self.means, tally.means.tolist(), strict=True))
        found: dict[str, Any] = {}
        for name in self.names:
            if name in self.metrics:
                found[name] = self._result(name, tally.metrics[name])
            else:
                total, count = sums[name]
                count = min(count, 1.0) if name in self.summed else count
                missing = math.nan if name in self.occasional else 0.0
                found[name] = total / count if count else missing
        reported = found if summarize is None else summarize(found)
        values = {name: _scalar(name, value) for name, value in reported.items()}
        if any(sums[name][1] == 0 for name in self.occasional):
            return {name: v for name, v in values.items() if not math.isnan(v)}
        return values

    def _begin(self, report: Report) -> None:
        self.names = tuple(report)
        self.metrics = {
            name: entry for name, entry in report.items() if not isinstance(entry, Mean)
        }
        self.summed = frozenset(
            name for name, e in report.items() if isinstance(e, Sum | OccasionalSum)
        )
        self.occasional = frozenset(
            name for name, e in report.items() if isinstance(e, OccasionalMean)
        )
        # In another thread, which traces nothing: tf.function would notice a variable
        # that is made while tracing, and trace everything twice.
        with ThreadPoolExecutor(1) as outside:
            zeros = np.zeros((len(self.means), 2))
            self._sums = outside.submit(tf.Variable, zeros, trainable=False).result()

    def _result(self, name: str, values: list[npt.NDArray[Any]]) -> Any:
        metric = self.metrics[name]
        before = _metric_values(metric)
        for variable, value in zip(metric.variables, values, strict=True):
            variable.assign(value)
        result = np.asarray(metric.result())
        for variable, value in zip(metric.variables, before, strict=True):
            variable.assign(value)
        return result


def _metric_values(metric: keras.metrics.Metric) -> list[npt.NDArray[Any]]:
    return [np.asarray(variable.numpy()) for variable in metric.variables]


def _metric_zeros(metric: keras.metrics.Metric) -> list[npt.NDArray[Any]]:
    return [np.zeros_like(value) for value in _metric_values(metric)]


def _scalar(name: str, value: Any) -> float:
    array = np.asarray(value)
    if array.dtype.kind not in "biuf" and array.size == 1:
        kind = type(array.item()).__name__
        raise RunError(
            f"the report `{name}` is a Python {kind}; a report is one number"
        )
    if array.size != 1:
        raise RunError(
            f"the report `{name}` has shape {list(array.shape)}; a report is one number"
        )
    return float(array.reshape(()))
