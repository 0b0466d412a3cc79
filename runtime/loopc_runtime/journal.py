"""The log files of a run: metrics.jsonl, times.jsonl and TensorBoard events."""

import json
import math
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import tensorflow as tf

METRICS_FILE = "metrics.jsonl"
TIMES_FILE = "times.jsonl"
EVENTS_FOLDER = "tensorboard"

Offsets = dict[str, int]


class Journal:
    """Appends records to the log files below a run folder.

    A checkpoint keeps `offsets()`; opening with them cuts the files back, so that a
    resumed run leaves the same metrics.jsonl as an uninterrupted one, byte for byte. A
    run that begins opens with none: what another left there, which was broken off
    before its first checkpoint, goes. With None the files are left as they are.
    What differs from run to run, the times, has a file of its own.
    """

    def __init__(self, folder: Path, offsets: Offsets | None) -> None:
        self._folder = folder
        if offsets is not None:
            _cut_back(folder, offsets)
        self._metrics = (folder / METRICS_FILE).open("ab")
        self._times = (folder / TIMES_FILE).open("ab")
        self._events = EventFile(folder / EVENTS_FOLDER)

    def write(
        self,
        step: int,
        epoch: int | None,
        split: str,
        values: Mapping[str, float],
        window: str | None = None,
    ) -> None:
        """Append one record; values that are not finite become null."""
        record: dict[str, Any] = {"step": step}
        if epoch is not None:
            record["epoch"] = epoch
        record["split"] = split
        if window is not None:
            record["window"] = window
        record |= {name: finite_or_null(value) for name, value in values.items()}
        _append_line(self._metrics, record)
        prefix = split if window in (None, "log") else f"{split} {window}"
        self._events.write(step, {f"{prefix}/{k}": v for k, v in values.items()})

    def write_times(self, step: int, facts: Mapping[str, float]) -> None:
        """Append the wall time and other measured facts of this moment."""
        rounded = {name: round(value, 4) for name, value in facts.items()}
        now = round(time.time(), 3)
        _append_line(self._times, {"step": step, "time": now, **rounded})

    def offsets(self) -> Offsets:
        """Flush all files to the disk and return their sizes."""
        for file in (self._metrics, self._times):
            file.flush()
            os.fsync(file.fileno())
        self._events.flush()
        paths = [self._folder / METRICS_FILE, self._folder / TIMES_FILE]
        paths += sorted((self._folder / EVENTS_FOLDER).glob("*"))
        return {
            path.relative_to(self._folder).as_posix(): path.stat().st_size
            for path in paths
        }

    def flush(self) -> None:
        """Hand what was written to the system, for those who watch the files."""
        self._metrics.flush()
        self._times.flush()

    def close(self) -> None:
        """Close all files."""
        self._metrics.close()
        self._times.close()
        self._events.close()


class EventFile:
    """A TensorBoard event file of this session: TFRecords of Event protocol buffers.

    It is made with the first scalar. Sessions are numbered, so that readers take them
    in order.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writer: Any = None

    def write(self, step: int, values: Mapping[str, float]) -> None:
        """Append scalars."""
        entry = tf.compat.v1.Summary.Value
        summary = tf.compat.v1.Summary(
            value=[entry(tag=tag, simple_value=v) for tag, v in values.items()]
        )
        self._append(tf.compat.v1.Event(step=step, summary=summary))

    def flush(self) -> None:
        """Write out what is buffered."""
        if self._writer is not None:
            self._writer.flush()

    def close(self) -> None:
        """Close the file."""
        if self._writer is not None:
            self._writer.close()

    def _append(self, event: Any) -> None:
        if self._writer is None:
            self._folder.mkdir(exist_ok=True)
            number = len(list(self._folder.iterdir()))
            path = self._folder / f"events.out.tfevents.{number:010d}.run"
            self._writer = tf.io.TFRecordWriter(os.fspath(path))
            self._append(tf.compat.v1.Event(file_version="brain.Event:2"))
        event.wall_time = time.time()
        self._writer.write(event.SerializeToString())


def _append_line(file: BinaryIO, record: Mapping[str, Any]) -> None:
    file.write(json.dumps(record).encode() + b"\n")


def finite_or_null(value: float) -> float | None:
    """Return `value`, or None (JSON's null) for NaN and infinity."""
    return value if math.isfinite(value) else None


def _cut_back(folder: Path, offsets: Offsets) -> None:
    """Truncate log files to their offsets, 0 without; remove other event files."""
    for path in (folder / EVENTS_FOLDER).glob("*"):
        if path.relative_to(folder).as_posix() not in offsets:
            path.unlink()
    for name, size in {METRICS_FILE: 0, TIMES_FILE: 0, **offsets}.items():
        path = folder / name
        if path.is_file() and path.stat().st_size > size:
            os.truncate(path, size)
