"""Characters that may not stand in a program, and those that only look like ASCII ones.

The forbidden ones change what a reader sees (control, bidirectional, zero width) or end lines in
some tools only; they are errors everywhere, in comments and strings too. Other characters beyond
ASCII are welcome in comments and strings and nowhere else.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff"
    "\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e01ef]|\r(?!\n)"
)

_CONTROL_NAMES: Final = {
    "\x00": "NUL",
    "\x08": "BACKSPACE",
    "\x0b": "LINE TABULATION",
    "\x0c": "FORM FEED",
    "\r": "CARRIAGE RETURN",
    "\x1b": "ESCAPE",
    "\x7f": "DELETE",
    "\x85": "NEXT LINE",
}

_LOOK_ALIKES: Final = {
    **dict(zip("аАВсСеЕНіІјЈкКМоОрРѕЅТуҮхХ", "aABcCeEHiIjJkKMoOpPsSTyYxX", strict=True)),
    **dict(zip("αΑΒΕΗΙκΚΜνΝοΟρΡτΤυΥΧΖ", "aABEHIkKMvNoOpPtTuYXZ", strict=True)),
    **dict.fromkeys("“”„‟«»", '"'),
    **dict.fromkeys("‘’‚`", "'"),
    **dict.fromkeys("‐‑‒–—−", "-"),
    **dict.fromkeys("×∗·•", "*"),
    **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u202f\u3000", "a blank"),
    "÷": "/",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "→": "->",
    "⇒": "=>",
    "…": "..",
    "²": "^ 2",
    "³": "^ 3",
}


def describe(character: str) -> str:
    """The code point and the name of a character, never the character itself."""
    name = unicodedata.name(character, "") or _CONTROL_NAMES.get(character, "")
    point = f"U+{ord(character):04X}"
    return f"{point} {name}" if name else f"{point} (it has no name)"


def look_alike(character: str) -> str | None:
    """The ASCII spelling that was probably meant by a character beyond ASCII."""
    if character in _LOOK_ALIKES:
        return _LOOK_ALIKES[character]
    folded = unicodedata.normalize("NFKC", character)
    return folded if folded.isascii() and folded.isprintable() else None


def forbidden_offsets(text: str) -> Iterator[int]:
    """Where forbidden characters stand; a byte order mark opening the text is not one."""
    for match in FORBIDDEN.finditer(text):
        if match.start() > 0 or match[0] != "\ufeff":
            yield match.start()
