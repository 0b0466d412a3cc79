"""Schedules against Keras live, against torch and timm by formula, off-by-ones too."""

import math
from collections.abc import Callable

import keras
import numpy as np
import optax
import pytest
import tensorflow as tf

import loopc_runtime as ours

COUNTS = np.arange(0, 97)
KERAS = keras.optimizers.schedules


def all_values(schedule: Callable, xla: bool = True) -> np.ndarray:
    """Return the schedule's float32 value at every count."""

    @tf.function(jit_compile=xla)
    def evaluate() -> tf.Tensor:
        counts = tf.range(COUNTS[0], COUNTS[-1] + 1)
        return tf.map_fn(schedule, counts, fn_output_signature=tf.float32)

    return evaluate().numpy()


def one_cycle_of_torch(c: int, phases: int) -> float:
    """torch.optim.lr_scheduler.OneCycleLR(1.0, total_steps=60, pct_start=0.3), cos."""
    low, last = 1 / 25, 1 / 25e4
    ends = [0.3 * 60 - 1, 60 - 1] if phases == 2 else [17, 34, 59]
    values = [low, 1.0, last] if phases == 2 else [low, 1.0, low, last]
    begin = 0.0
    for number, end in enumerate(ends):
        if c <= end or number == len(ends) - 1:
            share = min((c - begin) / (end - begin), 1.0)
            first, second = values[number : number + 2]
            return second + (first - second) / 2 * (1 + math.cos(math.pi * share))
        begin = end
    raise AssertionError


def cyclic_of_torch(c: int, mode: str, gamma: float = 0.97) -> float:
    """torch.optim.lr_scheduler.CyclicLR(0.1, 1.0, 10, 5)."""
    total, ratio = 15, 10 / 15
    number = math.floor(1 + c / total)
    x = 1 + c / total - number
    height = x / ratio if x <= ratio else (x - 1) / (ratio - 1)
    scale = {"triangular": 1.0, "triangular2": 0.5 ** (number - 1)}
    return 0.1 + 0.9 * height * scale.get(mode, gamma**c)


def hugging_face(c: int) -> float:
    """get_inverse_sqrt_schedule with as many warm-up steps as its timescale."""
    return c / 16 if c < 16 else 1 / math.sqrt(c / 16)


def wsd_of_hugging_face(c: int) -> float:
    """Warm up 10, stay, decay by a straight line over the last 20 of 80."""
    if c < 10:
        return 0.3 * c / 10
    return 0.3 if c < 60 else 0.3 * max(80 - c, 0) / 20


def annealed(c: int) -> float:
    """torch's CosineAnnealingLR climbs again after T_max = 20: ours by `restarts`."""
    return 0.1 + 0.9 * (1 + math.cos(math.pi * (c % 20) / 20)) / 2


FALL = optax.polynomial_schedule(1.0, 0.1, 1.0, 20)
CASES: dict[str, tuple[Callable, Callable]] = {
    "exponential_decay": (
        ours.exponential_decay(0.5, 0.7, 10),
        KERAS.ExponentialDecay(0.5, 10, 0.7),
    ),
    "exponential_decay_staircase": (
        ours.exponential_decay(0.5, 0.7, 15, staircase=True),
        KERAS.ExponentialDecay(0.5, 15, 0.7, staircase=True),
    ),
    "piecewise_late": (
        ours.piecewise([1.0, 0.5, 0.05], [2, 25], late=True),
        KERAS.PiecewiseConstantDecay([2, 25], [1.0, 0.5, 0.05]),
    ),
    "piecewise_linear": (
        ours.piecewise([1.0, 0.5, 1.0], [10, 40], shape="linear"),
        optax.piecewise_interpolate_schedule("linear", 1.0, {10: 0.5, 40: 2.0}),
    ),
    "piecewise_cosine": (
        ours.piecewise([1.0, 0.5, 1.0], [10, 40], shape="cosine"),
        optax.piecewise_interpolate_schedule("cosine", 1.0, {10: 0.5, 40: 2.0}),
    ),
    "polynomial_cycle": (
        ours.polynomial(0.5, 0.01, 20, 2.0, cycle=True),
        KERAS.PolynomialDecay(0.5, 20, 0.01, power=2.0, cycle=True),
    ),
    "inverse_time": (
        ours.inverse_time(0.5, 0.3, 7),
        KERAS.InverseTimeDecay(0.5, 7, 0.3),
    ),
    "inverse_time_staircase": (
        ours.inverse_time(0.5, 0.3, 7, staircase=True),
        KERAS.InverseTimeDecay(0.5, 7, 0.3, staircase=True),
    ),
    "inverse_sqrt": (
        ours.join([ours.linear(0.0, 1.0, 16), ours.inverse_sqrt(1.0, 16)], [16]),
        hugging_face,
    ),
    "inverse_power": (
        ours.inverse_power(0.2, 10, power=0.75),
        lambda c: 0.2 * (1 + c / 10) ** -0.75,
    ),
    "warmup_cosine_of_keras": (
        ours.warmup(ours.cosine(1.0, 0.1, 40), 15),
        KERAS.CosineDecay(0.0, 40, alpha=0.1, warmup_target=1.0, warmup_steps=15),
    ),
    "warmup_over_the_clock": (
        ours.warmup(ours.linear(1.0, 0.1, 20), 5, start=0.2, shift=False),
        lambda c: 0.2 + (float(FALL(5)) - 0.2) * c / 5 if c < 5 else FALL(c),
    ),
    "restarts": (
        ours.restarts(1.0, 0.1, 10, m_mul=0.5),
        optax.join_schedules(
            [
                optax.cosine_decay_schedule(
                    0.9 * 0.5**n + 0.1, 10 * 2**n, 0.1 / (0.9 * 0.5**n + 0.1)
                )
                for n in range(4)
            ],
            [10, 30, 70],
        ),
    ),
    "restarts_of_torch": (ours.restarts(1.0, 0.1, 20, t_mul=1.0), annealed),
    "one_cycle": (
        ours.one_cycle(1.0, 60),
        optax.cosine_onecycle_schedule(60, 1.0),
    ),
    "one_cycle_linear": (
        ours.one_cycle(0.3, 60, shape="linear", three_phase=True),
        optax.linear_onecycle_schedule(60, 0.3),
    ),
    "one_cycle_torch": (
        ours.one_cycle(1.0, 60, flavor="torch"),
        lambda c: one_cycle_of_torch(c, 2),
    ),
    "one_cycle_torch_three": (
        ours.one_cycle(1.0, 60, flavor="torch", three_phase=True),
        lambda c: one_cycle_of_torch(c, 3),
    ),
    **{
        f"cyclic_{mode}": (
            ours.cyclic(0.1, 1.0, 10, down=5, mode=mode, gamma=0.97),
            lambda c, mode=mode: cyclic_of_torch(c, mode),
        )
        for mode in ("triangular", "triangular2", "exp_range")
    },
    "step_decay": (ours.step_decay(0.5, 15), lambda c: 0.5 * 0.1 ** (c // 15)),
    "multistep": (
        ours.multistep(0.5, [10, 25], factor=0.2),
        lambda c: 0.5 * 0.2 ** ((c >= 10) + (c >= 25)),
    ),
    "tanh": (
        ours.tanh_decay(1.0, 0.1, 50),
        lambda c: (
            0.1 + 0.45 * (1 - math.tanh(-7 * (1 - c / 50) + 3 * c / 50))
            if c < 50
            else 0.1
        ),
    ),
    "cosine_k_decay": (
        ours.cosine(1.0, 0.1, 50, k_decay=2.0),
        lambda c: 0.1 + 0.45 * (1 + math.cos(math.pi * min(c / 50, 1) ** 2)),
    ),
    "polynomial_k_decay": (
        ours.polynomial(1.0, 0.1, 50, 0.5, k_decay=2.0),
        lambda c: 0.1 + 0.9 * (1 - min(c / 50, 1) ** 2) ** 0.5,
    ),
    "wsd": (ours.wsd(0.3, 80, warmup=10, decay=20), wsd_of_hugging_face),
    "wsd_sqrt": (
        ours.wsd(0.3, 80, warmup=10, decay=20, shape="sqrt"),
        lambda c: (
            wsd_of_hugging_face(c)
            if c < 60
            else 0.3 * (1 - math.sqrt(min(c - 60, 20) / 20))
        ),
    ),
    "offset": (
        ours.offset(ours.linear(1.0, 0.1, 20), 10),
        optax.linear_schedule(1.0, 0.1, 20, transition_begin=10),
    ),
    "cycle": (
        ours.cycle(ours.linear(1.0, 0.1, 15), 15, decay=0.5),
        lambda c: float(FALL(c % 15 * 20 / 15)) * 0.5 ** (c // 15),
    ),
    "hold": (ours.hold(ours.linear(1.0, 0.1, 20), 7), lambda c: FALL(c // 7 * 7)),
    "clamp": (
        ours.clamp(ours.linear(1.0, 0.1, 20), low=0.3, high=0.8),
        lambda c: min(max(float(FALL(c)), 0.3), 0.8),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_values_equal_those_of_the_reference(name: str) -> None:
    """At every count, in one XLA program, the value is the reference's."""
    mine, theirs = CASES[name]
    expected = np.asarray([float(theirs(int(count))) for count in COUNTS], np.float32)

    np.testing.assert_allclose(all_values(mine), expected, rtol=3e-5, atol=3e-7)


def test_where_a_piecewise_schedule_changes() -> None:
    """At boundary 2 optax and torch change at count 2, Keras one later."""
    early = all_values(ours.piecewise([1.0, 0.5], [2]))
    late = all_values(ours.piecewise([1.0, 0.5], [2], late=True))

    assert list(early[:4]) == [1.0, 1.0, 0.5, 0.5]
    assert list(late[:4]) == [1.0, 1.0, 1.0, 0.5]


def test_where_one_cycle_peaks() -> None:
    """Of 60 counts torch peaks at 17 and ends at 59, optax at 18 and 60."""
    torch = all_values(ours.one_cycle(1.0, 60, flavor="torch"))
    of_optax = all_values(ours.one_cycle(1.0, 60))

    assert (int(torch.argmax()), int(of_optax.argmax())) == (17, 18)
    assert torch[59] == torch[96] < of_optax[59]
    assert of_optax[60] == of_optax[96] == torch[59]


def test_cycles_begin_on_whole_counts_under_xla() -> None:
    """Every restart is at its full height, though XLA's quotients round below."""
    for period in (3, 7, 11, 13):
        values = all_values(ours.restarts(1.0, 0.0, period, t_mul=1.0))
        assert set(values[::period]) == {1.0}


def test_noise_is_bounded_and_the_same_everywhere() -> None:
    """A draw belongs to its period alone, equal in graph and XLA, within its bounds."""
    schedule = ours.noise(ours.constant(2.0), 0.25, 4, seed=3)
    values = all_values(schedule)

    np.testing.assert_array_equal(values, all_values(schedule, xla=False))
    assert len(set(values[:96])) == 24
    assert np.all(values[0:96:4] == values[3:96:4])
    assert np.all((values >= 1.5) & (values < 2.5))
    assert not np.array_equal(values, all_values(ours.noise(2.0, 0.25, 4, seed=4)))
