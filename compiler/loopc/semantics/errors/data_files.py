"""E580, E581: what the header of a data file says, against what a field declares."""

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.checked import CheckedExpression, CheckedField
from loopc.semantics.errors.make import error, listed
from loopc.source import Span


def column_shape(
    item: CheckedField,
    column: CheckedExpression,
    file: str,
    shape: tuple[int, ...],
    declared: tuple[int, ...],
) -> Diagnostic:
    """An example of the column that a field reads has another `shape` in the file."""
    name, written = item.columns[0], column.span != item.span
    found, wanted = _spoken(shape), _spoken(declared)
    title = f'an example of column "{name}" is {found}, not {wanted}'
    labels = [Label(column.span, f"{file} holds {found}")]
    labels += [Label(item.span, f"declared {item.type}")] * written
    window = item.type.shape[: len(item.type.shape) - len(declared)]
    fits = replace(item.type, shape=(*window, *shape))
    hints = [f"declare what the file holds: `field {item.name}: {fits}`"]
    if prod(shape) == prod(declared):
        reshaped = f'reshape(column("{name}"), {list(declared)})'
        head = "" if written else f"field {item.name}: {item.type} = "
        hints.append(f"or reshape it: `{head}{reshaped}`")
    elif not shape and len(declared) == 1:
        hints.append('several columns side by side are `columns("a", "b")`')
    return error("E580", "column-shape", title, labels, *hints)


def unknown_column(
    column: str, file: str, span: Span, guess: str | None, known: Sequence[str]
) -> Diagnostic:
    title = f'{file} has no column "{column}"'
    hint = f'did you mean "{guess}"?' if guess else ""
    known = [name for name in known if name]
    others = f"its columns: {listed(known)}" if known else "it has none"
    read = 'a field reads another by `= column("...")`'
    return error("E581", "no-such-column", title, span, hint, others, read)


def _spoken(shape: tuple[int, ...]) -> str:
    return str(list(shape)) if shape else "one number"
