"""Flavor torch, and the optimizers of torch alone, against its documentation.

torch itself is no dependency: each recurrence that its documentation of 2.13 prints is
written down here in plain NumPy.
"""

from collections.abc import Callable

import numpy as np
from tests.parity.row import Arrays, Row, Rule
from tests.parity.rows.torch_recurrences import (
    Recurrence,
    torch_adadelta,
    torch_adagrad,
    torch_adam,
    torch_adamax,
    torch_asgd,
    torch_nadam,
    torch_radam,
    torch_rmsprop,
    torch_rprop,
    torch_sgd,
    torch_sparse_adam,
)

import loopc_runtime as ours


def by_variable(make: Callable[[np.ndarray], Recurrence]) -> Callable[[], Rule]:
    """Turn a recurrence of values into a rule of updates."""

    def theirs() -> Rule:
        steps: list[Recurrence] = []

        def rule(
            gradients: Arrays, variables: Arrays, count: int, rate: float, value: float
        ) -> Arrays:
            steps.extend([] if steps else [make(each) for each in variables])
            return [
                step(variable, gradient, count) - variable
                for step, variable, gradient in zip(
                    steps, variables, gradients, strict=True
                )
            ]

        return rule

    return theirs


def of_torch(
    name: str,
    case: str,
    recurrence: Callable,
    mine: Callable[[float], ours.GradientTransform],
    shown: tuple[int, ...] = (0, 1, 2, 3),
) -> Row:
    """A row against one recurrence for each variable."""
    theirs = by_variable(recurrence)
    return Row(
        name=name,
        library="torch",
        case=case,
        ours=mine,
        theirs=theirs,
        shown=shown,
        single=5e-5,
        note="the rule is in float64, where powers of 0.999 keep more digits",
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


def blind(recurrence: Callable) -> Callable:
    """Let a recurrence see no gradient in the even rows."""

    def make(value: np.ndarray) -> Recurrence:
        step = recurrence(value)
        return lambda value, gradient, count: step(
            value, gradient * rows_of(value.shape), count
        )

    return make


ROWS = [
    of_torch(
        "sgd",
        "flavor torch",
        torch_sgd(0.9, nesterov=False, decay=0.1),
        lambda rate: ours.sgd(rate, 0.9, weight_decay=0.1, flavor="torch"),
    ),
    of_torch(
        "sgd",
        "flavor torch, nesterov",
        torch_sgd(0.9, nesterov=True, decay=0.1),
        lambda rate: ours.sgd(
            rate, 0.9, nesterov=True, weight_decay=0.1, flavor="torch"
        ),
    ),
    of_torch(
        "adam",
        "flavor torch",
        torch_adam(0.1, decoupled=False, amsgrad=False, eps=1e-8),
        lambda rate: ours.adam(rate, epsilon=1e-8, weight_decay=0.1, flavor="torch"),
    ),
    of_torch(
        "adam",
        "flavor torch, amsgrad",
        torch_adam(0.0, decoupled=False, amsgrad=True, eps=1e-6),
        lambda rate: ours.adam(rate, epsilon=1e-6, amsgrad=True, flavor="torch"),
    ),
    of_torch(
        "adamw",
        "flavor torch",
        torch_adam(0.01, decoupled=True, amsgrad=False, eps=1e-8),
        lambda rate: ours.adamw(rate, epsilon=1e-8, weight_decay=0.01, flavor="torch"),
    ),
    of_torch(
        "nadam",
        "flavor torch",
        torch_nadam(0.1, 0.004),
        lambda rate: ours.nadam(
            rate, epsilon=1e-8, weight_decay=0.1, momentum_decay=0.004, flavor="torch"
        ),
    ),
    of_torch(
        "adamax",
        "flavor torch",
        torch_adamax(0.1),
        lambda rate: ours.adamax(rate, epsilon=1e-8, weight_decay=0.1, flavor="torch"),
    ),
    of_torch(
        "rmsprop",
        "flavor torch",
        torch_rmsprop(0.9, centered=False, decay=0.1),
        lambda rate: ours.rmsprop(
            rate, 0.99, 0.9, 1e-8, weight_decay=0.1, flavor="torch"
        ),
    ),
    of_torch(
        "rmsprop",
        "flavor torch, centered",
        torch_rmsprop(0.0, centered=True, decay=0.0),
        lambda rate: ours.rmsprop(rate, 0.99, 0.0, 1e-8, centered=True, flavor="torch"),
    ),
    of_torch(
        "adagrad",
        "flavor torch",
        torch_adagrad(0.1),
        lambda rate: ours.adagrad(rate, 0.0, 1e-10, weight_decay=0.1, flavor="torch"),
    ),
    of_torch(
        "adadelta",
        "flavor torch",
        torch_adadelta(0.1),
        lambda rate: ours.adadelta(rate, 0.9, 1e-6, weight_decay=0.1, flavor="torch"),
    ),
    of_torch(
        "radam",
        "flavor torch",
        torch_radam(0.1),
        lambda rate: ours.radam(rate, weight_decay=0.1, flavor="torch"),
    ),
    of_torch("rprop", "", torch_rprop(), ours.rprop),
    of_torch(
        "asgd",
        "lambd=0.01, weight_decay=0.1",
        torch_asgd(0.1),
        lambda rate: ours.asgd(rate, 0.01, weight_decay=0.1),
    ),
    of_torch(
        "lazy_adam",
        "torch's SparseAdam, without every other row",
        blind(torch_sparse_adam()),
        lambda rate: every_other_row(ours.lazy_adam(rate)),
        shown=(0, 1, 3),
    ),
]
