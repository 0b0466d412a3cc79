"""What checking carries along: the program's tables, and where an expression stands."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from typing import Literal, TypeAlias

from loopc.diagnostics.model import Diagnostic, Diagnostics, Severity
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.semantics.declarations import Declarations
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.instances import Instances
from loopc.semantics.left_out import LeftOut
from loopc.semantics.scope import Binding, Scope
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary.types import ValueType

Place: TypeAlias = Literal[
    "static",
    "field",
    "augment",
    "model",
    "layer",
    "function",
    "step",
    "eval",
    "schedule",
]

MAX_DEPTH = 100
MAX_STATEMENTS = 100_000
MAX_SIGNATURES = 1_000


@dataclass(frozen=True, slots=True)
class Rules:
    """The recursive knot: bodies hold expressions, expressions call what has bodies."""

    expression: Callable[["Body", ast.Expression], checked.CheckedExpression]
    statements: Callable[["Body", ast.Block], tuple[checked.CheckedStatement, ...]]


@dataclass(slots=True)
class Context:
    """One check of one program. Tables fill up as names are first used."""

    program: ast.Program
    diagnostics: Diagnostics
    declarations: Declarations
    rules: Rules
    overrides: Mapping[str, ast.Expression]
    left_out: LeftOut = LeftOut()
    length: int | None = None  # of the program's own text; what is behind is imported
    allow_extern: bool = True
    partial: bool = False  # the parser left parts out; what is missing may stand there
    params: dict[str, checked.CheckedParam | None] = field(default_factory=dict)
    consts: dict[str, checked.CheckedConst | None] = field(default_factory=dict)
    dims: dict[str, checked.CheckedDim | None] = field(default_factory=dict)
    data: dict[str, checked.CheckedData] = field(default_factory=dict)
    models: dict[str, checked.CheckedModel | None] = field(default_factory=dict)
    schedules: dict[str, checked.CheckedSchedule | None] = field(default_factory=dict)
    chains: dict[str, checked.CheckedChain | None] = field(default_factory=dict)
    templates: dict[tuple[object, ...], "Template | None"] = field(default_factory=dict)
    functions: dict[tuple[object, ...], checked.CheckedFunction | None] = field(
        default_factory=dict
    )
    externs: dict[str, checked.CheckedExtern | None] = field(default_factory=dict)
    random_sites: dict[Span, int] = field(default_factory=dict)
    draw_sites: dict[Span, int] = field(default_factory=dict)
    fields_read: set[tuple[str, str]] = field(default_factory=set)
    models_called: set[str] = field(default_factory=set)
    states_set: set[str] = field(default_factory=set)
    padded_models: set[str] = field(default_factory=set)
    advice: list[Diagnostic] = field(default_factory=list)
    in_progress: list[str] = field(default_factory=list)
    statements_checked: int = 0
    signatures_checked: int = 0

    def add(self, diagnostic: Diagnostic) -> None:
        missing = self.partial and diagnostic.slug == "missing-part"
        # An imported file is written for others too: it is advised by itself.
        warns = diagnostic.severity is not Severity.ERROR
        if not missing and not (warns and self.is_imported(diagnostic.span)):
            self.diagnostics.add(diagnostic)

    def is_imported(self, span: Span) -> bool:
        """Whether something stands in another file than the program."""
        return self.length is not None and span.start > self.length

    def add_unknown(self, name: str, diagnostic: Diagnostic) -> None:
        """Say that nothing is called `name`, unless that is lost to a syntax error."""
        if not self.left_out.explains(name, diagnostic.span):
            self.add(diagnostic)

    @contextmanager
    def muted(self) -> Iterator[Diagnostics]:
        """Collect what is found meanwhile apart from the program's findings."""
        kept, advice = self.diagnostics, self.advice
        self.diagnostics, self.advice = Diagnostics(), []
        try:
            yield self.diagnostics
        finally:
            self.diagnostics, self.advice = kept, advice

    @contextmanager
    def defining(self, name: str, span: Span) -> Iterator[bool]:
        """Yield whether `name` may be checked now: not within itself, not too deep."""
        if name in self.in_progress:
            path = [*self.in_progress[self.in_progress.index(name) :], name]
            self.add(name_errors.recursive_definition(name, span, path))
            yield False
        elif len(self.in_progress) >= MAX_DEPTH:
            self.add(name_errors.too_deep(span))
            yield False
        else:
            self.in_progress.append(name)
            try:
                yield True
            finally:
                self.in_progress.pop()

    def spend(self, span: Span) -> bool:
        """Count one statement; False, once said, when there were too many."""
        self.statements_checked += 1
        if self.statements_checked == MAX_STATEMENTS + 1:
            self.add(value_errors.too_much("statements", MAX_STATEMENTS, span))
        return self.statements_checked <= MAX_STATEMENTS

    @property
    def overspent(self) -> bool:
        return self.statements_checked > MAX_STATEMENTS

    def spend_signature(self, span: Span) -> bool:
        """Count one signature of a fn or layer; False, once said, if too many."""
        self.signatures_checked += 1
        if self.signatures_checked == MAX_SIGNATURES + 1:
            what = "signatures of fns and layers"
            self.add(value_errors.too_much(what, MAX_SIGNATURES, span))
        return self.signatures_checked <= MAX_SIGNATURES

    def random_site(self, span: Span) -> int:
        return self.random_sites.setdefault(span, len(self.random_sites))

    def draw_site(self, span: Span) -> int:
        """The number of a `draw` statement, from 1; the same in every pass."""
        return self.draw_sites.setdefault(span, len(self.draw_sites) + 1)


@dataclass(slots=True)
class Body:
    """Where an expression stands: its names, and what is allowed there."""

    context: Context
    place: Place
    scope: Scope = field(default_factory=Scope)
    inside: Literal["step", "model"] = "step"
    training: bool | None = None
    stream: str | None = None
    lanes: str | None = None  # the stream, where lane i of a batch continues
    instances: Instances = field(default_factory=Instances)
    hint: str = ""  # the name that a call is about to be bound to
    hint_span: Span | None = None
    in_report: bool = False
    returned: Span | None = None
    block: ast.Block | None = None  # of a step or eval, whole
    repeating: bool = False
    in_every: bool = False  # in an `every` block of a step
    sites: dict[Span, str] = field(default_factory=dict)
    # By site, with the scope in which it happens: of the step, or of an `every` block.
    updates: dict[str, tuple[checked.CheckedUpdate, Scope]] = field(
        default_factory=dict
    )
    wrong_updates: set[str] = field(default_factory=set)  # models of those not checked

    def check(self, node: ast.Expression) -> checked.CheckedExpression:
        return self.context.rules.expression(self, node)

    def add(self, diagnostic: Diagnostic) -> None:
        self.context.add(diagnostic)

    def hint_for(self, span: Span) -> str:
        """The name that the call at `span` is bound to, if it is bound to one."""
        return self.hint if span == self.hint_span else ""

    @property
    def builds(self) -> bool:
        """Whether layers may be constructed here."""
        return self.place in ("model", "layer")

    def verify_free(self, name: str, span: Span) -> None:
        """Say so if a name is that of a declaration: locals never hide one."""
        declared = self.context.declarations.span(name)
        if declared is not None:
            self.add(name_errors.shadows_declaration(name, span, declared))

    def bind(
        self,
        name: str,
        value: checked.CheckedExpression,
        span: Span,
        quiet: bool = False,
    ) -> None:
        self.scope.bind(Binding(name, value, span, quiet=quiet))

    def bind_local(
        self, name: str, type: ValueType, span: Span, quiet: bool = False
    ) -> None:
        self.bind(name, checked.Local(span=span, type=type, name=name), span, quiet)

    def bind_given(
        self, name: str, type: ValueType, span: Span, quiet: bool = False
    ) -> None:
        """Bind a field or an input, which has a mask where it has a varying axis."""
        value = checked.Local(span=span, type=type, name=name)
        self.scope.bind(Binding(name, value, span, quiet=quiet, given=True))


@dataclass(frozen=True, slots=True)
class Template:
    """One checked signature of a `layer` declaration."""

    declaration: checked.CheckedTemplate
    output: ValueType
    instances: Instances
