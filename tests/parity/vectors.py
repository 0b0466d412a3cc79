"""What torch did, as `record_torch.py` wrote it down."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np


@cache
def vectors() -> Mapping[str, np.ndarray]:
    """Return every record by name; `version` is that of torch."""
    with np.load(Path(__file__).parent / "torch_vectors.npz") as stored:
        return {name: stored[name] for name in stored.files}
