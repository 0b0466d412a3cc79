"""Functions of params as a script prints them, evaluated beside Python's own values."""

import ast
import math
import types

import numpy as np
import pytest

import loopc
from loopc.semantics.static_functions import LIST_FUNCTIONS, SCALAR_FUNCTIONS

PROGRAM = """
param n: float = 2.5 in 1 .. 100
param k: int = 7 in 1 .. 100
data points {
  train = npz("points.npz")
  field x: f32[13]
}
model net(x: f32[13]) -> f32 = squeeze(x |> dense(1), axis: 0)
train for 2 epochs {
  step (x) from points.train batch 8 {
    loss = net(x) ^ 2
    update net to minimize loss using sgd(0.1)
    report seen = mean(EXPRESSION * loss)
  }
}
"""
WRITTEN = {
    "abs(1 - n)": 1.5,
    "sqrt(n)": math.sqrt(2.5),
    "exp(n)": math.exp(2.5),
    "log(n)": math.log(2.5),
    "log2(n)": math.log2(2.5),
    "log10(n)": math.log10(2.5),
    "sin(n)": math.sin(2.5),
    "cos(n)": math.cos(2.5),
    "tan(n)": math.tan(2.5),
    "tanh(n)": math.tanh(2.5),
    "floor(n)": 2,
    "ceil(n)": 3,
    "round(n)": 2,
    "int(n)": 2,
    "float(k)": 7.0,
    "square(k + 1)": 64,
    "mod(k * 2, 5)": 4,
    "min([n, k])": 2.5,
    "max(n, k)": 7,
    "sum([n, k])": 9.5,
    "mean([n, k])": 4.75,
    "length([n, k, 1])": 3,
    "reverse([n, k])[0]": 7,
    "range(k)[3]": 3,
    "linspace(n, 4.5, 3)[1]": 3.5,
    "cumsum([n, k])[1]": 9.5,
    "cumprod([n, k])[1]": 17.5,
    "([n, k] * 2)[1]": 14,
    "sqrt([n, 9.0])[1]": 3.0,
    "(n if k > 3 else 1.0)": 2.5,
    "(0 - (1 if k < 3 else n))": -2.5,
}


@pytest.mark.parametrize("expression", WRITTEN)
def test_functions_of_params_are_those_of_python(expression: str) -> None:
    """What a step reads of a param is what the function gives for its value."""
    script = loopc.compile_source(PROGRAM.replace("EXPRESSION", expression)).script
    assert script is not None
    (product,) = (
        node.left
        for node in ast.walk(ast.parse(script))
        if isinstance(node, ast.BinOp)
        and isinstance(node.right, ast.Name)
        and node.right.id == "loss"
    )
    config = types.SimpleNamespace(n=2.5, k=7)
    names = {"config": config, "np": np, "math": math}
    found = eval(compile(ast.Expression(product), "script", "eval"), names)
    assert found == pytest.approx(WRITTEN[expression])
    assert ("\nimport math\n" in script) is ("math." in ast.unparse(product))


def test_every_function_of_constants_is_written() -> None:
    """No function that folds is left without its Python."""
    operators = """add subtract multiply divide floor_divide power negate positive less
    less_equal greater greater_equal equal not_equal logical_and logical_or logical_not
    index minimum maximum"""
    named = {*LIST_FUNCTIONS, *SCALAR_FUNCTIONS} - set(operators.split())
    assert named <= {text.strip("(").split("(")[0] for text in WRITTEN}
