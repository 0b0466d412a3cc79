"""`"package.module:name"`: what an `extern` names, fit to be printed as Python."""

import keyword
import re

from loopc.semantics.context import Context
from loopc.semantics.errors import externs as errors
from loopc.syntax import ast

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)
MAX_DEPTH = 16  # packages within packages


def check_target(context: Context, node: ast.String) -> tuple[str, str] | None:
    """The module and the name in it; None, once said, where one is no identifier."""
    module, colon, member = node.value.partition(":")
    parts = [*module.split("."), member]
    why = ""
    if not colon:
        why = "there is no colon between module and name"
    elif len(parts) > MAX_DEPTH:
        why = f"there are more than {MAX_DEPTH} names"
    elif not all(IDENTIFIER.fullmatch(part) for part in parts):
        why = "these are not all identifiers"
    elif any(keyword.iskeyword(part) for part in parts):
        why = "a keyword of Python is among these"
    elif any(part.startswith("__") for part in parts):
        why = "a name with two underscores in front is Python's own"
    elif parts[0] == "loopc_runtime":
        why = "the runtime is no Python of the program's own"
    if why:
        context.add(errors.bad_target(why, node.span))
        return None
    return module, member
