"""The entry point: chooses the command, and turns whatever stops it into an exit code.

Commands return their exit code (0 fine, 1 diagnostics or a failed run, 2 usage). Each
is imported when it is named, so that none pays for what another needs.
"""

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from io import StringIO, TextIOWrapper
from typing import NoReturn

import click

from loopc.cli.failure import Failure, reason
from loopc.diagnostics.visible import visible

COMMANDS = {
    "check": "loopc.cli.check:check",
    "fmt": "loopc.cli.fmt:fmt",
    "explain": "loopc.cli.explain:explain",
    "plan": "loopc.cli.plan:plan",
    "plot": "loopc.cli.plot:plot",
    "build": "loopc.cli.build:build",
    "train": "loopc.cli.train:train",
    "eval": "loopc.cli.evaluate:evaluate",
    "list": "loopc.cli.entries:list_entries",
    "doc": "loopc.cli.entries:doc",
}

INTERRUPTED = 130  # 128 + SIGINT, as shells count
# A command makes much and drops little: with Python's 700, a tenth of its time goes
# into looking for garbage that is not there.
OBJECTS_BETWEEN_COLLECTIONS = 100_000


class Commands(click.Group):
    """The commands, in the order in which people meet them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


def _print_version(ctx: click.Context, option: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"loopc {version('loopc')}")
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """Compile .loop files to TensorFlow training loops, and run them.

    Exit codes: 0 fine, 1 diagnostics or a failed run, 2 wrong usage.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    _prepare_streams()
    _leave(run(sys.argv[1:] if arguments is None else arguments))


def _prepare_streams() -> None:
    """Make every text printable, whatever the encoding, and closed streams silent."""
    sys.stdout = sys.stdout or StringIO()
    sys.stderr = sys.stderr or StringIO()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _leave(code: int) -> NoReturn:
    """End the process; what was made is left to the system where nothing runs on.

    To give all of it back first, piece by piece, takes a fifth of the time of `check`.
    """
    if "tensorflow" in sys.modules:
        sys.exit(code)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # closed, or its reader has gone
            stream.flush()
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command; whatever stops it has been said on standard error."""
    try:
        code = cli.main(list(arguments), prog_name="loopc", standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as error:
        return _usage(error)
    except Failure as failure:
        return _say(str(failure), failure.code, failure.details)
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone; the interpreter must not try to flush to it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return _say(f"{error.filename or 'output'}: {reason(error)}", 1)
    except Exception as error:
        return _bug(error)
    return code or 0


def _usage(error: click.UsageError) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return 2
    command = error.ctx.command_path if error.ctx else "loopc"
    message = error.format_message()
    if isinstance(error, click.exceptions.NoSuchCommand):
        message = f"there is no command `{error.command_name}`"
        message += _similar(error.command_name)
    click.echo(f"error: {visible(message)}", err=True)
    click.echo(f"`{command} --help` lists what there is", err=True)
    return 2


def _similar(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, n=1)
    return f"; did you mean `{near[0]}`?" if near else ""


def _say(message: str, code: int, details: Sequence[str] = ()) -> int:
    click.echo(f"error: {visible(message)}", err=True)
    for line in details:
        click.echo(visible(line), err=True)
    return code


def _bug(error: Exception) -> int:
    """Own up to a defect: what broke and where, and on demand the whole traceback."""
    import traceback

    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno}, {frame.name}"
    kind = type(error).__name__
    click.echo("error: this is a bug in loopc, not in your program", err=True)
    click.echo(f"  {kind}: {visible(str(error))} ({place})", err=True)
    if os.environ.get("LOOPC_TRACEBACK"):
        traceback.print_exception(error)
    else:
        click.echo("  LOOPC_TRACEBACK=1 shows the details for a report", err=True)
    return 1
