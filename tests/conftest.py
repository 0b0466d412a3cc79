"""Settings that every test shares: the processor alone, a quiet TensorFlow, options.

They are made while pytest starts, before any test module can import TensorFlow.
"""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE_ROOTS = tuple(str(ROOT / name) for name in ("grammar", "compiler", "runtime"))

# The results that tests expect were computed on the CPU; LOOPC_TEST_GPU=1 tries a GPU.
if os.environ.get("LOOPC_TEST_GPU") != "1":
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
# Commands that tests start find the packages of this checkout, installed or not.
os.environ["PYTHONPATH"] = os.pathsep.join(
    [*SOURCE_ROOTS, *filter(None, [os.environ.get("PYTHONPATH")])]
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`, which rewrites expected outputs in place."""
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the expected outputs of tests/cases and tests/golden",
    )


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Say whether expected outputs are to be rewritten rather than compared."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def samples_dir() -> Path:
    """Return the folder of the sample programs."""
    return ROOT / "samples"


@pytest.fixture(scope="session")
def fashion_dir(samples_dir: Path) -> Path:
    """Return the folder of Fashion-MNIST; skip where `make data` was not run."""
    folder = samples_dir / "data" / "fashion"
    if not folder.is_dir():
        pytest.skip("Fashion-MNIST is not in samples/data/fashion: run `make data`")
    return folder


@pytest.fixture(scope="session")
def flights(samples_dir: Path) -> Path:
    """Return the table of flights; skip where it was not fetched."""
    table = samples_dir / "data" / "flights.csv"
    if not table.is_file():
        pytest.skip("no samples/data/flights.csv: python samples/data/get.py flights")
    return table
