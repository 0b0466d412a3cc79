"""Two tasks on one trunk: the sample begins as by hand, and reaches its result."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from tests.functional.test_samples import run_sample
from tests.functional.trained import DATA
from tests.functional.twins.first_steps import first_steps, logged
from tests.functional.twins.multitask import multitask_steps

import loopc
from loopc.vocabulary import transforms

STEPS = 6


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


def test_multitask_begins_as_by_hand(samples_dir: Path, tmp_path: Path) -> None:
    """Projections, the clip over all weights and the groups are those of the papers."""
    run = first_steps("multitask", STEPS, samples_dir, tmp_path)
    split = run.script.load_penguins(run.script.Config(), samples_dir)["train"]
    batches = [
        split.decode({n: tf.constant(a[rows]) for n, a in split.columns.items()})
        for rows in run.rows(STEPS)
    ]
    models = {name: run.fresh(name) for name in run.models}

    expected = list(multitask_steps(models, batches))

    measures = ("cosine", "naming_norm", "weighing_norm")
    found = logged(run, "naming", "weighing", *measures)
    np.testing.assert_allclose(found, expected, rtol=5e-4)


def test_multitask_names_and_weighs_penguins(samples_dir: Path, tmp_path: Path) -> None:
    """Species of unseen penguins are right, and weights off by less than 300 g."""
    result = run_sample("multitask", samples_dir, tmp_path)

    assert result["test.accuracy"] >= 0.95
    assert result["test.grams"] < 300


def test_what_combines_objectives_is_made_with_its_first_option() -> None:
    """The number of objectives stands in front of every option in Python."""
    given = {"weights": "[1.0, 2.0]", "preference": "[1.0, 2.0]", "learner": "sgd(0.1)"}
    entries = [e for e in transforms().values() if e.role == "objectives" and e.options]
    models, updates = "", ""
    for entry in entries:
        option, name = entry.options[0], f"of_{entry.name}"
        value = given.get(option.name, str(option.default))
        models += f"model {name}(x: f32[5]) -> f32[3] = x |> dense(3)\n"
        updates += f"""    out = {name}(x)
    update {name} to minimize [mean(out ^ 2), mean((out - y) ^ 2)]
      using {entry.name}({option.name}: {value}) |> sgd(0.1)\n"""
    step = f"  step (x, y) from d.train batch 8 {{\n{updates}  }}\n"

    script = loopc.load(f"{DATA}{models}train for 1 epochs {{\n{step}}}\n")

    for entry in entries:
        made = getattr(script, f"make_of_{entry.name}_transform")()
        assert made.update is not None
