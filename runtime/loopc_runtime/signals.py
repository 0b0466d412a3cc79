"""Signals that end a run in good order: save, say how to go on, exit."""

import os
import signal
import threading
from types import FrameType
from typing import Any


class Interrupted(SystemExit):
    """A signal ended the run after its state was saved; `code` is 130 or 143."""


class SignalWatch:
    """Notes SIGINT and SIGTERM instead of dying; a second one exits at once.

    Outside the main thread, where Python allows no handlers, it notes nothing.
    """

    def __init__(self) -> None:
        self.received: int | None = None
        self._before: dict[int, Any] = {}

    @property
    def exit_code(self) -> int:
        """Return 128 plus the number of the signal, as shells do."""
        return 128 + (self.received or 0)

    def start(self) -> None:
        """Take over the signals."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._note)

    def stop(self) -> None:
        """Give the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if self.received is not None:
            os._exit(128 + number)
        self.received = number
