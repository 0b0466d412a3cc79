"""Transforms of several objectives, against their papers' mathematics in NumPy."""

import numpy as np
import pytest
import tensorflow as tf
from tests.runtime.transforms.task_streams import (
    TASKS,
    flat,
    losses,
    on_simplex,
    run,
    stacks,
    vector,
)

import loopc_runtime as ours
from loopc_runtime import step_scope

XLA = pytest.mark.parametrize("xla", [False, True], ids=["graph", "xla"])


def pcgrad_orders() -> list[np.ndarray]:
    """Return the step of PCGrad for every order in which the others can come."""
    g = flat(stacks(0))
    found = []
    for flips in np.ndindex(2, 2, 2):
        total = np.zeros(g.shape[1])
        for task in range(TASKS):
            rest = [other for other in range(TASKS) if other != task]
            own = g[task].copy()
            for other in rest[::-1] if flips[task] else rest:
                along = own @ g[other]
                if along < 0:
                    own -= along / (g[other] @ g[other]) * g[other]
            total += own
        found.append(total)
    return found


@XLA
def test_pcgrad_is_that_of_one_of_the_orders(xla: bool) -> None:
    """Conflicts are projected away, one after the other, in some order."""
    path, _ = run(lambda: ours.pcgrad(TASKS), 1, xla)

    errors = [np.linalg.norm(vector(path[0]) - each) for each in pcgrad_orders()]
    assert min(errors) <= 1e-5 * np.linalg.norm(pcgrad_orders()[0])


def test_two_gradients_that_conflict_are_projected_on_each_other_s_plane() -> None:
    """With two tasks there is one order: the closed form of the paper."""
    a, b = np.array([1.0, 0.0]), np.array([-1.0, 1.0])
    transform = ours.pcgrad(2)
    variable = tf.Variable([0.0, 0.0])
    gradient = tf.constant(np.stack([a, b]), tf.float32)

    with step_scope(0, tf.constant(0)):
        (update,), _ = transform.update([gradient], (), [variable], value=tf.ones([2]))

    expected = (a - a @ b / (b @ b) * b) + (b - a @ b / (a @ a) * a)
    np.testing.assert_allclose(update, expected, rtol=1e-6)


@XLA
def test_gradvac_raises_cosines_to_their_average(xla: bool) -> None:
    """With two tasks: the arithmetic of the paper over three steps."""
    transform = ours.gradvac(2, 0.5)
    variable = tf.Variable(np.zeros(5, np.float32))
    random = np.random.default_rng(1)
    steps = random.normal(size=(3, 2, 5)).astype(np.float32)
    update = tf.function(
        lambda g, state: transform.update([g], state, [variable], value=tf.ones([2])),
        jit_compile=xla,
    )
    state, targets = transform.init([variable]), np.zeros((2, 2))
    for g in steps:
        with step_scope(0, tf.constant(0)):
            (found,), state = update(g, state)
        total = np.zeros(5)
        for i, j in ((0, 1), (1, 0)):
            norms = np.linalg.norm(g[i]), np.linalg.norm(g[j])
            cosine, target = g[i] @ g[j] / (norms[0] * norms[1]), targets[i, j]
            own = g[i].astype(np.float64)
            if cosine < target:
                wished = np.sqrt(1 - target**2)
                share = norms[0] * (target * np.sqrt(1 - cosine**2) - cosine * wished)
                own = own + share / (norms[1] * wished) * g[j]
            targets[i, j] = 0.5 * target + 0.5 * cosine
            total += own
        np.testing.assert_allclose(found, total, rtol=2e-5, atol=1e-6)


@XLA
def test_graddrop_keeps_one_sign_of_every_element(xla: bool) -> None:
    """Each element sums its positive or its negative gradients, as likely as pure."""
    transform = ours.graddrop(2)
    size = 20_000
    gradient = np.tile(np.array([[3.0], [-1.0]], np.float32), (1, size))
    variable = tf.Variable(np.zeros(size, np.float32))

    @tf.function(jit_compile=xla)
    def update():
        with step_scope(0, tf.constant(0, tf.int64)):
            return transform.update([tf.constant(gradient)], (), [variable])[0][0]

    found = update().numpy()
    assert set(np.unique(found)) == {3.0, -1.0}
    # purity (1 + 2 / 4) / 2 = 3 / 4; five standard deviations
    assert abs(np.mean(found == 3.0) - 0.75) <= 5 * np.sqrt(0.1875 / size)


@XLA
def test_weights_from_values_are_those_of_the_papers(xla: bool) -> None:
    """Every formula, over three steps of other values."""
    values = [losses(step).astype(np.float64) for step in range(4)]
    shares = np.array([0.5, 0.25, 0.25])

    def softmax(x: np.ndarray) -> np.ndarray:
        return np.exp(x - x.max()) / np.exp(x - x.max()).sum()

    def tchebycheff(v: np.ndarray) -> np.ndarray:
        return shares * (0.4 + 0.6 * (np.arange(TASKS) == np.argmax(shares * v)))

    expected = {
        "equal": [np.array([1.0, 2.0, 3.0])] * 4,
        "log": [1 / (1 + v) for v in values],
        "gls": [np.prod(v) ** (1 / TASKS) / (TASKS * v) for v in values],
        "pareto": [tchebycheff(v) for v in values],
        "dwa": [np.ones(TASKS)] * 2
        + [TASKS * softmax(values[s - 1] / values[s - 2] / 1.5) for s in (2, 3)],
        "stch": [1 / v for v in values[:2]]
        + [
            softmax(np.log(v / np.mean(values[:2], axis=0)) / 0.7) / v
            for v in values[2:]
        ],
    }
    makers = {
        "equal": lambda: ours.equal(TASKS, [1, 2, 3]),
        "log": lambda: ours.log_transform(TASKS),
        "gls": lambda: ours.gls(TASKS),
        "pareto": lambda: ours.pareto(TASKS, [2.0, 1.0, 1.0], 0.6),
        "dwa": lambda: ours.dwa(TASKS, 1.5),
        "stch": lambda: ours.stch(TASKS, 0.7, 2),
    }
    for name, make in makers.items():
        _, weights = run(make, 4, xla)
        np.testing.assert_allclose(weights, expected[name], rtol=1e-5, err_msg=name)


@XLA
def test_uncertainty_learns_its_weights_by_gradient_descent(xla: bool) -> None:
    """The weights follow the slope of the paper's objective in s."""
    raw = np.full(TASKS, -0.5)
    expected = []
    for step in range(4):
        expected.append(0.5 * np.exp(-raw))
        raw = raw - 0.1 * (0.5 - 0.5 * losses(step) * np.exp(-raw))

    _, weights = run(lambda: ours.uncertainty(TASKS, ours.sgd(0.1)), 4, xla)

    np.testing.assert_allclose(weights, expected, rtol=1e-5)


@XLA
def test_gradnorm_follows_the_slope_of_its_loss(xla: bool) -> None:
    """The slope is that of the sum of differences, by finite differences."""
    weights, expected, first = np.ones(TASKS), [], losses(0).astype(np.float64)
    for step in range(4):
        g, values = flat(stacks(step)), losses(step)
        expected.append(weights @ g)
        norms = np.linalg.norm(g, axis=1)
        lag = values / first / np.mean(values / first)
        target = np.mean(weights * norms) * lag**1.5

        def loss(w: np.ndarray, norms=norms, target=target) -> float:
            return float(np.sum(np.abs(w * norms - target)))

        eye = 1e-6 * np.eye(TASKS)
        slope = [(loss(weights + e) - loss(weights - e)) / 2e-6 for e in eye]
        weights = np.maximum(weights - 0.01 * np.array(slope), 1e-4)
        weights *= TASKS / weights.sum()

    path, _ = run(lambda: ours.gradnorm(TASKS, learner=ours.sgd(0.01)), 4, xla)

    for updates, wanted in zip(path, expected, strict=True):
        np.testing.assert_allclose(vector(updates), wanted, rtol=1e-4, atol=1e-4)


@XLA
def test_running_balances_are_those_of_the_papers(xla: bool) -> None:
    """DB-MTL, MoCo, MoDo and ExcessMTL over four steps in NumPy."""
    buffer, tracked = np.zeros((TASKS, 11)), np.zeros((TASKS, 11))
    slow, soft = np.full(TASKS, 1 / TASKS), np.full(TASKS, 1 / TASKS)
    squares, robust, first = np.zeros((TASKS, 11)), np.full(TASKS, 1 / TASKS), None
    expected: dict[str, list[np.ndarray]] = {n: [] for n in ("db", "co", "do", "ex")}
    for step in range(4):
        g, values = flat(stacks(step)), losses(step).astype(np.float64)
        buffer = 0.9 * buffer + 0.1 * g / values[:, None]
        norms = np.linalg.norm(buffer, axis=1)
        expected["db"].append(norms.max() / norms @ buffer)
        scaled = g / np.linalg.norm(g, axis=1, keepdims=True) * values[:, None]
        tracked += 0.5 / (step + 1) ** 0.5 * (scaled - tracked)
        soft = soft - 0.1 / (step + 1) ** 0.5 * tracked @ tracked.T @ soft
        soft = np.exp(soft) / np.exp(soft).sum()
        expected["co"].append(soft @ tracked)
        moved = slow - 0.01 * (g @ g.T @ slow + 0.1 * slow)
        slow = on_simplex(lambda w, to=moved: float(np.sum((w - to) ** 2)))
        expected["do"].append(slow @ g)
        squares += g**2
        excess = np.sum(g**2 / np.sqrt(squares + 1e-7), axis=1)
        first = excess if first is None else first
        robust = robust * np.exp(0.01 * excess / first)
        robust /= robust.sum()
        expected["ex"].append(TASKS * robust @ g)
    makers = {
        "db": lambda: ours.db_mtl(TASKS),
        "co": lambda: ours.moco(TASKS),
        "do": lambda: ours.modo(TASKS, 0.01),
        "ex": lambda: ours.excess_mtl(TASKS),
    }
    for name, make in makers.items():
        path, _ = run(make, 4, xla)
        for updates, wanted in zip(path, expected[name], strict=True):
            np.testing.assert_allclose(
                vector(updates), wanted, rtol=1e-3, atol=2e-4, err_msg=name
            )


def test_famo_weighs_what_falls_slower() -> None:
    """After a step in which one objective fell less, its weight has grown."""
    transform = ours.famo(2, 0.1)
    state = transform.init([tf.Variable([0.0])])
    before = tf.constant([1.0, 1.0])
    assert transform.hooks.weigh is not None
    assert transform.hooks.observe is not None
    np.testing.assert_allclose(transform.hooks.weigh(before, state), [0.5, 0.5])

    _, state = transform.update([tf.zeros([1])], state, None, value=before)
    state = transform.hooks.observe(state, tf.constant([0.5, 0.9]))

    weights = transform.hooks.weigh(before, state).numpy()
    # Adam's first step is the rate, whatever the slope; up against the one that fell.
    expected = np.exp([-0.1, 0.1]) / np.exp([-0.1, 0.1]).sum()
    np.testing.assert_allclose(weights, expected, rtol=1e-5)


def test_random_weights_are_a_softmax_of_normal_numbers() -> None:
    """They sum to one, differ from step to step, and repeat with the step."""
    _, weights = run(lambda: ours.rlw(TASKS), 3, False)
    _, again = run(lambda: ours.rlw(TASKS), 3, True)

    np.testing.assert_allclose(np.sum(weights, axis=1), 1.0, rtol=1e-6)
    np.testing.assert_allclose(weights, again, rtol=1e-5)
    assert np.abs(weights[0] - weights[1]).max() > 1e-3
