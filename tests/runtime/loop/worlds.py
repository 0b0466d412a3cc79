"""Small worlds that the tests of the loop train in: data, models, a whole run."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from loopc_runtime.averages import Mean
from loopc_runtime.best import KeepBest, Stall
from loopc_runtime.cadence import Every
from loopc_runtime.clock import Clock
from loopc_runtime.execution import Execution
from loopc_runtime.layers import Dropout
from loopc_runtime.run import Run

ROWS, BATCH = 22, 4


@dataclass
class FakeBatches:
    """A stream with the attributes of the data package's batches."""

    columns: dict[str, np.ndarray]
    batch_size: int | None
    name: str = "toy.train"
    shuffle: bool = True
    drop: bool = False
    fields: tuple[str, ...] = ("x", "y")
    fingerprint: str = "toy"
    windows: None = None
    cuts: tuple[()] = ()
    level: None = None
    rows: int = field(init=False)

    def __post_init__(self) -> None:
        self.rows = len(next(iter(self.columns.values())))
        self.whole = self.batch_size is None
        self.batch_size = size = self.batch_size or self.rows
        self.full_batches = self.rows // size
        self.short_batch = 0 if self.drop else self.rows % size
        self.steps_per_epoch = self.full_batches + (self.short_batch > 0)
        self.epoch_rows = self.rows
        self.augment = None

    def decode(self, columns: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        return {name: tf.cast(c, tf.float32) for name, c in columns.items()}

    def order(self, seed: int, epoch: int) -> np.ndarray:
        rows = np.arange(self.rows, dtype=np.int32)
        if not self.shuffle:
            return rows
        return np.random.default_rng([seed, epoch]).permutation(rows)


def toy_columns(rows: int = ROWS, seed: int = 0) -> dict[str, np.ndarray]:
    """Return a regression of 3 numbers on 5, as float32 columns x and y."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, 5)).astype(np.float32)
    return {"x": x, "y": (x @ random.normal(size=(5, 3))).astype(np.float32)}


def toy_batches(batch_size: int | None = BATCH, **options: Any) -> FakeBatches:
    """Return the toy regression in batches."""
    return FakeBatches(toy_columns(), batch_size, **options)


class TinyAdam:
    """Adam with its state in plain variables, and a counter, as Optimizer has."""

    def __init__(self, rate: float, variables: list[Any]) -> None:
        self._rate = rate
        self.updates = tf.Variable(0, dtype=tf.int64, trainable=False)
        self._first = [tf.Variable(tf.zeros(v.shape)) for v in variables]
        self._second = [tf.Variable(tf.zeros(v.shape)) for v in variables]

    @property
    def variables(self) -> list[tf.Variable]:
        return [self.updates, *self._first, *self._second]

    def apply_gradients(self, pairs: Any) -> None:
        count = tf.cast(self.updates.assign_add(1), tf.float32)
        for i, (gradient, variable) in enumerate(pairs):
            self._first[i].assign(0.9 * self._first[i] + 0.1 * gradient)
            self._second[i].assign(0.99 * self._second[i] + 0.01 * gradient**2)
            first = self._first[i] / (1 - 0.9**count)
            second = self._second[i] / (1 - 0.99**count)
            variable.assign_sub(self._rate * first / (tf.sqrt(second) + 1e-7))


@dataclass(frozen=True, kw_only=True)
class ToyConfig:
    """The numbers of a toy run."""

    seed: int = 7
    epochs: int = 2
    rate: float = 0.05


def make_net(seed: int = 1) -> keras.Model:
    """Return a small net with batch norm and dropout, always the same."""
    keras.utils.set_random_seed(seed)
    x = keras.Input((5,), name="x")
    h = keras.layers.Dense(6, activation="relu", name="hidden")(x)
    h = keras.layers.BatchNormalization(name="norm")(h)
    h = Dropout(0.3, name="drop")(h)
    return keras.Model(x, keras.layers.Dense(3, name="out")(h), name="net")


def make_step(net: keras.Model, optimizer: Any, metric: Any = None) -> Callable:
    """Return a training step on squared error, reporting `loss` (and `metric`)."""

    def train_step(x: tf.Tensor, y: tf.Tensor) -> dict[str, Any]:
        with tf.GradientTape() as tape:
            error = tf.square(net(x, training=True) - y)
            objective = tf.reduce_mean(error)
        variables = net.trainable_variables
        gradients = tape.gradient(objective, variables)
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
        report: dict[str, Any] = {"loss": Mean(error)}
        if metric is not None:
            metric.update_state(y, net(x, training=False))
            report["mae"] = metric
        return report

    return train_step


def make_eval_step(net: keras.Model) -> Callable:
    """Return an evaluation step that reports `loss`."""

    def eval_step(x: tf.Tensor, y: tf.Tensor) -> dict[str, Mean]:
        return {"loss": Mean(tf.square(net(x, training=False) - y))}

    return eval_step


@dataclass
class Toy:
    """A whole small training: what a generated script does, with knobs for tests."""

    workdir: Path
    config: ToyConfig = ToyConfig()
    xla: bool = False
    data: Any = "resident"
    steps_per_call: int | None = None
    log: Every | None = dataclasses.field(default_factory=lambda: Every(steps=4))
    checkpoint: Every | None = dataclasses.field(default_factory=lambda: Every(steps=5))
    keep: int = 2
    mode: Any = "train"
    with_metric: bool = True
    with_eval: bool = True
    on_window: Callable[[Run, Any], None] | None = None
    run_options: dict[str, Any] = field(default_factory=dict)
    batches: FakeBatches = field(default_factory=toy_batches)

    def run(self) -> dict[str, float]:
        """Train (or go on), evaluate each epoch, return the result."""
        self.net = make_net()
        self.optimizer = TinyAdam(self.config.rate, self.net.trainable_variables)
        metric = keras.metrics.MeanAbsoluteError() if self.with_metric else None
        self.clock = Clock(
            steps_per_epoch=self.batches.steps_per_epoch, epochs=self.config.epochs
        )
        self.best = KeepBest(mode="min")
        self.stall = Stall(mode="min", patience=Every(epochs=50))
        valid = FakeBatches(toy_columns(9, seed=3), 4, name="toy.valid", shuffle=False)
        each_epoch = Every(epochs=1)
        with Run(
            self.workdir,
            config=self.config,
            clock=self.clock,
            execution=Execution(
                data=self.data, xla=self.xla, steps_per_call=self.steps_per_call
            ),
            models={"net": self.net},
            optimizers={"net": self.optimizer},
            trackers={"best valid.loss": self.best, "stall": self.stall},
            log=self.log,
            checkpoint=self.checkpoint,
            keep=self.keep,
            mode=self.mode,
            **self.run_options,
        ) as run:
            self.latest_run = run
            step_fn = make_step(self.net, self.optimizer, metric)
            for window in run.windows(step_fn, self.batches, cuts=(each_epoch,)):
                if self.on_window is not None:
                    self.on_window(run, window)
                if self.with_eval and window.due(each_epoch):
                    scores = run.evaluate("valid", make_eval_step(self.net), valid)
                    self.best.offer(run, scores["loss"])
                    if self.stall.update(window, scores["loss"]):
                        run.stop("valid.loss stalled")
        return run.result

    def state(self) -> dict[str, np.ndarray]:
        """Return every variable of the run by name."""
        found = {f"net/{v.path}": v.numpy() for v in self.net.variables}
        for i, variable in enumerate(self.optimizer.variables):
            found[f"optimizer/{i}"] = variable.numpy()
        return found | {"step": self.clock.step.numpy()}


def assert_same_state(
    found: dict[str, np.ndarray], expected: dict[str, np.ndarray]
) -> None:
    """Assert that two states are equal, bit for bit."""
    assert found.keys() == expected.keys()
    differing = [n for n in expected if found[n].tobytes() != expected[n].tobytes()]
    assert differing == []
