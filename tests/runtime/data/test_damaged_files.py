"""Damaged files: whatever bytes a file holds, reading ends in a table or a sentence."""

import gzip
import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from loopc_runtime.data.csv_table import read_csv
from loopc_runtime.data.idx import read_idx
from loopc_runtime.data.npz import read_npz
from loopc_runtime.data.text import Alphabet, read_characters
from loopc_runtime.data.words import Vocabulary
from loopc_runtime.errors import DataError

ROUNDS = 250
LONGEST_MESSAGE = 600
NUMBERS = [0, 1, 10**6, 2**31 - 1, 2**31, 2**32 - 1]


def archive(save: Callable[..., None]) -> bytes:
    """Return an .npz file of numbers, integers and text."""
    content = io.BytesIO()
    x, y = np.linspace(0, 1, 18).reshape(6, 3), np.arange(6)
    save(content, x=x, y=y, t=np.array(["a", "bb", "c", "d", "e", "f"]))
    return content.getvalue()


IDX = struct.pack(">BBBBIII", 0, 0, 8, 3, 4, 2, 2) + bytes(range(16))
CSV = 'a,b,"c d"\n1,2.5,x\n3,,"y ""z"\n-4,1e3,ü\n'.encode()
KINDS = {
    "npz": (archive(np.savez), lambda root, f: read_npz(root, f)),
    "compressed": (archive(np.savez_compressed), lambda root, f: read_npz(root, f)),
    "idx": (IDX, lambda root, f: read_idx(root, image=f)),
    "idx.gz": (gzip.compress(IDX), lambda root, f: read_idx(root, image=f)),
    "csv": (CSV, lambda root, f: read_csv(root, f)),
    "csv.gz": (gzip.compress(CSV), lambda root, f: read_csv(root, f)),
    "text": (
        "To be, or nöt to be\nthat".encode(),
        lambda root, f: Alphabet.fit([read_characters(root, f)], size=30),
    ),
    "vocabulary": (
        b"alpha\nbeta\ngamma\n",
        lambda root, f: Vocabulary.read(root, f, "c", size=5),
    ),
}


def damaged(content: bytes, random: np.random.Generator) -> bytes:
    """Return the bytes cut, flipped, overwritten, shortened or lengthened."""
    changed, kind = bytearray(content), random.integers(0, 6)
    place = int(random.integers(len(changed)))
    if kind == 0:
        return content[:place]
    if kind == 1:
        changed[place] ^= 1 << int(random.integers(8))
    elif kind == 2:
        changed[place] = int(random.choice([0, 255, 10, 13, 34, 44, 128]))
    elif kind == 3:
        del changed[place : place + int(random.integers(1, 30))]
    elif kind == 4:
        changed[place:place] = random.bytes(int(random.integers(1, 9)))
    else:
        changed[place : place + 4] = struct.pack(">I", random.choice(NUMBERS))
    return bytes(changed)


@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_told_in_a_sentence(kind: str, tmp_path: Path) -> None:
    """Bytes that are wrong anywhere give a DataError, or values; never a traceback.

    The message is short, and quotes no bytes that a terminal would stumble over.
    """
    content, read = KINDS[kind]
    random, path = np.random.default_rng(7), tmp_path / "file"
    messages = []
    for _ in range(ROUNDS):
        path.write_bytes(damaged(content, random))
        try:
            read(tmp_path, "file")
        except DataError as error:
            messages.append(str(error))
    assert len(messages) > ROUNDS // 10
    assert all(len(m) < LONGEST_MESSAGE and "\0" not in m for m in messages)
