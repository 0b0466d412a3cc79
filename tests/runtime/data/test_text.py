"""Text: characters of files, coded by one alphabet."""

import numpy as np
import pytest

from loopc_runtime.data.text import Alphabet, read_characters
from loopc_runtime.errors import DataError


def read(tmp_path, content, name="a.txt"):
    (tmp_path / name).write_bytes(content)
    return read_characters(tmp_path, name)


def test_each_character_is_a_row(tmp_path):
    """Characters beyond ASCII are one row, and a line ends with one however spelled."""
    table = read(tmp_path, "añ\r\n😀\n".encode())

    assert [chr(point) for point in table.column("text")] == [
        "a",
        "ñ",
        "\n",
        "😀",
        "\n",
    ]


def test_codes_follow_the_order_of_code_points(tmp_path):
    """The alphabet is sorted, so that codes do not depend on the order of the text."""
    table = read(tmp_path, b"banana")
    alphabet = Alphabet.fit([table], size=3)

    assert alphabet.as_json() == {"size": 3, "characters": "abn"}
    assert alphabet.encode(table).column("text").tolist() == [1, 0, 2, 0, 2, 0]
    assert alphabet.encode(table).column("text").dtype == np.uint8


def test_texts_share_an_alphabet(tmp_path):
    """The characters of all files are collected; pieces of a file are coded alike."""
    first, second = read(tmp_path, b"abc"), read(tmp_path, b"cd", "b.txt")
    alphabet = Alphabet.fit([first, second], size=10)

    assert alphabet.encode(second).column("text").tolist() == [2, 3]


def test_too_many_characters_name_the_rare_ones(tmp_path):
    """The message says how large the alphabet is, and what could be left out."""
    table = read(tmp_path, b"aaaabbbz")
    with pytest.raises(DataError) as caught:
        Alphabet.fit([table], size=2)

    assert str(caught.value) == (
        "a.txt: there are 3 different characters, but the alphabet has room for 2. "
        "Write alphabet: 3, or take out characters that you do not need, such as 'z' "
        "(once)."
    )


@pytest.mark.parametrize(
    ("content", "fact"),
    [(b"", "is empty"), (b"\xff\xfe", "is not UTF-8"), (b"a\0b", "zero bytes")],
)
def test_what_is_no_text_is_refused(tmp_path, content, fact):
    """Empty files, other encodings and binary files are told apart."""
    with pytest.raises(DataError, match=fact):
        read(tmp_path, content)
