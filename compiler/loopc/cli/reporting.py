"""Printing findings: in colour on a terminal, as plain text or documents elsewhere."""

import os
from collections.abc import Sequence
from typing import TextIO

from loopc.diagnostics.render import Format, render
from loopc.diagnostics.render.finding import Finding

DOCUMENTS: tuple[Format, ...] = (
    "json",
    "sarif",
)  # written where nothing was found, too


def report(findings: Sequence[Finding], format: Format, stream: TextIO) -> None:
    """Print the findings; nothing where there are none and no document is due."""
    if findings or format in DOCUMENTS:
        stream.write(render(findings, format, colour=takes_colour(stream)))
        stream.flush()


def takes_colour(stream: TextIO) -> bool:
    """Say whether a stream is a terminal whose owner did not ask for plain text."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not plain
