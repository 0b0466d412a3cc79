"""The programs of docs/recipes, for a few steps, with what they saw."""

import re
from pathlib import Path

import numpy as np
import tensorflow as tf
from tests.functional.trained import Trained

RECIPES = Path(__file__).resolve().parents[2] / "docs" / "recipes"
Batch = dict[str, tf.Tensor]


def short(name: str, length: str) -> str:
    """A recipe that trains for `length` and logs each step."""
    text = (RECIPES / f"{name}.loop").read_text("utf-8")
    text = re.sub(r"^train for .* \{$", f"train for {length} {{", text, flags=re.M)
    return re.sub(r"^  step ", "  log = 1 steps\n  step ", text, flags=re.M)


def first_steps(name: str, steps: int, samples_dir: Path, workdir: Path) -> Trained:
    """Train a recipe for a few steps that are logged one by one."""
    return Trained(short(name, f"{steps} steps"), workdir, samples_dir / "data")


def penguins(run: Trained, samples_dir: Path, steps: int) -> list[tuple[Batch, ...]]:
    """The decoded batches of each step: of training, and of a stream beside it."""
    splits = run.script.load_penguins(run.script.Config(), samples_dir / "data")

    def decoded(split: str, rows: np.ndarray) -> Batch:
        columns = splits[split].columns.items()
        return splits[split].decode({n: tf.constant(a[rows]) for n, a in columns})

    seed = run.script.Config().seed
    return [
        (
            decoded("train", rows),
            *(decoded("valid", beside.rows(seed, step, 1)) for beside in run.draws),
        )
        for step, rows in enumerate(run.rows(steps))
    ]
