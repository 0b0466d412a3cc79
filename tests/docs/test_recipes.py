"""The recipes of the documentation: checked without a finding, and run."""

from pathlib import Path

import pytest
from tests.functional.recipes import RECIPES, short
from tests.loading import load_script

import loopc

NAMES = sorted(path.stem for path in RECIPES.glob("*.loop"))
GENERATOR = load_script(RECIPES.parent / "generate.py")
LENGTHS = {"early_stopping": "2 epochs"}  # something has to be kept
# These have a loop written by hand beside them (tests/functional/test_bilevel.py).
TWINS = {"auto_lambda", "moml", "forum", "mgda_ub", "representation"}


@pytest.mark.parametrize("name", NAMES)
def test_recipe_is_checked_without_a_finding(name: str) -> None:
    """It compiles, without a warning, in its canonical form."""
    text = (RECIPES / f"{name}.loop").read_text("utf-8")

    assert list(loopc.compile_source(text).diagnostics) == []
    assert loopc.format_source(text).text == text


def test_every_recipe_is_on_the_page() -> None:
    """Once, in one of the families."""
    listed = [n for names in GENERATOR.RECIPE_FAMILIES.values() for n in names]

    assert sorted(listed) == NAMES


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in NAMES if n not in TWINS])
def test_recipe_trains(
    name: str, samples_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first steps run, on the data of the repository."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")
    script = loopc.load(short(name, LENGTHS.get(name, "3 steps")))

    result = script.train_and_evaluate(script.Config(), tmp_path, samples_dir / "data")

    assert result
