"""How long `loopc check` takes on a hundred lines, against `import lark` alone."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.timing import interleaved, middle
from benchmarks.workloads import SAMPLES

LINES = 100
RUN = "import sys; from loopc.cli.main import main; main(['check', sys.argv[1]])"
PROBE = (
    "import sys; from loopc import check_source\n"
    "assert check_source(open(sys.argv[1]).read()).ok\n"
    "assert not {'tensorflow', 'keras'} & set(sys.modules)"
)


def program_of_lines(lines: int) -> str:
    """Return a sound program of `lines` lines: the Fashion MLP with more layers."""
    text = (SAMPLES / "fashion_mlp.loop").read_text(encoding="utf-8").splitlines()
    place = next(i for i, line in enumerate(text) if "dense(10)" in line)
    text[place:place] = ["    |> dense(128, relu)"] * (lines - len(text))
    return "\n".join(text) + "\n"


def measure_check(rounds: int) -> dict[str, float]:
    """Return median seconds of `import lark`, of the check and of an empty Python.

    Both read compiled bytecode, as installed packages do: it is written to a folder
    aside by a run before.
    """
    with tempfile.TemporaryDirectory(prefix="loopc-bench-") as folder:
        program = Path(folder) / "program.loop"
        program.write_text(program_of_lines(LINES), encoding="utf-8")
        environment = os.environ | {"PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)

        def timed(code: str) -> Callable[[], float]:
            command = [sys.executable, "-c", code, str(program)]

            def run() -> float:
                began = time.perf_counter()
                subprocess.run(
                    command, env=environment, check=True, stdout=subprocess.DEVNULL
                )
                return time.perf_counter() - began

            return run

        timed(PROBE)()
        contestants = {
            "python -c pass": timed("pass"),
            "import lark": timed("import lark"),
            "loopc check": timed(RUN),
        }
        interleaved(contestants, 1)
        return {k: middle(v) for k, v in interleaved(contestants, rounds).items()}
