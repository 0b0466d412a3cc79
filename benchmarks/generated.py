"""The loop that loopc generates, held where training begins, to be driven in pieces."""

import importlib.util
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.workloads import SAMPLES, Sample, Workload

from loopc import compile_source

WHOLE_BATCHES = 20_000  # a window
DRAWS_A_WINDOW = 100


class Reached(Exception):
    """The script has come to its training loop."""


def load_script(text: str, path: Path) -> ModuleType:
    """Write a generated script to `path` and import it."""
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Generated:
    """Runs the generated script up to its loop, whose device calls are then driven.

    All else is as in the script: its data, model, steps, logs and checkpoints.
    """

    def __init__(self, workload: Workload | Sample, *, text: str | None = None) -> None:
        from loopc_runtime import Every, Run

        outer = self

        class HeldRun(Run):
            """A run that is left open where its windows begin."""

            def __init__(self, *arguments: Any, **options: Any) -> None:
                super().__init__(*arguments, **options)
                outer.models, outer.run = options["models"], self

            def windows(
                self, step_fn: Any, batches: Any, **options: Any
            ) -> Iterator[Any]:
                if batches is None or batches.whole:  # No epoch would end a window.
                    steps = DRAWS_A_WINDOW if batches is None else WHOLE_BATCHES
                    options["cuts"] = (Every(steps=steps),)
                outer.train_step, outer.batches = step_fn, batches
                outer.windows = super().windows(step_fn, batches, **options)
                raise Reached

            def __exit__(self, *reason: object) -> None:
                pass

        self.models: dict[str, Any] = {}
        self.run: Any
        self.train_step: Any
        self.batches: Any
        self.windows: Iterator[Any]
        self._folder = tempfile.TemporaryDirectory(prefix="loopc-bench-")
        folder = Path(self._folder.name)
        program = text or workload.program.read_text(encoding="utf-8")
        script = compile_source(program, workload.program.name).script
        assert script is not None
        module = load_script(script, folder / "script.py")
        module.__dict__["Run"] = HeldRun
        config = module.Config(**workload.overrides)
        with suppress(Reached):
            module.train_and_evaluate(config, folder / "run", SAMPLES)

    @property
    def steps(self) -> int:
        """The number of completed steps."""
        return int(self.run.step)

    def advance(self) -> int:
        """Run to the end of the next window; return how many steps that were."""
        before = self.steps
        next(self.windows)
        return self.steps - before

    def close(self) -> None:
        """Close the run and remove its folder."""
        self.run._close()
        self._folder.cleanup()
