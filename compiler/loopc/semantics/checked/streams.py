"""Streams of batches, and the batches that a step draws from them."""

from loopc.records import dataclass
from loopc.semantics.checked.base import CheckedExpression, CheckedNode
from loopc.semantics.checked.statics import Static


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedStream(CheckedNode):
    """`batch_size` None is `batch all`; `bindings`: (name in the step, field). A record
    `t` binds its field `image` as `t.image`. `draw` numbers the `draw` statements of a
    program from 1; 0: the stream of a header.
    """

    data: str
    split: str
    batch_size: Static | None
    drop: bool
    bindings: tuple[tuple[str, str], ...]
    contiguous: bool = False
    parts: Static | None = None
    record: str = ""
    draw: int = 0

    @property
    def name(self) -> str:
        """What tells the examples of this stream from those of others."""
        return f"{self.source}#{self.draw}" if self.draw else self.source

    @property
    def source(self) -> str:
        """The split that the examples come from."""
        return f"{self.data}.{self.split}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn(CheckedExpression):
    """The next batch of a stream: the one field that it binds, or a tuple of them."""

    stream: CheckedStream
