"""`train_and_evaluate` as Python: what is made, and what happens when."""

from collections.abc import Iterator
from dataclasses import field

from loopc.codegen.config import ConfigBuilder
from loopc.codegen.literals import string
from loopc.codegen.names import Names
from loopc.planning import plan
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.semantics.checked import Duration


@dataclass(frozen=True, slots=True)
class EventContext:
    cadence: str
    lines: tuple[str, ...]


@dataclass(slots=True)
class LoopNames:
    """Python names of what the loop holds."""

    script: Names

    def of(self, what: str, key: str = "") -> str:
        return self.script.of("loop", f"{what} {key}".strip().replace(" ", "_"))


@dataclass(slots=True)
class LoopPrinter:
    """Collects the lines of `train_and_evaluate`, and the numbers that Config fixes."""

    train: plan.TrainPlan
    config: ConfigBuilder
    script: Names
    cadences: dict[tuple[str, int | float], str] = field(default_factory=dict)
    texts: dict[tuple[str, int | float], str] = field(default_factory=dict)

    def name(self, text: str) -> str:
        return self.script.of("loop", text)

    # ----------------------------------------------------------------- streams

    def batches_line(
        self, variable: str, stream: checked.CheckedStream, size: str
    ) -> str:
        fields = ", ".join(string(f) for _, f in stream.bindings)
        if len(stream.bindings) == 1:
            fields += ","
        given = [size, f"fields=({fields})"]
        if variable != "batches":
            given.append("shuffle=False")
        if stream.drop:
            given.append("drop=True")
        data = self.script.of("data", stream.data)
        return (
            f"{variable} = {data}[{string(stream.split)}].batches({', '.join(given)})"
        )

    def batch_size(self, prefix: str, stream: checked.CheckedStream) -> str:
        if stream.batch_size is None:
            return "None"
        group = "data" if not prefix else "evaluation"
        return self.config.static(group, f"{prefix}batch_size", stream.batch_size)

    def clock_line(self) -> str:
        train = self.train.train
        length = self.config.duration("run", "", train.duration, train.duration_value)
        given = [f"{train.duration.unit}={length}"]
        if train.stream is not None:
            given.insert(0, "steps_per_epoch=batches.steps_per_epoch")
        return f"clock = Clock({', '.join(given)})"

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

    def best(self, keep: checked.CheckedKeep) -> str:
        single = len(self.train.train.keeps) == 1
        return self.name("best" if single else f"best_{keep.eval}_{keep.metric}")

    def stall(self, stop: checked.CheckedStop) -> str:
        single = len(self.train.train.stops) == 1
        return self.name("stall" if single else f"stall_{stop.eval}_{stop.metric}")

    def trackers(self) -> str:
        train = self.train.train
        pairs = [f'"best {k.eval}.{k.metric}": {self.best(k)}' for k in train.keeps]
        pairs += [f'"stall {s.eval}.{s.metric}": {self.stall(s)}' for s in train.stops]
        return f"{{{', '.join(pairs)}}}" if pairs else ""

    # ------------------------------------------------------------------ events

    def events(self) -> Iterator[EventContext]:
        for key, variable in self.cadences.items():
            lines: list[str] = []
            for item in self.train.evals:
                if item.every is not None and _key(item.every.duration) == key:
                    lines.extend(self.eval_lines(item))
            yield EventContext(cadence=variable, lines=tuple(lines))

    def eval_lines(self, item: plan.EvalPlan) -> Iterator[str]:
        train = self.train.train
        keeps = [k for k in train.keeps if k.eval == item.name]
        stops = [s for s in train.stops if s.eval == item.name]
        result = self.name(f"{item.name}_metrics")
        call = self.evaluate(item)
        yield f"{result} = {call}" if keeps or stops else call
        for keep in keeps:
            yield f"{self.best(keep)}.offer(run, {result}[{string(keep.metric)}])"
        for stop in stops:
            value = f"{result}[{string(stop.metric)}]"
            yield f"if {self.stall(stop)}.update(window, {value}):"
            reason = f"{stop.eval}.{stop.metric} has stalled"
            yield f"    run.stop({string(reason)})"

    def evaluate(self, item: plan.EvalPlan) -> str:
        given = [
            string(item.name),
            self.name(f"{item.name}_step"),
            self.name(f"{item.name}_batches"),
        ]
        if item.step.report.summary:
            name = self.script.of("summarize", item.name)
            given.append(f"summarize={name}")
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


def _key(duration: Duration) -> tuple[str, int | float]:
    return (duration.unit, duration.amount)
