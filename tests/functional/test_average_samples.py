"""Samples that keep something beside what they train: first steps by hand, results."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.functional.test_samples import run_sample
from tests.functional.trained import Trained
from tests.functional.twins.averages import (
    distillation_steps,
    mean_teacher_steps,
    vqvae_steps,
)
from tests.functional.twins.first_steps import clothes, first_steps, logged

STEPS = 4


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


@pytest.mark.data
def test_vqvae_begins_as_by_hand(fashion_dir: Path, tmp_path: Path) -> None:
    """Words are read before they move; no gradient of the encoder reaches them."""
    samples_dir = fashion_dir.parents[1]
    run = first_steps("vqvae", STEPS, samples_dir, tmp_path)
    images, _ = clothes(samples_dir)
    encoder, decoder = run.fresh("encoder"), run.fresh("decoder")
    codebook, sums = run.kept["codebook"], run.kept["sums"]
    rows = run.rows(STEPS)
    expected = vqvae_steps(encoder, decoder, codebook, sums, images, rows)
    np.testing.assert_allclose(logged(run, "error", "used"), list(expected), rtol=2e-4)


@pytest.mark.data
def test_distillation_begins_as_by_hand(fashion_dir: Path, tmp_path: Path) -> None:
    """The second loop learns from the network that the first one left behind."""
    samples_dir = fashion_dir.parents[1]
    text = (samples_dir / "distillation.loop").read_text()
    text = re.sub(r"for 5 epochs", "for 20 steps", text)
    text = re.sub(r"for 100 epochs", f"for {STEPS} steps", text)
    text = re.sub(r"^  seed = 7", "  seed = 7\n  log = 1 steps", text, flags=re.M)
    run = Trained(text, tmp_path, samples_dir)
    few = run.batches.columns
    expected = distillation_steps(
        run.models["teacher"],
        run.fresh("student"),
        run.fresh("alone"),
        few["image"],
        few["label"],
        run.rows(STEPS),
    )
    found = [(r["loss"], r["lone"]) for r in run.log if "lone" in r]
    np.testing.assert_allclose(found[:STEPS], list(expected), rtol=2e-4)


@pytest.mark.data
def test_mean_teacher_begins_as_by_hand(fashion_dir: Path, tmp_path: Path) -> None:
    """The average moves after the update, and is asked before it."""
    samples_dir = fashion_dir.parents[1]
    above = 0.15  # of ten classes, so that the first guesses count
    sure = {"sure": f"max(guess) > {above}"}
    run = first_steps("mean_teacher", STEPS, samples_dir, tmp_path, **sure)
    labelled, unlabelled = run.batches, run.draws[0]
    known = [
        (labelled.columns["image"][rows], labelled.columns["label"][rows])
        for rows in run.rows(STEPS)
    ]
    rows = unlabelled.rows(7, 0, STEPS).reshape(STEPS, -1)
    others = [unlabelled.stream.columns["image"][chosen] for chosen in rows]
    student = run.fresh("student")
    expected = mean_teacher_steps(student, known, others, above=above, seed=7)
    np.testing.assert_allclose(
        logged(run, "known", "guessed", "sure"), list(expected), rtol=2e-4, atol=1e-6
    )


@pytest.mark.slow
@pytest.mark.data
def test_images_are_read_as_words(
    fashion_dir: Path, tmp_path: Path, apart: Callable[..., Any]
) -> None:
    """Eight words of a vocabulary of 64, all of which are used, rebuild an image."""
    result = apart(run_sample, "vqvae", fashion_dir.parents[1], tmp_path)
    assert result["test.error"] < 0.02
    assert result["train.used"] > 0.9


@pytest.mark.slow
@pytest.mark.data
def test_small_networks_are_taught(
    fashion_dir: Path, tmp_path: Path, apart: Callable[..., Any]
) -> None:
    """Soft targets of a large network are worth more than the labels."""
    result = apart(run_sample, "distillation", fashion_dir.parents[1], tmp_path)
    assert result["test.taught"] > 0.80
    assert result["test.taught"] > result["test.alone"] + 0.01


@pytest.mark.slow
@pytest.mark.data
def test_averages_teach(
    fashion_dir: Path, tmp_path: Path, apart: Callable[..., Any]
) -> None:
    """Images without labels help a network that an average of it teaches."""
    result = apart(run_sample, "mean_teacher", fashion_dir.parents[1], tmp_path)
    assert result["test.teacher"] > 0.79
    assert result["test.teacher"] > result["test.alone"] + 0.008
