"""The parity table of the documentation: what was compared, and how close it came."""

import math
from collections.abc import Mapping
from importlib.metadata import version

from tests.parity.row import Row
from tests.parity.vectors import vectors

TORCH = str(vectors()["version"]).partition("+")[0]
FLOOR = {"single": 1e-6, "double": 1e-13}

# What has no row of its own, and why.
APART = {
    "probe": "its updates go through; what it measures is tested beside the wrappers",
    "extern_gradients": "the arithmetic is Python of the user's",
    "extern_updates": "the arithmetic is Python of the user's",
    "add_noise": "the draws are Philox, optax' are its own: the variance is tested",
    "drop_gradients": "the draws are Philox: shares and means are tested",
    "noisy_sgd": "`add_noise` and a step size",
    "hutchinson_estimator_diag_hessian": "in `sophia` and `adahessian`; the draws of a"
    " quadratic do not matter, those of optax differ",
    "scale_by_sophia": "in `sophia`",
    "scale_by_adahessian": "in `adahessian`",
    "orthogonalize": "in `muon`",
    "scale_by_shape": "in `muon`",
    "correct_by_change": "in `mars`",
    "scale_by_laprop": "in `laprop`",
    "scale_by_lazy_adam": "in `lazy_adam`",
    "scale_by_rprop": "in `rprop`; optax emits each update one step late",
    "scale_by_asgd": "in `asgd`",
    "scale_by_dog": "in `dog`",
    "scale_by_dowg": "in `dowg`",
}

HEAD = """# Parity

<!-- Written by tests/parity/test_transforms.py with --update-golden. -->

Every transform and optimizer takes fifty updates beside its reference, on a matrix, a
vector, a scalar and filters of four axes (the matrix alone with a falling rate), with
gradients of magnitudes from 1e-6 to 10: in float32 within one program that XLA
compiled, and in float64 as a graph. The columns bound the largest error of an element,
relative to its update; where large updates cancel, to a tenth of the largest before.
Errors below {single:g} and {double:g} are not told apart.

References: optax {optax} and Keras {keras} run beside ours. torch is not among the
dependencies: `tests/parity/record_torch.py` wrote down what torch {torch} did in
float64 (on the first three shapes, mostly), and a test does so again where torch is
installed. `tensorflow` is one of its kernels, in float64. Rules that none of these
libraries has are in NumPy (`numpy`), in float64, written from their papers.

Errors above 1e-5 and 1e-10 have a reason in the last column.

| transform | compared with | case | float32 | float64 | reason |
|---|---|---|---|---|---|
"""

FOOT = """
Without a row of their own, here or among the wrappers below:

"""


def page(errors: Mapping[Row, tuple[float, float]]) -> str:
    """Write the page with bounds a little above the errors found."""
    versions = {"optax": version("optax"), "keras": version("keras"), "torch": TORCH}
    head = HEAD.format(**versions, **FLOOR)
    lines = [line_of(row, *errors[row]) for row in sorted(errors, key=sort_key)]
    apart = [f"- `{name}`: {reason}.\n" for name, reason in sorted(APART.items())]
    return head + "".join(lines) + FOOT + "".join(apart)


def sort_key(row: Row) -> tuple[str, str, str, bool]:
    """Order rows by name."""
    return (row.name, row.library, row.case, row.scheduled)


def line_of(row: Row, single: float, double: float) -> str:
    """Write one line of the table."""
    bounds = [
        bound(single, "single"),
        bound(double, "double") if row.double else "none",
    ]
    case = ", ".join(filter(None, [row.case, "falling rate" if row.scheduled else ""]))
    large = single > 1e-5 or double > 1e-10 or not row.double
    cells = [f"`{row.name}`", row.library, case, *bounds, row.note if large else ""]
    return f"| {' | '.join(cells)} |\n"


def bound(error: float, precision: str) -> str:
    """Return the power of ten above three times the error, or the floor."""
    if 3.0 * error <= FLOOR[precision]:
        return f"{FLOOR[precision]:g}"
    return f"{10.0 ** math.ceil(math.log10(3.0 * error)):g}"


def bounds_of(text: str) -> dict[tuple[str, str, str], tuple[float, float]]:
    """Read the bounds out of a page, by name, library and case."""
    found = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `"):
            name, library, case, single, double, _ = cells
            numbers = [math.inf if c == "none" else float(c) for c in (single, double)]
            found[name.strip("`"), library, case] = (numbers[0], numbers[1])
    return found


def key_of(row: Row) -> tuple[str, str, str]:
    """Return how `bounds_of` calls a row."""
    case = ", ".join(filter(None, [row.case, "falling rate" if row.scheduled else ""]))
    return row.name, row.library, case
