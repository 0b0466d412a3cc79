"""Schedules as numbers in plans, against optax and closed forms, at every count."""

import math
from collections.abc import Callable

import numpy as np
import optax
import pytest
from tests.compiler.planning.planned import NET, plan_of, program

from loopc.planning.describe import plan_as_json
from loopc.planning.schedule_values import Horizon, ScheduleReader, Unknown

STEP = "update net to minimize squared_error(y, net(x)) using sgd(0.1)\nreport s"
HORIZON = Horizon(total_steps=60, steps_per_epoch=20)


def reader_of(schedules: str, horizon: Horizon = HORIZON) -> Callable[[float], float]:
    """The value of the schedule `s` at a count."""
    planned = plan_of(program(STEP, schedules + "\n" + NET, length="3 epochs"))
    named = {s.name: s for s in planned.program.schedules}
    reader = ScheduleReader(horizon, named)
    return lambda count: reader.value(named["s"].body, count)


JOINED = optax.join_schedules(
    [
        optax.linear_schedule(0.0, 0.1, 20),
        optax.cosine_decay_schedule(0.1, 40, alpha=0.01),
    ],
    [20],
)
CASES: dict[str, Callable[[int], float]] = {
    "constant(0.3)": lambda c: 0.3,
    "linear(1 -> 0.1, 37 steps)": optax.linear_schedule(1.0, 0.1, 37),
    "cosine(0.1 -> 0.01, 40 steps)": optax.cosine_decay_schedule(0.1, 40, alpha=0.1),
    "cosine(2 -> 0, 33 steps, exponent: 2.5)": optax.cosine_decay_schedule(
        2.0, 33, exponent=2.5
    ),
    "polynomial(1 -> 0.2, 30 steps, power: 2)": optax.polynomial_schedule(
        1.0, 0.2, 2.0, 30
    ),
    "exponential(0.1 -> 0.001, 2 epochs)": optax.exponential_decay(
        0.1, 40, 1e-2, end_value=1e-3
    ),
    "exponential(0.1 -> 0.001, 40 steps, staircase: true)": optax.exponential_decay(
        0.1, 40, 1e-2, staircase=True, end_value=1e-3
    ),
    "piecewise([1, 0.5, 0.05], [10, 25])": optax.piecewise_constant_schedule(
        1.0, {10: 0.5, 25: 0.1}
    ),
    "linear(0 -> 0.1, 1 epoch) then cosine(0.1 -> 0.001, rest)": JOINED,
    "linear(0 -> 0.1, 20 steps) then cosine(0.1 -> 0.001, 40 steps)": JOINED,
    "2 * linear(0 -> 1, 50%) - 0.5": lambda c: 2 * min(c / 30, 1) - 0.5,
    "exp(-5 * (1 - min(step / 40, 1)) ^ 2)": lambda c: math.exp(
        -5 * (1 - min(c / 40, 1)) ** 2
    ),
    "(1 - progress) * 0.9 ^ epoch": lambda c: (1 - c / 60) * 0.9 ** (c // 20),
}


@pytest.mark.parametrize(("text", "expected"), CASES.items(), ids=CASES.keys())
def test_values_are_those_of_optax(text: str, expected: Callable[[int], float]) -> None:
    """Every kind of piece, joined pieces and formulas, from before to past the run."""
    value = reader_of(f"schedule s = {text}")
    found = [value(count) for count in range(80)]
    wanted = [float(expected(count)) for count in range(80)]
    np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=1e-7)


def test_schedules_of_schedules() -> None:
    """A name stands for its schedule, whatever is computed with it."""
    value = reader_of("schedule r = linear(0 -> 1, 10 steps)\nschedule s = 0.5 * r ^ 2")
    assert [value(c) for c in (0, 5, 10, 30)] == [0, 0.125, 0.5, 0.5]


@pytest.mark.parametrize("text", ["linear(0 -> 1, 2 epochs)", "cosine(1 -> 0, rest)"])
def test_what_only_the_data_tells_is_unknown(text: str) -> None:
    """Without rows there is neither an epoch nor a rest in steps."""
    value = reader_of(f"schedule s = {text}", Horizon(None, None))
    with pytest.raises(Unknown):
        value(0.0)


def test_plan_tells_values_where_pieces_meet() -> None:
    """Known rows make the plan say values at the start, at each border, at the end."""
    text = "schedule s = linear(0 -> 0.1, 1 epoch) then cosine(0.1 -> 0.001, rest)\n"
    planned = plan_of(program(STEP, text + NET, length="3 epochs"))
    (told,) = plan_as_json(planned, {"d.train": 160})["schedules"]
    assert list(told["values"]) == ["0", "20", "59"]
    assert told["values"]["20"] == pytest.approx(0.1)
    assert told["values"]["59"] == pytest.approx(float(JOINED(59)), rel=1e-4)
    (untold,) = plan_as_json(planned)["schedules"]
    assert untold["unknown"] == "the length of epochs"
