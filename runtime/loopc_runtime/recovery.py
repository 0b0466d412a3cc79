"""What the host does after steps that gave NaN or infinity."""

from collections.abc import Callable

from loopc_runtime.nonfinite import OnNonfinite
from loopc_runtime.saving import StateKeeper


class Recovery:
    """Tells of steps that were undone, and puts back checkpoints where that is asked.

    After a rollback training goes on behind the step that was not finite, with the
    weights of the checkpoint: the steps between count as steps that did nothing.
    """

    def __init__(
        self, policy: OnNonfinite | None, keeper: StateKeeper, checkpoint: int | None
    ) -> None:
        self._policy, self._keeper = policy, keeper
        if policy is not None:
            policy.protect(keeper.variables)
        if self.rolls_back:
            keeper.period = checkpoint

    @property
    def rolls_back(self) -> bool:
        """Whether checkpoints are put back."""
        return self._policy is not None and self._policy.policy == "rollback"

    def settle(self, warn: Callable[[str], None]) -> int | None:
        """See to what the last device call has undone.

        Returns the step of the checkpoint that was put back, if one was.

        Raises:
            RunError: there were more such steps than the policy allows, or there is no
                checkpoint to go back to.
        """
        step = None if self._policy is None else self._policy.happened()
        if self._policy is None or step is None:
            return None
        if not self.rolls_back:
            warn(f"step {step + 1:,} gave NaN or infinity and was skipped")
            return None
        found = self._keeper.roll_back(step)
        self._policy.restored()
        warn(
            f"step {step + 1:,} gave NaN or infinity: going on behind it with the "
            f"state of step {found:,}"
        )
        return found
