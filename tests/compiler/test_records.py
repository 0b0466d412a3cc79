"""Our quick dataclasses behave as those of the standard library, the oracle here."""

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import field
from typing import Any, NamedTuple

import pytest

from loopc import records

Decorator = Callable[..., Any]


class Family(NamedTuple):
    """The same classes, made by one of the two decorators."""

    point: Any
    named: Any
    counter: Any
    written: Any


def make_family(dataclass: Decorator) -> Family:
    @dataclass(frozen=True, slots=True)
    class Point:
        x: int
        y: int = 2
        place: int = field(default=0, compare=False, repr=False)

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Named(Point):
        name: str
        tags: tuple[str, ...] = field(default_factory=tuple)

    @dataclass(slots=True)
    class Counter:
        start: int
        seen: list[int] = field(default_factory=list)
        total: int = field(init=False)

        def __post_init__(self) -> None:
            self.total = self.start + len(self.seen)

    @dataclass(frozen=True)
    class Written:
        x: int

        def __repr__(self) -> str:
            return "written"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Written)

    return Family(Point, Named, Counter, Written)


OURS, THEIRS = make_family(records.dataclass), make_family(dataclasses.dataclass)

USES: dict[str, Callable[[Family], Any]] = {
    "positional": lambda f: f.point(1, 3),
    "default": lambda f: f.point(1),
    "by name": lambda f: f.named(x=1, name="a"),
    "factory": lambda f: f.counter(1).seen,
    "own factory each": lambda f: f.counter(1).seen is f.counter(1).seen,
    "post init": lambda f: f.counter(1, [5]).total,
    "repr hides": lambda f: f.point(1, place=7),
    "nested repr": lambda f: f.named(x=f.point(1), name="a"),
    "equal": lambda f: f.point(1, place=7) == f.point(1, place=8),
    "unequal": lambda f: f.point(1) == f.point(2),
    "other class": lambda f: f.point(1) == f.named(x=1, name="a"),
    "same hash": lambda f: hash(f.point(1)) == hash(f.point(1, place=9)),
    "hash": lambda f: hash(f.named(x=1, name="a")),
    "mutable has no hash": lambda f: f.counter.__hash__,
    "written methods stay": lambda f: (f.written(1), f.written(1) == f.written(2)),
    "replace": lambda f: dataclasses.replace(f.named(x=1, name="a"), y=5),
    "fields": lambda f: [e.name for e in dataclasses.fields(f.named)],
    "asdict": lambda f: dataclasses.asdict(f.named(x=1, name="a")),
    "match args": lambda f: f.named.__match_args__,
    "deep copy": lambda f: copy.deepcopy(f.named(x=1, name="a", tags=("b",))),
    "no dictionary": lambda f: hasattr(f.point(1), "__dict__"),
    "qualified name": lambda f: f.point.__qualname__,
}

REFUSED: dict[str, Callable[[Family], Any]] = {
    "assigning": lambda f: setattr(f.point(1), "x", 2),
    "deleting": lambda f: delattr(f.point(1), "x"),
    "too few": lambda f: f.point(),
    "too many": lambda f: f.point(1, 2, 3, 4),
    "unknown": lambda f: f.named(x=1, name="a", other=2),
    "missing name": lambda f: f.named(x=1),
    "hash of a mutable": lambda f: hash(f.counter(1)),
}


@pytest.mark.parametrize("slow_calls", [0, 1000], ids=["compiled", "first calls"])
@pytest.mark.parametrize("use", [*USES.values(), *REFUSED.values()])
def test_first_calls_are_like_compiled_ones(
    use: Callable[[Family], Any], slow_calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The few calls before `__init__` is compiled do what it does and refuse alike."""
    monkeypatch.setattr(records, "SLOW_CALLS", slow_calls)
    ours = make_family(records.dataclass)
    assert outcome(use, ours) == outcome(use, THEIRS)


def outcome(use: Callable[[Family], Any], family: Family) -> str:
    """What a use gives, or the type of error that it raises."""
    try:
        return repr(use(family))
    except Exception as error:
        return type(error).__name__


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_results_are_the_standard_librarys(use: Callable[[Family], Any]) -> None:
    """Whatever is done with a class gives what it gives with a standard one."""
    assert repr(use(OURS)) == repr(use(THEIRS))


@pytest.mark.parametrize("use", REFUSED.values(), ids=REFUSED)
def test_refusals_are_the_standard_librarys(use: Callable[[Family], Any]) -> None:
    """What a standard class refuses, ours refuses by the same type of error."""
    with pytest.raises(Exception) as expected:  # noqa: PT011 (the oracle says which)
        use(THEIRS)
    with pytest.raises(expected.type):
        use(OURS)


@records.dataclass(frozen=True, slots=True)
class Pickled:
    """A class that pickle finds by name."""

    x: int


def test_frozen_instances_survive_pickling() -> None:
    """A frozen instance with slots comes back equal."""
    assert pickle.loads(pickle.dumps(Pickled(3))) == Pickled(3)
