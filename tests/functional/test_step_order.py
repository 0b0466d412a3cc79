"""Effects of a step in order: updates in loops, at times, and what they report."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

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

import loopc

TWO = (
    "model generator(x: f32[5]) -> f32[3] = x |> dense(4, relu) |> dense(3)\n"
    "model critic(y: f32[3]) -> f32[1] = y |> dense(4, relu) |> dense(1)\n"
)
CRITICS = program(
    TWO,
    """step (x, y) from d.train batch all {
    repeat 3 {
      fake = generator(x)
      d_loss = mean(critic(fake)) - mean(critic(y)) + 0.1 * mean(critic(y) ^ 2)
      update critic to minimize d_loss using sgd(0.1)
    }
    g_loss = -mean(critic(fake))
    update generator to minimize g_loss using sgd(0.2) every 2 steps
    report d_loss, g_loss
  }""",
    "  execution = MODE",
    "4 steps",
)
AT_TIMES = program(
    NET,
    """step (x, y) from d.train batch 8 {
    loss = mean_squared_error(y, net(x))
    update net to minimize loss using adam(0.05)
    report loss
    every 2 steps {
      size = norm(net(x))
      report size, spread = mean(size ^ 2) - mean(size) ^ 2
      update net to maximize mean(size) using sgd(0.01)
    }
  }""",
    length="9 steps",
    log="1 steps",
)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


@pytest.mark.parametrize("mode", ["graph", "xla"])
def test_several_critic_updates_a_step(
    mode: str, columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """Three updates of the critic in each step, one of the generator in two.

    Weights after four steps are those of the loop written by hand.
    """
    run = Trained(CRITICS.replace("MODE", mode), tmp_path, data_dir)
    generator, critic = run.fresh("generator"), run.fresh("critic")
    x, y = columns["x"], columns["y"]
    for step in range(4):
        for _ in range(3):
            with tf.GradientTape() as tape:
                fake = critic(generator(x))
                d_loss = tf.reduce_mean(fake) - tf.reduce_mean(critic(y))
                d_loss += 0.1 * tf.reduce_mean(critic(y) ** 2)
            descend(critic, tape.gradient(d_loss, critic.trainable_variables), 0.1)
        if (step + 1) % 2 == 0:
            with tf.GradientTape() as tape:
                g_loss = -tf.reduce_mean(critic(generator(x)))
            weights = generator.trainable_variables
            descend(generator, tape.gradient(g_loss, weights), 0.2)
    assert_weights(run.models["critic"], critic)
    assert_weights(run.models["generator"], generator)


def test_blocks_run_at_times(data_dir: Path, tmp_path: Path) -> None:
    """A block runs in every second step, and only these steps report its values.

    The spread is computed from the means of one step: it is that of the sizes.
    """
    run = Trained(AT_TIMES, tmp_path, data_dir)
    records = [r for r in run.log if r["split"] == "train" and r["window"] == "log"]
    fired = [r["step"] for r in records if "size" in r]
    assert [r["step"] for r in records] == list(range(1, 10))
    assert fired == [2, 4, 6, 8]
    assert all(r["spread"] > 0 for r in records if "size" in r)
    counters = {
        name: int(optimizer.updates) for name, optimizer in run.optimizers.items()
    }
    assert counters == {"net": 9, "net_2": 4}


def test_last_pass_is_reported(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """Behind a loop a name has the value of the last pass, and a report means it."""
    text = program(
        NET,
        """step (x, y) from d.train batch all {
    repeat 2 {
      loss = mean(mean_squared_error(y, net(x)))
      update net to minimize loss using sgd(0.1)
    }
    report loss
  }""",
        length="1 steps",
    )
    run = Trained(text, tmp_path, data_dir)
    net = run.fresh("net")
    for _ in range(2):
        with tf.GradientTape() as tape:
            error = tf.math.squared_difference(columns["y"], net(columns["x"]))
            loss = tf.reduce_mean(error)
        descend(net, tape.gradient(loss, net.trainable_variables), 0.1)
    np.testing.assert_allclose(run.reports("loss")[0], float(loss), rtol=1e-5)


def test_schedules_are_in_steps_where_updates_are_more(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """A rate over 4 steps takes 8 updates of a site that updates twice a step."""
    text = program(
        NET,
        """step (x, y) from d.train batch all {
    repeat 2 {
      loss = mean_squared_error(y, net(x))
      update net to minimize loss using sgd(linear(0.4 -> 0, 4 steps))
    }
    report loss
  }""",
        length="4 steps",
    )
    run = Trained(text, tmp_path, data_dir)
    net = run.fresh("net")
    for update in range(8):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((columns["y"] - net(columns["x"])) ** 2)
        rate = 0.4 * (1 - update / 8)
        descend(net, tape.gradient(loss, net.trainable_variables), rate)
    assert_weights(run.models["net"], net)


RESUMED = AT_TIMES.replace("sgd(0.01)", "adam(0.01)")


@pytest.mark.parametrize("mode", ["graph", "xla"])
def test_resumed_run_is_the_whole_run(
    mode: str, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that breaks off between the firings of its blocks, and goes on, ends with
    the same bits: weights, slots and counters of updates in blocks, and log.
    """
    extra = f"  checkpoint every 5 steps\n  execution = {mode}\n"
    text = RESUMED.replace("  log = 1 steps", f"  log = 1 steps\n{extra}")
    whole = Trained(text, tmp_path / "whole", data_dir)
    script = loopc.load(text)

    class Broken(script.Run):
        def windows(self, *given: Any, **named: Any) -> Iterator[Any]:
            cuts = (script.Every(steps=7),)
            for window in super().windows(*given, cuts=cuts, **named):
                yield window
                if window.step >= 7:
                    raise ConnectionError("the machine is gone")

    monkeypatch.setattr(script, "Run", Broken)
    with pytest.raises(ConnectionError):
        script.train_and_evaluate(script.Config(), tmp_path / "broken", data_dir)
    again = Trained(text, tmp_path / "broken", data_dir)
    for found, expected in zip(values(again), values(whole), strict=True):
        np.testing.assert_array_equal(found, expected)
    logs = [(tmp_path / n / "metrics.jsonl").read_bytes() for n in ("broken", "whole")]
    assert logs[0] == logs[1]


def values(run: Trained) -> list[np.ndarray]:
    """All weights and all state of optimizers."""
    holders = [*run.models.values(), *run.optimizers.values()]
    return [v.numpy() for holder in holders for v in holder.variables]


def test_durations_in_updates_are_those_of_the_site(
    data_dir: Path, tmp_path: Path
) -> None:
    """A weight that ascends its own value is the sum of the rates: of a schedule that
    lasts for 6 updates, three in a step, and of 2 updates, one in two steps, followed
    by 4 steps.
    """
    text = program(
        "schedule rate = linear(0.1 -> 0.0, 6 updates)\n"
        "weight often: f32 = 0.0\nweight seldom: f32 = 0.0\n",
        """step (x) from d.train batch all {
    repeat i in 0 .. 2 {
      update often to maximize often using sgd(rate)
    }
    update seldom to maximize seldom using sgd(
      linear(0.1 -> 0.0, 2 updates) then linear(0.2 -> 0.0, 4 steps)
    ) every 2 steps
    report often, seldom
  }""",
        length="10 steps",
        log="1 steps",
    )
    run = Trained(text, tmp_path, data_dir)
    rates = [0.1 * (1 - k / 6) for k in range(6)]
    assert run.reports("often") == pytest.approx(
        [sum(rates[:3]), *[sum(rates)] * 9], rel=1e-5
    )
    taken = [0.1, 0.05, 0.2, 0.1, 0.0]  # in steps 0, 2, ... or 1, 3, ...
    late = [sum(taken[: step // 2]) for step in range(1, 11)]
    assert run.reports("seldom") == pytest.approx(late, rel=1e-5)
