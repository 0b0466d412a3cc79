"""The state manifest: whatever a program declares that lasts, a checkpoint holds."""

import pytest
from tests.compiler.planning.planned import NET, plan_of, program

PLATEAU = "schedule rate = 0.1 * plateau(valid.loss, factor: 0.5)\n"
EVAL = """eval valid (x, y) from d.valid batch 8 every 1 epoch {
  report loss = mean(squared_error(y, net(x)))
}
"""
ALWAYS = {
    ("step", "counter"),
    ("net", "model"),
    ("net", "optimizer"),
    ("d.train", "stream"),
    ("train", "window"),
}


def state_of(
    rest: str = "", *, models: str = NET, rate: str = "0.1"
) -> dict[tuple[str, str], str]:
    """What the manifest of a small regression says, by name and kind."""
    loss = "loss = squared_error(y, net(x))"
    step = f"{loss}\nupdate net to minimize loss using sgd({rate})"
    state = plan_of(program(step, models, rest)).train.state
    return {(entry.name, entry.kind): entry.detail for entry in state}


def test_a_plain_loop_saves_what_moves() -> None:
    """The clock, the model, its slots, the place in the data and the open window."""
    state = state_of()
    assert set(state) == ALWAYS
    assert state["net", "model"] == "18 trainable, 0 other numbers"


@pytest.mark.parametrize(
    ("rest", "entry"),
    [
        ("on nonfinite skip at most 3", ("nonfinite", "counter")),
        (f"{EVAL}keep 1 best valid.loss", ("best valid.loss", "tracker")),
        (
            f"{EVAL}stop when valid.loss stalls for 3 epochs",
            ("stall valid.loss", "tracker"),
        ),
    ],
    ids=["nonfinite", "keep", "stop"],
)
def test_what_watches_a_run_is_saved(rest: str, entry: tuple[str, str]) -> None:
    """Each tracker and each policy adds one entry, and nothing else changes."""
    assert set(state_of(rest)) == ALWAYS | {entry}


def test_a_plateau_is_saved() -> None:
    """The factor of a schedule that falls when a metric stalls is state."""
    state = state_of(EVAL, models=PLATEAU + NET, rate="rate")
    assert set(state) == ALWAYS | {("plateau valid.loss", "tracker")}


def test_loss_scale_is_saved_with_the_slots() -> None:
    """In float16 the scale of the loss moves, and is said to be in the checkpoint."""
    site = ("net", "optimizer")
    assert "loss scale" in state_of("precision = mixed_float16")[site]
    assert "loss scale" not in state_of()[site]
