"""Programs in mixed precision: what they learn, and how their averages move."""

from pathlib import Path

import numpy as np
import pytest
from tests.functional.trained import NET, Columns, Trained, program

STEP = """step (x, y) from d.train batch 8 {
    loss = squared_error(y, net(x))
    update net to minimize loss using sgd(0.1)
    report loss
  }"""


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_losses_are_those_of_float32_to_16_bits(
    precision: str, columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """The loss of every epoch is that of the same loop in float32, to 2 %."""
    sharp = Trained(program(NET, STEP), tmp_path / "sharp", data_dir)
    mixed = program(NET, f"precision = {precision}\n  {STEP}")
    found = Trained(mixed, tmp_path / "mixed", data_dir)
    expected = [entry["loss"] for entry in sharp.log]
    np.testing.assert_allclose([e["loss"] for e in found.log], expected, rtol=0.02)


def test_averages_follow_real_updates_only(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """With two steps an update, an average moves once for both of them."""
    models = NET + "model average = ema(net, 0.5)\n"
    step = STEP.replace("sgd(0.1)", "accumulate(sgd(0.1), 2)")
    step = step.replace("report loss", "report loss, far = mean(average(x))")
    run = Trained(
        program(models, step, length="4 steps", log="1 steps"), tmp_path, data_dir
    )
    assert int(run.tracked["average"].advances) == 2
