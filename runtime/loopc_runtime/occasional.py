"""What a step does in some steps only, and what it reports there."""

from collections.abc import Callable

import keras
import tensorflow as tf

from loopc_runtime.averages import Mean, OccasionalMean, OccasionalSum, Report, Sum
from loopc_runtime.cadence import Every
from loopc_runtime.clock import Clock

Branch = Callable[[], Report | None]


def when_due(
    clock: Clock, cadence: Every, branch: Branch
) -> dict[str, Mean | keras.metrics.Metric]:
    """Run `branch` in the steps that complete a multiple of `cadence`, and no others.

    Works in a compiled step: a `tf.cond`, whose branch may assign variables. Returns
    what `branch` reports; the means count the steps in which it ran.
    """
    period = cadence.period(clock.epoch_length)
    reported: dict[str, Mean | keras.metrics.Metric] = {}

    def run() -> tf.Tensor:
        reported.update(branch() or {})
        sums = [each.sums() for each in reported.values() if isinstance(each, Mean)]
        return tf.stack(sums) if sums else tf.zeros((0, 2), tf.float64)

    def leave() -> tf.Tensor:  # traced after `run`, which says how many sums there are
        count = sum(isinstance(each, Mean) for each in reported.values())
        return tf.zeros((count, 2), tf.float64)

    due = tf.equal((clock.step + 1) % period, 0)
    sums = tf.cond(due, run, leave)
    rows = iter(tf.unstack(sums))
    return {
        name: _occasional(each)(next(rows)) if isinstance(each, Mean) else each
        for name, each in reported.items()
    }


def _occasional(each: Mean) -> type[OccasionalMean]:
    return OccasionalSum if isinstance(each, Sum) else OccasionalMean
