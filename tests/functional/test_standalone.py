"""A standalone script computes what the script that imports the runtime computes."""

import subprocess
import sys
from pathlib import Path

import pytest

from loopc.codegen.standalone import standalone

SCRIPT = Path(__file__).parent / "scripts" / "points.py"

# Runs a script, its folder and this checkout out of sight, and refuses some imports.
LAUNCHER = """
import runpy, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {forbidden!r}:
            raise ImportError(f"{{name}} is out of bounds for a standalone script")

sys.meta_path.insert(0, Refuse())
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
FORBIDDEN = {"loopc", "loopc_grammar", "loopc_runtime", "lark", "jinja2", "black"}
FORBIDDEN |= {"click"}


def train(script: Path, workdir: Path, samples_dir: Path, *, alone: bool) -> None:
    """Run a script to its end."""
    launcher = LAUNCHER.format(forbidden=FORBIDDEN if alone else set())
    isolated = ["-I"] if alone else []
    places = ["--workdir", str(workdir), "--data-dir", str(samples_dir)]
    command = [sys.executable, *isolated, "-c", launcher, str(script), *places]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def state(workdir: Path) -> dict[str, bytes]:
    """Return the tensors of every checkpoint, the log and the results as bytes."""
    tensors = sorted(workdir.glob("**/tensors.*"))
    files = [*tensors, workdir / "metrics.jsonl", workdir / "result.json"]
    return {str(f.relative_to(workdir)): f.read_bytes() for f in files}


@pytest.fixture(scope="module")
def standalone_script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the script with the runtime written out, in a folder of its own."""
    path = tmp_path_factory.mktemp("standalone") / "points.py"
    path.write_text(standalone(SCRIPT.read_text()))
    return path


def test_standalone_computes_the_same_bits(
    standalone_script: Path, samples_dir: Path, tmp_path: Path
) -> None:
    """Two epochs without loopc installed give the same state, bit for bit.

    The script has what a module's name could change: dataclasses, Keras layers, seed
    generators turned into classes of ours, named tuples, draws, an exported model.
    """
    train(SCRIPT, tmp_path / "imported", samples_dir, alone=False)
    train(standalone_script, tmp_path / "alone", samples_dir, alone=True)
    assert state(tmp_path / "alone") == state(tmp_path / "imported")
    assert (tmp_path / "alone" / "net.keras").is_file()
