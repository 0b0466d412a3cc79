"""Words with forms of their own: each has a page, in forms that the parser reads."""

from pathlib import Path

import pytest

from loopc.diagnostics.model import Diagnostics
from loopc.semantics.calls import DERIVING
from loopc.semantics.field_readers import READERS
from loopc.semantics.sources import SOURCES
from loopc.semantics.special_calls import SPECIAL
from loopc.semantics.static_functions import STATIC_NAMES
from loopc.source import Source
from loopc.syntax.parser import parse
from loopc.vocabulary import functions
from loopc.vocabulary.constructs import Construct, constructs
from loopc_grammar import OPENING_WORDS

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "language.md"
HEADINGS = {
    line.lstrip("# ").strip()
    for line in REFERENCE.read_text(encoding="utf-8").splitlines()
    if line.startswith("#")
}
OPERATORS = {"index", "positive"}  # `x[i]` and `+x`
PLACES = (
    "%s",
    "data d {\n  %s\n}",
    "train for 1 epoch {\n  %s\n}",
    "train for 1 epoch {\n  step {\n    %s\n  }\n}",
    "train for 1 epoch {\n  stage one for 1 epoch {\n    %s\n  }\n}",
    "const c = %s",
)


def pages(kind: str) -> set[str]:
    return {one.name for one in constructs() if one.kind == kind}


def test_every_word_that_opens_a_statement_has_a_page() -> None:
    """Whatever the grammar begins with, `loopc doc` knows."""
    known = pages("declaration") | pages("statement") | pages("data")
    assert known >= OPENING_WORDS | {"keep", "every"}


def test_every_form_of_the_checker_has_a_page() -> None:
    """What is called and is no entry of the vocabulary is explained too."""
    statics = STATIC_NAMES - set(functions()) - OPERATORS
    assert pages("form") >= {*SPECIAL, *statics, *DERIVING}
    assert pages("data") >= {*SOURCES, *READERS}


@pytest.mark.parametrize("construct", constructs(), ids=lambda c: f"{c.kind}-{c.name}")
def test_page_is_true(construct: Construct) -> None:
    """Each form parses somewhere, and the section it points to is there."""
    assert construct.section in HEADINGS
    for form in construct.written:
        assert any(_parses(place % form.replace("...", "")) for place in PLACES), form


def _parses(text: str) -> bool:
    found = Diagnostics()
    parse(Source(f"{text}\n", "page.loop"), found)
    return not list(found)
