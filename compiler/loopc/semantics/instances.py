"""The layers a model or template makes: names, what is built, how many weights."""

from dataclasses import field

from loopc.records import dataclass
from loopc.semantics.checked import Construct, LayerSummary
from loopc.source import Span
from loopc.vocabulary.types import TensorType, ValueType

MAX_LAYERS = 10_000


@dataclass(slots=True)
class Built:
    """The inputs that gave an instance its weights."""

    inputs: tuple[TensorType, ...]
    weights: tuple[int, int]


@dataclass(slots=True)
class Instances:
    """What one body constructs, in order; names are unique within it."""

    taken: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    built: dict[str, Built] = field(default_factory=dict)
    constructs: dict[str, Construct] = field(default_factory=dict)  # by local name
    summaries: list[LayerSummary] = field(default_factory=list)
    contains: dict[str, Span] = field(default_factory=dict)
    trainable: int = 0
    non_trainable: int = 0
    coupled: bool = False
    passes: list[int] = field(default_factory=list)  # of the repeats around, from 0
    firsts: dict[Span, str] = field(default_factory=dict)  # names in the first pass
    keras: dict[str, str] = field(default_factory=dict)  # names in the script

    def name(self, base: str, span: Span) -> str:
        """Name a new instance as Keras does: dense, dense_1, dense_2.

        In the script, instances of one place in a `repeat` share the name of the first
        and are told apart by the numbers of the passes.
        """
        number = self.counts.get(base, 0)
        name = base if number == 0 else f"{base}_{number}"
        while name in self.taken:
            number += 1
            name = f"{base}_{number}"
        self.counts[base] = number + 1
        self.taken.add(name)
        first = self.firsts.setdefault(span, name)
        self.keras[name] = "_".join([first, *map(str, self.passes)])
        return name

    def aside(self) -> "Instances":
        """Those of a branch that is not taken: they use up names, nothing else."""
        return Instances(
            taken=self.taken,
            counts=self.counts,
            passes=self.passes,
            firsts=self.firsts,
            keras=self.keras,
        )

    def record(
        self,
        path: str,
        layer: str,
        output: ValueType,
        weights: tuple[int, int],
        names: tuple[str, ...] = (),
        *,
        counted: bool = True,
    ) -> None:
        """Note one application; weights count at the first one only.

        A layer that is not `counted` has weights that only Python knows.
        """
        shared = path in self.built
        own = (0, 0) if shared else weights
        self.trainable += own[0]
        self.non_trainable += own[1]
        summary = LayerSummary(
            path,
            layer,
            output,
            *own,
            shared=shared,
            keras=self.keras.get(path, path),
            names=names if own[0] or not (counted or shared) else (),
            counted=counted,
        )
        self.summaries.append(summary)

    def include(self, path: str, other: "Instances") -> bool:
        """Take over what an applied template made, below the name of the instance.

        False where that would be too many layers.
        """
        if path in self.built:
            return True
        if len(self.summaries) + len(other.summaries) > MAX_LAYERS:
            return False
        for item in other.summaries:
            below = LayerSummary(
                f"{path}/{item.path}",
                item.layer,
                item.output,
                item.trainable,
                item.non_trainable,
                shared=item.shared,
                keras=f"{self.keras.get(path, path)}_{item.keras}",
                names=item.names,
                counted=item.counted,
            )
            self.summaries.append(below)
        self.trainable += other.trainable
        self.non_trainable += other.non_trainable
        for model, span in other.contains.items():
            self.contains.setdefault(model, span)
        return True
