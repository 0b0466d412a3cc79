"""`set h = value` as Python."""

from loopc.codegen.bodies import LayerPrinter
from loopc.codegen.operands import operand_type
from loopc.codegen.statics import Code
from loopc.semantics import checked
from loopc.vocabulary.types import TensorType


def set_line(statement: checked.CheckedSet, printer: LayerPrinter) -> str:
    """`h.assign(value)`, in the state's dtype; a single number fills its axes."""
    kind, value = statement.type, statement.value
    assert isinstance(kind, TensorType)
    state = printer.models[statement.state]
    given, found = printer.code(value), operand_type(value)
    if isinstance(value, checked.StateValue | checked.WeightValue):
        given = Code(f"{given.text}.read_value()")
    if not isinstance(value, checked.Static) and found.dtype != kind.dtype:
        given = printer.cast(given, kind.dtype)
    if (found.shape, found.stream) == (kind.shape, kind.stream):
        return f"{state}.assign({given.text})"
    number = value.value if isinstance(value, checked.Static) else None
    if number in (0, 1):
        return f"{state}.assign(tf.{'ones' if number else 'zeros'}_like({state}))"
    return f"{state}.assign(tf.fill({state}.shape, {given.text}))"
