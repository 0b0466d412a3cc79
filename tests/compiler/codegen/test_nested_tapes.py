"""Tapes within tapes: the script nests where the plan leaves one and goes on."""

from textwrap import dedent

from tests.compiler.planning.planned import program, script_of

CHAIN = "using sgd(0.1)"


def step_of(step: str) -> str:
    """Return the text of a train step up to its first gradient of weights."""
    script = script_of(program(step))
    body = script.split("def train_step", 1)[1].split("\n", 1)[1]
    return dedent(body.split("        variables = ")[0])


def test_inner_tape_stands_within_the_outer() -> None:
    """A penalty of slopes: the tape of the slope is the inner one, entered once."""
    step = f"""slope = norm(grad(sum(net(x)), wrt: x))
    update net to minimize slope {CHAIN}
    report slope"""
    text = step_of(step)
    outer = text.index("with tf.GradientTape() as tape:")
    inner = text.index("    with tf.GradientTape() as x_tape:")
    assert outer < inner < text.index("x_tape.gradient")
    assert text.count("with ") == 2


def test_tape_left_for_a_while_is_entered_again() -> None:
    """What stands between on no tape keeps it apart: it must not be recorded."""
    step = f"""clean = squared_error(y, net(x))
    moved = x + 0.1 * sign(grad(clean, wrt: x))
    harm = squared_error(y, net(moved))
    update net to minimize (clean + harm) / 2 {CHAIN}
    report clean"""
    text = step_of(step)
    assert "with tf.GradientTape() as tape, tf.GradientTape() as x_tape:" in text
    assert "\n    with tape:\n" in text
