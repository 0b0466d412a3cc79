"""Running a generated script in this process."""

import importlib
import importlib.util
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from loopc.cli.failure import Failure

# TensorFlow's C++ side logs how it was built and what GPU it misses; errors stay.
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "2", "KERAS_BACKEND": "tensorflow"}


_NOTICES = re.compile(
    rb"I\d{4} |WARNING: All log messages before absl::Init|To enable the following"
)
_NEVER = re.compile(rb"(?!)")


def require_tensorflow() -> None:
    """Raise Failure, saying what to install, where TensorFlow is missing."""
    if importlib.util.find_spec("tensorflow") is None:
        raise Failure(
            "training needs TensorFlow: install `loopc[train]`, or `loopc[train-cpu]`"
            " for the half-sized build without GPU support"
        )


def look_beside(spec: str) -> None:
    """Have Python find the modules in a program's folder, after all it finds now.

    Last, so that no file there takes the place of an installed module.
    """
    folder = str(Path(spec).parent.resolve())
    if folder not in sys.path:
        sys.path.append(folder)


def launch(
    script: Path,
    workdir: Path,
    data_dir: Path,
    explain: Callable[[BaseException], str] = lambda error: "",
    **options: Any,
) -> int:
    """Import a script and call its `train_and_evaluate`; return the exit code.

    What the runtime does not report as a failed run (a defect, an extern function that
    raises) keeps its traceback: it is about Python. `explain` may say more of it.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        with _notices_held_back():
            importlib.import_module("tensorflow")
        # By name: compiling must not need the runtime, which imports TensorFlow.
        runtime = importlib.import_module("loopc_runtime.main")
        module = _imported(script)
        train = _noted(module.train_and_evaluate, runtime.run_failure, explain)
        status: int = runtime.run_main(
            train, module.Config(), workdir, data_dir, **options
        )
        return status
    except Exception as error:
        traceback.print_exc()
        if said := explain(error):
            print(f"error: {said}", file=sys.stderr)
        return 1


def _noted(
    train: Callable[..., object],
    failure_of: Callable[[Exception], Exception | None],
    explain: Callable[[BaseException], str],
) -> Callable[..., object]:
    """`train`, with what `explain` says of a failed run as a note on its error."""

    def noted(*given: object, **options: Any) -> object:
        try:
            return train(*given, **options)
        except Exception as error:
            failure = failure_of(error)
            if failure is None:
                raise
            if said := explain(failure):
                failure.add_note(said)
            raise failure from error

    return noted


@contextmanager
def _notices_held_back() -> Iterator[None]:
    """Drop what TensorFlow's C++ side says while it loads, before it reads any setting.

    Only lines of that kind are dropped; the others, and all of them where loading
    fails, are printed afterwards.
    """
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        notices = _NEVER
        try:
            yield
            notices = _NOTICES
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            held.seek(0)
            for line in held:
                if not notices.match(line):
                    os.write(2, line)


class _ScriptLoader(SourceFileLoader):
    """Leaves no bytecode in the run folder, which holds what the run is about."""

    def set_data(self, *args: Any, **kwargs: Any) -> None:
        """Keep nothing: what is kept is written to the folder of the script."""


def _imported(script: Path) -> ModuleType:
    name = "loopc_script"
    loader = _ScriptLoader(name, str(script))
    spec = importlib.util.spec_from_file_location(name, script, loader=loader)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    spec.loader.exec_module(module)
    return module
