"""`make bench`: measure how fast loopc checks programs and its loops train."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    ROOT = Path(__file__).resolve().parent.parent
    sys.path[:0] = [str(ROOT)]
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("LOOPC_PROGRESS", "none")
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(ROOT / name) for name in ("grammar", "compiler", "runtime", ".")]
    )
    from benchmarks.suite import main

    raise SystemExit(main())
