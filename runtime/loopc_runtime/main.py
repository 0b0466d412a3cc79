"""The outermost frame of a generated script: errors as sentences, exit codes."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from loopc_runtime.errors import GradientError, RunError
from loopc_runtime.signals import Interrupted

NO_GRADIENT = "gradient registry has no entry for: "  # as TensorFlow says it


def run_main(
    function: Callable[..., object],
    config: object,
    workdir: Path,
    data_dir: Path,
    **extra: Any,
) -> int:
    """Call `function(config, workdir, data_dir, **extra)`; return the exit code.

    0 where it ends well; 1 where the run failed, with `error: ...` on standard error
    and a line for each note on it; 130 or 143 where a signal stopped it. Other
    exceptions are bugs and pass.
    """
    try:
        function(config, Path(workdir), Path(data_dir), **extra)
    except Interrupted as interruption:
        return int(interruption.code or 0)
    except KeyboardInterrupt:  # before the run watches for signals
        return 130
    except (RunError, LookupError) as error:
        failure = run_failure(error)
        if failure is None:
            raise
        for text in (f"error: {failure}", *getattr(failure, "__notes__", ())):
            print(printable(text), file=sys.stderr)
        return 1
    return 0


def run_failure(error: Exception) -> RunError | None:
    """Return what a run failed with as a sentence, None where it is a bug."""
    if isinstance(error, RunError):
        return error
    text = str(error).strip("'\"")
    if not isinstance(error, LookupError) or not text.startswith(NO_GRADIENT):
        return None
    operation = text.removeprefix(NO_GRADIENT)
    return GradientError(
        f"TensorFlow's operation `{operation}` has no gradient, and an update needs one"
        " through it: use another, give it one with tf.custom_gradient, or cut the path"
        " there with stop_gradient."
    )


def printable(text: str) -> str:
    """Return `text` with what could steer a terminal spelled out; lines stay lines.

    Messages quote cells and names of data files, which may hold anything.
    """
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)
