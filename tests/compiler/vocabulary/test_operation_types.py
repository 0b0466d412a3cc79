"""Functions of order, matrices, spectra and segments type their results, or say why."""

from typing import Any

import pytest
from tests.compiler.vocabulary.rendering import with_defaults

from loopc.vocabulary import functions
from loopc.vocabulary.entry import Mismatch
from loopc.vocabulary.types import TensorType


def each(*shape: int, dtype: Any = "f32") -> TensorType:
    """Return a value of each example."""
    return TensorType(dtype, shape, stream="data.train")


LABELS = TensorType("i32", (6,), "class", 3, stream="data.train")
PLACES = TensorType("i32", (2,), "class", 9, stream="data.train")


def apply(name: str, *operands: TensorType, **options: Any) -> TensorType:
    """Type a call with its defaults filled in."""
    entry = functions()[name]
    return entry.result(operands, with_defaults(entry, options))


def test_places_are_labels_of_the_axis() -> None:
    """What picks elements counts as a label of that many classes."""
    for name, options in (("argsort", {"axis": 1}), ("top_k_indices", {"k": 2})):
        typed = apply(name, each(3, 5), **options)
        assert (typed.kind, typed.classes) == ("class", 5)
    binned = apply("digitize", each(4), bins=(0.0, 1.0))
    assert (binned.kind, binned.classes, binned.shape) == ("class", 3, (4,))


def test_groups_are_as_many_as_the_labels_have_classes() -> None:
    """`segment_sum` knows its count from the labels, unless it is written."""
    assert apply("segment_sum", each(6, 2), LABELS).shape == (3, 2)
    assert apply("segment_sum", each(6, 2), LABELS, count=4).shape == (4, 2)


@pytest.mark.parametrize(
    ("name", "operands", "options", "fact"),
    [
        ("top_k", (each(5),), {"k": 6}, "the 6 largest of 5"),
        ("top_k", (each(),), {"k": 1}, "is a single number"),
        ("argsort", (each(2, 3),), {}, "the example has 2 axes"),
        ("quantile", (each(4, dtype="i32"),), {"share": 0.5}, "not a float"),
        ("take_along", (each(3), each(3)), {}, "the places are"),
        ("take_along", (each(5, 3), PLACES), {}, "is indexed by places of [2]"),
        ("take_along", (each(3), PLACES), {}, "indexes an axis of 3"),
        ("digitize", (each(3),), {"bins": (1.0, 0.0)}, "the bounds [1.0, 0.0]"),
        ("einsum", (each(3),), {"equation": "i"}, "the equation is `i`"),
        ("einsum", (each(3),), {"equation": "...->i"}, "the equation is"),
        ("einsum", (each(3),), {"equation": "i->ii"}, "names an axis twice"),
        ("einsum", (each(3),), {"equation": "i,j->i"}, "has 2 operands, the list 1"),
        ("einsum", (each(3),), {"equation": "ij->i"}, "`ij` names 2 axes of"),
        ("einsum", (each(3), each(4)), {"equation": "i,i->i"}, "is 3 and 4 long"),
        ("outer", (each(3), each(2, 2)), {}, "needs vectors"),
        ("trace", (each(3),), {}, "a matrix has 2 axes"),
        ("inverse", (each(3, 4),), {}, "[3, 4] is not square"),
        ("solve", (each(3, 3), each(3)), {}, "do not meet"),
        ("cholesky", (each(3, 3, dtype="bf16"),), {}, "has too few digits"),
        ("diag", (each(),), {}, "is a single number"),
        ("rfft", (each(),), {}, "is a single number"),
        ("irfft", (each(5, 3),), {}, "no last axis of real and imaginary"),
        ("irfft", (each(1, 2),), {}, "one frequency is no signal"),
        ("segment_sum", (each(6), each(6)), {}, "the labels are"),
        ("segment_sum", (each(5), LABELS), {}, "[5] and [6] do not meet"),
        ("segment_sum", (each(6), each(6, dtype="i32")), {}, "is not known"),
        ("segment_sum", (each(6), LABELS), {"count": 2}, "does not fit into 2"),
        ("segment_sum", (TensorType("f32", (6,)), LABELS), {}, "the other has not"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(
    name: str, operands: tuple[TensorType, ...], options: Any, fact: str
) -> None:
    """A function says in one line what does not fit, and what to write."""
    with pytest.raises(Mismatch) as caught:
        apply(name, *operands, **options)

    assert fact in caught.value.fact
    assert caught.value.help
