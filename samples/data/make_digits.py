"""Write digits.npz: the 1,797 handwritten digits that scikit-learn carries.

    python samples/data/make_digits.py

`image` is uint8 [1797, 8, 8] with ink from 0 to 16; `label` is uint8 [1797], 0 to 9.
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits


def make_digits() -> dict[str, np.ndarray]:
    """Return the columns `image` and `label` in scikit-learn's order."""
    digits = load_digits()
    return {
        "image": digits.images.astype(np.uint8),
        "label": digits.target.astype(np.uint8),
    }


def main() -> None:
    """Write the file beside this script."""
    np.savez_compressed(Path(__file__).with_name("digits.npz"), **make_digits())


if __name__ == "__main__":
    main()
