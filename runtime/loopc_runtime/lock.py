"""One writer per run folder."""

import fcntl
import os
from pathlib import Path

from loopc_runtime.errors import RunError


class FolderLock:
    """Holds `.lock` in a folder; the system frees it when the process ends."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / ".lock"
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            RunError: another process holds it.
        """
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            os.close(handle)
            raise RunError(
                f"another process is training in {self._path.parent}; wait for it, or "
                "use another --workdir"
            ) from problem
        self._handle = handle

    def release(self) -> None:
        """Let go of the lock."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
