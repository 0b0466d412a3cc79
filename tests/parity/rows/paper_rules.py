"""Rules written in NumPy from their papers, where the libraries differ from them."""

from typing import Any

import numpy as np
from tests.parity.row import Row
from tests.parity.rows.numpy_rules import alone, galore, moments

import loopc_runtime as ours

DECAY = 0.1


def schedule_free(
    gradient: np.ndarray, y: np.ndarray, count: int, rate: float, memory: Any
) -> np.ndarray:
    """Defazio and others, 2024: AdamW, all iterates weighing alike, decay first."""
    shrunk = y * (1.0 - rate * DECAY)
    z = memory.get("z", memory["start"])
    x = (shrunk - 0.1 * z) / 0.9
    memory["square"] = 0.999 * memory["square"] + 0.001 * gradient**2
    root = np.sqrt(memory["square"] / (1.0 - 0.999**count)) + 1e-8
    memory["z"] = z - rate * gradient / root
    x = x + (memory["z"] - x) / count
    return 0.9 * x + 0.1 * memory["z"] - y


def galore_of_kernels(
    gradient: np.ndarray, variable: np.ndarray, count: int, rate: float, memory: Any
) -> np.ndarray:
    """GaLore on filters as a matrix with a column for each of them."""
    if gradient.ndim < 3:
        return galore(gradient, variable, count, rate, memory)
    flat = gradient.reshape(-1, gradient.shape[-1])
    update = galore(flat, flat, count, rate, memory)
    return np.asarray(update).reshape(gradient.shape)


ROWS = [
    Row(
        name="schedule_free_adamw",
        library="numpy",
        case="weight_decay=0.1",
        scheduled=True,
        ours=lambda rate: ours.schedule_free_adamw(rate, weight_decay=DECAY),
        theirs=alone(moments, schedule_free),
        of_weights=True,
        single=1e-4,
        double=1e-9,
        note="x is found back by a difference; in the rule powers of 0.999 keep more"
        " digits",
    ),
    Row(
        name="galore",
        library="numpy",
        case="rank=2, scale=0.5, flatten_kernels=True",
        ours=lambda rate: ours.galore(rate, 2, scale=0.5, flatten_kernels=True),
        theirs=alone(moments, galore_of_kernels),
        shown=(0, 1, 3),
        single=1e-2,
        note="singular vectors of float32 gradients",
    ),
]
