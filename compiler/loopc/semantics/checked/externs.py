"""Python that a program names, and calls of it."""

from collections.abc import Mapping
from typing import TypeAlias

from loopc.records import dataclass
from loopc.semantics.checked.base import CheckedExpression, CheckedNode
from loopc.semantics.checked.statics import Static
from loopc.semantics.checked.tensors import ApplyLayer, Construct, StatefulMetric
from loopc.vocabulary.types import TensorType

Length: TypeAlias = Static | str  # of an axis; the name of a dim


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedExtern(CheckedNode):
    """`extern fn warp(x: f32[8]) -> f32[8] = "package.module:member"`.

    `static` are options with their defaults. `parameters` and `results` are what is
    declared where no option is given; a layer may have types that depend on options.
    """

    kind: str
    name: str
    module: str
    member: str
    static: tuple[tuple[str, Static | None], ...] = ()
    parameters: tuple[tuple[str, TensorType], ...] = ()
    results: tuple[TensorType, ...] = ()
    signature: str = ""  # as declared

    @property
    def target(self) -> str:
        return f"{self.module}:{self.member}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallExtern(CheckedExpression):
    """A call of Python: `arguments` are names, given in the `declared` types. It stands
    alone in a function of its own, so that the call is a CallFunction everywhere else.
    """

    extern: str
    arguments: tuple[CheckedExpression, ...]
    declared: tuple[TensorType, ...]
    options: Mapping[str, Static]
    lengths: tuple[tuple[Length, ...], ...]  # of the axes of each result


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstructExtern(Construct):
    """A layer of Python, constructed with all its declared options: a template without
    a body.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyExtern(ApplyLayer):
    """A layer of Python, applied; `lengths` are the axes of each declared result."""

    extern: str
    lengths: tuple[tuple[Length, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternMetric(StatefulMetric):
    """A metric of Python in a report; `arguments` are given in the `declared` types."""

    declared: tuple[TensorType, ...]
