"""What reports read of updates, against loops that are written by hand."""

from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from tests.functional.trained import NET, Columns, Trained, descend, program

SQUARED = "loss = mean_squared_error(y, net(x))"
STEP = "step (x, y) from d.train batch 8{parts} {{\n{body}\n}}"
TASKS = """
model trunk(x: f32[5]) -> f32[4] = x |> dense(4, tanh)
model first(h: f32[4]) -> f32[3] = h |> dense(3)
model second(h: f32[4]) -> f32[3] = h |> dense(3)
"""


@pytest.fixture(autouse=True, scope="module")
def quiet() -> Iterator[None]:
    """Leave the progress display out of the tests' output."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOOPC_PROGRESS", "none")
        yield


def train(
    body: str,
    workdir: Path,
    data_dir: Path,
    *,
    models: str = NET,
    parts: str = "",
    log: str = "1 epoch",
) -> Trained:
    """Train one epoch, of batches of 8, 8 and 6, by the statements of a step."""
    step = STEP.format(body=body, parts=parts)
    text = program(models, step, length="1 epoch", log=log)
    return Trained(text, workdir, data_dir)


def gradients_of(
    net: keras.Model, columns: Columns, rows: np.ndarray
) -> list[tf.Tensor]:
    """Return the gradients of the mean squared error over some rows."""
    with tf.GradientTape() as tape:
        found = net(columns["x"][rows], training=True)
        loss = tf.reduce_mean(tf.square(found - columns["y"][rows]))
    return tape.gradient(loss, net.trainable_variables)


def norm(tensors: list) -> float:
    """Return the joint L2 norm."""
    return float(
        tf.linalg.global_norm([tf.convert_to_tensor(each) for each in tensors])
    )


def test_each_point_of_a_chain_is_measured_in_each_step(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """Gradients, clipped ones, steps: means over the window; arithmetic afterwards."""
    body = f"""{SQUARED}
update net to minimize loss
  using clip_by_global_norm(0.3) |> probe("clipped") |> sgd(0.1) |> probe("taken")
report loss, clipped = probe("clipped").norm, gradient = gradients(net).norm,
  most = gradients(net).max, percent = 100 * updates(net).ratio,
  squared = gradients("net/dense/bias").norm ^ 2, taken = probe("taken").max"""

    ran = train(body, tmp_path, data_dir)

    net, seen = ran.fresh("net"), []
    for rows in ran.rows(3):
        whole = gradients_of(net, columns, rows)
        clipped, size = tf.clip_by_global_norm(whole, 0.3)
        largest = [max(float(tf.reduce_max(tf.abs(g))) for g in each)
                   for each in (whole, clipped)]  # fmt: skip
        seen.append([
            norm(clipped), size, largest[0], 0.1 * norm(clipped) / norm(net.weights),
            norm(whole[1:]), 0.1 * largest[1],
        ])  # fmt: skip
        descend(net, clipped, 0.1)
    clipped, gradient, most, ratio, bias, taken = np.mean(seen, axis=0)
    expected = {
        **{"clipped": clipped, "gradient": gradient, "most": most, "taken": taken},
        **{"percent": 100 * ratio, "squared": bias**2},
    }
    for name, value in expected.items():
        assert ran.result[f"train.{name}"] == pytest.approx(value, rel=1e-5), name


def test_what_is_held_back_is_measured_when_it_is_taken(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """Each batch has a gradient, two have a mean and a step; a window without a step
    says nothing of one.
    """
    body = f"""{SQUARED}
update net to minimize loss using accumulate(probe("mean") |> sgd(0.1), 2)
report each = gradients(net).norm, mean = probe("mean").norm, ratio = updates(net).ratio
"""

    ran = train(body, tmp_path, data_dir, log="1 step")

    net, batches = ran.fresh("net"), ran.rows(3)
    each = [norm(gradients_of(net, columns, rows)) for rows in batches[:2]]
    mean = gradients_of(net, columns, np.concatenate(batches[:2]))
    ratio = 0.1 * norm(mean) / norm(net.weights)
    descend(net, mean, 0.1)
    each.append(norm(gradients_of(net, columns, batches[2])))
    logged = [line for line in ran.log if line["split"] == "train"][:3]
    assert [line["each"] for line in logged] == [
        pytest.approx(e, rel=1e-5) for e in each
    ]
    assert logged[1]["mean"] == pytest.approx(norm(mean), rel=1e-5)
    assert logged[1]["ratio"] == pytest.approx(ratio, rel=1e-5)
    assert not any({"mean", "ratio"} & set(line) for line in (logged[0], logged[2]))


def test_every_update_of_a_step_counts(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """Three passes of a `repeat` count thrice; updates that come now and then, and
    those in a block, count where they happen.
    """
    models = "".join(NET.replace("net", name) for name in ("net", "rare", "block"))
    errors = "".join(
        f"{n}_loss = mean_squared_error(y, {n}(x))\n" for n in ("rare", "block")
    )
    body = f"""repeat 3 {{
  {SQUARED}
  update net to minimize loss using sgd(0.1)
}}
{errors}
update rare to minimize rare_loss using sgd(0.1) every 2 steps
every 3 steps {{
  update block to minimize block_loss using sgd(0.1)
  report inner = gradients(block).norm
}}
report loss, often = gradients(net).norm, seldom = gradients(rare).norm,
  outer = gradients(block).max"""

    ran = train(body, tmp_path, data_dir, models=models)

    net, seen, batches = ran.fresh("net"), [], ran.rows(3)
    for rows in batches:
        for _ in range(3):
            gradients = gradients_of(net, columns, rows)
            seen.append(norm(gradients))
            descend(net, gradients, 0.1)
    assert ran.result["train.often"] == pytest.approx(np.mean(seen), rel=1e-5)
    seldom = norm(gradients_of(ran.fresh("rare"), columns, batches[1]))
    assert ran.result["train.seldom"] == pytest.approx(seldom, rel=1e-5)
    block = gradients_of(ran.fresh("block"), columns, batches[2])
    largest = max(float(tf.reduce_max(tf.abs(g))) for g in block)
    assert ran.result["train.inner"] == pytest.approx(norm(block), rel=1e-5)
    assert ran.result["train.outer"] == pytest.approx(largest, rel=1e-5)


def test_objectives_are_told_apart(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """The norm of one objective's gradient, the cosine of two, what comes of both."""
    body = """h = trunk(x)
near = mean_squared_error(y, first(h))
far = mean_squared_error(2 - y, second(h))
update trunk, first, second to minimize [near, far]
  using imtl |> probe("joined", only: "trunk/*") |> sgd(0.1)
report near_norm = gradients(trunk, of: near).norm,
  far_ratio = gradients(trunk, of: far).ratio,
  cosine = gradients(trunk).cosine, heads = updates(first).norm,
  joined = probe("joined").norm"""

    ran = train(body, tmp_path, data_dir, models=TASKS)

    seen = []
    models = trunk, first, second = [ran.fresh(n) for n in ("trunk", "first", "second")]
    for rows in ran.rows(3):
        x, y = columns["x"][rows], columns["y"][rows]
        with tf.GradientTape(persistent=True) as tape:
            h = trunk(x)
            near = tf.reduce_mean(tf.square(first(h) - y))
            far = tf.reduce_mean(tf.square(second(h) - (2 - y)))
        a, b = (tape.gradient(each, trunk.trainable_variables) for each in (near, far))
        heads = [tape.gradient(near, first.trainable_variables)]
        heads += [tape.gradient(far, second.trainable_variables)]
        flat_a, flat_b = (
            np.concatenate([np.ravel(g) for g in each]) for each in (a, b)
        )
        cosine = flat_a @ flat_b / (norm(a) * norm(b))
        # Of two gradients, the weights of equal projections are those of the lengths.
        share = norm(b) / (norm(a) + norm(b))
        joined = [share * p + (1 - share) * q for p, q in zip(a, b, strict=True)]
        seen.append([
            norm(a), norm(b) / norm(trunk.weights), cosine, 0.1 * norm(heads[0]),
            norm(joined),
        ])  # fmt: skip
        for model, gradients in zip(models, [joined, *heads], strict=True):
            descend(model, gradients, 0.1)
    names = ("near_norm", "far_ratio", "cosine", "heads", "joined")
    for name, value in zip(names, np.mean(seen, axis=0), strict=True):
        assert ran.result[f"train.{name}"] == pytest.approx(value, rel=1e-4), name


def test_parts_of_a_batch_have_one_gradient(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """A batch in two parts is measured once, as the whole batch is."""
    body = f"{SQUARED}\nupdate net to minimize loss using sgd(0.1)\n"
    body += "report loss, size = gradients(net).norm"

    ran = train(body, tmp_path, data_dir, parts=" parts 2")

    net, seen = ran.fresh("net"), []
    for rows in ran.rows(3):
        gradients = gradients_of(net, columns, rows)
        seen.append(norm(gradients))
        descend(net, gradients, 0.1)
    assert ran.result["train.size"] == pytest.approx(np.mean(seen), rel=1e-5)


def test_an_update_that_a_stage_freezes_is_not_measured(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """Its windows say nothing of it; the other update, and the next stage, do."""
    models = NET + NET.replace("net", "other")
    stages = "stage one for 1 epoch {\n  freeze other\n}\nstage two for 1 epoch {\n}\n"
    body = f"""{SQUARED}
update net to minimize loss using probe("in") |> sgd(0.1)
other_loss = mean_squared_error(y, other(x))
update other to minimize other_loss using sgd(0.1)
report own = probe("in").norm, others = gradients(other).norm"""
    step = STEP.format(body=body, parts="")
    text = program(models, stages + step, length="1 epoch")
    text = text.replace("train for 1 epoch {", "train {")

    ran = Trained(text, tmp_path, data_dir)

    other, seen = ran.fresh("other"), []
    order = ran.batches.order(ran.script.Config().seed, 1)
    for rows in (order[:8], order[8:16], order[16:]):
        gradients = gradients_of(other, columns, rows)
        seen.append(norm(gradients))
        descend(other, gradients, 0.1)
    epochs = [line for line in ran.log if line.get("window") == "epoch"]
    assert ["others" in line for line in epochs] == [False, True]
    assert all("own" in line for line in epochs)
    assert epochs[1]["others"] == pytest.approx(np.mean(seen), rel=1e-5)


def test_gradients_of_half_precision_are_measured_unscaled(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """The loss scale of 2^15 is taken out before anything is measured or clipped."""
    body = f"""{SQUARED}
update net to minimize loss
  using clip_by_global_norm(0.3) |> probe("clipped") |> sgd(0.1)
report size = gradients(net).norm, clipped = probe("clipped").norm"""
    text = program(NET, STEP.format(body=body, parts=""), length="1 epoch")
    text = text.replace("  log =", "  precision = mixed_float16\n  log =")

    ran = Trained(text, tmp_path, data_dir)

    net, seen = ran.fresh("net"), []
    for rows in ran.rows(3):
        clipped, size = tf.clip_by_global_norm(gradients_of(net, columns, rows), 0.3)
        seen.append([float(size), norm(clipped)])
        descend(net, clipped, 0.1)
    found = [ran.result["train.size"], ran.result["train.clipped"]]
    np.testing.assert_allclose(found, np.mean(seen, axis=0), rtol=1e-2)
