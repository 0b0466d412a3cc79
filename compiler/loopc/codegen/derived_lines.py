"""Lines of `train_and_evaluate` that make weights and derived models."""

from collections.abc import Iterator, Sequence

from loopc.codegen.context import ScriptPrinter
from loopc.codegen.derived import python_kind
from loopc.codegen.docstrings import remark
from loopc.codegen.eval_lanes import lanes_name
from loopc.codegen.expressions import TF_DTYPES
from loopc.codegen.literals import literal, string
from loopc.diagnostics.model import CompilerBug
from loopc.planning import plan
from loopc.planning.derivation import followers
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.vocabulary.types import TensorType, TupleType


@dataclass(slots=True)
class DerivedPrinter:
    """Prints them with the names and imports of a script."""

    script: ScriptPrinter

    def lines(self) -> Iterator[str]:
        """Each after what it follows."""
        for model in self.script.derived():
            said = remark(self.script.program, model.name)
            if said:
                yield f"# {said}"
            if isinstance(model.origin, checked.OneWeight | checked.KeptValue):
                yield self.line(model, self.variable(model, model.origin.initial))
                continue
            kind = python_kind(model)
            self.script.imports.need(kind)
            yield self.line(model, f"{kind}({self.arguments(model)})")

    def lane_lines(self, item: plan.EvalPlan) -> Iterator[str]:
        """The lanes that an eval carries, as many as its batch has places."""
        batches = self.script.names.of("loop", f"{item.name}_batches")
        for model in map(self.script.planned.model, item.carried):
            assert isinstance(model.origin, checked.KeptValue)
            name = lanes_name(self.script, item, model.name)
            lanes = f"{batches}.batch_size"
            value = self.made(model, model.origin.initial, name, lanes)
            yield self.script.imports.notice(f"{name} = {value}")

    def line(self, model: checked.CheckedModel, value: str) -> str:
        name = self.script.names.of("model", model.name)
        return self.script.imports.notice(f"{name} = {value}")

    def arguments(self, model: checked.CheckedModel) -> str:
        match model.origin:
            case checked.MovingAverage(source=source) | checked.AveragedByChain(
                source=source
            ):
                return self.model(source)
            case checked.SnapshotOf(source=source, every=every):
                return f"{self.model(source)}, every={self.amount(every)}"
            case checked.FromFile(path=path):
                return self.loaded(model, path)
        raise CompilerBug(f"`{model.name}` is derived from nothing")

    def model(self, name: str) -> str:
        return self.script.names.of("model", name)

    def amount(self, every: checked.Static) -> str:
        if every.expression is not None:
            return self.script.static(every)
        if not isinstance(every.value, checked.Duration):
            raise CompilerBug("a snapshot without a number of updates")
        return literal(every.value.amount)

    def loaded(self, model: checked.CheckedModel, path: str) -> str:
        self.script.imports.need("load_network")
        outputs = model.output
        items = outputs.items if isinstance(outputs, TupleType) else (outputs,)
        given = _shapes([kind for _, kind in model.inputs])
        taken = _shapes([kind for kind in items if isinstance(kind, TensorType)])
        arguments = f"data_dir, {string(path)}, inputs={given}, outputs={taken}"
        return f"load_network({arguments})"

    def variable(
        self, model: checked.CheckedModel, initial: checked.CheckedExpression
    ) -> str:
        """`tf.Variable(0.1, name="nu")`."""
        lanes = self.lanes(model) if self.has_lanes(model) else ""
        return self.made(model, initial, model.name, lanes)

    def made(
        self,
        model: checked.CheckedModel,
        initial: checked.CheckedExpression,
        name: str,
        lanes: str,
    ) -> str:
        """The variable of a weight or a state; `lanes` says how many of it, if any."""
        kind = model.output
        assert isinstance(kind, TensorType)
        given = [self.initial(kind, initial, lanes)]
        if isinstance(model.origin, checked.KeptValue):
            given.append("trainable=False")
        return f"tf.Variable({', '.join(given)}, name={string(name)})"

    def has_lanes(self, model: checked.CheckedModel) -> bool:
        return isinstance(model.origin, checked.KeptValue) and model.origin.lanes

    def lanes(self, model: checked.CheckedModel) -> str:
        """How many lanes the batches have in which a state is set."""
        trains = self.script.planned.trains
        if len(trains) == 1:
            return "batches.batch_size"
        setting = (t.train for t in trains if model.name in t.models)
        sizes = [t.stream.batch_size for t in setting if t.stream is not None]
        if not sizes or sizes[0] is None:
            raise CompilerBug(f"`{model.name}` has lanes in no loop")
        return self.script.static(sizes[0])

    def initial(
        self, kind: TensorType, initial: checked.CheckedExpression, lanes: str
    ) -> str:
        """A first value, of the declared shape and dtype."""
        dtype = TF_DTYPES[kind.dtype]
        axes = [*([lanes] if lanes else []), *map(literal, kind.shape)]
        shape = f"({', '.join(axes)}{',' * (len(axes) == 1)})"
        if isinstance(initial, checked.ConstantTable):
            table = self.script.names.of("const", initial.name)
            value = f"tf.constant({table}, {dtype})"
            return f"tf.broadcast_to({value}, {shape})" if lanes else value
        assert isinstance(initial, checked.Static)
        text = self.script.static(initial)
        if isinstance(initial.value, checked.ObjectValue):
            if initial.value.name in ("zeros", "ones"):
                return f"tf.{initial.value.name}({shape}, {dtype})"
            suffix = "" if kind.dtype == "f32" else f", dtype={dtype}"
            return f"{text}({shape}{suffix})"
        if kind == TensorType("f32") and initial.expression is None and not lanes:
            return literal(float(str(initial.value)))
        value = f"tf.constant({text}, {dtype})"
        return value if not axes else f"tf.fill({shape}, {value})"


def restart_lines(script: ScriptPrinter, started: Sequence[str]) -> Iterator[str]:
    """What follows a model that starts from other weights begins as a copy of those."""
    contains = script.contains()
    for name in followers(script.program.models, contains, started):
        yield f"{script.names.of('model', name)}.restart()"


def _shapes(kinds: list[TensorType]) -> str:
    shapes = (tuple(a if isinstance(a, int) else None for a in k.shape) for k in kinds)
    return f"[{', '.join(literal(shape) for shape in shapes)}]"
