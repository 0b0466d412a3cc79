"""One whole training in a process of its own: `worker.py CONTESTANT WORKLOAD STEPS`.

Prints the steps run and the peak of resident memory in KiB, as JSON.
"""

import json
import resource
import sys
from typing import Any

from benchmarks.workloads import WORKLOADS, Workload


def make_loop(contestant: str, workload: Workload) -> Any:
    """Return the loop of a contestant; only its own modules are imported."""
    if contestant == "generated":
        from benchmarks.generated import Generated

        return Generated(workload)
    from benchmarks.handwritten import HandWritten

    return HandWritten(workload, xla=contestant == "by hand, XLA")


def main(contestant: str, name: str, steps: int) -> None:
    """Train for at least `steps` steps and say what it took."""
    loop = make_loop(contestant, WORKLOADS[name])
    while loop.steps < steps:
        loop.advance()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"steps": loop.steps, "peak_kib": peak}))
    loop.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
