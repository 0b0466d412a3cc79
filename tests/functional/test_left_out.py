"""Parts of a model that an objective does not reach stay as they are."""

from pathlib import Path

import numpy as np
import pytest
from tests.functional.trained import Trained, program

HEADS = """model net(x: f32[5]) -> (f32[3], f32[3]) {
  h = x |> dense(4, tanh)
  return h |> dense(3), h |> dense(3)
}
"""
INSIDE = """model trunk(x: f32[5]) -> f32[4] = x |> dense(4, tanh)
model net(x: f32[5]) -> f32[3] = stop_gradient(trunk(x)) |> dense(3)
"""


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


@pytest.mark.parametrize(
    ("models", "call", "still"),
    [(HEADS, "mu, other = net(x)", {4, 5}), (INSIDE, "mu = net(x)", {0, 1})],
)
def test_what_is_not_reached_does_not_decay(
    models: str, call: str, still: set[int], data_dir: Path, tmp_path: Path
) -> None:
    """The other head, and a model behind `stop_gradient`, keep their weights: no
    gradient, no momentum, no decay.
    """
    more = ", spread = norm(other)" if "other" in call else ""
    text = program(
        models,
        f"""step (x, y) from d.train batch all {{
    {call}
    loss = squared_error(y, mu)
    update net to minimize loss using adamw(0.05, weight_decay: 0.1)
    report loss{more}
  }}""",
    )
    run = Trained(text, tmp_path, data_dir)
    after = [np.asarray(w) for w in run.models["net"].weights]
    same = {i for i, w in enumerate(after) if np.array_equal(w, run.start["net"][i])}
    biases = {i for i, w in enumerate(run.start["net"]) if not w.any()}
    assert same - biases == still - biases
