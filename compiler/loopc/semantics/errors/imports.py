"""E224 to E226, E331 and W619: imports of other files."""

from collections.abc import Sequence

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error, listed, warning
from loopc.source import Span


def unreadable(path: str, reason: str, span: Span) -> Diagnostic:
    title = f"`{path}` is not imported"
    help = "paths count from the folder of the file that imports"
    return error("E224", "import-not-found", title, [Label(span, reason)], help)


def too_many(limit: int, span: Span) -> Diagnostic:
    title = f"a program imports at most {limit} files"
    help = "put declarations that belong together into one file"
    return error("E224", "import-not-found", title, span, help)


def lacks_name(
    path: str, name: str, span: Span, guess: str | None, known: Sequence[str]
) -> Diagnostic:
    title = f"`{path}` declares no `{name}`"
    if guess is not None:
        help = f"did you mean `{guess}`?"
    else:
        help = f"it declares {listed(known)}" if known else "it declares nothing"
    return error("E225", "import-lacks-name", title, span, help)


def circular(circle: Sequence[str], span: Span) -> Diagnostic:
    title = "files import each other in a circle"
    labels = [Label(span, " -> ".join(circle))]
    help = "move what both need into a third file"
    return error("E226", "import-circle", title, labels, help)


def outside_root(path: str, span: Span) -> Diagnostic:
    title = "an import lies outside of the program's folder"
    labels = [Label(span, f"`{path}` is not below the folder of the program")]
    help = "write a path such as `layers.loop` or `parts/layers.loop`"
    return error("E331", "import-outside", title, labels, help)


def unused_import(name: str, span: Span) -> Diagnostic:
    title = f"`{name}` is imported and not used"
    return warning("W619", "unused-import", title, span, "leave it out")
