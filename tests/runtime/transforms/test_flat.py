"""A flat state changes the layout and not the result."""

import pytest
import tensorflow as tf
from tests.parity.trajectories import keras_variables, our_path, path_error

from loopc_runtime import (
    Optimizer,
    accumulate,
    adamw,
    average_weights,
    chain,
    clip_by_global_norm,
    flat_state,
    kernels,
    linear,
    probe,
    scale,
)


def test_a_flat_state_takes_the_same_path() -> None:
    """Global clipping, Adam and decay end where they end with one slot per variable."""
    transform = chain(
        clip_by_global_norm(1.0), adamw(linear(0.01, 0.001, 40), weight_decay=0.1)
    )

    flat = our_path(flat_state(transform), xla=False)
    lists = our_path(transform, xla=False)

    assert path_error(flat, lists) <= 1e-6


def test_a_flat_state_has_one_variable_per_slot() -> None:
    """The slots are vectors with a name that does not depend on a variable."""
    optimizer = Optimizer(flat_state(adamw(0.1)), keras_variables())

    assert [
        (each.name.removesuffix(":0"), each.shape.rank) for each in optimizer.variables
    ] == [
        ("optimizer/updates", 0),
        ("optimizer/0/count", 0),
        ("optimizer/0/mu/0", 1),
        ("optimizer/0/nu/0", 1),
    ]


def test_what_goes_by_variable_is_refused() -> None:
    """Several dtypes and masks by name cannot be flat."""
    mixed = [tf.Variable(tf.ones([2])), tf.Variable(tf.ones([2], tf.float64))]
    masked = Optimizer(flat_state(adamw(0.1, mask=kernels)), mixed[:1])

    with pytest.raises(ValueError, match="one dtype; found float32, float64"):
        Optimizer(flat_state(adamw(0.1)), mixed)
    with pytest.raises(ValueError, match="plain tensor, which has no name"):
        masked.apply_gradients([(tf.ones([2]), mixed[0])])


def test_a_flat_chain_is_measured_averaged_and_flushed() -> None:
    """Hooks of what is inside work as they do outside, in the shapes of the weights."""
    start = [[[1.0, 2.0], [3.0, 4.0]], [5.0]]
    gradients = [tf.constant([[3.0, 0.0], [0.0, 0.0]]), tf.constant([4.0])]
    inner = chain(probe("norm"), scale(-1.0), average_weights(0.5))
    flat, plain = (
        Optimizer(made, [tf.Variable(each) for each in start])
        for made in (flat_state(accumulate(inner, 2)), accumulate(inner, 2))
    )

    for optimizer in (flat, plain):
        for _ in range(3):
            pairs = zip(gradients, optimizer.trained, strict=True)
            optimizer.apply_gradients(pairs, weight=1.0)
        assert int(optimizer.updates) == 1
        optimizer.flush()
        assert int(optimizer.updates) == 2
        assert optimizer.measured("norm/norm").sums().numpy().tolist() == [10.0, 2.0]
    for mine, other in zip(
        [*flat.trained, *flat.averaged()], [*plain.trained, *plain.averaged()],
        strict=True,
    ):  # fmt: skip
        assert mine.numpy().tolist() == other.numpy().tolist()
