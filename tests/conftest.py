"""Settings that every test shares: the processor alone, a quiet TensorFlow, options.

They are made while pytest starts, before any test module can import TensorFlow.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE_ROOTS = tuple(str(ROOT / name) for name in ("grammar", "compiler", "runtime"))

# Folders of tests that compile programs with TensorFlow.
COMPILING = {"functional", "parity", "runtime"}

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker is left with one."""
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))

    def rank(item: pytest.Item) -> tuple[int, bool]:
        return -slow[item.path], COMPILING.isdisjoint(item.path.parts)

    items.sort(key=rank)


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Say whether expected outputs are to be rewritten rather than compared."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="module")
def apart() -> Iterator[Callable[..., Any]]:
    """Return what calls functions of modules in a process of their own, each call once.

    XLA keeps every program that it compiles for as long as its process lives; here that
    ends with the module.
    """
    spawn = get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=spawn) as process:
        called = cache(process.submit)
        yield lambda call, *given: called(call, *given).result()


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
