"""Names bound inside a body, innermost first, and whether anybody reads them."""

from collections.abc import Iterator
from dataclasses import field

from loopc.records import dataclass
from loopc.semantics.checked import CheckedExpression
from loopc.source import Span


@dataclass(slots=True)
class Binding:
    """What a mention of a name becomes (with the span of the mention)."""

    name: str
    value: CheckedExpression
    span: Span
    used: bool = False
    quiet: bool = False  # nobody is told when it is never read
    given: bool = False  # a field or input, not what was computed from one


@dataclass(slots=True)
class Scope:
    """One level of names; `history` keeps bindings that were replaced."""

    parent: "Scope | None" = None
    names: dict[str, Binding] = field(default_factory=dict)
    history: list[Binding] = field(default_factory=list)

    def find(self, name: str) -> Binding | None:
        binding = self.names.get(name)
        if binding is None and self.parent is not None:
            return self.parent.find(name)
        return binding

    def bind(self, binding: Binding) -> None:
        old = self.names.get(binding.name)
        if old is not None:
            self.history.append(old)
        self.names[binding.name] = binding

    def visible(self) -> Iterator[str]:
        yield from self.names
        if self.parent is not None:
            yield from self.parent.visible()

    def unused(self) -> Iterator[Binding]:
        for binding in [*self.history, *self.names.values()]:
            if not binding.used and not binding.quiet:
                yield binding
