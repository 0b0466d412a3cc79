"""What a run has behind it beside its variables: kept in checkpoints, resumed from."""

import time
from typing import Any

from loopc_runtime.execution import Execution
from loopc_runtime.folder import RESULT_FILE, RunFolder, verify_same_config
from loopc_runtime.journal import Journal
from loopc_runtime.reporter import Reporter
from loopc_runtime.versions import describe_changes, numerics_fingerprint


class History:
    """What the host knows of a run, over all sessions in which it was trained.

    `streams` are fingerprints of the data, `ended` says why training is over (None
    while it is not), and `finished` that a session before this one wrote the result.
    """

    def __init__(
        self,
        config: dict[str, Any],
        execution: Execution,
        folder: RunFolder,
        reporter: Reporter,
    ) -> None:
        self.config, self.numerics = config, numerics_fingerprint(execution)
        self.streams: dict[str, Any] = {}
        self.ended: str | None = None
        self.finished = False
        self._folder, self._reporter = folder, reporter
        self._seconds_before, self._opened = 0.0, time.perf_counter()

    def begin(self) -> None:
        """Begin to count the time of this session."""
        self._opened = time.perf_counter()

    def seconds(self) -> float:
        """Return how long this run has been training, over all its sessions."""
        return self._seconds_before + time.perf_counter() - self._opened

    def saved(self, journal: Journal) -> dict[str, Any]:
        """Return what a checkpoint of this moment keeps, as JSON knows it."""
        return {
            "config": self.config,
            "numerics": self.numerics,
            "streams": self.streams,
            "results": self._reporter.results,
            "offsets": journal.offsets(),
            "seconds": self.seconds(),
            "ended": self.ended,
        }

    def verify(self, saved: dict[str, Any]) -> None:
        """Verify that a run was asked what this one is.

        Raises:
            RunError: it has other numbers; each is named.
        """
        verify_same_config(saved["config"], self.config, self._folder.path)

    def resume(self, step: int, saved: dict[str, Any]) -> None:
        """Take what `saved()` returned at `step`, and tell whoever watches."""
        self._reporter.results, self.streams = saved["results"], saved["streams"]
        self._seconds_before, self.ended = saved["seconds"], saved["ended"]
        result = None if self.ended is None else self._folder.read(RESULT_FILE)
        if result is not None and result["step"] == step:
            self.finished, self._reporter.results = True, result["results"]
            self._reporter.note(
                f"this run finished before, at step {step:,}: its results are "
                "restored; use another --workdir to train again"
            )
            return
        self._reporter.note(f"going on from step {step:,}")
        changes = describe_changes(saved["numerics"], self.numerics)
        if changes:
            self._reporter.warn(
                "what follows will not have the same bits as without the interruption: "
                + "; ".join(changes)
            )
