"""Arguments and options that several commands share."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from loopc.diagnostics.render import FORMATS

F = TypeVar("F", bound=Callable[..., Any])

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def spec_argument(command: F) -> F:
    """The program: a path, or `-` for standard input."""
    return click.argument("spec", metavar="SPEC")(command)


def specs_argument(command: F) -> F:
    """One or several programs."""
    return click.argument("specs", metavar="SPEC...", nargs=-1, required=True)(command)


def format_option(command: F) -> F:
    """How diagnostics are written."""
    return click.option(
        "--format",
        "format",
        type=click.Choice(FORMATS),
        default="text",
        show_default=True,
        help="How diagnostics are written.",
    )(command)


def stdin_filename_option(command: F) -> F:
    """What diagnostics call standard input."""
    return click.option(
        "--stdin-filename",
        metavar="NAME",
        help="What diagnostics call standard input.",
    )(command)


def set_option(command: F) -> F:
    """Overrides of params, as a mapping from names to texts of expressions."""
    return click.option(
        "--set",
        "overrides",
        metavar="NAME=VALUE",
        multiple=True,
        callback=_overrides,
        help="Give a param another value, written as in the language. Repeatable.",
    )(command)


def _overrides(
    ctx: click.Context, option: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    overrides: dict[str, str] = {}
    for item in given:
        name, equals, value = item.partition("=")
        name = name.strip()
        if not equals or not _NAME.fullmatch(name):
            raise click.BadParameter(f"`{item}` is not `name=value`", ctx, option)
        if name in overrides:
            raise click.BadParameter(f"`{name}` is set twice", ctx, option)
        overrides[name] = value
    return overrides


def no_extern_option(command: F) -> F:
    """Whether programs may name Python that training would import."""
    return click.option(
        "--no-extern",
        "no_extern",
        is_flag=True,
        help="Refuse programs that name Python of their own with `extern`.",
    )(command)


def workdir_option(command: F) -> F:
    """The run folder."""
    from pathlib import Path

    return click.option(
        "--workdir",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="The run folder. Default: runs/NAME, after the program.",
    )(command)


def data_option(command: F) -> F:
    """The folder that the data files of the program are looked up in."""
    from pathlib import Path

    return click.option(
        "--data",
        "data_dir",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        metavar="DIR",
        help="Where the data files lie. Default: the folder of SPEC.",
    )(command)
