"""Sections of scripts: models, data, schedules, config, execution."""

import re

import pytest
from tests.compiler.planning.planned import NET, program, script_of

STEP = (
    "update net to minimize squared_error(y, net(x)) using sgd(0.1)\nreport a = mean(w)"
)


def flat(text: str) -> str:
    """Text as if black had no width: one blank for every break."""
    return re.sub(r",? (?=[)\]}])|(?<=[(\[{]) ", "", re.sub(r"\s+", " ", text))


def function(script: str, name: str) -> str:
    """The body of a function of a script, flat."""
    body = re.search(rf"^def {name}\(.*?(?=^def |^class |^if |\Z)", script, re.M | re.S)
    assert body is not None, script
    return flat(body.group())


def model_of(body: str, before: str = "") -> str:
    models = f"{before}\nmodel net(x: f32[5]) -> f32[3] {body}\n"
    return function(script_of(program(STEP, models)), "make_net")


@pytest.mark.parametrize(
    ("body", "before", "expected"),
    [
        (
            "= x |> dense(4, relu) |> dense(3)",
            "",
            'outputs = keras.layers.Dense(4, activation="relu", name="dense")(x) '
            'outputs = keras.layers.Dense(3, name="dense_1")(outputs) '
            'return keras.Model(x, outputs, name="net")',
        ),
        (
            "{\n x = x |> dense(4)\n return x |> dense(3)\n}",
            "",
            "inputs = x",
        ),
        (
            "{\n shared = dense(5)\n return shared(shared(x)) |> dense(3)\n}",
            "",
            'shared = keras.layers.Dense(5, name="shared") outputs = shared(x) '
            "outputs = shared(outputs)",
        ),
        (
            "{\n repeat 2 {\n x = x |> dense(5)\n }\n return x |> dense(3)\n}",
            "",
            'for i in range(2): x = keras.layers.Dense(5, name=f"dense_{i}")(x)',
        ),
        (
            "{\n repeat n in [4, 6] {\n x = dense(n)(x)\n }\n return x |> dense(3)\n}",
            "",
            "for i, n in enumerate((4, 6)): "
            'x = keras.layers.Dense(n, name=f"dense_{i}")(x)',
        ),
        (
            "{\n h = x |> dense(9) if deep else x\n return h |> dense(3)\n}",
            "param deep: bool = true",
            'if config.deep: h = keras.layers.Dense(9, name="dense")(x) else: h = x',
        ),
        (
            "= x |> block(4, k: 2) |> dense(3)",
            "layer block(n: int, k: float = 0.5)(x) = dense(n)(x) * k",
            'block(x, n=4, k=2.0, name="block")',
        ),
        (
            "= inner(x) |> dense(3)",
            "model inner(x: f32[5]) -> f32[4] = x |> dense(4)",
            "def make_net(inner: keras.Model) -> keras.Model:",
        ),
        (
            "= x |> reshape([5]) |> dense(3)",
            "",
            'keras.layers.Reshape((5,), name="reshape")(x)',
        ),
        (
            "{\n add = dense(5)\n return (add(x) + x) |> dense(3)\n}",
            "",
            'add = keras.layers.Dense(5, name="add_layer")',
        ),
    ],
)
def test_model_body(body: str, before: str, expected: str) -> None:
    """Models are Keras functional code, one application a line, as people write it."""
    assert expected in model_of(body, before)


def test_model_with_several_outputs() -> None:
    """Results are a list in Keras, a tuple where they are taken apart."""
    models = (
        "model net(x: f32[5]) -> (f32[3], f32[2]) {\n"
        " return x |> dense(3), x |> dense(2)\n}\n"
    )
    step = "a, b = net(x)\nupdate net to minimize a ^ 2 + sum(b) using sgd(0.1)"
    script = script_of(program(step, models))
    assert "return keras.Model(x, [keras.layers.Dense(3" in function(script, "make_net")
    assert "a, b = net(x, training=True)" in function(script, "make_train_step")


def test_data_section() -> None:
    """Carves in order, fits on the named split, decoding as it is declared."""
    data = """data e {
  all   = csv("e.csv", separator: ";")
  test  = last(10%) of all
  valid = fold(1, 5) of all by kind
  train = rest of all
  field kind: class(3) = category(column("kind"), over: train, unknown: 0)
  field x: f32[2] = standardize(columns("a", "b b"), over: train)
  field y: f32 = column("y") / 10
}
model net(x: f32[2]) -> f32[1] = x |> dense(1)
train for 1 epochs {
  step (x, y, kind) from e.train batch 4 {
    update net to minimize squared_error(y, net(x)) + kind using sgd(0.1)
  }
}
"""
    load = function(script_of(data), "load_e")
    for line in [
        'all_ = read_csv(data_dir, "e.csv", separator=";")',
        'test, all_ = carve(all_, last_percent=10, name="test")',
        'valid, all_ = carve(all_, fold=(1, 5), by="kind", seed=config.seed, name=',
        'train = rest_of(all_, name="train")',
        'scale_x = Standardizer.fit(train, ("a", "b b"))',
        'index_kind = Categories.fit(train, "kind", size=3, unknown=0)',
        "train = index_kind.encode(train)",
        '{"test": test, "valid": valid, "train": train}',
        '"y": Float((), columns=("y",))',
    ]:
        assert line in load
    decode = function(script_of(data), "make_decode_e")
    assert 'y = tf.cast(columns["y"], tf.float32) / 10' in decode
    assert "x = scale_x(columns)" in decode


@pytest.mark.parametrize(
    ("schedule", "text"),
    [
        ("constant(1)", "constant(1.0)"),
        ("linear(0 -> peak, 500 steps)", "linear(0.0, config.peak, 500)"),
        ("linear(0 -> 1, warm)", "linear(0.0, 1.0, config.warm)"),
        ("linear(0 -> 1, 2 epochs)", "linear(0.0, 1.0, 2 * clock.steps_per_epoch)"),
        ("linear(0 -> 1, 5%)", "linear(0.0, 1.0, 0.05 * clock.total_steps)"),
        ("cosine(1 -> 0, rest)", "cosine(1.0, 0.0, clock.total_steps)"),
        (
            "linear(0 -> 1, 3 steps) then cosine(1 -> 0, 7 steps) then constant(0)",
            "join([linear(0.0, 1.0, 3), cosine(1.0, 0.0, 7), constant(0.0)], "
            "boundaries=[3, 10])",
        ),
        (
            "linear(0 -> 1, 1 epoch) then cosine(1 -> 0, rest)",
            "clock.total_steps - clock.steps_per_epoch",
        ),
        ("0.1 * min(step / 10, 1)", "return 0.1 * tf.minimum(count / 10, 1)"),
    ],
)
def test_schedule(schedule: str, text: str) -> None:
    """Pieces with their lengths in steps; params stay numbers of the config."""
    models = (
        "param peak: float = 0.1\nparam warm: duration = 20 steps\n"
        f"schedule s = {schedule}\n{NET}"
    )
    step = "update net to minimize squared_error(y, net(x)) using sgd(s)"
    script = script_of(program(step, models, length="3 epochs"))
    assert text in function(script, "make_s")


def test_config_holds_every_number_of_the_run() -> None:
    """Params first, with their ranges; then data, run and cadences; nothing twice."""
    models = (
        "param units: int = 8 in 1 .. 64\nparam lambda: float = 1e-3\n"
        "param size: int = 4\nparam steps: int = 3\n"
    ) + NET.replace("dense(3)", "dense(units) |> dense(3)")
    rest = (
        "seed = steps\ncheckpoint every 500 steps\n"
        "eval v (x, y) from d.valid batch size every 2 epochs {\n"
        " report a = squared_error(y, net(x)) * lambda\n}\n"
    )
    script = script_of(program(STEP, models, rest))
    config = re.search(r"class Config:.*?(?=\n\n\n)", script, re.S)
    assert config is not None
    for line in [
        "units: int = 8  # in 1 .. 64",
        "lambda_: float = 1e-3",
        "batch_size: int = 8",
        "epochs: int = 2",
        "checkpoint_every_steps: int = 500",
        "evaluate_v_every_epochs: int = 2",
    ]:
        assert f"    {line}\n" in f"{config.group()}\n"
    assert "keras.utils.set_random_seed(config.steps)" in script
    assert "batches(config.size," in flat(script)


@pytest.mark.parametrize(
    ("layer", "setting", "expected"),
    [
        ("dense(3)", "", 'Execution(data="resident", xla=True)'),
        (
            "reshape([5, 1]) |> conv1d(2, 3) |> flatten |> dense(3)",
            "",
            'Execution(data="resident", xla=False)',
        ),
        (
            "dense(3)",
            "execution = streamed_graph",
            'Execution(data="streamed", xla=False)',
        ),
    ],
)
def test_execution(layer: str, setting: str, expected: str) -> None:
    """Dense steps go through XLA, convolutions do not, and the file may choose."""
    models = NET.replace("dense(3)", layer)
    assert f"EXECUTION = {expected}\n" in script_of(program(STEP, models, setting))


def test_config_is_handed_to_whoever_needs_it() -> None:
    """Functions and layers that read params get the config from models and steps."""
    models = (
        "param k: float = 2.0\nfn f(x) = x * k\nlayer l(n: int)(x) = dense(n)(x) * k\n"
        "model net(x: f32[5]) -> f32[3] = f(x) |> l(5) |> dense(3)\n"
    )
    script = script_of(program(f"{STEP}, b = k * w", models))
    assert "def make_net(config: Config)" in script
    assert "def make_train_step(config: Config, " in flat(script)
    assert 'l(f(x, config), config, n=5, name="l")' in function(script, "make_net")


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("k * column", 'config.k * tf.cast(columns["x"], tf.float32)'),
        ("bent(column", 'bent(tf.cast(columns["x"], tf.float32), config)'),
    ],
)
def test_fields_read_params_and_functions(value: str, printed: str) -> None:
    """What turns columns into fields is handed the config where it reads a number."""
    end = ")" if "(" in value else ""
    data = (
        'param k: float = 2.0\nfn bent(y) = y * k\ndata d {\n  train = npz("d.npz")\n'
        f'  field x: f32[5] = {value}("x"){end}\n  field y: f32[3]\n}}\n'
    )
    step = "update net to minimize squared_error(y, net(x)) using sgd(0.1)"
    head = "train for 1 epoch {\n  step (x, y) from d.train batch 8 {\n"
    script = script_of(f"{data}{NET}{head}    {step}\n  }}\n}}\n")
    assert f"x = {printed}" in function(script, "make_decode_d")
    assert "make_decode_d(config)" in function(script, "load_d")
