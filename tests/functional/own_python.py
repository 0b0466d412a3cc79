"""Modules that programs name with `extern`, and runs that are cut off and go on."""

import importlib
import shutil
import sys
from pathlib import Path

import pytest

import loopc


def write_module(
    folder: Path, name: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put a module into a folder in which Python looks, for one test."""
    (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, name, raising=False)
    importlib.invalidate_caches()


def train(text: str, workdir: Path, data_dir: Path) -> None:
    """Train a program, or go on with a run of it."""
    script = loopc.load(text)
    script.train_and_evaluate(script.Config(), workdir, data_dir)


def cut_off(workdir: Path) -> None:
    """Make of a finished run one that ended before its last checkpoint."""
    (workdir / "result.json").unlink()
    shutil.rmtree(max((workdir / "checkpoints").iterdir()))


def outcome(workdir: Path) -> dict[str, bytes]:
    """The last checkpoint, the log and the results as bytes."""
    tensors = sorted(max((workdir / "checkpoints").iterdir()).glob("tensors.*"))
    files = [*tensors, workdir / "metrics.jsonl", workdir / "result.json"]
    return {file.name: file.read_bytes() for file in files}


def assert_resumes(text: str, folder: Path, data_dir: Path) -> None:
    """A run that was cut off and goes on ends with the bits of the whole one."""
    train(text, folder / "run", data_dir)
    straight = outcome(folder / "run")
    cut_off(folder / "run")
    train(text, folder / "run", data_dir)
    went_on = outcome(folder / "run")
    assert [n for n in straight if straight[n] != went_on[n]] == []
