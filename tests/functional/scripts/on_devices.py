"""Train programs on three devices made of one processor; run by test_devices.py.

    python on_devices.py FOLDER

For each program FOLDER/NAME.loop a run folder FOLDER/NAME, its result and weights in
FOLDER/NAME.npz. A program `NAME.resumed.loop` is stopped after two steps first.
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

import loopc
from loopc_runtime.devices import on_devices
from loopc_runtime.parts import Part
from loopc_runtime.scope import step_scope

DEVICES = 3
ROWS = 10


def columns() -> dict[str, np.ndarray]:
    """Return ten points with weights, some of which are 0."""
    random = np.random.default_rng(3)
    x = random.normal(size=(ROWS, 3)).astype(np.float32)
    w = random.uniform(size=ROWS).astype(np.float32)
    return {
        "x": x,
        "z": random.normal(size=(ROWS, 2)).astype(np.float32),
        "y": x @ np.array([1.0, -2.0, 0.5], np.float32),
        "w": np.where(w < 0.3, 0, w),
    }


def train(program: Path) -> None:
    """Train one program, and stop on the way where its name says so."""
    script = loopc.load(program.read_text())
    workdir = program.with_suffix("")
    data = {"points": columns()}
    result = script.train_and_evaluate(script.Config(), workdir, arrays=data)
    if ".resumed" in program.name:
        (workdir / "result.json").unlink()
        for folder in sorted((workdir / "checkpoints").iterdir())[2:]:
            shutil.rmtree(folder)
        result = script.train_and_evaluate(script.Config(), workdir, arrays=data)
    newest = max((workdir / "checkpoints").iterdir())
    versions = json.loads((workdir / "versions.json").read_text())
    told = {"result": result, "numerics": versions["numerics"], "placed": placed()}
    Path(f"{workdir}.json").write_text(json.dumps(told))
    shutil.copy(newest / "tensors.bin", f"{workdir}.bin")


def placed() -> list[tuple[str, int]]:
    """Return where the parts of four examples are computed, and of how many."""
    found = []

    def part(values: tf.Tensor) -> Part:
        found.append(((2 * values).device[-5:], values.shape[0]))
        return Part([tf.reduce_mean(values)], {})

    with step_scope(1, tf.constant(0, tf.int64)):
        on_devices("all", part, tf.ones(4))
    return found


def main() -> None:
    """Make the devices, then train every program of the folder."""
    processor = tf.config.list_physical_devices("CPU")[0]
    parts = [tf.config.LogicalDeviceConfiguration()] * DEVICES
    tf.config.set_logical_device_configuration(processor, parts)
    for program in sorted(Path(sys.argv[1]).glob("*.loop")):
        train(program)


if __name__ == "__main__":
    main()
