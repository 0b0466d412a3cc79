"""`loopc check`: find everything that is wrong, run nothing."""

import os
import sys

import click

from loopc.cli.files import STDIN, imports_beside, read_program
from loopc.cli.options import (
    format_option,
    no_extern_option,
    set_option,
    specs_argument,
    stdin_filename_option,
)
from loopc.cli.reporting import report
from loopc.diagnostics.model import Severity
from loopc.diagnostics.render import Format
from loopc.diagnostics.render.finding import Finding
from loopc.driver import CheckResult, check_source
from loopc.source import Source


@click.command
@specs_argument
@set_option
@no_extern_option
@format_option
@stdin_filename_option
def check(
    specs: tuple[str, ...],
    overrides: dict[str, str],
    no_extern: bool,
    format: Format,
    stdin_filename: str | None,
) -> int:
    """Report what is wrong with programs; exit with 1 for an error or a warning.

    SPEC is a .loop file, or - for standard input.
    """
    sources = [read_program(spec, stdin_filename) for spec in specs]
    each = (_findings(source, overrides, no_extern) for source in sources)
    findings = [finding for found in each for finding in found]
    report(findings, format, sys.stdout)
    if not findings and format == "text":
        programs = "1 program" if len(specs) == 1 else f"{len(specs)} programs"
        click.echo(f"{programs} checked, nothing found")
    grave = [f for f in findings if f.diagnostic.severity is not Severity.ADVICE]
    return 1 if grave else 0


def _findings(
    source: Source | Finding, overrides: dict[str, str], no_extern: bool
) -> list[Finding]:
    if isinstance(source, Finding):
        return [source]
    result = check_source(
        source.text,
        source.name,
        overrides,
        imports=imports_beside(source.name),
        allow_extern=not no_extern,
    )
    if not _has_data(result, source.name):
        return result.findings
    from loopc.cli.data_fit import with_data_findings
    from loopc.cli.naming import default_data_dir

    return with_data_findings(result, default_data_dir(source.name)).findings


def _has_data(result: CheckResult, spec: str) -> bool:
    """Whether a file is there that a program reads: looking into it imports much."""
    if result.checked is None:
        return False
    from loopc.semantics.checked import CheckedSource

    folder = "" if spec == STDIN else os.path.dirname(spec)
    splits = (split for data in result.checked.data for split in data.splits)
    sources = (split for split in splits if isinstance(split, CheckedSource))
    files = (file for source in sources for file in source.files.values())
    return any(os.path.isfile(os.path.join(folder, file)) for file in files)
