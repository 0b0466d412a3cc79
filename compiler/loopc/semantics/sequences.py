"""Fields that are windows, text that is coded: what a data block must agree on."""

from collections.abc import Sequence

from loopc.semantics.checked import (
    CheckedCarve,
    CheckedField,
    CheckedSource,
    ColumnValue,
    Windowed,
    Words,
)
from loopc.semantics.context import Body
from loopc.semantics.errors import sequences as errors
from loopc.semantics.walk import walk

TEXT_COLUMN = "text"


def windows_of(fields: Sequence[CheckedField]) -> Windowed | None:
    """The windows that examples are, None where an example is a row."""
    found = (node for item in fields for node in walk(item.value))
    return next((node for node in found if isinstance(node, Windowed)), None)


def fields_fit_splits(
    body: Body,
    splits: Sequence[CheckedSource | CheckedCarve],
    fields: Sequence[CheckedField],
) -> bool:
    """Whether all fields count examples alike, of rows that follow each other."""
    sources = [split for split in splits if isinstance(split, CheckedSource)]
    sound = _one_alphabet(body, sources) and _codes_fit(body, sources, fields)
    sound = _as_many_buckets(body, fields) and sound
    windows = windows_of(fields)
    if windows is None:
        return sound
    carves = [split for split in splits if isinstance(split, CheckedCarve)]
    return all(
        [sound]
        + [_same_windows(body, windows, item) for item in fields]
        + [_in_one_piece(body, windows, carve) for carve in carves]
    )


def _one_alphabet(body: Body, sources: Sequence[CheckedSource]) -> bool:
    texts = [(s.alphabet.value, s.span) for s in sources if s.alphabet is not None]
    for alphabet, span in texts[1:]:
        first, where = texts[0]
        if alphabet != first:
            body.add(errors.alphabets_differ(where, span))
            return False
    return True


def _codes_fit(
    body: Body, sources: Sequence[CheckedSource], fields: Sequence[CheckedField]
) -> bool:
    """Whether each field of characters has a class for every one of them."""
    size = next((s.alphabet for s in sources if s.alphabet is not None), None)
    if size is None or not isinstance(size.value, int):
        return True
    sound = True
    for item in fields:
        value = item.value.value if isinstance(item.value, Windowed) else item.value
        text = isinstance(value, ColumnValue) and value.columns == (TEXT_COLUMN,)
        classes = item.type.classes
        if text and classes is not None and classes < size.value:
            body.add(errors.too_few_classes(classes, size.value, item.span, size.span))
            sound = False
    return sound


def _as_many_buckets(body: Body, fields: Sequence[CheckedField]) -> bool:
    nodes = [node for item in fields for node in walk(item.value)]
    words = [node for node in nodes if isinstance(node, Words) and node.buckets]
    for other in words[1:]:
        if len(other.buckets) != len(words[0].buckets):
            body.add(errors.buckets_differ(words[0].span, other.span))
            return False
    return True


def _same_windows(body: Body, windows: Windowed, item: CheckedField) -> bool:
    found = [node for node in walk(item.value) if isinstance(node, Windowed)]
    if not found:
        body.add(errors.not_a_window(item.name, item.span, windows.span))
        return False
    for other in found:
        same_length = other.length.value == windows.length.value
        if not same_length or other.stride.value != windows.stride.value:
            body.add(errors.windows_differ(windows.span, other.span))
            return False
        if other.by != windows.by:
            body.add(errors.series_differ(windows.span, other.span))
            return False
    return True


def _in_one_piece(body: Body, windows: Windowed, carve: CheckedCarve) -> bool:
    if carve.how in ("last_percent", "last_count", "rest"):
        return True
    if windows.by is not None and carve.by is None:
        return True  # whole series are taken
    where = (carve.span, windows.span)
    several = windows.by is not None
    body.add(errors.scattered_rows(carve.split, carve.parent, *where, several))
    return False
