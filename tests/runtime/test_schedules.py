"""Schedules against closed forms, their operators and their errors."""

import math

import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime import (
    constant,
    cosine,
    exponential,
    join,
    linear,
    piecewise,
    scheduled,
)
from loopc_runtime.errors import RunError


def test_operators_act_value_by_value() -> None:
    """Sums, products, quotients, powers and their mirrored forms act at one count."""
    ramp = linear(0.0, 10.0, 10)
    at_four = {
        "ramp + 1": ramp + 1,
        "1 + ramp": 1 + ramp,
        "ramp - 1": ramp - 1,
        "1 - ramp": 1 - ramp,
        "ramp * 2": ramp * 2,
        "2 * ramp": 2 * ramp,
        "ramp / 2": ramp / 2,
        "2 / ramp": 2 / ramp,
        "ramp ** 2": ramp**2,
        "2 ** ramp": 2**ramp,
        "-ramp": -ramp,
        "ramp * ramp": ramp * ramp,
        "ramp + callable": ramp + (lambda count: count * 100.0),
    }

    values = {name: float(schedule(4)) for name, schedule in at_four.items()}

    assert values == pytest.approx(
        {
            "ramp + 1": 5.0,
            "1 + ramp": 5.0,
            "ramp - 1": 3.0,
            "1 - ramp": -3.0,
            "ramp * 2": 8.0,
            "2 * ramp": 8.0,
            "ramp / 2": 2.0,
            "2 / ramp": 0.5,
            "ramp ** 2": 16.0,
            "2 ** ramp": 16.0,
            "-ramp": -4.0,
            "ramp * ramp": 16.0,
            "ramp + callable": 404.0,
        }
    )


def test_a_formula_of_the_count_is_a_schedule() -> None:
    """`scheduled` calls its function with a float32 scalar and returns float32."""
    formula = scheduled(lambda step: tf.exp(-step / 10.0))

    value = formula(tf.Variable(5, dtype=tf.int64))

    assert value.dtype == tf.float32
    assert float(value) == pytest.approx(math.exp(-0.5))


@pytest.mark.parametrize("make", [linear, cosine])
def test_a_run_that_is_too_short_is_said_so(make) -> None:
    """A rest of fewer than no steps is an error of the run, in a sentence."""
    with pytest.raises(RunError, match=f"`{make.__name__}` is left with -200 steps"):
        make(1.0, 0.0, 300 - 500)


@pytest.mark.parametrize("make", [linear, cosine])
def test_a_ramp_of_no_steps_is_over_at_once(make) -> None:
    """Zero steps divide nothing by zero: the value is the end from count 0 on."""
    assert [float(make(0.0, 3.0, 0)(count)) for count in (0, 1, 7)] == [3.0] * 3


def test_a_fractional_number_of_steps_is_exact() -> None:
    """Steps need not be whole: 2.5 steps are half over at count 1.25."""
    assert float(linear(0.0, 1.0, 2.5)(1.25)) == pytest.approx(0.5)
    assert float(linear(0.0, 1.0, 2.5)(2)) == pytest.approx(0.8)


def test_a_cosine_may_start_at_zero() -> None:
    """A cosine from 0 up to 1 is the mirror of the one from 1 down to 0."""
    counts = range(11)
    up = [float(cosine(0.0, 1.0, 10)(count)) for count in counts]
    down = [float(cosine(1.0, 0.0, 10)(10 - count)) for count in counts]

    np.testing.assert_allclose(up, down, atol=1e-6)


def test_an_exponential_may_be_negative() -> None:
    """From -1 to -0.01 it never passes the end."""
    path = [float(exponential(-1.0, -0.01, 10)(count)) for count in (0, 5, 10, 50)]

    assert path == pytest.approx([-1.0, -0.1, -0.01, -0.01], rel=1e-5)


def test_an_exponential_of_no_steps_is_over_at_once() -> None:
    """Zero steps mean the end here too."""
    assert float(exponential(1.0, 0.1, 0)(0)) == pytest.approx(0.1)


def test_a_ramp_begins_and_ends_exactly_under_xla() -> None:
    """At both ends a ramp to 0 has its bounds exactly, never a negative step size."""

    @tf.function(jit_compile=True)
    def values(step: tf.Tensor) -> list[tf.Tensor]:
        return [make(0.3, 0.0, 15)(step) for make in (linear, cosine)]

    for count, expected in ((0, 0.3), (15, 0.0), (99, 0.0)):
        for value in values(tf.constant(count)):
            assert value.numpy() == np.float32(expected)


def test_every_part_of_a_join_has_its_own_clock() -> None:
    """The second part is called with 0 at the boundary."""
    clock = scheduled(lambda count: count)

    assert [float(join([clock, clock], [3])(count)) for count in range(6)] == [
        0.0,
        1.0,
        2.0,
        0.0,
        1.0,
        2.0,
    ]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: exponential(1, None, 0, rate=0.5), "a rate every 0 steps"),
        (lambda: exponential(0, 0.1, 5), "a start and an end of the same sign"),
        (lambda: exponential(1, None, 5), "give a positive rate"),
        (lambda: exponential(1, None, 5, rate=-1), "give a positive rate"),
        (lambda: piecewise([1, 2], [3, 4]), "found 2 pieces and 2 boundaries"),
        (lambda: piecewise([1, 2, 3], [4, 3]), "boundaries that do not fall back"),
        (lambda: join([constant(1)], [3]), "found 1 pieces and 1 boundaries"),
    ],
)
def test_what_makes_no_sense_is_refused(make, message: str) -> None:
    """A schedule that cannot be meant is an error that says what was found."""
    with pytest.raises(ValueError, match=message):
        make()
