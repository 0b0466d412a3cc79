"""Separated text: inferred columns, places of bad cells, and badly formed files."""

import csv
import gzip
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loopc_runtime.data.csv_table import CSV_BLOCK_ROWS, read_csv
from loopc_runtime.errors import DataError


def table_of(root, text, **options):
    content = text if isinstance(text, bytes) else text.encode()
    (root / "a.csv").write_bytes(content)
    return read_csv(root, "a.csv", **options)


def refusal(root, text, **options):
    with pytest.raises(DataError) as caught:
        table_of(root, text, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        ("1,-2,30", np.int64, [1, -2, 30]),
        ("1.5,2,-3e2", np.float64, [1.5, 2.0, -300.0]),
        ("1.0,2.0,3.0", np.float64, [1.0, 2.0, 3.0]),
        ("a,b,1", object, ["a", "b", "1"]),
        ("1,,3", object, ["1", "", "3"]),
        ("1,NA,3", object, ["1", "NA", "3"]),
        ("1,nan,3", object, ["1", "nan", "3"]),
        ("1,inf,3", object, ["1", "inf", "3"]),
        ("1,1e999,3", object, ["1", "1e999", "3"]),
        ("1,1_0,3", object, ["1", "1_0", "3"]),
        ("007,010,100", object, ["007", "010", "100"]),
        ("1,9007199254740993,3", object, ["1", "9007199254740993", "3"]),
    ],
)
def test_the_kind_of_a_column_is_that_of_its_cells(tmp_path, cells, kind, values):
    """Integers, numbers, or text where a cell is no number or loses its spelling."""
    table = table_of(tmp_path, "x\n" + "\n".join(f'"{c}"' for c in cells.split(",")))
    column = table.column("x")

    assert column.dtype == kind
    assert column.tolist() == values


def test_text_that_is_numbers_can_be_used_as_numbers(tmp_path):
    """Cells kept as text for their spelling still have a value."""
    table = table_of(tmp_path, "zip\n02134\n10001\n")

    assert table.column("zip").tolist() == ["02134", "10001"]
    assert table.numbers("zip").tolist() == [2134.0, 10001.0]


def test_one_bad_cell_far_down_makes_the_column_text(tmp_path):
    """The kind is that of all rows, and no cell loses its spelling."""
    rows = 2 * CSV_BLOCK_ROWS + 5
    text = "x\n" + "1\n" * (rows - 1) + "?\n"
    table = table_of(tmp_path, text)

    assert table.column("x").tolist() == ["1"] * (rows - 1) + ["?"]


def test_a_bad_cell_is_told_by_line_column_and_content(tmp_path):
    """Using a column with a missing cell as numbers names the first such cell."""
    table = table_of(tmp_path, "id,x\na,1\n\nb,NA\nc,3\nd,\n")
    with pytest.raises(DataError) as caught:
        table.numbers("x")

    assert str(caught.value) == (
        'column "x" holds "NA" at row 1 (line 4) of a.csv, which is not a number '
        "(2 in all). Fill these cells or drop their rows."
    )


def test_an_empty_cell_is_called_so(tmp_path):
    """A missing cell is not shown as a pair of quotes."""
    table = table_of(tmp_path, "x,y\n1,1\n2,2\n ,3\n")
    with pytest.raises(DataError, match=r'"x" holds an empty cell at row 2 \(line 4\)'):
        table.numbers("x")


def test_words_used_as_numbers_suggest_a_category(tmp_path):
    """A column of words says how words are used."""
    table = table_of(tmp_path, "carrier\nUA\nDL\n")
    with pytest.raises(DataError) as caught:
        table.numbers("carrier")

    assert str(caught.value) == (
        'column "carrier" holds "UA" at row 0 (line 2) of a.csv, which is not a '
        'number. To use words, write category(column("carrier"), over: ...).'
    )


def test_lines_count_quoted_line_breaks(tmp_path):
    """A cell that spans lines does not shift the lines of the rows after it."""
    table = table_of(tmp_path, 'x,y\n"a\nb",1\r\nc,2\r\n')

    assert table.column("x").tolist() == ["a\nb", "c"]
    assert [table.place(row) for row in (0, 1)] == [
        "row 0 (line 2) of a.csv",
        "row 1 (line 4) of a.csv",
    ]


def test_separator_header_and_byte_order_mark(tmp_path):
    """Tabs, files without a header and a byte order mark are read."""
    tabs = table_of(tmp_path, b"\xef\xbb\xbfa\tb\n1\t2\n", separator="\t")
    bare = table_of(tmp_path, "1,x\n2,y\n", header=False)

    assert list(tabs.columns) == ["a", "b"]
    assert {n: c.tolist() for n, c in bare.columns.items()} == {
        "column_1": [1, 2],
        "column_2": ["x", "y"],
    }
    assert bare.place(1) == "row 1 (line 2) of a.csv"


def test_gzip_is_read(tmp_path):
    """A compressed file needs no other name."""
    table = table_of(tmp_path, gzip.compress(b"x\n1\n"))

    assert table.column("x").tolist() == [1]


def test_a_header_alone_has_no_rows(tmp_path):
    """A file without records is a table of no rows, refused where it is used."""
    assert table_of(tmp_path, "x,y\n").rows == 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a.csv is empty."),
        ("\n\n", "a.csv is empty."),
        ("x,y,x\n", 'a.csv names the column "x" twice: rename one.'),
        (
            "x,y\n1,2\n\n3\n",
            "a.csv, line 4, has 1 cells where there are 2 columns: a cell is missing, "
            "or holds the separator without quotes.",
        ),
        (
            'x\n1\n"2\n3\n',
            "a.csv is badly formed in the record that begins on line 3: unexpected end "
            "of data.",
        ),
        (
            'x\n"a"b\n',
            "a.csv is badly formed in the record that begins on line 2: ',' expected "
            "after '\"'.",
        ),
        (
            b"x\nM\xfcnchen\n",
            "a.csv is not UTF-8 text at line 2: save it in that encoding.",
        ),
        (b"x\n\0\n", "a.csv holds zero bytes: it is not a text file."),
    ],
)
def test_badly_formed_files_are_refused(tmp_path, text, reason):
    """Each way a text file can be wrong is one sentence that names the line."""
    assert refusal(tmp_path, text) == reason


def test_an_endless_cell_is_refused(tmp_path):
    """A cell beyond the csv module's limit is told by its line."""
    assert refusal(tmp_path, "x\n1\n" + "a" * 200_000).startswith(
        "a.csv is badly formed in the record that begins on line 3: field larger"
    )


cell_texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8
)


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(st.tuples(cell_texts, st.integers(-(2**52), 2**52)), min_size=1),
    dialect=st.sampled_from(["excel", "unix"]),
)
def test_what_the_csv_module_writes_is_read_back(tmp_path_factory, rows, dialect):
    """Any text and any integer survive the way through a file."""
    root = tmp_path_factory.mktemp("csv")
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, dialect, quoting=csv.QUOTE_ALL)
    writer.writerows([("word", "number"), *((f"w{w}", n) for w, n in rows)])
    table = table_of(root, stream.getvalue())

    assert table.column("word").tolist() == [f"w{word}" for word, _ in rows]
    assert table.column("number").tolist() == [number for _, number in rows]
    assert table.column("number").dtype == np.int64
