"""The noise that transforms add to gradients."""

import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime import add_noise, step_scope

SHAPE = (400, 250)
UPDATES = 3


def test_noise_has_the_variance_of_its_update() -> None:
    """eta / t^gamma at update t = 1, 2, ...: normal, centred, new at each update."""
    eta, gamma = 0.3, 0.55
    transform = add_noise(eta, gamma)
    zeros = [tf.zeros(SHAPE)]
    state, drawn = transform.init(zeros), []
    for step in range(UPDATES):
        with step_scope(5, tf.constant(step, tf.int64)):
            (noise,), state = transform.update(zeros, state, zeros)
        drawn.append(noise.numpy().ravel())

    for number, noise in enumerate(drawn, start=1):
        stddev = np.sqrt(eta / number**gamma)
        # a mean of 100,000 has a standard error of 0.003, a variance one of 0.0045
        assert noise.mean() / stddev == pytest.approx(0, abs=0.016)
        assert noise.var() / stddev**2 == pytest.approx(1, abs=0.022)
        assert np.mean((noise / stddev) ** 4) == pytest.approx(3, abs=0.16)
    assert abs(np.corrcoef(drawn)[0, 1]) < 0.016
