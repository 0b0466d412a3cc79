"""Samples of games, equations and meta-learning: first steps by hand, then results."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.functional.test_samples import run_sample
from tests.functional.trained import Trained
from tests.functional.twins.adversaries import fgsm_steps, gan_steps, wgan_gp_steps
from tests.functional.twins.first_steps import clothes, first_steps, logged
from tests.functional.twins.inner_gradients import maml_steps, pinn_steps

STEPS = 4


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


def fresh(run: Trained) -> dict[str, object]:
    """Every model as it was when the run began."""
    return {name: run.fresh(name) for name in run.models}


def assert_same(run: Trained, names: list[str], expected: object) -> None:
    """What was logged is what the loop by hand computes."""
    np.testing.assert_allclose(logged(run, *names), list(expected), rtol=2e-4)


def test_pinn_begins_as_by_hand(samples_dir: Path, tmp_path: Path) -> None:
    """Second derivatives, three edges and the schedule are those of nested tapes."""
    run = first_steps("pinn", STEPS, samples_dir, tmp_path)
    expected = pinn_steps(run.fresh("u"), STEPS, STEPS, seed=3)
    assert_same(run, ["inside", "start", "error"], expected)


def test_maml_begins_as_by_hand(samples_dir: Path, tmp_path: Path) -> None:
    """The update goes through the inner step of every task."""
    run = first_steps("maml", STEPS, samples_dir, tmp_path)
    assert_same(run, ["before", "after"], maml_steps(run.fresh("net"), STEPS, seed=5))


@pytest.mark.data
def test_gan_begins_as_by_hand(fashion_dir: Path, tmp_path: Path) -> None:
    """One forward pass of the generator serves the updates of both players."""
    samples_dir = fashion_dir.parents[1]
    run = first_steps("gan", STEPS, samples_dir, tmp_path)
    images, labels = clothes(samples_dir)
    rows = run.rows(STEPS)
    expected = gan_steps(fresh(run), images, labels, rows, seed=11)
    assert_same(run, ["d_loss", "g_loss", "c_loss"], expected)


@pytest.mark.data
def test_wgan_gp_begins_as_by_hand(fashion_dir: Path, tmp_path: Path) -> None:
    """Five batches and updates of the critic a step, through the penalty."""
    samples_dir = fashion_dir.parents[1]
    run = first_steps("wgan_gp", STEPS, samples_dir, tmp_path)
    images, _ = clothes(samples_dir)
    rows = run.draws[0].rows(13, 0, 5 * STEPS).reshape(STEPS, 5, 64)
    expected = wgan_gp_steps(fresh(run), images, rows, seed=13)
    assert_same(run, ["distance", "slope"], expected)


@pytest.mark.data
def test_fgsm_begins_as_by_hand(fashion_dir: Path, tmp_path: Path) -> None:
    """Images move by the sign of the gradient; the gradient itself is no path."""
    samples_dir = fashion_dir.parents[1]
    run = first_steps("fgsm", STEPS, samples_dir, tmp_path)
    images, labels = clothes(samples_dir)
    rows = run.rows(STEPS)
    expected = fgsm_steps(fresh(run), images, labels, rows)
    assert_same(run, ["loss", "clean", "harm"], expected)


@pytest.mark.slow
def test_equation_is_solved(
    samples_dir: Path, tmp_path: Path, apart: Callable[..., Any]
) -> None:
    """The network agrees with the analytic solution that it has not seen."""
    assert apart(run_sample, "pinn", samples_dir, tmp_path)["train.error"] < 0.005


@pytest.mark.slow
def test_sines_are_learned_in_one_step(
    samples_dir: Path, tmp_path: Path, apart: Callable[..., Any]
) -> None:
    """One inner step takes most of the error away."""
    result = apart(run_sample, "maml", samples_dir, tmp_path)
    assert result["train.before"] > 2
    assert result["train.after"] < 0.6


@pytest.mark.slow
@pytest.mark.data
def test_clothes_are_generated(
    fashion_dir: Path, tmp_path: Path, apart: Callable[..., Any]
) -> None:
    """Generated images are told apart by a classifier of real ones."""
    result = apart(run_sample, "gan", fashion_dir.parents[1], tmp_path)
    assert result["test.real"] > 7
    assert result["test.generated"] > 4.5


@pytest.mark.slow
@pytest.mark.data
def test_distance_falls(
    fashion_dir: Path, tmp_path: Path, apart: Callable[..., Any]
) -> None:
    """The critic tells generated from unseen images less and less."""
    samples_dir = fashion_dir.parents[1]
    result = apart(run_sample, "wgan_gp", samples_dir, tmp_path)
    assert result["test.distance"] < 6.5


@pytest.mark.slow
@pytest.mark.data
def test_attacks_are_withstood(
    fashion_dir: Path, tmp_path: Path, apart: Callable[..., Any]
) -> None:
    """Training on moved images is what makes them harmless."""
    result = apart(run_sample, "fgsm", fashion_dir.parents[1], tmp_path)
    assert result["test.plain_attacked"] < 0.2
    assert result["test.robust_attacked"] > 0.6
