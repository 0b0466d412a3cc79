"""Chains of gradient transforms as Python calls."""

from dataclasses import replace

from loopc.codegen.imports import Imports
from loopc.codegen.literals import literal, string
from loopc.codegen.paces import ONE_A_STEP, Pace, counts_updates
from loopc.codegen.schedules import SchedulePrinter
from loopc.codegen.weight_groups import SelectionPrinter
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.vocabulary import transforms
from loopc.vocabulary.entry import REQUIRED

DECAYED = "decay"  # the option that says which weights an optimizer decays
TAKES_MASK = frozenset(
    {"add_decayed_weights", "freeze"}
)  # others are wrapped in `masked`


@dataclass(slots=True)
class ChainPrinter:
    """Prints chains; schedules are names in scope or written in place."""

    schedules: SchedulePrinter
    imports: Imports
    selections: SelectionPrinter
    pace: Pace = ONE_A_STEP
    changing: frozenset[str] = frozenset()  # schedules that stages put others in for

    def text(self, chain: checked.CheckedChain) -> str:
        links = [self.link(link) for link in chain.links]
        if len(links) == 1:
            return links[0]
        self.imports.need("chain")
        return f"chain({', '.join(links)})"

    def link(self, link: checked.CheckedLink) -> str:
        """One call, around it `masked` where it is for some weights only."""
        entry = transforms()[link.name]
        self.imports.need(entry.python)
        arguments = [*map(self.group, link.groups), *self.arguments(link)]
        if link.extern:
            made = self.schedules.printer.names.of("extern", link.extern)
            call = f"{made}({', '.join(arguments)})"
            arguments = [string(link.extern), call]
        if link.only is None:
            return f"{entry.python}({', '.join(arguments)})"
        mask = self.selections.text(link.only)
        if link.name in TAKES_MASK:
            return f"{entry.python}({', '.join([*arguments, f'mask={mask}'])})"
        self.imports.need("masked")
        return f"masked({entry.python}({', '.join(arguments)}), {mask})"

    def group(self, group: checked.CheckedGroup) -> str:
        return f"({self.selections.text(group)}, {self.text(group.chain)})"

    def arguments(self, link: checked.CheckedLink) -> list[str]:
        entry = transforms()[link.name]
        arguments: list[str] = []
        for option in entry.options:
            if option.name not in link.options:
                continue
            if option.kind == "enum" and option.name == DECAYED:
                arguments += self.mask(link.options[option.name])
                continue
            value = self.within(link).value(link.options[option.name])
            if option.default is REQUIRED:
                arguments.append(value)
            elif option.name in link.explicit:
                # What combines objectives takes their number first.
                first = option is entry.options[0] and entry.role != "objectives"
                keyword = len(arguments) > 0 or not first
                arguments.append(f"{option.name}={value}" if keyword else value)
        extra = [n for n in link.options if entry.option(n) is None]
        extra = extra if link.extern else sorted(extra)
        return arguments + [f"{n}={self.value(link.options[n])}" for n in extra]

    def within(self, link: checked.CheckedLink) -> "ChainPrinter":
        """The printer of what a transform holds: accumulation makes updates rarer."""
        if link.name != "accumulate":
            return self
        steps = self.value(link.options["steps"])
        return replace(self, pace=self.pace.among_steps(steps))

    def mask(self, value: checked.LinkOption) -> list[str]:
        if not isinstance(value, checked.Static) or value.value == "all":
            return []
        self.imports.need("kernels")
        return ["mask=kernels"]

    def value(self, value: checked.LinkOption) -> str:
        if isinstance(value, checked.CheckedChain):
            return self.text(value)
        if isinstance(value, checked.Static):
            if value.expression is None:
                return literal(value.value)
            return self.schedules.printer.statics.value(value).text
        if value.name:
            text = self.schedules.printer.names.of("schedule", value.name)
        else:
            text = self.in_place(value)
        if self.pace == ONE_A_STEP or self.is_in_updates(value):
            return text
        self.imports.need("paced")
        return f"paced({text}, {self.pace.text})"

    def in_place(self, value: checked.CheckedSchedule) -> str:
        """A schedule without a name; its durations in updates are those of the site."""
        self.schedules.pace = ONE_A_STEP if self.is_in_updates(value) else self.pace
        text = self.schedules.code(value.body).text
        self.schedules.pace = ONE_A_STEP
        return text

    def is_in_updates(self, value: checked.CheckedSchedule) -> bool:
        if value.name in self.changing:
            return False
        return counts_updates(value.body, self.schedules.declared)
