"""Colours of the text renderer: escape sequences on a terminal, nothing elsewhere."""

from loopc.diagnostics.model import Severity
from loopc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """What switches each role on, and what switches all of them off."""

    error: str = ""
    warning: str = ""
    advice: str = ""
    frame: str = ""
    strong: str = ""
    off: str = ""

    def of(self, severity: Severity) -> str:
        match severity:
            case Severity.ERROR:
                return self.error
            case Severity.WARNING:
                return self.warning
            case Severity.ADVICE:
                return self.advice

    def paint(self, colour: str, text: str) -> str:
        return f"{colour}{text}{self.off}" if colour and text else text


PLAIN = Palette()
COLOURS = Palette(
    error="\x1b[1;31m",
    warning="\x1b[1;33m",
    advice="\x1b[1;36m",
    frame="\x1b[34m",
    strong="\x1b[1m",
    off="\x1b[0m",
)
