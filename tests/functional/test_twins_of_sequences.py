"""Samples compute what their mathematics, written by hand, computes: loss by loss."""

import json
import re
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from tests.functional.twins import char_lstm, char_transformer, forecast, late_flights

import loopc

STEPS = 6


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


def shortened(sample: str, samples_dir: Path, folder: Path, length: int) -> Any:
    """Return the script of a sample that runs for some steps and logs each of them."""
    text = (samples_dir / f"{sample}.loop").read_text()
    text = re.sub(r"for \d+ epochs", f"for {length} steps", text)
    text = text.replace("  seed = 7\n", "  seed = 7\n  log = 1 steps\n")
    path = folder / f"{sample}.loop"
    path.write_text(re.sub(r"(?s)  eval .*\}\n", "}\n", text))
    keras.utils.set_random_seed(7)
    return loopc.load(path)


def logged(script: Any, samples_dir: Path, workdir: Path, metric: str) -> list[float]:
    """Train, and return a metric of the first steps."""
    script.train_and_evaluate(script.Config(), workdir, samples_dir)
    lines = (workdir / "metrics.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    return [r[metric] for r in records if r["split"] == "train"][:STEPS]


@pytest.mark.parametrize(
    ("sample", "model", "metric", "length", "twin"),
    [
        ("forecast", "forecast", "loss", STEPS, forecast),
        ("char_lstm", "reader", "nats", STEPS, char_lstm),
        ("char_transformer", "gpt", "nats", 102, char_transformer),
    ],
)
def test_sequences_are_learned_like_by_hand(
    sample: str,
    model: str,
    metric: str,
    length: int,
    twin: Any,
    samples_dir: Path,
    tmp_path: Path,
) -> None:
    """Recurrence, attention, windows and accumulation, from the same first weights."""
    script = shortened(sample, samples_dir, tmp_path, length)
    made = getattr(script, f"make_{model}")()
    expected = twin.losses(samples_dir, made, STEPS, length)
    found = logged(script, samples_dir, tmp_path / "run", metric)

    np.testing.assert_allclose(found, expected, rtol=2e-5)


@pytest.mark.data
def test_rare_classes_weigh_like_by_hand(flights: Path, tmp_path: Path) -> None:
    """Weights of classes, embeddings and decay, on the flights of a fold."""
    samples_dir = flights.parents[1]
    script = shortened("late_flights", samples_dir, tmp_path, STEPS)
    split = script.load_flights(script.Config(), samples_dir)["train"]
    expected = late_flights.losses(split, script.make_delays(), STEPS, STEPS)
    found = logged(script, samples_dir, tmp_path / "run", "loss")

    np.testing.assert_allclose(found, expected, rtol=2e-5)
