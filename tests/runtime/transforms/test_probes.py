"""Probes against NumPy: what they measure, how often, and that they change nothing."""

from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf

import loopc_runtime as ours

XLA = pytest.mark.parametrize("xla", [False, True], ids=["graph", "xla"])
ALL = ("norm", "max", "ratio")


def draws(steps: int, *shapes: tuple[int, ...]) -> list[list[np.ndarray]]:
    """Return normal gradients of the same shapes for each step."""
    random = np.random.default_rng(3)
    return [
        [np.float32(random.normal(size=shape)) for shape in shapes]
        for _ in range(steps)
    ]


def norm(arrays: list[np.ndarray]) -> float:
    """Return the joint L2 norm, in float64."""
    return float(np.sqrt(sum(np.sum(np.float64(a) ** 2) for a in arrays)))


def stepping(
    optimizer: ours.Optimizer, *names: str, xla: bool
) -> Callable[..., list[np.ndarray]]:
    """Return what takes one step and reads measures, as sums and counts."""

    @tf.function(jit_compile=xla or None, autograph=False)
    def step(*gradients: tf.Tensor) -> list[tf.Tensor]:
        pairs = zip(gradients, optimizer.trained, strict=True)
        optimizer.apply_gradients(pairs, weight=tf.constant(1.0))
        return [optimizer.measured(name).sums() for name in names]

    return lambda gradients: [each.numpy() for each in step(*gradients)]


@XLA
def test_a_probe_measures_what_passes_there(xla: bool) -> None:
    """Before the clip, behind it and behind the step, each step once."""
    weights = [tf.Variable([[3.0, 0.0], [0.0, 4.0]]), tf.Variable([12.0])]
    chain = ours.chain(
        ours.probe("raw", ALL),
        ours.clip_by_global_norm(0.5),
        ours.probe("clipped", ALL),
        ours.scale(-0.1),
        ours.probe("step", ALL),
    )
    names = [f"{at}/{each}" for at in ("raw", "clipped", "step") for each in ALL]
    take = stepping(ours.Optimizer(chain, weights), *names, xla=xla)

    for gradients in draws(3, (2, 2), (1,)):
        size, before = norm(gradients), norm([w.numpy() for w in weights])
        largest = max(np.abs(g).max() for g in gradients)
        found = np.array(take([tf.constant(g) for g in gradients]))

        short = 0.5 / size
        raw = np.array([size, largest, size / before])
        expected = [*raw, *raw * short, *raw * short * 0.1]
        np.testing.assert_allclose(found[:, 0], expected, rtol=1e-5)
        np.testing.assert_array_equal(found[:, 1], 1.0)


def test_a_chain_with_probes_takes_the_same_steps() -> None:
    """Bit for bit those of the chain without them."""
    start = [1.0, -2.0, 0.5]
    probed, plain = tf.Variable(start), tf.Variable(start)
    with_probes = ours.chain(
        ours.probe("a"), ours.trace(0.9), ours.probe("b"), ours.scale(-0.1)
    )
    without = ours.chain(ours.trace(0.9), ours.scale(-0.1))
    optimizers = ours.Optimizer(with_probes, [probed]), ours.Optimizer(without, [plain])

    for (gradient,) in draws(4, (3,)):
        for optimizer in optimizers:
            (variable,) = optimizer.trained
            optimizer.apply_gradients([(tf.constant(gradient), variable)])

    np.testing.assert_array_equal(probed.numpy(), plain.numpy())


@XLA
def test_within_accumulation_each_update_counts_once(xla: bool) -> None:
    """The mean gradient is measured inside; behind it, held-back steps do not count."""
    weight = tf.Variable([0.0, 0.0, 0.0])
    inner = ours.chain(ours.probe("mean"), ours.scale(-1.0))
    chain = ours.chain(
        ours.probe("each"),
        ours.accumulate(inner, 2),
        ours.probe("step", skip_zeros=True),
    )
    optimizer = ours.Optimizer(chain, [weight])
    take = stepping(optimizer, "each/norm", "mean/norm", "step/norm", xla=xla)

    gradients = draws(5, (3,))
    found = [take([tf.constant(g[0])]) for g in gradients]

    for index, (each, mean, step) in enumerate(found):
        real = index % 2 == 1
        np.testing.assert_allclose(each, [norm(gradients[index]), 1], rtol=1e-6)
        wanted = norm([(gradients[index - 1][0] + gradients[index][0]) / 2]) * real
        for inside in (mean, step):
            np.testing.assert_allclose(inside, [wanted, real], rtol=1e-6)
    optimizer.flush()
    flushed = optimizer.measured("step/norm").sums()
    np.testing.assert_allclose(flushed, [norm(gradients[4]), 1], rtol=1e-6)


def test_measures_come_together_until_they_are_read() -> None:
    """Three updates between two readings are three measures; skipped steps are none."""
    weight = tf.Variable([0.0, 0.0])
    chain = ours.apply_if_finite(ours.chain(ours.probe("in"), ours.scale(-1.0)), 9)
    optimizer = ours.Optimizer(chain, [weight])

    gradients = draws(3, (2,))
    for (gradient,) in gradients:
        optimizer.apply_gradients([(tf.constant(gradient), weight)])
        optimizer.apply_gradients([(tf.constant([np.nan, 1.0], tf.float32), weight)])

    total = sum(norm(g) for g in gradients)
    found = optimizer.measured("in/norm").sums()
    np.testing.assert_allclose(found, [total, 3], rtol=1e-6)
    np.testing.assert_array_equal(optimizer.measured("in/norm").sums(), [0, 0])


def test_a_wrapper_that_starts_anew_keeps_what_was_measured() -> None:
    """`lookahead(reset_state=True)` resets momentum and not the measures."""
    weight = tf.Variable([1.0])
    inner = ours.chain(ours.trace(0.5), ours.probe("m"), ours.scale(-0.1))
    chain = ours.lookahead(inner, 2, 0.5, reset_state=True)
    optimizer = ours.Optimizer(chain, [weight])

    for _ in range(4):
        optimizer.apply_gradients([(tf.constant([1.0]), weight)])

    found = optimizer.measured("m/norm").sums()
    np.testing.assert_allclose(found, [1.0 + 1.5 + 1.0 + 1.5, 4])


def test_an_adversary_is_measured_uphill() -> None:
    """Both gradients of `sam`: here, and where its step has led."""
    weight = tf.Variable([3.0, 4.0])
    chain = ours.sam(
        ours.chain(ours.probe("worst"), ours.scale(-0.1)),
        adversary=ours.chain(ours.probe("here"), ours.scale(-0.5)),
    )
    optimizer = ours.Optimizer(chain, [weight])

    def halved_square() -> tf.Tensor:
        return tf.reduce_sum(tf.square(weight)) / 2

    with ours.step_scope(1, tf.constant(0)):
        optimizer.apply_gradients(
            [(tf.identity(weight), weight)], objective=halved_square
        )

    for name, size in (("here/norm", 5.0), ("worst/norm", 7.5)):
        np.testing.assert_allclose(optimizer.measured(name).sums(), [size, 1])
    np.testing.assert_allclose(weight, [3.0 - 0.45, 4.0 - 0.6], rtol=1e-6)


def test_masks_and_groups_have_probes_of_their_own() -> None:
    """A masked probe sees its weights; a group without weights has none to read."""
    kernel = tf.Variable(np.ones((2, 2), np.float32), name="kernel")
    bias = tf.Variable([1.0, 1.0], name="bias")
    of_bias = ours.chain(ours.probe("bias"), ours.scale(-1.0))
    chain = ours.chain(
        ours.masked(ours.probe("kernels", ("norm", "ratio")), ours.kernels),
        ours.partition((ours.biases, of_bias), (ours.otherwise, ours.scale(-1.0))),
    )
    optimizer = ours.Optimizer(chain, [kernel, bias])

    ((a, b),) = draws(1, (2, 2), (2,))
    optimizer.apply_gradients([(tf.constant(a), kernel), (tf.constant(b), bias)])

    for name, wanted in (
        ("kernels/norm", norm([a])), ("kernels/ratio", norm([a]) / 2),
        ("bias/norm", norm([b])),
    ):  # fmt: skip
        found = float(optimizer.measured(name).sums()[0])
        assert found == pytest.approx(wanted, rel=1e-6)
    alone = ours.Optimizer(chain, [kernel])
    with pytest.raises(ValueError, match=r"known: kernels/norm, kernels/ratio\."):
        alone.measured("bias/norm")


@XLA
def test_objectives_have_norms_and_cosines(xla: bool) -> None:
    """Over the weights that they share: of one, of all pairs, of one pair."""
    shared, head = tf.Variable([1.0, 2.0, 2.0]), tf.Variable([5.0])
    chain = ours.chain(
        ours.probe("all", ("cosine",)),
        ours.probe("pair", ("cosine",), tasks=(2, 0)),
        ours.probe("second", ALL, tasks=(1,)),
        ours.imtl(3),
        ours.scale(-0.01),
    )
    optimizer = ours.Optimizer(chain, [shared, head])
    names = ["all/cosine", "pair/cosine", *(f"second/{each}" for each in ALL)]

    @tf.function(jit_compile=xla or None, autograph=False)
    def step(stacked: tf.Tensor, own: tf.Tensor) -> list[tf.Tensor]:
        pairs = [(stacked, shared), (own, head)]
        optimizer.apply_gradients(pairs, value=[tf.constant(1.0)] * 3)
        return [optimizer.measured(name).sums() for name in names]

    ((stacked, own),) = draws(1, (3, 3), (1,))
    found = [each.numpy()[0] for each in step(tf.constant(stacked), tf.constant(own))]

    unit = stacked / np.linalg.norm(stacked, axis=1, keepdims=True)
    cosines = unit @ unit.T
    mean = (cosines[0, 1] + cosines[0, 2] + cosines[1, 2]) / 3
    second = np.linalg.norm(stacked[1])
    expected = [mean, cosines[0, 2], second, np.abs(stacked[1]).max(), second / 3]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_a_probe_of_no_gradients_measures_zero() -> None:
    """As in a stage that freezes all that it is about."""
    optimizer = ours.Optimizer(
        ours.chain(ours.masked(ours.probe("none", ALL), [False]), ours.scale(-1.0)),
        [tf.Variable([1.0])],
    )

    optimizer.apply_gradients([(tf.constant([2.0]), optimizer.trained[0])])

    for each in ALL:
        np.testing.assert_array_equal(optimizer.measured(f"none/{each}").sums(), [0, 1])
    with pytest.raises(ValueError, match="norm, max, ratio, cosine"):
        ours.probe("bad", ("mean",)).update([], ours.probe("bad").init([]), [])


def test_rows_of_a_table_count_once() -> None:
    """A row that occurs twice has one gradient, the sum."""
    rows = tf.IndexedSlices(tf.constant([[3.0], [1.0], [-2.0]]), [1, 0, 1], [3, 1])
    size = ours.gradient_norm([rows, tf.constant([2.0])])

    assert float(size) == pytest.approx(np.sqrt(1.0 + 1.0 + 4.0))
