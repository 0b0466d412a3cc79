"""Steps that give NaN or infinity: undone on the device, skipped or rolled back."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import tensorflow as tf

from loopc_runtime.errors import RunError
from loopc_runtime.optimizer import new_counter, raw_variable


class OnNonfinite:
    """Undoes each step after which anything is not finite: weights, slots, reports.

    What the step changed is put back within the device call, so that the step is one
    that did nothing but pass: no counter of an update advances, no window of a report
    counts it. "skip" goes on with the next step, "rollback" ends the device call, for
    the host to put back the last checkpoint. `variables` is the number of such steps,
    which is part of a run's state.
    """

    def __init__(self, policy: Literal["skip", "rollback"], *, at_most: int) -> None:
        self.policy, self.at_most = policy, at_most
        self._count = new_counter("nonfinite/count")
        self._step = new_counter("nonfinite/step")  # the last one that was undone
        self._state: list[Any] = []
        self._seen = 0

    @property
    def variables(self) -> list[tf.Variable]:
        """The number of steps that were undone, int64."""
        return [self._count]

    def protect(self, state: Sequence[Any]) -> None:
        """Say which variables a step may change."""
        self._state = [each for each in state if each is not self._count]
        self._seen = int(self._count.numpy())

    def take(
        self, step: tf.Tensor, run: Callable[[], None], report: Sequence[Any]
    ) -> tf.Tensor:
        """Run a step while it is traced; return whether to go on, a bool scalar.

        `report` are the variables that the step's report is gathered in.
        """
        state = [raw_variable(each) for each in (*self._state, *report)]
        before = [each.read_value() for each in state]
        run()
        after = [each.read_value() for each in state]
        finite = [
            tf.reduce_all(tf.math.is_finite(each))
            for each in after
            if each.dtype.is_floating or each.dtype.is_complex
        ]
        fine = tf.reduce_all(tf.stack(finite))
        for variable, old, new in zip(state, before, after, strict=True):
            variable.assign(tf.where(fine, new, old))
        self._count.assign_add(tf.cast(tf.logical_not(fine), tf.int64))
        self._step.assign(tf.where(fine, self._step.read_value(), step))
        return tf.logical_or(fine, self.policy == "skip")

    def happened(self) -> int | None:
        """Return the last step that was undone since this was last asked, if any.

        Raises:
            RunError: there were more than `at_most`.
        """
        count, step = int(self._count.numpy()), int(self._step.numpy())
        if count > self.at_most:
            raise RunError(
                f"step {step + 1:,} gave NaN or infinity, as {count - 1} did before; "
                f"the program allows {self.at_most}. The last good checkpoint is kept"
            )
        undone, self._seen = count > self._seen, count
        return step if undone else None

    def restored(self) -> None:
        """Keep on counting, after variables were put back to what they were."""
        self._count.assign(self._seen)
