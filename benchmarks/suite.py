"""All measurements as tables, on standard output."""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable

from benchmarks.checking import measure_check
from benchmarks.timing import Loop, Rate, interleaved, middle, rate, spread
from benchmarks.workloads import PROGRAMS, Workload, available

CONTESTANTS = ("generated", "by hand", "by hand, XLA")
WARM_UP_SECONDS = 1.5
SECONDS_A_ROUND = 1.0


def main() -> int:
    """Measure what the command line asks for; everything without an argument."""
    parts = {
        "check": show_check,
        "speed": show_speed,
        "samples": show_samples,
        "whole": show_whole,
        "optimizers": show_optimizers,
    }
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="|".join(parts))
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - set(parts)
    if unknown:
        parser.error(f"there is no part `{unknown.pop()}`")
    for name in arguments.parts or parts:
        parts[name](arguments.rounds)
    return 0


def show_check(rounds: int) -> None:
    """Print how long a check takes."""
    found = measure_check(3 * rounds)
    print("\n| process | ms | to `import lark` |\n|---|---:|---:|")
    for name, seconds in found.items():
        ratio = seconds / found["import lark"]
        print(f"| `{name}` | {1e3 * seconds:.0f} | {ratio:.2f} |", flush=True)


def show_speed(rounds: int) -> None:
    """Print steps per second after warm-up, all loops taking turns in one process."""
    print("\n| loop | contestant | steps/s | spread | ratio | per CPU second | ratio |")
    print("|---|---|--:|--:|--:|--:|--:|")
    for workload in available():
        found = measure_speed(workload, rounds)
        ours = [middle(rates) for rates in zip(*found["generated"], strict=True)]
        for name, measured in found.items():
            wall, cpu = ([*each] for each in zip(*measured, strict=True))
            line = f"| {workload.name} | {name} | {middle(wall):,.0f} "
            line += f"| {spread(wall):.0%} | {ours[0] / middle(wall):.1f}x "
            line += f"| {middle(cpu):,.0f} | {ours[1] / middle(cpu):.1f}x |"
            print(line, flush=True)


def measure_speed(workload: Workload, rounds: int) -> dict[str, list[Rate]]:
    """Return how fast each contestant was in each round."""
    from benchmarks.worker import make_loop

    loops = {name: make_loop(name, workload) for name in CONTESTANTS}
    for loop in loops.values():
        rate(loop, WARM_UP_SECONDS)
    try:
        return interleaved({k: _rated(v) for k, v in loops.items()}, rounds)
    finally:
        for loop in loops.values():
            loop.close()


def _rated(loop: Loop) -> Callable[[], Rate]:
    return lambda: rate(loop, SECONDS_A_ROUND)


def show_samples(rounds: int) -> None:
    """Print steps per second of samples of the step language, against loops by hand."""
    from benchmarks.generated import Generated
    from benchmarks.sample_loops import LOOPS

    print(
        "\n| sample | generated, steps/s | by hand, steps/s | ratio | per CPU second |"
    )
    print("|---|--:|--:|--:|--:|")
    for sample in PROGRAMS:
        loops: dict[str, Loop] = {
            "generated": Generated(sample),
            "by hand": LOOPS[sample.name](),
        }
        for loop in loops.values():
            rate(loop, WARM_UP_SECONDS)
        found = interleaved({k: _rated(v) for k, v in loops.items()}, rounds)
        ours, theirs = (
            [middle(rates) for rates in zip(*found[name], strict=True)]
            for name in loops
        )
        line = f"| {sample.name} | {ours[0]:,.0f} | {theirs[0]:,.0f} "
        line += f"| {ours[0] / theirs[0]:.1f}x | {ours[1] / theirs[1]:.1f}x |"
        print(line, flush=True)


def show_optimizers(rounds: int) -> None:
    """Print what a step of an optimizer costs: ours, Keras' and optax'."""
    from benchmarks.optimizers import show_costs

    show_costs(rounds)


def show_whole(rounds: int) -> None:
    """Print wall time and peak memory of whole processes, start-up included."""
    print("\n| loop | contestant | steps | seconds | peak MiB | data MiB |")
    print("|---|---|--:|--:|--:|--:|")
    for workload in available():
        size = sum(a[: workload.rows].nbytes for a in workload.data()) / 2**20
        runs = {name: _whole(name, workload) for name in CONTESTANTS}
        for name, results in interleaved(runs, max(1, rounds // 2)).items():
            steps = workload.steps
            seconds, peak = (middle(each) for each in zip(*results, strict=True))
            line = f"| {workload.name} | {name} | {steps:,} | {seconds:.1f} "
            print(line + f"| {peak:.0f} | {size:.0f} |", flush=True)


def _whole(contestant: str, workload: Workload) -> Callable[[], tuple[float, float]]:
    command = [sys.executable, "-m", "benchmarks.worker", contestant]
    command += [workload.name, str(workload.steps)]

    def run() -> tuple[float, float]:
        began = time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        seconds = time.perf_counter() - began
        return seconds, json.loads(done.stdout.splitlines()[-1])["peak_kib"] / 1024

    return run
