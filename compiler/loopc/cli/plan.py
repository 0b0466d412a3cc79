"""`loopc plan`: what training would do, step by step, without doing it."""

import json

import click

from loopc.cli.compiling import require_compiled, require_program
from loopc.cli.options import (
    format_option,
    set_option,
    spec_argument,
    stdin_filename_option,
)
from loopc.diagnostics.render import Format


@click.command
@spec_argument
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@set_option
@format_option
@stdin_filename_option
def plan(
    spec: str,
    as_json: bool,
    overrides: dict[str, str],
    format: Format,
    stdin_filename: str | None,
) -> int:
    """Show what training would do, and do nothing of it."""
    source = require_program(spec, format, stdin_filename)
    result = require_compiled(source, overrides, format)
    assert result.plan is not None
    from loopc.planning.describe import describe_plan, plan_as_json

    if as_json:
        click.echo(json.dumps(plan_as_json(result.plan), indent=2))
    else:
        click.echo(describe_plan(result.plan), nl=False)
    return 0
