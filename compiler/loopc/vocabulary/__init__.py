"""The vocabulary: every layer, function, loss, metric, transform and schedule, as data.

Each file is imported when a name in it is first asked for.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Literal, TypeVar, get_args

from loopc.vocabulary.entry import (
    AnyEntry,
    Entry,
    FunctionEntry,
    Inner,
    LayerEntry,
    LossEntry,
    Mismatch,
    ObjectEntry,
    Operands,
    Options,
    ScheduleEntry,
    StatefulMetricEntry,
    TransformEntry,
)
from loopc.vocabulary.index import FAMILIES
from loopc.vocabulary.types import ValueType

ObjectKind = Literal["activation", "initializer", "regularizer", "constraint"]

E_ = TypeVar("E_", bound=Entry)


@cache
def _entries_of(file: str) -> Mapping[str, AnyEntry]:
    """Return what a file of the vocabulary holds, by name and alias."""
    entries: tuple[AnyEntry, ...] = import_module(f"loopc.vocabulary.{file}").ENTRIES
    return {name: entry for entry in entries for name in (entry.name, *entry.aliases)}


class Group(Mapping[str, E_]):
    """Entries of one kind by name and alias; a file is imported for a name in it."""

    def __init__(self, group: str, kind: type[E_]) -> None:
        """ValueError: a name stands twice in the index."""
        self._kind = kind
        self._files: dict[str, str] = {}
        for file, names in FAMILIES[group].items():
            for name in names.split():
                if name in self._files:
                    raise ValueError(f"{group}: two entries are called {name}")
                self._files[name] = file

    def __getitem__(self, name: str) -> E_:
        entry = _entries_of(self._files[name])[name]
        assert isinstance(entry, self._kind)
        return entry

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


@cache
def layers() -> Mapping[str, LayerEntry]:
    """Return the layers by name and alias."""
    return Group("layers", LayerEntry)


@cache
def functions() -> Mapping[str, FunctionEntry]:
    """Return the functions by name and alias, operators and other internal ones too."""
    return Group("functions", FunctionEntry)


@cache
def losses() -> Mapping[str, LossEntry]:
    """Return the losses and stateless metrics by name and alias."""
    return Group("losses", LossEntry)


@cache
def stateful_metrics() -> Mapping[str, StatefulMetricEntry]:
    """Return the metrics with state by name and alias."""
    return Group("metrics", StatefulMetricEntry)


@cache
def transforms() -> Mapping[str, TransformEntry]:
    """Return the gradient transforms and named optimizers by name and alias."""
    return Group("transforms", TransformEntry)


@cache
def schedules() -> Mapping[str, ScheduleEntry]:
    """Return the schedule pieces by name and alias."""
    return Group("schedules", ScheduleEntry)


@cache
def objects(kind: ObjectKind) -> Mapping[str, ObjectEntry]:
    """Return what an option of this kind may name."""
    module = import_module("loopc.vocabulary.named_objects")
    found: dict[str, ObjectEntry] = {}
    for entry in module.ENTRIES[kind]:
        found |= dict.fromkeys((entry.name, *entry.aliases), entry)
    return MappingProxyType(found)


def entries() -> Iterator[tuple[str, AnyEntry]]:
    """Yield every entry once with its kind: layer, function, loss, metric, ..."""
    groups: tuple[tuple[str, Mapping[str, AnyEntry]], ...] = (
        ("layer", layers()),
        ("function", functions()),
        ("loss", losses()),
        ("metric", stateful_metrics()),
        ("transform", transforms()),
        ("schedule", schedules()),
        *((kind, objects(kind)) for kind in get_args(ObjectKind)),
    )
    for kind, group in groups:
        for name, entry in group.items():
            if name == entry.name:
                yield kind, entry


def meaning(
    name: str, inside: Literal["step", "model"]
) -> LayerEntry | FunctionEntry | LossEntry | StatefulMetricEntry | None:
    """Return what `name` means where something is called, None if nothing.

    Where a layer and a function share a name (`flatten`, `reshape`), models get the
    layer and steps the function.
    """
    function = functions().get(name)
    called = None if function is None or function.internal else function
    layer = layers().get(name)
    found = (layer or called) if inside == "model" else (called or layer)
    return found or losses().get(name) or stateful_metrics().get(name)


def layer_shape(
    entry: LayerEntry, inputs: Operands, options: Options, inner: Inner | None = None
) -> ValueType:
    """Type what a layer gives for one example; `inner` is what a wrapper wraps.

    Raises Mismatch where the inputs or options do not fit.
    """
    if inner is None or entry.wrapped_shape is None:
        return entry.shape(inputs, options)
    return entry.wrapped_shape(inputs, options, inner)


def layer_weights(
    entry: LayerEntry, inputs: Operands, options: Options, inner: Inner | None = None
) -> tuple[int, int]:
    """Count a layer's weights: (trainable, non-trainable)."""
    if inner is None or entry.wrapped_weights is None:
        return entry.weights(inputs, options)
    return entry.wrapped_weights(inputs, options, inner)


def suggest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that was probably meant, None if no name is near.

    What is called otherwise in TensorFlow, Keras or torch comes first, then the most
    similar name.
    """
    from difflib import SequenceMatcher

    from loopc.vocabulary.elsewhere import CALLED_HERE

    names = sorted(names)
    here = CALLED_HERE.get(name.lower())
    if here in names:
        return here

    def likeness(candidate: str) -> float:
        return SequenceMatcher(None, name.lower(), candidate.lower()).ratio()

    best = max(names, key=likeness, default=None)
    return best if best is not None and likeness(best) >= 0.6 else None


def written_here(name: str) -> str:
    """Return how to write what other libraries have a name for, "" if it is not known.

    Such a name stands for a form of the language, not for another name.
    """
    from loopc.vocabulary.elsewhere import WRITTEN_HERE

    return WRITTEN_HERE.get(name.lower(), "")


def given_here(callee: str, argument: str) -> str:
    """Return what takes the place of an argument that other libraries have, or ""."""
    from loopc.vocabulary.elsewhere import GIVEN_HERE

    return GIVEN_HERE.get((callee, argument)) or GIVEN_HERE.get(("", argument), "")


def said_here(setting: str) -> str:
    """Return where a loop says what others have a setting for, "" if it has none."""
    from loopc.vocabulary.elsewhere import SAID_HERE

    return SAID_HERE.get(setting.lower(), "")


__all__ = [
    "AnyEntry", "Mismatch", "entries", "functions", "given_here", "layer_shape",
    "layer_weights", "layers", "losses", "meaning", "objects", "said_here", "schedules",
    "stateful_metrics", "suggest", "transforms", "written_here",
]  # fmt: skip
