"""Lines: where a statement goes on, and which words are names."""

import pytest
from tests.compiler.syntax.reading import codes, tree

from loopc.syntax import ast
from loopc_grammar import CONTEXTUAL_WORDS


@pytest.mark.parametrize(
    "text",
    [
        "const a =\n  1",
        "const a = 1 +\n  2",
        "const a = 1\n  + 2",
        "const a = x\n\n  # above\n  |> f",
        "const a = f(\n  1,\n\n  2\n)",
        "const a = x\n  if y\n  else z",
        "const a = 1\n  then 2",
        "const a = [\n1,\n]",
        "const a = x and\n  y",
        "const a = 1\r\nconst b = 2\r\n",
        "\ufeffconst a = 1",
    ],
)
def test_a_line_goes_on(text: str) -> None:
    """After an operator, inside brackets, and before an operator or an infix word."""
    assert codes(text) == []


def test_a_complete_line_ends() -> None:
    """A line that could go on but need not is two statements."""
    assert len(tree("const a = x\nconst b = y").declarations) == 2


def test_line_ends_do_not_change_the_tree() -> None:
    """A statement is the same on one line and over several."""
    one = "fn f(a, b) = a + b |> g(1, 2) |> h"
    many = "fn f(\n  a,\n  b,\n) =\n  a\n  + b\n  |> g(1,\n 2)\n  |> h\n"
    assert tree(one).declarations == tree(many).declarations


@pytest.mark.parametrize(
    "word",
    sorted(CONTEXTUAL_WORDS | {"test", "text", "steps"}),
)
def test_contextual_words_are_names(word: str) -> None:
    """Only infix words are reserved: others name values, fields, slots and splits."""
    text = (
        f"fn f({word}) {{\n"
        f"  {word} = {word} + {word}({word}: {word})\n"
        f"  {word}, other = {word}.{word}\n"
        f"  return {word}[{word}]\n"
        "}\n"
        f"data {word} {{\n"
        f'  {word} = npz("a")\n'
        f"  field {word}: f32\n"
        "}\n"
        "train {\n"
        f"  step ({word}, a = {word}) from {word}.{word} batch {word} {{\n"
        f"    report {word}, a = {word}\n"
        f"    update {word} to minimize {word} using {{\n"
        f"      {word} => {word}\n"
        "    }\n"
        "  }\n"
        f"  stop when {word}.{word} stalls for 3 steps\n"
        "}\n"
    )
    assert codes(text) == []


def test_slots_may_be_reserved_words() -> None:
    """`updated(net, using: ...)` and `snapshot(q, every: ...)` read as they should."""
    program = tree("model m = snapshot(q, every: 500 updates, using: sgd(0.1))")
    (model,) = program.declarations
    assert isinstance(model, ast.Model)
    assert isinstance(model.body, ast.Call)
    names = [a.name.text for a in model.body.arguments if a.name is not None]
    assert names == ["every", "using"]
