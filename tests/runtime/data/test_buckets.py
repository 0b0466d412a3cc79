"""Buckets: batches of rows of like length, cut to what they need."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from loopc_runtime.data.buckets import (
    grouped_order,
    grouping_keys,
    row_levels,
)


def padded(lengths, longest):
    rows = np.arange(longest) < np.array(lengths)[:, None]
    return np.where(rows, 7, -1).astype(np.int32)


def test_rows_need_the_first_bucket_that_holds_them():
    """The level of a row is that of its longest column."""
    columns = {"a": padded([1, 3, 4, 9], 9), "b": padded([5, 1, 2, 1], 6)}
    buckets = {"a": (3, 5, 9), "b": (2, 4, 6)}

    assert row_levels(columns, buckets).tolist() == [2, 0, 1, 2]


@given(rows=st.integers(1, 200), size=st.integers(1, 20), seed=st.integers(0, 99))
def test_an_epoch_takes_every_row_once(rows, size, seed):
    """Full batches hold one level, but where levels meet; the short one stays."""
    random = np.random.default_rng(seed)
    levels = random.integers(0, 3, rows).astype(np.int32)
    order = random.permutation(rows).astype(np.int32)
    found = grouped_order(order, levels, size, grouping_keys(seed, "s", 0))
    full = rows // size * size

    assert sorted(found) == list(range(rows))
    assert found[full:].tolist() == order[full:].tolist()
    mixed = [len(set(levels[b])) > 1 for b in found[:full].reshape(-1, size)]
    assert sum(mixed) <= 2


def test_batches_of_different_lengths_take_turns():
    """Long batches do not all stand at the end of the epoch, and epochs differ."""
    levels = np.repeat(np.arange(4), 50).astype(np.int32)
    order = np.arange(200, dtype=np.int32)
    orders = [
        grouped_order(order, levels, 10, grouping_keys(7, "s", epoch))
        for epoch in range(2)
    ]

    assert orders[0].tolist() != orders[1].tolist()
    for found in orders:
        sequence = levels[found[::10]]
        assert (np.diff(sequence) < 0).any()
        assert np.bincount(sequence).tolist() == [5, 5, 5, 5]


@given(rows=st.integers(1, 60), size=st.integers(1, 20), seed=st.integers(0, 99))
def test_batches_that_span_epochs_stay_and_the_others_are_alike(rows, size, seed):
    """Epochs laid end to end hold every row once each; few batches mix levels."""
    random = np.random.default_rng(seed)
    levels = random.integers(0, 3, rows).astype(np.int32)
    orders = []
    for epoch in range(7):
        order, begun = random.permutation(rows).astype(np.int32), -epoch * rows % size
        keys = grouping_keys(seed, "s", epoch)
        found = grouped_order(order, levels, size, keys, begun)
        assert sorted(found) == list(range(rows))
        assert found[:begun].tolist() == order[:begun].tolist()
        orders.append(found)
    laid = np.concatenate(orders)
    batches = levels[laid[: len(laid) // size * size].reshape(-1, size)]
    mixed = sum(len(set(batch)) > 1 for batch in batches)
    assert mixed <= 7 * 2 + 7  # where levels meet, and where epochs do
