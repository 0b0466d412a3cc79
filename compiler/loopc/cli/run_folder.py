"""What a run folder keeps of the program: spec.loop, overrides.json and script.py."""

import ast
import json
from collections.abc import Mapping
from dataclasses import field
from difflib import unified_diff
from pathlib import Path

from loopc.cli.failure import Failure, reason
from loopc.cli.files import write_atomically
from loopc.records import dataclass

SHOWN_LINES = 12  # of a difference between two scripts


@dataclass(frozen=True, slots=True)
class Record:
    """The program of a run: its texts, the overrides as given, and the script."""

    spec: str
    overrides: dict[str, str]
    script: str
    imports: Mapping[str, str] = field(default_factory=dict)  # path -> text


def script_path(workdir: Path) -> Path:
    """Return where the script of a run lies."""
    return workdir / "script.py"


def begin(workdir: Path, record: Record) -> None:
    """Write the record; raises Failure if the folder holds another program's run."""
    verify_same_program(workdir, record.script)
    try:
        workdir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"cannot make the folder `{workdir}`: {reason(error)}") from None
    overrides = json.dumps(record.overrides, indent=2) + "\n"
    write_atomically(workdir / "spec.loop", record.spec)
    write_atomically(workdir / "overrides.json", overrides)
    for path, text in record.imports.items():
        (workdir / "imports" / path).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(workdir / "imports" / path, text)
    write_atomically(script_path(workdir), record.script)


def verify_same_program(workdir: Path, script: str) -> None:
    """Raise Failure if the folder has checkpoints of a script that does other things.

    Comments and docstrings do not count. The record of the earlier run stays as it is.
    """
    before = _recorded(workdir)
    if before is None or not _has_checkpoints(workdir) or _same(before, script):
        return
    lines = unified_diff(before.splitlines(), script.splitlines(), lineterm="", n=0)
    changes = [line for line in lines if line[:3] not in ("---", "+++")]
    shown = [line for line in changes if not line.startswith("@@")]
    more = ["..."] if len(shown) > SHOWN_LINES else []
    listed = [f"  {line}" for line in [*shown[:SHOWN_LINES], *more]]
    remedy = (
        "Train into another folder with --workdir, or start anew with --fresh (the old"
        " run is kept beside it)."
    )
    raise Failure(
        f"`{workdir}` holds a run of another program, which this one cannot continue."
        " In its script:",
        details=[*listed, remedy],
    )


def set_aside(workdir: Path) -> Path | None:
    """Rename the folder of an earlier run and return its new name, None without one."""
    if not workdir.exists():
        return None
    number = 1
    while (aside := workdir.with_name(f"{workdir.name}.old-{number}")).exists():
        number += 1
    try:
        workdir.rename(aside)
    except OSError as error:
        raise Failure(f"cannot rename `{workdir}`: {reason(error)}") from None
    return aside


def recorded_overrides(workdir: Path) -> dict[str, str]:
    """Return the overrides that the run was started with; none without a record."""
    path = workdir / "overrides.json"
    try:
        overrides = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Failure(f"cannot read `{path}`: {error}") from None
    if not isinstance(overrides, dict):
        raise Failure(f"cannot read `{path}`: not a JSON object")
    return {str(name): str(value) for name, value in overrides.items()}


def _recorded(workdir: Path) -> str | None:
    try:
        return script_path(workdir).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise Failure(f"cannot read `{script_path(workdir)}`: {error}") from None


def _has_checkpoints(workdir: Path) -> bool:
    """Whether the run, or one of several loops in it, has saved anything."""
    folders = [workdir / "checkpoints", *workdir.glob("*/checkpoints")]
    return any(folder.is_dir() and any(folder.iterdir()) for folder in folders)


def _same(one: str, other: str) -> bool:
    return one == other or _meaning(one) == _meaning(other)


def _meaning(script: str) -> str:
    """Return a script's syntax tree as text, docstrings left out."""
    try:
        tree = ast.parse(script)
    except (SyntaxError, ValueError):
        return script
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and _is_docstring(body[0]):
            del body[0]
    return ast.dump(tree)


def _is_docstring(statement: ast.AST) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
