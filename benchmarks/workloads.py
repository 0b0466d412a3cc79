"""What is trained: a program, and the same loop's numbers for the hand-written one."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent / "samples"
FASHION = SAMPLES / "data" / "fashion"

# The benchmark must not run out of steps; only the schedule's slope depends on it.
MANY_EPOCHS = 100_000


@dataclass(frozen=True)
class Workload:
    """A program and what a person needs to know of it to write its loop by hand.

    `widths` and `rates` are the units and dropout rates of the hidden layers; `scale`
    divides the pixels; `rows` of the data are trained on (the program holds the others
    back); `steps` are those of a whole run from the command line.
    """

    name: str
    program: Path
    data: Callable[[], tuple[npt.NDArray[Any], npt.NDArray[Any]]]
    rows: int
    steps: int
    batch_size: int | None = None
    widths: tuple[int, ...] = ()
    rates: tuple[float, ...] = ()
    scale: float = 1.0
    peak: float = 0.01
    floor: float = 0.0
    warmup: int = 0
    clip: float | None = None
    overrides: dict[str, Any] = field(default_factory=dict)

    @property
    def steps_per_epoch(self) -> int:
        """The number of batches of an epoch, the short one included."""
        return -(-self.rows // (self.batch_size or self.rows))


@dataclass(frozen=True)
class Sample:
    """A sample with a loop by hand in `sample_loops.py`, and how it runs for ever."""

    name: str
    overrides: dict[str, Any]

    @property
    def program(self) -> Path:
        """The file of the program."""
        return SAMPLES / f"{self.name}.loop"


def digits_data() -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return images uint8[1797, 8, 8] and labels uint8[1797]."""
    with np.load(SAMPLES / "data" / "digits.npz") as file:
        return file["image"], file["label"]


def points_data() -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return x float32[64, 13] and y float32[64, 10]."""
    with np.load(SAMPLES / "data" / "points.npz") as file:
        return file["x"], file["y"]


def fashion_data() -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return images uint8[60000, 28, 28] and labels uint8[60000]."""
    with gzip.open(FASHION / "train-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)
    with gzip.open(FASHION / "train-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    return images, labels


WORKLOADS = {
    w.name: w
    for w in (
        Workload(
            name="digits",
            program=SAMPLES / "digits.loop",
            data=digits_data,
            rows=1259,
            steps=3200,
            batch_size=32,
            widths=(512, 512),
            rates=(0.5, 0.5),
            scale=16.0,
            peak=2e-3,
            overrides={"epochs": MANY_EPOCHS},
        ),
        Workload(
            name="fashion_mlp",
            program=SAMPLES / "fashion_mlp.loop",
            data=fashion_data,
            rows=54_000,
            steps=4220,
            batch_size=128,
            widths=(256, 128),
            rates=(0.2, 0.2),
            scale=255.0,
            peak=1e-3,
            floor=1e-5,
            warmup=500,
            clip=1.0,
            overrides={"epochs": MANY_EPOCHS},
        ),
        Workload(
            name="regression",
            program=HERE / "regression.loop",
            data=points_data,
            rows=64,
            steps=20_000,
        ),
    )
}


def available() -> list[Workload]:
    """Return the workloads whose data is there; Fashion-MNIST comes by `make data`."""
    return [
        w for w in WORKLOADS.values() if w.name != "fashion_mlp" or FASHION.is_dir()
    ]


ENDLESS = 10**8
GAMES = tuple(Sample(n, {"steps": ENDLESS}) for n in ("gan", "wgan_gp", "pinn", "maml"))
PROGRAMS = (*GAMES, Sample("vae", {"epochs": MANY_EPOCHS}))
