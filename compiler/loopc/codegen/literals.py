"""Values as Python source: numbers as people write them, text that does no harm."""

import math

from loopc.diagnostics.model import CompilerBug
from loopc.semantics.checked import Duration, ObjectValue, StaticValue

COMMENT_LIMIT = 200


def literal(value: StaticValue) -> str:
    """Python source of a static value. Raises CompilerBug for what has no literal."""
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, int):
        return integer(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, str):
        return string(value)
    if isinstance(value, tuple):
        items = ", ".join(literal(v) for v in value)
        return f"({items},)" if len(value) == 1 else f"({items})"
    if isinstance(value, ObjectValue):
        options = ", ".join(f"{name}={literal(v)}" for name, v in value.options)
        return f"{value.python}({options})"
    assert isinstance(value, Duration)
    raise CompilerBug(f"a duration has no literal: {value}")


def integer(value: int) -> str:
    """Groups of three digits from 10,000 on."""
    return f"{value:_}" if abs(value) >= 10_000 else str(value)


def number(value: float) -> str:
    """The shortest text that reads back equal."""
    if not math.isfinite(value):
        raise CompilerBug(f"a number of the program is not finite: {value}")
    text = repr(value)
    if "e" in text:
        mantissa, exponent = text.split("e")
        return f"{mantissa.removesuffix('.0')}e{int(exponent)}"
    if value.is_integer() and abs(value) >= 10_000:
        return f"{int(value):_}.0"
    if 0 < abs(value) <= 1e-3:
        return _scientific(value)
    return text


def _scientific(value: float) -> str:
    mantissa, exponent = f"{value:.17e}".split("e")
    for digits in range(17):
        short = f"{value:.{digits}e}"
        if float(short) == value:
            mantissa, exponent = short.split("e")
            break
    return f"{mantissa}e{int(exponent)}"


def string(value: str) -> str:
    """An ASCII string literal; every other character is escaped."""
    text = ascii(value)
    if text.startswith("'") and '"' not in text:
        text = '"' + text[1:-1].replace("\\'", "'") + '"'
    return text


def prose(text: str) -> str:
    """User text for a docstring or comment: one line, printable ASCII, no quotes that
    could end it, at most 200 characters.
    """
    collapsed = " ".join(text.split())
    clean = "".join(c if " " <= c <= "~" else "?" for c in collapsed)
    clean = clean.replace("\\", "/").replace('"', "'")
    return clean[:COMMENT_LIMIT]
