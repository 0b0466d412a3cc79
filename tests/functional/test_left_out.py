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
BOTH = """fn both(m: model, x) {
  near, far = m(x)
  return near, far
}
"""
INSIDE = """model trunk(x: f32[5]) -> f32[4] = x |> dense(4, tanh)
model net(x: f32[5]) -> f32[3] = stop_gradient(trunk(x)) |> dense(3)
"""
NAMED = """layer head(n: int)(x) = x |> dense(n)
model net(x: f32[5]) -> (f32[3], f32[3]) {
  shared = dense(4, tanh)
  other = dense(3)
  second = head(3)
  weight scale: f32[3] = ones
  h = x |> shared
  return h |> dense(3), scale * (h |> other) + (h |> second)
}
"""
LOOSE = """layer heads(n: int)(x) {
  return x |> dense(n), x |> dense(n)
}
layer cut()(x) = x + stop_gradient(x |> dense(5))
model net(x: f32[5]) -> (f32[3], f32[3]) {
  h = x |> cut()
  repeat i in 0 .. 1 {
    last = h |> dense(5)
  }
  a, b = heads(3)(last)
  return a, b
}
"""


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


@pytest.mark.parametrize(
    ("models", "call", "still"),
    [
        (HEADS, "mu, other = net(x)", {4, 5}),
        (HEADS + BOTH, "mu, other = both(net, x)", {4, 5}),
        (INSIDE, "mu = net(x)", {0, 1}),
        (NAMED, "mu, other = net(x)", {"scale", "other", "second_dense"}),
    ],
)
def test_what_is_not_reached_does_not_decay(
    models: str, call: str, still: set[int | str], data_dir: Path, tmp_path: Path
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
    paths = [w.path for w in run.models["net"].weights]
    quiet = {i for i, p in enumerate(paths) if still & {i, *p.split("/")}}
    assert same - biases == quiet - biases


def test_what_has_no_path_gets_zeros(data_dir: Path, tmp_path: Path) -> None:
    """Decay alone moves the layers in templates and repeats that are not reached: by
    1 - 0.05 * 0.1 in each of 3 steps.
    """
    text = program(
        LOOSE,
        """step (x, y) from d.train batch all {
    mu, other = net(x)
    loss = squared_error(y, mu)
    update net to minimize loss using adamw(0.05, weight_decay: 0.1)
    report loss, spread = norm(other)
  }""",
    )
    run = Trained(text, tmp_path, data_dir)
    net = run.models["net"]
    before = dict(zip([w.path for w in net.weights], run.start["net"], strict=True))
    kept = ("cut_dense/kernel", "dense_0/kernel", "heads_dense_1/kernel")
    for weight in net.weights:
        decayed = np.asarray(before[weight.path]) * (1 - 0.05 * 0.1) ** 3
        if weight.path in kept:
            np.testing.assert_allclose(weight, decayed, rtol=1e-6)
        elif "kernel" in weight.path:
            assert np.abs(np.asarray(weight) - decayed).max() > 1e-3
