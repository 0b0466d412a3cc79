"""The sample of fine-tuning against its loop by hand, through all of its stages."""

import json
import re
from pathlib import Path

import keras
import numpy as np
import pytest
from tests.functional.twins import finetune

import loopc


@pytest.mark.slow
def test_fine_tuning_is_that_of_the_loop_by_hand(
    samples_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One epoch of pretraining and one of each stage have the same losses."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")
    text = (samples_dir / "finetune.loop").read_text()
    text = re.sub(r"for \d+ epochs \{", "for 1 epochs {", text)
    text = re.sub(r"^  eval .*?^  \}\n", "", text, flags=re.M | re.S)
    text = re.sub(r"^  step ", "  log = 1 steps\n  step ", text, flags=re.M)
    script = loopc.load(text.replace("1 epochs", "1 epoch"))
    script.train_and_evaluate(script.Config(), tmp_path, samples_dir)

    keras.utils.set_random_seed(7)
    digits = script.load_digits(script.Config(), samples_dir)
    model, decoder = script.make_encoder(), script.make_decoder()
    classifier = script.make_classifier(model)
    encoder = finetune.Encoder(model)
    head = classifier.get_layer("head")
    expected = {
        "pretrain": finetune.pretraining(digits["train"], encoder, decoder),
        "finetune": finetune.finetuning(digits["labelled"], encoder, head),
    }
    for loop, losses in expected.items():
        lines = (tmp_path / loop / "metrics.jsonl").read_text().splitlines()
        records = [json.loads(line) for line in lines]
        found = [r["loss"] for r in records if r["window"] == "log"]
        np.testing.assert_allclose(found, losses, rtol=1e-4)
