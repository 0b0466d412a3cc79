"""`train_and_evaluate` as Python: what is made, and what happens when."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from typing import TypeAlias

from loopc.codegen.augments import augment_value
from loopc.codegen.config import LoopConfig
from loopc.codegen.literals import string
from loopc.codegen.names import Names
from loopc.codegen.schedules import plateau_name
from loopc.codegen.stages import StagePrinter
from loopc.codegen.statics import StaticPrinter
from loopc.planning import plan
from loopc.planning.draws import DrawPlan
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.semantics.checked import Duration
from loopc.vocabulary import schedules

Watcher: TypeAlias = (
    checked.CheckedKeep
    | checked.CheckedStop
    | checked.CheckedGoal
    | checked.CheckedPlateau
)


@dataclass(frozen=True, slots=True)
class EventContext:
    """What happens at a stop of the loop where `condition` holds."""

    condition: str
    lines: tuple[str, ...]


@dataclass(slots=True)
class LoopPrinter:
    """Collects the lines of a loop, and the numbers that Config fixes for it.

    `own` is what the names of its functions begin with, where there are several loops.
    """

    train: plan.TrainPlan
    config: LoopConfig
    script: Names
    data: tuple[checked.CheckedData, ...]
    stages: StagePrinter
    own: str = ""
    cadences: dict[tuple[str, int | float], str] = field(default_factory=dict)
    texts: dict[tuple[str, int | float], str] = field(default_factory=dict)

    def name(self, text: str) -> str:
        return self.script.of("loop", text)

    # ----------------------------------------------------------------- streams

    def batches(self, stream: checked.CheckedStream, size: str, *, trains: bool) -> str:
        """The stream as a call; an eval goes through its own in file order."""
        fields = ", ".join(string(f) for _, f in stream.bindings)
        if len(stream.bindings) == 1:
            fields += ","
        given = [size, f"fields=({fields})"]
        if not trains and not stream.draw:
            given.append("shuffle=False")
        given += [f"{n}=True" for n in ("drop", "contiguous") if getattr(stream, n)]
        if stream.draw:
            given.append(f'stream="{stream.draw}"')
        augment = augment_value(self.data, stream, self.script) if trains else ""
        if augment:
            given.append(f"augment={augment}")
        data = self.script.of("data", stream.data)
        return f"{data}[{string(stream.split)}].batches({', '.join(given)})"

    def draw_line(self, draw: DrawPlan, *, trains: bool = True) -> str:
        """What a step or an eval draws from, made once."""
        name = self.script.of("draw", draw.stream.name)
        size = self.batch_size(f"{name.rstrip('_')}_", draw.stream, "data")
        given = [self.batches(draw.stream, size, trains=trains)]
        if draw.times > 1:
            given.append(f"times={draw.times}")
        if draw.every is not None:
            amount, unit = draw.every.duration.amount, draw.every.duration.unit
            epochs = " * clock.steps_per_epoch" if unit == "epochs" else ""
            given.append(f"every={amount}{epochs}")
        return f"{name} = Draw({', '.join(given)})"

    def batch_size(self, prefix: str, stream: checked.CheckedStream, group: str) -> str:
        if stream.batch_size is None:
            return "None"
        return self.config.static(group, f"{prefix}batch_size", stream.batch_size)

    def clock_line(self) -> str:
        train = self.train.train
        given = [self.length()]
        if train.stream is not None:
            given.insert(0, "steps_per_epoch=batches.steps_per_epoch")
        return f"clock = Clock({', '.join(given)})"

    def length(self) -> str:
        """How long the loop runs; its stages, if it has any."""
        train = self.train.train
        if not train.stages:
            duration, value = train.duration, train.duration_value
            length = self.config.duration("run", "", duration, value)
            return f"{duration.unit}={length}"
        pairs = []
        for stage in train.stages:
            value, unit = stage.duration_value, stage.duration.unit
            length = self.config.duration("run", stage.name, stage.duration, value)
            pairs.append(f"{string(stage.name)}: Every({unit}={length})")
        return f"stages={{{', '.join(pairs)}}}"

    # ---------------------------------------------------------------- cadences

    def every(self, group: str, prefix: str, cadence: checked.Cadence) -> str:
        number = self.config.duration(group, prefix, cadence.duration, cadence.value)
        return f"Every({cadence.duration.unit}={number})"

    def event_cadences(self) -> Iterator[str]:
        """One variable for each different eval cadence."""
        for item in self.train.evals:
            if item.every is None:
                continue
            key = _key(item.every.duration)
            if key not in self.cadences:
                self.cadences[key] = self.name(f"evaluate_{item.name}")
                text = self.every(
                    "evaluation", f"evaluate_{item.name}_every", item.every
                )
                yield f"{self.cadences[key]} = {text}"

    # ---------------------------------------------------------------- trackers

    def tracker_lines(self) -> Iterator[str]:
        for keep in self.train.train.keeps:
            given = f'mode="{keep.mode}", keep={keep.count}'
            yield f"{self.best(keep)} = KeepBest({given})"
        for stop in self.train.train.stops:
            patience = self.every("evaluation", "patience", stop.patience)
            yield f'{self.stall(stop)} = Stall(mode="{stop.mode}", patience={patience})'

    def plateau_lines(self) -> Iterator[str]:
        """What schedules read has to be there before them."""
        for plateau in self.train.train.plateaus:
            options = schedules()[plateau.piece.kind].options
            given = [f'mode="{plateau.mode}"']
            for option in options:
                number = plateau.piece.numbers[option.name]
                if option.name != "mode" and number.value != option.default:
                    text = StaticPrinter(self.script).value(number).text
                    given.append(f"{option.name}={text}")
            yield f"{self.plateau(plateau)} = Plateau({', '.join(given)})"

    def plateau(self, plateau: checked.CheckedPlateau) -> str:
        return plateau_name(self.script, plateau.piece)

    def best(self, keep: checked.CheckedKeep) -> str:
        single = len(self.train.train.keeps) == 1
        return self.name("best" if single else f"best_{keep.eval}_{keep.metric}")

    def stall(self, stop: checked.CheckedStop) -> str:
        single = len(self.train.train.stops) == 1
        return self.name("stall" if single else f"stall_{stop.eval}_{stop.metric}")

    def goal(self, goal: checked.CheckedGoal) -> str:
        """The value that ends the run, a field of the config."""
        name = f"{goal.eval}_{goal.metric}_goal"
        return self.config.static("evaluation", name, goal.bound)

    def logs_to_watch(self) -> bool:
        """Whether what the step reports is watched at each log, for want of epochs."""
        stream = self.train.train.stream
        counts_epochs = stream is not None and stream.batch_size is not None
        return not counts_epochs and any(self.watched("", of_step=True))

    def watched(self, name: str, *, of_step: bool = False) -> Iterator[Watcher]:
        """What watches the reports of an eval, or of the step."""
        train = self.train.train
        watching: list[Watcher] = [*train.keeps, *train.stops, *train.goals]
        watching += train.plateaus
        for item in watching:
            if item.of_step == of_step and (of_step or item.eval == name):
                yield item

    def log_line(self) -> str:
        every = self.every("cadence", "log_every", self.train.train.log_every)
        return f"{self.name('log')} = {every}"

    def trackers(self) -> str:
        train = self.train.train
        pairs = [f'"best {k.eval}.{k.metric}": {self.best(k)}' for k in train.keeps]
        pairs += [f'"stall {s.eval}.{s.metric}": {self.stall(s)}' for s in train.stops]
        pairs += [f'"{label}": {name}' for label, name in self.plateau_labels()]
        return f"{{{', '.join(pairs)}}}" if pairs else ""

    def plateau_labels(self) -> Iterator[tuple[str, str]]:
        """What checkpoints call each plateau; several of one value are counted."""
        labels: set[str] = set()
        for plateau in self.train.train.plateaus:
            label = f"plateau {plateau.eval}.{plateau.metric}"
            while label in labels:
                label += " again"
            labels.add(label)
            yield label, self.plateau(plateau)

    # ------------------------------------------------------------------ events

    def events(self) -> Iterator[EventContext]:
        for key, variable in self.cadences.items():
            lines: list[str] = []
            for item in self.train.evals:
                if item.every is not None and _key(item.every.duration) == key:
                    lines.extend(self.eval_lines(item))
            yield EventContext(f"window.due({variable})", tuple(lines))
        lines = list(self.watch_lines(self.watched("", of_step=True), ""))
        if lines:
            log = self.name("log")
            when = f"window.due({log})" if self.logs_to_watch() else "window.ends_epoch"
            yield EventContext(when, tuple(lines))

    def eval_lines(self, item: plan.EvalPlan) -> Iterator[str]:
        watched = list(self.watched(item.name))
        result = self.name(f"{item.name}_metrics")
        call = self.evaluate(item)
        yield f"{result} = {call}" if watched else call
        yield from self.watch_lines(watched, result)

    def watch_lines(
        self,
        watched: Iterable[Watcher],
        result: str,
    ) -> Iterator[str]:
        """Offer the metrics of `result`, or else the latest ones of the step."""
        for item in watched:
            metric = string(item.metric)
            value = f"{result}[{metric}]" if result else f"run.latest({metric})"
            if isinstance(item, checked.CheckedKeep):
                yield f"{self.best(item)}.offer(run, {value})"
            elif isinstance(item, checked.CheckedPlateau):
                yield f"{self.plateau(item)}.update(window, {value})"
            elif isinstance(item, checked.CheckedGoal):
                yield f"if {value} {item.operator} {self.goal(item)}:"
                reason = f"{item.eval}.{item.metric} has reached its goal"
                yield f"    run.stop({string(reason)})"
            else:
                yield f"if {self.stall(item)}.update(window, {value}):"
                reason = f"{item.eval}.{item.metric} has stalled"
                yield f"    run.stop({string(reason)})"

    def evaluate(self, item: plan.EvalPlan) -> str:
        given = [
            string(item.name),
            self.name(f"{self.own}{item.name}_step"),
            self.name(f"{item.name}_batches"),
        ]
        if item.step.report.summary:
            name = self.script.of("summarize", f"{self.own}{item.name}")
            given.append(f"summarize={name}")
        if item.draws:
            names = [self.script.of("draw", d.stream.name) for d in item.draws]
            given.append(f"draws={tuple_text(names)}")
        if item.carried:
            states = [self.own + f"{item.name}_{state}" for state in item.carried]
            names = [self.script.of("lanes", state) for state in states]
            given.append(f"carried={tuple_text(names)}")
        return f"run.evaluate({', '.join(given)})"

    def end_lines(self) -> Iterator[str]:
        for item in self.train.evals:
            if item.every is None:
                yield self.evaluate(item)
        for export in self.train.train.exports:
            model = self.script.of("model", export.model)
            given = f"{model}, {string(export.path)}"
            if export.best:
                given += f", weights={self.best(self.train.train.keeps[0])}"
            yield f"run.export({given})"


def tuple_text(names: Sequence[str]) -> str:
    """`(a, b)`, and `(a,)` where there is one."""
    return f"({', '.join(names)}{',' * (len(names) == 1)})"


def _key(duration: Duration) -> tuple[str, int | float]:
    return (duration.unit, duration.amount)
