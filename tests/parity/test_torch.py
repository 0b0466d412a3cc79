"""Schedules against torch's schedulers, and torch's records against torch itself."""

import importlib

import numpy as np
import pytest
import tensorflow as tf
from tests.parity.vectors import vectors

import loopc_runtime as ours

COUNTS = 97
SCHEDULES = {
    "one_cycle": ours.one_cycle(1.0, COUNTS, flavor="torch"),
    "one_cycle_three_phase": ours.one_cycle(
        1.0, COUNTS, flavor="torch", three_phase=True
    ),
    "cyclic_triangular": ours.cyclic(0.1, 1.0, 10, down=5),
    "cyclic_triangular2": ours.cyclic(0.1, 1.0, 10, down=5, mode="triangular2"),
    "cyclic_exp_range": ours.cyclic(0.1, 1.0, 10, down=5, mode="exp_range", gamma=0.97),
    "warm_restarts": ours.restarts(1.0, 0.1, 20, t_mul=1.0),
    "warm_restarts_doubling": ours.restarts(1.0, 0.0, 20, t_mul=2.0),
    "multistep": ours.multistep(1.0, [30, 60], factor=0.1),
    "step": ours.step_decay(1.0, 20, factor=0.5),
    "exponential": ours.exponential_decay(1.0, 0.97, 1),
    "polynomial": ours.polynomial(1.0, 0.0, 60, 2.0),
    "linear": ours.linear(0.25, 1.0, 30),
}


def test_schedules_equal_those_of_torch() -> None:
    """At each of 97 counts, in one program that XLA compiled."""

    @tf.function(jit_compile=True, autograph=False)
    def evaluate() -> list[tf.Tensor]:
        counts = tf.range(COUNTS)
        return [
            tf.map_fn(schedule, counts, fn_output_signature=tf.float32)
            for schedule in SCHEDULES.values()
        ]

    for name, found in zip(SCHEDULES, evaluate(), strict=True):
        theirs = vectors()[f"rate/{name}"]
        np.testing.assert_allclose(found, theirs, rtol=2e-5, atol=1e-6, err_msg=name)


def test_records_are_of_the_version_that_the_documentation_names() -> None:
    """The page of parities and the file speak of one torch."""
    assert str(vectors()["version"]).startswith("2.13.0")


def test_records_are_what_torch_does() -> None:
    """Where torch is installed, everything that was recorded is computed again."""
    pytest.importorskip("torch", reason="torch is no dependency: it is too heavy")
    fresh = importlib.import_module("tests.parity.record_torch").recorded()

    assert fresh.keys() == vectors().keys()
    for name in fresh.keys() - {"version"}:
        np.testing.assert_allclose(
            fresh[name], vectors()[name], rtol=1e-9, atol=1e-13, err_msg=name
        )
