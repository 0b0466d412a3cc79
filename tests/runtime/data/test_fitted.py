"""Standardizer and Categories against scikit-learn, and what they refuse."""

import json

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import OrdinalEncoder, StandardScaler

from loopc_runtime.data.csv_table import read_csv
from loopc_runtime.data.fitted import Categories, Standardizer
from loopc_runtime.data.table import make_table
from loopc_runtime.errors import DataError


def table_of(**columns):
    return make_table("a.npz", {name: np.asarray(a) for name, a in columns.items()})


def words(*texts):
    return table_of(word=np.array(texts, object))


def refusal(call):
    with pytest.raises(DataError) as caught:
        call()
    return str(caught.value)


def test_standardized_values_are_those_of_scikit_learn():
    """Mean and population deviation in float64, applied in float32 on the device."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(5, 3, 200), rng.integers(-9, 9, 200)
    fitted = Standardizer.fit(table_of(a=a, b=b), ("a", "b"))
    oracle = StandardScaler().fit(np.stack([a, b], axis=1))
    batch = {"a": tf.constant(a[:7], tf.float32), "b": tf.constant(b[:7], tf.int32)}
    values = fitted(batch)

    np.testing.assert_allclose(fitted.mean, oracle.mean_, rtol=1e-14)
    np.testing.assert_allclose(fitted.deviation, oracle.scale_, rtol=1e-14)
    assert values.dtype == tf.float32
    np.testing.assert_allclose(
        values, oracle.transform(np.stack([a, b], axis=1)[:7]), atol=2e-6
    )


def test_vector_columns_are_standardized_element_by_element():
    """A column of shape [rows, n] stands for n columns side by side."""
    x = np.random.default_rng(1).normal(2, 4, (50, 3)).astype(np.float32)
    fitted = Standardizer.fit(table_of(x=x, y=x[:, 0]), ("x", "y"))
    values = fitted({"x": tf.constant(x), "y": tf.constant(x[:, 0])}).numpy()

    assert values.shape == (50, 4)
    np.testing.assert_allclose(
        values[:, :3], StandardScaler().fit_transform(x), atol=1e-5
    )
    assert np.array_equal(values[:, 3], values[:, 0])


def test_standardizing_works_in_an_xla_graph():
    """The fitted numbers are constants of the compiled step."""
    fitted = Standardizer.fit(table_of(x=[1.0, 3.0]), ("x",))
    compiled = tf.function(fitted, jit_compile=True)

    assert compiled({"x": tf.constant([1.0, 3.0, 5.0])}).numpy().tolist() == [
        [-1.0],
        [1.0],
        [3.0],
    ]


def test_a_fitted_standardizer_is_json():
    """The record holds columns, means and deviations as plain numbers."""
    fitted = Standardizer.fit(table_of(x=[1, 3]), ["x"])

    assert json.loads(json.dumps(fitted.as_json())) == {
        "columns": ["x"],
        "mean": [2.0],
        "deviation": [1.0],
    }


def test_a_constant_column_is_refused():
    """A deviation of zero is an error that says which column and which value."""
    x = np.array([[1.0, 0.1], [2.0, 0.1], [3.0, 0.1]])

    assert refusal(lambda: Standardizer.fit(table_of(x=x), ("x",))) == (
        'column "x" of a.npz is 0.1 in each of the 3 rows it is standardized over: it '
        "has no deviation to divide by. Leave the column out."
    )


def test_missing_values_are_refused_by_row():
    """A value that is not finite is told by its row and content."""
    table = table_of(x=[1.0, np.nan, np.inf])

    assert refusal(lambda: Standardizer.fit(table, ("x",))) == (
        'column "x" holds nan at row 1 of a.npz, so it cannot be standardized. Fill '
        "such values or drop their rows."
    )


def test_bad_cells_are_refused_by_line(tmp_path):
    """A cell of a text file that is no number is told by line, column and content."""
    (tmp_path / "a.csv").write_text("x\n1\n2\nNA\n")
    table = read_csv(tmp_path, "a.csv")

    assert refusal(lambda: Standardizer.fit(table, ("x",))) == (
        'column "x" holds "NA" at row 2 (line 4) of a.csv, which is not a number '
        "(1 in all). Fill these cells or drop their rows."
    )


def test_images_and_empty_tables_are_not_standardized():
    """Only numbers and vectors are, over at least one row."""
    images, empty = table_of(x=np.zeros((3, 2, 2))), table_of(x=np.zeros(0))

    assert refusal(lambda: Standardizer.fit(images, ("x",))) == (
        'column "x" of a.npz holds arrays of shape [2, 2]; only numbers and vectors '
        "are standardized."
    )
    assert refusal(lambda: Standardizer.fit(empty, ("x",))) == (
        "a.npz gives no rows to standardize over."
    )


@settings(deadline=None)
@given(texts=st.lists(st.sampled_from(["b", "a", "", "ü", "Z", "10", "9"]), min_size=1))
def test_codes_are_those_of_an_ordinal_encoder(texts):
    """Codes count the sorted values from 0, as scikit-learn's do."""
    table = words("x", *texts)
    fitted = Categories.fit(table, "word", size=8)
    oracle = OrdinalEncoder().fit_transform([[text] for text in ["x", *texts]])[:, 0]
    codes = fitted.encode(table).column("word")

    assert codes.dtype == np.int32
    assert codes.tolist() == oracle.tolist()


@pytest.mark.parametrize("unknown", [0, 1, 3])
def test_the_unknown_code_is_kept_free(unknown):
    """No fitted value gets the unknown code; unseen values do."""
    fitted = Categories.fit(words("c", "a", "b"), "word", size=4, unknown=unknown)
    codes = fitted.encode(words("a", "b", "c", "d")).column("word").tolist()

    assert codes == [*[c for c in range(4) if c != unknown], unknown]


def test_integers_sort_as_numbers_and_equal_their_text():
    """2 comes before 10, and a column read as text in one file gives the same codes."""
    fitted = Categories.fit(table_of(word=np.array([10, 2, -1, 2])), "word", size=3)

    assert fitted.values == ("-1", "2", "10")
    assert fitted.encode(words("10", "2")).column("word").tolist() == [2, 1]
    assert fitted.encode(table_of(word=[2.0, -1.0])).column("word").tolist() == [1, 0]


def test_encoding_a_piece_leaves_other_rows_alone():
    """Only the chosen rows of a carved table are encoded."""
    table = words("a", "q", "b", "q").take(np.array([0, 2]), 2)
    fitted = Categories.fit(table, "word", size=2)

    assert fitted.values == ("a", "b")
    assert fitted.encode(table).column("word").tolist() == [0, 1]


def test_fitted_categories_are_json():
    """The record holds every value in the order of its code."""
    fitted = Categories.fit(words("b", "a"), "word", size=3, unknown=0)

    assert json.loads(json.dumps(fitted.as_json())) == {
        "column": "word",
        "size": 3,
        "unknown": 0,
        "values": ["a", "b"],
    }


def test_too_many_values_are_counted():
    """More values than codes are told with the size that would do."""
    table = words("a", "b", "c")

    assert refusal(lambda: Categories.fit(table, "word", size=2)) == (
        'column "word" of a.npz has 3 different values in the fitted rows, but '
        "class(2) has 2 codes. Declare class(3)."
    )
    assert refusal(lambda: Categories.fit(table, "word", size=3, unknown=0)) == (
        'column "word" of a.npz has 3 different values in the fitted rows, but '
        "class(3) has 3 codes, one of them for unknown values. Declare class(4)."
    )


def test_an_unseen_value_needs_an_unknown_code():
    """Without one, the first unseen value is told by its row."""
    fitted = Categories.fit(words("a", "b"), "word", size=2)

    assert refusal(lambda: fitted.encode(words("a", "z"))) == (
        'column "word" holds "z" at row 1 of a.npz, which is none of the 2 values of '
        "the fitted rows. Name a code for such values: category(..., unknown: 0)."
    )


def test_the_unknown_code_is_a_code():
    """An unknown code outside the class is refused."""
    assert refusal(lambda: Categories.fit(words("a"), "word", size=2, unknown=2)) == (
        "the unknown code 2 is outside 0 to 1."
    )


def test_fractions_and_vectors_are_no_categories():
    """A category is a word or a whole number, one in each row."""
    assert refusal(lambda: Categories.fit(table_of(x=[1.0, 1.5]), "x", size=9)) == (
        'column "x" holds 1.5 at row 1 of a.npz; categories are words or whole numbers.'
    )
    assert refusal(lambda: Categories.fit(table_of(x=[[1, 2]]), "x", size=9)) == (
        'column "x" of a.npz holds arrays of shape [2]; a category is one value in '
        "each row."
    )
