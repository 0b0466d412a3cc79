"""Groups of weights as Python: roles, models, layers of a model."""

from collections.abc import Iterable, Sequence
from dataclasses import field
from fnmatch import fnmatchcase

from loopc.codegen.imports import Imports
from loopc.codegen.literals import string
from loopc.codegen.names import Names
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.semantics.checked.weight_paths import WeightPath, takes, weight_paths


@dataclass(slots=True)
class SelectionPrinter:
    """Prints what a group takes; `owners` collects the models that are named."""

    models: Sequence[checked.CheckedModel]
    names: Names
    imports: Imports
    owners: list[str] = field(default_factory=list)

    def text(self, selection: checked.CheckedSelection) -> str:
        if selection.pattern == "":
            return self.imported("otherwise")
        if selection.role:
            return self.imported(selection.pattern)
        matched = [w for w in self.weights() if takes(selection, w)]
        owners = list(dict.fromkeys(w.model for w in matched))
        self.owners += [m for m in owners if m not in self.owners]
        given = [self.names.of("model", m) for m in owners]
        paths = self.paths(selection.pattern, owners, matched)
        if paths:
            given.append(f"paths=[{', '.join(map(string, paths))}]")
        return f"{self.imported('weights_of')}({', '.join(given)})"

    def imported(self, name: str) -> str:
        self.imports.need(name)
        return name

    def weights(self) -> list[WeightPath]:
        models = {m.name: m for m in self.models}
        return list(weight_paths(models, list(models)))

    def paths(
        self, pattern: str, owners: Sequence[str], matched: Sequence[WeightPath]
    ) -> list[str]:
        """Patterns of paths within the models; none where the models are whole."""
        own = [w for w in self.weights() if w.model in owners]
        if len(own) == len(matched):
            return []
        rest = pattern.split("/", 1)[-1]
        for guess in (rest, f"{rest}/*"):
            if self.chosen([guess], own) == list(matched):
                return [guess]
        return self.shortest(own, matched)

    def chosen(
        self, paths: Iterable[str], own: Sequence[WeightPath]
    ) -> list[WeightPath]:
        return [w for w in own if any(fnmatchcase(keras_path(w), p) for p in paths)]

    def shortest(
        self, own: Sequence[WeightPath], matched: Sequence[WeightPath]
    ) -> list[str]:
        """One pattern for each whole layer, and the path of every other weight."""
        found: dict[str, None] = {}
        for weight in matched:
            layer = [w for w in own if w.keras == weight.keras]
            whole = all(w in matched for w in layer)
            found[f"{weight.keras}/*" if whole else keras_path(weight)] = None
        return list(found)


def keras_path(weight: WeightPath) -> str:
    """The path of the variable in its model, as Keras makes it."""
    return f"{weight.keras}/{weight.name}" if weight.name else weight.model
