"""Splits: what the data is must be what the fields declare, told row by row."""

import gzip
import struct
import time

import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime.data.carve import carve
from loopc_runtime.data.csv_table import read_csv
from loopc_runtime.data.fields import Bool, Class, Float, Integer
from loopc_runtime.data.fitted import Categories, Standardizer
from loopc_runtime.data.idx import read_idx
from loopc_runtime.data.splits import Splits
from loopc_runtime.data.table import make_table
from loopc_runtime.data.validation import VALIDATION_ROWS
from loopc_runtime.errors import DataError


def table_of(**columns):
    return make_table("a.npz", {name: np.asarray(a) for name, a in columns.items()})


def cast_to(dtype, name="x"):
    """A decode of one field that is its column, cast."""
    return lambda columns: {name: tf.cast(columns[name], dtype)}


def splits_of(field, decode, table):
    return Splits("points", {"train": table}, decode, fields={"x": field})


def refusal(field, decode, table):
    with pytest.raises(DataError) as caught:
        splits_of(field, decode, table)
    return str(caught.value)


FLOAT = Float((), ("x",))


@pytest.mark.parametrize(
    ("given", "device"),
    [
        ("u1", "uint8"),
        ("?", "uint8"),
        ("i1", "int32"),
        ("i2", "int32"),
        ("u2", "int32"),
        ("i4", "int32"),
        ("u4", "int32"),
        ("i8", "int32"),
        ("u8", "int32"),
        ("f2", "float32"),
        ("f4", "float32"),
        ("f8", "float32"),
    ],
)
def test_columns_reach_the_device_in_three_dtypes(given, device):
    """uint8, int32 and float32 hold what was read."""
    table = table_of(x=np.array([0, 1, 1], given))
    column = splits_of(FLOAT, cast_to(tf.float32), table)["train"].columns["x"]

    assert column.dtype == device
    assert column.tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("value", "dtype", "device"),
    [
        (2**31, np.int64, "int32"),
        (-(2**31) - 1, np.int64, "int32"),
        (2**32 - 1, np.uint32, "int32"),
        (2**64 - 1, np.uint64, "int32"),
        (1e39, np.float64, "float32"),
    ],
)
def test_values_too_large_for_the_device_are_refused(value, dtype, device):
    """No value wraps around or becomes infinite on its way to the device."""
    table = table_of(x=np.array([1, value], dtype))

    assert refusal(FLOAT, cast_to(tf.float32), table) == (
        f'points.train, field x: column "x" holds {np.array(value, dtype)} at row 1 of '
        f"a.npz, too large for {device}. Scale it down."
    )


def test_an_empty_split_is_refused():
    """A split of no rows is told with the file that gave none."""
    assert refusal(FLOAT, cast_to(tf.float32), table_of(x=np.zeros(0))) == (
        "points.train is empty: a.npz gives it no rows."
    )


def test_a_missing_column_lists_the_others():
    """A field whose column is not there says which are, and which is likely meant."""
    assert refusal(FLOAT, cast_to(tf.float32), table_of(xs=[1.0], y=[1.0])) == (
        'points.train, field x: a.npz has no column "x": did you mean "xs"? it has xs, '
        "y."
    )


def test_fields_without_columns_are_refused():
    """A split needs a column to have rows on the device."""
    assert refusal(Float(), cast_to(tf.float32), table_of(x=[1.0])) == (
        "points.train has no fields that use a column."
    )


def test_another_shape_is_told_with_both():
    """Declared and found types stand in one sentence."""
    table = table_of(x=np.zeros((2, 28, 28), np.uint8))

    assert refusal(Float((784,), ("x",)), cast_to(tf.float32), table) == (
        "points.train, field x: it is declared f32[784], but the data gives "
        'float32[28, 28] (from "x"). Declare what the data holds, or reshape it: '
        "reshape(..., [784])."
    )
    assert refusal(Float((30,), ("x",)), cast_to(tf.float32), table).endswith(
        "Declare what the data holds, or change how it is computed."
    )


def test_another_dtype_is_told_with_both():
    """A decode that forgets its cast does not go unnoticed."""
    assert "it is declared f32, but the data gives int32" in refusal(
        FLOAT, cast_to(tf.int32), table_of(x=[1, 2])
    )


def test_columns_that_do_not_fit_each_other_are_told_with_their_shapes():
    """An error inside decode is the data's, and lists what it was computed from."""
    table = table_of(x=np.zeros((2, 5)), y=np.zeros((2, 3)))
    field = Float((5,), ("x", "y"))

    assert refusal(field, lambda c: {"x": c["x"] + c["y"]}, table).startswith(
        'points.train: the columns "x" float32[5], "y" float32[3] do not give the '
        "fields: "
    )


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused(value):
    """Split, field, row, column and value are named."""
    table = table_of(x=[0.0, 1.0, value])

    assert refusal(FLOAT, cast_to(tf.float32), table) == (
        f"points.train, field x: the value is {value}, not finite, at row 2 of a.npz "
        f'(column "x" holds {value}). Fill or drop such rows, or keep the computation '
        "in range."
    )


def test_computed_values_that_are_not_finite_show_their_cells():
    """Where the computation is at fault, the cells it took are shown."""
    table = table_of(x=[2.0, 0.0], y=[1, 5])
    field = Float((), ("x", "y"))

    def decode(columns):
        return {"x": tf.cast(columns["y"], tf.float32) / columns["x"]}

    assert refusal(field, decode, table).startswith(
        "points.train, field x: the value is inf, not finite, at row 1 of a.npz "
        '(column "x" holds 0.0, column "y" holds 5).'
    )


def test_a_bad_pixel_is_told_by_its_index():
    """In an array field the place inside the row is part of the message."""
    x = np.zeros((VALIDATION_ROWS + 9, 2, 3))
    x[VALIDATION_ROWS + 4, 1, 2] = np.nan

    assert refusal(
        Float((2, 3), ("x",)), cast_to(tf.float32), table_of(x=x)
    ).startswith(
        "points.train, field x: the value at index [1, 2] is nan, not finite, at row "
        f'{VALIDATION_ROWS + 4} of a.npz (column "x").'
    )


def test_rows_are_those_of_the_file_after_carving(tmp_path):
    """A bad row of a carved split is told by its row and line in the file."""
    (tmp_path / "a.csv").write_text("x\n" + "1\n" * 40 + "-3\n")
    end, _ = carve(read_csv(tmp_path, "a.csv"), last_count=20, name="end")

    assert refusal(Class(2, columns=("x",)), cast_to(tf.int32), end).startswith(
        "points.train, field x: label -3 is outside class(2), which holds 0 to 1, at "
        'row 40 (line 42) of a.csv (column "x" holds -3). Declare as many'
    )


def test_a_bad_cell_names_split_field_line_and_content(tmp_path):
    """A missing cell of a text file is refused where a field uses its column."""
    (tmp_path / "a.csv").write_text("x,y\n1,a\n,b\n2,c\n")

    assert refusal(FLOAT, cast_to(tf.float32), read_csv(tmp_path, "a.csv")) == (
        'points.train, field x: column "x" holds an empty cell at row 1 (line 3) of '
        "a.csv, which is not a number (1 in all). Fill these cells or drop their rows."
    )


@pytest.mark.parametrize("dtype", ["u1", "i8", "f4", "f8"])
def test_integers_of_any_dtype_are_labels(dtype):
    """Integer columns and float columns that hold integers are classes."""
    table = table_of(x=np.array([0, 2, 1], dtype))

    assert (
        splits_of(Class(3, columns=("x",)), cast_to(tf.int32), table)["train"].rows == 3
    )


@pytest.mark.parametrize("label", [-1, 3])
def test_labels_outside_the_class_are_refused(label):
    """Labels go from 0 to n - 1."""
    assert refusal(
        Class(3, columns=("x",)), cast_to(tf.int32), table_of(x=[0, label])
    ) == (
        f"points.train, field x: label {label} is outside class(3), which holds 0 to 2,"
        f' at row 1 of a.npz (column "x" holds {label}). Declare as many classes as '
        "there are, or renumber the labels from 0."
    )


@pytest.mark.parametrize(
    ("field", "dtype", "kind"),
    [
        (Class(3, columns=("x",)), tf.int32, "an integer"),
        (Integer(columns=("x",)), tf.int32, "an integer"),
        (Bool(columns=("x",)), tf.bool, "true or false (1 or 0)"),
    ],
)
@pytest.mark.parametrize("value", [0.5, 1.5])
def test_a_cast_that_loses_something_is_refused(field, dtype, kind, value):
    """A column that is merely cast holds values of the field's kind."""
    table = table_of(x=[0.0, 1.0, value])

    assert refusal(field, cast_to(dtype), table) == (
        f'points.train, field x: {value} is not {kind} at row 2 of a.npz (column "x" '
        f"holds {value}). Correct the data, or say how such values are to be turned "
        "into the field."
    )


def test_a_missing_integer_is_refused():
    """A float column of integers with a NaN is no integer field."""
    assert "nan is not an integer at row 1" in refusal(
        Integer(columns=("x",)), cast_to(tf.int32), table_of(x=[1.0, np.nan])
    )


@pytest.mark.parametrize("x", [[0.2, 30.5], [0.2, 1.5]])
def test_computed_classes_may_come_from_fractions(x):
    """A comparison of a float column is a class, and no cast that loses something."""

    def late(columns):
        return {"x": tf.cast(columns["x"] >= 1, tf.int32)}

    field = Class(2, columns=("x",), computed=True)

    assert splits_of(field, late, table_of(x=x))["train"].rows == 2


def test_every_field_of_every_split_is_checked():
    """A fault in the second field of the last split is found."""
    good = table_of(x=[1.0], y=[0])
    bad = table_of(x=[1.0], y=[7])

    def decode(columns):
        return {"x": columns["x"], "y": tf.cast(columns["y"], tf.int32)}

    with pytest.raises(DataError, match=r"^points\.test, field y: label 7 is outside"):
        Splits(
            "points",
            {"train": good, "test": bad},
            decode,
            fields={"x": FLOAT, "y": Class(2, columns=("y",))},
        )


def test_an_unknown_split_lists_the_others():
    """Asking for a split that is not there says which are."""
    splits = splits_of(FLOAT, cast_to(tf.float32), table_of(x=[1.0]))
    with pytest.raises(DataError) as caught:
        splits["trian"]

    assert str(caught.value) == (
        'points has no split "trian": did you mean "train"? it has train.'
    )


def test_fitted_columns_become_fields(tmp_path):
    """A table with words and numbers goes from text to standardized, coded fields."""
    rows = "".join(f"{hour},{'UA' if hour % 2 else 'DL'}\n" for hour in range(1, 9))
    (tmp_path / "a.csv").write_text("hour,carrier\n" + rows)
    train = read_csv(tmp_path, "a.csv")
    hour = Standardizer.fit(train, ("hour",))
    carrier = Categories.fit(train, "carrier", size=3, unknown=0)

    def decode(columns):
        return {
            "hour": hour(columns)[:, 0],
            "carrier": tf.cast(columns["carrier"], tf.int32),
        }

    flights = Splits(
        "flights",
        {"train": carrier.encode(train)},
        decode,
        fields={
            "hour": Float((), ("hour",)),
            "carrier": Class(3, columns=("carrier",), computed=True),
        },
        fitted={"hour": hour, "carrier": carrier},
    )
    batches = flights["train"].batches(None, fields=("carrier", "hour"))
    fields = batches.decode({n: tf.constant(a) for n, a in batches.columns.items()})

    assert fields["carrier"].numpy().tolist() == [2, 1] * 4
    np.testing.assert_allclose(fields["hour"].numpy().mean(), 0, atol=1e-6)
    np.testing.assert_allclose(fields["hour"].numpy().std(), 1, atol=1e-6)
    assert flights.fitted_json() == {
        "hour": hour.as_json(),
        "carrier": carrier.as_json(),
    }


def test_fashion_sized_data_loads_in_seconds(tmp_path):
    """60,000 images of 28 by 28 are read, carved and checked within five seconds."""
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, 60_000 * 784), rng.integers(0, 10, 60_000)
    for name, values, sizes in [
        ("images.gz", images, (60_000, 28, 28)),
        ("labels.gz", labels, (60_000,)),
    ]:
        header = struct.pack(f">4B{len(sizes)}I", 0, 0, 8, len(sizes), *sizes)
        content = gzip.compress(header + values.astype(np.uint8).tobytes(), 1)
        (tmp_path / name).write_bytes(content)

    def decode(columns):
        return {
            "image": tf.cast(columns["image"], tf.float32) / 255.0,
            "label": tf.cast(columns["label"], tf.int32),
        }

    start = time.perf_counter()
    train = read_idx(tmp_path, image="images.gz", label="labels.gz")
    valid, train = carve(train, percent=10, by="label", seed=7, name="valid")
    fashion = Splits(
        "fashion",
        {"train": train, "valid": valid},
        decode,
        fields={
            "image": Float((28, 28), ("image",)),
            "label": Class(10, columns=("label",)),
        },
    )
    elapsed = time.perf_counter() - start

    assert (fashion["train"].rows, fashion["valid"].rows) == (54_000, 6_000)
    assert elapsed < 5
