"""What `loopc plan` says of tapes."""

from tests.compiler.planning.planned import plan_of, program

from loopc.planning.describe import plan_as_json

CRITIC = "model critic(x: f32[5]) -> f32[1] = x |> dense(4, tanh) |> dense(1)\n"
STEP = """slope = norm(grad(critic(x), wrt: x))
    loss = mean(critic(x)) + mean(slope ^ 2)
    update critic to minimize loss using sgd(0.1)
    report loss"""


def test_each_tape_says_what_it_records_and_why() -> None:
    """The shared forward pass is on two tapes, the penalty on one, and it is said."""
    tapes = plan_as_json(plan_of(program(STEP, CRITIC)))["tapes"]
    shared, own = tapes
    assert shared["for"] == ["update of critic", "gradient of critic_of_x"]
    assert shared["records"] == ["critic_of_x"]
    assert shared["why"] == (
        "from loss to critic/*; from critic_of_x to x; computed once for 2 gradients"
    )
    assert own["for"] == ["update of critic"]
    assert own["records"][:2] == ["x_gradient", "slope"]
    assert shared["persistent"] == own["persistent"] == []


def test_tape_that_passes_share_is_named() -> None:
    """A persistent tape says that it is one, and for whom."""
    step = """h = critic(x)
    repeat 2 {
      update critic to minimize h ^ 2 using sgd(0.1)
    }"""
    first = plan_as_json(plan_of(program(step, CRITIC)))["tapes"][0]
    assert first["persistent"] == ["update of critic"]
    assert first["why"].endswith("on a tape that several passes share")
