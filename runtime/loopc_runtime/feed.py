"""How batches reach the device: resident columns, rows gathered ahead, or no data."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from loopc_runtime.ahead import Ahead
from loopc_runtime.data.aligned import resident_tensor
from loopc_runtime.data.batches import Augment, parameter_names
from loopc_runtime.data.windows import Windows, gathered
from loopc_runtime.errors import RunError
from loopc_runtime.execution import Execution
from loopc_runtime.versions import describe_changes

Columns = dict[str, tf.Tensor]
Supply = tuple[tf.Tensor, ...]

STREAMED_BYTES = 64 * 2**20
STREAMED_STEPS = 256


class BatchStream(Protocol):
    """What a feed needs to know of a stream of batches (data.Batches)."""

    @property
    def name(self) -> str:
        """The name that errors and checkpoints know the stream by."""

    @property
    def rows(self) -> int:
        """The number of rows."""

    @property
    def batch_size(self) -> int:
        """The rows of a full batch."""

    @property
    def steps_per_epoch(self) -> int:
        """The number of batches, the short one included."""

    @property
    def short_batch(self) -> int:
        """The rows of the short last batch; 0 where there is none."""

    @property
    def full_batches(self) -> int:
        """The number of full batches."""

    @property
    def epoch_rows(self) -> int:
        """The rows that the order of an epoch names."""

    @property
    def whole(self) -> bool:
        """Whether each batch is all rows, in their own order."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a batch, in the order that steps take them."""

    @property
    def columns(self) -> Mapping[str, npt.NDArray[Any]]:
        """The columns that the fields are decoded from, [rows, ...] each."""

    @property
    def decode(self) -> Callable[[Columns], Columns]:
        """The function from a batch of columns to fields."""

    @property
    def windows(self) -> Windows | None:
        """Which rows of the columns an example is; None: one row each."""

    @property
    def cuts(self) -> tuple[tuple[int, ...], ...]:
        """The lengths that each field is cut to, where batches are cut to buckets."""

    @property
    def level(self) -> int | None:
        """The bucket that all rows are cut to; None: a column LEVEL says it of each."""

    @property
    def augment(self) -> Augment | None:
        """The function that changes fields when a step takes a batch, if any."""

    @property
    def fingerprint(self) -> str:
        """What tells other data apart."""

    def order(self, seed: int, epoch: int) -> npt.NDArray[np.int32]:
        """Return the rows of the epoch in the order of their use, int32[rows]."""


class Feed(Protocol):
    """Hands a device call its batches: `supply` on the host, the rest is traced."""

    def supply(self, step: int, size: int) -> tuple[Supply, int | None]:
        """Return the call's arguments and for how many steps at most they last."""

    def open(self, supply: Supply) -> Any:
        """Return what is computed once per call."""

    def batch(self, opened: Any, step: tf.Tensor, size: int) -> tuple[tf.Tensor, ...]:
        """Return the fields of the batch of `step`, in the stream's order."""

    def expect(self, step: int) -> None:
        """Prepare for a call that begins at `step`."""

    def close(self) -> None:
        """Free what the feed holds."""


class DeviceMemory:
    """Columns on the device: those that several feeds use lie there once.

    Where the device is the host, they lie in the memory of the data itself.
    """

    def __init__(self) -> None:
        self._held: dict[int, tuple[npt.NDArray[Any], tf.Tensor]] = {}

    def columns(self, stream: BatchStream) -> Columns:
        """Return the columns of a stream as tensors."""
        return {name: self._tensor(array) for name, array in stream.columns.items()}

    def _tensor(self, array: npt.NDArray[Any]) -> tf.Tensor:
        if id(array) not in self._held:  # the array is kept, so its id stays its own
            self._held[id(array)] = (array, resident_tensor(array))
        return self._held[id(array)][1]


class NoFeed:
    """Feeds a step function that takes no data."""

    def supply(self, step: int, size: int) -> tuple[Supply, int | None]:
        """Return no arguments."""
        return (), None

    def open(self, supply: Supply) -> Any:
        """Return nothing."""
        return None

    def batch(self, opened: Any, step: tf.Tensor, size: int) -> tuple[tf.Tensor, ...]:
        """Return no fields."""
        return ()

    def expect(self, step: int) -> None:
        """Prepare nothing."""

    def close(self) -> None:
        """Free nothing."""


class WholeFeed(NoFeed):
    """Feeds all rows in every step; they are decoded once per call."""

    def __init__(self, stream: BatchStream, memory: DeviceMemory) -> None:
        self._columns = memory.columns(stream)
        self._stream = stream

    def open(self, supply: Supply) -> Any:
        """Return the decoded fields."""
        return decoded_whole(self._stream, self._columns)

    def batch(self, opened: Any, step: tf.Tensor, size: int) -> tuple[tf.Tensor, ...]:
        """Return the decoded fields."""
        return step_fields(self._stream, opened)


class ResidentFeed(NoFeed):
    """Keeps the columns on the device and gathers each batch there.

    The order of an epoch is an argument of the call. Rows are gathered by computed
    index: a slice whose begin depends on the step would be compiled anew by XLA.
    """

    def __init__(self, stream: BatchStream, seed: int, memory: DeviceMemory) -> None:
        self._stream, self._seed = stream, seed
        self._columns = memory.columns(stream)
        self._epoch, self._order = -1, tf.zeros([stream.epoch_rows], tf.int32)

    def supply(self, step: int, size: int) -> tuple[Supply, int | None]:
        """Return the order of the step's epoch and the step at which it began."""
        epoch = step // self._stream.steps_per_epoch
        if epoch != self._epoch:
            self._order = tf.constant(self._stream.order(self._seed, epoch), tf.int32)
            self._epoch = epoch
        first = tf.constant(epoch * self._stream.steps_per_epoch, tf.int64)
        return (first, self._order), None

    def open(self, supply: Supply) -> Any:
        """Return the arguments."""
        return supply

    def batch(self, opened: Any, step: tf.Tensor, size: int) -> tuple[tf.Tensor, ...]:
        """Gather the rows of the batch and decode them."""
        first, order = opened
        begin = tf.cast(step - first, tf.int32) * self._stream.batch_size
        rows = tf.gather(order, begin + tf.range(size))
        columns = gathered(self._columns, rows, self._stream.windows)
        return step_fields(self._stream, decoded_fields(self._stream, columns))


class StreamedFeed(NoFeed):
    """Gathers the rows of several batches on the host while the device computes.

    A call takes up to a fixed number of steps (64 MiB, 256 steps), in buffers of one
    size, so that the program is traced once. The next call's rows are gathered ahead;
    a guess that does not come true is gathered anew.
    """

    def __init__(self, stream: BatchStream, seed: int, last_step: int | None) -> None:
        self._stream, self._seed, self._last = stream, seed, last_step
        self._size = stream.batch_size
        fitting = STREAMED_BYTES // (example_bytes(stream) * self._size)
        self._steps = max(1, min(fitting, STREAMED_STEPS, stream.full_batches))
        self._ahead: Ahead[Supply] = Ahead(self._gather)
        self._epoch, self._order = -1, np.zeros(0, np.int32)

    def supply(self, step: int, size: int) -> tuple[Supply, int | None]:
        """Return the rows from `step` on, and start to gather those after them."""
        return self._ahead.take(step), self._lasting(step)

    def expect(self, step: int) -> None:
        """Gather ahead for a call that begins at `step`."""
        if self._last is None or step < self._last:
            self._ahead.expect(step)

    def open(self, supply: Supply) -> Any:
        """Return the arguments."""
        return supply

    def batch(self, opened: Any, step: tf.Tensor, size: int) -> tuple[tf.Tensor, ...]:
        """Gather the rows of the batch from the buffers and decode them."""
        first, *buffers = opened
        begin = tf.cast(step - first, tf.int32) * size
        rows = begin + tf.range(size)
        names = self._stream.columns
        columns = {
            name: tf.gather(buffer, rows)
            for name, buffer in zip(names, buffers, strict=True)
        }
        return step_fields(self._stream, decoded_fields(self._stream, columns))

    def close(self) -> None:
        """Stop gathering."""
        self._ahead.close()

    def _lasting(self, step: int) -> int:
        """Return how many steps from `step` on one supply covers."""
        left = self._stream.full_batches - step % self._stream.steps_per_epoch
        return max(1, min(self._steps, left))

    def _gather(self, step: int) -> Supply:
        epoch, position = divmod(step, self._stream.steps_per_epoch)
        if epoch != self._epoch:
            self._order, self._epoch = self._stream.order(self._seed, epoch), epoch
        short = position >= self._stream.full_batches
        count = self._stream.short_batch if short else self._lasting(step) * self._size
        begin = position * self._size
        rows = self._order[begin : begin + count]
        capacity = count if short else self._steps * self._size
        arrays, windows = self._stream.columns.values(), self._stream.windows
        buffers = [_rows_padded(array, rows, capacity, windows) for array in arrays]
        return (tf.constant(step, tf.int64), *buffers)


def make_feed(
    stream: BatchStream | None,
    execution: Execution,
    seed: int,
    last_step: int | None,
    memory: DeviceMemory,
) -> Feed:
    """Return the feed of `stream` under the execution plan."""
    if stream is None:
        return NoFeed()
    if stream.whole:
        return WholeFeed(stream, memory)
    if execution.data == "streamed":
        return StreamedFeed(stream, seed, last_step)
    return ResidentFeed(stream, seed, memory)


def verify_same_stream(known: dict[str, Any], stream: BatchStream) -> None:
    """Note a stream's data in `known`.

    Raises:
        RunError: other data was noted there under the stream's name.
    """
    facts = {
        "rows": stream.rows,
        "batch size": stream.batch_size,
        "fingerprint": stream.fingerprint,
    }
    changes = describe_changes(known.get(stream.name, facts), facts)
    if changes:
        raise RunError(
            f"the data of {stream.name} is not what this run was trained on:\n  "
            + "\n  ".join(changes)
            + "\nput the data back, or use another --workdir"
        )
    known[stream.name] = facts


def decoded_whole(stream: BatchStream, columns: Columns) -> Columns:
    """Return the fields of all examples of a split."""
    if stream.windows is not None:
        columns = gathered(columns, tf.range(stream.rows), stream.windows)
    return decoded_fields(stream, columns)


def example_bytes(stream: BatchStream) -> int:
    """Return how large the columns of one example are."""
    row = sum(c.nbytes // len(c) for c in stream.columns.values())
    return max(1, row * (1 if stream.windows is None else stream.windows.length))


def decoded_fields(stream: BatchStream, columns: Columns) -> Columns:
    """Return the fields of a batch of columns.

    Raises:
        RunError: the stream's decode lacks one of them.
    """
    fields = stream.decode(columns)
    missing = [name for name in stream.fields if name not in fields]
    if missing:
        raise RunError(f"{stream.name} does not decode the field `{missing[0]}`")
    return fields


def step_fields(stream: BatchStream, fields: Columns) -> tuple[tf.Tensor, ...]:
    """Return fields as a step takes them: augmented, in the stream's order."""
    if stream.augment is not None:
        given = {name: fields[name] for name in parameter_names(stream.augment)}
        fields = fields | stream.augment(**given)
    return tuple(fields[name] for name in stream.fields)


def _rows_padded(
    array: npt.NDArray[Any],
    rows: npt.NDArray[np.int32],
    capacity: int,
    windows: Windows | None,
) -> tf.Tensor:
    indices = rows if windows is None else windows.rows(rows)
    shape = (capacity, *indices.shape[1:], *array.shape[1:])
    buffer = np.zeros(shape, array.dtype)
    np.take(array, indices, axis=0, out=buffer[: len(rows)])
    return tf.constant(buffer)
