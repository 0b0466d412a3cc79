"""Which words are keywords where: the one place that makes `loss`, `step` and `data`
good names.

The lexer gives every keyword its own token type. Here a contextual one becomes a NAME
again unless it opens a statement or follows what gives it its meaning, a unit after an
amount becomes UNIT, and `at end` becomes one token.
"""

from collections.abc import Iterable
from typing import Final

from lark import Token

from loopc.diagnostics.model import Diagnostics
from loopc.syntax import syntax_errors as errors
from loopc.syntax.lexer import span_of
from loopc_grammar import (
    CONTEXTUAL_WORDS,
    FOLLOWING_WORDS,
    OPENING_WORDS,
    PAIRED_WORDS,
    UNIT_WORDS,
)


def token_types(words: Iterable[str]) -> frozenset[str]:
    """The token types Lark gives to keywords."""
    return frozenset(word.upper() for word in words)


CONTEXTUAL: Final = token_types(CONTEXTUAL_WORDS)
OPENING: Final = token_types(OPENING_WORDS)
FOLLOWING: Final = token_types(FOLLOWING_WORDS)
PAIRED: Final = frozenset((a.upper(), b.upper()) for a, b in PAIRED_WORDS)

STATEMENT_START: Final = frozenset(("", "NEWLINE", "LBRACE"))
BINDS_A_NAME: Final = frozenset(
    ("EQUAL", "COMMA", "MAPS", "DOT", "COLON", "SAME", "RBRACE", "LSQB")
)
VALUE_END: Final = frozenset(
    ("NAME", "NUMBER", "PERCENT", "STRING", "RPAR", "RSQB", "TRUE", "FALSE", "REST")
)
STREAM_END: Final = VALUE_END | {"ALL", "UNIT", "DROP", "CONTIGUOUS"}
AMOUNT_END: Final = frozenset(("NAME", "NUMBER", "RPAR", "RSQB"))
MODIFIERS: Final = frozenset(("DROP", "CONTIGUOUS", "PARTS"))
EXTREMES: Final = frozenset(("MAX", "MIN"))


def is_keyword(previous: str, token: Token, following: Token | None) -> bool:
    """Whether a contextual word is one here, given the settled type before it."""
    after = "NEWLINE" if following is None else following.type
    if previous in STATEMENT_START:
        return token.type in OPENING and after not in BINDS_A_NAME
    if (previous, token.type) in PAIRED:
        names_follow = after == "NAME" or after in CONTEXTUAL
        return token.type not in EXTREMES or names_follow
    return token.type in FOLLOWING and previous in STREAM_END


def settle_words(tokens: list[Token]) -> list[Token]:
    """The tokens with every word given its final type, in one pass."""
    settled: list[Token] = []
    previous = ""
    for place, token in enumerate(tokens):
        type_ = token.type
        if type_ == "NAME" or type_ in CONTEXTUAL:
            if previous in AMOUNT_END and token.value in UNIT_WORDS:
                token.type = "UNIT"
            elif previous == "AT" and token.value == "end":
                joined = settled.pop()
                token = Token(
                    "AT_END", "at end", joined.start_pos, end_pos=token.end_pos
                )
            elif type_ != "NAME":
                following = tokens[place + 1] if place + 1 < len(tokens) else None
                if not is_keyword(previous, token, following):
                    token.type = "NAME"
            previous = token.type
        else:
            previous = type_
        settled.append(token)
    return settled


def verify_modifiers(tokens: list[Token], diagnostics: Diagnostics) -> None:
    """Report a stream whose `drop`, `contiguous` or `parts` is given twice."""
    given: dict[str, Token] = {}
    for token in tokens:
        if token.type in MODIFIERS:
            first = given.setdefault(token.type, token)
            if first is not token:
                at, before = span_of(token), span_of(first)
                diagnostics.add(errors.repeated_modifier(at, str(token), before))
        elif token.type in ("BATCH", "NEWLINE", "LBRACE"):
            given.clear()
