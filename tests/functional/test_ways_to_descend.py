"""Samples of sam, dpsgd and 16 bits: first steps by hand, then results."""

import math
from pathlib import Path

import numpy as np
import pytest
from tests.functional.test_samples import run_sample
from tests.functional.twins.first_steps import first_steps, logged
from tests.functional.twins.half_precision import half_precision_steps
from tests.functional.twins.privacy import private_weights
from tests.functional.twins.sharpness import flat_minima_steps


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


@pytest.mark.data
def test_flat_minima_begin_as_by_hand(fashion_dir: Path, tmp_path: Path) -> None:
    """The gradient of the step is that of the place uphill, on the same images."""
    samples_dir = fashion_dir.parents[1]
    run = first_steps("flat_minima", 4, samples_dir, tmp_path)
    models = {name: run.fresh(name) for name in ("plain", "flat")}
    few = run.batches.columns
    expected = list(
        flat_minima_steps(models, few["image"], few["label"], run.rows(4), radius=0.2)
    )
    np.testing.assert_allclose(logged(run, "loss", "sharp_loss"), expected, rtol=2e-4)


def test_private_digits_begin_as_by_hand(samples_dir: Path, tmp_path: Path) -> None:
    """Every image has a gradient of its own, and no step sees one without noise.

    Four steps are two epochs, which cost two steps: rho is n / (2 noise^2).
    """
    run = first_steps("private_digits", 4, samples_dir, tmp_path)
    digits, net = run.batches.columns, run.fresh("reader")
    rows = [
        run.batches.order(7, epoch)[720 * half : 720 * (half + 1)]
        for epoch in (0, 1)
        for half in (0, 1)
    ]
    expected = private_weights(
        net, digits["image"], digits["label"], rows, bound=1.0, noise=12.0, seed=7
    )
    for found, wanted in zip(run.models["reader"].weights, expected, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)
    costs = [epochs / (2 * 12**2) for epochs in (1, 1, 2, 2)]
    bounds = [rho + 2 * math.sqrt(rho * math.log(1e4)) for rho in costs]
    found = run.reports("epsilon")  # of two steps, their epoch, two steps, theirs
    np.testing.assert_allclose(found, np.repeat(bounds[1:3], 3), 1e-5)


def test_half_precision_begins_as_by_hand(samples_dir: Path, tmp_path: Path) -> None:
    """Products are those of float16, up to its rounding; losses come unscaled."""
    run = first_steps("half_precision", 4, samples_dir, tmp_path)
    digits = run.batches.columns
    expected = list(
        half_precision_steps(
            run.fresh("classifier"), digits["image"], digits["label"], run.rows(4)
        )
    )
    np.testing.assert_allclose(logged(run, "loss", "grad_norm"), expected, rtol=2e-3)


@pytest.mark.slow
@pytest.mark.data
def test_flat_minima_bear_wrong_labels(fashion_dir: Path, tmp_path: Path) -> None:
    """With wrong labels among the right ones, sam gives 4 more images in a hundred."""
    result = run_sample("flat_minima", fashion_dir.parents[1], tmp_path)
    assert result["test.flat"] > 0.8
    assert result["test.flat"] > result["test.plain"] + 0.04


@pytest.mark.slow
def test_digits_are_read_in_private(samples_dir: Path, tmp_path: Path) -> None:
    """Nine of ten digits are read at an epsilon below 3."""
    result = run_sample("private_digits", samples_dir, tmp_path)
    assert result["train.epsilon"] < 3
    assert result["test.accuracy"] > 0.9


@pytest.mark.slow
def test_digits_are_read_in_16_bits(samples_dir: Path, tmp_path: Path) -> None:
    """Computing in float16 costs no accuracy, and the export computes so as well."""
    result = run_sample("half_precision", samples_dir, tmp_path)
    assert result["test.accuracy"] > 0.97
    assert (tmp_path / "half_precision.keras").is_file()
