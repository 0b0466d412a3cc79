"""A row of the parity table: one of our transforms and what it has to equal."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import tensorflow as tf

from loopc_runtime import GradientTransform, Schedule, scheduled

# Both rates are exact in float32, so that they are the same number on every side.
CONSTANT = 2.0**-7
Library = Literal["optax", "keras", "torch", "tensorflow", "numpy"]
Arrays = list[np.ndarray]
# (gradients, variables, count from 1, rate, value) -> updates, in float64
Rule = Callable[[Arrays, Arrays, int, float, float], Arrays]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One comparison over fifty updates, in float32 under XLA and in float64.

    `ours(rate)` makes our transform, `theirs(rate)` an optax transform, a Keras
    optimizer or a NumPy `Rule`; `rate` is a number, or where the row is `scheduled` a
    falling schedule of that library. `theirs` of other libraries takes no rate: the
    rule is told it.

    Errors are relative to an update, or with `of_weights` to the larger of update and
    weight, for rules that compute where a weight should be. `quadratic` shows the
    gradients of one quadratic function instead of random ones; a row that `searches`
    is given its value too, and evaluates it elsewhere. `shown` picks among the
    variables: a matrix, a vector, a scalar and filters of four axes. `double` is None
    where the reference has no float64.
    """

    name: str
    library: Library
    ours: Callable[[Any], GradientTransform]
    theirs: Callable[..., Any]
    case: str = ""
    scheduled: bool = False
    quadratic: bool = False
    searches: bool = False
    shown: tuple[int, ...] = (0, 1, 2, 3)
    of_weights: bool = False
    single: float = 1e-5
    double: float | None = 1e-10
    note: str = ""

    @property
    def label(self) -> str:
        """Name the row in tests."""
        rate = "falling rate" if self.scheduled else ""
        extra = ", ".join(filter(None, [self.case, rate]))
        return f"{self.library} {self.name}" + (f" ({extra})" if extra else "")


def fallen(count: Any, minimum: Callable[[Any, float], Any]) -> Any:
    """Return the falling rate at `count`, exactly in any float dtype."""
    return 2.0**-5 - 2.0**-11 * minimum(count, 40.0)


def falling() -> Schedule:
    """Return the falling rate as a schedule of ours."""
    return scheduled(lambda count: fallen(count, tf.minimum))


def both(make: Callable[..., Row]) -> list[Row]:
    """Make a row with the constant and one, on the matrix alone, with the falling rate.

    A rate does not know of shapes; compiling is what the comparisons cost.
    """
    return [make(scheduled=False), replace(make(scheduled=True), shown=(0,))]
