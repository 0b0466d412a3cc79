"""Host memory that TensorFlow takes over as it is, so that data lies there once."""

from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

ALIGNMENT = 64  # bytes: where TensorFlow's own tensors begin


def aligned_empty(
    shape: tuple[int, ...], dtype: npt.DTypeLike
) -> npt.NDArray[np.generic]:
    """Return an uninitialized array that begins at a multiple of 64 bytes."""
    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
    memory = np.empty(size + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start : start + size].view(dtype).reshape(shape)


def is_shareable(values: npt.NDArray[Any]) -> bool:
    """Tell whether TensorFlow can take the memory of an array over."""
    plain = values.flags.c_contiguous and values.flags.writeable and values.size > 0
    return bool(plain and values.ctypes.data % ALIGNMENT == 0)


def aligned_cast(
    values: npt.NDArray[Any], dtype: npt.DTypeLike | None = None
) -> npt.NDArray[Any]:
    """Return the values as `dtype` in shareable memory: themselves if they are that."""
    wanted = np.dtype(values.dtype if dtype is None else dtype)
    if values.dtype == wanted and is_shareable(values):
        return values
    cast = aligned_empty(values.shape, wanted)
    cast[...] = values
    return cast


def aligned_rows(
    values: npt.NDArray[Any], rows: npt.NDArray[np.int64]
) -> npt.NDArray[Any]:
    """Return the chosen rows in shareable memory."""
    chosen = aligned_empty((len(rows), *values.shape[1:]), values.dtype)
    # With mode="raise" NumPy gathers into a buffer first; the rows are known to exist.
    np.take(values, rows, axis=0, out=chosen, mode="clip")
    return chosen


def resident_tensor(values: npt.NDArray[Any]) -> tf.Tensor:
    """Return the values on the device: in their own memory where that is the host's.

    The array must not change afterwards.
    """
    on_host = all(d.device_type == "CPU" for d in tf.config.list_logical_devices())
    if on_host and is_shareable(values):
        return tf.experimental.dlpack.from_dlpack(values.__dlpack__())
    return tf.constant(values)
