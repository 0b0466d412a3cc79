"""Saving and restoring the whole state of a run, and the best weights beside it."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from loopc_runtime.best import KeepBest, Stall
from loopc_runtime.checkpoint import Arrays, Checkpoint, Checkpoints
from loopc_runtime.clock import Clock
from loopc_runtime.derived import DerivedModel, FollowingModel
from loopc_runtime.disk import Disk
from loopc_runtime.errors import RunError
from loopc_runtime.optimizer import Optimizer
from loopc_runtime.plateau import Plateau
from loopc_runtime.random import make_stateless
from loopc_runtime.state import HasVariables, StateManifest, verify_finite


class StateKeeper:
    """The state of a run: its variables, its trackers, and their checkpoints.

    A failed save costs that checkpoint only: it warns, and training goes on.
    """

    def __init__(
        self,
        workdir: Path,
        clock: Clock,
        models: Mapping[str, HasVariables],
        optimizers: Mapping[str, HasVariables],
        trackers: Mapping[str, KeepBest | Stall | Plateau],
        *,
        keep: int,
        warn: Callable[[str], None],
        disk: Disk,
    ) -> None:
        for name, model in models.items():
            network = model.model if isinstance(model, DerivedModel) else model
            if isinstance(model, FollowingModel):
                model.advances.assign(0)  # clocks restart in every run
            if isinstance(network, keras.layers.Layer):
                make_stateless(network, name)
        self._clock, self._trackers, self._keep = clock, dict(trackers), keep
        self._manifest = StateManifest(clock, models, optimizers)
        self._optimizers = list(optimizers.values())
        self._followers = [m for m in models.values() if isinstance(m, FollowingModel)]
        self._warn = warn
        self.period: int | None = None  # of checkpoints, where a run rolls back to them
        self._checkpoints = Checkpoints(workdir / "checkpoints", warn, disk)
        self._best = {
            name: Checkpoints(workdir / "best" / best_folder(name), warn, disk)
            for name, tracker in trackers.items()
            if isinstance(tracker, KeepBest)
        }

    def flush(self) -> None:
        """Take the updates that gathered gradients wait for, at the end of a run.

        Averages and snapshots of what moves then move along.
        """
        for optimizer in self._optimizers:
            if not isinstance(optimizer, Optimizer) or not optimizer.holds_back:
                continue
            optimizer.flush()
            for follower in self._followers:
                follower.follow(optimizer)

    def newest(self, clean: bool = True) -> Checkpoint | None:
        """Return the newest whole checkpoint; remove leftovers first, if asked."""
        if clean:
            for store in (self._checkpoints, *self._best.values()):
                store.clean()
        return self._checkpoints.newest()

    def restore(self, found: Checkpoint) -> Arrays:
        """Restore a checkpoint; return the tensors that belong to the open report.

        Raises:
            RunError: it is not of this program.
        """
        report = {n: a for n, a in found.tensors.items() if n.startswith("report/")}
        state = {n: a for n, a in found.tensors.items() if n not in report}
        self._manifest.restore(state)
        self._clock.completed = found.step
        saved = found.host["trackers"]
        if saved.keys() != self._trackers.keys():
            raise RunError(
                f"the checkpoint tracks {', '.join(saved) or 'nothing'}, the program "
                f"{', '.join(self._trackers) or 'nothing'}; use another --workdir"
            )
        for name, tracker in self._trackers.items():
            tracker.restore(saved[name])
        return report

    @property
    def variables(self) -> list[Any]:
        """Every variable of the state but the number of completed steps."""
        counter = self._clock.step
        return [v for v in self._manifest.variables.values() if v is not counter]

    def roll_back(self, step: int) -> int:
        """Put back the last checkpoint of the cadence before `step`, not its clock.

        Returns its step. Checkpoints that were written for another reason, such as a
        signal, do not count: a run that was interrupted rolls back as any other.

        Raises:
            RunError: there is none.
        """
        for known in self._checkpoints.steps():
            if known > step or not self._is_due(known):
                continue
            found = self._checkpoints.load(known)
            state = {
                n: a for n, a in found.tensors.items() if not n.startswith("report/")
            }
            state["clock/step"] = np.asarray(self._clock.completed)
            self._manifest.restore(state)
            return known
        raise RunError("there is no checkpoint to roll back to")

    def _is_due(self, step: int) -> bool:
        return self.period is not None and step % self.period == 0

    def save(self, host: Mapping[str, Any], report: Arrays) -> bool:
        """Commit a checkpoint, then retire old ones; tell whether it worked.

        Raises:
            RunError: a variable is not finite; nothing was written.
        """
        step = self._clock.completed
        tensors = self._manifest.snapshot()
        verify_finite(tensors)
        trackers = {name: t.state() for name, t in self._trackers.items()}
        checkpoint = Checkpoint(step, tensors | report, {**host, "trackers": trackers})
        try:
            self._checkpoints.commit(checkpoint)
            self._retire(step)
        except OSError as problem:
            self._warn(
                f"the checkpoint of step {step:,} could not be written ({problem}); "
                "training goes on, and the next one will be tried"
            )
            return False
        return True

    def store_best(self, tracker: KeepBest, value: float) -> bool:
        """Commit the weights of all models for `tracker`; tell whether it worked."""
        tensors = self._manifest.snapshot(prefix="models/")
        verify_finite(tensors)
        checkpoint = Checkpoint(self._clock.completed, tensors, {"value": value})
        try:
            self._best[self._name(tracker)].commit(checkpoint)
        except OSError as problem:
            self._warn(f"the best weights could not be written: {problem}")
            return False
        return True

    def load_best(self) -> None:
        """Put the best weights of the first KeepBest into the models.

        Raises:
            RunError: there are none.
        """
        trackers = [t for t in self._trackers.values() if isinstance(t, KeepBest)]
        if not trackers:
            raise RunError("the program keeps no best weights that could be evaluated")
        self._manifest.restore(self._best_tensors(trackers[0]), prefix="models/")

    def best_values(self, tracker: KeepBest) -> dict[int, npt.NDArray[Any]]:
        """Return the best weights by the id of their variable.

        Raises:
            RunError: nothing was offered to `tracker`, or its files are not whole.
        """
        tensors = self._best_tensors(tracker)
        variables = self._manifest.variables
        return {id(variables[name]): array for name, array in tensors.items()}

    def _best_tensors(self, tracker: KeepBest) -> Arrays:
        name = self._name(tracker)
        if tracker.step is None:
            raise RunError(f"`{name}` has kept no weights yet: it was offered nothing")
        try:
            return self._best[name].load(tracker.step).tensors
        except (OSError, ValueError, KeyError, TypeError) as problem:
            folder = self._best[name].folder(tracker.step)
            raise RunError(f"{folder} is not whole: {problem}") from problem

    def _retire(self, step: int) -> None:
        reached = [known for known in self._checkpoints.steps() if known <= step]
        due = [known for known in reached if self._is_due(known)]
        self._checkpoints.retire({*reached[: self._keep], *due[:1]})
        for name, store in self._best.items():
            tracker = self._trackers[name]
            if isinstance(tracker, KeepBest):
                store.retire(tracker.steps)

    def _name(self, tracker: KeepBest) -> str:
        names = [name for name, known in self._trackers.items() if known is tracker]
        if not names:
            raise RunError("a KeepBest is used that is not among the run's trackers")
        return names[0]


def best_folder(tracker: str) -> str:
    """Return a file name for a tracker: `best valid.accuracy` -> `valid.accuracy`."""
    return re.sub(r"[^a-z0-9._-]+", "-", tracker.lower().removeprefix("best "))
