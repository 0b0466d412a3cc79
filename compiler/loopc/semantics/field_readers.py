"""What reads columns in a field: `column`, `standardize`, `category`, `windows`."""

from collections.abc import Sequence
from dataclasses import replace

from loopc.diagnostics.model import Diagnostic
from loopc.records import dataclass
from loopc.semantics.arguments import bind_slots
from loopc.semantics.checked import (
    Category,
    CheckedExpression,
    ColumnValue,
    Standardized,
    Static,
    Windowed,
    Words,
)
from loopc.semantics.context import Body
from loopc.semantics.dims import bounds, buckets_of
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import values as errors
from loopc.semantics.options import as_int
from loopc.semantics.primitives import tensor_type
from loopc.semantics.sources import text_of
from loopc.semantics.values import failed, is_failed
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary import suggest
from loopc.vocabulary.types import MODEL_STREAM, TensorType

ROW_READERS = frozenset({"column", "columns", "standardize", "category"})
READERS = frozenset({*ROW_READERS, "windows", "words"})


@dataclass(frozen=True, slots=True)
class FieldReader:
    """Checks the value of one field: columns have the field's shape.

    A column's own shape is known when the data is read, so an expression keeps the
    shape that the field declares.
    """

    body: Body
    type: TensorType
    splits: Sequence[str]

    def read(self, node: ast.Expression) -> CheckedExpression:
        return self.body.check(self._bind(node))

    def _bind(self, node: ast.Expression) -> ast.Expression:
        """Replace what reads columns by names that are bound to it."""
        found = _reader_of(node)
        if found is not None:
            return self._named(found)
        match node:
            case ast.Binary():
                left, right = self._bind(node.left), self._bind(node.right)
                return replace(node, left=left, right=right)
            case ast.Unary():
                return replace(node, operand=self._bind(node.operand))
            case ast.Parenthesized():
                return replace(node, value=self._bind(node.value))
            case ast.Pipe():
                return replace(node, left=self._bind(node.left), right=node.right)
            case ast.Call():
                return replace(node, arguments=self._arguments(node.arguments))
            case ast.Index():
                return replace(node, value=self._bind(node.value))
            case _:
                return node

    def _arguments(self, arguments: Sequence[ast.Argument]) -> tuple[ast.Argument, ...]:
        return tuple(replace(a, value=self._bind(a.value)) for a in arguments)

    def _named(self, node: ast.Call) -> ast.Name:
        assert isinstance(node.callee, ast.Name)
        name = f"{node.callee.text} {node.span.start}"
        value = self._reader(node, node.callee.text)
        self.body.bind(name, value, node.span, quiet=True)
        return ast.Name(span=node.span, text=name)

    def _reader(self, node: ast.Call, name: str) -> CheckedExpression:
        match name:
            case "column":
                return self._column(node)
            case "columns":
                return self._stacked(node)
            case "standardize":
                return self._standardize(node)
            case "category":
                return self._category(node)
            case "words":
                return self._words(node)
        return self._windows(node)

    def _column(self, node: ast.Call) -> CheckedExpression:
        columns = self._names(node)
        if columns is None:
            return failed(node.span)
        if len(columns) > 1:
            help = 'several stack on a last axis: `columns("a", "b")`'
            problem = name_errors.too_many_arguments("column", 1, node.span, help)
            self.body.add(problem)
            return failed(node.span)
        return ColumnValue(span=node.span, type=self._raw(), columns=columns)

    def _raw(self) -> TensorType:
        """A column as its field counts it; labels are ints before they are declared."""
        if self.type.kind == "class":
            return TensorType("i32", self.type.shape, stream=MODEL_STREAM)
        return replace(self.type, kind="value")

    def _stacked(self, node: ast.Call) -> CheckedExpression:
        columns = self._names(node)
        if columns is None:
            return failed(node.span)
        type = replace(self._raw(), shape=(len(columns),))
        return ColumnValue(span=node.span, type=type, columns=columns)

    def _names(self, node: ast.Call) -> tuple[str, ...] | None:
        name = node.callee.text if isinstance(node.callee, ast.Name) else ""
        if not node.arguments:
            help = f'write `{name}("...")`'
            what = "the name of a column"
            problem = name_errors.missing_argument(name, what, node.span, help)
            self.body.add(problem)
            return None
        texts = [
            text_of(self.body, "the name of a column", argument.value)
            for argument in node.arguments
        ]
        known = tuple(text for text in texts if text is not None)
        return known if len(known) == len(texts) else None

    def _standardize(self, node: ast.Call) -> CheckedExpression:
        names = ["column", "over"]
        slots = bind_slots(self.body, "standardize", node.arguments, names, 1)
        column = self._inner("standardize", slots.take("column"), node.span)
        over = self._split("standardize", slots.take("over"), node.span)
        if column is None or over is None or not slots.sound:
            return failed(node.span)
        if not self.type.is_float:
            self.body.add(_not_float(node.span))
            return failed(node.span)
        columns, type = column.columns, tensor_type(column)
        return Standardized(span=node.span, type=type, columns=columns, over=over)

    def _category(self, node: ast.Call) -> CheckedExpression:
        names = ["column", "over", "unknown"]
        slots = bind_slots(self.body, "category", node.arguments, names, 1)
        column = self._inner("category", slots.take("column"), node.span)
        over = self._split("category", slots.take("over"), node.span)
        unknown = self._unknown(slots.take("unknown"))
        if column is None or over is None or unknown == -1 or not slots.sound:
            return failed(node.span)
        if self.type.kind != "class":
            what, found = "the type of a `category`", str(self.type.dtype)
            expected = "a class, such as `class(10)`"
            self.body.add(errors.wrong_type(what, expected, found, node.span))
            return failed(node.span)
        return Category(
            span=node.span,
            type=self.type,
            column=column.columns[0],
            over=over,
            unknown=unknown,
        )

    def _unknown(self, node: ast.Expression | None) -> int | None:
        """The code of what was never seen, -1 where it was complained about."""
        if node is None:
            return None
        value = as_int(self.body, "`unknown`", node, 0)
        number = None if value is None else value.value
        if not isinstance(number, int):
            return -1
        classes = self.type.classes
        if classes is not None and number >= classes:
            allowed = f"a number from 0 to {classes - 1}"
            problem = errors.out_of_range("`unknown`", number, allowed, node.span)
            self.body.add(problem)
            return -1
        return number

    def _words(self, node: ast.Call) -> CheckedExpression:
        by_file = bool(node.arguments) and isinstance(
            node.arguments[0].value, ast.String
        )
        names = ["file"] if by_file else []
        names += ["column", "over", "unknown"]
        slots = bind_slots(self.body, "words", node.arguments, names, len(names) - 2)
        file = slots.take("file")
        column = self._inner("words", slots.take("column"), node.span)
        split = slots.take("over")
        over = None
        if split is not None or not by_file:
            over = self._split("words", split, node.span)
            if over is None:
                return failed(node.span)
        unknown = self._unknown(slots.take("unknown"))
        if column is None or unknown == -1 or not slots.sound:
            return failed(node.span)
        return self._coded(node, column, file, over, unknown)

    def _coded(
        self,
        node: ast.Call,
        column: ColumnValue,
        file: ast.Expression | None,
        over: str | None,
        unknown: int | None,
    ) -> CheckedExpression:
        if self.type.kind != "class" or len(self.type.shape) != 1:
            expected = "a sequence of labels, such as `class(8_000)[time]`"
            what, found = "the type of `words`", str(replace(self.type, stream=None))
            self.body.add(errors.wrong_type(what, expected, found, node.span))
            return failed(node.span)
        low, high = bounds(self.body.context, self.type.shape[0])
        return Words(
            span=node.span,
            type=self.type,
            column=column.columns[0],
            file=file.value if isinstance(file, ast.String) else None,
            over=over,
            unknown=unknown,
            low=low,
            high=high,
            buckets=buckets_of(self.body.context, self.type.shape[0]),
        )

    def _windows(self, node: ast.Call) -> CheckedExpression:
        slots = bind_slots(
            self.body,
            "windows",
            node.arguments,
            ["column", "length", "stride", "by"],
            2,
        )
        rows, length = slots.take("column"), slots.take("length")
        stride, by = slots.take("stride"), self._key(slots.take("by"))
        if rows is None or length is None or not slots.sound:
            if slots.sound:
                help = 'write `windows(column("..."), 48)`'
                what = "column" if rows is None else "length"
                problem = name_errors.missing_argument("windows", what, node.span, help)
                self.body.add(problem)
            return failed(node.span)
        value = self._of_one_row(rows)
        size = as_int(self.body, "the length of a window", length, 2)
        step = size
        if stride is not None:
            step = as_int(self.body, "`stride`", stride, 1)
        if is_failed(value) or size is None or step is None or by is None:
            return failed(node.span)
        return Windowed(
            span=node.span,
            type=_widened(tensor_type(value), size),
            value=value,
            length=size,
            stride=step,
            by=by or None,
        )

    def _key(self, node: ast.Expression | None) -> str | None:
        """The column that tells series apart, "" for none; None, once said."""
        if node is None:
            return ""
        call = _reader_of(node)
        if call is None or _name_of(call) != "column":
            what, expected = "`by` of `windows`", 'a `column("...")`'
            self.body.add(
                errors.wrong_type(what, expected, "something else", node.span)
            )
            return None
        names = self._names(call)
        return None if names is None or len(names) > 1 else names[0]

    def _of_one_row(self, node: ast.Expression) -> CheckedExpression:
        """What a window consists of, in the type of one of its rows."""
        call = _reader_of(node)
        if call is None or _name_of(call) not in ROW_READERS:
            what, expected = "the argument of `windows`", 'a `column("...")`'
            found = "something else"
            self.body.add(errors.wrong_type(what, expected, found, node.span))
            return failed(node.span)
        row = replace(self.type, shape=self.type.shape[1:])
        inside = replace(self, type=row)
        return inside._reader(call, _name_of(call))

    def _inner(
        self, callee: str, node: ast.Expression | None, span: Span
    ) -> ColumnValue | None:
        if node is None:
            help = f'write `{callee}(column("..."), over: train)`'
            what = "a column"
            self.body.add(name_errors.missing_argument(callee, what, span, help))
            return None
        call = _reader_of(node)
        value = None if call is None else self._reader(call, _name_of(call))
        if isinstance(value, ColumnValue):
            return value
        if value is None:
            what, expected = f"the argument of `{callee}`", 'a `column("...")`'
            found = "something else"
            self.body.add(errors.wrong_type(what, expected, found, node.span))
        return None

    def _split(
        self, callee: str, node: ast.Expression | None, span: Span
    ) -> str | None:
        if node is None:
            first = next(iter(self.splits), "train")
            help = f"write `over: {first}`, the split that it is fitted on"
            self.body.add(name_errors.missing_argument(callee, "over", span, help))
            return None
        name = node.text if isinstance(node, ast.Name) else "..."
        if name in self.splits:
            return name
        guess = suggest(name, self.splits)
        problem = name_errors.unknown_split(
            "this data", name, node.span, guess, self.splits
        )
        self.body.context.add_unknown(name, problem)
        return None


def _widened(row: TensorType, length: Static) -> TensorType:
    assert isinstance(length.value, int)
    return replace(row, shape=(length.value, *row.shape))


def _name_of(call: ast.Call) -> str:
    return call.callee.text if isinstance(call.callee, ast.Name) else ""


def _reader_of(node: ast.Expression) -> ast.Call | None:
    while isinstance(node, ast.Parenthesized):
        node = node.value
    if isinstance(node, ast.Call) and _name_of(node) in READERS:
        return node
    return None


def _not_float(span: Span) -> Diagnostic:
    title = "`standardize` gives floats"
    help = "declare the field `f32`"
    return errors.dtype_mismatch(title, "the field is not a float", span, help)
