"""The parity table of several objectives: one line for each row, a column a walk."""

from collections.abc import Mapping, Sequence

from tests.parity.objectives import WALKS, ObjectivesRow
from tests.parity.sections import SECOND, second_section
from tests.parity.table import bound

# Larger errors have a reason in the last column.
USUAL = 3e-5

HEAD = f"""{SECOND}
<!-- Written by tests/parity/test_objectives.py with --update-golden. -->

What combines objectives takes fifty steps beside the arithmetic of its paper, written
in NumPy and SciPy in float64: convex programs are solved by their conditions of
optimality or by SciPy, on whole gradients. Ours work in float32, within one program
that XLA compiled; random draws are those of the run. The columns bound the largest
error of an element, relative to the largest of the update, or to a tenth of that of
the gradients where these cancel: with two, three and four objectives; with two whose
gradients are opposite in every other step; with three of which the last has a gradient
of 0 in two of three steps. LibMTL, which has most of them, needs torch and was not run.

| transform | case | {' | '.join(WALKS)} | reason |
|---|---|{'---|' * len(WALKS)}---|
"""


def section(
    rows: Sequence[ObjectivesRow], errors: Mapping[str, Mapping[str, float]]
) -> str:
    """Write the section with bounds a little above the errors found."""
    ordered = sorted(rows, key=lambda row: row.label)
    return HEAD + "".join(line_of(row, errors[row.label]) for row in ordered)


def line_of(row: ObjectivesRow, errors: Mapping[str, float]) -> str:
    """Write one line of the table."""
    bounds = [bound(errors[name], "single") for name in WALKS]
    note = row.note if max(errors.values()) > USUAL else ""
    return f"| `{row.name}` | {' | '.join([row.case, *bounds, note])} |\n"


def documented() -> dict[str, dict[str, float]]:
    """Read the bounds out of the page, by the label of the row and the walk."""
    found = {}
    for line in second_section().splitlines():
        if line.startswith("| `"):
            name, case, *bounds, _ = [c.strip() for c in line.strip("|").split("|")]
            label = name.strip("`") + (f" ({case})" if case else "")
            found[label] = dict(zip(WALKS, map(float, bounds), strict=True))
    return found
