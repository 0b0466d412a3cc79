"""Probes in scripts: they measure what is read, and leave no trace if nothing is."""

import pytest

from loopc.driver import compile_source

PROGRAM = """\
data points {
  train = npz("points.npz")
  field x: f32[13]
  field y: f32[10]
}
model net(x: f32[13]) -> f32[10] = x |> dense(10)
train for 10 epochs {
  step (x, y) from points.train batch 32 {
    loss = mean_squared_error(y, net(x))
    update net to minimize loss using CHAIN
    report loss REPORT
  }
}
"""


def script(chain: str, report: str = "") -> str:
    """Return the script of a small program with this chain."""
    text = PROGRAM.replace("CHAIN", chain).replace("REPORT", report)
    found = compile_source(text, "points.loop").script
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("probed", "plain"),
    [
        ('probe("a") |> adam(0.1) |> probe("b")', "adam(0.1)"),
        ('accumulate(probe("a") |> adam(0.1), 2)', "accumulate(adam(0.1), 2)"),
        (
            'conditionally_transform(probe("a"), 1.0) |> adam(0.1)',
            "conditionally_transform(identity, 1.0) |> adam(0.1)",
        ),
    ],
)
def test_a_probe_that_nothing_reads_costs_nothing(probed: str, plain: str) -> None:
    """The script is that of the chain without it, byte for byte."""
    assert script(probed) == script(plain)


def test_a_probe_measures_what_is_read() -> None:
    """Each measure once, however often it is read; behind held steps zeros are none."""
    both = ', a = probe("a").max, b = probe("a").norm / probe("a").max'
    assert 'probe("a", measures=("max", "norm"))' in script(
        'probe("a") |> adam(0.1)', both
    )
    behind = script('accumulate(adam(0.1), 2) |> probe("a")', ', a = probe("a").norm')
    assert 'probe("a", skip_zeros=True)' in behind


def test_gradients_are_measured_at_their_update_alone() -> None:
    """A chain is wrapped where its optimizer is made; none is where nothing is read."""
    text = script("adam(0.1)", ", a = gradients(net).max, b = updates(net).ratio")

    assert "def make_transform() -> GradientTransform:\n    return adam(0.1)" in text
    before = 'probe("gradients", measures=("max",))'
    behind = 'probe("updates", measures=("ratio",))'
    assert text.index(before) < text.index("make_transform(),") < text.index(behind)
    assert "probe" not in script("adam(0.1)")


def test_the_norm_of_gradients_at_hand_needs_no_probe() -> None:
    """The step has them; in a block, in pieces or scaled they are measured."""
    plain = script("adam(0.1)", ", size = gradients(net).norm")
    assert '"size": Mean(gradient_norm(gradients))' in plain
    assert "probe" not in plain
    rare = script("adam(0.1) every 2 steps", ", size = gradients(net).norm")
    assert 'optimizer.measured("gradients/norm")' in rare
