"""Write points.npz: 64 points of a noisy linear map, for the smallest first loop.

    python samples/data/make_points.py

`x` is float32 [64, 13], standard normal; `y` is float32 [64, 10], `x` through a fixed
random matrix and shift, with normal noise of standard deviation 0.1.
"""

from pathlib import Path

import numpy as np

SEED = 20


def make_points(rows: int = 64) -> dict[str, np.ndarray]:
    """Return the columns `x` and `y`, the same ones at every call."""
    generator = np.random.default_rng(SEED)
    x = generator.standard_normal((rows, 13))
    weights = generator.standard_normal((13, 10)) / np.sqrt(13)
    shift = generator.standard_normal(10)
    y = x @ weights + shift + 0.1 * generator.standard_normal((rows, 10))
    return {"x": x.astype(np.float32), "y": y.astype(np.float32)}


def main() -> None:
    """Write the file beside this script."""
    np.savez_compressed(Path(__file__).with_name("points.npz"), **make_points())


if __name__ == "__main__":
    main()
