"""Every sample reaches the result that its header promises."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import loopc


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


def run_sample(name: str, samples_dir: Path, workdir: Path) -> dict[str, float]:
    """Compile and train a sample as it stands; return its last metrics."""
    script = loopc.load(samples_dir / f"{name}.loop")
    result: dict[str, float] = script.train_and_evaluate(
        script.Config(), workdir, samples_dir
    )
    return result


def losses(workdir: Path, name: str = "loss") -> list[float]:
    """Return a training metric in the order in which it was logged."""
    lines = (workdir / "metrics.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    return [r[name] for r in records if r["split"] == "train" and name in r]


@pytest.mark.parametrize(
    ("sample", "metric", "first", "last"),
    [
        ("first_loop", "loss", (3.5, 5.0), (2.5, 3.9)),
        ("clipped", "loss", (3.5, 5.0), (2.5, 3.9)),
        ("two_models", "shallow_loss", (3.5, 5.0), (2.5, 3.9)),
        ("two_models", "deep_loss", (2.0, 5.0), (0.0, 1.5)),
    ],
)
def test_classic_loops_learn(
    sample: str,
    metric: str,
    first: tuple[float, float],
    last: tuple[float, float],
    samples_dir: Path,
    tmp_path: Path,
    apart: Callable[..., Any],
) -> None:
    """The losses of the three small loops fall as their headers say."""
    apart(run_sample, sample, samples_dir, tmp_path)
    found = losses(tmp_path, metric)
    assert found == sorted(found, reverse=True)
    assert first[0] < found[0] < first[1]
    assert last[0] < found[-1] < last[1]


def test_digits_are_read(
    samples_dir: Path, tmp_path: Path, apart: Callable[..., Any]
) -> None:
    """More than 97 % of the test digits are told apart."""
    assert apart(run_sample, "digits", samples_dir, tmp_path)["test.accuracy"] > 0.97
    assert (tmp_path / "digits.keras").is_file()


@pytest.mark.slow
def test_digits_are_read_after_few_labels(
    samples_dir: Path, tmp_path: Path, apart: Callable[..., Any]
) -> None:
    """Pretraining and stages reach what training from scratch does not."""
    result = apart(run_sample, "finetune", samples_dir, tmp_path)
    assert result["test.accuracy"] > 0.79
    assert (tmp_path / "finetune" / "finetuned.keras").is_file()


def test_penguins_are_weighed(
    samples_dir: Path, tmp_path: Path, apart: Callable[..., Any]
) -> None:
    """Weights of unseen penguins are off by less than 300 g on average."""
    assert apart(run_sample, "penguins", samples_dir, tmp_path)["test.grams"] < 300
    assert (tmp_path / "penguins.keras").is_file()


@pytest.mark.slow
@pytest.mark.data
def test_late_flights_are_found(
    flights: Path, tmp_path: Path, apart: Callable[..., Any]
) -> None:
    """On a fold that was left out, the area under the curve is above 0.72."""
    result = apart(run_sample, "late_flights", flights.parents[1], tmp_path)
    assert result["valid.auc"] > 0.72


@pytest.mark.slow
def test_the_next_day_is_forecast(
    samples_dir: Path, tmp_path: Path, apart: Callable[..., Any]
) -> None:
    """Temperatures are closer than those of the last hour and of the day before."""
    result = apart(run_sample, "forecast", samples_dir, tmp_path)
    assert result["test.error"] < 2.5
    assert 2.9 < result["test.persistence"] < 3.1
    assert 3.5 < result["test.yesterday"] < 3.7


@pytest.mark.slow
def test_hamlet_is_predicted_by_recurrence(
    samples_dir: Path, tmp_path: Path, apart: Callable[..., Any]
) -> None:
    """A character of unseen text costs less than 2.6 bits to a reader that goes on."""
    result = apart(run_sample, "char_lstm", samples_dir, tmp_path)
    assert result["valid.bits"] < 2.6
    assert (tmp_path / "reader.keras").is_file()


@pytest.mark.slow
def test_hamlet_is_predicted_by_attention(
    samples_dir: Path, tmp_path: Path, apart: Callable[..., Any]
) -> None:
    """A character of unseen text costs less than 2.8 bits."""
    result = apart(run_sample, "char_transformer", samples_dir, tmp_path)
    assert result["valid.bits"] < 2.8
    assert (tmp_path / "gpt.keras").is_file()


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.parametrize(
    ("sample", "accuracy"),
    [("fashion_mlp", 0.88), ("fashion_cnn", 0.905), ("mixup", 0.89)],
)
def test_clothes_are_told_apart(
    sample: str,
    accuracy: float,
    fashion_dir: Path,
    tmp_path: Path,
    apart: Callable[..., Any],
) -> None:
    """The networks reach their test accuracies on Fashion-MNIST."""
    samples_dir = fashion_dir.parents[1]
    assert apart(run_sample, sample, samples_dir, tmp_path)["test.accuracy"] > accuracy
    assert (tmp_path / f"{sample}.keras").is_file()
