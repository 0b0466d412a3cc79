"""From text to checked lexemes: budgets, characters, literals, names, foreign
operators.

What comes out holds only tokens the grammar knows: a literal in error is replaced by a
harmless one, a foreign operator by the one that was probably meant. The places of
errors are kept, so that later stages stay silent about the same line.
"""

import re
from collections.abc import Callable
from dataclasses import field
from itertools import islice
from typing import Final

from loopc.diagnostics.model import Diagnostic, Diagnostics
from loopc.records import dataclass
from loopc.source import Source, Span
from loopc.syntax import ast
from loopc.syntax import syntax_errors as errors
from loopc.syntax.automaton import scan
from loopc.syntax.characters import (
    FORBIDDEN,
    describe,
    forbidden_offsets,
    look_alike,
)
from loopc.syntax.literals import LiteralProblem, parse_number, parse_string
from loopc.syntax.tokens import Token, span_of
from loopc_grammar import word_set

MAX_TEXT: Final = 1_048_576
MAX_TOKENS: Final = 200_000
MAX_NAME: Final = 64
MAX_REPORTS: Final = 100

# operator: (the one it is read as, remedy, what was meant where that is sure)
FOREIGN_OPERATORS: Final = {
    "%": ("SLASH", "/", "the remainder is `mod(a, b)`", None),
    "**": ("POWER", "^", "a power is written `a ^ b`", "^"),
    "&&": ("AND", "and", "write `and`", "and"),
    "||": ("OR", "or", "write `or`", "or"),
    "!": ("NOT", "not", "write `not`", "not "),
    ":=": ("EQUAL", "=", "`=` binds a name", "="),
    "+=": ("SAME", "==", "write `a = a + b`", None),
    "-=": ("SAME", "==", "write `a = a - b`", None),
    "*=": ("SAME", "==", "write `a = a * b`", None),
    "/=": ("SAME", "==", "write `a = a / b`", None),
    "%=": ("SAME", "==", "write `a = mod(a, b)`", None),
    "**=": ("SAME", "==", "write `a = a ^ b`", None),
    "//=": ("SAME", "==", "write `a = a // b`", None),
}
OPERATOR_TYPES: Final = {
    "-": "MINUS",
    "*": "STAR",
    "/": "SLASH",
    "<=": "AT_MOST",
    ">=": "AT_LEAST",
    "!=": "DIFFERS",
    "->": "ARROW",
    "=>": "MAPS",
    "..": "RANGE",
}
VALUE_END: Final = word_set("NAME NUMBER PERCENT STRING RPAR RSQB TRUE FALSE REST")
CHARACTER_REMEDIES: Final = {
    "'": 'strings stand in double quotes: "..."',
    "\\": "a line goes on by itself while a bracket is open or after an operator",
    "`": "names stand without quotes",
    "&": "write `and`",
    "|": "a pipeline is written `|>`, the logical operator `or`",
    "?": "a choice is written `a if condition else b`",
}


@dataclass(slots=True)
class Lexemes:
    """Tokens with line ends but without comments; `damage` holds offsets already
    reported.
    """

    tokens: list[Token] = field(default_factory=list)
    comments: list[ast.Comment] = field(default_factory=list)
    damage: list[int] = field(default_factory=list)


class Lexer:
    """One pass over one text."""

    def __init__(self, source: Source, diagnostics: Diagnostics) -> None:
        self.source = source
        self.diagnostics = diagnostics
        self.lexemes = Lexemes()
        self.bad_lines: set[int] = set()
        self.quote: tuple[int, Token] | None = None  # a ' and how many tokens precede
        self.checks: dict[str, Callable[[Token], Token | None]] = {
            "NAME": self.check_name,
            "NUMBER": self.check_number,
            "PERCENT": self.check_number,
            "STRING": self.check_string,
            "FOREIGN": self.check_unknown,
            "UNKNOWN": self.check_unknown,
            "NEWLINE": self.collapse_line_ends,
            "COMMENT": self.keep_comment,
        }

    def run(self) -> Lexemes | None:
        """The lexemes, or None where the text is over a budget."""
        if len(self.source.text) > MAX_TEXT:
            at = Span(0, 0)
            self.diagnostics.add(errors.text_too_large(at, "characters", MAX_TEXT))
            return None
        self.check_characters()
        return self.lexemes if self.read_tokens() else None

    def read_tokens(self) -> bool:
        text = self.source.text
        if text.startswith("\ufeff"):
            text = f" {text[1:]}"
        stream = scan(text)
        checks, kept = self.checks, self.lexemes.tokens
        for token in islice(stream, MAX_TOKENS):
            check = checks.get(token.type)
            checked = token if check is None else check(token)
            if checked is not None:
                kept.append(checked)
        over = next(stream, None)
        if over is not None:
            at = span_of(over)
            self.diagnostics.add(errors.text_too_large(at, "tokens", MAX_TOKENS))
        return over is None

    def report(self, diagnostic: Diagnostic) -> None:
        self.lexemes.damage.append(diagnostic.span.start)
        if len(self.lexemes.damage) <= MAX_REPORTS:
            self.diagnostics.add(diagnostic)

    def report_character(self, diagnostic: Diagnostic) -> None:
        """Report a character that stands in a bad line, the first of that line only."""
        line = self.source.position(diagnostic.span.start).line
        if line not in self.bad_lines:
            self.bad_lines.add(line)
            self.report(diagnostic)

    def check_characters(self) -> None:
        for offset in islice(forbidden_offsets(self.source.text), MAX_REPORTS):
            character = describe(self.source.text[offset])
            at = Span(offset, offset + 1)
            self.report_character(errors.forbidden_character(at, character))

    def check_name(self, token: Token) -> Token | None:
        if not token.isascii():
            return self.check_foreign_name(token)
        if len(token) > MAX_NAME:
            fact = f"this name has {len(token)} characters"
            self.report(errors.name_not_allowed(span_of(token), token, fact))
            return token.retyped("NAME", token[:MAX_NAME])
        if token.startswith("__"):
            fact = "names with two leading underscores are kept for Python"
            self.report(errors.name_not_allowed(span_of(token), token, fact))
        return token

    def check_foreign_name(self, token: Token) -> Token:
        """Name the first letter beyond ASCII, and read the word that was meant."""
        start = span_of(token).start
        offset = next(i for i, c in enumerate(token) if not c.isascii())
        self.report_foreign(start + offset, token[offset])
        plain = (c if c.isascii() else look_alike(c) or "_" for c in token)
        return token.retyped("NAME", re.sub(r"\W", "_", "".join(plain)))

    def report_foreign(self, place: int, character: str) -> None:
        """Report a character beyond ASCII, unless `check_characters` has."""
        if not FORBIDDEN.match(character):
            at = Span(place, place + 1)
            described, meant = describe(character), look_alike(character)
            self.report_character(errors.character_beyond_ascii(at, described, meant))

    def check_number(self, token: Token) -> Token:
        if self.follows_bare_point(token):
            return self.join_bare_point(token)
        value = parse_number(token.removesuffix("%"))
        if not isinstance(value, LiteralProblem):
            return token
        at = span_of(token)
        if value.out_of_range:
            problem = errors.literal_out_of_range(at, "number", value.fact, value.help)
        else:
            problem = errors.malformed_number(at, token, value.fact, value.help)
        self.report(problem)
        if value.number and token.type == "NUMBER":
            return self.split_number(token, len(value.number))
        return token.retyped(token.type, "0%" if token.type == "PERCENT" else "0")

    def follows_bare_point(self, token: Token) -> bool:
        """Whether this is the `5` of `.5`, which is no part of `a.b` or `0 .. 4`."""
        before = self.lexemes.tokens[-2:]
        if not before or before[-1].type != "DOT" or "." in token:
            return False
        touches = before[-1].end_pos == token.start_pos
        of_value = len(before) == 2 and before[0].end_pos == before[1].start_pos
        return touches and not (of_value and before[0].type in VALUE_END)

    def join_bare_point(self, token: Token) -> Token:
        """Report `.5`, and read it as `0.5`."""
        point = self.lexemes.tokens.pop()
        at = span_of(point).to(span_of(token))
        fact = "a point needs a digit on both sides"
        remedy = f"write `0.{token}`"
        self.report(errors.malformed_number(at, f".{token}", fact, remedy))
        return token.retyped(token.type, "0%" if token.type == "PERCENT" else "0")

    def split_number(self, token: Token, length: int) -> Token:
        """Read `10epochs` as the number and the name that run into each other."""
        start, end = span_of(token).start, span_of(token).end
        number = Token("NUMBER", token[:length], start, end_pos=start + length)
        self.lexemes.tokens.append(number)
        return Token("NAME", token[length:], start + length, end_pos=end)

    def check_string(self, token: Token) -> Token:
        value = parse_string(token)
        if not isinstance(value, LiteralProblem):
            return token
        at = span_of(token)
        if value.out_of_range:
            problem = errors.literal_out_of_range(at, "string", value.fact, value.help)
        else:
            problem = errors.malformed_string(at, value.fact, value.help)
        self.report(problem)
        return token.retyped("STRING", '""')

    def check_unknown(self, token: Token) -> Token | None:
        at = span_of(token)
        if token in FOREIGN_OPERATORS:
            type_, spelling, remedy, fix = FOREIGN_OPERATORS[token]
            self.report(errors.foreign_operator(at, token, remedy, fix))
            return token.retyped(type_, spelling)
        if token == ";":
            self.report(errors.semicolon(at))
            return token.retyped("NEWLINE")
        if not token.isascii():
            self.report_foreign(at.start, token)
            meant = look_alike(token) or ""
            operator = OPERATOR_TYPES.get(meant)
            return None if operator is None else token.retyped(operator, meant)
        if not FORBIDDEN.match(token):
            remedy = CHARACTER_REMEDIES.get(token, f"remove `{errors.clip(token)}`")
            self.report_character(errors.unknown_character(at, token, remedy))
        return self.quoted(token) if token == "'" else None

    def quoted(self, token: Token) -> Token | None:
        """Read 'data.npz' as the string that it was meant to be."""
        kept, (opened, first) = self.lexemes.tokens, self.quote or (0, token)
        start, end = span_of(first).start, span_of(token).end
        text = self.source.text[start + 1 : end - 1]
        if first is token or "\n" in text:
            self.quote = len(kept), token
            return None
        self.quote = None
        del kept[opened:]
        plain = "".join(c for c in text if c not in '"\\')
        return Token("STRING", f'"{plain}"', start, end_pos=end)

    def collapse_line_ends(self, token: Token) -> Token | None:
        tokens = self.lexemes.tokens
        return None if tokens and tokens[-1].type == "NEWLINE" else token

    def keep_comment(self, token: Token) -> None:
        at = span_of(token)
        before = self.source.text.rfind("\n", 0, at.start) + 1
        blank = not self.source.text[before : at.start].strip(" \t\ufeff")
        comment = ast.Comment(span=at, text=token.rstrip(" \t"), own_line=blank)
        self.lexemes.comments.append(comment)


def read_lexemes(source: Source, diagnostics: Diagnostics) -> Lexemes | None:
    """The checked lexemes of a text, or None where it is over a budget (reported)."""
    return Lexer(source, diagnostics).run()
