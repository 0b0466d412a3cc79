"""The trainable weights of models by path and role, as groups of a chain see them."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from loopc.records import dataclass
from loopc.semantics.checked.declarations import CheckedModel, OneWeight
from loopc.semantics.checked.schedules import CheckedSelection

ROLES = ("kernels", "biases", "norms", "embeddings")
NORMS = ("gamma", "beta", "scale")


@dataclass(frozen=True, slots=True)
class WeightPath:
    """`net/residual/dense/kernel`; the Keras layer is `residual_dense`.

    A weight outside of models is a model of one variable: its path is its name.
    """

    model: str
    layer: str
    keras: str
    name: str

    @property
    def path(self) -> str:
        return "/".join(filter(None, (self.model, self.layer, self.name)))

    @property
    def roles(self) -> frozenset[str]:
        """What it is for; a table of embeddings counts among the kernels too."""
        last = self.name.rsplit("/", 1)[-1]
        if last.endswith("bias"):
            return frozenset({"biases"})
        if last in NORMS:
            return frozenset({"norms"})
        if last.endswith("embeddings"):
            return frozenset({"kernels", "embeddings"})
        return frozenset({"kernels"} if last.endswith("kernel") else ())


def weight_paths(
    models: Mapping[str, CheckedModel | None], names: Sequence[str]
) -> Iterator[WeightPath]:
    """The weights of the models called `names` and of those inside them, each once."""
    seen: dict[str, None] = {}
    for name in names:
        model = models.get(name)
        inner = () if model is None else model.contains
        seen.update(dict.fromkeys((name, *inner)))
    for name in seen:
        model = models.get(name)
        if model is not None and isinstance(model.origin, OneWeight):
            yield WeightPath(name, "", "", "")
        for layer in () if model is None else model.layers:
            for weight in layer.names:
                yield WeightPath(name, layer.path, layer.keras, weight)


def takes(group: CheckedSelection, weight: WeightPath) -> bool:
    """Whether a group's pattern matches a weight; a prefix of its path is enough."""
    if group.pattern == "":
        return True
    if group.role:
        return group.pattern in weight.roles
    return path_matches(group.pattern, weight.path)


def path_matches(pattern: str, path: str) -> bool:
    whole = pattern.rstrip("/")
    return fnmatchcase(path, whole) or fnmatchcase(path, f"{whole}/*")
