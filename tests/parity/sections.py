"""The page of parity has writers for transforms, several objectives, and wrappers."""

from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "parity.md"
SECOND = "\n## Several objectives\n"
THIRD = "\n## Wrappers\n"


def first_section() -> str:
    """Return what is written of transforms that take one gradient."""
    return PAGE.read_text("utf-8").partition(SECOND)[0]


def second_section() -> str:
    """Return what is written of several objectives, from its heading on."""
    _, heading, rest = PAGE.read_text("utf-8").partition(SECOND)
    return heading + rest.partition(THIRD)[0]


def third_section() -> str:
    """Return what is written of wrappers, from its heading on."""
    _, heading, rest = PAGE.read_text("utf-8").partition(THIRD)
    return heading + rest


def write(
    *, first: str | None = None, second: str | None = None, third: str | None = None
) -> None:
    """Write one of the sections anew."""
    first = first_section() if first is None else first
    second = second_section() if second is None else second
    third = third_section() if third is None else third
    PAGE.write_text(first + second + third, "utf-8")
