"""A factor of schedules that falls when a reported number stops improving."""

import math

import tensorflow as tf

from loopc_runtime.best import Mode, TrackerState
from loopc_runtime.schedules import Schedule
from loopc_runtime.window import Window


class Plateau(Schedule):
    """1 at first, times `factor` after `patience` offers without an improvement.

    The rule of Keras' ReduceLROnPlateau: an improvement is more than `min_delta` better
    than the best offer (of which it is a share with `relative`, as in torch); after a
    fall `cooldown` offers do not count; the factor never falls below `low`. torch's
    scheduler waits one offer longer at the same patience. As a schedule it has one
    value at every count, kept on the device.
    """

    def __init__(
        self,
        *,
        mode: Mode = "min",
        factor: float = 0.1,
        patience: int = 10,
        min_delta: float = 1e-4,
        relative: bool = False,
        cooldown: int = 0,
        low: float = 0.0,
    ) -> None:
        self._sign = 1.0 if mode == "max" else -1.0
        self._factor, self._patience, self._low = factor, patience, low
        self._min_delta, self._relative = min_delta, relative
        self._cooldown, self._cooling = cooldown, 0
        self._best: float | None = None
        self._waited = 0
        self.scale = tf.Variable(1.0, trainable=False, name="plateau")
        super().__init__(lambda count: self.scale.read_value())

    def update(self, window: Window, value: float) -> bool:
        """Take in `value`; tell whether the factor fell. NaN is no improvement.

        In an evaluating run nothing happens.
        """
        if window.evaluating:
            return False
        if self._cooling > 0:
            self._cooling, self._waited = self._cooling - 1, 0
        if self._improves(value):
            self._best, self._waited = value, 0
            return False
        if self._cooling > 0:
            return False
        self._waited += 1
        return self._waited >= self._patience and self._fall()

    def state(self) -> TrackerState:
        """Return what a checkpoint saves, as JSON."""
        return {
            "scale": float(self.scale),
            "best": self._best,
            "waited": self._waited,
            "cooling": self._cooling,
        }

    def restore(self, state: TrackerState) -> None:
        """Take what `state()` returned."""
        self.scale.assign(state["scale"])
        self._best, self._waited = state["best"], state["waited"]
        self._cooling = state["cooling"]

    def _improves(self, value: float) -> bool:
        if self._best is None or math.isnan(value):
            return not math.isnan(value)
        least = self._min_delta * (abs(self._best) if self._relative else 1.0)
        return self._sign * (value - self._best) > least

    def _fall(self) -> bool:
        before = float(self.scale)
        if before <= self._low:
            return False
        self.scale.assign(max(before * self._factor, self._low))
        self._cooling, self._waited = self._cooldown, 0
        return True
