"""Gradients as values, and models: copies, calls, one step of a chain further."""

from loopc.codegen.chains import ChainPrinter
from loopc.codegen.expressions import ExpressionPrinter
from loopc.codegen.externs import extern_call
from loopc.codegen.schedules import SchedulePrinter
from loopc.codegen.statics import Code
from loopc.codegen.weight_groups import SelectionPrinter
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.vocabulary.types import ModelType

UNREACHED = ', unconnected_gradients="zero"'


@dataclass(slots=True)
class ModelValuePrinter(ExpressionPrinter):
    """Expressions of steps: gradients, and models that are values."""

    def special(self, node: checked.CheckedExpression) -> Code:
        if isinstance(node, checked.Gradient):
            return self.gradient(node)
        if isinstance(node, checked.CopyModel):
            self.imports.need("FunctionalModel")
            return Code(f"FunctionalModel({self.models[node.model]})")
        if isinstance(node, checked.CallModelValue):
            return self.value_call(node)
        if isinstance(node, checked.UpdatedModel):
            return self.updated(node)
        if isinstance(node, checked.CallExtern):
            return extern_call(self, node)
        return ExpressionPrinter.special(self, node)

    def gradient(self, node: checked.Gradient) -> Code:
        tape = self.names.of("gradient", node.site, f"{node.site}_tape")
        variables = [self.code(v).text for v in node.variables]
        single = len(variables) == 1
        wanted = variables[0] if single else f"[{', '.join(variables)}]"
        given = f"{self.code(node.value).text}, {wanted}{UNREACHED * node.partial}"
        return Code(f"{tape}.gradient({given})")

    def value_call(self, node: checked.CallModelValue) -> Code:
        inputs = [self.code(i).text for i in node.inputs]
        given = inputs[0] if len(inputs) == 1 else f"[{', '.join(inputs)}]"
        training = self.training if node.training is None else node.training
        return Code(f"{self.code(node.model).text}({given}, training={training})")

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
