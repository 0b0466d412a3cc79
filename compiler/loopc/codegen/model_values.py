"""Models as values of a step: copies, calls, and one step of a chain further."""

from loopc.codegen.chains import ChainPrinter
from loopc.codegen.expressions import ExpressionPrinter
from loopc.codegen.schedules import SchedulePrinter
from loopc.codegen.statics import Code
from loopc.codegen.weight_groups import SelectionPrinter
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.vocabulary.types import ModelType


@dataclass(slots=True)
class ModelValuePrinter(ExpressionPrinter):
    """Expressions of steps: models that are values, too."""

    def special(self, node: checked.CheckedExpression) -> Code:
        if isinstance(node, checked.CopyModel):
            self.imports.need("FunctionalModel")
            return Code(f"FunctionalModel({self.models[node.model]})")
        if isinstance(node, checked.CallModelValue):
            return self.value_call(node)
        if isinstance(node, checked.UpdatedModel):
            return self.updated(node)
        return ExpressionPrinter.special(self, node)

    def value_call(self, node: checked.CallModelValue) -> Code:
        inputs = [self.code(i).text for i in node.inputs]
        given = inputs[0] if len(inputs) == 1 else f"[{', '.join(inputs)}]"
        return Code(f"{self.code(node.model).text}({given}, training={node.training})")

    def updated(self, node: checked.UpdatedModel) -> Code:
        """A model value after one step of a chain that is written in place."""
        model = self.code(node.model).text
        tape = self.names.of("gradient", node.site, f"{node.site}_tape")
        weights = "trainable_variables" if node.declared else "weights"
        objective = self.code(node.objective).text
        gradients = f"{tape}.gradient({objective}, {model}.{weights})"
        schedules = SchedulePrinter(self, [], {})  # the chain has none
        selections = SelectionPrinter((), self.names, self.imports)  # nor groups
        chain = ChainPrinter(schedules, self.imports, selections).text(node.chain)
        given = f"{gradients}, {chain}{', first_order=True' * (node.order == 1)}"
        if node.declared:
            self.imports.need("FunctionalModel")
            model = f"FunctionalModel({model})"
        return Code(f"{model}.updated({given})")

    def watched(self, variable: checked.Local) -> str:
        """What a tape watches of a value: all weights of a model."""
        text = self.code(variable).text
        return f"{text}.weights" if isinstance(variable.type, ModelType) else text
