"""Reading programs and writing results; each way to fail has its sentence."""

import codecs
import os
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from loopc.cli.failure import Failure, reason
from loopc.diagnostics.model import Diagnostic, Label
from loopc.diagnostics.render.finding import Finding
from loopc.diagnostics.sources import Sources
from loopc.source import Source, Span

if TYPE_CHECKING:
    from pathlib import Path

# One code point more than the 1 MiB that a program may have; the parser says so.
MAX_BYTES = (1 << 20) + 4
STDIN = "-"


def read_program(path: str, stdin_filename: str | None) -> Source | Finding:
    """Return the text of a program, or what is wrong with its bytes.

    `-` is standard input, called `stdin_filename` in diagnostics. Raises Failure where
    there is nothing to read.
    """
    if path == STDIN:
        data = sys.stdin.buffer.read(MAX_BYTES)
        return decode(data, stdin_filename or "<stdin>")
    return decode(_read(path), path)


def decode(data: bytes, name: str) -> Source | Finding:
    """Return the text of these bytes, or where they stop being UTF-8.

    A longer text than a program may have can end within a character.
    """
    try:
        text, _ = codecs.utf_8_decode(data, "strict", len(data) < MAX_BYTES)
        return Source(text, name)
    except UnicodeDecodeError as error:
        fact = f"byte 0x{data[error.start]:02x} at offset {error.start}"
        source = Source(data.decode(errors="replace"), name)
        before = len(data[: error.start].decode("utf-8"))
        return _defect("E190", source, before, fact)


def _defect(code: str, source: Source, offset: int, fact: str) -> Finding:
    from loopc.diagnostics.catalog import catalog

    entry = catalog()[code]
    diagnostic = Diagnostic(
        code=code,
        slug=entry.slug,
        severity=entry.severity,
        title=entry.title,
        labels=(Label(Span(offset, min(offset + 1, len(source.text))), fact),),
    )
    return Finding(diagnostic, Sources((source,)))


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(MAX_BYTES)
    except FileNotFoundError:
        raise Failure(f"there is no file `{path}`{_nearby(path)}", 2) from None
    except IsADirectoryError:
        raise Failure(f"`{path}` is a folder; name a .loop file in it", 2) from None
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise Failure(f"cannot read `{path}`: {why}", 2) from None


def _nearby(path: str) -> str:
    """Suggest a file of that folder whose name is close to the missing one."""
    from difflib import get_close_matches

    folder, name = os.path.split(path)
    with suppress(OSError, ValueError):
        names = [n for n in os.listdir(folder or ".") if n.endswith(".loop")]
        for near in get_close_matches(name, names, n=1):
            return f"; did you mean `{os.path.join(folder, near)}`?"
    return ""


def imports_beside(spec: str) -> Callable[[str], str | None]:
    """Return what reads a file by its path below the folder of a program."""

    def resolve(path: str) -> str | None:
        from loopc.cli.imports import read_import

        return read_import(spec, path)

    return resolve


def write_atomically(path: "Path", text: str) -> None:
    """Replace a file, or leave it as it was: never a part of the text, even on a crash.

    Keeps the permissions of the file it replaces; a symbolic link is replaced, not
    followed. Raises Failure where the file cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    try:
        descriptor = os.open(temporary, flags, 0o666)
        try:
            _fill(descriptor, path, text)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise Failure(f"cannot write `{path}`: {reason(error)}") from None


def _fill(descriptor: int, path: "Path", text: str) -> None:
    with open(descriptor, "w", encoding="utf-8", newline="") as file:
        with suppress(FileNotFoundError):
            before = os.lstat(path)
            if stat.S_ISREG(before.st_mode):
                os.fchmod(descriptor, stat.S_IMODE(before.st_mode))
        file.write(text)
        file.flush()
        os.fsync(descriptor)
