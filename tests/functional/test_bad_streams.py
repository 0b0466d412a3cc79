"""Data that a program's text, windows, words or streams do not fit: one sentence each.

All of it is found before anything is written.
"""

import struct
from pathlib import Path

import pytest

import loopc
from loopc_runtime.errors import DataError

TEXT = """
data d {{
  all = characters("a.txt", alphabet: 5)
  valid = last({last}) of all
  train = rest of all
  field x: class(5)[4] = windows(column("text"), 4, stride: 1)
}}
model net(x: class(5)[3]) -> logits[5] = x |> embedding(5, 2) |> flatten |> dense(5)
train for 1 epochs {{
  step (x) from d.train batch {batch} {{
    {draw}
    loss = cross_entropy(x[3], net(x[:3]))
    update net to minimize loss using sgd(0.1)
    report loss
  }}
  eval valid (x) from d.valid batch {evaluated} at end {{
    report loss = cross_entropy(x[3], net(x[:3]))
  }}
}}
"""
ROWS = """
dim time in 1 .. 3

data d {
  train = csv("a.csv")
  test = csv("b.csv")
  field t: class(3)[time] = words("w.vocab", column("t"))
  field y: class(2)
}
model net(t: class(3)[time]) -> logits[2] =
  gru(2)(embedding(3, 2)(t), mask: mask(t)) |> dense(2)
train for 1 epochs {
  step (t, y) from d.train batch 2 {
    loss = cross_entropy(y, net(t))
    update net to minimize loss using sgd(0.1)
    report loss
  }
  eval test (t, y) from d.test batch all at end {
    report loss = cross_entropy(y, net(t))
  }
}
"""
IMAGES = """
data d {
  train = idx(image: "i.idx", label: "l.idx")
  field image: f32[2, 2] = column("image") / 255
  field label: class(3)
}
model net(image: f32[2, 2]) -> logits[3] = image |> flatten |> dense(3)
train for 1 epochs {
  step (image, label) from d.train batch 2 {
    loss = cross_entropy(label, net(image))
    update net to minimize loss using sgd(0.1)
    report loss
  }
}
"""
GIVEN = {"last": "10", "batch": "4", "evaluated": "all", "draw": ""}
LETTERS = "abcde" * 10


def refusal(program: str, tmp_path: Path) -> str:
    """Return what a run is refused with; nothing was written for it."""
    script = loopc.load(program)
    with pytest.raises(DataError) as refused:
        script.train_and_evaluate(script.Config(), tmp_path / "run", tmp_path)
    assert not (tmp_path / "run").exists()
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "given", "message"),
    [
        ("", {}, "a.txt is empty"),
        ("abcdef" * 9, {}, "6 different characters, but the alphabet has room for 5"),
        (LETTERS, {"last": "3"}, "d.valid has 3 rows of a.txt, fewer than one window"),
        (LETTERS, {"last": "48"}, "d.train has 2 rows of a.txt, fewer than one window"),
        (LETTERS, {"last": "90"}, "90 rows of a.txt are asked for, but only 50 are"),
        (LETTERS, {"last": "50"}, "train: nothing remains of a.txt"),
        (LETTERS, {"batch": "38 drop"}, "batch of 38 is larger than the split, which"),
        (LETTERS, {"batch": "38 contiguous"}, "d.train: a batch of 38 is larger than"),
        (LETTERS, {"evaluated": "8"}, "d.valid: a batch of 8 is larger than the split"),
        (
            LETTERS,
            {"draw": "draw (_z = x) from d.valid batch 8"},
            "d.valid: a batch of 8 is larger than the split",
        ),
    ],
)
def test_text_that_does_not_fit(
    text: str, given: dict[str, str], message: str, tmp_path: Path
) -> None:
    """Empty and short texts, alphabets, splits and batches are told in numbers."""
    (tmp_path / "a.txt").write_text(text)
    assert message in refusal(TEXT.format(**{**GIVEN, **given}), tmp_path)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"b.csv": None}, 'has no file "b.csv": did you mean "a.csv"?'),
        ({"b.csv": "t\na b\n"}, 'b.csv has no column "y"'),
        ({"b.csv": "t,y\n"}, "d.test is empty: b.csv gives it no rows"),
        ({"b.csv": "t,y\na,2\n"}, "label 2 is outside class(2)"),
        ({"a.csv": "t,y\na b a b,1\na,0\n"}, '"t" has 4 words at row 0'),
        ({"a.csv": "t,y\na z,1\na,0\n"}, 'holds "z" at row 0 (line 2) of a.csv'),
        ({"w.vocab": "a\nb\nc\nd\n"}, "w.vocab has 4 words, but class(3)"),
        ({"w.vocab": "a\na\n"}, 'w.vocab holds "a" twice'),
    ],
)
def test_several_files_that_do_not_fit(
    files: dict[str, str | None], message: str, tmp_path: Path
) -> None:
    """Each file of a block is checked, with the row or line at fault."""
    sound = {"a.csv": "t,y\na b,1\nb,0\n", "b.csv": "t,y\na,1\n", "w.vocab": "a\nb\n"}
    for name, content in {**sound, **files}.items():
        if content is not None:
            (tmp_path / name).write_text(content)
    assert message in refusal(ROWS, tmp_path)


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (3, 2, "columns need the same number of rows (first axis)"),
        (0, 0, "d.train is empty"),
        (1, 1, "d.train: a batch of 2 is larger than the split, which has 1 rows"),
    ],
)
def test_idx_files_that_do_not_fit(
    images: int, labels: int, message: str, tmp_path: Path
) -> None:
    """Images and labels of different number, none at all, and fewer than a batch."""
    head = struct.pack(">BBBBIII", 0, 0, 8, 3, images, 2, 2)
    (tmp_path / "i.idx").write_bytes(head + bytes(4 * images))
    head = struct.pack(">BBBBI", 0, 0, 8, 1, labels)
    (tmp_path / "l.idx").write_bytes(head + bytes(labels))
    assert message in refusal(IMAGES, tmp_path)
