"""Small programs that have run, beside loops that are written by hand."""

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import loopc

ROWS = 22  # in batches of 8: two full ones and a short one of 6
DATA = """
data d {
  train = npz("d.npz")
  field x: f32[5]
  field y: f32[3]
  field image: f32[4, 4]
  field label: class(4)
  field w: f32
  field t: f32
}
"""
NET = "model net(x: f32[5]) -> f32[3] = x |> dense(3)\n"

Columns = dict[str, np.ndarray]


def program(
    models: str,
    step: str,
    rest: str = "",
    length: str = "3 epochs",
    log: str = "1 epoch",
) -> str:
    """A program over the rows in `DATA`; `step` begins with its header."""
    return f"{DATA}{models}train for {length} {{\n  log = {log}\n  {step}\n{rest}\n}}"


class Trained:
    """A script that has run: its models, what they began with, and its log."""

    def __init__(self, text: str, workdir: Path, data_dir: Path) -> None:
        self.script = loopc.load(text)
        self.models: dict[str, keras.Model] = {}
        self.start: dict[str, list[np.ndarray]] = {}
        self.optimizers: dict[str, Any] = {}
        self.kept: dict[str, np.ndarray] = {}  # weights and states, as they begin
        self.tracked: dict[str, Any] = {}
        self.batches: Any = None
        self.draws: tuple[Any, ...] = ()
        for name in [n for n in vars(self.script) if _makes_model(self.script, n)]:
            setattr(self.script, name, self.recorded(name))
        self.script.Run = self.running(self.script.Run)
        config = self.script.Config()
        self.result = self.script.train_and_evaluate(config, workdir, data_dir)
        logs = sorted(workdir.glob("**/metrics.jsonl"))  # one for each loop
        lines = [line for log in logs for line in log.read_text().splitlines()]
        self.log = [json.loads(line) for line in lines]

    def running(self, run: Any) -> Any:
        def wrapped(*given: Any, **named: Any) -> Any:
            self.optimizers, self.tracked = named["optimizers"], named["models"]
            for name, value in named["models"].items():
                if isinstance(value, tf.Variable):
                    self.kept[name] = value.numpy()
            made = run(*given, **named)
            made.windows = self.watching(made.windows)
            return made

        return wrapped

    def watching(self, windows: Any) -> Any:
        def wrapped(step: Any, batches: Any, **named: Any) -> Any:
            self.batches, self.draws = batches, named.get("draws", ())
            return windows(step, batches, **named)

        return wrapped

    def rows(self, steps: int) -> list[np.ndarray]:
        """The rows of the first batches of the training stream."""
        order = self.batches.order(self.script.Config().seed, 0)
        size = self.batches.batch_size
        return [order[size * step : size * (step + 1)] for step in range(steps)]

    def recorded(self, name: str) -> Any:
        make = getattr(self.script, name)

        def wrapped(*given: Any) -> keras.Model:
            model = make(*given)
            self.models[model.name] = model
            self.start[model.name] = [np.asarray(w) for w in model.weights]
            return model

        return wrapped

    def reports(self, name: str) -> list[float]:
        return [r[name] for r in self.log if r["split"] == "train" and name in r]

    def fresh(self, name: str) -> keras.Model:
        """A model as it was when the run began."""
        trained = self.models[name]
        model = keras.models.clone_model(trained)
        model.set_weights(self.start[name])
        for layer, known in zip(model.layers, trained.layers, strict=True):
            if hasattr(known, "site"):  # what keys the draws of noise layers
                layer.site = known.site
        return model


def _makes_model(script: ModuleType, name: str) -> bool:
    made = getattr(vars(script)[name], "__annotations__", {})
    return made.get("return") is keras.Model


def assert_weights(found: keras.Model, expected: keras.Model) -> None:
    for value, wanted in zip(found.weights, expected.weights, strict=True):
        np.testing.assert_allclose(value, wanted, rtol=2e-5, atol=1e-6)


def descend(model: keras.Model, gradients: list[tf.Tensor], rate: float) -> None:
    for variable, gradient in zip(model.trainable_variables, gradients, strict=True):
        variable.assign_sub(rate * gradient)
