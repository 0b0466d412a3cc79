"""Functions in reports are opened, so that the means inside them are seen.

`report score(label, logits)`, where `score` takes a mean or is handed one, means what
it would be if its window were one batch. So its body is put in the place of the call,
and reports find the means there. Whatever else calls the function goes on calling it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, fields, replace
from typing import Any

from loopc.planning.means import is_plain, names_reported, reaches_mean
from loopc.planning.walk import calls, names_bound, names_read, walk
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.semantics.report_means import is_open
from loopc.vocabulary.types import TensorType

Functions = Mapping[str, checked.CheckedFunction]
Values = Mapping[str, checked.CheckedExpression]
MOST_NODES = 2_000  # a body that grows beyond it stays a call


def open_reports(
    body: Sequence[checked.CheckedStatement], functions: Functions
) -> tuple[checked.CheckedStatement, ...]:
    """The body with the functions opened that reports reach means through."""
    taken = {*names_read(tuple(body)), *(n for s in body for n in names_bound(s))}
    opened = tuple(_Opener(functions, taken, names_reported(body)).body(body))
    return _without_unread(opened, tuple(body))


def _without_unread(
    opened: tuple[checked.CheckedStatement, ...],
    before: tuple[checked.CheckedStatement, ...],
) -> tuple[checked.CheckedStatement, ...]:
    """Leave out assignments that only reports read, which now know better."""
    read, once = names_read(opened), names_read(before)
    return tuple(
        s
        for s in opened
        if not isinstance(s, checked.CheckedAssign)
        or any(n in read or n not in once for n in s.names)
    )


@dataclass(slots=True)
class _Opener:
    functions: Functions
    taken: set[str]
    reported: frozenset[str]  # names that reports are made of
    known: dict[str, checked.CheckedExpression] = field(default_factory=dict)
    pending: list[checked.CheckedAssign] = field(default_factory=list)
    called: dict[int, checked.CheckedExpression] = field(default_factory=dict)

    def body(
        self, body: Sequence[checked.CheckedStatement]
    ) -> Iterator[checked.CheckedStatement]:
        for statement in body:
            changed = self.statement(statement)
            yield from self.pending
            self.pending = []
            yield changed

    def statement(
        self, statement: checked.CheckedStatement
    ) -> checked.CheckedStatement:
        if isinstance(statement, checked.CheckedEvery):
            return replace(statement, body=tuple(self.body(statement.body)))
        if isinstance(statement, checked.CheckedReport):
            items = tuple(
                replace(i, value=self.value(i.value, i.name)) for i in statement.items
            )
            return replace(statement, items=items)
        if not isinstance(statement, checked.CheckedAssign):
            return statement
        single = len(statement.names) == 1
        reported = single and statement.names[0] in self.reported
        return self.assign(statement) if reported else statement

    def assign(self, statement: checked.CheckedAssign) -> checked.CheckedAssign:
        """Remember what a name stands for where that is a call with means inside."""
        (name,) = statement.names
        opened = self.value(statement.value, name)
        if opened is statement.value or isinstance(opened, checked.Local):
            return statement
        if self.reads_weights(opened):  # of this moment: it is computed here
            return replace(statement, value=opened)
        self.known[name] = opened
        return replace(statement, value=_with_calls(statement.value, self.called))

    def reads_weights(self, value: checked.CheckedExpression) -> bool:
        """Whether computing a value later, or twice, would give another."""
        for node in walk(value):
            if isinstance(node, checked.CallModel | checked.Random):
                return True
            if isinstance(node, checked.CallFunction):
                body = self.functions[node.function].body
                if any(isinstance(n, checked.CallModel) for n in walk(body)):
                    return True
        return False

    def value(
        self, value: checked.CheckedExpression, name: str
    ) -> checked.CheckedExpression:
        """`value` with calls opened wherever plain arithmetic leads to means."""
        match value:
            case checked.Local():
                return self.known.get(value.name, value)
            case checked.CallFunction() if is_plain(value):
                return self.call(value, name)
            case checked.Primitive() if is_plain(value):
                arguments = tuple(self.value(a, name) for a in value.arguments)
                same = all(
                    a is b for a, b in zip(arguments, value.arguments, strict=True)
                )
                return value if same else replace(value, arguments=arguments)
            case checked.Select() if is_plain(value):
                return self.choice(value, name)
        return value

    def call(self, call: checked.CallFunction, name: str) -> checked.CheckedExpression:
        arguments = tuple(self.value(a, name) for a in call.arguments)
        body = opened_body(self.functions[call.function], arguments)
        if body is None or not reaches_mean(self.value(body, name)):
            return call
        arguments = tuple(self.bound(a, name) for a in arguments)
        if self.pending:
            self.called[id(call)] = replace(call, arguments=arguments)
        body = opened_body(self.functions[call.function], arguments)
        return call if body is None else self.value(body, name)

    def bound(
        self, value: checked.CheckedExpression, name: str
    ) -> checked.CheckedExpression:
        """An argument that calls or draws gets a name: it is computed once, here."""
        draws = any(isinstance(n, checked.Random) for n in walk(value))
        tensor = isinstance(value.type, TensorType)
        if reaches_mean(value) or not tensor or not (draws or calls(value)):
            return value
        fresh = self.fresh(name)
        made = checked.CheckedAssign(span=value.span, names=(fresh,), value=value)
        self.pending.append(made)
        return checked.Local(span=value.span, type=value.type, name=fresh)

    def fresh(self, name: str) -> str:
        number = 1
        while f"{name}_{number}" in self.taken:
            number += 1
        self.taken.add(f"{name}_{number}")
        return f"{name}_{number}"

    def choice(self, value: checked.Select, name: str) -> checked.CheckedExpression:
        """A static choice of means: one mean of the chosen values."""
        then, otherwise = (self.value(v, name) for v in (value.then, value.otherwise))
        taken = then if value.taken else otherwise
        if not reaches_mean(taken):
            return value
        if value.condition.expression is None:
            return taken
        if not isinstance(then, checked.Average):
            return taken
        if not isinstance(otherwise, checked.Average):
            return taken
        if then.weight is not None or otherwise.weight is not None:
            return taken
        if then.value.type != otherwise.value.type:
            return taken
        inner = replace(
            value, type=then.value.type, then=then.value, otherwise=otherwise.value
        )
        return replace(then, value=inner)


def _with_calls(
    value: checked.CheckedExpression, called: Mapping[int, checked.CheckedExpression]
) -> checked.CheckedExpression:
    """Plain arithmetic with calls in it replaced by calls of arguments with names."""
    if id(value) in called:
        return called[id(value)]
    if not isinstance(value, checked.Primitive):
        return value
    arguments = tuple(_with_calls(a, called) for a in value.arguments)
    return replace(value, arguments=arguments)


def opened_body(
    function: checked.CheckedFunction, arguments: Sequence[checked.CheckedExpression]
) -> checked.CheckedExpression | None:
    """What a function gives for these arguments, written out.

    None where its body is more than names for values and one result, or too long.
    """
    if not is_open(function):
        return None
    names = [name for name, _ in function.parameters]
    values: dict[str, checked.CheckedExpression] = dict(
        zip(names, arguments, strict=True)
    )
    for statement in function.body[:-1]:
        assert isinstance(statement, checked.CheckedAssign)
        value = substituted(statement.value, values)
        if sum(1 for _ in walk(value)) > MOST_NODES:
            return None
        values[statement.names[0]] = value
    last = function.body[-1]
    if not isinstance(last, checked.CheckedReturn):
        return None
    result: checked.CheckedExpression = substituted(last.value, values)
    return result if sum(1 for _ in walk(result)) <= MOST_NODES else None


def substituted(node: Any, values: Values) -> Any:
    """`node` with names of a function's body replaced by what they stand for."""
    if isinstance(node, tuple):
        return tuple(substituted(item, values) for item in node)
    if isinstance(node, Mapping):
        return {key: substituted(item, values) for key, item in node.items()}
    if isinstance(node, checked.Local) and node.name in values:
        return values[node.name]
    if isinstance(node, checked.StaticName) and node.origin in ("parameter", "local"):
        return _static(node, values)
    if not isinstance(node, checked.CheckedNode | checked.Slice):
        return node
    changes = {f.name: substituted(getattr(node, f.name), values) for f in fields(node)}
    if isinstance(node, checked.CallModel) and node.model in values:
        model = values[node.model]
        assert isinstance(model, checked.Local)
        changes["model"] = model.name
    return replace(node, **changes)


def _static(node: checked.StaticName, values: Values) -> checked.StaticExpression:
    """How a static parameter was given: as written, or its value."""
    given = values.get(node.name)
    if not isinstance(given, checked.Static):
        return node
    if given.expression is not None:
        return given.expression
    return checked.StaticLiteral(span=given.span, value=given.value)
