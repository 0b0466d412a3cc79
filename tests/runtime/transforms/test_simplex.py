"""The projection onto the simplex, which descents of several objectives share."""

import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime.transforms.projections import onto_simplex


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(
    ("point", "nearest"),
    [
        ([0.5, 0.7, 5.0], [0.0, 0.0, 2.0]),
        ([1.0, 2.0, -3.0], [0.5, 1.5, 0.0]),
        ([1e20, 0.0, 3.0], [2.0, 0.0, 0.0]),
        ([-1e4, -1e4, -1e4], [2 / 3, 2 / 3, 2 / 3]),
    ],
)
def test_nearest_point_worked_out_by_hand(
    point: list[float], nearest: list[float], compiled: bool
) -> None:
    """What lies far away is projected without loss, too."""
    project = tf.function(lambda v: onto_simplex(v, 2.0), jit_compile=compiled)
    np.testing.assert_allclose(project(tf.constant(point)), nearest, rtol=1e-6)


@pytest.mark.parametrize("compiled", [False, True])
def test_what_is_not_a_number_stays_so(compiled: bool) -> None:
    """A run that watches for it finds it; nothing is raised in its place."""
    project = tf.function(lambda v: onto_simplex(v, 1.0), jit_compile=compiled)
    found = project(tf.constant([float("nan"), 1.0, 2.0]))
    assert not np.isfinite(found).any()
