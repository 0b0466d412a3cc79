"""Chains that updates wrote alike: made by one function."""

import re

import pytest

from loopc import compile_source

HEAD = """
data d {
  train = npz("points.npz")
  field x: f32[4]
  field y: f32[2]
}
model a(x: f32[4]) -> f32[2] = x |> dense(2)
model b(x: f32[4]) -> f32[2] = x |> dense(2)
model c(x: f32[4]) -> f32[2] = x |> dense(2)
"""
LOOP = """
train NAME for 1 epoch {
  step (x, y) from d.train batch all {
    UPDATES
    report loss = mean(squared_error(y, a(x)))
  }
}
"""


def loop(name: str = "", **chains: str) -> str:
    """A loop that trains each model by its chain."""
    updates = [
        f"update {model} to minimize squared_error(y, {model}(x)) using {chain}"
        for model, chain in chains.items()
    ]
    return LOOP.replace("NAME", name).replace("UPDATES", "\n    ".join(updates))


@pytest.mark.parametrize(
    ("loops", "uses"),
    [
        ([loop(a="adam(0.1)", b="adam(0.1)")], {"make_transform": 2}),
        (
            [loop(a="adam(0.1)", b="adam(0.2)", c="adam(0.1)")],
            {"make_a_and_c_transform": 2, "make_b_transform": 1},
        ),
        (
            [loop("one", a="adam(0.1)"), loop("two", b="sgd(0.1)", c="sgd(0.1)")],
            {"make_one_transform": 1, "make_two_transform": 2},
        ),
        (
            [loop("one", a="adam(0.1)"), loop("two", b="adam(0.1)", c="adam(0.1)")],
            {"make_transform": 3},
        ),
    ],
)
def test_equal_chains_are_made_by_one_function(
    loops: list[str], uses: dict[str, int]
) -> None:
    """Such a function has the name of the updates, or of the loop, that share it."""
    script = compile_source(HEAD + "".join(loops), "t.loop").script

    assert script is not None
    made = re.findall(r"def (make_\w*transform)\(", script)
    assert {name: script.count(f"{name}()") - 1 for name in made} == uses
