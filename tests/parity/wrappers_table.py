"""The parity table of wrappers: what was descended beside optax, and how close."""

from collections.abc import Mapping, Sequence

from tests.parity.descents import Descent
from tests.parity.sections import THIRD, third_section
from tests.parity.table import bound

HEAD = f"""{THIRD}
<!-- Written by tests/parity/test_wrappers.py with --update-golden. -->

Wrappers, averages, and what needs the objective, another pass or gradients of single
examples descend one small problem beside optax: fifty steps, with a kernel, a bias and
a scalar, in float32 under XLA and in float64 as a graph. The columns bound the largest
error of an element in any step, relative to how far its variable moved; of averages,
also that of their last value. optax and the floors are those above.

| transform | compared with | case | float32 | float64 | reason |
|---|---|---|---|---|---|
"""


def section(rows: Sequence[Descent], errors: Mapping[str, tuple[float, float]]) -> str:
    """Write the section with bounds a little above the errors found."""
    ordered = sorted(rows, key=lambda row: row.label)
    return HEAD + "".join(line_of(row, *errors[row.label]) for row in ordered)


def line_of(row: Descent, single: float, double: float) -> str:
    """Write one line of the table."""
    bounds = [bound(single, "single"), bound(double, "double")]
    note = row.note if single > 1e-5 or double > 1e-10 else ""
    return f"| `{row.name}` | {' | '.join(['optax', row.case, *bounds, note])} |\n"


def documented() -> dict[str, tuple[float, float]]:
    """Read the bounds out of the page, by the label of the row."""
    found = {}
    for line in third_section().splitlines():
        if line.startswith("| `"):
            name, _, case, *bounds, _ = [c.strip() for c in line.strip("|").split("|")]
            label = name.strip("`") + (f" ({case})" if case else "")
            found[label] = (float(bounds[0]), float(bounds[1]))
    return found
