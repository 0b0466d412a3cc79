"""The clock of a run: how many steps are completed, and where it ends."""

from collections.abc import Mapping
from dataclasses import dataclass

import tensorflow as tf

from loopc_runtime.cadence import Every
from loopc_runtime.errors import RunError


@dataclass(frozen=True)
class StageSpan:
    """The steps of a stage: from `begin` up to, not with, `end`."""

    begin: int
    end: int

    @property
    def steps(self) -> int:
        """How many steps the stage has."""
        return self.end - self.begin


class Clock:
    """Counts completed steps, on the device (`step`, an int64 variable) and off it.

    Inside a step function `step` holds the steps completed before; `completed` is what
    the host knows, at the end of the last device call.

    Exactly one of `epochs`, `steps`, `seconds` and `stages` (names and durations, which
    follow one another) bounds the run. `epoch_length` is
    None for a run without epochs, `last_step` where seconds bound it;
    `steps_per_epoch` and `total_steps` are the same numbers for code that needs them.
    """

    def __init__(
        self,
        *,
        steps_per_epoch: int | None = None,
        epochs: int | None = None,
        steps: int | None = None,
        seconds: float | None = None,
        stages: Mapping[str, Every] | None = None,
    ) -> None:
        self.stages = stage_spans(stages or {}, steps_per_epoch)
        if stages:
            steps = max(span.end for span in self.stages.values())
        bounds = [bound for bound in (epochs, steps, seconds) if bound is not None]
        if len(bounds) != 1 or bounds[0] <= 0:
            raise RunError(
                "a run is bounded by one positive number of epochs, steps or seconds, "
                f"not epochs={epochs}, steps={steps}, seconds={seconds}"
            )
        if epochs is not None and steps_per_epoch is None:
            raise RunError("a run without a data stream has no epochs; bound its steps")
        self.epoch_length = steps_per_epoch
        self.seconds = seconds
        self.last_step = steps
        if epochs is not None and steps_per_epoch is not None:
            self.last_step = epochs * steps_per_epoch
        self.completed = 0
        self.step = tf.Variable(0, dtype=tf.int64, trainable=False, name="step")

    @property
    def stage(self) -> str:
        """The stage of the next step. Raises RunError in a run without stages."""
        for name, span in self.stages.items():
            if self.completed < span.end or span.end == self.last_step:
                return name
        raise RunError("a run without stages has no present one")

    @property
    def steps_per_epoch(self) -> int:
        """The steps of an epoch. Raises RunError in a run without epochs."""
        if self.epoch_length is None:
            raise RunError("a run without a data stream has no epochs")
        return self.epoch_length

    @property
    def total_steps(self) -> int:
        """The steps of the run. Raises RunError in a run that seconds bound."""
        if self.last_step is None:
            raise RunError("a run that is bounded by seconds does not know its length")
        return self.last_step

    @property
    def now(self) -> tf.Tensor:
        """The steps completed before this one, float32, inside a step function."""
        return tf.cast(self.step, tf.float32)

    @property
    def epoch(self) -> tf.Tensor:
        """The epochs completed before this step, float32, inside a step function."""
        # Of ints: XLA's float quotients may round a whole number down.
        return tf.cast(self.step // self.steps_per_epoch, tf.float32)

    @property
    def now_epoch(self) -> tf.Tensor:
        """The steps completed when the epoch began, float32, inside a step function."""
        return self.epoch * self.steps_per_epoch

    @property
    def progress(self) -> tf.Tensor:
        """The share of the run before this step, float32, inside a step function."""
        return self.now / self.total_steps

    @property
    def completed_epochs(self) -> int | None:
        """The number of completed epochs; None in a run without epochs."""
        per_epoch = self.epoch_length
        return None if per_epoch is None else self.completed // per_epoch

    def is_over(self, seconds: float) -> bool:
        """Tell whether the run is at its end, `seconds` into training."""
        if self.seconds is not None:
            return seconds >= self.seconds
        return self.last_step is not None and self.completed >= self.last_step


def stage_spans(
    stages: Mapping[str, Every], steps_per_epoch: int | None
) -> dict[str, StageSpan]:
    """Return where the stages of a run lie, one after the other."""
    spans: dict[str, StageSpan] = {}
    begin = 0
    for name, duration in stages.items():
        end = begin + duration.period(steps_per_epoch)
        spans[name] = StageSpan(begin, end)
        begin = end
    return spans
