"""Carving: pieces are disjoint, exact in size, proportional, and stable."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedKFold

from loopc_runtime.data.carve import carve, rest_of
from loopc_runtime.data.table import make_table
from loopc_runtime.errors import DataError


def numbered(rows, **columns):
    """A table whose column `row` tells which rows of it a piece holds."""
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    return make_table("a.npz", {"row": np.arange(rows), **arrays})


def rows_of(table):
    return table.column("row").tolist()


def refusal(table, **given):
    with pytest.raises(DataError) as caught:
        carve(table, **{"seed": 0, "name": "valid", **given})
    return str(caught.value)


labels = st.lists(st.integers(0, 4), min_size=1, max_size=120)
seeds = st.integers(0, 2**32)


@settings(deadline=None)
@given(data=st.data(), rows=st.integers(1, 500), seed=seeds)
def test_a_count_is_exact_and_loses_nothing(data, rows, seed):
    """`count` takes so many rows; both pieces keep file order and are all together."""
    count = data.draw(st.integers(1, rows))
    taken, rest = carve(numbered(rows), count=count, seed=seed, name="valid")

    assert taken.rows == count
    assert rows_of(taken) == sorted(rows_of(taken))
    assert rows_of(rest) == sorted(rows_of(rest))
    assert sorted(rows_of(taken) + rows_of(rest)) == list(range(rows))


@settings(deadline=None)
@given(
    percents=st.lists(st.integers(1, 60), min_size=1, max_size=5),
    rows=st.integers(100, 400),
    seed=seeds,
)
def test_percentages_count_the_original_rows(percents, rows, seed):
    """Pieces cut one after another have the size they would have if cut first."""
    if sum(percents) > 100:
        percents = [percents[0]]
    rest = table = numbered(rows)
    pieces = []
    for percent in percents:
        piece, rest = carve(rest, percent=percent, seed=seed, name=f"p{len(pieces)}")
        pieces.append(piece)

    assert [p.rows for p in pieces] == [rows * p // 100 for p in percents]
    assert rest.rows == rows - sum(p.rows for p in pieces)
    assert sorted(r for p in [*pieces, rest] for r in rows_of(p)) == rows_of(table)


@settings(deadline=None)
@given(data=st.data(), classes=labels, seed=seeds)
def test_stratified_pieces_keep_every_share(data, classes, seed):
    """Each class gets its quota rounded down or up, and the total is exact."""
    count = data.draw(st.integers(1, len(classes)))
    table = numbered(len(classes), label=classes)
    taken, rest = carve(table, count=count, by="label", seed=seed, name="valid")
    got, sizes = Counter(taken.column("label").tolist()), Counter(classes)

    assert taken.rows == count
    assert sorted(rows_of(taken) + rows_of(rest)) == list(range(len(classes)))
    for label, size in sizes.items():
        assert abs(got[label] - Fraction(count * size, len(classes))) < 1


def test_largest_remainders_win():
    """Of quotas 3.5, 1.05 and 0.45, the row left over goes to the first."""
    table = numbered(100, label=[0] * 70 + [1] * 21 + [2] * 9)
    taken, _ = carve(table, count=5, by="label", seed=1, name="valid")

    assert Counter(taken.column("label").tolist()) == {0: 4, 1: 1}


def test_strata_may_be_text():
    """Words stratify as well as numbers."""
    table = numbered(6, word=np.array(["a", "b", "a", "b", "a", "b"]))
    taken, _ = carve(table, count=2, by="word", seed=1, name="valid")

    assert sorted(taken.column("word")) == ["a", "b"]


@settings(deadline=None)
@given(rows=st.integers(10, 300), parts=st.integers(2, 10), seed=seeds)
def test_folds_cover_the_table_once(rows, parts, seed):
    """The n folds of one seed are disjoint, cover all rows, and differ by one row."""
    table = numbered(rows)
    folds = [
        carve(table, fold=(i, parts), seed=seed, name="valid")[0] for i in range(parts)
    ]

    assert sorted(row for fold in folds for row in rows_of(fold)) == list(range(rows))
    assert max(f.rows for f in folds) - min(f.rows for f in folds) <= 1


@settings(deadline=None)
@given(classes=st.lists(st.integers(0, 2), min_size=30), seed=seeds)
def test_stratified_folds_are_as_even_as_scikit_learn_makes_them(classes, seed):
    """Per class, no two folds differ by more than one row, and sizes are as even."""
    table = numbered(len(classes), label=classes)
    folds = [
        carve(table, fold=(i, 5), by="label", seed=seed, name="valid")[0]
        for i in range(5)
    ]
    counts = np.array(
        [np.bincount(fold.column("label"), minlength=3) for fold in folds]
    )

    assert (np.ptp(counts, axis=0) <= 1).all()
    assert np.ptp(counts.sum(axis=1)) <= 1
    assert sorted(row for fold in folds for row in rows_of(fold)) == rows_of(table)


def test_stratified_fold_sizes_equal_scikit_learn():
    """On 3 classes the class counts per fold are those of StratifiedKFold, as a set."""
    classes = np.repeat([0, 1, 2], [50, 30, 20])
    folds = [
        carve(numbered(100, label=classes), fold=(i, 5), by="label", seed=3, name="v")
        for i in range(5)
    ]
    ours = {tuple(np.bincount(taken.column("label"))) for taken, _ in folds}
    splitter = StratifiedKFold(5, shuffle=True, random_state=0)
    theirs = {
        tuple(np.bincount(classes[test]))
        for _, test in splitter.split(classes, classes)
    }

    assert ours == theirs == {(10, 6, 4)}


def test_last_takes_the_end_in_order():
    """`last_percent` and `last_count` need no seed and choose nothing at random."""
    by_percent, first = carve(numbered(10), last_percent=25, name="valid")
    by_count, _ = carve(numbered(10), last_count=3, name="valid")

    assert rows_of(by_percent) == [8, 9]
    assert rows_of(first) == list(range(8))
    assert rows_of(by_count) == [7, 8, 9]


def test_seed_and_name_choose_the_rows():
    """The same seed and name choose the same rows; another of either, others."""
    table = numbered(200)
    choices = [
        rows_of(carve(table, count=20, seed=seed, name=name)[0])
        for seed, name in [(1, "valid"), (1, "valid"), (2, "valid"), (1, "test")]
    ]

    assert choices[0] == choices[1]
    assert len({tuple(choice) for choice in choices}) == 3


def test_pieces_of_pieces_know_their_rows_and_places():
    """A piece of a piece holds the right rows and tells their place in the file."""
    half, _ = carve(numbered(100), count=50, seed=0, name="half")
    quarter, rest = carve(half, percent=50, seed=0, name="quarter")

    assert quarter.rows == 25
    assert set(rows_of(quarter)) | set(rows_of(rest)) == set(rows_of(half))
    assert quarter.place(7) == f"row {rows_of(quarter)[7]} of a.npz"


def test_pieces_share_the_memory_of_the_table():
    """Carving copies no values."""
    table = numbered(100)
    taken, rest = carve(table, count=50, seed=0, name="half")

    assert taken.base["row"] is rest.base["row"] is table.base["row"]


def test_the_rest_counts_anew():
    """Percentages of a rest are of the rows it has."""
    _, remaining = carve(numbered(100), percent=50, seed=0, name="half")
    rest = rest_of(remaining, "unlabelled")

    assert rows_of(rest) == rows_of(remaining)
    assert carve(rest, percent=50, seed=0, name="x")[0].rows == 25
    assert carve(remaining, percent=25, seed=0, name="x")[0].rows == 25


def test_no_rest_is_refused():
    """A rest of no rows is no split."""
    _, remaining = carve(numbered(4), count=4, seed=0, name="all")
    with pytest.raises(DataError) as caught:
        rest_of(remaining, "unlabelled")

    assert str(caught.value) == "unlabelled: nothing remains of a.npz."


def test_too_much_is_refused():
    """More rows than are left are told with both numbers."""
    _, rest = carve(numbered(10), percent=60, seed=0, name="test")

    assert refusal(rest, percent=50) == (
        "valid: 50% of 10 rows (5) of a.npz are asked for, but only 4 are left. Take "
        "fewer."
    )
    assert refusal(rest, count=7) == (
        "valid: 7 rows of a.npz are asked for, but only 4 are left. Take fewer."
    )
    assert "only 4 are left" in refusal(rest, last_count=-1)


@pytest.mark.parametrize(
    "size", [{"percent": 1}, {"count": 0}, {"fold": (5, 6)}, {"last_percent": 0.1}]
)
def test_an_empty_piece_is_refused(size):
    """A piece of no rows is an error and not an empty split."""
    assert refusal(numbered(5), **size) == (
        "valid: the piece of a.npz would be empty, since 5 rows are left to take it "
        "from. Take more."
    )


@pytest.mark.parametrize("fold", [(5, 5), (-1, 5), (0, 0)])
def test_a_fold_that_does_not_exist_is_refused(fold):
    """Folds count from 0."""
    assert refusal(numbered(20), fold=fold) == (
        f"fold {fold[0]} of {fold[1]} does not exist: count from 0."
    )


def test_a_column_that_does_not_stratify_is_refused():
    """`by` names a column that exists and holds one label in each row."""
    table = numbered(4, image=np.zeros((4, 2, 2)), label=[0, 0, 1, 1])

    assert refusal(table, count=2, by="lable") == (
        'a.npz has no column "lable": did you mean "label"? it has row, image, label.'
    )
    assert refusal(table, count=2, by="image") == (
        'a.npz: rows are to keep the proportions of column "image", but it holds '
        "arrays of shape [2, 2]. Name a label column."
    )


def test_a_call_needs_one_size_and_a_seed():
    """Neither no size nor two sizes nor a forgotten seed are silently accepted."""
    with pytest.raises(TypeError, match="exactly one"):
        carve(numbered(4), seed=0, name="valid")
    with pytest.raises(TypeError, match="exactly one"):
        carve(numbered(4), count=1, percent=10, seed=0, name="valid")
    with pytest.raises(TypeError, match="needs a seed"):
        carve(numbered(4), count=1, name="valid")


def test_percentages_are_exact_decimals():
    """64.6% of 500 rows are 323, which floats would round down to 322."""
    assert int(64.6 * 500 / 100) == 322
    assert carve(numbered(500), percent=64.6, seed=1, name="valid")[0].rows == 323
