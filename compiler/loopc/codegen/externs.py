"""Calls of Python that a program names, and the imports that they need."""

from collections.abc import Iterator, Sequence

from loopc.codegen.expressions import TF_DTYPES, ExpressionPrinter
from loopc.codegen.names import Names
from loopc.codegen.runtime_source import Import
from loopc.codegen.statics import Code
from loopc.planning.walk import walk
from loopc.semantics import checked
from loopc.vocabulary.types import Axis, TensorType, TupleType, ValueType


def externs_called(program: checked.CheckedProgram) -> list[checked.CheckedExtern]:
    """What the script has to import: all that some function of it calls."""
    bodies = (
        program.functions,
        program.models,
        program.templates,
        program.trains,
        program.data,
    )
    called = set[str]()
    for node in walk(bodies):
        if isinstance(node, checked.CallExtern | checked.ApplyExtern):
            called.add(node.extern)
        elif isinstance(node, checked.ExternMetric):
            called.add(node.name)
        elif isinstance(node, checked.CheckedLink | checked.CheckedSource):
            called.add(node.extern)
    return [extern for extern in program.externs if extern.name in called]


def extern_imports(program: checked.CheckedProgram, names: Names) -> list[Import]:
    """The imports, under the names that Python uses wherever those are free."""
    return [
        Import(e.module, e.member, names.of("extern", e.name, e.member))
        for e in externs_called(program)
    ]


def extern_call(printer: ExpressionPrinter, node: checked.CallExtern) -> Code:
    """A call whose result is held against the declaration."""
    function = printer.names.of("extern", node.extern)
    options = [f"{n}={printer.option(v)}" for n, v in node.options.items()]
    given = ", ".join([*_arguments(printer, node), *options])
    results = zip(_results(node.type), node.lengths, strict=True)
    specs = ", ".join(_spec(printer, node, kind, axes) for kind, axes in results)
    printer.imports.need("as_declared")
    return Code(f'as_declared("{node.extern}", {function}({given}), {specs})')


def _results(kind: ValueType) -> tuple[ValueType, ...]:
    return kind.items if isinstance(kind, TupleType) else (kind,)


def _arguments(printer: ExpressionPrinter, node: checked.CallExtern) -> Iterator[str]:
    """Tensors of the declared dtypes, whatever they were given as."""
    for argument, declared in zip(node.arguments, node.declared, strict=True):
        yield as_given(printer, argument, declared)


def as_given(
    printer: ExpressionPrinter, value: checked.CheckedExpression, declared: TensorType
) -> str:
    """A tensor of the declared dtype, whatever it was."""
    text, dtype = printer.code(value).text, TF_DTYPES[declared.dtype]
    if not isinstance(value.type, TensorType):
        return f"tf.constant({text}, {dtype})"
    if value.type.weak or value.type.dtype != declared.dtype:
        return f"tf.cast({text}, {dtype})"
    return text


def _spec(
    printer: ExpressionPrinter,
    node: checked.CallExtern,
    kind: ValueType,
    lengths: Sequence[checked.Length],
) -> str:
    assert isinstance(kind, TensorType)
    axes = [
        (
            printer.option(length)
            if isinstance(length, checked.Static)
            else _as_long(printer, node, axis)
        )
        for axis, length in zip(kind.shape, lengths, strict=True)
    ]
    if kind.per_example:
        given = next(a for a in node.arguments if _per_example(a))
        axes.insert(0, f"{printer.code(given).text}.shape[0]")
    return f"tf.TensorSpec([{', '.join(axes)}], {TF_DTYPES[kind.dtype]})"


def _as_long(printer: ExpressionPrinter, node: checked.CallExtern, axis: Axis) -> str:
    """The length of a varying axis: that of the argument which has it."""
    for argument in node.arguments:
        kind = argument.type
        if isinstance(kind, TensorType) and axis in kind.shape:
            position = kind.shape.index(axis) + kind.per_example
            return f"{printer.code(argument).text}.shape[{position}]"
    return str(axis) if isinstance(axis, int) else "None"


def _per_example(value: checked.CheckedExpression) -> bool:
    return isinstance(value.type, TensorType) and value.type.per_example
