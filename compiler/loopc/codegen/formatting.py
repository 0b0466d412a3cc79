"""Rendering and formatting: Jinja prints, `ast` proves, black lays out."""

import ast
from threading import RLock

import black
from black.mode import TargetVersion
from jinja2 import Environment, PackageLoader, StrictUndefined

from loopc.diagnostics.model import CompilerBug

# Python 3.11 builds syntax trees with a counter that all threads share: two at a time
# end in a SystemError. Code generation, which parses what it prints, holds this.
PYTHON_PARSER = RLock()


def environment() -> Environment:
    return Environment(
        loader=PackageLoader("loopc.codegen"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,
    )


def format_python(text: str) -> str:
    """Black's layout of `text`. Raises CompilerBug where it is not Python."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        numbered = "\n".join(
            f"{i:4} {line}" for i, line in enumerate(text.splitlines(), start=1)
        )
        raise CompilerBug(f"the script is not Python: {error}\n{numbered}") from error
    mode = black.Mode(target_versions={TargetVersion.PY311})
    return black.format_str(text, mode=mode)
