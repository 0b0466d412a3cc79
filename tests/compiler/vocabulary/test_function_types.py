"""What functions make of dtypes, kinds and shapes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.compiler.vocabulary.rendering import with_defaults

from loopc.vocabulary import functions
from loopc.vocabulary.entry import Mismatch
from loopc.vocabulary.rules import broadcast
from loopc.vocabulary.types import Dtype, TensorType


def kind(text: str, *shape: int, dtype: Dtype = "f32") -> TensorType:
    """Make a value of a kind: `logits`, `probabilities`, `value`, `weak`, `class`."""
    if text == "weak":
        return TensorType(dtype, shape, weak=True)
    if text == "class":
        return TensorType("i32", shape, "class", 5, "x")
    named: Any = text
    return TensorType(dtype, shape, named, stream="x")


def apply(name: str, *operands: TensorType, **options: Any) -> TensorType:
    """Return the type of a function of operands."""
    entry = functions()[name]
    return entry.result(operands, with_defaults(entry, options))


LOGITS, CHANCES = kind("logits", 5), kind("probabilities", 5)
VALUE, LABEL = kind("value", 5), kind("class")
TWO, HALF = kind("weak", dtype="i32"), kind("weak")


@pytest.mark.parametrize(
    ("name", "operands", "result"),
    [
        ("softmax", (LOGITS,), "probabilities"), ("softmax", (VALUE,), "probabilities"),
        ("log_softmax", (VALUE,), "logits"), ("sigmoid", (VALUE,), "probabilities"),
        ("multiply", (LOGITS, HALF), "logits"), ("divide", (LOGITS, TWO), "logits"),
        ("add", (LOGITS, LOGITS), "logits"), ("subtract", (LOGITS, HALF), "logits"),
        ("negate", (LOGITS,), "logits"), ("add", (LOGITS, VALUE), "value"),
        ("multiply", (LOGITS, LOGITS), "value"), ("multiply", (LOGITS, VALUE), "value"),
        ("multiply", (CHANCES, HALF), "value"), ("add", (CHANCES, CHANCES), "value"),
        ("subtract", (HALF, CHANCES), "value"), ("divide", (HALF, LOGITS), "value"),
        ("clip", (CHANCES, HALF, HALF), "probabilities"),
        ("maximum", (CHANCES, HALF), "probabilities"),
        ("stop_gradient", (LOGITS,), "logits"), ("max", (CHANCES,), "value"),
        ("argmax", (CHANCES,), "class"), ("one_hot", (LABEL,), "probabilities"),
        ("straight_through", (CHANCES, CHANCES), "probabilities"),
        ("relu", (LOGITS,), "value"), ("add", (LABEL, TWO), "value"),
    ],
)  # fmt: skip
def test_kinds_follow_what_is_done_to_them(
    name: str, operands: tuple[TensorType, ...], result: str
) -> None:
    """Scaled or shifted logits are logits, a softmax gives probabilities, arithmetic on
    probabilities gives values, an argmax a label."""
    assert apply(name, *operands).kind == result


@pytest.mark.parametrize(
    ("name", "shape", "options", "expected"),
    [
        ("reshape", (2, 5), {"shape": (10,)}, "value"),
        ("reshape", (2, 5), {"shape": (1, 2, 5)}, "logits"),
        ("expand", (5,), {"axis": 0}, "logits"),
        ("expand", (5,), {}, "value"),
        ("transpose", (2, 5), {}, "value"),
    ],
)
def test_logits_end_with_their_axis(
    name: str, shape: tuple[int, ...], options: Any, expected: str
) -> None:
    """Logits that lose their last axis are values; probabilities stay probabilities."""
    assert apply(name, kind("logits", *shape), **options).kind == expected
    assert apply(name, kind("probabilities", *shape), **options).kind == "probabilities"


def test_argmax_knows_its_classes() -> None:
    """The index of the largest of 5 numbers is a label of 5 classes."""
    assert apply("argmax", VALUE) == TensorType("i32", (), "class", 5)


FIRM: tuple[Dtype, ...] = ("f16", "bf16", "f32", "f64", "i32", "i64", "u8")


@pytest.mark.parametrize(
    ("left", "right", "dtype"),
    [
        (kind("value"), kind("weak", dtype="i32"), "f32"),
        (kind("value", dtype="i32"), kind("weak"), "f32"),
        (kind("value", dtype="i32"), kind("weak", dtype="i32"), "i32"),
        (kind("value", dtype="i32"), kind("value"), "f32"),
        (kind("value", dtype="u8"), kind("value", dtype="i32"), "i32"),
        (kind("value", dtype="f16"), kind("value", dtype="bf16"), "f32"),
        (kind("value", dtype="bf16"), kind("weak"), "bf16"),
        (kind("value", dtype="f16"), kind("value", dtype="i64"), "f16"),
        (kind("value", dtype="f64"), kind("value"), "f64"),
    ],
)
def test_integers_become_floats_and_never_back(
    left: TensorType, right: TensorType, dtype: Dtype
) -> None:
    """Operands meet in the wider dtype, floats before integers; literals give way."""
    assert apply("add", left, right).dtype == dtype
    assert apply("add", right, left).dtype == dtype


def test_division_of_integers_is_a_float() -> None:
    """`/` leaves the integers, `//` does not."""
    whole = kind("value", dtype="i32")

    assert apply("divide", whole, whole).dtype == "f32"
    assert apply("floor_divide", whole, whole).dtype == "i32"


def test_truth_counts_under_multiplication_alone() -> None:
    """`sure * loss` is a number; `sure + loss` says how to write it."""
    sure = kind("value", dtype="bool")

    assert apply("multiply", sure, VALUE).dtype == "f32"
    assert apply("sum", kind("value", 4, dtype="bool")) == TensorType("i32")
    for name in ("add", "subtract", "divide", "power", "maximum"):
        with pytest.raises(Mismatch):
            apply(name, sure, VALUE)
    with pytest.raises(Mismatch):
        apply("multiply", sure, sure)


@pytest.mark.parametrize(
    ("name", "operands", "options", "fact"),
    [
        (
            "add",
            (kind("value", 4), kind("value", 5)),
            {},
            "axes of 4 and 5 do not meet",
        ),
        ("matmul", (kind("value", 2, 4), kind("value", 5, 3)), {}, "over 4 and 5"),
        ("matmul", (kind("value"), VALUE), {}, "needs vectors or matrices"),
        ("softmax", (CHANCES,), {}, "softmax twice"),
        ("sigmoid", (CHANCES,), {}, "sigmoid twice"),
        ("softmax", (LABEL,), {}, "is a label"),
        ("sum", (VALUE,), {"axis": 1}, "axis 1 of an example with 1 axis"),
        ("sum", (kind("value", 2, 3),), {"axis": (0, -2)}, "names an axis twice"),
        ("max", (VALUE, VALUE), {"axis": 0}, "two operands and an axis"),
        ("argmax", (kind("value", 2, 3),), {}, "the example has 2 axes"),
        ("argmax", (kind("value"),), {}, "the example has 0 axes"),
        ("reshape", (VALUE,), {"shape": (2, 3)}, "has 5 elements"),
        ("reshape", (VALUE,), {"shape": (-1, -1)}, "the shape [-1, -1]"),
        ("transpose", (kind("value", 2, 3),), {"axes": (0,)}, "1 axes named"),
        ("squeeze", (VALUE,), {"axis": 0}, "axis 0 has length 5, not 1"),
        ("concat", (VALUE, kind("value", 2, 5)), {}, "differ beside axis 0"),
        ("concat", (VALUE, TensorType("f32", (3,))), {}, "and some have not"),
        ("stack", (VALUE, kind("value", 4)), {}, "[5] and [4] differ"),
        ("tile", (VALUE,), {"repeats": (2, 2)}, "for an example with 1 axis"),
        ("take", (kind("value", 3), LABEL), {}, "indexes an axis of 3"),
        ("take", (VALUE, VALUE), {}, "the indices are"),
        ("one_hot", (TensorType("i32"),), {}, "is not known"),
        ("one_hot", (LABEL,), {"depth": 3}, "does not fit into 3"),
        ("equal", (LABEL, TensorType("i32", (), "class", 3)), {}, "is compared with"),
        ("logical_and", (VALUE, VALUE), {}, "not true or false"),
        ("where", (VALUE, VALUE, VALUE), {}, "the condition is"),
        (
            "where",
            (TensorType("bool"), VALUE, TensorType("i32")),
            {},
            "the choices are",
        ),
        ("resize", (VALUE,), {"height": 2, "width": 2}, "an image has 3 axes"),
        ("glu", (VALUE,), {}, "cannot be halved"),
        ("straight_through", (VALUE, kind("value", 4)), {}, "[5] and [4] differ"),
        ("norm", (LABEL,), {}, "is a label"),
    ],
)
def test_what_does_not_fit_is_refused(
    name: str, operands: tuple[TensorType, ...], options: Any, fact: str
) -> None:
    """A function says in one line what does not fit, and what to write."""
    with pytest.raises(Mismatch) as caught:
        apply(name, *operands, **options)

    assert fact in caught.value.fact
    assert caught.value.help


SHAPES = st.lists(st.sampled_from([1, 1, 2, 3]), max_size=4).map(tuple)


@given(SHAPES, SHAPES)
def test_broadcasting_is_numpys(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    """Two shapes meet exactly where NumPy lets them, and in the same shape."""
    import numpy as np

    try:
        expected = np.broadcast_shapes(left, right)
    except ValueError:
        with pytest.raises(Mismatch):
            broadcast([left, right])
        return
    assert broadcast([left, right]) == expected


def test_a_varying_axis_meets_itself_and_one() -> None:
    """A `dim` broadcasts against 1 and against itself, and against nothing else."""
    assert broadcast([("time", 4), (1, 4)]) == ("time", 4)
    assert broadcast([("time", 4), ("time", 1)]) == ("time", 4)
    with pytest.raises(Mismatch):
        broadcast([("time",), (4,)])
