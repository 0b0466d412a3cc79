"""One piece of a schedule: `linear(0 -> peak, 500 steps)`, `warmup(rate, 5%)`."""

from collections.abc import Callable
from dataclasses import replace

from loopc.semantics.checked import (
    Duration,
    ScheduleBody,
    SchedulePiece,
    Static,
    WatchedMetric,
)
from loopc.semantics.context import Body
from loopc.semantics.durations import duration_of
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import schedules as errors
from loopc.semantics.options import check_option
from loopc.semantics.values import plain_options, static
from loopc.syntax import ast
from loopc.vocabulary import suggest
from loopc.vocabulary.entry import Mismatch, Option, Required, ScheduleEntry

DURATION_NAMES = ("duration", "over", "every")
PIECE_UNITS = frozenset({"steps", "epochs", "updates", "percent", "rest"})
TIME_UNITS = PIECE_UNITS - {"rest"}

CheckBody = Callable[[Body, ast.Expression], ScheduleBody | None]


def check_piece(
    body: Body, entry: ScheduleEntry, node: ast.Call, check_body: CheckBody
) -> SchedulePiece | None:
    """Sort the arguments of a piece into its arrow, its duration and its numbers.

    `check_body` checks the schedule that a wrapper takes.
    """
    parts = _Parts(body, entry, check_body)
    sound = all([parts.take(argument) for argument in node.arguments])
    if not sound or not parts.finish(node):
        return None
    if not _fits(body, entry, parts, node):
        return None
    return SchedulePiece(
        span=node.span,
        kind=entry.name,
        numbers=parts.numbers,
        times=parts.times,
        inner=parts.inner,
        watches=parts.watches,
        duration=parts.duration and parts.duration[0],
        duration_value=parts.duration and parts.duration[1],
    )


def _fits(body: Body, entry: ScheduleEntry, parts: "_Parts", node: ast.Call) -> bool:
    if entry.verify is None:
        return True
    numbers: dict[str, object] = dict(plain_options(parts.numbers))
    numbers |= {n: tuple(t.value for t in ts) for n, ts in parts.times.items()}
    try:
        entry.verify(numbers)
    except Mismatch as mismatch:
        body.add(errors.piece_mismatch(entry.name, mismatch, node.span))
        return False
    return True


class _Parts:
    """The arguments of one piece as they are met."""

    def __init__(self, body: Body, entry: ScheduleEntry, check_body: CheckBody) -> None:
        self.body = body
        self.entry = entry
        self.check_body = check_body
        self.inner: ScheduleBody | None = None
        self.watches: WatchedMetric | None = None
        self.numbers: dict[str, Static] = {}
        self.times: dict[str, tuple[Static, ...]] = {}
        self.duration: tuple[Duration, Static] | None = None
        self.free = [option.name for option in entry.options]

    def take(self, argument: ast.Argument) -> bool:
        value = argument.value
        if isinstance(value, ast.Arrow):
            return self._arrow(value, argument)
        if argument.name is not None:
            return self._named(argument.name, value)
        if self.entry.watches and self.watches is None:
            return self._watch(value)
        if self.entry.inner and self.inner is None:
            self.inner = self.check_body(self.body, value)
            return self.inner is not None
        if self._is_duration(value):
            return self._duration(value)
        return self._positional(value)

    def _arrow(self, arrow: ast.Arrow, argument: ast.Argument) -> bool:
        if self.entry.arrow is None or argument.name is not None:
            self.body.add(errors.no_arrow(self.entry.name, arrow.span))
            return False
        start, end = self.entry.arrow
        first = self._number(start, arrow.start)
        return self._number(end, arrow.end) and first

    def _watch(self, value: ast.Expression) -> bool:
        match value:
            case ast.Attribute(value=ast.Name(text=split), name=metric):
                self.watches = WatchedMetric(
                    span=value.value.span,
                    eval=split,
                    metric=metric.text,
                    metric_span=metric.span,
                )
                return True
        self.body.add(errors.metric_needed(self.entry.name, value.span))
        return False

    def _is_duration(self, value: ast.Expression) -> bool:
        if not self.entry.time or self.duration is not None:
            return False
        if isinstance(value, ast.Quantity | ast.Percent | ast.Rest):
            return True
        if not isinstance(value, ast.Name):
            return False
        declaration = self.body.context.declarations.find(value.text)
        return (
            isinstance(declaration, ast.Param)
            and declaration.type.base.text == "duration"
        )

    def _duration(self, value: ast.Expression) -> bool:
        what = f"the duration of `{self.entry.name}`"
        units = TIME_UNITS if self.entry.time == "period" else PIECE_UNITS
        self.duration = duration_of(self.body, what, value, units)
        return self.duration is not None

    def _named(self, name: ast.Identifier, value: ast.Expression) -> bool:
        if name.text in DURATION_NAMES and self.entry.time:
            return self._duration(value)
        if self.entry.option(name.text) is not None:
            return self._number(name.text, value)
        known = [option.name for option in self.entry.options]
        guess = suggest(name.text, known)
        self.body.add(
            name_errors.unknown_argument(
                self.entry.name, name.text, name.span, guess, known
            )
        )
        return False

    def _positional(self, value: ast.Expression) -> bool:
        if not self.free:
            most = len(self.entry.options)
            span = value.span
            help = ""
            if self.entry.time and isinstance(value, ast.Number):
                help = f"a duration has a unit: `{value.text} steps`"
            problem = name_errors.too_many_arguments(self.entry.name, most, span, help)
            self.body.add(problem)
            return False
        return self._number(self.free[0], value)

    def _number(self, name: str, value: ast.Expression) -> bool:
        if name in self.free:
            self.free.remove(name)
        option = self.entry.option(name)
        if option is None:
            option = Option(name=name, kind="float")
        if name in self.numbers or name in self.times:
            known = self.numbers.get(name) or self.times[name][0]
            first = known.span
            span, callee = value.span, self.entry.name
            self.body.add(name_errors.repeated_argument(callee, name, span, first))
            return False
        if option.kind == "duration" or (
            option.kind == "durations" and _holds_durations(value)
        ):
            return self._times(option, value)
        if option.kind == "durations":
            option = replace(option, kind="ints")
        number = check_option(self.body, self.entry.name, option, value)
        if number is not None:
            self.numbers[name] = number
        return number is not None

    def _times(self, option: Option, value: ast.Expression) -> bool:
        """Durations of an option; a plain int among several is a count of steps."""
        many = isinstance(value, ast.ListLiteral) and option.kind == "durations"
        items = value.items if many and isinstance(value, ast.ListLiteral) else (value,)
        found = [self._time(option, item) for item in items]
        known = tuple(item for item in found if item is not None)
        if known:
            self.times[option.name] = known
        return len(known) == len(found)

    def _time(self, option: Option, value: ast.Expression) -> Static | None:
        if option.kind == "durations" and not _is_duration_text(value):
            one = Option(name=option.name, kind="int", low=0)
            return check_option(self.body, self.entry.name, one, value)
        what = f"`{option.name}` of `{self.entry.name}`"
        found = duration_of(self.body, what, value, TIME_UNITS)
        return found and found[1]

    def finish(self, node: ast.Call) -> bool:
        """Fill in defaults; say what is missing."""
        if self.entry.watches and self.watches is None:
            self.body.add(errors.metric_needed(self.entry.name, node.span))
            return False
        if self.entry.inner and self.inner is None:
            self.body.add(errors.schedule_needed(self.entry.name, node.span))
            return False
        for option in self.entry.options:
            if option.name in self.numbers or option.name in self.times:
                continue
            if isinstance(option.default, Required):
                self._missing(option, node)
                return False
            self.numbers[option.name] = static(option.default, node.span)
        if self.entry.time in ("lasts", "period") and self.duration is None:
            self.body.add(errors.duration_needed(self.entry.name, node.span))
            return False
        return True

    def _missing(self, option: Option, node: ast.Call) -> None:
        name = self.entry.name
        if self.entry.arrow and option.name in self.entry.arrow:
            self.body.add(errors.arrow_needed(name, node.span))
        else:
            self.body.add(name_errors.missing_argument(name, option.name, node.span))


def _is_duration_text(value: ast.Expression) -> bool:
    return isinstance(value, ast.Quantity | ast.Percent)


def _holds_durations(value: ast.Expression) -> bool:
    items = value.items if isinstance(value, ast.ListLiteral) else (value,)
    return any(_is_duration_text(item) for item in items)
