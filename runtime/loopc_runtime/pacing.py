"""How many steps one device call takes, so that the host is asked often enough."""

from loopc_runtime.execution import Execution


class Pace:
    """Adapts the steps of a device call to the time that calls took.

    The first call of a program compiles it and is not measured. Growth is at most
    fourfold a call, so that one odd measurement cannot make a call endless.
    """

    def __init__(self, execution: Execution) -> None:
        self._goal = execution.seconds_per_call
        self._fixed = execution.steps_per_call
        self.steps = self._fixed or 1
        self.seconds_per_step: float | None = None

    def measured(self, steps: int, seconds: float) -> None:
        """Take in that a call of `steps` steps took `seconds`."""
        latest = max(seconds, 1e-9) / steps
        before = self.seconds_per_step
        # A short call is mostly overhead: it weighs by the share of the goal it filled.
        share = min(1.0, max(0.1, seconds / self._goal))
        blend = latest if before is None else before + share * (latest - before)
        self.seconds_per_step = blend
        if self._fixed is None:
            fitting = int(self._goal / blend)
            self.steps = max(1, min(fitting, 4 * self.steps))
