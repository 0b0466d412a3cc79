"""What a person sees of a text nobody checked: no control character gets through."""

import unicodedata

TAB_WIDTH = 4


def visible(text: str, limit: int = 500) -> str:
    """Return the text with every character that is not printable written as `<U+001B>`.

    Controls, line ends, bidirectional marks, zero-width characters and lone surrogates
    are all "not printable"; a text longer than `limit` code points is cut and ends in
    `...`.
    """
    if len(text) > limit:
        text = text[:limit] + "..."
    if text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def cells(line: str) -> list[tuple[str, int]]:
    """Return what each character is drawn as and how many columns it takes."""
    return [_cell(character) for character in line]


def _cell(character: str) -> tuple[str, int]:
    if character == "\t":
        return " " * TAB_WIDTH, TAB_WIDTH
    shown = _shown(character)
    if shown != character:
        return shown, len(shown)
    return shown, _columns(character)


def _shown(character: str) -> str:
    return character if character.isprintable() else f"<U+{ord(character):04X}>"


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
