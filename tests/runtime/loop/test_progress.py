"""What people see: plain lines, the live display, and how fast calls grow."""

import sys

import pytest

from loopc_runtime.execution import Execution
from loopc_runtime.pacing import Pace
from loopc_runtime.progress import (
    PlainProgress,
    RichProgress,
    SilentProgress,
    duration_text,
    make_progress,
    position_text,
    rate_text,
    values_text,
)


def test_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """One line per report: place, split, values, and the speed of training."""
    progress = PlainProgress()
    progress.start(0, 4690)
    progress.advance(1000, 2, 2513.7)
    progress.metrics(1000, 2, "train", {"loss": 0.31415926, "accuracy": 0.9})
    progress.metrics(1100, 2, "train", {"loss": 0.3})  # within the same second
    progress.metrics(1407, 3, "valid", {"loss": 12345.678})
    progress.note("stopped at step 1,407")
    progress.stop()

    assert capsys.readouterr().out.splitlines() == [
        "epoch 2  step 1,000/4,690  train  loss 0.3142  accuracy 0.9  2,514 steps/s",
        "epoch 3  step 1,407/4,690  valid  loss 1.235e+04",
        "stopped at step 1,407",
    ]


def test_live_display(capsys: pytest.CaptureFixture[str]) -> None:
    """The display ends showing the last step and the last values of each split."""
    progress = RichProgress()
    progress.start(0, 100)
    progress.metrics(50, 1, "train", {"loss": 0.5})
    progress.metrics(100, 2, "valid", {"loss": 0.25})
    progress.advance(100, 2, 12.0)
    progress.note("a [sentence]")
    progress.stop()

    shown = capsys.readouterr().out
    assert "a [sentence]" in shown
    assert "100/100" in shown
    assert "loss 0.25" in shown


def test_who_is_shown_what(monkeypatch: pytest.MonkeyPatch) -> None:
    """LOOPC_PROGRESS decides; a pipe gets plain lines, so does a place without rich."""
    monkeypatch.delenv("LOOPC_PROGRESS", raising=False)
    assert isinstance(make_progress(), PlainProgress)
    monkeypatch.setenv("LOOPC_PROGRESS", "none")
    assert isinstance(make_progress(), SilentProgress)
    monkeypatch.setenv("LOOPC_PROGRESS", "rich")
    assert isinstance(make_progress(), RichProgress)
    monkeypatch.setitem(sys.modules, "rich.live", None)
    assert isinstance(make_progress(), PlainProgress)


def test_texts() -> None:
    """Numbers are written as people read them."""
    assert position_text(12, None, None) == "step 12"
    assert values_text({"a": 1.0, "b": 1e-7}) == "a 1  b 1e-07"
    assert (rate_text(0.834), rate_text(98_765.4)) == ("0.83 steps/s", "98,765 steps/s")
    assert [duration_text(s) for s in (4.21, 123, 3723)] == ["4.2 s", "2:03", "1:02:03"]


def test_calls_grow_towards_their_time() -> None:
    """From one step, at most fourfold a call, to about half a second's worth."""
    pace = Pace(Execution())
    sizes = []
    for _ in range(10):
        sizes.append(pace.steps)
        pace.measured(pace.steps, pace.steps * 1e-3)

    assert sizes[:5] == [1, 4, 16, 64, 256]
    assert sizes[-1] == pytest.approx(500, abs=1)
    pace.measured(pace.steps, pace.steps * 1e-2)
    assert pace.steps < 60


def test_fixed_calls_stay() -> None:
    """`steps_per_call` is kept whatever is measured."""
    pace = Pace(Execution(steps_per_call=3))
    pace.measured(3, 10.0)

    assert pace.steps == 3
