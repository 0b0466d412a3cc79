"""Tapes of gradients that are values: what they share, and what records them."""

from tests.compiler.planning.planned import parts_of

SGD = "using sgd(0.1)"
FIELD = "model u(x: f32[5]) -> f32[1] = x |> dense(4, tanh) |> dense(1)\n"


def test_gradients_of_one_value_are_taken_at_once() -> None:
    """Two derivatives of one value need one tape; one of a derivative its own."""
    step = f"""a = normal([5])
    b = normal([5])
    v = u(a + b)
    v_a = grad(v, wrt: a)
    v_b = grad(v, wrt: b)
    v_aa = grad(v_a, wrt: a)
    update u to minimize sum(v_a * v_b) + sum(v_aa) {SGD}"""
    assert parts_of(step, FIELD) == [
        "a",
        "b",
        "[u+ gradient a+ gradient v+] v;",
        "[u gradient a] v_a,v_b;",
        "[u] v_aa; u",
        "-> u",
    ]


def test_value_without_gradient_does_not_keep_the_attack_on_the_tape() -> None:
    """The sign of a gradient has none: the update records the second call alone."""
    step = f"""loss = mean(squared_error(y[0:1], u(x)))
    moved = x + 0.1 * sign(grad(loss, wrt: x))
    harm = squared_error(y[0:1], u(moved))
    update u to minimize harm {SGD}"""
    assert parts_of(step, FIELD) == [
        "[gradient x+] loss;",
        "x_gradient",
        "moved",
        "[u+] harm; u",
        "-> u",
    ]


def test_loop_of_gradients_is_recorded_whole() -> None:
    """An update that goes through a loop of gradients has the loop on its tape."""
    step = f"""z = x
    repeat 2 {{
      energy = u(z)
      z = z - 0.1 * grad(energy, wrt: z)
    }}
    update u to minimize u(z) {SGD}"""
    inner = "repeat{[gradient z+] energy;, z_gradient, z}"
    assert parts_of(step, FIELD) == ["z", f"[u+] {inner}; u", "-> u"]


def test_functions_that_cut_a_path_cut_the_tape() -> None:
    """A fn whose result has no gradient by an argument ends the recorded path too."""
    models = FIELD + "fn moved(x, slope) = x + 0.1 * sign(slope)\n"
    step = f"""loss = mean(squared_error(y[0:1], u(x)))
    far = moved(x, grad(loss, wrt: x))
    harm = squared_error(y[0:1], u(far))
    update u to minimize harm {SGD}"""
    assert parts_of(step, models)[1:4] == ["x_gradient", "far", "[u+] harm; u"]


def test_functions_that_are_handed_a_model_are_recorded() -> None:
    """A model that a fn calls is on the path, though no argument is."""
    models = FIELD + "fn far(m: model, x) = m(x) ^ 2\n"
    step = f"""harm = far(u, x)
    update u to minimize harm {SGD}"""
    assert parts_of(step, models) == ["[u+] harm; u", "-> u"]
