"""Buckets: lengths that batches of padded rows are cut to, so that less is padding."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from loopc_runtime.data.fields import Field
from loopc_runtime.data.permutation import permutation, permutation_keys
from loopc_runtime.data.validation import Decode, HostColumns
from loopc_runtime.data.words import PADDING

LEVEL = "bucket of row"  # the column and field that says which bucket a row needs

Lengths = tuple[int, ...]


def row_levels(
    columns: HostColumns, buckets: Mapping[str, Lengths]
) -> npt.NDArray[np.int32]:
    """Return int32[rows]: the first bucket that holds a row in each padded column.

    `buckets` names the columns and their lengths, ascending; the last one holds all.
    """
    needed = [
        np.searchsorted(lengths, (columns[name] != PADDING).sum(axis=1))
        for name, lengths in buckets.items()
    ]
    return np.asarray(np.max(needed, axis=0), np.int32)


def field_cuts(
    names: Sequence[str], fields: Mapping[str, Field], buckets: Mapping[str, Lengths]
) -> tuple[Lengths, ...]:
    """Return for each field the lengths of its first axis, () where it has only one."""
    columns = [fields[name].columns for name in names]
    return tuple(
        buckets[only[0]] if len(only) == 1 and only[0] in buckets else ()
        for only in columns
    )


def with_levels(decode: Decode) -> Decode:
    """Return a decode that hands on the levels of rows as a field."""

    def decode_with_levels(columns: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        return {**decode(columns), LEVEL: columns[LEVEL]}

    return decode_with_levels


def grouped_order(
    order: npt.NDArray[np.int32],
    levels: npt.NDArray[np.int32],
    batch_size: int,
    keys: npt.NDArray[np.uint32],
    begun: int = 0,
) -> npt.NDArray[np.int32]:
    """Return an order of rows in which full batches hold rows of like length.

    The rows of the short last batch stay where they are, and so do the first ones,
    `begun` of them, where a batch that an earlier epoch began ends. The others are
    sorted by level, rows of one level in their order, and the batches then put into an
    order of their own, so that long and short ones take turns.
    """
    begun = min(begun, len(order))
    batches = (len(order) - begun) // batch_size
    first, full, last = np.split(order, [begun, begun + batches * batch_size])
    alike = full[np.argsort(levels[full], kind="stable")].reshape(batches, batch_size)
    return np.concatenate([first, alike[permutation(batches, keys)].reshape(-1), last])


def grouping_keys(seed: int, stream: str, epoch: int) -> npt.NDArray[np.uint32]:
    """Return the keys of the order of an epoch's batches."""
    return permutation_keys(seed, f"{stream} batches", epoch)
