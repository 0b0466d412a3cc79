"""Compiling for a command: diagnostics go to standard error, and errors end it."""

import sys
from pathlib import Path

import click

from loopc.cli.files import imports_beside, read_program
from loopc.cli.reporting import report
from loopc.diagnostics.render import Format
from loopc.diagnostics.render.finding import Finding
from loopc.driver import CompileResult, compile_source, plan_source
from loopc.source import Source


def require_program(spec: str, format: Format, stdin_filename: str | None) -> Source:
    """Return the program's text, or print what is wrong with its bytes and exit."""
    source = read_program(spec, stdin_filename)
    if isinstance(source, Finding):
        report([source], format, sys.stderr)
        raise click.exceptions.Exit(1)
    return source


def require_compiled(
    source: Source,
    overrides: dict[str, str],
    format: Format,
    *,
    standalone: bool = False,
    allow_extern: bool = True,
    data_dir: Path | None = None,
) -> CompileResult:
    """Return the compiled program, its warnings printed; exit if it has errors.

    With a `data_dir` the headers of the files there are held against the fields.
    """
    imports = imports_beside(source.name)
    result = compile_source(
        source.text,
        source.name,
        overrides,
        standalone=standalone,
        imports=imports,
        allow_extern=allow_extern,
    )
    return _without_errors(result, format, data_dir)


def require_planned(
    source: Source,
    overrides: dict[str, str],
    format: Format,
    *,
    allow_extern: bool = True,
    data_dir: Path | None = None,
) -> CompileResult:
    """Return what `require_compiled` returns, without the script."""
    imports = imports_beside(source.name)
    result = plan_source(
        source.text, source.name, overrides, imports=imports, allow_extern=allow_extern
    )
    return _without_errors(result, format, data_dir)


def _without_errors(
    result: CompileResult, format: Format, data_dir: Path | None
) -> CompileResult:
    if data_dir is not None:
        from loopc.cli.data_fit import with_data_findings

        result = with_data_findings(result, data_dir)
    report(result.findings, format, sys.stderr)
    if not result.ok:
        raise click.exceptions.Exit(1)
    return result
