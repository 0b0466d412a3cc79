"""`loopc plot`: schedules of a program over the run, drawn."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from loopc.cli.compiling import require_planned, require_program
from loopc.cli.failure import Failure
from loopc.cli.naming import default_data_dir
from loopc.cli.options import (
    data_option,
    format_option,
    set_option,
    spec_argument,
    stdin_filename_option,
)
from loopc.diagnostics.render import Format

if TYPE_CHECKING:
    from loopc.planning.schedule_curve import Curve
    from loopc.planning.schedule_values import Horizon
    from loopc.semantics.checked import CheckedSchedule

FORMAT_VERSION = "1.0"
Named: TypeAlias = "Mapping[str, CheckedSchedule]"
COUNT = click.IntRange(min=1)


@click.command
@spec_argument
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write an .svg or a .png file instead of drawing in the terminal.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the values as JSON.")
@click.option("--steps", type=COUNT, help="Draw so many steps, not the whole run.")
@click.option(
    "--steps-per-epoch", type=COUNT, help="Use it instead of counting the data."
)
@data_option
@set_option
@format_option
@stdin_filename_option
def plot(
    spec: str,
    names: tuple[str, ...],
    output: Path | None,
    as_json: bool,
    steps: int | None,
    steps_per_epoch: int | None,
    data_dir: Path | None,
    overrides: dict[str, str],
    format: Format,
    stdin_filename: str | None,
) -> int:
    """Draw schedules of a program, all of them or those named.

    Each is drawn over the whole run, with marks where its pieces begin. Epochs are
    counted from the data files, which have to be there, or said.
    """
    source = require_program(spec, format, stdin_filename)
    result = require_planned(source, overrides, format)
    assert result.plan is not None
    assert result.checked is not None
    from loopc.cli.data_rows import stream_rows
    from loopc.planning.describe import horizon_of

    rows = stream_rows(result.checked, data_dir or default_data_dir(spec))
    horizon = horizon_of(result.checked.trains[0], rows, steps_per_epoch)
    named = {s.name: s for s in result.checked.schedules}
    curves = [_curve(named, name, horizon, steps) for name in _chosen(named, names)]
    if output is not None:
        _write(curves, output)
    elif as_json:
        shown = [curve.as_json() for curve in curves]
        document = {"format_version": FORMAT_VERSION, "schedules": shown}
        click.echo(json.dumps(document, indent=2))
    else:
        _draw(curves)
    return 0


def _chosen(named: Named, names: tuple[str, ...]) -> tuple[str, ...]:
    """The schedules to draw: those asked for, or all. Raises Failure."""
    if not named:
        raise Failure("the program declares no schedule")
    for name in names:
        if name not in named:
            known = ", ".join(f"`{n}`" for n in named)
            raise Failure(f"there is no schedule `{name}`; there is {known}", 2)
    return names or tuple(named)


def _curve(named: Named, name: str, horizon: "Horizon", steps: int | None) -> "Curve":
    from loopc.planning.schedule_curve import schedule_curve
    from loopc.planning.schedule_values import Unknown

    length = steps or horizon.total_steps
    if length is None:
        raise Failure(
            "how many steps the run has is not known: its data files are not there, or"
            " it is bounded by time; give `--data`, `--steps-per-epoch` or `--steps`"
        )
    try:
        return schedule_curve(named[name], named, horizon, length)
    except Unknown as unknown:
        raise Failure(f"`{name}` cannot be drawn: it needs {unknown}") from unknown


def _write(curves: "list[Curve]", output: Path) -> None:
    if output.suffix == ".svg":
        from loopc.cli.plots.svg import draw_svg

        output.write_text(draw_svg(curves), encoding="utf-8")
    elif output.suffix == ".png":
        from loopc.cli.plots.png import write_png

        write_png(curves, output)
    else:
        raise Failure(f"{output} is neither an `.svg` nor a `.png`", 2)
    click.echo(f"wrote {output}")


def _draw(curves: "list[Curve]") -> None:
    from loopc.cli.plots.terminal import draw

    width = min(shutil.get_terminal_size().columns, 100)
    click.echo("\n".join(draw(curve, width) for curve in curves), nl=False)
