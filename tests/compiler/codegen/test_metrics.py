"""How metrics with state are fed: what Keras' class reads, from what a program has."""

import loopc

PROGRAM = """
data points {{
  train = npz("points.npz")
  field x: f32[13]
  field y: {type}
}}

model net(x: f32[13]) -> {type} = x |> dense({units}){rest}

train for 10 epochs {{
  step (x, y) from points.train batch 32 {{
    out = net(x)
    update net to minimize mean(squared_error(y, out)) using adam(0.01)
    report r2 = r2_score(y, out)
  }}
}}
"""


def script(type: str, units: int, rest: str) -> str:
    """Return the script of the program with an output of this type."""
    text = PROGRAM.format(type=type, units=units, rest=rest)
    result = loopc.compile_source(text, "points.loop")
    assert result.ok, result.render()
    return str(result.script)


def test_a_number_for_each_example_is_a_vector_of_one_for_r2_score() -> None:
    """R2Score refuses [batch]: it is given [batch, 1]."""
    text = script("f32", 1, " |> squeeze")

    assert "update_state(tf.expand_dims(y, -1), tf.expand_dims(out, -1))" in text


def test_vectors_are_given_to_r2_score_as_they_are() -> None:
    """An axis is added only where there is none."""
    assert "update_state(y, out)" in script("f32[10]", 10, "")
