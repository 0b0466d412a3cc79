"""Reading programs and writing results, and the sentence for each way to fail."""

import errno
import os
import stat
from pathlib import Path

import pytest

from loopc.cli.failure import Failure
from loopc.cli.files import MAX_BYTES, decode, read_program, write_atomically
from loopc.diagnostics.render.finding import Finding
from loopc.source import Source


def test_text_is_read_as_it_is(tmp_path: Path) -> None:
    """No line end is translated and no character dropped."""
    path = tmp_path / "a.loop"
    path.write_bytes("é\r\n😀\n".encode())

    assert read_program(str(path), None) == Source("é\r\n😀\n", str(path))


def test_byte_that_is_not_utf8_is_pointed_at() -> None:
    """One diagnostic names the byte, its offset and its place in the text."""
    found = decode("é\nab".encode() + b"\xff\x00\xfe", "a.loop")

    assert isinstance(found, Finding)
    assert found.diagnostic.code == "E190"
    assert found.diagnostic.labels[0].text == "byte 0xff at offset 5"
    assert found.place.source.position(found.place.span.start).line == 2
    assert found.place.source.position(found.place.span.start).column == 3


def test_endless_file_is_read_to_the_limit() -> None:
    """Neither memory nor time is spent on what is too large to be a program."""
    found = read_program("/dev/zero", None)

    assert isinstance(found, Source)
    assert len(found.text) == MAX_BYTES


def test_text_cut_at_the_limit_is_no_decoding_error() -> None:
    """A long text may be cut within a character, and is still a text."""
    found = decode("😀".encode() * MAX_BYTES, "a.loop")
    cut = decode(b"a" + ("😀".encode() * MAX_BYTES)[: MAX_BYTES - 1], "a.loop")

    assert isinstance(found, Source)
    assert isinstance(cut, Source)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("fashon.loop", "there is no file `{}/fashon.loop`; did you mean `{}/fashion"),
        ("none.txt", "there is no file `{}/none.txt`"),
        (".", "`{}/.` is a folder; name a .loop file in it"),
        ("a\0b", "cannot read `{}/a\0b`: embedded null byte"),
    ],
)
def test_unreadable_program_has_a_sentence(
    tmp_path: Path, name: str, sentence: str
) -> None:
    """What is wrong with the path is said, and it is an error of usage."""
    (tmp_path / "fashion.loop").touch()

    with pytest.raises(Failure) as failure:
        read_program(f"{tmp_path}/{name}", None)

    assert str(failure.value).startswith(sentence.replace("{}", str(tmp_path)))
    assert failure.value.code == 2


def test_writing_replaces_the_whole_file_and_keeps_its_mode(tmp_path: Path) -> None:
    """The new text, the old permissions, and nothing else in the folder."""
    path = tmp_path / "a.py"
    path.write_text("a long text that was here before")
    path.chmod(0o640)

    write_atomically(path, "é\r\n")

    assert path.read_bytes() == "é\r\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["a.py"]


def test_writing_replaces_a_link_and_not_what_it_points_to(tmp_path: Path) -> None:
    """A link cannot lead the output to a file elsewhere."""
    (tmp_path / "secret").write_text("kept")
    (tmp_path / "a.py").symlink_to(tmp_path / "secret")

    write_atomically(tmp_path / "a.py", "new")

    assert (tmp_path / "secret").read_text() == "kept"
    assert not (tmp_path / "a.py").is_symlink()


def test_full_disk_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that fails half-way changes nothing and leaves nothing behind."""
    path = tmp_path / "a.py"
    path.write_text("old")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        Failure, match=r"cannot write `.*a.py`: no space left on device"
    ):
        write_atomically(path, "new")

    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.py"]


def test_missing_folder_has_a_sentence(tmp_path: Path) -> None:
    """The path that cannot be written is named."""
    with pytest.raises(Failure, match=r"cannot write `.*b.py`: no such file or dir"):
        write_atomically(tmp_path / "a" / "b.py", "new")
