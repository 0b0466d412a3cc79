"""From the grammar to its tables, by Lark; what is installed reads the tables alone.

`grammar/write_tables.py` rewrites them after a change of the grammar; a test compares
them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from lark import Lark
from lark.grammar import Rule as LarkRule
from lark.grammar import Symbol
from lark.lexer import BasicLexer, TerminalDef
from lark.parsers.lalr_analysis import Shift

from loopc.syntax.tables import IGNORED, NOTHING, SPREAD, UNCHANGED, origin
from loopc_grammar import START_RULES, grammar_text

Actions: TypeAlias = dict[str, tuple[Any, Any]]  # by symbol: what to do, and to what
States: TypeAlias = dict[int, Actions]

# Characters that the grammar has as themselves and a line of the tables cannot have.
ESCAPES = str.maketrans({"\n": r"\n", "\r": r"\r", "\t": r"\t"})


class KeepLexemes:
    """Tells Lark which terminals are of use though no rule has them."""

    always_accept = ("COMMENT", "FOREIGN", "UNKNOWN")

    def process(self, stream: Iterator[Any]) -> Iterator[Any]:
        return stream


def build_lark(transformer: Any = None) -> Lark:
    """Lark's own parser of `loop.lark`, with this object's methods as callbacks."""
    return Lark(
        grammar_text(),
        parser="lalr",
        lexer="basic",
        start=list(START_RULES),
        keep_all_tokens=True,
        maybe_placeholders=True,
        postlex=KeepLexemes(),
        transformer=transformer,
    )


def dump_tables(lark: Lark) -> str:
    """The tables of a parser as `loopc.syntax.tables` describes them."""
    lexer = BasicLexer(lark.lexer_conf)
    table = lark.parser.parser._parse_table
    order = _order(table.states, [table.start_states[name] for name in START_RULES])
    place = {state: number for number, state in enumerate(order)}
    rules = {rule: number for number, rule in enumerate(lark.rules)}
    bounds = [(name, table.start_states, table.end_states) for name in START_RULES]
    parts = (
        [origin()],
        [f"{_group(t, lexer)} {_regex(t)}" for t in lexer.terminals if not _is_word(t)],
        sorted(t.pattern.value for t in lexer.terminals if _is_word(t)),
        [_rule(rule) for rule in lark.rules],
        [f"{name} {place[at[name]]} {place[to[name]]}" for name, at, to in bounds],
        [_state(table.states[state], place, rules) for state in order],
    )
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _is_word(terminal: TerminalDef) -> bool:
    """Whether NAME matches it. ValueError: it is not called as `Tables` expects."""
    value = terminal.pattern.value
    word = terminal.pattern.type == "str" and value.isalpha()
    if word and terminal.name != value.upper():
        raise ValueError(f"the keyword {value} is called {terminal.name}")
    return word


def _group(terminal: TerminalDef, lexer: BasicLexer) -> str:
    return IGNORED if terminal.name in lexer.ignore_types else terminal.name


def _regex(terminal: TerminalDef) -> str:
    pattern = terminal.pattern
    text = re.escape(pattern.value) if pattern.type == "str" else pattern.to_regexp()
    return text.translate(ESCAPES)


def _rule(rule: LarkRule) -> str:
    """A line for a rule. ValueError: it does what `Automaton` cannot."""
    shape = _shape(rule.expansion, rule.options.empty_indices)
    name = rule.origin.name
    if name.startswith("_"):
        callback = SPREAD
    elif rule.options.expand1 and not rule.alias:
        callback = UNCHANGED
        if shape != "x":
            raise ValueError(f"only a rule of one symbol is inlined: {rule}")
    else:
        callback = rule.alias or name
    return f"{name} {callback} {shape or NOTHING}"


def _shape(expansion: Iterable[Symbol], empty: Iterable[bool]) -> str:
    """The children of a rule; `empty` marks the places where an option is absent."""
    letters = ["+" if _is_spread(symbol) else "x" for symbol in expansion]
    if not (marks := tuple(empty)):
        return "".join(letters)
    rest = iter(letters)
    return "".join("." if absent else next(rest) for absent in marks)


def _is_spread(symbol: Symbol) -> bool:
    return not symbol.is_term and symbol.name.startswith("_")


def _order(states: States, starts: Iterable[int]) -> list[int]:
    """All states as one meets them, so that equal grammars have equal tables."""
    found = list(starts)
    for state in found:
        for _symbol, (action, to) in sorted(states[state].items()):
            if action is Shift and to not in found:
                found.append(to)
    return found


def _state(actions: Actions, place: dict[int, int], rules: dict[LarkRule, int]) -> str:
    symbols: defaultdict[str, list[str]] = defaultdict(list)
    for symbol, (action, to) in sorted(actions.items()):
        key = f"s{place[to]}" if action is Shift else f"r{rules[to]}"
        symbols[key].append(symbol)
    groups = (f"{key} {' '.join(names)}" for key, names in symbols.items())
    return "; ".join(groups) or NOTHING
