"""The outermost frame of a generated script: errors as sentences, exit codes."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from loopc_runtime.errors import RunError
from loopc_runtime.signals import Interrupted


def run_main(
    function: Callable[..., object],
    config: object,
    workdir: Path,
    data_dir: Path,
    **extra: Any,
) -> int:
    """Call `function(config, workdir, data_dir, **extra)`; return the exit code.

    0 where it ends well, 1 with `error: ...` on standard error where the run failed,
    130 or 143 where a signal stopped it. Other exceptions are bugs and pass.
    """
    try:
        function(config, Path(workdir), Path(data_dir), **extra)
    except Interrupted as interruption:
        return int(interruption.code or 0)
    except KeyboardInterrupt:  # before the run watches for signals
        return 130
    except RunError as error:
        print(f"error: {printable(str(error))}", file=sys.stderr)
        return 1
    return 0


def printable(text: str) -> str:
    """Return `text` with what could steer a terminal spelled out; lines stay lines.

    Messages quote cells and names of data files, which may hold anything.
    """
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)
