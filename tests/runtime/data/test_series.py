"""Tables of several series: windows and pieces that keep within each."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from loopc_runtime.data.carve import carve, rest_of
from loopc_runtime.data.carve_series import in_series
from loopc_runtime.data.fields import Float
from loopc_runtime.data.splits import Splits
from loopc_runtime.data.table import make_table
from loopc_runtime.data.windows import Windows, gathered
from loopc_runtime.errors import DataError

sliding = np.lib.stride_tricks.sliding_window_view


def table_of(keys, lines=None):
    """Return a table in series; column x holds the number of the row in the file."""
    x = np.arange(len(keys), dtype=np.float32)
    return in_series(make_table("f.csv", {"key": np.array(keys), "x": x}, lines), "key")


def splits_of(tables, length, stride=1):
    return Splits(
        "s",
        tables,
        lambda columns: {"x": columns["x"]},
        fields={"x": Float((length,), ("x",))},
        windows=Windows(length, stride),
    )


def windows_of_each(keys, length, stride):
    """The oracle: the windows of each series, by its first row in the file."""
    keys = np.array(keys)
    found = []
    for key in dict.fromkeys(keys.tolist()):
        rows = np.flatnonzero(keys == key)
        if len(rows) >= length:
            found.append(sliding(rows, length)[::stride])
    return np.concatenate(found)


@given(
    keys=st.lists(st.sampled_from("abc"), max_size=30).map(
        lambda k: [*k, *"abcabcabc"]
    ),
    length=st.integers(2, 3),
    stride=st.integers(1, 4),
)
def test_windows_stay_in_their_series(keys, length, stride):
    """Rows of interleaved series are gathered as its windows, on host and device."""
    split = splits_of({"train": table_of(keys)}, length, stride)["train"]
    expected = windows_of_each(keys, length, stride)
    examples = np.arange(split.rows, dtype=np.int32)
    host = split.columns["x"][split.windows.rows(examples)]
    device = gathered(split.columns, tf.constant(examples), split.windows)["x"]

    np.testing.assert_array_equal(host, expected)
    np.testing.assert_array_equal(device, expected)
    seen = split.windows.rows(split.windows.covering(len(keys)))
    assert set(seen.ravel()) == set(split.windows.rows(examples).ravel())


@pytest.mark.parametrize("xla", [False, True])
def test_windows_are_found_in_compiled_code(xla):
    """The row of a window is computed from its number, for any batch."""
    keys = "aaaabbbbbbccc"
    windows = splits_of({"train": table_of(list(keys))}, 3)["train"].windows
    rows = tf.function(windows.gathered_rows, jit_compile=xla)
    expected = windows_of_each(list(keys), 3, 1)

    for examples in ([0, 6, 3], [5, 1, 2]):
        np.testing.assert_array_equal(rows(tf.constant(examples)), expected[examples])


def test_the_end_of_each_series_is_carved():
    """`last(25%)` takes a quarter of each series as it was before others."""
    keys = list("ababababcccccccccccc")
    test, rest = carve(table_of(keys), last_count=1, name="test")
    valid, rest = carve(rest, last_percent=25, name="valid")

    assert test.column("x").tolist() == [6, 7, 19]
    assert valid.column("x").tolist() == [4, 5, 16, 17, 18]
    assert rest.column("x").tolist() == [0, 2, 1, 3, *range(8, 16)]


def test_whole_series_are_carved():
    """Percentages, counts and folds count series, and none is taken apart."""
    keys = [f"k{i % 10}" for i in range(60)]
    table = table_of(keys)
    valid, rest = carve(table, percent=30, seed=7, name="valid")
    test, rest = carve(rest, count=2, seed=7, name="test")
    folds = [carve(table, fold=(i, 3), seed=7, name="f")[0] for i in range(3)]
    train = rest_of(rest, "train")

    pieces = [set(piece.column("key")) for piece in (valid, test, train)]
    assert [len(piece) for piece in pieces] == [3, 2, 5]
    assert len(set.union(*pieces)) == 10
    assert sorted(len(set(fold.column("key"))) for fold in folds) == [3, 3, 4]
    assert set.union(*(set(fold.column("key")) for fold in folds)) == set(keys)
    assert carve(train, percent=40, seed=7, name="half")[0].rows == 12


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"last_percent": 10}, r'last 10% of the series "b" .* be 0 of the 4 rows'),
        ({"last_count": 5}, r'last 5 of the series "b" .* be 5 of the 4 rows'),
        ({"percent": 30, "seed": 1}, r"30% of the series of f\.csv would be 0, of 2"),
        ({"count": 3, "seed": 1}, r"3 of the series of f\.csv would be 3, of 2"),
        ({"count": 2, "seed": 1}, None),
    ],
)
def test_pieces_that_a_series_does_not_have(given, message):
    """A series that would give nothing, or more than it has, is named."""
    table = table_of(list("aaaaaaaaaabbbb"))
    if message is None:
        assert carve(table, **given, name="v")[1].rows == 0
        return
    with pytest.raises(DataError, match=message):
        carve(table, **given, name="v")


def test_a_series_that_is_too_short_is_named():
    """One that holds no window is an error, which says how many others there are."""
    table = table_of(list("aaaabbcddd"))
    with pytest.raises(DataError, match=r'"b" has 2 rows .* of 3, and 1 more have'):
        splits_of({"train": table}, 3)


def test_places_are_those_of_the_file():
    """Rows that were put together are told by their number and line in the file."""
    table = table_of(list("abab"), np.arange(2, 6))
    assert table.column("x").tolist() == [0, 2, 1, 3]
    assert table.place(1) == "row 2 (line 4) of f.csv"
    x = np.array([0, 1, np.nan, 3], np.float32)
    broken = make_table("f.csv", {"key": np.array(list("abab")), "x": x})
    with pytest.raises(DataError, match=r"begins at row 0 of f\.csv"):
        splits_of({"train": in_series(broken, "key")}, 2)


def test_a_key_of_arrays_is_refused():
    """Series are told apart by one value in each row."""
    table = make_table("f.npz", {"key": np.zeros((3, 2)), "x": np.zeros(3)})
    with pytest.raises(DataError, match="holds arrays of shape"):
        in_series(table, "key")
