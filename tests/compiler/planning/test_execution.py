"""Execution plans: what `auto` chooses for a program, and what programs may ask."""

import pytest
from tests.compiler.planning.planned import NET, plan_of, program

from loopc.planning.plan import ExecutionPlan

CONVOLUTION = """model net(x: f32[5]) -> f32[3] =
  x |> reshape([5, 1]) |> conv1d(4, 3) |> flatten |> dense(3)
"""
RECURRENT = "model net(x: f32[5]) -> f32[3] = x |> reshape([5, 1]) |> {} |> dense(3)\n"


def execution_of(models: str = NET, settings: str = "") -> ExecutionPlan:
    """The execution plan of a small regression."""
    step = "loss = squared_error(y, net(x))\nupdate net to minimize loss using sgd(0.1)"
    return plan_of(program(step, models, settings)).train.execution


@pytest.mark.parametrize(
    ("models", "xla"),
    [
        (NET, True),
        (CONVOLUTION, False),
        (RECURRENT.format("lstm(4)"), False),
        (RECURRENT.format("bidirectional(gru(4))"), False),
    ],
    ids=["dense", "convolution", "recurrence", "both ways"],
)
def test_xla_compiles_what_it_runs_fast(models: str, xla: bool) -> None:
    """Dense steps go to XLA; convolutions and recurrences, slow there, are graphs."""
    chosen = execution_of(models)
    assert (chosen.data, chosen.xla) == ("resident", xla)


def test_a_batch_on_several_devices_is_a_graph() -> None:
    """One graph runs the parts of a batch, also where XLA would run them faster."""
    chosen = execution_of(settings="devices = 2")
    assert (chosen.xla, chosen.devices) == (False, "2")


@pytest.mark.parametrize(
    ("asked", "data", "xla"),
    [
        ("graph", "resident", False),
        ("xla", "resident", True),
        ("streamed_graph", "streamed", False),
        ("streamed_xla", "streamed", True),
    ],
)
def test_what_a_program_asks_it_gets(asked: str, data: str, xla: bool) -> None:
    """A setting overrides the rules, whatever the layers are."""
    for models in (NET, CONVOLUTION):
        chosen = execution_of(models, f"execution = {asked}")
        assert (chosen.data, chosen.xla) == (data, xla)
