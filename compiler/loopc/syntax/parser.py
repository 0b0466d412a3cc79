"""`parse`: from text to the syntax tree, with every syntax error found in one run.

Lexer, layout and words each pass once over the tokens; the LALR(1) automaton then takes
them in a loop that recovers: at an error its stack is cut back to where the statement
began and the statement is left out; a block whose header is in error is still read.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import pairwise, takewhile
from typing import Any, Final

from loopc.diagnostics.model import Diagnostics
from loopc.source import Source, Span
from loopc.syntax import ast
from loopc.syntax.automaton import Automaton
from loopc.syntax.budgets import verify_depth
from loopc.syntax.layout import lay_out
from loopc.syntax.lexer import read_lexemes
from loopc.syntax.slips import Failure, explain
from loopc.syntax.tokens import Token, span_of
from loopc.syntax.tree_builder import TreeBuilder
from loopc.syntax.tree_parts import identifier
from loopc.syntax.words import settle_words, token_types
from loopc_grammar import DECLARATION_WORDS, word_set

MAX_ERRORS: Final = 100

BODY_RULES: Final = {
    "DATA": "data_items",
    "TRAIN": "train_items",
    "STAGE": "stage_items",
    **dict.fromkeys(
        word_set("AUGMENT MODEL LAYER FN LOSS REPEAT EVERY STEP EVAL"), "statements"
    ),
}
BINDING_WORDS: Final = token_types(DECLARATION_WORDS | {"field", "eval", "stage"})


class Statements:
    """Parses one token list; bodies again where only their header was in error."""

    def __init__(
        self,
        source: Source,
        tokens: list[Token],
        damage: list[int],
        diagnostics: Diagnostics,
    ) -> None:
        self.source = source
        self.tokens = tokens
        self.damage = sorted(damage)
        self.diagnostics = diagnostics
        self.lost: list[ast.Lost] = []
        self.bodies: list[tuple[str, int, int]] = []

    def run(self) -> tuple[ast.Declaration, ...]:
        """The declarations without those in error."""
        declarations: tuple[ast.Declaration, ...]
        declarations = Attempt(self, "program", 0, len(self.tokens)).run()
        while self.bodies:
            Attempt(self, *self.bodies.pop()).run()
        return declarations

    def is_damaged(self, start: int, place: int) -> bool:
        """Whether the lines from one token to another have an error already."""
        low = self.source.position(span_of(self.tokens[start]).start).line
        high = self.source.position(span_of(self.tokens[place]).start).line
        starts = (*self.source.line_starts[low - 1 : high + 1], len(self.source.text))
        nearest = bisect_left(self.damage, starts[0])
        limit = starts[high - low + 1]
        return nearest < len(self.damage) and self.damage[nearest] < max(
            limit, starts[0] + 1
        )

    def closing_brace(self, start: int) -> int:
        """The index of the `}` of the block whose first token is at `start`."""
        place = start
        while self.tokens[place].type != "RBRACE":
            place = self.statement_end(place)
        return place

    def statement_end(self, start: int) -> int:
        """The index after the statement here; of the `}` where none starts."""
        depth = 0
        for place in range(start, len(self.tokens)):
            type_ = self.tokens[place].type
            if type_ == "LBRACE":
                depth += 1
            elif type_ == "RBRACE":
                depth -= 1
                if depth < 0:
                    return place
            elif type_ == "NEWLINE" and depth == 0:
                return place + 1
        return len(self.tokens)

    def fail(self, start: int, place: int, expected: AbstractSet[str]) -> int:
        """Report the error at `place`, unless its lines have one; where to go on."""
        end = self.statement_end(start)
        if len(self.damage) < MAX_ERRORS and not self.is_damaged(start, place):
            failure = Failure(self.tokens, start, place, end, frozenset(expected))
            diagnostic = explain(failure)
            self.diagnostics.add(diagnostic)
            insort(self.damage, diagnostic.span.start)
        self.lost.append(lost(self.tokens[start : max(end, place + 1)], self.source))
        rule = BODY_RULES.get(self.tokens[start].type)
        braces = (i for i in range(place, end) if self.tokens[i].type == "LBRACE")
        if rule is not None and (opener := next(braces, None)) is not None:
            self.bodies.append((rule, opener + 1, self.closing_brace(opener + 1)))
        return end


def lost(statement: list[Token], source: Source) -> ast.Lost:
    """What is known of a statement in error, so that its uses are not errors too."""
    first = statement[0]
    keyword = "" if first.type == "NAME" else str(first)
    names: list[Token] = []
    if first.type in BINDING_WORDS:
        names = [token for token in statement[1:3] if token.type == "NAME"][:1]
    elif first.type == "NAME":
        head = takewhile(lambda token: token.type in ("NAME", "COMMA"), statement)
        names = [token for token in head if token.type == "NAME"]
    names += [token for token in swallowed(statement, source)]
    return ast.Lost(
        span=span_of(first).to(span_of(statement[-1])),
        keyword=keyword,
        names=tuple(identifier(name) for name in names),
    )


def swallowed(statement: list[Token], source: Source) -> Iterator[Token]:
    """Names bound on lines that an open bracket made part of the statement in error, or
    in a block of it that nobody reads: of an `if`, say.
    """
    line = source.position(span_of(statement[0]).start).line
    unread = statement[0].type not in BODY_RULES
    begins = False
    for name, equal in pairwise(statement):
        here = source.position(span_of(name).start).line
        begins = here > line or (unread and begins)
        if begins and (name.type, equal.type) == ("NAME", "EQUAL"):
            yield name
        begins, line = name.type in ("LBRACE", "NEWLINE"), here


class Attempt:
    """One run of the automaton over a range of whole statements."""

    def __init__(self, statements: Statements, rule: str, first: int, end: int) -> None:
        self.statements = statements
        self.automaton = Automaton(rule, TreeBuilder())
        self.first, self.end = first, end
        self.open: list[tuple[int, int]] = []  # of each open brace, its statement:
        self.begin = first  # its first token,
        self.height = 0  # and the height of the stack below it, 0 before that token

    def run(self) -> Any:
        """The value of the rule; statements in error are reported and left out."""
        tokens, feed, place = self.statements.tokens, self.automaton.feed, self.first
        while place < self.end:
            token = tokens[place]
            if not feed(token):
                place = self.recover(place)
                continue
            place += 1
            type_ = token.type
            if type_ == "RBRACE":
                self.begin, self.height = self.open.pop()
            elif not self.height:
                self.height = len(self.automaton.values)
            if type_ == "LBRACE":
                self.open.append((self.begin, self.height))
            if type_ in ("LBRACE", "NEWLINE"):
                self.begin, self.height = place, 0
        return self.automaton.finish()

    def recover(self, place: int) -> int:
        """Forget the statement that fails at `place`; the index to go on with."""
        expected = self.automaton.accepts()
        if not self.height and self.statements.tokens[place].type == "RBRACE":
            self.begin, self.height = self.open.pop()
        go_on = self.statements.fail(self.begin, place, expected)
        if self.height:
            self.automaton.cut(self.height - 1)
        self.begin, self.height = go_on, 0
        return go_on


def parse(source: Source, diagnostics: Diagnostics) -> ast.Program | None:
    """The syntax tree of a text.

    Statements in error are reported, each once, and left out of the tree. None where
    the text is over a budget (its length, its number of tokens, the nesting of its
    brackets).
    """
    lexemes = read_lexemes(source, diagnostics)
    if lexemes is None:
        return None
    lines = lay_out(source, lexemes, diagnostics)
    if lines is None:
        return None
    tokens = settle_words(lines, lexemes.damage, diagnostics)
    if not verify_depth(tokens, diagnostics):
        return None
    statements = Statements(source, tokens, lexemes.damage, diagnostics)
    declarations = statements.run()
    return ast.Program(
        span=Span(0, len(source.text)),
        declarations=declarations,
        comments=tuple(lexemes.comments),
        lost=tuple(statements.lost),
    )
