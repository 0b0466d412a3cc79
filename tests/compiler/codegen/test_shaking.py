"""`--standalone` leaves out what a script never uses, and nothing else."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from loopc.codegen.shaking.pieces import Edit, Piece
from loopc.codegen.standalone import standalone

GOLDEN = Path(__file__).resolve().parents[2] / "golden"

SCRIPT = """\"\"\"A script.\"\"\"

import keras

from loopc_runtime import {names}

{body}
"""


@cache
def shaken(names: str, body: str) -> str:
    """Return the standalone form of a script that imports `names`."""
    return standalone(SCRIPT.format(names=names, body=f"print(keras)\n{body}"))


@cache
def sample(name: str) -> str:
    """Return the standalone form of a sample's script."""
    return standalone((GOLDEN / f"{name}.py").read_text())


def function(text: str, name: str) -> str:
    """Return the source of a top-level function or class."""
    nodes = [n for n in ast.parse(text).body if getattr(n, "name", "") == name]
    return ast.unparse(nodes[0]) if nodes else ""


def test_branches_of_an_omitted_option_are_left_out() -> None:
    """`adam` without a flavor is Keras' Adam alone; its numbers stay."""
    text = shaken("adam", "print(adam(0.1))")
    signature = function(text, "adam").splitlines()[0]
    absent = ("amsgrad", "weight_decay", "mask", "flavor")
    assert [name for name in absent if name in signature] == []
    assert "epsilon: ScheduleLike=1e-07" in signature
    assert "scale_by_adam_torch" not in text


def test_what_the_script_says_stays_open() -> None:
    """A value that stands in the script can be changed there: every branch is there."""
    text = shaken("adam", 'print(adam(0.1, flavor="keras"))')
    assert "scale_by_adam_torch" in text
    assert "scale_by_adam_keras" in text


def test_methods_that_nobody_mentions_are_left_out() -> None:
    """The clock of a run by epochs has no time budget and no stages."""
    body = "clock = Clock(steps_per_epoch=3, epochs=2)\nprint(clock.total_steps)"
    clock = function(shaken("Clock", body), "Clock")
    assert "def total_steps" in clock
    assert "def progress" not in clock
    assert "self.seconds" not in clock


def test_layers_keep_what_keras_calls() -> None:
    """Keras makes layers from their configuration, and calls methods by itself."""
    dropout = function(shaken("Dropout", "print(Dropout(0.5))"), "Dropout")
    assert "noise_shape" in dropout
    assert "def get_config" in dropout


@pytest.mark.parametrize(("name", "most"), [("digits", 5600), ("first_loop", 5000)])
def test_samples_stay_short(name: str, most: int) -> None:
    """A script brings no stages, draws or guards that it does not use."""
    text = sample(name)
    absent = ("DrawFeed", "OnNonfinite", "Plateau", "LossScale")
    assert [each for each in absent if f"class {each}" in text] == []
    assert len(text.splitlines()) < most


@pytest.mark.slow
def test_shaken_script_has_no_loose_ends(tmp_path: Path) -> None:
    """Every name, attribute and argument that is left fits what is left: mypy says so.

    An empty dict that lost what would have filled it needs no annotation to run.
    """
    path = tmp_path / "digits.py"
    path.write_text(sample("digits"))
    options = ["--ignore-missing-imports", "--disable-error-code", "var-annotated"]
    command = [sys.executable, "-m", "mypy", "--config-file=", *options, str(path)]
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert result.returncode == 0, result.stdout


def test_edits_inside_others_wait() -> None:
    """Of overlapping edits the outer one is made; the inner one finds a new text."""
    piece = Piece("m", 0, "x = [1, 2, 3]")
    edited = piece.edited([Edit(5, 6, "7"), Edit(4, 13, "()")])
    assert edited.text == "x = ()"
