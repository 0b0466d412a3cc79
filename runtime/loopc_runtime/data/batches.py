"""Batches: which rows of a split make up each step, and how they become fields."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from inspect import signature

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from loopc_runtime.data.buckets import LEVEL, Lengths, grouped_order, grouping_keys
from loopc_runtime.data.fields import Field
from loopc_runtime.data.permutation import permutation, permutation_keys
from loopc_runtime.data.validation import Decode, HostColumns
from loopc_runtime.data.windows import Windows

Augment = Callable[..., dict[str, tf.Tensor]]


def parameter_names(augment: Augment) -> tuple[str, ...]:
    """Return the fields that an augmentation takes: the names of its parameters."""
    return tuple(signature(augment).parameters)


@dataclass(frozen=True, eq=False, kw_only=True)
class Batches:
    """A stream of batches over the rows of one split; it holds no position.

    Step k of an epoch takes the rows `order(seed, epoch)[k * batch_size:][:batch_size]`
    of `columns`, and `decode` turns them into `fields`.

    A `contiguous` stream is laid out in lanes, one for each place in the batch: with
    L = rows // batch_size, lane i holds the rows i * L .. i * L + L - 1, and step k
    takes row i * L + k of each. Example i of a batch then continues example i of the
    batch before. Rows that fill no lane are left out, at the end of the split.

    An `endless` stream goes from one epoch into the next, and a batch may span two. The
    fields in `cuts` have several lengths: `columns` then say which bucket a row needs,
    or `level` which one the whole split needs.
    """

    name: str
    rows: int
    batch_size: int
    whole: bool
    shuffle: bool
    drop: bool
    contiguous: bool = False
    endless: bool = False
    fields: tuple[str, ...]
    columns: HostColumns
    decode: Decode
    augment: Augment | None = None
    windows: Windows | None = None
    cuts: tuple[Lengths, ...] = ()  # of each field, where batches are cut to buckets
    level: int | None = None

    @property
    def full_batches(self) -> int:
        return self.rows // self.batch_size

    @property
    def short_batch(self) -> int:
        """The rows of the short last batch; 0 where there is none."""
        return 0 if self.drop or self.contiguous else self.rows % self.batch_size

    @property
    def epoch_rows(self) -> int:
        """The rows that `order` names: all, or those that fill the lanes."""
        lanes = self.full_batches * self.batch_size
        return lanes if self.contiguous else self.rows

    @property
    def steps_per_epoch(self) -> int:
        return self.full_batches + (self.short_batch > 0)

    def order(self, seed: int, epoch: int) -> npt.NDArray[np.int32]:
        """Return int32[epoch_rows], the rows as an epoch (from 0) takes them."""
        if self.contiguous:
            rows = np.arange(self.epoch_rows, dtype=np.int32)
            return rows.reshape(self.batch_size, -1).T.reshape(-1)
        if not self.shuffle:
            return np.arange(self.rows, dtype=np.int32)
        order = permutation(self.rows, permutation_keys(seed, self.name, epoch))
        if not self.cuts:
            return order
        keys, levels = grouping_keys(seed, self.name, epoch), self.columns[LEVEL]
        begun = -epoch * self.rows % self.batch_size if self.endless else 0
        return grouped_order(order, levels, self.batch_size, keys, begun)

    @cached_property
    def fingerprint(self) -> str:
        """The SHA-256 of the columns: names, dtypes, shapes and values."""
        digest = sha256()
        if self.windows is not None:
            digest.update(f"{self.windows}\n".encode())
        for name, values in sorted(self.columns.items()):
            digest.update(f"{name} {values.dtype.str} {values.shape}\n".encode())
            digest.update(values.reshape(-1).view(np.uint8).data)
        return digest.hexdigest()


def decode_only(
    wanted: Sequence[str],
    fields: Mapping[str, Field],
    columns: HostColumns,
    decode: Decode,
    windows: Windows | None = None,
) -> tuple[HostColumns, Decode]:
    """Return the columns that the wanted fields use, and a decode that needs no others.

    In place of an unused column `decode` sees zeros; the graph drops what they feed.
    """
    used = {column for name in wanted for column in fields[name].columns}
    if not all(fields[name].columns for name in wanted):
        used = set(columns)
    unused = {name: a for name, a in columns.items() if name not in used}
    within = () if windows is None else (windows.length,)

    def decode_wanted(batch: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        some = next(iter(batch.values()))
        size = tf.shape(some)[0] if some.shape[0] is None else some.shape[0]
        blank = {
            name: tf.zeros((size, *within, *a.shape[1:]), a.dtype)
            for name, a in unused.items()
        }
        decoded = decode({**batch, **blank})
        return {name: decoded[name] for name in wanted}

    return {name: a for name, a in columns.items() if name in used}, decode_wanted
