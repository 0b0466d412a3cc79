"""Fixtures of the functional tests."""

from pathlib import Path

import numpy as np
import pytest
from tests.functional.study import train, write_study
from tests.functional.trained import ROWS, Columns


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the study's program and data; tests leave it as it is."""
    return write_study(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def straight(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the run folder of the study, trained without an interruption."""
    workdir = tmp_path_factory.mktemp("straight") / "run"
    assert train(study, workdir) == 0
    return workdir


@pytest.fixture(scope="module")
def columns() -> Columns:
    """Return the rows that small programs train on."""
    random = np.random.default_rng(5)
    return {
        "x": random.normal(size=(ROWS, 5)).astype(np.float32),
        "y": random.normal(size=(ROWS, 3)).astype(np.float32),
        "image": random.uniform(size=(ROWS, 4, 4)).astype(np.float32),
        "label": random.integers(0, 4, ROWS).astype(np.int32),
        "w": random.uniform(size=ROWS).astype(np.float32),
        "t": random.integers(0, 2, ROWS).astype(np.float32),
    }


@pytest.fixture(scope="module")
def data_dir(columns: Columns, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with these rows as `d.npz`."""
    folder = tmp_path_factory.mktemp("data")
    np.savez(folder / "d.npz", **columns)
    return folder
