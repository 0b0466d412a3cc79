"""Fixtures of the functional tests."""

from pathlib import Path

import pytest
from tests.functional.study import train, write_study


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
