"""What `loopc plan` says of the schedules that stages set."""

from tests.compiler.planning.planned import DATA, NET, plan_of

from loopc.planning.describe import describe_plan, plan_as_json

PROGRAM = f"""{DATA}{NET}
schedule rate = constant(0.05)
train {{
  stage first for 1 epoch {{ }}
  stage second for 2 epochs {{
    set rate = linear(0.1 -> 0, rest)
  }}
  step (x, y) from d.train batch 8 {{
    update net to minimize squared_error(y, net(x)) using sgd(rate)
  }}
}}
"""


def test_a_stage_has_the_values_of_its_own_schedule() -> None:
    """They count from where the stage begins, to its own end, where that is known."""
    told = plan_as_json(plan_of(PROGRAM), {"d.train": 40})
    first, second = told["stages"]
    assert first["schedules"] == []
    (rate,) = second["schedules"]
    assert (rate["name"], rate["unknown"]) == ("rate", None)
    assert list(rate["values"]) == ["0", "9"]
    assert [round(v, 9) for v in rate["values"].values()] == [0.1, 0.01]
    text = describe_plan(plan_of(PROGRAM), {"d.train": 40})
    assert "rate in second, by its own steps: 0.1 at 0, 0.01 at 9" in text
