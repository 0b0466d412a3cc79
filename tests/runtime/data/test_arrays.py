"""Arrays that are handed over in memory."""

import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime.data.arrays import read_arrays
from loopc_runtime.errors import DataError


def test_arrays_lists_and_tensors_become_columns():
    """Whatever NumPy understands is a column."""
    table = read_arrays(
        {"train": {"x": np.ones((2, 3)), "y": [1, 2], "z": tf.constant([0.5, 1.5])}},
        "train",
    )

    assert table.rows == 2
    assert table.column("y").tolist() == [1, 2]
    assert table.column("z").tolist() == [0.5, 1.5]
    assert table.place(1) == 'row 1 of arrays["train"]'


def test_memory_is_shared_and_protected():
    """Columns are views that cannot be written to."""
    x = np.ones(4)
    column = read_arrays({"train": {"x": x}}, "train").column("x")

    assert np.shares_memory(x, column)
    assert not column.flags.writeable
    assert x.flags.writeable


@pytest.mark.parametrize("words", [["a", "b"], np.array(["a", "b"], object)])
def test_text_becomes_a_text_column(words):
    """Lists and object arrays of str are text."""
    table = read_arrays({"train": {"word": words}}, "train")

    assert table.column("word").tolist() == ["a", "b"]


@pytest.mark.parametrize("arrays", [None, {}])
def test_nothing_given_says_how_to_give_it(arrays):
    """A program that reads arrays says how to pass them."""
    with pytest.raises(DataError) as caught:
        read_arrays(arrays, "train")

    assert str(caught.value) == (
        'The argument arrays has no entry "train": it has none. Pass arrays={"train": '
        '{"column": values, ...}}.'
    )


def test_a_misspelt_entry_is_guessed():
    """A name close to one that is given is suggested."""
    with pytest.raises(DataError, match=r'did you mean "train"\?'):
        read_arrays({"train": {"x": [1]}}, "trian")


def test_mixed_objects_are_refused():
    """An object array that is not all text is no column."""
    with pytest.raises(DataError, match='"x" has dtype object'):
        read_arrays({"train": {"x": np.array(["a", 1], object)}}, "train")
