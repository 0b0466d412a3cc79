"""One piece of a schedule: `linear(0 -> peak, 500 steps)`."""

from loopc.semantics.checked import Duration, SchedulePiece, Static
from loopc.semantics.context import Body
from loopc.semantics.durations import duration_of
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import schedules as errors
from loopc.semantics.options import check_option
from loopc.semantics.values import static
from loopc.syntax import ast
from loopc.vocabulary import suggest
from loopc.vocabulary.entry import Option, Required, ScheduleEntry

DURATION_NAMES = ("duration", "over")


def check_piece(
    body: Body, entry: ScheduleEntry, node: ast.Call
) -> SchedulePiece | None:
    """Sort the arguments of a piece into its arrow, its duration and its numbers."""
    parts = _Parts(body, entry)
    sound = all([parts.take(argument) for argument in node.arguments])
    if not sound:
        return None
    numbers = parts.finish(node)
    if numbers is None:
        return None
    return SchedulePiece(
        span=node.span,
        kind=entry.name,
        numbers=numbers,
        duration=parts.duration and parts.duration[0],
        duration_value=parts.duration and parts.duration[1],
    )


class _Parts:
    """The arguments of one piece as they are met."""

    def __init__(self, body: Body, entry: ScheduleEntry) -> None:
        self.body = body
        self.entry = entry
        self.numbers: dict[str, Static] = {}
        self.duration: tuple[Duration, Static] | None = None
        self.free = [option.name for option in entry.options]

    def take(self, argument: ast.Argument) -> bool:
        value = argument.value
        if isinstance(value, ast.Arrow):
            return self._arrow(value, argument)
        if argument.name is not None:
            return self._named(argument.name, value)
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

    def _is_duration(self, value: ast.Expression) -> bool:
        if not self.entry.lasts or self.duration is not None:
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
        self.duration = duration_of(self.body, what, value)
        return self.duration is not None

    def _named(self, name: ast.Identifier, value: ast.Expression) -> bool:
        if name.text in DURATION_NAMES and self.entry.lasts:
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
            problem = name_errors.too_many_arguments(self.entry.name, most, span)
            self.body.add(problem)
            return False
        return self._number(self.free[0], value)

    def _number(self, name: str, value: ast.Expression) -> bool:
        if name in self.free:
            self.free.remove(name)
        option = self.entry.option(name)
        if option is None:
            option = Option(name=name, kind="float")
        if name in self.numbers:
            first = self.numbers[name].span
            span, callee = value.span, self.entry.name
            self.body.add(name_errors.repeated_argument(callee, name, span, first))
            return False
        number = check_option(self.body, self.entry.name, option, value)
        if number is not None:
            self.numbers[name] = number
        return number is not None

    def finish(self, node: ast.Call) -> dict[str, Static] | None:
        """Fill in defaults; say what is missing."""
        for option in self.entry.options:
            if option.name in self.numbers:
                continue
            if isinstance(option.default, Required):
                self._missing(option, node)
                return None
            self.numbers[option.name] = static(option.default, node.span)
        return self.numbers

    def _missing(self, option: Option, node: ast.Call) -> None:
        name = self.entry.name
        if self.entry.arrow and option.name in self.entry.arrow:
            self.body.add(errors.arrow_needed(name, node.span))
        else:
            self.body.add(name_errors.missing_argument(name, option.name, node.span))
