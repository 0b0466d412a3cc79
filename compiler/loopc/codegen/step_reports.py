"""What steps report as Python: means and metrics, and the arithmetic after them."""

from collections.abc import Iterator, Mapping
from dataclasses import field

from loopc.codegen.bodies import LayerPrinter
from loopc.codegen.extern_metrics import extern_metric
from loopc.codegen.externs import as_given
from loopc.codegen.literals import string
from loopc.codegen.statics import Code
from loopc.diagnostics.model import CompilerBug
from loopc.planning import plan
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.vocabulary import stateful_metrics
from loopc.vocabulary.types import TensorType


@dataclass(slots=True)
class SummaryPrinter(LayerPrinter):
    """Arithmetic on window values: locals are entries of `means`."""

    def code(self, node: checked.CheckedExpression) -> Code:
        if isinstance(node, checked.Local):
            return Code(f"means[{string(node.name)}]")
        return LayerPrinter.code(self, node)


@dataclass(slots=True)
class ReportPrinter:
    """Prints the report of a step, block by block; the step itself is the block ""."""

    printer: LayerPrinter
    planned: plan.ReportPlan
    optimizers: Mapping[str, str] = field(default_factory=dict)  # by update site
    gradients: Mapping[str, str] = field(default_factory=dict)  # by update site
    in_step: frozenset[str] = frozenset()  # norms of gradients, by the name of the leaf
    metric_names: dict[str, str] = field(default_factory=dict)

    def leaves(self, block: str = "") -> list[plan.Leaf]:
        return [leaf for leaf in self.planned.leaves if leaf.block == block]

    def setup(self) -> Iterator[str]:
        """Metrics with state are made once, outside the step."""
        for leaf in self.planned.leaves:
            if leaf.metric is not None:
                name = self.printer.names.of("metric", f"{leaf.name}_metric")
                self.metric_names[leaf.name] = name
                yield self.printer.imports.notice(f"{name} = {self.metric(leaf)}")

    def metric(self, leaf: plan.Leaf) -> str:
        if leaf.metric is None:
            raise CompilerBug("a leaf without a metric")
        if isinstance(leaf.metric, checked.ExternMetric):
            return extern_metric(self.printer, leaf.metric, leaf.name)
        entry = stateful_metrics()[leaf.metric.name]
        options = [
            f"{n}={self.printer.option(v)}"
            for n, v in leaf.metric.options.items()
            if n in leaf.metric.explicit
        ]
        return f"{entry.python}({', '.join([*options, f'name={string(leaf.name)}'])})"

    def lines(self, block: str = "") -> Iterator[str]:
        """What is done for the report before it is returned."""
        for leaf in self.leaves(block):
            if leaf.metric is not None:
                given = self.arguments(leaf.metric)
                name = self.metric_names[leaf.name]
                yield f"{name}.update_state({', '.join(given)})"

    def arguments(self, metric: checked.StatefulMetric) -> list[str]:
        if isinstance(metric, checked.ExternMetric):
            pairs = zip(metric.arguments, metric.declared, strict=True)
            return [as_given(self.printer, value, kind) for value, kind in pairs]
        given = [self.printer.text(argument) for argument in metric.arguments]
        numbers = all(
            isinstance(value.type, TensorType) and not value.type.shape
            for value in metric.arguments
        )
        if numbers and stateful_metrics()[metric.name].vectors:
            return [f"tf.expand_dims({text}, -1)" for text in given]
        return given

    def returned(self, block: str = "") -> str:
        pairs = [
            f"{string(leaf.name)}: {self.leaf_value(leaf)}"
            for leaf in self.leaves(block)
        ]
        return f"{{{', '.join(pairs)}}}"

    def joined(self, occasional: Mapping[str, str]) -> str:
        """The whole report; what blocks report goes by the names in `occasional`."""
        leaves = self.planned.leaves
        blocks = list(dict.fromkeys(leaf.block for leaf in leaves))
        apart = sorted(leaves, key=lambda leaf: blocks.index(leaf.block))
        own_first = "" not in blocks[1:]
        if own_first and tuple(apart) == tuple(leaves):
            parts = [occasional.get(b) or self.returned(b) for b in blocks]
            return " | ".join(parts) or "{}"
        pairs = (
            (
                f"{name}: {occasional[leaf.block]}[{name}]"
                if leaf.block in occasional
                else f"{name}: {self.leaf_value(leaf)}"
            )
            for leaf in leaves
            for name in [string(leaf.name)]
        )
        return f"{{{', '.join(pairs)}}}"

    def leaf_value(self, leaf: plan.Leaf) -> str:
        if leaf.metric is not None:
            return self.metric_names[leaf.name]
        if leaf.measure is not None and leaf.name in self.in_step:
            self.printer.imports.need("Mean", "gradient_norm")
            return f"Mean(gradient_norm({self.gradients[leaf.measure.site]}))"
        if leaf.measure is not None:
            measured = string(f"{leaf.measure.probe}/{leaf.measure.measure}")
            return f"{self.optimizers[leaf.measure.site]}.measured({measured})"
        kind = "Sum" if leaf.total else "Mean"
        self.printer.imports.need(kind)
        given = [self.printer.text(leaf.value)]
        if isinstance(leaf.value, checked.Static):
            given = [f"tf.constant({given[0]}, tf.float32)"]
        if leaf.weight is not None:
            given.append(f"weight={self.printer.text(leaf.weight)}")
        return f"{kind}({', '.join(given)})"

    def summary(self) -> str:
        printer = SummaryPrinter(
            place="summary", names=self.printer.names, imports=self.printer.imports
        )
        pairs = [f"{string(n)}: {printer.text(v)}" for n, v in self.planned.summary]
        return f"{{{', '.join(pairs)}}}"
