"""A batch divided among devices: what one device gives, and what the run says of it.

Three devices are made of one processor, in a process of its own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import loopc
from loopc_runtime.averages import Mean
from loopc_runtime.devices import on_devices, replica_devices
from loopc_runtime.errors import RunError
from loopc_runtime.parts import Part
from loopc_runtime.scope import step_scope

SCRIPT = Path(__file__).parent / "scripts" / "on_devices.py"
PROGRAM = """
data points {
  train = arrays("points")
  field x: f32[3]
  field z: f32[2]
  field y: f32
  field w: f32
}
model critic(x: f32[3]) -> f32[1] = x |> dense(8, tanh) |> dense(1)
model generator(z: f32[2]) -> f32[3] = z |> dense(8, tanh) |> dense(3)
model slow = ema(generator, 0.9)
train for 3 epochs {
  seed = 5
  execution = graph
  DEVICES
  step (x, z, y, w) from points.train batch 7 PARTS {
    fake = generator(z)
    gap = softplus(critic(fake)) + softplus(-critic(x))
    update critic to minimize mean(gap, weight: w) using adam(0.02)
    fooled = softplus(-critic(fake))
    update generator to minimize mean(fooled) using adam(0.02)
    report gap = mean(gap, weight: w), fooled, all = total(w), late = mean(slow(z))
  }
  checkpoint every 1 steps keep 20
}
"""
RUNS = {  # name: devices, parts
    "one": ("", ""),
    "all": ("devices = all", ""),
    "two": ("devices = 2", ""),
    "parts": ("devices = 2", "parts 2"),
    "all.resumed": ("devices = all", ""),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Any, bytes]]:
    """Return what each run told, and the bytes of its last checkpoint."""
    folder = tmp_path_factory.mktemp("devices")
    for name, (devices, parts) in RUNS.items():
        text = PROGRAM.replace("DEVICES", devices).replace("PARTS", parts)
        (folder / f"{name}.loop").write_text(text)
    subprocess.run(
        [sys.executable, SCRIPT, folder],
        check=True,
        env=os.environ | {"LOOPC_PROGRESS": "none"},
    )
    return {
        name: (
            json.loads((folder / f"{name}.json").read_text()),
            (folder / f"{name}.bin").read_bytes(),
        )
        for name in RUNS
    }


@pytest.mark.parametrize("name", ["all", "two", "parts"])
def test_devices_give_what_one_gives(
    name: str, runs: dict[str, tuple[Any, bytes]]
) -> None:
    """Seven examples on two and three devices, the three that are left over too: two
    updates with weights of their own, a total, an average that follows.
    """
    one, found = runs["one"][0]["result"], runs[name][0]["result"]
    assert found == pytest.approx(one, rel=1e-4)


def test_run_on_devices_is_resumed_exactly(
    runs: dict[str, tuple[Any, bytes]],
) -> None:
    """Stopped after two steps, a run ends with the same bits, and is told by them."""
    assert runs["all.resumed"][1] == runs["all"][1]
    assert runs["all.resumed"][0]["result"] == runs["all"][0]["result"]


def test_fingerprint_says_how_many_devices(
    runs: dict[str, tuple[Any, bytes]],
) -> None:
    """Their number is among what the bits of a run depend on, and only where asked."""
    numerics = {name: told["numerics"] for name, (told, _) in runs.items()}
    counts = {name: each.get("devices of a batch") for name, each in numerics.items()}
    assert (counts["one"], counts["two"], counts["all"]) == (None, 2, 3)


def test_parts_are_computed_where_they_belong(
    runs: dict[str, tuple[Any, bytes]],
) -> None:
    """Of four examples two on each of the first two devices, none on the third."""
    assert runs["all"][0]["placed"] == [["CPU:0", 2], ["CPU:1", 2]]


def test_sums_are_those_of_the_whole_batch() -> None:
    """Shares of a batch count by their examples."""
    names = replica_devices("all")
    shares: list[int] = []

    def part(values: tf.Tensor) -> Part:
        shares.append(values.shape[0])
        return Part([tf.reduce_mean(values)], {"mean": Mean(values)})

    x = tf.constant(np.arange(5, dtype=np.float32))
    with step_scope(1, tf.constant(0, tf.int64)):
        (mean,), report = on_devices(len(names), part, x)
    assert shares[0] == -(-5 // len(names))
    np.testing.assert_allclose(mean, 2.0)
    np.testing.assert_allclose(report["mean"].sums(), [10, 5])


def test_more_devices_than_there_are() -> None:
    """The message says how many there are, and their names."""
    with pytest.raises(RunError, match="asks for 4096 devices, and there are"):
        replica_devices(4096)


def test_step_places_its_parts() -> None:
    """The script hands the part to the devices, and the rest of the step stays."""
    text = PROGRAM.replace("DEVICES", "devices = 2").replace("PARTS", "parts 2")
    script = loopc.compile_source(text).script
    assert script is not None
    assert 'Execution(data="resident", xla=False, devices=2)' in script
    call = "on_devices(EXECUTION.devices,critic_part,x,z,w,parts=2"
    assert call in "".join(script.split())
