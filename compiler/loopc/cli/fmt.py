"""`loopc fmt`: the one canonical form of a program, comments kept."""

import sys

import click

from loopc.cli.files import STDIN, read_program, write_atomically
from loopc.cli.options import format_option, specs_argument, stdin_filename_option
from loopc.cli.reporting import report
from loopc.diagnostics.render import Format
from loopc.diagnostics.render.finding import Finding
from loopc.diagnostics.visible import visible
from loopc.driver import format_source
from loopc.source import Source


@click.command
@specs_argument
@click.option(
    "--check", is_flag=True, help="Write nothing; exit with 1 if a file would change."
)
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@format_option
@stdin_filename_option
def fmt(
    specs: tuple[str, ...],
    check: bool,
    diff: bool,
    format: Format,
    stdin_filename: str | None,
) -> int:
    """Rewrite programs in their canonical form; - goes from standard input to output.

    Exits with 1 if a program does not parse, or with --check or --diff if it would
    change.
    """
    sources = [(spec, read_program(spec, stdin_filename)) for spec in specs]
    outcomes = [_format(spec, source) for spec, source in sources]
    findings = [finding for found, _ in outcomes for finding in found]
    if findings:
        report(findings, format, sys.stderr)
    changed = False
    for (spec, source), (_, text) in zip(sources, outcomes, strict=True):
        if isinstance(source, Source) and text is not None:
            changed |= source.text != text
            _deliver(spec, source, text, check=check, diff=diff)
    unparsed = any(text is None for _, text in outcomes)
    return 1 if unparsed or (changed and (check or diff)) else 0


def _format(spec: str, source: Source | Finding) -> tuple[list[Finding], str | None]:
    if isinstance(source, Finding):
        return [source], None
    result = format_source(source.text, source.name)
    return result.findings, result.text


def _deliver(spec: str, source: Source, text: str, *, check: bool, diff: bool) -> None:
    """Write, show or announce the new text, as the options say."""
    if diff:
        sys.stdout.write(_difference(source, text))
    if check and source.text != text:
        click.echo(f"would reformat {visible(source.name)}", err=True)
    if check or diff:
        return
    if spec == STDIN:
        sys.stdout.write(text)
    elif source.text != text:
        from pathlib import Path

        write_atomically(Path(spec).resolve(), text)
        click.echo(f"reformatted {visible(source.name)}", err=True)


def _difference(source: Source, text: str) -> str:
    from difflib import unified_diff

    name = visible(source.name)
    before, after = source.text.split("\n"), text.split("\n")
    lines = unified_diff(before, after, name, f"{name} (formatted)", lineterm="")
    return "".join(f"{line}\n".replace("\r", visible("\r")) for line in lines)
