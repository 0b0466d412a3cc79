"""The bound on the depth of the tree, so that every later stage may recurse without
care.

Operators and postfixes of one expression nest the tree as brackets do: the deepest path
through a statement has at most as many levels as counted here.
"""

from typing import Final

from loopc.diagnostics.model import Diagnostics
from loopc.syntax import syntax_errors as errors
from loopc.syntax.layout import CLOSER
from loopc.syntax.tokens import Token, span_of
from loopc_grammar import word_set

MAX_DEPTH: Final = 128

OPERATORS: Final = word_set(
    "PIPE ARROW PLUS MINUS STAR SLASH FLOOR POWER MATMUL SAME DIFFERS LESS AT_MOST MORE"
    " AT_LEAST THEN IF AND OR NOT DOT"
)
PARTS: Final = frozenset(("COMMA", "NEWLINE", "COLON", "MAPS", "EQUAL"))
CLOSERS: Final = frozenset(CLOSER.values())


def verify_depth(tokens: list[Token], diagnostics: Diagnostics) -> bool:
    """Whether no path through the tree is deeper than the limit; reports the first that
    is.
    """
    outer: list[tuple[int, int, int]] = []
    best = own = inner = (
        0  # finished parts; operators of this part; brackets in this part
    )
    previous = ""
    for token in tokens:
        type_ = token.type
        if type_ in OPERATORS:
            own += 1
        elif type_ in PARTS:
            best, own, inner = max(best, own + inner), 0, 0
        elif type_ in CLOSER:
            outer.append((best, own + (previous in CLOSERS), inner))
            best = own = inner = 0
        elif type_ in CLOSERS:
            level = max(best, own + inner) + 1
            best, own, inner = outer.pop()
            inner = max(inner, level)
        if own + inner > MAX_DEPTH:
            diagnostics.add(errors.expression_too_deep(span_of(token), MAX_DEPTH))
            return False
        previous = type_
    return True
