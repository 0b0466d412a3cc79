"""Numbers that are computed before anything runs, as the script says them."""

import pytest

from loopc import compile_source

PROGRAM = """
param k: float = 2.0 in 1.0 .. 3.0
const rates = linspace(0.1, 0.9, 5)

data d {
  train = npz("points.npz")
  field x: f32[4]
  field y: f32[2]
}
model net(x: f32[4]) -> f32[2] = x |> dense(2)
train for 1 epoch {
  step (x, y) from d.train batch all {
    loss = FACTOR * squared_error(y, net(x))
    update net to minimize loss using adam(1e-3)
    report loss
  }
}
"""


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("log(2)", "math.log(2)"),
        ("1 / 3", "1 / 3"),
        ("3 / 2", "1.5"),
        ("2 ^ 10", "1024"),
        ("tanh(0.3)", "math.tanh(0.3)"),
        ("sqrt(k)", "math.sqrt(config.k)"),
        ("log10(2 * k)", "math.log10(2 * config.k)"),
        ("rates[2]", "RATES[2]"),
        ("sum(rates)", "sum(RATES)"),
    ],
)
def test_computed_numbers_say_where_they_come_from(written: str, printed: str) -> None:
    """A number with more digits than a person writes is printed as it was written; what
    has no form in Python is printed as it is.
    """
    result = compile_source(PROGRAM.replace("FACTOR", written), "t.loop")

    assert result.script is not None, result.render()
    assert f"loss = {printed} * tf." in " ".join(result.script.split())
    assert ("import math" in result.script) is ("math." in printed)
