"""What the grammar would have accepted, in words: "expected `=` after `loss`"."""

from collections.abc import Set as AbstractSet
from typing import Final

from loopc.syntax.syntax_errors import clip
from loopc.syntax.tokens import Token
from loopc.syntax.words import OPENING, token_types
from loopc_grammar import CONTEXTUAL_WORDS, RESERVED_WORDS, word_set

PUNCTUATION: Final = {
    "COMMA": ",",
    "COLON": ":",
    "DOT": ".",
    "EQUAL": "=",
    "LPAR": "(",
    "RPAR": ")",
    "LSQB": "[",
    "RSQB": "]",
    "LBRACE": "{",
    "RBRACE": "}",
    "PIPE": "|>",
    "ARROW": "->",
    "MAPS": "=>",
    "RANGE": "..",
    "PLUS": "+",
    "MINUS": "-",
    "STAR": "*",
    "SLASH": "/",
    "FLOOR": "//",
    "POWER": "^",
    "MATMUL": "@",
    "SAME": "==",
    "DIFFERS": "!=",
    "LESS": "<",
    "AT_MOST": "<=",
    "MORE": ">",
    "AT_LEAST": ">=",
}
RESERVED: Final = token_types(RESERVED_WORDS)
KEYWORDS: Final = token_types(RESERVED_WORDS | CONTEXTUAL_WORDS)
ARITHMETIC: Final = word_set(
    "PLUS MINUS STAR SLASH FLOOR POWER MATMUL SAME DIFFERS LESS AT_MOST MORE"
    " AT_LEAST"
)
# Accepted after any complete value: never what was forgotten, while something else is.
GOES_WITH_VALUES: Final = ARITHMETIC | word_set(
    "PIPE UNIT AT DOT LPAR LSQB IF THEN AND OR"
)
VALUE: Final = word_set(
    "NUMBER PERCENT STRING TRUE FALSE REST MINUS PLUS NOT LPAR LSQB LBRACE NAME"
)
STATEMENT_SIGNS: Final = frozenset(("MODEL", "RETURN", "STEP", "FIELD", "FREEZE"))
STATEMENTS: Final = OPENING | {"KEEP", "EVERY"}


def spell(type_: str) -> str:
    """A token type as the reader knows it."""
    if type_ in PUNCTUATION:
        return f"`{PUNCTUATION[type_]}`"
    if type_ in KEYWORDS:
        return f"`{type_.lower()}`"
    return {
        "NAME": "a name",
        "STRING": "a string",
        "NUMBER": "a number",
        "PERCENT": "a percentage",
        "UNIT": "a unit",
        "AT_END": "`at end`",
        "NEWLINE": "the end of the line",
    }.get(type_, "the end of the text")


def found(token: Token) -> str:
    """What stands where something else was expected."""
    if token.type == "NEWLINE":
        return "the end of the line"
    if token.type == "$END":
        return "the end of the text"
    if token.type == "STRING":
        return "a string"
    return f"`{clip(token, 20)}`"


def alternatives(expected: AbstractSet[str]) -> list[str]:
    """What was expected, most telling first; at most four, and never a long list of
    operators.
    """
    left = set(expected)
    words: list[str] = []
    if {"NUMBER", "NAME", "LPAR"} <= left:
        words.append("a value")
        left -= VALUE | RESERVED
    elif left & STATEMENT_SIGNS:
        words.append("a declaration" if "MODEL" in left else "a statement")
        left -= STATEMENTS | {"NAME", "RBRACE", "$END"}
    if {"COMMA", "RPAR"} <= left:
        left -= {"COLON", "ARROW"}
    if left - GOES_WITH_VALUES:
        left -= GOES_WITH_VALUES
    words += sorted(spell(type_) for type_ in left)
    return words if len(words) <= 4 else words[:4]


def joined(words: list[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} or {words[-1]}"
