"""Which words are keywords where: the one place that makes `loss`, `step` and `data`
good names.

The lexer gives every keyword its own token type. Here a contextual one becomes a NAME
again unless it opens a statement or follows what gives it its meaning, a unit after an
amount becomes UNIT, and `at end` becomes one token.
"""

from collections.abc import Iterable
from dataclasses import field
from typing import Final

from loopc.diagnostics.model import Diagnostics
from loopc.records import dataclass
from loopc.syntax import syntax_errors as errors
from loopc.syntax.lexer import VALUE_END
from loopc.syntax.tokens import Token, span_of
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
BINDS_A_NAME: Final = frozenset(("EQUAL", "COMMA", "MAPS", "DOT", "COLON", "SAME"))
STREAM_END: Final = VALUE_END | {"RBRACE", "ALL", "UNIT", "DROP", "CONTIGUOUS"}
AMOUNT_END: Final = frozenset(("NAME", "NUMBER", "RPAR", "RSQB"))
MODIFIERS: Final = frozenset(("DROP", "CONTIGUOUS", "PARTS"))
AMOUNTS: Final = {
    "FOR": "write `for 10 epochs` or `for 20_000 steps`",
    "EVERY": "write `every 500 steps` or `every 1 epoch`",
    "REPEAT": "write `repeat 5 { ... }`",
    "BATCH": "write `batch 128` or `batch all`",
}
SPLIT_PATH: Final = ["FROM", "NAME", "DOT", "NAME"]
EXTREMES: Final = frozenset(("MAX", "MIN"))


@dataclass(slots=True)
class Head:
    """What the words of one statement so far say about those to come."""

    opener: str  # the settled type of the first token
    modifiers: dict[str, Token] | None = None  # of its stream, once a batch was given


@dataclass(slots=True)
class Words:
    """One pass over the tokens of complete statements."""

    tokens: list[Token]
    damage: list[int]
    diagnostics: Diagnostics
    settled: list[Token] = field(default_factory=list)
    previous: str = ""  # the settled type before this token
    head: Head = field(default_factory=lambda: Head(""))
    around: list[Head] = field(default_factory=list)  # of the statements around this

    def run(self) -> list[Token]:
        """The tokens with every word given its final type."""
        for place, token in enumerate(self.tokens):
            if token.type == "NAME" or token.type in CONTEXTUAL:
                following = self.tokens[place + 1 : place + 2]
                token = self.settle(token, following[0] if following else None)
            type_ = token.type
            if type_ == "RBRACE":
                self.head = self.around.pop()
            elif self.previous in STATEMENT_START:
                self.head = Head(type_)
            if type_ == "LBRACE":
                self.supply_amount(token)
                self.around.append(self.head)
            elif type_ == "BATCH":
                self.head.modifiers = {}
            elif type_ in MODIFIERS and self.previous in STREAM_END:
                self.note_modifier(token)
            self.previous = type_
            self.settled.append(token)
        return self.settled

    def supply_amount(self, brace: Token) -> None:
        """Put an amount where `for {` has none, so that the rest is read."""
        if self.previous in AMOUNTS:
            at = span_of(brace)
            word, remedy = self.previous.lower(), AMOUNTS[self.previous]
            self.damage.append(at.start)
            self.diagnostics.add(errors.missing_amount(at, word, remedy))
            self.settled.append(Token("NUMBER", "1", at.start, end_pos=at.start))
            if self.previous in ("FOR", "EVERY"):
                self.settled.append(Token("UNIT", "step", at.start, end_pos=at.start))

    def note_modifier(self, token: Token) -> None:
        """Report a `drop`, `contiguous` or `parts` that a stream has already."""
        if self.head.modifiers is not None:
            first = self.head.modifiers.setdefault(token.type, token)
            if first is not token:
                at, before = span_of(token), span_of(first)
                self.diagnostics.add(errors.repeated_modifier(at, str(token), before))

    def settle(self, token: Token, following: Token | None) -> Token:
        if token.value in UNIT_WORDS and self.ends_amount():
            token.type = "UNIT"
        elif self.previous == "AT" and token.value == "end":
            start = self.settled.pop().start_pos
            return Token("AT_END", "at end", start, end_pos=token.end_pos)
        elif token.type != "NAME" and not self.is_keyword(token, following):
            token.type = "NAME"
        return token

    def ends_amount(self) -> bool:
        """Whether a unit may follow; `eval valid steps from` names a record."""
        in_head = self.head.opener == "EVAL" and self.settled[-2].type == "EVAL"
        return self.previous in AMOUNT_END and not in_head

    def is_keyword(self, token: Token, following: Token | None) -> bool:
        """Whether a contextual word is a keyword here."""
        after = "NEWLINE" if following is None else following.type
        if self.previous in STATEMENT_START:
            return token.type in OPENING and after not in BINDS_A_NAME
        if (self.previous, token.type) in PAIRED:
            names_follow = after == "NAME" or after in CONTEXTUAL
            return token.type not in EXTREMES or names_follow
        return token.type in FOLLOWING and self.has_place(token.type)

    def has_place(self, following_word: str) -> bool:
        """Whether a word that follows a value stands where it has a meaning."""
        if following_word == "BATCH":
            return [token.type for token in self.settled[-4:]] == SPLIT_PATH
        if following_word in ("PARTS", "CONTIGUOUS"):
            return self.head.modifiers is not None and self.previous in STREAM_END
        home = "DIM" if following_word == "BUCKETS" else "STATE"
        return self.head.opener == home and self.previous in STREAM_END


def settle_words(
    tokens: list[Token], damage: list[int], diagnostics: Diagnostics
) -> list[Token]:
    """The tokens with every word given its final type, in one pass."""
    return Words(tokens, damage, diagnostics).run()
