"""The parse tables of the grammar as text, in the parts that scanning and parsing need.

`loopc_grammar/tables.txt` has six parts with an empty line between them:

1. the checksum of the grammar that the tables were made from;
2. terminals in the order in which they are tried, each with its regular expression;
3. keywords, which the pattern of NAME matches too;
4. rules: the symbol, the callback and what becomes of the children (see `Rule`);
5. start rules, each with the states it begins and ends in;
6. a line for each state: actions with the symbols that they are for, `s7` to go on to
   state 7, `r9` to reduce by rule 9.

A state is read when it is first entered: most programs see a small part of them.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple
from zlib import crc32

from loopc_grammar import grammar_text, tables_text

IGNORED: Final = "IGNORED"  # the terminal that separates others and is dropped
SPREAD: Final = "_"  # the callback of rules whose children stand for themselves
NOTHING: Final = "-"  # no children, no actions
UNCHANGED: Final = "="  # the callback of rules whose only child stands for them


class Rule(NamedTuple):
    """What reducing by a rule does.

    `shape` has a letter for each child of the node: `x` one symbol, `+` the children of
    one symbol that is spread, `.` an option that was not given (None). `length` symbols
    are taken off the stack.
    """

    symbol: str
    callback: str
    shape: str
    length: int


def _rule(line: str) -> Rule:
    symbol, callback, shape = line.split(" ")
    shape = shape.removeprefix(NOTHING)
    return Rule(symbol, callback, shape, len(shape.replace(".", "")))


Action = tuple[bool, int]  # whether it is a shift, and the state or the rule


class States(dict[int, Mapping[str, Action]]):
    """The actions of each state by symbol, read when it is first entered."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self._lines = lines

    def __missing__(self, number: int) -> Mapping[str, Action]:
        actions = self[number] = _actions(self._lines[number])
        return actions


def _actions(line: str) -> Mapping[str, Action]:
    found: dict[str, Action] = {}
    for group in () if line == NOTHING else line.split("; "):
        action, *symbols = group.split(" ")
        found |= dict.fromkeys(symbols, (action[0] == "s", int(action[1:])))
    return found


class Tables:
    """The tables of one grammar."""

    def __init__(self, text: str) -> None:
        parts = [part.split("\n") for part in text.rstrip("\n").split("\n\n")]
        (self.origin,), terminals, keywords, rules, starts, states = parts
        groups = (line.partition(" ") for line in terminals)
        self.pattern = "|".join(f"(?P<{name}>{regex})" for name, _, regex in groups)
        self.keywords = {word: word.upper() for word in keywords}
        self.rules = [_rule(line) for line in rules]
        self.starts = {
            name: (int(first), int(last))
            for name, first, last in (line.split(" ") for line in starts)
        }
        self.states = States(states)


def origin() -> str:
    """What tables depend on: a checksum of the text of the grammar."""
    return f"{crc32(grammar_text().encode()):08x}"


@cache
def load_tables() -> Tables:
    """The committed tables, read once for the whole process.

    Made from the grammar instead where they are of another one, as while it is edited.
    """
    tables = Tables(tables_text())
    if tables.origin != origin():
        from loopc.syntax.table_maker import build_lark, dump_tables

        return Tables(dump_tables(build_lark()))
    return tables
