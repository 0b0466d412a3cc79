"""Scanning and parsing by the tables, against Lark on the same grammar."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark import Token as LarkToken
from lark import UnexpectedInput

from loopc.diagnostics.model import Diagnostics
from loopc.source import Source
from loopc.syntax.automaton import Automaton, scan
from loopc.syntax.layout import lay_out
from loopc.syntax.lexer import read_lexemes
from loopc.syntax.table_maker import build_lark
from loopc.syntax.tables import load_tables
from loopc.syntax.tokens import Token
from loopc.syntax.words import settle_words

SAMPLES = Path(__file__).parents[3] / "samples"
LARK = build_lark()
TYPES = sorted({s for n in range(600) for s in load_tables().states[n] if s.isupper()})


class Records:
    """A builder whose nodes are tuples: the callback and the children."""

    def __getattr__(self, callback: str) -> Any:
        if not callback[0].islower():  # of a terminal, or spread
            raise AttributeError(callback)
        return lambda children: (str(callback), *children)


LARK_RECORDS = build_lark(Records())


def settled(text: str) -> list[Token]:
    """The tokens that the parser is given."""
    source, found = Source(text), Diagnostics()
    lexemes = read_lexemes(source, found)
    assert lexemes is not None
    lines = lay_out(source, lexemes, found)
    assert lines is not None
    return settle_words(lines, lexemes.damage, found)


def plain(value: Any) -> Any:
    """A node with every token as (type, text)."""
    match value:
        case tuple():
            return tuple(plain(part) for part in value)
        case Token() | LarkToken():
            return value.type, str(value)
    return value


def outcome_of_lark(tokens: list[Token]) -> tuple[int, Any]:
    """How many tokens Lark takes, and the tree, or what could follow instead."""
    parser = LARK_RECORDS.parse_interactive(start="program")
    for place, token in enumerate([*tokens, Token("$END", "")]):
        try:
            tree = parser.feed_token(LarkToken(token.type, str(token)))
        except UnexpectedInput:
            return place, parser.accepts()
    return len(tokens), plain(tree)


def outcome(tokens: list[Token]) -> tuple[int, Any]:
    """The same of the automaton."""
    automaton = Automaton("program", Records())
    for place, token in enumerate(tokens):
        if not automaton.feed(token):
            return place, automaton.accepts()
    if "$END" not in automaton.accepts():
        automaton.feed(Token("$END", ""))
        return len(tokens), automaton.accepts()
    return len(tokens), plain(automaton.finish())


@given(st.text(st.sampled_from("ab1_.%\"\\\\'#\r\n\t =<>!-+*/^@|&:;,(){}[]é\u2028e")))
def test_every_text_scans_as_by_lark(text: str) -> None:
    """Types, texts and places are Lark's, whatever the text holds."""
    parser = LARK.parse_interactive(text, start="program")
    expected = [
        (token.type, str(token), token.start_pos, token.end_pos)
        for token in parser.lexer_thread.lex(parser.parser_state)
    ]
    found = [(t.type, str(t), t.start_pos, t.end_pos) for t in scan(text)]
    assert found == expected


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.loop")), ids=lambda p: p.stem)
def test_samples_parse_as_by_lark(sample: Path) -> None:
    """Every sample gives the tree that Lark gives."""
    tokens = settled(sample.read_text(encoding="utf-8"))
    assert outcome(tokens) == outcome_of_lark(tokens)


@given(st.data())
def test_changed_programs_fail_as_by_lark(data: st.DataObject) -> None:
    """One wrong token stops both at the same place, with the same tokens expected."""
    sample = data.draw(st.sampled_from(sorted(SAMPLES.glob("*.loop"))))
    tokens = settled(sample.read_text(encoding="utf-8"))
    place = data.draw(st.integers(0, len(tokens)))
    inserted = Token(data.draw(st.sampled_from(TYPES)), "?")
    dropped = data.draw(st.integers(0, 1))
    tokens[place : place + dropped] = [inserted]
    tokens = [token for token in tokens if token.type != "$END"]
    assert outcome(tokens) == outcome_of_lark(tokens)


def test_tokens_keep_their_place() -> None:
    """A keyword that becomes a name stays where it is, and reads the same."""
    token = Token("LOSS", "loss", 4, 8).retyped("NAME")
    assert (token.type, token.start_pos, token.end_pos) == ("NAME", 4, 8)
    assert token == token.value == "loss"
