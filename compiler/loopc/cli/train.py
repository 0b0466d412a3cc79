"""`loopc train`: compile a program and run it; what was interrupted goes on."""

from functools import partial
from pathlib import Path

import click

from loopc.cli.compiling import require_compiled, require_program
from loopc.cli.extern_faults import extern_fault
from loopc.cli.launch import launch, look_beside, require_tensorflow
from loopc.cli.naming import default_data_dir, default_workdir
from loopc.cli.options import (
    data_option,
    format_option,
    no_extern_option,
    set_option,
    spec_argument,
    stdin_filename_option,
    workdir_option,
)
from loopc.cli.run_folder import Record, begin, script_path, set_aside
from loopc.diagnostics.render import Format


@click.command
@spec_argument
@workdir_option
@data_option
@set_option
@no_extern_option
@click.option(
    "--fresh", is_flag=True, help="Start anew; an earlier run is renamed, not removed."
)
@format_option
@stdin_filename_option
def train(
    spec: str,
    workdir: Path | None,
    data_dir: Path | None,
    overrides: dict[str, str],
    no_extern: bool,
    fresh: bool,
    format: Format,
    stdin_filename: str | None,
) -> int:
    """Train a program. A run that was stopped goes on from its last checkpoint."""
    from loopc.cli.imports import imported_texts

    source = require_program(spec, format, stdin_filename)
    data = data_dir or default_data_dir(spec)
    result = require_compiled(
        source, overrides, format, allow_extern=not no_extern, data_dir=data
    )
    assert result.script is not None
    assert result.checked is not None
    require_tensorflow()
    if result.checked.externs:
        look_beside(spec)
    folder = workdir or default_workdir(spec)
    if fresh and (aside := set_aside(folder)):
        click.echo(f"the earlier run is now in {aside}", err=True)
    imports = imported_texts(result.sources)
    begin(folder, Record(source.text, overrides, result.script, imports))
    explain = partial(
        extern_fault, externs=result.checked.externs, sources=result.sources
    )
    return launch(script_path(folder), folder, data, explain)
