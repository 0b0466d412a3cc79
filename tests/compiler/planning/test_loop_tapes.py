"""Tapes of steps that update in loops and blocks: in the pass, or made before it."""

from tests.compiler.planning.planned import parts_of

SGD = "using sgd(0.1)"
GAN = (
    "model generator(x: f32[5]) -> f32[3] = x |> dense(3)\n"
    "model critic(y: f32[3]) -> f32[1] = y |> dense(1)\n"
)
TWO = (
    "model trunk(x: f32[5]) -> f32[4] = x |> dense(4)\n"
    "model a(h: f32[4]) -> f32[3] = h |> dense(3)\n"
)


def test_update_in_a_loop_has_a_tape_in_each_pass() -> None:
    """What one pass computes and trains is recorded within it."""
    step = f"""repeat 5 {{
      fake = generator(x)
      d_loss = mean(critic(fake)) - mean(critic(y))
      update critic to minimize d_loss {SGD}
    }}
    g_loss = -mean(critic(generator(x)))
    update generator to minimize g_loss {SGD}
    report d_loss, g_loss"""
    critic = "[critic+] critic_of_fake critic_of_y d_loss; critic"
    assert parts_of(step, GAN) == [
        f"repeat{{fake, {critic}, -> critic}}",
        "[generator+] critic_output g_loss; generator",
        "-> generator",
    ]


def test_value_of_the_last_pass_is_recorded_where_it_is_computed() -> None:
    """A tape that is used behind a loop is made before it and entered in it."""
    step = f"""repeat 5 {{
      fake = generator(x)
      d_loss = mean(critic(fake))
      update critic to minimize d_loss {SGD}
    }}
    g_loss = -mean(critic(fake))
    update generator to minimize g_loss {SGD}
    report d_loss, g_loss"""
    assert parts_of(step, GAN)[:2] == [
        "generator =",
        "repeat{[generator] fake;, [critic+] critic_of_fake d_loss; critic, -> critic}",
    ]


def test_pass_that_starts_outside_needs_a_persistent_tape() -> None:
    """One forward pass that several passes take gradients of: the tape persists."""
    step = f"""h = trunk(x)
    repeat 2 {{
      loss = squared_error(y, a(h))
      update trunk, a to minimize loss {SGD}
    }}"""
    site = "trunk_and_a"
    assert parts_of(step, TWO) == [
        f"[{site}+*] h;",
        f"repeat{{[{site}] loss; {site}, -> {site}}}",
    ]


def test_carried_value_of_the_pass_before_needs_a_persistent_tape() -> None:
    """A gradient that goes back into the pass before needs what that one recorded."""
    step = f"""h = a(x[:4])
    repeat 3 {{
      loss = squared_error(y, h)
      update a to minimize loss {SGD}
      h = a(x[:4])
    }}"""
    assert parts_of(step, TWO) == [
        "[a+*] h;",
        "repeat{[a] loss; a, -> a, [a] h;}",
    ]


def test_carried_value_stays_behind_what_reads_it() -> None:
    """A rebound name never moves in front of a reader of its old value."""
    step = f"""k = w
    repeat 3 {{
      loss = squared_error(y, generator(x)) * k
      k = k * 2
      update generator to minimize loss {SGD}
    }}"""
    inner = "[generator+] loss; generator, k, -> generator"
    assert parts_of(step, GAN) == ["k", f"repeat{{{inner}}}"]


def test_block_has_tapes_of_its_own() -> None:
    """An `every` block keeps its place; what it trains it records itself."""
    step = f"""loss = squared_error(y, generator(x))
    update generator to minimize loss {SGD}
    every 10 steps {{
      d_loss = mean(critic(y))
      update critic to minimize d_loss {SGD}
      report d_loss
    }}
    report loss"""
    assert parts_of(step, GAN) == [
        "[generator+] loss; generator",
        "-> generator",
        "every{[critic+] critic_of_y d_loss; critic, -> critic}",
    ]


def test_cut_paths_are_not_recorded() -> None:
    """What an objective reads through `stop_gradient` or a comparison is no path."""
    step = f"""target = stop_gradient(generator(x))
    hits = where(generator(x) > 0, 1.0, 0.0)
    loss = squared_error(target, generator(x)) * hits
    update generator to minimize loss {SGD}"""
    assert parts_of(step, GAN) == [
        "target",
        "hits",
        "[generator+] loss; generator",
        "-> generator",
    ]
