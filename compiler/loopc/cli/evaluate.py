"""`loopc eval`: run a program's evaluations on a checkpoint of its run."""

import tempfile
from pathlib import Path

import click

from loopc.cli.compiling import require_compiled, require_program
from loopc.cli.failure import Failure
from loopc.cli.files import write_atomically
from loopc.cli.launch import launch, look_beside, require_tensorflow
from loopc.cli.naming import default_data_dir, default_workdir
from loopc.cli.options import (
    data_option,
    format_option,
    set_option,
    spec_argument,
    stdin_filename_option,
    workdir_option,
)
from loopc.cli.run_folder import recorded_overrides
from loopc.diagnostics.render import Format


@click.command("eval")
@spec_argument
@workdir_option
@data_option
@set_option
@click.option(
    "--best", is_flag=True, help="Take the best checkpoint instead of the latest."
)
@format_option
@stdin_filename_option
def evaluate(
    spec: str,
    workdir: Path | None,
    data_dir: Path | None,
    overrides: dict[str, str],
    best: bool,
    format: Format,
    stdin_filename: str | None,
) -> int:
    """Evaluate the latest checkpoint of a run, with the overrides of its training."""
    source = require_program(spec, format, stdin_filename)
    folder = workdir or default_workdir(spec)
    if not folder.is_dir():
        raise Failure(f"there is no run folder `{folder}`; name it with --workdir", 2)
    settings = recorded_overrides(folder) | overrides
    result = require_compiled(source, settings, format)
    assert result.script is not None
    require_tensorflow()
    if result.checked is not None and result.checked.externs:
        look_beside(spec)
    mode = "evaluate-best" if best else "evaluate"
    with tempfile.TemporaryDirectory(prefix="loopc-") as temporary:
        script = Path(temporary) / "script.py"
        write_atomically(script, result.script)
        return launch(script, folder, data_dir or default_data_dir(spec), mode=mode)
