"""The benchmark's contestants compute the same: nobody races against a straw man."""

import re
from contextlib import closing
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from benchmarks.checking import LINES, program_of_lines
from benchmarks.generated import Generated
from benchmarks.handwritten import HandWritten
from benchmarks.workloads import WORKLOADS, Workload

from loopc import check_source

STEPS = 12
# Adam's first steps are all but signs: where a gradient is nothing but rounding, so is
# the sign of the step.
TOLERANCE = 5e-3


@pytest.fixture(params=["digits", "regression", "fashion_mlp"])
def workload(request: pytest.FixtureRequest) -> Workload:
    """Each workload whose data is there."""
    if request.param == "fashion_mlp":
        request.getfixturevalue("fashion_dir")
    return WORKLOADS[request.param]


def without_dropout(workload: Workload) -> tuple[Workload, str]:
    """Return the workload and its program without what the two draw differently."""
    text = workload.program.read_text(encoding="utf-8")
    plain = re.sub(r"\s*\|> dropout\([0-9.]+\)", "", text)
    return replace(workload, rates=tuple(0.0 for _ in workload.rates)), plain


def batch_at(loop: Generated, workload: Workload, step: int) -> tuple[tf.Tensor, ...]:
    """Return the fields that the generated loop sees at `step`."""
    rows = slice(None)
    if workload.batch_size is not None:
        size = workload.batch_size
        rows = loop.batches.order(7, 0)[step * size : (step + 1) * size]
    columns = {name: tf.constant(c[rows]) for name, c in loop.batches.columns.items()}
    fields = loop.batches.decode(columns)
    return tuple(fields[name] for name in loop.batches.fields)


def test_losses_agree_step_by_step(workload: Workload) -> None:
    """From the same weights and on the same batches both loops have the same losses."""
    plain, text = without_dropout(workload)
    with closing(Generated(plain, text=text)) as ours:
        by_hand = HandWritten(plain)
        (model,) = ours.models.values()
        by_hand.model.set_weights(model.get_weights())
        for step in range(STEPS):
            x, y = batch_at(ours, workload, step)
            expected = float(by_hand.train_step(x, y))
            report: Any = ours.train_step(x, y)
            found = float(tf.reduce_mean(report["loss"].value))
            np.testing.assert_allclose(
                found, expected, rtol=TOLERANCE, err_msg=f"{step}"
            )


def test_layers_and_rows_agree(workload: Workload) -> None:
    """Both train as many weights on as many rows, and drop out at the same rates."""
    with closing(Generated(workload)) as ours:
        by_hand = HandWritten(workload)
        (model,) = ours.models.values()
        assert model.count_params() == by_hand.model.count_params()
        assert ours.batches.rows == workload.rows
        rates = [layer.rate for layer in model.layers if hasattr(layer, "rate")]
        assert rates == list(workload.rates)


def test_checked_program_is_sound_and_long_enough() -> None:
    """The program that `loopc check` is timed on has a hundred lines and no error."""
    text = program_of_lines(LINES)
    assert len(text.splitlines()) == LINES
    assert check_source(text).ok
