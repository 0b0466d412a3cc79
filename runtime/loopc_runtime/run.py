"""A training run: its state, its folder, its loop; resumed exactly where it stopped."""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import tensorflow as tf

from loopc_runtime.averages import Summarize
from loopc_runtime.best import KeepBest, Stall
from loopc_runtime.cadence import Every
from loopc_runtime.checkpoint import Arrays
from loopc_runtime.chunk import StepFunction
from loopc_runtime.clock import Clock
from loopc_runtime.derived import Network
from loopc_runtime.disk import Disk
from loopc_runtime.draws import Draw
from loopc_runtime.errors import RunError
from loopc_runtime.evaluation import Evaluators
from loopc_runtime.execution import Execution
from loopc_runtime.export import export_model
from loopc_runtime.feed import BatchStream, DeviceMemory, verify_same_stream
from loopc_runtime.folder import (
    EVALUATION_FILE,
    RESULT_FILE,
    RunFolder,
    config_values,
)
from loopc_runtime.history import History
from loopc_runtime.journal import Journal
from loopc_runtime.lock import FolderLock
from loopc_runtime.loop import TrainingLoop
from loopc_runtime.nonfinite import OnNonfinite
from loopc_runtime.plateau import Plateau
from loopc_runtime.recovery import Recovery
from loopc_runtime.reporter import Reporter
from loopc_runtime.saving import StateKeeper
from loopc_runtime.signals import Interrupted, SignalWatch
from loopc_runtime.stages import Stage
from loopc_runtime.state import HasVariables
from loopc_runtime.window import Window

RunMode = Literal["train", "evaluate", "evaluate-best"]


class Run:
    """One run in one folder, to be used in a `with` statement.

    Entering takes the folder's lock and restores the newest whole checkpoint, so that
    the same command goes on where it was stopped, with the same bits. `models` and
    `optimizers` are whatever has `.variables` (a single variable counts as a model);
    together with the clock, the `trackers` and the open report windows they are the
    state that checkpoints hold. `config` is a dataclass; its `seed` (0 without) keys
    all randomness. `fitted` (what was fitted on the data, as JSON knows it) is kept in
    fitted.json.

    A run that has finished before restores its state and results: `windows` yields
    nothing, `evaluate` returns the stored values (and computes those it never
    computed), `export` leaves existing files alone.

    `mode`: "evaluate" restores the newest checkpoint, "evaluate-best" the best weights
    of the first KeepBest, and neither trains, saves, logs or exports.

    `name` is what the metrics of the step go under. Where several runs follow one
    another, `after` names the one before, and `seed` may differ from that of `config`;
    an evaluation passes over a later run that has not begun. `nonfinite` says what
    happens to steps that give NaN or infinity; without it, the run ends.
    """

    def __init__(
        self,
        workdir: Path,
        *,
        config: object,
        clock: Clock,
        execution: Execution,
        models: Mapping[str, HasVariables],
        optimizers: Mapping[str, HasVariables] | None = None,
        trackers: Mapping[str, KeepBest | Stall | Plateau] | None = None,
        log: Every | None = None,
        checkpoint: Every | None = None,
        keep: int = 2,
        mode: RunMode = "train",
        fitted: Mapping[str, Any] | None = None,
        name: str = "train",
        after: str | None = None,
        seed: int | None = None,
        nonfinite: OnNonfinite | None = None,
        disk: Disk | None = None,
    ) -> None:
        self.workdir, self.clock, self.execution = Path(workdir), clock, execution
        self.name, self._after, self._nonfinite = name, after, nonfinite
        self.mode, self._log, self._checkpoint = mode, log, checkpoint
        values = config_values(config)
        self._seed = int(values.get("seed", 0) if seed is None else seed)
        self._folder, self._fitted = RunFolder(self.workdir), fitted
        self._reporter = Reporter(clock, name)
        self._history = History(values, execution, self._folder, self._reporter)
        self._keeper = StateKeeper(
            self.workdir,
            clock,
            models,
            {**(optimizers or {}), **({"nonfinite": nonfinite} if nonfinite else {})},
            trackers or {},
            keep=keep,
            warn=self._reporter.warn,
            disk=disk or Disk(),
        )
        self._lock, self._signals = FolderLock(self.workdir), SignalWatch()
        self._memory = DeviceMemory()
        self._absent = False
        self._open_report: Arrays = {}
        self._evaluators = Evaluators((execution, self._seed, self._memory))

    @property
    def step(self) -> int:
        """The number of completed steps."""
        return self.clock.completed

    @property
    def evaluating(self) -> bool:
        """Whether this run only evaluates."""
        return self.mode != "train"

    @property
    def result(self) -> dict[str, float]:
        """The last value of every metric: `{"train.loss": ..., "valid.loss": ...}`."""
        return dict(self._reporter.results)

    def __enter__(self) -> Self:
        try:
            if self.evaluating:
                self._open_for_evaluation()
            else:
                self._open_for_training()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._conclude()
        finally:
            self._close()

    def windows(
        self,
        steps: StepFunction | Mapping[str, Stage],
        batches: BatchStream | None,
        *,
        draws: Sequence[Draw] = (),
        cuts: Sequence[Every] = (),
        summarize: Summarize | None = None,
    ) -> Iterator[Window]:
        """Train, stopping whenever an epoch ends or one of `cuts` is due.

        A step takes the fields of a batch and returns a dict of `Mean`s and additive
        Keras metrics; it is traced without autograph. `steps` is one, or maps the
        stages of the clock to one each. `draws` are what it draws from.
        `summarize(values)` turns the values of a window into what is logged. A
        checkpoint that is due is written after the caller has dealt with the window.

        Raises:
            RunError: a reported value or a saved tensor is not finite; the data or the
                report is not that of the checkpoint.
            Interrupted: a signal came; the state was saved.
        """
        if self._absent:
            return
        loop = TrainingLoop(
            steps,
            batches,
            draws,
            clock=self.clock,
            where=(self.execution, self._seed, self._memory),
            log=self._log,
            checkpoint=self._checkpoint,
            cuts=cuts,
            summarize=summarize,
            report=lambda window, values: self._record(self.name, values, window),
            guard=self._nonfinite,
        )
        if self.evaluating:
            yield Window(step=self.step, calendar=loop.calendar, evaluating=True)
        elif self._history.ended is None:
            streams = [] if batches is None else [batches]
            for stream in (*streams, *(draw.stream for draw in draws)):
                verify_same_stream(self._history.streams, stream)
            with closing(loop):
                recovery = Recovery(self._nonfinite, self._keeper, loop.save_period)
                loop.open(self._open_report)
                self._open_report = {}
                if recovery.rolls_back and self.step == 0:
                    self._save(loop)
                yield from self._drive(loop, recovery)

    def evaluate(
        self,
        name: str,
        step_fn: StepFunction,
        batches: BatchStream,
        *,
        draws: Sequence[Draw] = (),
        carried: Sequence[tf.Variable] = (),
        summarize: Summarize | None = None,
    ) -> dict[str, float]:
        """Return the report of one pass over `batches`, and log it as split `name`.

        The first `step_fn` of a name is compiled and used for all passes of that name.
        `draws` are what it draws from, from the beginning in each pass; `carried` are
        the variables that it hands from batch to batch, reset before each pass.
        """
        stored = self._reporter.stored(name) if self._history.finished else {}
        if stored or self._absent:
            return stored
        evaluator = self._evaluators.of(
            name, step_fn, batches, draws=draws, carried=carried
        )
        values = evaluator.run(summarize)
        self._record(name, values)
        if self._history.ended is not None and self._signals.received is not None:
            self._leave()
        return values

    def latest(self, metric: str) -> float:
        """Return what the step last reported as `metric`; NaN before its first report.

        At the end of an epoch that is the value over the epoch, else over the last log
        window.
        """
        return self._reporter.results.get(f"{self.name}.{metric}", math.nan)

    def stop(self, reason: str) -> None:
        """End training at this window; `reason` is shown and saved."""
        if not self.evaluating:
            self._history.ended = reason

    def export(
        self, model: Network, path: str, weights: KeepBest | None = None
    ) -> None:
        """Write a model below the run folder as a `.keras` file of Keras layers only.

        With `weights`, as it was at that tracker's best offer.

        Raises:
            RunError: nothing was ever offered to `weights`.
        """
        target = self.workdir / path
        if self.evaluating or (self._history.finished and target.exists()):
            return
        values = None if weights is None else self._keeper.best_values(weights)
        export_model(model, values, target)
        self._reporter.note(f"exported {target}")

    def store_best(self, tracker: KeepBest, value: float) -> bool:
        """Save the weights of all models for `tracker`; tell whether it worked."""
        return self._keeper.store_best(tracker, value)

    def _open_for_training(self) -> None:
        self.workdir.mkdir(parents=True, exist_ok=True)
        self._lock.acquire()
        history, found = self._history, self._keeper.newest()
        if found is not None:
            history.verify(found.host)
            self._open_report = self._keeper.restore(found)
            history.resume(found.step, found.host)
        if history.finished:
            offsets = None
        else:
            offsets = {} if found is None else found.host["offsets"]
            self._folder.write_origin(history.config, history.numerics, self._fitted)
        self._reporter.start(Journal(self.workdir, offsets))
        self._signals.start()
        history.begin()

    def _open_for_evaluation(self) -> None:
        found = self._keeper.newest(clean=False)
        if found is None and self._after is not None:
            self._absent = True
            self._reporter.note(f"`{self.name}` has not begun after `{self._after}`")
            return
        if found is None:
            raise RunError(
                f"there is no checkpoint in {self.workdir} to evaluate; train first"
            )
        self._history.verify(found.host)
        self._keeper.restore(found)
        if self.mode == "evaluate-best":
            self._keeper.load_best()
        self._reporter.start(None)

    def _drive(self, loop: TrainingLoop, recovery: Recovery) -> Iterator[Window]:
        history = self._history
        while history.ended is None:
            loop.advance()
            loop.went_back(recovery.settle(self._reporter.warn))
            self._reporter.advance(loop.rate)
            if loop.stops_here:
                yield Window(step=self.step, calendar=loop.calendar)
            if history.ended is None and self.clock.is_over(history.seconds()):
                history.ended = "finished"
            if history.ended is not None:
                loop.flush()
                self._keeper.flush()
            stopped = self._signals.received is not None
            if stopped or history.ended is not None or loop.saves_here:
                self._save(loop)
            if stopped:
                self._leave()

    def _save(self, loop: TrainingLoop) -> None:
        journal = self._reporter.journal
        if journal is None:
            return
        began = time.perf_counter()
        if self._keeper.save(self._history.saved(journal), loop.arrays()):
            taken = time.perf_counter() - began
            journal.write_times(self.step, {"checkpoint_seconds": taken})

    def _record(
        self, split: str, values: dict[str, float], window: str | None = None
    ) -> None:
        self._reporter.record(split, values, self._history.seconds(), window)

    def _leave(self) -> None:
        self._reporter.note(
            f"stopped at step {self.step:,}; run the same command to go on"
        )
        raise Interrupted(self._signals.exit_code)

    def _conclude(self) -> None:
        history = self._history
        outcome = self._reporter.outcome(history.ended)
        if self._absent:
            return
        if self.evaluating:
            self._folder.write(EVALUATION_FILE, outcome)
        elif history.ended is not None and not history.finished:
            self._folder.write(RESULT_FILE, outcome)
            seconds = history.seconds()
            self._reporter.summarize(history.ended, seconds, str(self.workdir))

    def _close(self) -> None:
        self._reporter.close()
        self._signals.stop()
        self._evaluators.close()
        self._lock.release()
