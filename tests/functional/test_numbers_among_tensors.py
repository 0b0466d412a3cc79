"""Numbers of a program beside tensors, and draws of functions, in steps that ran."""

from pathlib import Path

import numpy as np
import pytest
from tests.functional.trained import NET, Columns, Trained, program

FUNCTIONS = """
fn spread(y, least: int) {
  drawn = uniform([3])
  return max(least, y) + 0 * drawn, drawn
}
"""
STEP = """step (x, y) from d.train batch all {
    loss = mean_squared_error(y, net(x))
    update net to minimize loss using sgd(0.0)
    high, drawn = spread(y, 1)
    report loss, high = mean(high), drawn = mean(drawn),
      chosen = mean(where(y > 0, 5, y)), low = mean(min(0, y)),
      angle = mean(atan2(1, y ^ 2)), off = mean(squared_error(1, y))
  }"""


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


def test_ints_stand_before_floats_and_functions_draw_for_the_batch(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """An int takes the dtype of what it meets, a draw the batch of what is given."""
    text = program(FUNCTIONS + NET, STEP, length="1 epochs")

    ran = Trained(text, tmp_path, data_dir)

    y = columns["y"].astype(np.float64)
    expected = {
        "high": np.maximum(1, y),
        "chosen": np.where(y > 0, 5, y),
        "low": np.minimum(0, y),
        "angle": np.arctan2(1, y**2),
        "off": (1 - y) ** 2,
    }
    for name, values in expected.items():
        assert ran.reports(name)[0] == pytest.approx(values.mean(), rel=1e-5), name
    assert 0.3 < ran.reports("drawn")[0] < 0.7
