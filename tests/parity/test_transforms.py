"""Transforms and optimizers against their references: every update of fifty."""

from collections.abc import Callable
from functools import cache

import pytest
from tests.parity.harness import GROUP, errors
from tests.parity.row import Row
from tests.parity.rows import (
    keras_optimizers,
    kron_rules,
    numpy_rules,
    optax_optimizers,
    optax_primitives,
    paper_rules,
    soap_rules,
    sparse_rules,
    torch_rules,
    wrappers,
)
from tests.parity.sections import first_section, write
from tests.parity.table import APART, bounds_of, key_of, page

from loopc.vocabulary import transforms

FAMILIES = (
    *(optax_primitives, optax_optimizers, keras_optimizers, torch_rules),
    *(numpy_rules, paper_rules, soap_rules, kron_rules, sparse_rules),
)
ROWS: list[Row] = [row for family in FAMILIES for row in family.ROWS]


Apart = Callable[..., list[tuple[float, float]]]


def errors_of_group(number: int) -> list[tuple[float, float]]:
    """Compute the errors of rows that are compiled together: in a process for that."""
    rows = ROWS[number * GROUP : (number + 1) * GROUP]
    found = errors(rows)
    return [found[row] for row in rows]


@cache
def written() -> dict[tuple[str, str, str], tuple[float, float]]:
    """Return the bounds in the documentation."""
    return bounds_of(first_section())


@pytest.mark.parametrize("place", range(len(ROWS)), ids=[row.label for row in ROWS])
def test_updates_equal_those_of_the_reference(
    place: int, update_golden: bool, apart: Apart
) -> None:
    """Under XLA in float32, and in a graph in float64, as close as documented."""
    row = ROWS[place]
    single, double = apart(errors_of_group, place // GROUP)[place % GROUP]

    assert single <= row.single
    assert double <= (row.double or 0.0)
    if not update_golden:
        # Processors round differently: what is documented holds to a decade.
        documented = written()[key_of(row)]
        assert single <= 10 * documented[0]
        assert double <= 10 * documented[1]


def test_the_table_lists_every_row(update_golden: bool, apart: Apart) -> None:
    """The page has one line for each row; `--update-golden` writes it."""
    if update_golden:
        groups = range(-(-len(ROWS) // GROUP))
        found = [each for n in groups for each in apart(errors_of_group, n)]
        write(first=page(dict(zip(ROWS, found, strict=True))))

    assert set(written()) == {key_of(row) for row in ROWS}
    assert len({key_of(row) for row in ROWS}) == len(ROWS)


def test_no_transform_is_left_out() -> None:
    """What the language knows is compared, or the page says why it is not.

    What combines objectives has rows of its own (test_objectives.py), and so has what
    descends (test_wrappers.py).
    """
    known = {e.name for e in transforms().values() if e.role != "objectives"}
    compared = {row.name for row in (*ROWS, *wrappers.ROWS)}

    assert known - compared == set(APART)
