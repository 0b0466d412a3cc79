"""Samples of noise, codes and two tasks: first steps by hand, then results."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.functional.test_samples import run_sample
from tests.functional.trained import Trained
from tests.functional.twins.autoencoders import denoising_steps, vae_steps
from tests.functional.twins.contrast import simclr_steps
from tests.functional.twins.first_steps import clothes, first_steps, logged
from tests.functional.twins.two_tasks import two_task_steps

STEPS = 4


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


@pytest.mark.data
def test_denoising_begins_as_by_hand(fashion_dir: Path, tmp_path: Path) -> None:
    """Noise is keyed by the step; the loss compares with the clean image."""
    samples_dir = fashion_dir.parents[1]
    run = first_steps("denoising", STEPS, samples_dir, tmp_path)
    images, _ = clothes(samples_dir)
    rows = run.rows(STEPS)
    expected = denoising_steps(run.fresh("autoencoder"), images, rows, seed=7)
    np.testing.assert_allclose(logged(run, "loss"), list(expected), rtol=2e-4)


@pytest.mark.data
def test_vae_begins_as_by_hand(fashion_dir: Path, tmp_path: Path) -> None:
    """Codes are drawn through their means and deviations; beta grows by the step."""
    samples_dir = fashion_dir.parents[1]
    run = first_steps("vae", STEPS, samples_dir, tmp_path)
    images, _ = clothes(samples_dir)
    rows, models = run.rows(STEPS), (run.fresh("encoder"), run.fresh("decoder"))
    expected = vae_steps(*models, images, rows, seed=7, warmup=3 * 469)
    found = logged(run, "loss", "reconstruction", "kl")
    np.testing.assert_allclose(found, list(expected), rtol=2e-4)


@pytest.mark.data
@pytest.mark.usefixtures("flights")
def test_two_tasks_begin_as_by_hand(samples_dir: Path, tmp_path: Path) -> None:
    """One update of three models goes down the weighted sum of both losses."""
    run = first_steps("flights_two_tasks", STEPS, samples_dir, tmp_path)
    models = {name: run.fresh(name) for name in run.models}
    rows = run.rows(STEPS)
    expected = two_task_steps(models, run.batches, rows, STEPS)
    found = logged(run, "loss", "delay_loss", "late_loss")
    np.testing.assert_allclose(found, list(expected), rtol=2e-4)


def test_simclr_begins_as_by_hand(samples_dir: Path, tmp_path: Path) -> None:
    """Both views are drawn anew in each step; an image is compared with its batch."""
    text = (samples_dir / "simclr.loop").read_text()
    text = text[: text.index("train judge")].replace(
        "learn for 150 epochs", "for 4 steps"
    )
    text = text.replace("  seed = 7", "  seed = 7\n  log = 1 steps")
    run = Trained(text, tmp_path, samples_dir)
    columns = run.batches.columns
    expected = simclr_steps(
        run.fresh("encoder"),
        run.fresh("projector"),
        columns["image"],
        run.rows(STEPS),
        seed=7,
    )
    found = logged(run, "loss")[:STEPS]  # behind them the mean of the epoch
    np.testing.assert_allclose(found, list(expected), rtol=2e-4)


@pytest.mark.slow
def test_few_labels_are_enough(
    samples_dir: Path, tmp_path: Path, apart: Callable[..., Any]
) -> None:
    """A classifier sees more in what was learned without labels than in the pixels."""
    result = apart(run_sample, "simclr", samples_dir, tmp_path)
    accuracy, plain = (
        next(v for n, v in result.items() if n.endswith(f"test.{name}"))
        for name in ("accuracy", "plain")
    )
    assert accuracy > 0.87
    assert accuracy > plain + 0.01


@pytest.mark.slow
@pytest.mark.data
def test_noise_is_taken_away(
    fashion_dir: Path, tmp_path: Path, apart: Callable[..., Any]
) -> None:
    """Restored images are far closer to the clean ones than noisy ones are."""
    result = apart(run_sample, "denoising", fashion_dir.parents[1], tmp_path)
    assert result["test.before"] == pytest.approx(0.09, rel=0.01)
    assert result["test.after"] < 0.0135


@pytest.mark.slow
@pytest.mark.data
def test_the_bound_is_reached(
    fashion_dir: Path, tmp_path: Path, apart: Callable[..., Any]
) -> None:
    """The code is used, and the bound on the likelihood is what the header says."""
    result = apart(run_sample, "vae", fashion_dir.parents[1], tmp_path)
    assert result["test.bound"] < 250
    assert 12 < result["test.kl"] < 22


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.usefixtures("flights")
def test_both_tasks_are_learned(
    samples_dir: Path, tmp_path: Path, apart: Callable[..., Any]
) -> None:
    """One trunk serves the delay in minutes and the question of being late."""
    result = apart(run_sample, "flights_two_tasks", samples_dir, tmp_path)
    assert result["test.error_minutes"] < 12.5
    assert result["test.auc"] > 0.92
