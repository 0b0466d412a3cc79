"""Numbers and strings of the language: their values, or what is wrong with their
spelling.

Limits are those of a careful reader, not of Python: ASCII digits, at most 32 of them
that count, integers below 2**63, decimal exponents within 308, strings of at most
65,536 code points.
"""

import math
import re
from typing import Final

from loopc.records import dataclass

MAX_DIGITS: Final = 32
MAX_INTEGER: Final = 2**63 - 1
MAX_EXPONENT: Final = 308
MAX_STRING: Final = 65_536

ESCAPES: Final = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}

_DIGITS = r"[0-9]+(?:_[0-9]+)*"
_NUMBER = re.compile(
    rf"(?P<whole>{_DIGITS})(?P<fraction>\.{_DIGITS})?(?:[eE](?P<exponent>[+-]?[0-9]+))?"
)
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class LiteralProblem:
    """Why a literal has no value: `fact` for the label, `help` for the remedy."""

    fact: str
    help: str
    out_of_range: bool = False
    number: str = ""  # the part that is a number, where a name runs into it


def parse_number(text: str) -> int | float | LiteralProblem:
    """The value of `60_000`, `1e-3`; an int exactly where neither `.` nor exponent
    stands.
    """
    match = _NUMBER.fullmatch(text)
    if match is None:
        return _describe_malformed(text)
    whole = match["whole"].replace("_", "")
    if len(whole) > 1 and whole.startswith("0"):
        return LiteralProblem("this number starts with a zero", "drop leading zeros")
    if match["fraction"] is None and match["exponent"] is None:
        return _parse_integer(whole)
    return _parse_float(whole, match["fraction"], match["exponent"])


def _parse_integer(digits: str) -> int | LiteralProblem:
    if len(digits) > MAX_DIGITS or int(digits) > MAX_INTEGER:
        return LiteralProblem(
            "this is 2^63 or more", "integers go up to 9223372036854775807", True
        )
    return int(digits)


def _parse_float(
    whole: str, fraction: str | None, exponent: str | None
) -> float | LiteralProblem:
    digits = whole + (fraction or "").replace("_", "")
    if len(digits) > MAX_DIGITS + 1:
        return LiteralProblem(
            f"this has more than {MAX_DIGITS} digits", "round it", True
        )
    power = (exponent or "0").lstrip("+-")
    if len(power) > 4 or int(power) > MAX_EXPONENT:
        return LiteralProblem(
            "the exponent is beyond 308", "stay within 1e-308 .. 1e308", True
        )
    value = float(f"{digits}e{exponent or 0}")
    if not math.isfinite(value):
        return LiteralProblem("this is not finite", "stay within 1e-308 .. 1e308", True)
    return value


def _describe_malformed(text: str) -> LiteralProblem:
    word = re.fullmatch(rf"({_DIGITS}(?:\.{_DIGITS})?)([A-Za-z]\w*)", text)
    if text[:2].lower() in ("0x", "0b", "0o"):
        return LiteralProblem("numbers are written in decimal", "write it in base ten")
    if word is not None:
        number, name = word.groups()
        return LiteralProblem(
            "a name runs into this number",
            f"put a blank between them: `{number} {name}`",
            number=number if isinstance(parse_number(number), int | float) else "",
        )
    if "_" in text:
        return LiteralProblem(
            "`_` stands only between two digits", "write it like `60_000`"
        )
    return LiteralProblem(
        "this is not a number", "numbers look like `128`, `0.5`, `1e-3`"
    )


def parse_string(text: str) -> str | LiteralProblem:
    """The value of a string with its quotes; escapes are `\\"`, `\\\\`, `\\n` and
    `\\t`.
    """
    if _STRING.fullmatch(text) is None:
        return LiteralProblem(
            "this string does not end on its line", 'close it with `"`'
        )
    if len(text) > MAX_STRING:
        return LiteralProblem(
            f"this string is longer than {MAX_STRING} characters", "shorten it", True
        )
    body = text[1:-1]
    if "\\" not in body:
        return body
    unknown = next((m for m in _ESCAPE.finditer(body) if m[1] not in ESCAPES), None)
    if unknown is not None:
        return LiteralProblem(
            f"`{unknown[0]}` is not an escape",
            'escapes are `\\"`, `\\\\`, `\\n` and `\\t`',
        )
    return _ESCAPE.sub(lambda m: ESCAPES[m[1]], body)


def quote(value: str) -> str:
    """The spelling of a string that `parse_string` reads back."""
    for name, character in (("\\", "\\"), ('"', '"'), ("n", "\n"), ("t", "\t")):
        value = value.replace(character, f"\\{name}")
    return f'"{value}"'
