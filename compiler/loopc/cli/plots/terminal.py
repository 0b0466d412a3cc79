"""A curve drawn with braille dots: two by four of them in each character."""

from collections.abc import Iterator

from loopc.cli.plots.scale import short, span
from loopc.planning.schedule_curve import Curve

# The bit of each dot in a braille character, by row and column.
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
BLANK = 0x2800
LEAST_WIDTH = 20


def draw(curve: Curve, width: int = 80, height: int = 12) -> str:
    """The curve as lines of text at most `width` wide, boundaries marked below."""
    low, high = span(curve.values)
    labels = {0: short(high), height - 1: short(low)}
    margin = max(len(label) for label in labels.values())
    columns = max(width - margin - 3, LEAST_WIDTH)
    lines = [_title(curve)]
    for number, row in enumerate(_rows(curve, columns, height, low, high)):
        lines.append(f"{labels.get(number, ''):>{margin}} \u2524{row}")
    marks = ["\u2500"] * columns
    for boundary in curve.boundaries:
        marks[_column(boundary, curve, columns)] = "\u2534"
    lines.append(f"{'':>{margin}} \u2514{''.join(marks).rstrip()}")
    last = f"{curve.steps - 1:,}"
    lines.append(f"{'':>{margin}}  0{last:>{columns - 1}}")
    return "\n".join([*lines, *_notes(curve, width)]) + "\n"


def _title(curve: Curve) -> str:
    epochs = ""
    if curve.steps_per_epoch:
        epochs = f", {curve.steps / curve.steps_per_epoch:g} epochs"
    return f"{curve.name} over {curve.steps:,} steps{epochs}"


def _column(count: float, curve: Curve, columns: int) -> int:
    return round(count / max(curve.steps - 1, 1) * (columns - 1))


def _rows(
    curve: Curve, columns: int, height: int, low: float, high: float
) -> Iterator[str]:
    """Dots joined by vertical strokes where the curve jumps."""
    cells = [[0] * columns for _ in range(height)]
    before: int | None = None
    for x, value in _samples(curve, 2 * columns):
        y = round((high - value) / (high - low) * (4 * height - 1))
        start = y if before is None or abs(before - y) <= 1 else before
        for dot in range(min(start, y), max(start, y) + 1):
            cells[dot // 4][x // 2] |= DOTS[dot % 4][x % 2]
        before = y
    for row in cells:
        yield "".join(chr(BLANK + bits) if bits else " " for bits in row).rstrip()


def _samples(curve: Curve, dots: int) -> Iterator[tuple[int, float]]:
    """One value for each column of dots; a straight line between known counts."""
    position = 0
    for x in range(dots):
        count = x / (dots - 1) * (curve.steps - 1)
        while curve.counts[position + 1 :] and curve.counts[position + 1] <= count:
            position += 1
        value = curve.values[position]
        if position + 1 < len(curve.counts):
            left, right = curve.counts[position : position + 2]
            share = (count - left) / (right - left)
            value += (curve.values[position + 1] - value) * share
        yield x, value


def _notes(curve: Curve, width: int) -> Iterator[str]:
    """What the values are at the ends and where pieces begin."""
    known = dict(zip(curve.counts, curve.values, strict=True))
    wanted = sorted({0, *curve.boundaries, curve.steps - 1})
    line = ""
    for count in wanted:
        text = f"{short(known[count])} at {count:,}"
        if line and len(line) + len(text) + 2 > width:
            yield line
            line = ""
        line = f"{line}, {text}" if line else text
    yield line
