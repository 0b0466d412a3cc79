"""A small dense network on points, with all that a run can have.

Written by hand in the style of generated scripts.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import keras
import tensorflow as tf

from loopc_runtime import (
    Clock,
    Dropout,
    Every,
    Execution,
    Float,
    GradientTransform,
    KeepBest,
    Mean,
    Optimizer,
    Run,
    Schedule,
    Splits,
    Stall,
    adam,
    carve,
    chain,
    clip_by_global_norm,
    cosine,
    join,
    linear,
    mean_squared_error,
    random_normal,
    read_npz,
    run_main,
    squared_error,
)


@dataclass(frozen=True, kw_only=True)
class Config:
    """Every number that the loop file names or fixes for the run."""

    # run
    seed: int = 7
    epochs: int = 2
    # data
    batch_size: int = 10
    # optimization
    peak: float = 1e-2


# Small dense layers: the whole chunk in XLA.
EXECUTION = Execution(data="resident", xla=True)


def decode_points(columns: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    """Turn a batch of raw columns into fields."""
    x = tf.cast(columns["x"], tf.float32)
    y = tf.cast(columns["y"], tf.float32)
    return {"x": x, "y": y}


def load_points(config: Config, data_dir: Path) -> Splits:
    """Read, split and validate the data."""
    train = read_npz(data_dir, "data/points.npz")
    valid, train = carve(train, percent=25, seed=config.seed, name="valid")
    return Splits(
        "points",
        {"train": train, "valid": valid},
        decode_points,
        fields={
            "x": Float((13,), columns=("x",)),
            "y": Float((10,), columns=("y",)),
        },
    )


def make_net(config: Config) -> keras.Model:
    """x: f32[13] -> f32[10]."""
    x = keras.Input((13,), name="x")
    h = keras.layers.Dense(16, activation="relu", name="dense")(x)
    h = keras.layers.BatchNormalization(name="batch_norm")(h)
    h = Dropout(0.2, name="dropout")(h)
    h = keras.layers.GaussianNoise(0.1, name="noise")(h)
    h = keras.layers.Dense(10, name="dense_1")(h)
    return keras.Model(x, h, name="net")


def make_rate(config: Config, clock: Clock) -> Schedule:
    """Return the schedule of the loop file."""
    return join(
        [linear(0.0, config.peak, 4), cosine(config.peak, 0.0, clock.total_steps - 4)],
        boundaries=[4],
    )


def make_transform(rate: Schedule) -> GradientTransform:
    return chain(clip_by_global_norm(1.0), adam(rate))


def make_train_step(net: keras.Model, optimizer: Optimizer):
    def train_step(x: tf.Tensor, y: tf.Tensor) -> dict[str, Mean]:
        with tf.GradientTape() as tape:
            noisy = x + 0.01 * random_normal((x.shape[0], 13), site="0")
            loss = tf.reduce_mean(squared_error(y, net(noisy, training=True)))
        variables = net.trainable_variables
        gradients = tape.gradient(loss, variables)
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return {"loss": Mean(loss)}

    return train_step


def make_valid_step(net: keras.Model):
    def valid_step(x: tf.Tensor, y: tf.Tensor) -> dict[str, Mean]:
        return {"loss": Mean(mean_squared_error(y, net(x, training=False)))}

    return valid_step


def train_and_evaluate(
    config: Config,
    workdir: Path,
    data_dir: Path = Path("."),
    *,
    mode: str = "train",
) -> dict[str, float]:
    """Train, resuming from `workdir` if it has a checkpoint; return the results."""
    keras.utils.set_random_seed(config.seed)
    points = load_points(config, data_dir)
    batches = points["train"].batches(config.batch_size, fields=("x", "y"))
    valid_batches = points["valid"].batches(None, fields=("x", "y"), shuffle=False)
    clock = Clock(steps_per_epoch=batches.steps_per_epoch, epochs=config.epochs)
    net = make_net(config)
    rate = make_rate(config, clock)
    optimizer = Optimizer(make_transform(rate), net.trainable_variables)
    train_step = make_train_step(net, optimizer)
    valid_step = make_valid_step(net)
    evaluate_valid = Every(epochs=1)
    best = KeepBest(mode="min", keep=1)
    stall = Stall(mode="min", patience=Every(epochs=5))
    with Run(
        workdir,
        config=config,
        clock=clock,
        execution=EXECUTION,
        models={"net": net},
        optimizers={"net": optimizer},
        trackers={"best valid.loss": best, "stall valid.loss": stall},
        log=Every(steps=2),
        checkpoint=Every(steps=5),
        keep=2,
        mode=mode,
    ) as run:
        for window in run.windows(train_step, batches, cuts=(evaluate_valid,)):
            if window.due(evaluate_valid):
                valid_metrics = run.evaluate("valid", valid_step, valid_batches)
                best.offer(run, valid_metrics["loss"])
                if stall.update(window, valid_metrics["loss"]):
                    run.stop("valid.loss has stalled")
        run.export(net, "net.keras", weights=best)
    return run.result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workdir", type=Path, default=Path("runs/points"))
    parser.add_argument("--data-dir", type=Path, default=Path("."))
    args = parser.parse_args()
    raise SystemExit(
        run_main(train_and_evaluate, Config(), args.workdir, args.data_dir)
    )


if __name__ == "__main__":
    main()
