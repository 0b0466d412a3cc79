"""Batches: counts of steps, orders, the columns they need, and their fingerprint."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from loopc_runtime.data.fields import Class, Float
from loopc_runtime.data.permutation import permutation, permutation_keys
from loopc_runtime.data.splits import Splits
from loopc_runtime.data.table import make_table
from loopc_runtime.errors import DataError


def decode_points(columns):
    return {
        "x": tf.cast(columns["x"], tf.float32) / 2.0,
        "y": tf.cast(columns["y"], tf.int32),
        "sum": tf.reduce_sum(tf.cast(columns["x"], tf.float32), axis=1),
    }


FIELDS = {
    "x": Float((3,), ("x",)),
    "y": Class(2, columns=("y",)),
    "sum": Float((), ("x",)),
}


def split_of(rows, shift=0):
    x = np.arange(rows * 3).reshape(rows, 3) + shift
    y = np.arange(rows) % 2
    table = make_table("a.npz", {"x": x, "y": y, "unused": y})
    return Splits("points", {"train": table}, decode_points, fields=FIELDS)["train"]


def on_device(batches):
    return {name: tf.constant(values) for name, values in batches.columns.items()}


@given(rows=st.integers(1, 300), data=st.data(), drop=st.booleans())
def test_batches_cover_the_rows(rows, data, drop):
    """Full batches and a short one make an epoch; `drop` leaves the short one out."""
    size = data.draw(st.integers(1, rows))
    batches = split_of(rows).batches(size, fields=("x",), drop=drop)
    starts = range(0, rows, size)
    sizes = [min(size, rows - start) for start in starts]
    kept = [n for n in sizes if n == size or not drop]

    assert batches.steps_per_epoch == len(kept)
    assert batches.full_batches == kept.count(size)
    assert batches.short_batch == sum(n for n in kept if n != size)
    assert batches.rows == rows


def test_attributes_of_a_stream():
    """What the loop reads of its batches."""
    batches = split_of(10).batches(4, fields=("y", "x"))

    assert batches.name == "points.train"
    assert batches.fields == ("y", "x")
    assert (batches.batch_size, batches.whole, batches.shuffle) == (4, False, True)
    assert (batches.full_batches, batches.short_batch) == (2, 2)


def test_an_order_is_the_keyed_permutation_of_its_stream():
    """The order depends on seed, stream name and epoch as documented."""
    batches = split_of(50).batches(8, fields=("x",))
    expected = permutation(50, permutation_keys(7, "points.train", 3))

    assert np.array_equal(batches.order(7, 3), expected)
    assert batches.order(7, 3).dtype == np.int32


def test_named_streams_over_one_split_have_orders_of_their_own():
    """A second draw from the split of the step does not see the same rows."""
    split = split_of(50)
    first = split.batches(8, fields=("x",))
    second = split.batches(8, fields=("x",), stream="u")

    assert second.name == "points.train#u"
    assert not np.array_equal(first.order(7, 0), second.order(7, 0))


@pytest.mark.parametrize("size", [None, 4])
def test_without_shuffling_the_order_is_that_of_the_file(size):
    """Evaluation and whole batches take the rows as they come."""
    batches = split_of(10).batches(size, fields=("x",), shuffle=False)

    assert batches.order(7, 3).tolist() == list(range(10))
    assert batches.order(7, 3).dtype == np.int32


def test_a_whole_batch_is_one_step_in_order():
    """`batch all` is one full batch of all rows, never shuffled."""
    batches = split_of(10).batches(None, fields=("x",), shuffle=True)

    assert (batches.whole, batches.shuffle) == (True, False)
    assert (batches.batch_size, batches.steps_per_epoch) == (10, 1)
    assert (batches.full_batches, batches.short_batch) == (1, 0)


def test_a_batch_larger_than_the_split_is_refused():
    """Neither an empty epoch nor a batch of repeated rows is made."""
    with pytest.raises(DataError) as caught:
        split_of(10).batches(11, fields=("x",))

    assert str(caught.value) == (
        "points.train: a batch of 11 is larger than the split, which has 10 rows. Use "
        "a smaller batch, or batch all."
    )


@pytest.mark.parametrize(
    ("fields", "columns"),
    [(("x",), ["x"]), (("y",), ["y"]), (("sum", "x"), ["x"]), (("y", "x"), ["x", "y"])],
)
def test_only_the_columns_of_the_fields_are_carried(fields, columns):
    """A stream holds no column that its fields do not use, and decodes without it."""
    batches = split_of(4).batches(2, fields=fields)
    decoded = batches.decode(on_device(batches))
    x, y = tf.reshape(tf.range(12), (4, 3)), tf.range(4) % 2
    full = decode_points({"x": x, "y": y})

    assert list(batches.columns) == columns
    assert list(decoded) == list(fields)
    for name in fields:
        assert np.array_equal(decoded[name], full[name])


@pytest.mark.parametrize("jit_compile", [False, True])
def test_decoding_compiles(jit_compile):
    """Decoding a subset of the fields works in a graph of unknown or static batch."""
    batches = split_of(4).batches(2, fields=("y",))
    compiled = tf.function(batches.decode, jit_compile=jit_compile)

    assert compiled(on_device(batches))["y"].numpy().tolist() == [0, 1, 0, 1]
    if not jit_compile:
        spec = {"y": tf.TensorSpec((None,), tf.int32)}
        dynamic = tf.function(batches.decode, input_signature=[spec])
        assert dynamic(on_device(batches))["y"].numpy().tolist() == [0, 1, 0, 1]


def test_a_fingerprint_is_that_of_the_content():
    """Equal data has equal fingerprints; values, dtypes, shapes and names matter."""
    prints = [
        split_of(10).batches(4, fields=("x",)).fingerprint,
        split_of(10).batches(5, fields=("x",)).fingerprint,
        split_of(10, shift=1).batches(4, fields=("x",)).fingerprint,
        split_of(11).batches(4, fields=("x",)).fingerprint,
        split_of(10).batches(4, fields=("y",)).fingerprint,
        split_of(10).batches(4, fields=("x", "y")).fingerprint,
    ]

    assert prints[0] == prints[1]
    assert len(set(prints)) == 5
    assert all(len(text) == 64 for text in prints)
