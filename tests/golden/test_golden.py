"""Each sample's script, byte for byte; linted, type-checked and run like ours."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import loopc

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).parent
SAMPLES = sorted((ROOT / "samples").glob("*.loop"))

# Trains a script for two steps, at which everything is due that it ever does; then it
# evaluates and exports as it says. The compiler is out of bounds.
RUNNER = """
import importlib.util, sys
from pathlib import Path

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"loopc", "loopc_grammar", "lark", "jinja2", "black"}:
            raise ImportError(f"a script needs no {name}")

sys.meta_path.insert(0, Refuse())
file, workdir, data_dir = map(Path, sys.argv[1:])
sys.path.append(str(data_dir))  # where the Python of a sample's own lies
spec = importlib.util.spec_from_file_location("golden", file)
script = importlib.util.module_from_spec(spec)
spec.loader.exec_module(script)

from loopc_runtime import Every, Run, start_from

class TwoSteps(Run):
    def windows(self, step_fn, batches, *, cuts=(), **options):
        cuts = (*cuts, Every(steps=2))
        for window in super().windows(step_fn, batches, cuts=cuts, **options):
            yield window
            self.stop("two steps are enough")

script.Run = TwoSteps
# Two steps may end before anything was best: later loops start from the last weights.
script.start_from = lambda folder, models, best=None: start_from(folder, models)
script.Every = lambda **cadence: Every(steps=2)
script.train_and_evaluate(script.Config(), workdir, data_dir)
"""


def golden_of(sample: Path) -> Path:
    """Return the place of a sample's expected script."""
    return GOLDEN / f"{sample.stem}.py"


def checked(*command: str, **environment: str) -> str:
    """Run a Python tool; return what it said if it was not content."""
    result = subprocess.run(
        [sys.executable, "-m", *command],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    return result.stdout + result.stderr if result.returncode else ""


def by_name(sample: Path) -> str:
    return sample.stem


@pytest.mark.parametrize("sample", SAMPLES, ids=by_name)
def test_script_is_the_golden_one(sample: Path, update_golden: bool) -> None:
    """A sample compiles to exactly the script that was reviewed."""
    result = loopc.compile_source(sample.read_text(), sample.name)
    assert result.script is not None, result.render()
    if update_golden:
        golden_of(sample).write_text(result.script)
    assert golden_of(sample).read_text() == result.script


def test_every_golden_script_has_its_sample() -> None:
    """No script outlives the program that it was made from."""
    scripts = {path.stem for path in GOLDEN.glob("*.py")} - {"test_golden"}
    assert scripts == {sample.stem for sample in SAMPLES}


def test_golden_scripts_pass_ruff() -> None:
    """The linter finds in them what it finds in code of ours: nothing."""
    assert checked("ruff", "check", "--quiet", str(GOLDEN)) == ""


def test_golden_scripts_pass_black() -> None:
    """They are laid out as anyone's black lays them out."""
    assert checked("black", "--check", str(GOLDEN)) == ""


def test_golden_scripts_pass_mypy() -> None:
    """Every function is checked against the signatures of the runtime."""
    options = "--ignore-missing-imports --check-untyped-defs --warn-unreachable"
    options += " --warn-redundant-casts --no-error-summary --config-file="
    files = [str(golden_of(sample)) for sample in SAMPLES]
    runtime = str(ROOT / "runtime")
    assert checked("mypy", *options.split(), *files, MYPYPATH=runtime) == ""


@pytest.mark.parametrize("sample", SAMPLES, ids=by_name)
def test_golden_script_trains(
    sample: Path, samples_dir: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Two steps on the sample's own data, its evaluations and exports, all by itself."""
    if "fashion" in sample.stem:
        request.getfixturevalue("fashion_dir")
    places = [golden_of(sample), tmp_path, samples_dir]
    command = [sys.executable, "-c", RUNNER, *map(str, places)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert list(tmp_path.rglob("result.json"))
