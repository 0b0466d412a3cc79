"""Types and options of operands, as the rules of the vocabulary take them."""

import re
from collections.abc import Mapping, Sequence

from loopc.codegen.statics import ATOM, SUM, Code
from loopc.diagnostics.model import CompilerBug
from loopc.semantics import checked
from loopc.vocabulary.entry import FunctionEntry, LossVariant, Options, OptionValue
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


def led_by_dtype(
    entry: FunctionEntry | LossVariant, types: Sequence[TensorType], codes: list[Code]
) -> list[Code]:
    """Operands of a call in which an int does not stand in front of floats.

    A TensorFlow function takes its dtype from the first operand, where operators look
    at both: `tf.maximum(1, x)` is an error.
    """
    if isinstance(entry, FunctionEntry) and entry.precedence < ATOM:
        return codes
    firm = [kind.dtype for kind in types if not kind.weak and kind.dtype != "bool"]
    if not firm or any(not TensorType(dtype).is_float for dtype in firm):
        return codes
    found = list(codes)
    for place, (kind, code) in enumerate(zip(types, codes, strict=True)):
        if not kind.weak and kind.dtype != "bool":
            break
        if kind.weak and kind.dtype == "i32":
            literal = re.fullmatch(r"-?\d+", code.text)
            text = f"{code.text}.0" if literal else f"float({code.text})"
            found[place] = Code(text, code.precedence if literal else ATOM)
    return found


def beside_operators(operand: Code, form: str, position: int) -> str:
    """An operand of a form, in parentheses where `-` of the form stands beside it."""
    place = rf"\{{{position}\}}"
    if re.search(f"- {place}", form):
        return operand.within(SUM)
    return operand.within(SUM - 1) if re.search(f"{place} -", form) else operand.text


def summed_too(value: Code) -> Code:
    """The sum over examples of a sum over axes of each: one sum over all of them."""
    form = re.fullmatch(r"(tf\.reduce_sum\(.*), axis=\(?([\d, ]+)\)?\)", value.text)
    if form is None:
        return Code(f"tf.reduce_sum({value.text}, axis=0)")
    return Code(f"{form[1]}, axis=(0, {form[2]}))")
