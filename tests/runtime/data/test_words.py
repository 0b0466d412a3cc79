"""Words: vocabularies that are read or fitted, and rows of different lengths."""

import numpy as np
import pytest

from loopc_runtime.data.table import make_table
from loopc_runtime.data.words import Vocabulary
from loopc_runtime.errors import DataError


def texts(*rows):
    return make_table("a.csv", {"said": np.array(rows, object)})


def vocabulary(tmp_path, lines, **options):
    (tmp_path / "said.vocab").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Vocabulary.read(tmp_path, "said.vocab", "said", **options)


def encoded(words, table, shortest=1, longest=3):
    return words.encode(table, shortest=shortest, longest=longest).column("said")


def test_words_have_the_codes_of_their_lines(tmp_path):
    """Codes count the lines of the file from 0, and -1 stands behind the last word."""
    words = vocabulary(tmp_path, ["<s>", "oh", "no"], size=3)

    found = encoded(words, texts("<s> oh  no", "no")).tolist()
    assert found == [
        [0, 1, 2],
        [2, -1, -1],
    ]


def test_unknown_words_have_their_code(tmp_path):
    """A word that is not in the file gets the unknown code, which a word may have."""
    words = vocabulary(tmp_path, ["<unk>", "oh"], size=3, unknown=0)

    assert encoded(words, texts("oh dear")).tolist() == [[1, 0, -1]]


def test_frequent_words_come_first():
    """A fitted vocabulary ranks by count, then alphabet; unknown has its own code."""
    table = texts("b a b", "c b a")
    fitted = Vocabulary.fit(table, "said", size=3)
    short = Vocabulary.fit(table, "said", size=3, unknown=0)

    assert encoded(fitted, table).tolist() == [[0, 1, 0], [2, 0, 1]]
    assert encoded(short, table).tolist() == [[1, 2, 1], [0, 1, 2]]


def test_numbers_are_words():
    """A column that reads as integers is text as it was written."""
    table = make_table("a.csv", {"said": np.array([7, 12])})

    assert encoded(
        Vocabulary.fit(table, "said", size=2), table, longest=1
    ).tolist() == [
        [1],
        [0],
    ]


@pytest.mark.parametrize(
    ("lines", "options", "fact"),
    [
        (["a", "b", "c"], {"size": 2}, "has 3 words, but class(2) has 2 codes"),
        (["a", "b", "a"], {"size": 9}, 'holds "a" twice, on lines 1 and 3'),
        (["a", "b c"], {"size": 9}, 'line 2: "b c" is not one word'),
        (["a", ""], {"size": 9}, 'line 2: "" is not one word'),
    ],
)
def test_bad_vocabularies_are_refused(tmp_path, lines, options, fact):
    """The message names the line and the word."""
    with pytest.raises(DataError) as caught:
        vocabulary(tmp_path, lines, **options)

    assert fact in str(caught.value)


def test_words_without_a_code_are_told_with_their_row():
    """A word of another split that was never fitted is an error without `unknown`."""
    words = Vocabulary.fit(texts("a b"), "said", size=2)
    with pytest.raises(DataError) as caught:
        encoded(words, texts("a", "a c"))

    assert str(caught.value) == (
        'column "said" holds "c" at row 1 of a.csv, which is not in the vocabulary. '
        "Name a code for such words: words(..., unknown: 0)."
    )


@pytest.mark.parametrize(("row", "count"), [("a a a a", 4), ("", 0)])
def test_rows_of_other_lengths_are_told(row, count):
    """Too many and too few words are errors: nothing is cut off silently."""
    words = Vocabulary.fit(texts("a"), "said", size=2)
    with pytest.raises(DataError) as caught:
        encoded(words, texts("a", row))

    assert str(caught.value) == (
        f'column "said" has {count} words at row 1 of a.csv, where 1 to 3 are '
        "declared. Change the axis, or leave the row out."
    )


def test_too_many_words_without_a_code_for_the_rest_are_refused():
    """A fitted vocabulary that has no room says how large it would be."""
    with pytest.raises(DataError, match=r"Declare class\(3\), or name a code"):
        Vocabulary.fit(texts("a b c"), "said", size=2)
