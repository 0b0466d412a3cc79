"""Transforms and optimizers against their references: every update of fifty."""

from functools import cache

import pytest
from tests.parity.harness import GROUP, errors
from tests.parity.row import Row
from tests.parity.rows import optax_optimizers, optax_primitives

ROWS: list[Row] = [*optax_primitives.ROWS, *optax_optimizers.ROWS]


@cache
def errors_of_group(number: int) -> dict[Row, tuple[float, float]]:
    """Return the errors of the rows that are compiled together."""
    return errors(ROWS[number * GROUP : (number + 1) * GROUP])


@pytest.mark.parametrize("place", range(len(ROWS)), ids=[row.label for row in ROWS])
def test_updates_equal_those_of_the_reference(place: int) -> None:
    """Under XLA in float32, and in a graph in float64, whatever the magnitude."""
    row = ROWS[place]
    single, double = errors_of_group(place // GROUP)[row]

    assert single <= row.single
    assert double <= row.double


def test_labels_are_distinct() -> None:
    """Every row of the table can be told from the others."""
    labels = [row.label for row in ROWS]

    assert len(set(labels)) == len(labels)
