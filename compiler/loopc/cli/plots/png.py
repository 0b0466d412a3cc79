"""Curves as a PNG file, by matplotlib where that is installed."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from loopc.cli.failure import Failure
from loopc.planning.schedule_curve import Curve


def write_png(curves: Sequence[Curve], path: Path) -> None:
    """Write the curves in one frame. Raises Failure where matplotlib is missing."""
    if find_spec("matplotlib") is None:
        raise Failure(
            "a PNG needs matplotlib, which is not installed: "
            '`pip install "loopc[plot]"`, or write an `.svg`'
        )
    figure = import_module("matplotlib.figure").Figure(
        figsize=(7.2, 4), layout="constrained"
    )
    axes = figure.subplots()
    for curve in curves:
        (line,) = axes.plot(curve.counts, curve.values, label=curve.name)
        for boundary in curve.boundaries:
            axes.axvline(boundary, color=line.get_color(), alpha=0.5, ls=":")
    axes.set_xlabel("step")
    axes.legend(frameon=False)
    figure.savefig(path, format="png", dpi=150)
