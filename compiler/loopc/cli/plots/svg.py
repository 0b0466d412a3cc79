"""Curves as an SVG file: axes, round numbers, a line for each, marks of boundaries."""

from collections.abc import Iterator, Sequence
from html import escape

from loopc.cli.plots.scale import short, span, ticks
from loopc.planning.schedule_curve import Curve
from loopc.records import dataclass

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 72, 20, 40, 44
COLORS = ("#1f6feb", "#d1242f", "#1a7f37", "#8250df", "#bf8700", "#0a7ea4")
FONT = "font-family='system-ui, sans-serif' font-size='12'"


@dataclass(frozen=True, slots=True)
class Frame:
    """Where counts and values lie on the page."""

    last: int
    low: float
    high: float

    def x(self, count: float) -> float:
        return LEFT + count / max(self.last, 1) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def draw_svg(curves: Sequence[Curve]) -> str:
    """The curves in one frame, as the text of an SVG file."""
    low, high = span([value for curve in curves for value in curve.values])
    frame = Frame(max(curve.steps for curve in curves) - 1, low, high)
    size = f"width='{WIDTH}' height='{HEIGHT}' viewBox='0 0 {WIDTH} {HEIGHT}'"
    lines = [f"<svg xmlns='http://www.w3.org/2000/svg' {size} {FONT}>"]
    lines.append(f"<rect width='{WIDTH}' height='{HEIGHT}' fill='white'/>")
    lines += _axes(frame)
    for number, curve in enumerate(curves):
        lines += _curve(frame, curve, COLORS[number % len(COLORS)], number)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _axes(frame: Frame) -> Iterator[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for value in ticks(frame.low, frame.high, 6):
        y = frame.y(value)
        yield _line(LEFT, y, right, y, "#e5e7eb")
        yield _text(LEFT - 8, y + 4, short(value), "end")
    for count in ticks(0, frame.last, 7):
        x = frame.x(count)
        yield _line(x, bottom, x, bottom + 5, "#6b7280")
        yield _text(x, bottom + 20, short(count), "middle")
    yield _line(LEFT, bottom, right, bottom, "#6b7280")
    yield _text((LEFT + right) / 2, HEIGHT - 8, "step", "middle")


def _curve(frame: Frame, curve: Curve, color: str, number: int) -> Iterator[str]:
    for boundary in curve.boundaries:
        x = frame.x(boundary)
        dashes = "stroke-dasharray='3 4'"
        yield _line(x, TOP, x, HEIGHT - BOTTOM, color, f"{dashes} opacity='0.6'")
    pairs = zip(curve.counts, curve.values, strict=True)
    points = " ".join(f"{frame.x(c):.2f},{frame.y(v):.2f}" for c, v in pairs)
    yield (
        f"<polyline points='{points}' fill='none' stroke='{color}' stroke-width='1.8'"
        " stroke-linejoin='round'/>"
    )
    yield _text(LEFT + 150 * number, TOP - 16, curve.name, "start", color)


def _line(
    x1: float, y1: float, x2: float, y2: float, color: str, more: str = ""
) -> str:
    places = f"x1='{x1:.2f}' y1='{y1:.2f}' x2='{x2:.2f}' y2='{y2:.2f}'"
    return f"<line {places} stroke='{color}' {more}".rstrip() + "/>"


def _text(x: float, y: float, text: str, anchor: str, color: str = "#374151") -> str:
    place = f"x='{x:.2f}' y='{y:.2f}' text-anchor='{anchor}' fill='{color}'"
    return f"<text {place}>{escape(text)}</text>"
