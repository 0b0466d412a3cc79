"""Scanning and LALR(1) parsing by the tables: what the grammar says, no more.

Lark makes the tables; its own parser would cost more time to import than a program to
check.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from loopc.syntax.tables import IGNORED, SPREAD, UNCHANGED, Action, Rule, load_tables
from loopc.syntax.tokens import Token

END: Final = "$END"


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(load_tables().pattern)


def scan(text: str) -> Iterator[Token]:
    """The lexemes of a text, comments and unknown characters among them."""
    keywords = load_tables().keywords
    for found in _pattern().finditer(text):
        type_, lexeme = found.lastgroup, found.group()
        if type_ is None or type_ == IGNORED:
            continue
        if type_ == "NAME":
            type_ = keywords.get(lexeme, type_)
        start, end = found.span()
        yield Token(type_, lexeme, start, end)


class Automaton:
    """A stack of states and one of values, from one of the start rules on.

    `builder` has a method for each callback; it is called with the list of children as
    soon as they are all there, so depth costs no recursion.
    """

    def __init__(self, start: str, builder: object) -> None:
        self.tables = load_tables()
        first, self.last = self.tables.starts[start]
        self.builder = builder
        self.states = [first]
        self.values: list[Any] = []

    def feed(self, token: Token) -> bool:
        """Take the next token; False where it cannot follow what was taken."""
        states, table, rules = self.states, self.tables.states, self.tables.rules
        type_ = token.type
        while (action := table[states[-1]].get(type_)) is not None:
            shifts, target = action
            if shifts:
                states.append(target)
                self.values.append(token)
                return True
            rule = rules[target]
            if rule.callback == UNCHANGED:  # three of four reductions
                states[-1] = table[states[-2]][rule.symbol][1]
            else:
                self.reduce(rule)
        return False

    def finish(self) -> Any:
        """The value of the start rule, after its last token."""
        while self.states[-1] != self.last:
            _, rule = self.actions()[END]
            self.reduce(self.tables.rules[rule])
        return self.values[-1]

    def actions(self) -> Mapping[str, Action]:
        return self.tables.states[self.states[-1]]

    def reduce(self, rule: Rule) -> None:
        if rule.callback != UNCHANGED:
            place = len(self.values) - rule.length
            children = _shaped(rule.shape, self.values[place:])
            del self.values[place:]
            self.values.append(self.build(rule.callback, children))
        self._enter(self.states, rule)

    def build(self, callback: str, children: list[Any]) -> Any:
        if callback == SPREAD:
            return children
        return getattr(self.builder, callback)(children)

    def _enter(self, states: list[int], rule: Rule) -> None:
        """Replace the states of a rule's symbols by the one after the rule."""
        del states[len(states) - rule.length :]
        states.append(self.tables.states[states[-1]][rule.symbol][1])

    def accepts(self) -> set[str]:
        """The types of the tokens that could follow here."""
        terminals = (symbol for symbol in self.actions() if symbol.isupper())
        return {terminal for terminal in terminals if self._takes(terminal)}

    def _takes(self, terminal: str) -> bool:
        """Whether a token of this type would be shifted, not only reduced before."""
        states = self.states.copy()
        while (action := self.tables.states[states[-1]].get(terminal)) is not None:
            shifts, target = action
            if shifts:
                return True
            self._enter(states, self.tables.rules[target])
            if terminal == END and states[-1] == self.last:
                return True
        return False

    def cut(self, height: int) -> None:
        """Forget what is above this many values."""
        del self.states[height + 1 :]
        del self.values[height:]


def _shaped(shape: str, symbols: list[Any]) -> list[Any]:
    """The children of a rule with this shape, from the values of its symbols."""
    if "+" not in shape and "." not in shape:
        return symbols
    children: list[Any] = []
    rest = iter(symbols)
    for letter in shape:
        if letter == ".":
            children.append(None)
        elif letter == "x":
            children.append(next(rest))
        elif children:
            children += next(rest)
        else:
            children = next(rest)  # grows in place, so that long lists take linear time
    return children
