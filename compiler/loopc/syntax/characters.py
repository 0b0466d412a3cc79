"""Characters that may not stand in a program, and those that only look like ASCII ones.

The forbidden ones change what a reader sees (control, bidirectional, zero width) or end
lines in some tools only; they are errors everywhere, in comments and strings too. Other
characters beyond ASCII are welcome in comments and strings and nowhere else.
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

# By the last words of their Unicode names: letters of Cyrillic and Greek, then symbols.
_LETTERS: Final = {
    "CYRILLIC": {
        "A": "a", "VE": "b", "IE": "e", "KA": "k", "EM": "m", "EN": "h", "O": "o",
        "ER": "p", "ES": "c", "TE": "t", "U": "y", "HA": "x", "JE": "j", "DZE": "s",
        "BYELORUSSIAN-UKRAINIAN I": "i",
    },
    "GREEK": {
        "ALPHA": "a", "BETA": "b", "EPSILON": "e", "ZETA": "z", "ETA": "h", "IOTA": "i",
        "KAPPA": "k", "MU": "m", "NU": "n", "OMICRON": "o", "RHO": "p", "TAU": "t",
        "UPSILON": "y", "CHI": "x",
    },
}  # fmt: skip
_ACCENTS: Final = "".join(map(chr, range(0x300, 0x370)))
_LETTER_NAME: Final = re.compile(r"(CYRILLIC|GREEK) (CAPITAL|SMALL) LETTER (.+)")
_SYMBOLS: Final = {
    "LEFT DOUBLE QUOTATION MARK": '"',
    "RIGHT DOUBLE QUOTATION MARK": '"',
    "LEFT-POINTING DOUBLE ANGLE QUOTATION MARK": '"',
    "RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK": '"',
    "LEFT SINGLE QUOTATION MARK": '"',
    "RIGHT SINGLE QUOTATION MARK": '"',
    "HYPHEN": "-",
    "NON-BREAKING HYPHEN": "-",
    "EN DASH": "-",
    "EM DASH": "-",
    "MINUS SIGN": "-",
    "MULTIPLICATION SIGN": "*",
    "ASTERISK OPERATOR": "*",
    "MIDDLE DOT": "*",
    "DIVISION SIGN": "/",
    "LESS-THAN OR EQUAL TO": "<=",
    "GREATER-THAN OR EQUAL TO": ">=",
    "NOT EQUAL TO": "!=",
    "RIGHTWARDS ARROW": "->",
    "RIGHTWARDS DOUBLE ARROW": "=>",
    "HORIZONTAL ELLIPSIS": "..",
    "SUPERSCRIPT TWO": "^ 2",
    "SUPERSCRIPT THREE": "^ 3",
}


def describe(character: str) -> str:
    """The code point and the name of a character, never the character itself."""
    name = unicodedata.name(character, "") or _CONTROL_NAMES.get(character, "")
    point = f"U+{ord(character):04X}"
    return f"{point} {name}" if name else f"{point} (it has no name)"


def look_alike(character: str) -> str | None:
    """The ASCII spelling that was probably meant by a character beyond ASCII."""
    name = unicodedata.name(character, "")
    letter = _LETTER_NAME.fullmatch(name)
    if letter is not None:
        script, case, word = letter.groups()
        meant = _LETTERS[script].get(word)
        return meant.upper() if meant and case == "CAPITAL" else meant
    if unicodedata.category(character) == "Zs":
        return "a blank"
    folded = unicodedata.normalize("NFKD", character).rstrip(_ACCENTS)
    plain = folded if folded.isascii() and folded.isprintable() else None
    return _SYMBOLS.get(name, plain)


def forbidden_offsets(text: str) -> Iterator[int]:
    """Where forbidden characters stand; a mark that opens the text is not one."""
    for match in FORBIDDEN.finditer(text):
        if match.start() > 0 or match[0] != "\ufeff":
            yield match.start()
