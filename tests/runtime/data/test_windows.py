"""Windows: examples that are consecutive rows, however they are gathered."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from loopc_runtime.data.fields import Class, Float
from loopc_runtime.data.fitted import Standardizer
from loopc_runtime.data.splits import Splits
from loopc_runtime.data.table import make_table
from loopc_runtime.data.windows import Windows
from loopc_runtime.errors import DataError
from loopc_runtime.execution import Execution
from loopc_runtime.feed import DeviceMemory, make_feed

sliding = np.lib.stride_tricks.sliding_window_view


def windows_of(values, length, stride):
    """The oracle: NumPy's sliding windows, every stride-th of them."""
    return sliding(values, length, axis=0)[::stride]


def splits_of(x, windows, field=None, **options):
    field = field or Float((windows.length,), ("x",))
    return Splits(
        "series",
        {"train": make_table("a.npz", {"x": x})},
        lambda columns: {"x": tf.cast(columns["x"], field.dtype)},
        fields={"x": field},
        windows=windows,
        **options,
    )


@given(rows=st.integers(1, 60), length=st.integers(2, 12), stride=st.integers(1, 15))
def test_windows_are_whole_and_in_order(rows, length, stride):
    """Counts and rows are those of NumPy's sliding windows."""
    windows = Windows(length, stride)
    values = np.arange(rows)
    expected = windows_of(values, length, stride) if rows >= length else []

    assert windows.count(rows) == len(expected)
    if len(expected):
        examples = np.arange(len(expected), dtype=np.int32)
        np.testing.assert_array_equal(values[windows.rows(examples)], expected)


@given(rows=st.integers(2, 60), length=st.integers(2, 12), stride=st.integers(1, 15))
def test_validation_sees_every_row_of_every_window(rows, length, stride):
    """The examples that are checked hold all rows that any example holds."""
    windows = Windows(length, stride)
    count = windows.count(rows)
    if count == 0:
        return
    all_rows = set(windows.rows(np.arange(count, dtype=np.int32)).ravel())
    seen = windows.covering(rows)

    assert set(windows.rows(seen).ravel()) == all_rows
    assert (np.diff(seen) > 0).all()


@pytest.mark.parametrize("data", ["resident", "streamed"])
def test_feeds_gather_the_windows_of_a_batch(data):
    """A batch is the windows that the epoch's order names, wherever the rows lie."""
    x = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    windows = Windows(length=5, stride=3)
    splits = splits_of(x, windows, Float((5, 2), ("x",)))
    batches = splits["train"].batches(4, fields=("x",))
    feed = make_feed(batches, Execution(data=data, xla=False), 7, None, DeviceMemory())
    expected = np.moveaxis(windows_of(x, 5, 3), -1, 1)[batches.order(7, 0)]

    assert batches.steps_per_epoch == 4
    for step in range(4):
        supply, _ = feed.supply(step, 4)
        (batch,) = feed.batch(feed.open(supply), tf.constant(step, tf.int64), 4)
        np.testing.assert_array_equal(batch, expected[4 * step : 4 * step + 4])
    feed.close()


def test_a_whole_split_is_all_its_windows():
    """`batch all` decodes each window once."""
    x = np.arange(11, dtype=np.float32)
    batches = splits_of(x, Windows(4, 2))["train"].batches(None, fields=("x",))
    feed = make_feed(
        batches, Execution(data="resident", xla=False), 7, None, DeviceMemory()
    )
    (whole,) = feed.batch(feed.open(()), tf.constant(0, tf.int64), batches.rows)

    np.testing.assert_array_equal(whole, windows_of(x, 4, 2))


def test_columns_are_standardized_row_by_row_within_windows():
    """Windows of several columns are f32[batch, length, n], with the fitted scale."""
    x, y = np.random.default_rng(1).normal(size=(2, 20))
    scale = Standardizer.fit(make_table("a.npz", {"x": x, "y": y}), ("x", "y"))
    values = np.stack([x, y], axis=-1)
    expected = (values - values.mean(axis=0)) / values.std(axis=0)
    given = {"x": tf.constant(x.reshape(4, 5)), "y": tf.constant(y.reshape(4, 5))}

    assert scale(given).shape == (4, 5, 2)
    np.testing.assert_allclose(
        scale(given), expected.reshape(4, 5, 2), rtol=1e-5, atol=1e-5
    )


def test_too_few_rows_for_a_window_are_refused():
    """A split that holds no whole window says so."""
    with pytest.raises(DataError) as caught:
        splits_of(np.arange(3.0), Windows(4, 1))

    assert str(caught.value) == (
        "series.train has 3 rows of a.npz, fewer than one window of 4. Use shorter "
        "windows, or give it more rows."
    )


def test_a_bad_value_is_told_with_its_window():
    """A label out of range names the window that it was found in."""
    with pytest.raises(DataError, match="window that begins at row 4 of"):
        splits_of(
            np.array([0, 1, 0, 1, 0, 5, 1, 0]), Windows(4, 2), Class(2, (4,), ("x",))
        )


def test_a_cell_that_is_no_integer_is_told_with_its_row():
    """A column that windows merely cast is checked row by row."""
    with pytest.raises(DataError, match="is not an integer at row 5 of"):
        splits_of(
            np.array([0, 1, 0, 1, 0, 0.5, 1, 0]), Windows(4, 2), Class(2, (4,), ("x",))
        )


def test_other_windows_are_other_data():
    """A run does not resume on windows of another stride."""
    x = np.arange(11, dtype=np.float32)
    first, second = (
        splits_of(x, Windows(4, s))["train"].batches(2, fields=("x",)) for s in (1, 2)
    )

    assert first.fingerprint != second.fingerprint
