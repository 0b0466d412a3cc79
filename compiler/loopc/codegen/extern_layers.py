"""Layers of Python that a program names: as Keras code, held to what is declared."""

from collections.abc import Sequence

from loopc.codegen.expressions import ExpressionPrinter
from loopc.codegen.literals import string
from loopc.codegen.statics import Code
from loopc.semantics import checked
from loopc.vocabulary.types import Dtype, TensorType, TupleType

KERAS_NAMES: dict[Dtype, str] = {
    "f16": "float16",
    "bf16": "bfloat16",
    "f32": "float32",
    "f64": "float64",
    "i32": "int32",
    "i64": "int64",
    "u8": "uint8",
    "bool": "bool",
}


def extern_construct(
    printer: ExpressionPrinter, node: checked.ConstructExtern, name: str
) -> Code:
    """`Mix(units=64, name="mix")`, with every declared option."""
    made = printer.names.of("extern", node.layer)
    options = [f"{n}={printer.option(v)}" for n, v in node.options.items()]
    return Code(f"{made}({', '.join([*options, f'name={name}'])})")


def extern_layer(
    printer: ExpressionPrinter, node: checked.ApplyExtern, inputs: Sequence[str]
) -> Code:
    """An application whose result is held against the declaration."""
    kinds = node.type.items if isinstance(node.type, TupleType) else (node.type,)
    specs = [
        keras_spec(printer, kind, lengths)
        for kind, lengths in zip(kinds, node.lengths, strict=True)
        if isinstance(kind, TensorType)
    ]
    printer.imports.need("as_declared")
    result = f"{printer.code(node.construct).text}({', '.join(inputs)})"
    given = ", ".join([string(node.extern), result, *specs])
    return Code(f"as_declared({given})")


def keras_spec(
    printer: ExpressionPrinter, kind: TensorType, lengths: Sequence[checked.Length]
) -> str:
    """`keras.KerasTensor((None, 8), "float32")`; dims and the batch are None."""
    axes = ["None"]
    axes += [
        "None" if isinstance(length, str) else printer.option(length)
        for length in lengths
    ]
    shape = f"({', '.join(axes)}{',' * (len(axes) == 1)})"
    return f"keras.KerasTensor({shape}, {string(KERAS_NAMES[kind.dtype])})"
