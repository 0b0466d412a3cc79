"""Reading the files that a program imports: text below its folder, and nothing else."""

from pathlib import Path, PurePosixPath

from loopc.cli.failure import reason
from loopc.cli.files import MAX_BYTES, STDIN
from loopc.diagnostics.sources import Sources
from loopc.semantics.imports import UnreadableImport


def read_import(spec: str, path: str) -> str | None:
    """Read a file by its path below the folder of a program; None: there is none.

    Raises UnreadableImport where there is one that imports may not read.
    """
    root = Path(".") if spec == STDIN else Path(spec).parent
    try:
        return _text(root.resolve(), root / path)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else "no UTF-8 text"
        raise UnreadableImport(why) from None


def imported_texts(sources: Sources) -> dict[str, str]:
    """Return the texts that a program imports, by path below its folder."""
    folder = PurePosixPath(sources.program.name).parent
    files = (s for s in sources.texts[1:] if not s.name.startswith("--set "))
    return {PurePosixPath(s.name).relative_to(folder).as_posix(): s.text for s in files}


def _text(root: Path, path: Path) -> str:
    """Read a regular file below `root`, links followed before that is judged."""
    real = path.resolve(strict=True)
    if not real.is_relative_to(root):
        raise UnreadableImport("a link leads outside of the program's folder")
    if not real.is_file():
        raise UnreadableImport("it is no regular file")
    if real.stat().st_size > MAX_BYTES:
        raise UnreadableImport("it is larger than a program may be")
    return real.read_bytes().decode("utf-8")
