"""Flavor torch, and the optimizers of torch alone, against what torch did.

`record_torch.py` wrote down its updates, in float64; tests/parity/test_torch.py takes
them anew where torch is installed.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from tests.parity.row import Arrays, Row, Rule
from tests.parity.vectors import vectors

import loopc_runtime as ours

SMALL, EVERY = (0, 1, 2), (0, 1, 2, 3)


@cache
def updates_of(name: str) -> list[np.ndarray]:
    """Return what was recorded: one [steps, ...] array for each variable shown."""
    found: list[np.ndarray] = []
    while f"update/{name}/{len(found)}" in vectors():
        found.append(vectors()[f"update/{name}/{len(found)}"])
    return found


def replayed(name: str) -> Callable[[], Rule]:
    """Return the rule that gives the recorded updates, one after the other."""

    def rule(
        gradients: Arrays, variables: Arrays, count: int, rate: float, value: float
    ) -> Arrays:
        return [stack[count - 1] for stack in updates_of(name)]

    return lambda: rule


def of_torch(
    name: str,
    case: str,
    record: str,
    mine: Callable[[float], ours.GradientTransform],
    shown: tuple[int, ...] = SMALL,
    **traits: Any,
) -> Row:
    """A row against one record."""
    traits = {
        "single": 5e-5,
        "note": "torch ran in float64, where powers of 0.999 keep more digits",
        **traits,
    }
    theirs = replayed(record)
    return Row(
        name=name,
        library="torch",
        case=case,
        ours=mine,
        theirs=theirs,
        shown=shown,
        **traits,
    )


def every_other_row(transform: ours.GradientTransform) -> ours.GradientTransform:
    """Let a transform see no gradient in the even rows."""

    def update(gradients, state, variables=None, **extra):
        return transform.update(
            [each * rows_of(each.shape) for each in gradients], state, variables
        )

    return ours.GradientTransform(transform.init, update)


def rows_of(shape: tuple[int, ...]) -> np.ndarray:
    """Return ones in the odd rows, zeros in the others."""
    odd = np.arange(shape[0]) % 2
    return np.float32(odd.reshape(-1, *[1] * (len(shape) - 1)))


DECAY = {"weight_decay": 0.1, "flavor": "torch"}
ITERATED: dict[str, Any] = {
    "single": 1e-3,
    "note": "the iteration of Newton and Schulz multiplies rounding errors",
}
MEMORY: dict[str, Any] = {
    "quadratic": True,
    "searches": True,
    "single": 1e-2,
    "note": "differences of gradients and of objectives lose digits",
}

FIRST = [
    of_torch(
        *("sgd", "flavor torch", "sgd"),
        lambda rate: ours.sgd(rate, 0.9, **DECAY),
        EVERY,
    ),
    of_torch(
        *("sgd", "flavor torch, nesterov", "sgd_nesterov"),
        lambda rate: ours.sgd(rate, 0.9, nesterov=True, **DECAY),
    ),
    of_torch(
        *("sgd", "flavor torch, dampening", "sgd_dampening"),
        lambda rate: ours.sgd(rate, 0.9, dampening=0.3, flavor="torch"),
    ),
    of_torch(
        *("adam", "flavor torch", "adam"),
        lambda rate: ours.adam(rate, epsilon=1e-8, **DECAY),
        EVERY,
    ),
    of_torch(
        *("adam", "flavor torch, amsgrad", "adam_amsgrad"),
        lambda rate: ours.adam(rate, epsilon=1e-6, amsgrad=True, flavor="torch"),
    ),
    of_torch(
        *("adamw", "flavor torch", "adamw"),
        lambda rate: ours.adamw(rate, epsilon=1e-8, weight_decay=0.01, flavor="torch"),
    ),
    of_torch(
        *("adamw", "flavor torch, amsgrad", "adamw_amsgrad"),
        lambda rate: ours.adamw(
            rate, epsilon=1e-8, amsgrad=True, weight_decay=0.01, flavor="torch"
        ),
    ),
    of_torch(
        *("nadam", "flavor torch", "nadam"),
        lambda rate: ours.nadam(rate, epsilon=1e-8, momentum_decay=0.004, **DECAY),
        double=1e-6,
        note="torch keeps the product of its momenta in float32",
    ),
    of_torch(
        *("adamax", "flavor torch", "adamax"),
        lambda rate: ours.adamax(rate, epsilon=1e-8, **DECAY),
    ),
    of_torch(
        *("rmsprop", "flavor torch", "rmsprop"),
        lambda rate: ours.rmsprop(rate, 0.99, 0.9, 1e-8, **DECAY),
    ),
    of_torch(
        *("rmsprop", "flavor torch, centered", "rmsprop_centered"),
        lambda rate: ours.rmsprop(rate, 0.99, 0.0, 1e-8, centered=True, flavor="torch"),
    ),
    of_torch(
        *("adagrad", "flavor torch", "adagrad"),
        lambda rate: ours.adagrad(rate, 0.0, 1e-10, **DECAY),
    ),
    of_torch(
        *("adadelta", "flavor torch", "adadelta"),
        lambda rate: ours.adadelta(rate, 0.9, 1e-6, **DECAY),
    ),
    of_torch(
        *("radam", "flavor torch", "radam"), lambda rate: ours.radam(rate, **DECAY)
    ),
    of_torch("rprop", "", "rprop", ours.rprop),
    of_torch(
        *("asgd", "lambd=0.01, weight_decay=0.1", "asgd"),
        lambda rate: ours.asgd(rate, 0.01, weight_decay=0.1),
        double=1e-6,
        note="torch keeps its step size in float32",
    ),
    of_torch(
        *("lazy_adam", "torch's SparseAdam, without every other row", "sparse_adam"),
        lambda rate: every_other_row(ours.lazy_adam(rate)),
        (0, 1, 3),
    ),
]

LARGER = [
    of_torch(
        *("adafactor", "flavor torch", "adafactor"),
        lambda rate: ours.adafactor(rate, epsilon_1=2.0**-23, flavor="torch"),
        EVERY,
    ),
    of_torch(
        *("adafactor", "flavor torch, weight_decay", "adafactor_decay"),
        lambda rate: ours.adafactor(0.5, -0.6, 1e-6, 1e-2, 1.5, **DECAY),
    ),
    of_torch(
        *("muon", "flavor torch", "muon"),
        lambda rate: ours.muon(rate, rms_rate=None, **DECAY),
        (0,),
        **ITERATED,
    ),
    of_torch(
        *("muon", "flavor torch, nesterov=False, rms_rate=0.2", "muon_matched"),
        lambda rate: ours.muon(rate, nesterov=False, weight_decay=None, flavor="torch"),
        (0,),
        **ITERATED,
    ),
    of_torch(
        *("lbfgs", "flavor torch, max_iter=4", "lbfgs"),
        lambda rate: ours.lbfgs(rate, 100, linesearch=None, max_iter=4, flavor="torch"),
        **MEMORY,
    ),
    of_torch(
        *("lbfgs", "flavor torch, max_iter=1, memory_size=5", "lbfgs_once"),
        lambda rate: ours.lbfgs(rate, 5, linesearch=None, max_iter=1, flavor="torch"),
        **MEMORY,
    ),
    of_torch(
        *("lbfgs", "flavor torch, max_iter=5, strong_wolfe", "lbfgs_wolfe"),
        lambda rate: ours.lbfgs(
            0.3, 100, linesearch="strong_wolfe", max_iter=5, flavor="torch"
        ),
        **MEMORY,
    ),
]

ROWS = [*FIRST, *LARGER]
