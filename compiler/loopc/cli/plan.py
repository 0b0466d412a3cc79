"""`loopc plan`: what training would do, step by step, without doing it."""

import json
from pathlib import Path

import click

from loopc.cli.compiling import require_planned, require_program
from loopc.cli.naming import default_data_dir
from loopc.cli.options import (
    data_option,
    format_option,
    no_extern_option,
    set_option,
    spec_argument,
    stdin_filename_option,
)
from loopc.diagnostics.render import Format


@click.command
@spec_argument
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@set_option
@no_extern_option
@format_option
@stdin_filename_option
def plan(
    spec: str,
    data_dir: Path | None,
    as_json: bool,
    overrides: dict[str, str],
    no_extern: bool,
    format: Format,
    stdin_filename: str | None,
) -> int:
    """Show what training would do, and do nothing of it.

    Numbers of steps are known where the data files are there to be counted.
    """
    source = require_program(spec, format, stdin_filename)
    data = data_dir or default_data_dir(spec)
    result = require_planned(
        source, overrides, format, allow_extern=not no_extern, data_dir=data
    )
    assert result.plan is not None
    assert result.checked is not None
    from loopc.cli.data_rows import stream_rows
    from loopc.planning.describe import describe_plan, plan_as_json

    rows = stream_rows(result.checked, data)
    if as_json:
        click.echo(json.dumps(plan_as_json(result.plan, rows), indent=2))
    else:
        click.echo(describe_plan(result.plan, rows), nl=False)
    return 0
