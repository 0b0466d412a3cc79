"""Transforms of several objectives against their papers: every update of fifty."""

from collections.abc import Callable

import pytest
from tests.parity import objectives, sections
from tests.parity.objectives_table import USUAL, documented, section
from tests.parity.rows.several_objectives import ROWS

from loopc.vocabulary import transforms

Apart = Callable[..., dict[str, dict[str, float]]]


def errors() -> dict[str, dict[str, float]]:
    """Compute the errors of all rows, which are compiled together: in its process."""
    return objectives.errors(ROWS)


@pytest.mark.slow
def test_the_page_lists_every_row(update_golden: bool, apart: Apart) -> None:
    """It has one line for each row; `--update-golden` writes them."""
    if update_golden:
        sections.write(second=section(ROWS, apart(errors)))

    assert list(documented()) == sorted(row.label for row in ROWS)


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=[row.label for row in ROWS])
def test_updates_are_those_of_the_paper(
    row: objectives.ObjectivesRow, apart: Apart
) -> None:
    """With two, three and four objectives, opposite ones and one at rest."""
    found, bounds = apart(errors)[row.label], documented()[row.label]

    for walk, error in found.items():
        assert error <= row.loose.get(walk, USUAL), walk
        # Processors round differently: what is documented holds to a decade.
        assert error <= 10 * bounds[walk], walk


def test_a_graph_takes_the_same_steps() -> None:
    """Without XLA the first four steps are those of the papers too."""
    walk = objectives.at_rest().first(4)
    compiled = objectives.Ours(ROWS, walk.tasks, xla=False)

    found = compiled.unroll(walk.gradients, walk.values, walk.after).numpy()

    for row, updates in zip(ROWS, found, strict=True):
        wanted = objectives.reference(row, walk)
        error = objectives.largest_error(updates, wanted, walk)
        assert error <= row.loose.get("at rest", USUAL), row.label


def test_no_transform_of_several_objectives_is_left_out() -> None:
    """What the language knows is compared."""
    known = {e.name for e in transforms().values() if e.role == "objectives"}

    assert known == {row.name for row in ROWS}
