"""A compiler from `.loop` files to TensorFlow training loops.

    result = loopc.compile_source(text, "fashion.loop", {"peak": "3e-4"})
    print(result.script if result.ok else result.render())

Everything but `load` is pure: no files, no printing, no global state, safe in threads.
"""

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from loopc.driver import (
        CheckResult,
        CompileResult,
        FormatResult,
        check_source,
        compile_source,
        format_source,
    )
    from loopc.semantics.imports import Resolver

__all__ = [
    "CheckResult",
    "CompileResult",
    "FormatResult",
    "ProgramError",
    "check_source",
    "compile_source",
    "format_source",
    "load",
]


class ProgramError(ValueError):
    """A program has errors; the message is their rendering, `result` the values."""

    def __init__(self, result: "CompileResult") -> None:
        super().__init__("\n" + result.render())
        self.result = result


def load(
    program: "str | Path", overrides: Mapping[str, str] | None = None
) -> ModuleType:
    """Compile a program and return its script as a module that can train.

    `program` is the text itself, or the Path of a `.loop` file. The module has `Config`
    and `train_and_evaluate(config, workdir, data_dir)`. Needs TensorFlow. Raises
    ProgramError where the program has errors and OSError where the file cannot be read.
    """
    from loopc.driver import compile_source

    text = program if isinstance(program, str) else program.read_bytes().decode()
    name = "<input>" if isinstance(program, str) else str(program)
    result = compile_source(text, name, overrides or {}, imports=_beside(program))
    if result.script is None:
        raise ProgramError(result)
    return _module(result.script, name)


def _beside(program: "str | Path") -> "Resolver":
    """Read imported files below the folder of a program that is a file."""
    from loopc.driver import no_imports

    if isinstance(program, str):
        return no_imports
    folder = program.parent

    def resolve(path: str) -> str | None:
        file = folder / path
        if not file.resolve().is_relative_to(folder.resolve()) or not file.is_file():
            return None
        return file.read_text(encoding="utf-8")

    return resolve


def _module(script: str, name: str) -> ModuleType:
    """Run a script as a module whose lines tracebacks and AutoGraph can show."""
    import linecache

    file = f"<script of {name}>"
    linecache.cache[file] = (len(script), None, script.splitlines(True), file)
    module = ModuleType("loopc_script")
    module.__file__ = file
    exec(compile(script, file, "exec"), module.__dict__)
    return module


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("loopc.driver"), name)
