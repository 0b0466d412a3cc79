"""The grammar: free of conflicts, in step with its tables and with the word lists."""

import subprocess
import sys
from collections.abc import Sequence

import pytest
from lark import Lark
from lark.common import ParserConf
from lark.exceptions import GrammarError
from lark.parsers.lalr_analysis import LALR_Analyzer

from loopc.syntax import tables
from loopc.syntax.table_maker import build_lark, dump_tables
from loopc.syntax.tables import load_tables
from loopc_grammar import CONTEXTUAL_WORDS, RESERVED_WORDS, START_RULES, tables_text


@pytest.fixture(scope="module")
def built() -> Lark:
    return build_lark()


def conflict(lark: Lark, starts: Sequence[str]) -> str:
    """Return what LALR(1) cannot decide in a grammar; empty where it decides all."""
    analyzer = LALR_Analyzer(ParserConf(lark.rules, {}, list(starts)), strict=True)
    try:
        analyzer.compute_lalr()
    except GrammarError as error:
        return str(error)
    return ""


def test_grammar_has_no_conflict(built: Lark) -> None:
    """LALR(1) decides everything: no shift/reduce conflict is resolved in silence."""
    assert conflict(built, START_RULES) == ""


def test_a_conflict_would_be_noticed() -> None:
    """The strict analysis is not blind: an ambiguous grammar fails it."""
    ambiguous = Lark('start: start "+" start | "a"', parser="lalr")
    assert "Shift/Reduce conflict" in conflict(ambiguous, ["start"])


def test_no_rule_has_a_priority(built: Lark) -> None:
    """No reduce/reduce conflict is decided by a priority either."""
    assert [rule for rule in built.rules if rule.options.priority] == []


def test_tables_belong_to_the_grammar(built: Lark) -> None:
    """The committed tables are those of loop.lark; else run grammar/write_tables.py."""
    assert tables_text() == dump_tables(built)


def test_tables_of_another_grammar_are_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever edits the grammar sees what it does before the tables are written."""
    committed = load_tables()
    monkeypatch.setattr(tables, "tables_text", lambda: f"00000000{tables_text()[8:]}")
    made = load_tables.__wrapped__()
    assert made.origin == committed.origin
    assert made.rules == committed.rules


def test_keywords_are_those_of_the_word_lists(built: Lark) -> None:
    """Every word of the grammar is in one word list, so editors can trust the lists."""
    patterns = {t.pattern.value for t in built.terminals if t.pattern.type == "str"}
    words = {value for value in patterns if value.isalpha()}
    assert words == CONTEXTUAL_WORDS | RESERVED_WORDS


def test_checking_leaves_lark_out() -> None:
    """The committed tables are enough to parse, so Lark is not imported."""
    code = (
        "import sys; from loopc import check_source; check_source('const a = 1');"
        "sys.exit('lark' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_tables_are_shared() -> None:
    """The tables are read once per process."""
    assert load_tables() is load_tables()
