"""Trackers and pace at their edges: what counts as better, how far a guess moves."""

from typing import Any

import pytest

from loopc_runtime.best import KeepBest, Stall
from loopc_runtime.cadence import Calendar, Every
from loopc_runtime.execution import Execution
from loopc_runtime.pacing import Pace
from loopc_runtime.plateau import Plateau
from loopc_runtime.window import Window


def window(step: int) -> Window:
    return Window(step=step, calendar=Calendar(steps_per_epoch=None, last_step=None))


def test_an_offer_is_the_best_only_where_none_is_better() -> None:
    """The second best is kept too, and is not said to be the best."""

    class Store:
        step = 0
        evaluating = False

        def store_best(self, tracker: KeepBest, value: float) -> bool:
            return True

    best, store, said = KeepBest(mode="max", keep=2), Store(), []
    for store.step, value in enumerate([1.0, 0.5, 2.0, 1.5]):
        said.append(best.offer(store, value))

    assert said == [True, False, True, False]
    assert best.steps == [2, 3]


@pytest.mark.parametrize("mode", ["min", "max"])
def test_min_delta_itself_is_no_improvement(mode: Any) -> None:
    """An improvement is more than `min_delta`: one of 0.5 does not end a stall."""
    sign = 1.0 if mode == "max" else -1.0
    stall = Stall(mode=mode, patience=Every(steps=2), min_delta=0.5)
    offers = [sign * value for value in (2.0, 2.5, 2.5)]

    assert [stall.update(window(1 + i), v) for i, v in enumerate(offers)] == [
        *(False, False, True)
    ]


def test_a_plateau_at_its_low_falls_no_more() -> None:
    """What does not fall is not said to fall."""
    plateau = Plateau(factor=0.5, patience=1, low=0.25)
    said = [plateau.update(window(step), 1.0) for step in range(5)]

    assert said == [False, True, True, False, False]
    assert float(plateau.scale) == 0.25


def test_a_short_call_moves_the_guess_by_its_share() -> None:
    """A call of a tenth of the goal weighs a tenth, a call of all of it everything."""
    pace = Pace(Execution(seconds_per_call=0.5))
    for steps, seconds, expected in ((10, 1.0, 0.1), (10, 0.05, 0.0905), (5, 0.5, 0.1)):
        pace.measured(steps, seconds)
        assert pace.seconds_per_step == pytest.approx(expected)
