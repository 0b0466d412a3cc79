"""Where tapes go: what they record, what moves in front, what behind."""

from tests.compiler.planning.planned import NET, parts_of

SGD = "using sgd(0.1)"
TWO = (
    "model trunk(x: f32[5]) -> f32[4] = x |> dense(4)\n"
    "model a(h: f32[4]) -> f32[3] = h |> dense(3)\n"
    "model b(h: f32[4]) -> f32[3] = h |> dense(3)\n"
)
GAN = (
    "model generator(x: f32[5]) -> f32[3] = x |> dense(3)\n"
    "model critic(y: f32[3]) -> f32[1] = y |> dense(1)\n"
)


def test_only_the_gradient_path_is_recorded() -> None:
    """What the objective does not reach weights through stays off the tape."""
    step = f"""scale = w * 2
    out = net(x)
    hits = accuracy(label, one_hot(label, 4))
    loss = squared_error(y, out) * scale
    update net to minimize loss {SGD}
    report loss, hits"""
    assert parts_of(step) == ["scale", "hits", "[net+] out loss; net", "-> net"]


def test_readers_of_recorded_values_wait_behind_the_tape() -> None:
    """A value of a recorded one that the objective does not need comes after it."""
    step = f"""out = net(x)
    size = norm(out)
    loss = squared_error(y, out)
    update net to minimize loss {SGD}
    report loss, size"""
    assert parts_of(step) == ["[net+] out loss; net", "size", "-> net"]


def test_unrecorded_value_that_the_tape_needs_stays_inside() -> None:
    """`stop_gradient` of a recorded value, read by the loss, keeps its place."""
    step = f"""out = net(x)
    still = stop_gradient(out)
    loss = squared_error(still, out) + squared_error(y, out)
    update net to minimize loss {SGD}
    report loss"""
    assert parts_of(step) == ["[net+] out still loss; net", "-> net"]


def test_shared_forward_pass_is_on_both_tapes() -> None:
    """Two updates of one trunk's output record its call once, on two tapes."""
    step = f"""h = trunk(x)
    loss_a = squared_error(y, a(h))
    loss_b = squared_error(y, b(h))
    update trunk, a to minimize loss_a {SGD}
    update b to minimize loss_b {SGD}
    report loss_a, loss_b"""
    assert parts_of(step, TWO) == [
        "[trunk_and_a+] h loss_a; trunk_and_a",
        "[b+] loss_b; b",
        "-> trunk_and_a",
        "-> b",
    ]


def test_objective_of_names_stands_with_what_it_is_made_of() -> None:
    """Losses first, updates afterwards: no tape is entered again for a mean."""
    step = f"""loss_a = squared_error(y, a(trunk(x)))
    loss_b = squared_error(y, b(trunk(x)))
    update a to minimize mean(loss_a, weight: w) {SGD}
    update b to minimize loss_b {SGD}
    report loss_a, loss_b"""
    assert parts_of(step, TWO) == [
        "[a+] loss_a; a",
        "[b+] loss_b; b",
        "-> a",
        "-> b",
    ]


def test_objective_waits_for_what_it_reads() -> None:
    """A weight that is bound after the first update, and a model called after it."""
    late = f"""loss_a = squared_error(y, a(trunk(x)))
    loss_b = squared_error(y, b(trunk(x)))
    update a to minimize loss_a {SGD}
    heavy = 2 * w
    update b to minimize mean(loss_b, weight: heavy) {SGD}
    report loss_a, loss_b"""
    assert parts_of(late, TWO)[-2:] == ["[b] ; b", "-> b"]
    called = f"""loss_b = squared_error(y, b(trunk(x)))
    update a to minimize squared_error(y, a(trunk(x))) {SGD}
    update b to minimize mean(loss_b) + mean(a(trunk(x))) {SGD}
    report loss_b"""
    assert parts_of(called, TWO)[-2:] == ["[b] ; b", "-> b"]


def test_tape_is_entered_again_after_another_update() -> None:
    """The generator's tape records its call, and goes on after the critic's update."""
    step = f"""fake = generator(x)
    d_loss = mean(critic(fake)) - mean(critic(y))
    update critic to minimize d_loss {SGD}
    g_loss = -mean(critic(fake))
    update generator to minimize g_loss {SGD}
    report d_loss, g_loss"""
    assert parts_of(step, GAN) == [
        "[generator+] fake;",
        "[critic+] critic_of_fake critic_of_y d_loss; critic",
        "-> critic",
        "[generator] critic_of_fake_2 g_loss; generator",
        "-> generator",
    ]


def test_updates_in_sequence_record_each_its_own_call() -> None:
    """A model read after its update is called again, with the new weights."""
    step = f"""loss = squared_error(y, net(x))
    update net to minimize loss {SGD}
    loss = squared_error(y, net(x))
    update net to minimize loss {SGD}
    report loss"""
    assert parts_of(step) == [
        "[net+] loss; net",
        "-> net",
        "[net_2+] loss_2; net_2",
        "-> net_2",
    ]


def test_objective_without_statements_has_a_tape_of_its_own() -> None:
    """An objective written in place is computed under its tape."""
    step = f"update net to minimize squared_error(y, net(x)) {SGD}"
    assert parts_of(step) == ["[net+] ; net", "-> net"]


def test_call_after_the_last_update_is_not_recorded() -> None:
    """Values that no objective needs are computed behind the update."""
    step = f"""update net to minimize squared_error(y, net(x)) {SGD}
    after = squared_error(y, net(x))
    report after"""
    assert parts_of(step) == ["[net+] ; net", "-> net", "after"]


def test_rebound_name_does_not_move_in_front_of_its_reader() -> None:
    """`w` bound again is another value: the recorded statement reads the first one."""
    step = f"""x = x * 2
    out = net(x)
    x = x + 1
    loss = squared_error(y, out) * mean(x)
    update net to minimize loss {SGD}
    report loss"""
    assert parts_of(step) == ["x_2", "x_3", "[net+] out loss; net", "-> net"]


def test_repeat_copies_what_others_read() -> None:
    """A carried name changes in place, in a copy where its first value is read too."""
    step = f"""h = w
    out = net(x) * h
    repeat 3 {{
      h = h * 2
    }}
    loss = squared_error(y, out) * h
    update net to minimize loss {SGD}
    report loss"""
    expected = ["h", "h_2", "repeat(h_2)", "[net+] out loss; net", "-> net"]
    assert parts_of(step) == expected


def test_repeat_on_the_gradient_path_is_recorded() -> None:
    """A loop that carries a recorded value stands under the tape."""
    step = f"""h = net(x)
    repeat 2 {{
      h = h * 2
    }}
    loss = squared_error(y, h)
    update net to minimize loss {SGD}
    report loss"""
    assert parts_of(step, NET) == ["[net+] h repeat(h) loss; net", "-> net"]
