"""The surface syntax of `.loop` as data: the grammar, its tables, and the kinds of
words.

The word tables are what editors, highlighters and the parser share: a *reserved* word
is never a name; an *opening* word is a keyword only where it starts a statement; a
*following* word only right after a complete value; a *paired* word only right after one
given other word.
"""

from os.path import dirname, join
from typing import Final

GRAMMAR_PATH: Final = join(dirname(__file__), "loop.lark")
TABLES_PATH: Final = join(dirname(__file__), "tables.txt")

START_RULES: Final = (
    "program",
    "data_items",
    "statements",
    "train_items",
    "stage_items",
)


def word_set(words: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(words.split())


INFIX_WORDS: Final = word_set(
    "then using at every for from in to by of best drop keep stalls if else and or not"
)
VALUE_WORDS: Final = frozenset(("true", "false", "rest"))
RESERVED_WORDS: Final = INFIX_WORDS | VALUE_WORDS

DECLARATION_WORDS: Final = word_set(
    "param const dim data model layer loss fn weight state schedule transform train"
    " import extern"
)
DATA_WORDS: Final = frozenset(("field", "augment"))
STATEMENT_WORDS: Final = frozenset(
    ("return", "repeat", "draw", "update", "set", "report", "weight")
)
TRAIN_WORDS: Final = frozenset(
    ("step", "eval", "stage", "checkpoint", "stop", "export", "on", "start")
)
STAGE_WORDS: Final = frozenset(("freeze", "set"))
OPENING_WORDS: Final = (
    DECLARATION_WORDS | DATA_WORDS | STATEMENT_WORDS | TRAIN_WORDS | STAGE_WORDS
)

FOLLOWING_WORDS: Final = frozenset(("batch", "parts", "contiguous", "buckets", "reset"))

PAIRED_WORDS: Final = frozenset(
    (
        ("to", "minimize"),
        ("to", "maximize"),
        ("batch", "all"),
        ("stop", "when"),
        ("on", "nonfinite"),
        ("nonfinite", "halt"),
        ("nonfinite", "skip"),
        ("nonfinite", "rollback"),
        ("at", "most"),
        ("best", "max"),
        ("best", "min"),
        ("when", "max"),
        ("when", "min"),
        ("extern", "fn"),
        ("extern", "layer"),
        ("extern", "metric"),
        ("extern", "transform"),
        ("extern", "data"),
    )
)

CONTEXTUAL_WORDS: Final = (
    OPENING_WORDS | FOLLOWING_WORDS | frozenset(word for _, word in PAIRED_WORDS)
)

UNIT_WORDS: Final = word_set(
    "step steps epoch epochs update updates second seconds minute minutes hour hours"
    " day days"
)


def grammar_text() -> str:
    """The Lark grammar as written."""
    return _text(GRAMMAR_PATH)


def tables_text() -> str:
    """The parse tables made from the grammar (kept equal to it by a test)."""
    return _text(TABLES_PATH)


def _text(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()
