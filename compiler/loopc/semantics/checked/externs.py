"""Python that a program names, and calls of it."""

from loopc.records import dataclass
from loopc.semantics.checked.base import CheckedExpression, CheckedNode
from loopc.vocabulary.types import TensorType


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedExtern(CheckedNode):
    """`extern fn warp(x: f32[8]) -> f32[8] = "package.module:member"`."""

    kind: str
    name: str
    module: str
    member: str
    parameters: tuple[tuple[str, TensorType], ...]
    results: tuple[TensorType, ...]

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
