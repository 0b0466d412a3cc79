"""What a page says of an entry: its signature, defaults, bounds, arithmetic, facts."""

from collections.abc import Iterator

from loopc.vocabulary import entries
from loopc.vocabulary.entry import (
    AnyEntry,
    FunctionEntry,
    LayerEntry,
    LossEntry,
    Option,
    OptionValue,
    Required,
    ScheduleEntry,
    StatefulMetricEntry,
    TransformEntry,
)


def listed_entries() -> list[tuple[str, AnyEntry]]:
    """Return what a program may name, with the kind under which a page lists it."""
    return [
        (_kind(kind, entry), entry)
        for kind, entry in entries()
        if not (isinstance(entry, FunctionEntry | TransformEntry) and entry.internal)
    ]


def _kind(kind: str, entry: AnyEntry) -> str:
    return "metric" if isinstance(entry, LossEntry) and entry.metric else kind


def signature(entry: AnyEntry) -> str:
    """Return how an entry is written: operands, then options with their defaults."""
    operands = _operands(entry)
    written = [_declared(option) for option in entry.options]
    if isinstance(entry, ScheduleEntry):
        return f"{entry.name}({', '.join(_schedule_arguments(entry, written))})"
    return f"{entry.name}({', '.join([*operands, *written])})"


def _operands(entry: AnyEntry) -> list[str]:
    match entry:
        case LossEntry():
            return [entry.target, entry.output]
        case StatefulMetricEntry():
            return ["target", "output"]
        case FunctionEntry(as_list=True):
            return ["[a, b, ...]"]
        case FunctionEntry(operands=(least, most)):
            names = ["a", "b", "c", "d"][:least] if least > 1 else ["x"][:least]
            more = most is None or most > least
            return [*names, *(["..."] if more else [])]
        case _:
            return []


def _schedule_arguments(entry: ScheduleEntry, written: list[str]) -> list[str]:
    if entry.arrow is not None:
        written = [f"{entry.arrow[0]} -> {entry.arrow[1]}", *written[2:]]
    if entry.time:
        duration = {"may": "[duration]", "period": "every"}.get(entry.time, "duration")
        required = [o for o in entry.options if isinstance(o.default, Required)]
        written.insert(1 if entry.arrow is not None else len(required), duration)
    if entry.watches:
        return ["eval.metric", *written]
    return ["schedule", *written] if entry.inner else written


def _declared(option: Option) -> str:
    default = default_of(option)
    return option.name if default is None else f"{option.name}: {default}"


def default_of(option: Option) -> str | None:
    """Return the default as the language writes it, None where there is none."""
    return None if isinstance(option.default, Required) else _written(option.default)


def _written(value: OptionValue) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:g}"
        case tuple():
            return f"[{', '.join(map(_written, value))}]"
        case _:
            return str(value)


def bounds_of(option: Option) -> Iterator[str]:
    """Yield the range of a number in words."""
    if option.low is not None:
        yield f"{'above' if option.open_low else 'at least'} {option.low:g}"
    if option.high is not None:
        yield f"{'below' if option.open_high else 'at most'} {option.high:g}"


def mathematics_of(entry: AnyEntry) -> list[str]:
    """Return the arithmetic of a transform or schedule, one assignment a line."""
    if not isinstance(entry, TransformEntry | ScheduleEntry) or not entry.mathematics:
        return []
    return entry.mathematics.split("; ")


def facts_of(entry: AnyEntry) -> Iterator[str]:
    """Yield what entries of this kind say besides their options, a paragraph each.

    Names of the language stand between backticks.
    """
    match entry:
        case LayerEntry():
            yield from _sentences(
                (entry.random, "Draws random numbers in training."),
                (entry.coupled, "Couples the examples of a batch in training."),
            )
        case FunctionEntry():
            yield from _sentences(
                (entry.step is None, "Stands in models only."),
                (entry.model is None, "Stands in steps only."),
                (not entry.differentiable, _cut(entry.cuts)),
            )
        case LossEntry():
            yield from _sentences((not entry.differentiable, _cut(entry.cuts)))
        case StatefulMetricEntry():
            yield "Has state: stands only in `report`."
        case TransformEntry():
            yield from _flavors(entry)
        case ScheduleEntry():
            yield from _durations(entry)


def _durations(entry: ScheduleEntry) -> Iterator[str]:
    """What the amount of time may be that a signature shows without a default."""
    units = "steps, epochs, updates or a percentage of the run"
    if entry.time == "period":
        yield f"`every` is a duration: {units}."
    elif entry.time:
        may = ", and may be left out" if entry.time == "may" else ""
        yield f"The duration is in {units}, or `rest`{may}."


def _flavors(entry: TransformEntry) -> Iterator[str]:
    for flavor, defaults in entry.flavors.items():
        written = [f"`{name}: {_written(value)}`" for name, value in defaults.items()]
        if written:
            yield f"With `flavor: {flavor}` the defaults are {', '.join(written)}."


def _sentences(*facts: tuple[bool, str]) -> Iterator[str]:
    said = " ".join(text for holds, text in facts if holds)
    if said:
        yield said


def _cut(why: str) -> str:
    return f"No gradient passes: {why}." if why else "No gradient passes."
