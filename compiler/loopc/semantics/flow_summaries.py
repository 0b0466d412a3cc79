"""Flows of whole models, templates and functions, from their inputs and weights."""

from collections.abc import Mapping, Sequence
from dataclasses import field

from loopc.records import dataclass
from loopc.semantics.checked import (
    CheckedFunction,
    CheckedModel,
    CheckedReturn,
    CheckedStatement,
    CheckedTemplate,
)
from loopc.semantics.flow import FlowReader
from loopc.semantics.flows import INPUT, NOTHING, Flow, join
from loopc.semantics.layer_parts import LAYER
from loopc.semantics.model_value_flow import given_to


@dataclass(slots=True)
class Summaries:
    """Flows of whole models and functions, computed once each."""

    models: Mapping[str, CheckedModel]
    functions: Mapping[str, CheckedFunction]
    templates: Mapping[str, CheckedTemplate] = field(default_factory=dict)
    made: dict[str, Flow] = field(default_factory=dict)
    outputs: dict[str, tuple[Flow, ...]] = field(default_factory=dict)
    loose: dict[str, set[str]] = field(default_factory=dict)  # parts reached in part
    read: dict[str, set[str]] = field(default_factory=dict)  # layers, weight by weight

    def of_outputs(self, name: str) -> tuple[Flow, ...]:
        """The flow of each output of a model that has several; else empty."""
        self.of_model(name)
        return self.outputs.get(name, ())

    def layers_of(self, name: str) -> list[str]:
        """Layers of a model whose weights are told apart: `net/dense`, ..."""
        flow = self.of_model(name)
        sources = {source for source, _ in (*flow.reaches, *flow.cuts)}
        return sorted(s for s in sources if s.startswith(f"{name}{LAYER}"))

    def is_whole(self, template: str) -> bool:
        """Whether each output of a template depends on all weights in it."""
        if template not in self.templates:
            return True
        owner = f"layer {template}"
        if owner not in self.made:
            self.made[owner] = NOTHING
            node = self.templates[template]
            self.made[owner] = self._body(node.tensors, node.body, {}, owner)
        whole = self.made[owner]
        reached = {source for source in whole.reaches if source[0] != INPUT}
        cuts = {source for source in whole.cuts if source[0] != INPUT}
        parts = self.outputs.get(owner, ())
        missed = any(reached - part.reaches for part in parts) or cuts - reached
        return not missed and not self.loose.get(owner)

    def of_model(self, name: str) -> Flow:
        key = f"model {name}"
        if key not in self.made:
            self.made[key] = NOTHING
            model = self.models[name]
            names = [parameter for parameter, _ in model.inputs]
            if model.origin is None:
                self.made[key] = self._body(names, model.body, {}, name)
            else:  # a gradient goes through to the inputs, and to nothing else
                inputs = frozenset((INPUT, i) for i in range(len(names)))
                self.made[key] = Flow(inputs)
        return self.made[key]

    def of_function(self, name: str) -> Flow:
        key = f"fn {name}"
        if key not in self.made:
            self.made[key] = NOTHING
            function = self.functions[name]
            names, models = given_to(function)
            body = function.body
            self.made[key] = self._body(list(names), body, models, "", key)
        return self.made[key]

    def of_results(self, name: str) -> tuple[Flow, ...]:
        """The flow of each result of a function that has several; else empty."""
        self.of_function(name)
        return self.outputs.get(f"fn {name}", ())

    def _body(
        self,
        names: Sequence[str],
        body: Sequence[CheckedStatement],
        models: Mapping[str, str],
        owner: str,
        returned_by: str = "",
    ) -> Flow:
        inputs = {name: Flow(frozenset({(INPUT, i)})) for i, name in enumerate(names)}
        reader = FlowReader(self, dict(inputs), models, owner)
        flows = reader.statements(body)
        last = body[-1] if body else None
        results = reader.results(last.value) if isinstance(last, CheckedReturn) else []
        if results:
            self.outputs[returned_by or owner] = tuple(results)
        return join(flows)
