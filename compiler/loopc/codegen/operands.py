"""Types and options of operands, as the rules of the vocabulary take them."""

from collections.abc import Mapping

from loopc.diagnostics.model import CompilerBug
from loopc.semantics import checked
from loopc.vocabulary.entry import Options, OptionValue
from loopc.vocabulary.types import Dtype, TensorType


def operand_type(node: checked.CheckedExpression) -> TensorType:
    """The type of an operand; a static number is a weak plain scalar."""
    if isinstance(node.type, TensorType):
        return node.type
    if isinstance(node, checked.Static):
        if isinstance(node.value, bool):
            return TensorType("bool", weak=True)
        if isinstance(node.value, int | float):
            dtype: Dtype = "i32" if isinstance(node.value, int) else "f32"
            return TensorType(dtype, weak=True)
    raise CompilerBug(f"expected a tensor, found {node.type}")


def plain_options(options: Mapping[str, checked.Static]) -> Options:
    """Options as the vocabulary's rules take them."""
    plain: dict[str, OptionValue] = {}
    for name, static in options.items():
        if isinstance(static.value, checked.Duration):
            raise CompilerBug(f"a duration as the option {name}")
        plain[name] = static.value  # type: ignore[assignment]  # tuples hold no durations
    return plain


def tensor_of(node: checked.CheckedExpression) -> TensorType:
    if not isinstance(node.type, TensorType):
        raise CompilerBug(f"expected a tensor, found {node.type}")
    return node.type
