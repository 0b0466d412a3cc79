"""What is done with a trained program: evaluate, export, build, call from Python."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.functional.study import PROGRAM, evaluate, outcome, records, tree

import loopc
from loopc.cli.main import run

# Runs Python text where nothing of loopc can be imported.
ALONE = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"loopc", "loopc_grammar", "loopc_runtime"}:
            raise ImportError(f"{name} is out of reach")

sys.meta_path.insert(0, Refuse())
"""

PREDICT = """
import keras, numpy as np
model = keras.saving.load_model(sys.argv[1])
rows = np.load(sys.argv[2])
np.save(sys.argv[3], model.predict(rows, verbose=0))
"""

SCRIPT = """
import runpy
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def run_alone(text: str, *arguments: Path | str) -> None:
    """Run Python in a process that sees Keras and NumPy, and nothing of loopc."""
    given = [os.fspath(argument) for argument in arguments]
    command = [sys.executable, "-I", "-c", ALONE + text, *given]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def evaluated(workdir: Path) -> dict[str, float]:
    """Return the metrics of the last `loopc eval`."""
    content = json.loads((workdir / "evaluation.json").read_text())
    results: dict[str, float] = content["results"]
    return results


def unchanged(before: dict[str, bytes], workdir: Path) -> bool:
    """Whether a run folder is as before, but for what the evaluation wrote."""
    now = tree(workdir)
    now.pop("evaluation.json")
    return now == {n: c for n, c in before.items() if n != "evaluation.json"}


def test_latest_checkpoint_evaluates_to_what_was_logged(
    study: Path, straight: Path
) -> None:
    """`loopc eval` gives the numbers of the last evaluation, and changes no file."""
    before, last = tree(straight), records(straight, "valid")[-1]

    assert evaluate(study, straight) == 0

    expected = {f"valid.{name}": last[name] for name in ("loss", "accuracy")}
    assert evaluated(straight) == expected
    assert unchanged(before, straight)


def test_best_weights_evaluate_to_the_best_that_was_logged(
    study: Path, straight: Path
) -> None:
    """`loopc eval --best` gives the numbers of the step with the lowest loss."""
    before = tree(straight)
    best = min(records(straight, "valid"), key=lambda record: record["loss"])

    assert evaluate(study, straight, "--best") == 0

    expected = {f"valid.{name}": best[name] for name in ("loss", "accuracy")}
    assert evaluated(straight) == expected
    assert unchanged(before, straight)


def test_run_that_never_started_is_not_evaluated(
    study: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Without a checkpoint there is nothing to evaluate; the sentence says so."""
    (tmp_path / "run").mkdir()

    assert evaluate(study, tmp_path / "run") == 1

    assert capfd.readouterr().err == (
        f"error: there is no checkpoint in {tmp_path}/run to evaluate; train first\n"
    )
    assert tree(tmp_path) == {}


def validation_rows(study: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the validation split as the run sees it: standardized x, and kind."""
    script = loopc.load(study / "study.loop")
    batches = script.load_points(script.Config(), study)["valid"].batches(
        None, fields=("x", "kind")
    )
    fields = batches.decode(dict(batches.columns))
    return np.asarray(fields["x"]), np.asarray(fields["kind"])


def test_exported_model_predicts_the_same_without_loopc(
    study: Path, straight: Path, tmp_path: Path
) -> None:
    """Plain Keras loads the best weights; NumPy finds the logged loss and accuracy."""
    x, kind = validation_rows(study)
    np.save(tmp_path / "x.npy", x)

    run_alone(PREDICT, straight / "net.keras", tmp_path / "x.npy", tmp_path / "y.npy")

    logits = np.load(tmp_path / "y.npy").astype(np.float64)
    likelihoods = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    losses = -np.log(likelihoods[np.arange(len(kind)), kind])
    best = min(records(straight, "valid"), key=lambda record: record["loss"])
    assert np.mean(losses) == pytest.approx(best["loss"], rel=1e-6)
    assert np.mean(logits.argmax(axis=1) == kind) == pytest.approx(best["accuracy"])


def test_standalone_script_computes_the_same_bits(
    study: Path, straight: Path, tmp_path: Path
) -> None:
    """`loopc build --standalone` and a process without loopc: the same outcome."""
    script = tmp_path / "study.py"
    spec = os.fspath(study / "study.loop")
    assert run(["build", spec, "--standalone", "-o", os.fspath(script)]) == 0

    run_alone(
        SCRIPT, script, "--workdir", tmp_path / "run", "--data-dir", study.resolve()
    )

    assert outcome(tmp_path / "run") == outcome(straight)


IN_MEMORY = PROGRAM.replace('npz("points.npz")', 'arrays("points")')


def test_arrays_in_memory_train_as_their_file_does(
    study: Path, straight: Path, tmp_path: Path
) -> None:
    """The same values, handed over as arrays or read from a file: the same outcome."""
    script = loopc.load(IN_MEMORY)
    with np.load(study / "points.npz") as columns:
        points = dict(columns)

    metrics = script.train_and_evaluate(
        script.Config(), tmp_path / "run", arrays={"points": points}
    )

    assert outcome(tmp_path / "run") == outcome(straight)
    result = json.loads((straight / "result.json").read_text())
    assert metrics == result["results"]


@pytest.mark.parametrize("given", [{}, {"point": {}}, None])
def test_missing_arrays_are_named(given: object, tmp_path: Path) -> None:
    """An embedding program that forgets an entry is told what to pass."""
    script = loopc.load(IN_MEMORY)
    from loopc_runtime import DataError

    with pytest.raises(DataError, match=r'Pass arrays=\{"points": \{"column": '):
        script.train_and_evaluate(script.Config(), tmp_path / "run", arrays=given)

    assert tree(tmp_path) == {}


def test_program_that_needs_arrays_is_not_trained_by_the_command(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The command line has no arrays to give: one sentence instead of a traceback."""
    (tmp_path / "memory.loop").write_text(IN_MEMORY)
    spec, workdir = tmp_path / "memory.loop", tmp_path / "run"

    assert run(["train", os.fspath(spec), "--workdir", os.fspath(workdir)]) == 1

    assert capfd.readouterr().err == (
        'error: The argument arrays has no entry "points": it has none. '
        'Pass arrays={"points": {"column": values, ...}}.\n'
    )
