"""Statements from lines: where a statement ends, and whether every bracket is closed.

A statement ends with its line, except inside `( )` and `[ ]`, after an operator, `=`,
`,` or an infix word, and where the next line starts with an operator or with `then
using if else and or`. What comes out has exactly one NEWLINE after each statement, and
balanced brackets: a missing one is reported and put in, one too many is reported and
left out.
"""

from dataclasses import field
from typing import Final

from loopc.diagnostics.model import Diagnostic, Diagnostics
from loopc.records import dataclass
from loopc.source import Position, Source, Span
from loopc.syntax import syntax_errors as errors
from loopc.syntax.expectations import PUNCTUATION
from loopc.syntax.lexer import Lexemes
from loopc.syntax.tokens import Token, span_of
from loopc.syntax.words import OPENING, token_types
from loopc_grammar import DECLARATION_WORDS, word_set

MAX_NESTING: Final = 64

OPERATORS: Final = word_set(
    "EQUAL PIPE ARROW MAPS RANGE PLUS MINUS STAR SLASH FLOOR POWER MATMUL SAME DIFFERS"
    " LESS AT_MOST MORE AT_LEAST"
)
GOES_ON_AFTER: Final = OPERATORS | word_set(
    "COMMA THEN USING AT EVERY FOR FROM IN TO BY OF IF ELSE AND OR NOT"
)
GOES_ON_BEFORE: Final = OPERATORS | word_set("THEN USING IF ELSE AND OR")

CLOSER: Final = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
SPELLING: Final = {
    bracket: PUNCTUATION[bracket] for pair in CLOSER.items() for bracket in pair
}
TOP_LEVEL_ONLY: Final = token_types(DECLARATION_WORDS - {"weight"})
AFTER_OPENING_WORD: Final = OPENING | {"NAME", "STRING", "NUMBER", "LBRACE"}


@dataclass(slots=True)
class Layout:
    """One pass over the lexemes of one text."""

    source: Source
    lexemes: Lexemes
    diagnostics: Diagnostics
    output: list[Token] = field(default_factory=list)
    open: list[Token] = field(default_factory=list)
    too_early: Token | None = None  # a `{` whose `}` stands further left than its line

    def run(self) -> list[Token] | None:
        """The tokens of complete statements, or None where they nest too deeply."""
        tokens = self.lexemes.tokens
        for place, token in enumerate(tokens):
            type_ = token.type
            if type_ == "NEWLINE":
                self.end_line(place)
            elif type_ in CLOSER:
                if len(self.open) == MAX_NESTING:
                    self.diagnostics.add(
                        errors.nested_too_deeply(span_of(token), MAX_NESTING)
                    )
                    return None
                self.open.append(token)
                self.output.append(token)
            elif type_ in ("RPAR", "RSQB"):
                self.close_bracket(token)
            elif type_ == "RBRACE":
                self.close_brace(token)
            else:
                self.output.append(token)
        self.end_text()
        return self.output

    def report(self, diagnostic: Diagnostic) -> None:
        self.lexemes.damage.extend(label.span.start for label in diagnostic.labels)
        self.diagnostics.add(diagnostic)

    def put(self, type_: str, at: int) -> None:
        """Add a token that the text does not have."""
        text = SPELLING.get(type_, "")
        self.output.append(Token(type_, text, at, end_pos=at))

    def last_type(self) -> str:
        return self.output[-1].type if self.output else "NEWLINE"

    def end_line(self, place: int) -> None:
        tokens = self.lexemes.tokens
        token = tokens[place]
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        if following is not None:
            self.close_before_statement(token, following, place)
        inside = bool(self.open) and self.open[-1].type != "LBRACE"
        last = self.last_type()
        if inside or last in ("NEWLINE", "LBRACE") or last in GOES_ON_AFTER:
            return
        if following is not None and following.type == "LBRACE":
            self.report(errors.brace_on_new_line(span_of(token), span_of(following)))
        elif following is None or following.type not in GOES_ON_BEFORE:
            self.output.append(token)

    def close_before_statement(
        self, line_end: Token, following: Token, place: int
    ) -> None:
        """Close what must be closed where the next line opens a statement."""
        if not self.open or following.type not in OPENING:
            return
        tokens = self.lexemes.tokens
        after = tokens[place + 2].type if place + 2 < len(tokens) else "NEWLINE"
        if after not in AFTER_OPENING_WORD:
            return
        at_left = self.position(following).column == 1
        top_level = following.type in TOP_LEVEL_ONLY and at_left
        if not top_level and self.open[-1].type == "LBRACE":
            return
        where = f"this `{following}`"
        at = span_of(line_end).start
        self.close_all(at, span_of(following), where, braces=top_level)

    def close_all(self, at: int, label: Span, where: str, braces: bool) -> None:
        """Report the outermost bracket left open, and close it and what it holds."""
        keep = 0
        if not braces:
            kinds = [token.type for token in self.open]
            keep = len(kinds) - kinds[::-1].index("LBRACE") if "LBRACE" in kinds else 0
        opener = self.open[keep]
        if opener.type == "LBRACE" and self.too_early is not None:
            opener = self.too_early
        bracket, closer = SPELLING[opener.type], SPELLING[CLOSER[opener.type]]
        self.report(
            errors.unclosed_bracket(label, span_of(opener), bracket, closer, where)
        )
        while len(self.open) > keep:
            self.put_closer(at)

    def put_closer(self, at: int) -> None:
        opener = self.open.pop()
        if opener.type == "LBRACE" and self.last_type() not in ("NEWLINE", "LBRACE"):
            self.put("NEWLINE", at)
        self.put(CLOSER[opener.type], at)

    def close_bracket(self, token: Token) -> None:
        if not self.open or self.open[-1].type == "LBRACE":
            self.report(errors.unmatched_bracket(span_of(token), str(token), None))
            return
        opener = self.open.pop()
        closer = CLOSER[opener.type]
        if closer != token.type:
            bracket, at = SPELLING[opener.type], span_of(opener)
            self.report(
                errors.mismatched_bracket(
                    span_of(token), str(token), at, bracket, SPELLING[closer]
                )
            )
            token = token.retyped(closer)
        self.output.append(token)

    def close_brace(self, token: Token) -> None:
        at = span_of(token)
        if all(opener.type != "LBRACE" for opener in self.open):
            early = None if self.too_early is None else span_of(self.too_early)
            self.report(errors.unmatched_bracket(at, "}", early))
            return
        if self.open[-1].type != "LBRACE":
            self.close_all(at.start, at, "this `}`", braces=False)
        self.note_indentation(self.open[-1], token)
        if self.last_type() not in ("NEWLINE", "LBRACE"):
            self.put("NEWLINE", at.start)
        self.open.pop()
        self.output.append(token)

    def note_indentation(self, opener: Token, closer: Token) -> None:
        """Remember the first `{` whose `}` stands further left than its line."""
        if self.too_early is not None:
            return
        line, end = self.position(opener).line, self.position(closer)
        if end.line == line:
            return
        header = self.source.line_text(line)
        indentation = len(header) - len(header.lstrip())
        if end.column - 1 < indentation:
            self.too_early = opener

    def position(self, token: Token) -> Position:
        return self.source.position(span_of(token).start)

    def end_text(self) -> None:
        end = len(self.source.text)
        if self.open:
            self.close_all(end, Span(end, end), "the end of the text", braces=True)
        if self.last_type() != "NEWLINE":
            self.put("NEWLINE", end)


def lay_out(
    source: Source, lexemes: Lexemes, diagnostics: Diagnostics
) -> list[Token] | None:
    """The tokens of complete statements, or None where they nest too deeply."""
    return Layout(source, lexemes, diagnostics).run()
