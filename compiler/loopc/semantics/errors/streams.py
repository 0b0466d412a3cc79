"""E322, E323, E422 to E426: streams, their modifiers, and coupled batches."""

from collections.abc import Sequence

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error, listed
from loopc.source import Span


def modifier_without_meaning(name: str, span: Span, fact: str, help: str) -> Diagnostic:
    title = f"`{name}` has no meaning here"
    return error("E322", "stream-modifier", title, [Label(span, fact)], help)


def unread_record(name: str, span: Span, fields: Sequence[str]) -> Diagnostic:
    title = f"no field of the record `{name}` is read"
    help = f"read one, `{name}.{fields[0]}`; it has {listed(fields)}"
    return error("E323", "unread-record", title, span, help)


def draw_misplaced(span: Span, place: str) -> Diagnostic:
    title = "`draw` stands outside a step"
    help = "a header `from data.split` gives an eval its batches; functions take values"
    labels = [Label(span, f"this is in {PLACES.get(place, 'another place')}")]
    return error("E422", "draw-misplaced", title, labels, help)


PLACES = {
    "eval": "an eval",
    "function": "a function",
    "model": "a model",
    "layer": "a layer",
}
