"""Layers in models: how merging ones are written, and what their options may hold."""

import pytest
from tests.compiler.semantics.checking import checked

from loopc.diagnostics.example_programs import regression
from loopc.driver import compile_source
from loopc.semantics.checked import ApplyLayer, Construct, ObjectValue
from loopc.semantics.walk import walk

MERGED = {
    "add([a, b])": ("add", 10),
    "add(a, b)": ("add", 10),
    "add()([a, b])": ("add", 10),
    "add()(a, b)": ("add", 10),
    "maximum([a, b])": ("maximum", 10),
    "multiply(a, b)": ("multiply", 10),
    "average()(a, b)": ("average", 10),
    "concatenate([a, b])": ("concatenate", 20),
    "concatenate([a, b], axis: -1)": ("concatenate", 20),
    "concatenate(axis: -1)(a, b)": ("concatenate", 20),
    "dot(-1)(a, b)": ("dot", 1),
    "dot([a, b], axes: -1)": ("dot", 1),
}


def model(lines: str) -> str:
    """A regression whose model has these lines; they bind `merged`."""
    return regression(
        model="model net(x: f32[13]) -> f32[10] {\n"
        "  a = x |> dense(10)\n  b = x |> dense(10)\n"
        f"  {lines}\n  return merged |> dense(10)\n}}\n"
    )


@pytest.mark.parametrize("written", MERGED)
def test_merging_layers_take_a_list_or_several_tensors(written: str) -> None:
    """Every spelling is one layer applied to one list of the two tensors."""
    layer, width = MERGED[written]
    net = checked(model(f"merged = {written}")).models[0]
    applied = [
        node
        for node in walk(net.body)
        if isinstance(node, ApplyLayer)
        and isinstance(node.construct, Construct)
        and node.construct.layer == layer
    ]
    assert [(len(node.inputs), node.as_list) for node in applied] == [(2, True)]
    assert net.trainable == 2 * (13 * 10 + 10) + width * 10 + 10


@pytest.mark.parametrize("call", ["(h, h)", "([h, h])"])
def test_attention_is_written_both_ways(call: str) -> None:
    """Query and value stand in one list, or as two arguments."""
    lines = f"h = reshape(a, [5, 2])\n  merged = attention(){call} |> flatten"
    net = checked(model(lines).replace("b = x |> dense(10)", "")).models[0]
    assert net.trainable == (13 * 10 + 10) + (10 * 10 + 10)


def test_options_name_objects_with_numbers_of_their_own() -> None:
    """What is made, its written numbers, and the param that they come from are kept."""
    lines = (
        "merged = a |> dense(10, kernel_initializer: normal(stddev: spread / 2),"
        " bias_initializer: constant(0.5))"
    )
    text = "param spread: float = 0.02\n" + model(lines).replace(
        "b = x |> dense(10)", ""
    )
    script = compile_source(text).script
    options = [
        node.options
        for node in walk(checked(text).models[0].body)
        if isinstance(node, Construct) and "bias_initializer" in node.explicit
    ]
    assert options[0]["bias_initializer"].value == ObjectValue(
        "constant", "keras.initializers.Constant", (("value", 0.5),)
    )
    assert script is not None
    assert "keras.initializers.Constant(value=0.5)" in script
    assert "keras.initializers.RandomNormal(stddev=config.spread / 2)" in script
