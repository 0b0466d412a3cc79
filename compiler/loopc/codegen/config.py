"""The Config of the script: params, and the numbers that the loop file fixes for the
run.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field

from loopc.codegen.literals import literal, prose
from loopc.codegen.names import Names, attribute
from loopc.codegen.statics import StaticPrinter
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.semantics.checked import Duration

PYTHON_TYPES = {"int": "int", "float": "float", "bool": "bool", "enum": "str"}


GROUPS = ("params", "run", "data", "evaluation", "cadence")


@dataclass(frozen=True, slots=True)
class ConfigGroup:
    title: str
    lines: tuple[str, ...]


@dataclass(slots=True)
class ConfigBuilder:
    """Collects fields; `static` gives the text that reads a number from the config."""

    params: tuple[checked.CheckedParam, ...]
    names: Names
    remarks: Mapping[str, str] = field(default_factory=dict)
    _groups: dict[str, list[str]] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for param in self.params:
            self._taken.add(attribute(param.name))
            self._line("params", self._param_line(param))

    def _param_line(self, param: checked.CheckedParam) -> str:
        said = [prose(self.remarks.get(param.name, ""))]
        kind, value = PYTHON_TYPES.get(param.base, ""), param.value
        if isinstance(value, Duration):
            said.append(value.unit)
            value = value.amount
            kind = "float" if isinstance(value, float) else "int"
        if param.low is not None:
            said.append(_range(param))
        comment = ", ".join(filter(None, said))
        line = f"{attribute(param.name)}: {kind} = {literal(value)}"
        return f"{line}  # {comment}" if comment else line

    def _line(self, group: str, line: str) -> None:
        self._groups.setdefault(group, []).append(line)

    def static(self, group: str, name: str, value: checked.Static) -> str:
        """A field for `value`, unless a param already says it."""
        if value.expression is not None:
            text = StaticPrinter(self.names).value(value).text
            if text.startswith("config."):
                return text
        return self.number(group, name, value.value)

    def number(self, group: str, name: str, value: checked.StaticValue) -> str:
        fresh = name
        while fresh in self._taken:
            fresh += "_"
        self._taken.add(fresh)
        self._line(group, f"{fresh}: {type(value).__name__} = {literal(value)}")
        return f"config.{fresh}"

    def duration(
        self, group: str, prefix: str, duration: Duration, value: checked.Static | None
    ) -> str:
        """A field `PREFIX_steps` or `PREFIX_epochs`."""
        name = f"{prefix}_{duration.unit}" if prefix else duration.unit
        if value is not None and value.expression is not None:
            text = StaticPrinter(self.names).value(value).text
            if text.startswith("config."):
                return text
        return self.number(group, name, duration.amount)

    def groups(self) -> Iterator[ConfigGroup]:
        """The groups, those that every program may have in one order."""
        for title in sorted(self._groups, key=_rank):
            yield ConfigGroup(title=title, lines=tuple(self._groups[title]))


@dataclass(slots=True)
class LoopConfig:
    """The part of Config that one loop reads.

    Where there are several loops its fields begin with the loop's name, as a group of
    their own.
    """

    config: ConfigBuilder
    loop: str = ""

    def group(self, group: str) -> str:
        return self.loop or group

    def name(self, name: str) -> str:
        return "_".join(filter(None, (self.loop, name)))

    def static(self, group: str, name: str, value: checked.Static) -> str:
        return self.config.static(self.group(group), self.name(name), value)

    def duration(
        self, group: str, prefix: str, duration: Duration, value: checked.Static | None
    ) -> str:
        group, prefix = self.group(group), self.name(prefix)
        return self.config.duration(group, prefix, duration, value)


def _rank(title: str) -> int:
    """The place of a group; those of loops keep their order, behind the others."""
    return GROUPS.index(title) if title in GROUPS else len(GROUPS)


def _range(param: checked.CheckedParam) -> str:
    low = "" if param.low is None else literal(param.low)
    high = "" if param.high is None else literal(param.high)
    return f"in {low} .. {high}"
