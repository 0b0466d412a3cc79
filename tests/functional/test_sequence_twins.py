"""Samples on sequences compute what their mathematics, written by hand, computes."""

import json
import re
from pathlib import Path

import keras
import numpy as np
import pytest
from tests.functional.twins import char_transformer, forecast

import loopc

STEPS = 6


@pytest.mark.parametrize(
    ("sample", "model", "metric", "length", "twin"),
    [
        ("forecast", "forecast", "loss", STEPS, forecast),
        ("char_transformer", "gpt", "nats", 102, char_transformer),
    ],
)
def test_first_losses_are_those_of_the_twin(
    sample: str,
    model: str,
    metric: str,
    length: int,
    twin: object,
    samples_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Loss by loss, from the same weights and batches, to float tolerance."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")
    text = (samples_dir / f"{sample}.loop").read_text()
    text = re.sub(r"for \d+ epochs", f"for {length} steps", text)
    text = text.replace("  seed = 7\n", "  seed = 7\n  log = 1 steps\n")
    path = tmp_path / f"{sample}.loop"
    path.write_text(re.sub(r"(?s)  eval .*\}\n", "}\n", text))
    script = loopc.load(path)
    keras.utils.set_random_seed(7)
    made = getattr(script, f"make_{model}")()
    expected = twin.losses(samples_dir, made, STEPS, length)  # type: ignore[attr-defined]
    script.train_and_evaluate(script.Config(), tmp_path / "run", samples_dir)
    lines = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    found = [r[metric] for r in records if r["split"] == "train"]

    np.testing.assert_allclose(found[:STEPS], expected, rtol=2e-5)
