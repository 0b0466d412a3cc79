"""What programs mean: generated loops against loops written by hand, step by step.

The hand-written ones are plain TensorFlow or NumPy; they start from the weights that
the scripts start from. `batch all` keeps the order of the rows.
"""

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from tests.functional.trained import (
    NET,
    Columns,
    Trained,
    assert_weights,
    descend,
    program,
)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


GAN = program(
    "model generator(x: f32[5]) -> f32[3] = x |> dense(4, relu) |> dense(3)\n"
    "model critic(y: f32[3]) -> f32[1] = y |> dense(4, relu) |> dense(1)\n",
    """step (x, y) from d.train batch all {
    fake = generator(x)
    d_loss = mean(critic(fake)) - mean(critic(y)) + 0.1 * mean(critic(y) ^ 2)
    update critic to minimize d_loss using sgd(0.1)
    g_loss = -mean(critic(fake))
    update generator to minimize g_loss using sgd(0.2)
    report d_loss, g_loss, gap = d_loss - 2 * g_loss
  }""",
)


def test_two_updates_of_a_gan(columns: Columns, data_dir: Path, tmp_path: Path) -> None:
    """The second update sees the critic that the first one has changed.

    Weights after three steps, and what every step reports, are those of the loop.
    """
    run = Trained(GAN, tmp_path, data_dir)
    generator, critic = run.fresh("generator"), run.fresh("critic")
    x, y = columns["x"], columns["y"]
    reports = []
    for _ in range(3):
        with tf.GradientTape() as tape:
            fake = critic(generator(x))
            d_loss = tf.reduce_mean(fake) - tf.reduce_mean(critic(y))
            d_loss += 0.1 * tf.reduce_mean(critic(y) ** 2)
        descend(critic, tape.gradient(d_loss, critic.trainable_variables), 0.1)
        with tf.GradientTape() as tape:
            g_loss = -tf.reduce_mean(critic(generator(x)))
        descend(generator, tape.gradient(g_loss, generator.trainable_variables), 0.2)
        reports.append((float(d_loss), float(g_loss)))
    assert_weights(run.models["critic"], critic)
    assert_weights(run.models["generator"], generator)
    d_losses, g_losses = zip(*reports, strict=True)
    np.testing.assert_allclose(run.reports("d_loss"), d_losses, rtol=1e-4)
    np.testing.assert_allclose(run.reports("g_loss"), g_losses, rtol=1e-4)
    gaps = np.subtract(d_losses, np.multiply(2, g_losses))
    np.testing.assert_allclose(run.reports("gap"), gaps, rtol=1e-4)


WEIGHED = program(
    "const cost = [1.0, 2.0, 0.5, 3.0]\n"
    "model net(x: f32[5]) -> logits[4] = x |> dense(4)\n"
    "model other(x: f32[5]) -> f32[3] = x |> dense(3)\n"
    "schedule ramp = linear(0 -> 1, 4 steps)\n",
    """step (x, y, label) from d.train batch all {
    nats = cross_entropy(label, net(x))
    loss = mean(nats, weight: cost[label])
    far  = mean_squared_error(y, other(x))
    sum_of_both = loss + ramp * mean(far) + 0.01 * mean(stop_gradient(net(x)) * net(x))
    update net, other to minimize sum_of_both using sgd(0.3)
    report loss, sum_of_both, ramp
  }""",
)


def test_sum_of_losses_with_weights_and_a_schedule(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """One update of two models: class weights, a scheduled weight, a stopped factor."""
    run = Trained(WEIGHED, tmp_path, data_dir)
    net, other = run.fresh("net"), run.fresh("other")
    x, label = columns["x"], columns["label"]
    weight = np.array([1.0, 2.0, 0.5, 3.0], np.float32)[label]
    losses, sums = [], []
    for step in range(3):
        with tf.GradientTape(persistent=True) as tape:
            logits = net(x)
            nats = tf.nn.sparse_softmax_cross_entropy_with_logits(label, logits)
            loss = tf.reduce_sum(weight * nats) / weight.sum()
            far = tf.reduce_mean((columns["y"] - other(x)) ** 2)
            both = loss + step / 4 * far
            both += 0.01 * tf.reduce_mean(tf.stop_gradient(logits) * logits)
        for model in (net, other):
            descend(model, tape.gradient(both, model.trainable_variables), 0.3)
        losses.append(float(loss))
        sums.append(float(both))
    assert_weights(run.models["net"], net)
    assert_weights(run.models["other"], other)
    np.testing.assert_allclose(run.reports("loss"), losses, rtol=1e-5)
    np.testing.assert_allclose(run.reports("sum_of_both"), sums, rtol=1e-5)
    np.testing.assert_allclose(run.reports("ramp"), [0, 0.25, 0.5], rtol=1e-6)


ORDER = program(
    NET,
    """step (x, y) from d.train batch all {
    loss = squared_error(y, net(x))
    report before = loss, direct = squared_error(y, net(x))
    update net to maximize -loss using sgd(0.3)
    loss = squared_error(y, net(x))
    report after = loss
    loss = mean(loss)
    loss = 10 * loss
    report tenfold = loss
  }""",
)


def test_statements_count_in_program_order(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """Reports above an update see the old weights, those below it the new ones.

    A name bound again is another value; to maximize is to minimize the negative.
    """
    run = Trained(ORDER, tmp_path, data_dir)
    net = run.fresh("net")
    before, after = [], []
    for _ in range(3):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((columns["y"] - net(columns["x"])) ** 2)
        before.append(float(loss))
        descend(net, tape.gradient(loss, net.trainable_variables), 0.3)
        after.append(float(tf.reduce_mean((columns["y"] - net(columns["x"])) ** 2)))
    assert_weights(run.models["net"], net)
    np.testing.assert_allclose(run.reports("before"), before, rtol=1e-5)
    np.testing.assert_allclose(run.reports("direct"), before, rtol=1e-5)
    np.testing.assert_allclose(run.reports("after"), after, rtol=1e-5)
    np.testing.assert_allclose(
        run.reports("tenfold"), np.multiply(10, after), rtol=1e-5
    )


EXACT = program(
    "model score(x: f32[5]) -> f32 = x |> dense(1, sigmoid) |> reshape([])\n",
    """step (x, t, w, image) from d.train batch 8 {
    s    = score(x)
    nats = binary_cross_entropy(t, s)
    update score to minimize nats using sgd(0.0)
    report nats, odds = exp(mean(nats)), weighed = mean(nats, weight: w),
      share = mean(w * s) / mean(s), bright = w * image, most = mean(s > 0.5)
    report hits = total(s > 0.5), lift = total(w * s) / mean(s)
  }""",
    """eval v (x, t, w) from d.train batch 8 at end {
    s = score(x)
    nats = mean(binary_cross_entropy(t, s))
    report nats, odds = exp(nats), area = auc(t, s)
    report weighed = mean(s, weight: w) - mean(s)
  }""",
    length="1 epochs",
)


def test_reports_of_an_epoch_are_exact(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """A window is one batch: means, their arithmetic and AUC over all 22 examples.

    The last batch has six of them; a scalar of an example scales its whole image.
    """
    run = Trained(EXACT, tmp_path, data_dir)
    x, t, w = columns["x"], columns["t"], columns["w"]
    s = np.asarray(run.fresh("score")(x))
    nats = -(t * np.log(s) + (1 - t) * np.log(1 - s))
    area = keras.metrics.AUC()
    area.update_state(t, s)
    expected = {
        "train.nats": nats.mean(),
        "train.odds": np.exp(nats.mean()),
        "train.weighed": (w * nats).sum() / w.sum(),
        "train.share": (w * s).mean() / s.mean(),
        "train.bright": (w[:, None, None] * columns["image"]).mean(),
        "train.most": (s > 0.5).mean(),
        "train.hits": (s > 0.5).sum(),
        "train.lift": (w * s).sum() / s.mean(),
        "v.nats": nats.mean(),
        "v.odds": np.exp(nats.mean()),
        "v.area": float(area.result()),
        "v.weighed": (w * s).sum() / w.sum() - s.mean(),
    }
    found = {name: run.result[name] for name in expected}
    assert found == pytest.approx(expected, rel=2e-5)


DRAWS = program(
    NET,
    """step (x, y) from d.train batch all {
    noise  = uniform([], low: 2, high: 4)
    square = mean(normal([50]) ^ 2)
    loss   = squared_error(y, net(x)) * noise
    update net to minimize loss using sgd(0.0)
    report noise, twice = 2 * mean(noise), square, again = square
  }""",
    length="4 epochs",
)


def test_draws_are_reproducible_and_new_in_every_step(
    data_dir: Path, tmp_path: Path
) -> None:
    """Two runs draw the same; each step draws anew; a drawn value is drawn once."""
    runs = [Trained(DRAWS, tmp_path / name, data_dir) for name in ("a", "b")]
    noise = runs[0].reports("noise")
    assert len(set(noise)) == 4
    assert all(2 < value < 4 for value in noise)
    assert runs[1].reports("noise") == noise
    np.testing.assert_allclose(runs[0].reports("twice"), np.multiply(2, noise))
    assert runs[0].reports("again") == runs[0].reports("square")
    assert np.mean(runs[0].reports("square")) == pytest.approx(1, abs=0.15)


SHARED = program(
    """model net(x: f32[5]) -> f32[3] {
  shared = dense(5)
  x = shared(shared(x))
  repeat 2 {
    x = shared(x)
  }
  return x |> dropout(0.5) |> dense(3)
}
fn distance(m: model, x, y) = squared_error(y, m(x))
""",
    """step (x, y) from d.train batch all {
    loss = distance(net, x, y)
    update net to minimize loss using sgd(0.0)
    report loss
  }""",
    """eval v (x, y) from d.train batch all every 1 epoch {
    report loss = distance(net, x, y)
  }""",
)


def test_shared_instance_and_mode_inside_a_function(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """One instance called four times has one kernel; dropout acts in the step alone."""
    run = Trained(SHARED, tmp_path, data_dir)
    kernel, bias, last, end = run.start["net"]
    x = columns["x"]
    for _ in range(4):
        x = x @ kernel + bias
    expected = ((columns["y"] - (x @ last + end)) ** 2).mean()
    evals = [r["loss"] for r in run.log if r["split"] == "v"]
    np.testing.assert_allclose(evals, [expected] * 3, rtol=1e-5)
    assert len({*run.reports("loss"), expected}) == 4


NORMALIZED = program(
    "model net(x: f32[5]) -> f32[3] = x |> batch_norm |> dense(3)\n",
    """step (x, y) from d.train batch 8 {
    loss = squared_error(y, net(x))
    update net to minimize loss using sgd(0.0)
    report loss
  }""",
    length="1 epochs",
)


def test_batch_norm_takes_the_short_batch_as_it_is(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """Moving statistics after batches of 8, 8 and 6 are those of exactly these rows."""
    run = Trained(NORMALIZED, tmp_path, data_dir)
    script, config = run.script, run.script.Config()
    batches = script.load_d(data_dir)["train"].batches(8, fields=("x", "y"))
    order = batches.order(config.seed, 0)
    mean, variance = np.zeros(5), np.ones(5)
    for rows in np.split(order, [8, 16]):
        x = columns["x"][rows]
        mean = 0.99 * mean + 0.01 * x.mean(axis=0)
        variance = 0.99 * variance + 0.01 * x.var(axis=0)
    found = {v.path.split("/")[-1]: v.numpy() for v in run.models["net"].weights}
    np.testing.assert_allclose(found["moving_mean"], mean, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(found["moving_variance"], variance, rtol=1e-5)


def test_division_of_integers_is_float(data_dir: Path, tmp_path: Path) -> None:
    """Two integers that only the step knows give a float32 quotient, and an integer
    meets a float as one.
    """
    text = program(
        NET,
        """step (x, y) from d.train batch all {
    loss = squared_error(y, net(x))
    update net to minimize loss using sgd(0.1)
    report quotient = 3 / where(step > 1, 2, 4), product = 0.5 * where(step > 1, 1, 3)
  }""",
    )
    run = Trained(text, tmp_path, data_dir)
    assert run.reports("quotient") == [0.75, 0.75, 1.5]
    assert run.reports("product") == [1.5, 1.5, 0.5]
