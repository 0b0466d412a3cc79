"""Which calls of a step move the statistics of batch normalization."""

from tests.compiler.planning.planned import program, script_of

MODELS = (
    "model generator(x: f32[5]) -> f32[3] = x |> dense(4) |> batch_norm |> dense(3)\n"
    "model critic(y: f32[3]) -> f32[1] = y |> dense(4) |> batch_norm |> dense(1)\n"
)
SGD = "using sgd(0.1)"


def calls_of(step: str, models: str = MODELS) -> list[str]:
    """The calls of models in a training step, in the order of the script."""
    text = script_of(program(step, models))
    body = text[text.index("def train_step") : text.index("return train_step")]
    names = ("generator(", "critic(", "call_unchanged(")
    lines = [line.strip() for line in body.splitlines()]
    found = [line for line in lines if any(n in line for n in names)]
    return [line.split(" = ")[-1] for line in found]


def test_call_that_trains_another_model_moves_nothing() -> None:
    """Each player's statistics move in its own update alone."""
    step = f"""fake = generator(x)
    d_loss = mean(critic(fake)) - mean(critic(y))
    update critic to minimize d_loss {SGD}
    again = generator(x)
    g_loss = -mean(critic(again))
    update generator to minimize g_loss {SGD}"""
    assert calls_of(step) == [
        "call_unchanged(generator, x)",
        "tf.reduce_mean(critic(fake, training=True)) - tf.reduce_mean(",
        "critic(y, training=True)",
        "generator(x, training=True)",
        "-tf.reduce_mean(call_unchanged(critic, again))",
    ]


def test_shared_call_moves_once() -> None:
    """A forward pass that two updates share is one call, and moves once."""
    step = f"""fake = generator(x)
    d_loss = mean(critic(fake))
    update critic to minimize d_loss {SGD}
    update generator to minimize -mean(fake) {SGD}"""
    assert calls_of(step)[0] == "generator(x, training=True)"


def test_report_moves_nothing() -> None:
    """A call that is only reported, or cut off, uses the batch and changes nothing."""
    step = f"""target = stop_gradient(critic(y))
    loss = squared_error(target, critic(generator(x)))
    update critic to minimize loss {SGD}
    report loss, size = norm(generator(2 * x))"""
    found = calls_of(step)
    assert found[0] == "tf.stop_gradient(call_unchanged(critic, y))"
    assert "critic(call_unchanged(generator, x), training=True)" in " ".join(found)
    assert "call_unchanged(generator, 2 * x)" in found[-1]


def test_models_without_statistics_are_called_plainly() -> None:
    """Where nothing moves, every call is the model's own."""
    plain = MODELS.replace("|> batch_norm ", "")
    step = f"""fake = generator(x)
    update critic to minimize mean(critic(fake)) {SGD}
    report size = norm(generator(2 * x))"""
    assert not [call for call in calls_of(step, plain) if "unchanged" in call]
