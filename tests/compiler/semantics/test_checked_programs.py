"""What the checker makes of sound programs: values, types, names, orders, counts."""

import math
from pathlib import Path

import pytest
from tests.compiler.semantics.checking import checked, findings

from loopc.diagnostics.example_programs import (
    MODEL,
    STEP,
    classification,
    regression,
)
from loopc.driver import check_source
from loopc.semantics.checked import (
    CallFunction,
    CheckedAssign,
    CheckedRepeat,
    CheckedReport,
    CheckedUpdate,
    Duration,
    Primitive,
    Select,
    Static,
)
from loopc.semantics.walk import walk

SAMPLES = sorted((Path(__file__).parents[3] / "samples").glob("*.loop"))
UPDATE = "\nupdate net to minimize loss using adam(0.01)\nreport loss"


def updates(text: str) -> list[CheckedUpdate]:
    nodes = walk(checked(text).trains[0].body)
    return sorted(
        (node for node in nodes if isinstance(node, CheckedUpdate)),
        key=lambda node: node.span.start,
    )


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_are_sound(path: Path) -> None:
    """Every sample program checks without errors."""
    assert checked(path.read_text(encoding="utf-8")).trains


def test_weights_are_counted_as_keras_counts_them() -> None:
    """784 x 128 + 128 and 128 x 10 + 10 make 101,770 trainable weights."""
    model = (
        "model net(image: f32[28, 28]) -> logits[10] =\n"
        "  image |> flatten |> dense(128, relu) |> dense(10)\n"
    )
    text = classification(model=model).replace("f32[8, 8]", "f32[28, 28]")
    net = checked(text).models[0]
    assert (net.trainable, net.non_trainable) == (101_770, 0)
    assert [layer.path for layer in net.layers] == ["flatten", "dense", "dense_1"]


def test_a_named_instance_shares_its_weights() -> None:
    """A layer applied twice under one name counts once, and the binding names it."""
    model = (
        "model net(x: f32[13]) -> f32[10] {\n"
        "  head = dense(10)\n  return head(x) + head(2 * x)\n}\n"
    )
    net = checked(regression(model=model)).models[0]
    assert net.trainable == 13 * 10 + 10
    assert [(s.path, s.shared) for s in net.layers] == [("head", False), ("head", True)]


def test_a_contained_model_counts_once() -> None:
    """A model called twice inside another adds its weights once."""
    model = (
        "model inner(x: f32[13]) -> f32[10] = x |> dense(10)\n"
        "model net(x: f32[13]) -> f32[10] = inner(x) + inner(2 * x)\n"
    )
    program = checked(regression(model=model))
    net = program.models[1]
    assert (net.trainable, net.contains) == (140, ("inner",))


def test_repeat_in_a_model_makes_instances() -> None:
    """Each pass constructs layers of its own."""
    model = (
        "model net(x: f32[13]) -> f32[10] {\n  h = x\n  repeat n in [32, 64] {\n"
        "    h = h |> dense(n)\n  }\n  return h |> dense(10)\n}\n"
    )
    net = checked(regression(model=model)).models[0]
    assert net.trainable == (13 * 32 + 32) + (32 * 64 + 64) + (64 * 10 + 10)
    repeat = net.body[1]
    assert isinstance(repeat, CheckedRepeat)
    assert (repeat.names, repeat.values, repeat.carried) == (("n",), (32, 64), ("h",))


def test_consts_are_computed_in_float64() -> None:
    """Products and spaces of numbers equal those of the standard library."""
    before = (
        "const betas = linspace(1e-4, 0.02, 5)\nconst alphas = cumprod(1 - betas)\n"
        "const half = exp(-0.5)\n"
    )
    step = STEP.replace("net(x))", "net(x)) * half + sum(alphas)")
    consts = {c.name: c for c in checked(regression(step, before=before)).consts}
    betas = [1e-4 + i * (0.02 - 1e-4) / 4 for i in range(5)]
    expected = [math.prod(1 - b for b in betas[: i + 1]) for i in range(5)]
    assert consts["alphas"].value == pytest.approx(expected, rel=1e-15)
    assert consts["alphas"].type.shape == (5,)
    assert consts["half"].value == math.exp(-0.5)


def test_overrides_replace_defaults() -> None:
    """An override has the param's type, and its range is kept."""
    before = "param rate: float = 0.01 in 0.001 .. 0.1\n"
    text = regression(STEP.replace("0.01", "rate"), before=before)
    assert checked(text).params[0].value == 0.01
    assert checked(text, rate="0.05").params[0].value == 0.05
    assert [d.code for d in findings(text, rate="0.5")] == ["E303"]
    assert [d.code for d in findings(text, rat="0.5")] == ["E214"]


@pytest.mark.parametrize(
    ("name", "override", "code"),
    [("peak", "3", "E303"), ("units", "1.5", "E302"), ("act", "relo", "E217")],
)
def test_bad_override_is_the_only_finding(name: str, override: str, code: str) -> None:
    """The rest of a program is checked with the default, so nothing else seems wrong:
    neither the schedule made of it, nor the update, nor what is measured of that.
    """
    before = (
        "param peak: float = 0.01 in 0.001 .. 0.1\nparam units: int = 8\n"
        "param act: one_of(relu, gelu) = relu\n"
        "schedule rate = linear(0 -> peak, 5 steps) then constant(peak)\n"
    )
    model = MODEL.replace("dense(10)", "dense(units, act) |> dense(10)")
    step = STEP.replace("0.01", "rate") + "\nreport size = gradients(net).norm"
    text = regression(step, before=before, model=model)
    assert not findings(text)
    assert [d.code for d in findings(text, **{name: override})] == [code]


def test_splits_come_in_an_order_that_can_be_made() -> None:
    """Parents come first, and `rest` after the other parts of its parent."""
    text = classification().replace(
        "  field image",
        "  small = rest of train\n  tiny = 5 of valid\n"
        "  last_part = last(5%) of train\n"
        "  field image",
    )
    text = text.replace("digits.train", "digits.small")
    names = [split.split for split in checked(text).data[0].splits]
    assert names.index("train") < names.index("valid") < names.index("tiny")
    assert names.index("small") > max(names.index("valid"), names.index("last_part"))


def test_losses_choose_by_kind() -> None:
    """Labels against logits take the sparse variant that applies the softmax."""
    train = checked(classification()).trains[0]
    losses = [n for n in walk(train.body) if isinstance(n, Primitive)]
    assert [n.name for n in losses] == ["cross_entropy"]
    assert "logits" in losses[0].variant


def test_per_example_objectives_are_averaged() -> None:
    """Under minimize and report a per-example value stands for its mean."""
    train = checked(regression()).trains[0]
    (update,) = updates(regression())
    report = next(s for s in train.body if isinstance(s, CheckedReport))
    assert str(update.objective.type) == "f32"
    assert str(report.items[0].value.type) == "f32"


def test_a_function_is_checked_once_for_train_and_valid() -> None:
    """Streams do not make signatures; types do."""
    after = (
        "eval valid (image, label) from digits.valid batch all at end {\n"
        "  report loss = objective(label, image)\n}"
    )
    before = (
        "loss objective(label, image) = cross_entropy(label, softmax(flatten(image)))\n"
    )
    step = "loss = cross_entropy(label, net(image)) + objective(label, image)" + UPDATE
    text = classification(step, before=before, after=after)
    text = text.replace("class(10)", "class(64)").replace("[10]", "[64]")
    program = checked(text.replace("dense(10)", "dense(64)"))
    calls = [n for n in walk(program.trains[0]) if isinstance(n, CallFunction)]
    assert {call.function for call in calls} == {"objective"}
    assert len(program.functions) == 1


def test_only_the_taken_branch_exists() -> None:
    """The branch that is not taken may not even fit, and makes no weights."""
    model = (
        "model net(x: f32[13]) -> f32[10] {\n"
        "  h = x if x.shape[0] == 13 else x |> conv2d(3, 3)\n"
        "  return h |> dense(10)\n}\n"
    )
    net = checked(regression(model=model)).models[0]
    first = net.body[0]
    assert isinstance(first, CheckedAssign)
    assert isinstance(first.value, Select)
    assert (first.value.taken, net.trainable) == (True, 140)


def test_sites_have_names_of_their_own() -> None:
    """Two updates of one model are two sites, in any pass the same ones."""
    step = "loss = mean_squared_error(y, net(x))" + UPDATE
    step += (
        "\nagain = mean_squared_error(y, net(x))\n"
        "update net to minimize again using sgd(0.1)"
    )
    assert [u.site for u in updates(regression(step))] == ["net", "net_2"]


def test_only_what_the_objective_reaches_is_trained() -> None:
    """A model that the objective does not depend on is left out, with a warning."""
    model = MODEL + "model other(x: f32[13]) -> f32[10] = x |> dense(10)\n"
    step = (
        "loss = mean_squared_error(y, net(x)) + stop_gradient(sum(other(x)))\n"
        "update net, other to minimize loss using adam(0.01)\nreport loss"
    )
    text = regression(step, model=model)
    assert [u.trained for u in updates(text)] == [("net",)]
    assert [d.code for d in findings(text)] == ["W607"]


def test_a_cut_names_what_cuts() -> None:
    """The secondary label of a cut path stands on the operation without gradient."""
    text = regression("loss = mean_squared_error(y, round(net(x)))" + UPDATE)
    (found,) = findings(text)
    cut = found.labels[1]
    assert text[cut.span.start : cut.span.end] == "round(net(x))"
    assert "`round`" in cut.text


def test_flavors_fill_in_their_defaults() -> None:
    """Adam as PyTorch has it adds 1e-8, as Keras has it 1e-7."""
    for flavor, epsilon in (("keras", 1e-7), ("torch", 1e-8)):
        text = regression(STEP.replace("adam(0.01)", f"adam(0.01, flavor: {flavor})"))
        option = updates(text)[0].chain.links[0].options["epsilon"]
        assert isinstance(option, Static)
        assert option.value == epsilon


def test_units_become_seconds() -> None:
    """Hours and minutes are counted in seconds."""
    assert checked(regression(length="for 2 hours")).trains[0].duration == Duration(
        7200, "seconds"
    )


def test_did_you_mean_carries_a_fix() -> None:
    """The nearest name is suggested, and the fix puts it in place."""
    (found,) = findings(regression(STEP.replace("net(x)", "nett(x)")))
    assert [e.replacement for e in found.fixes[0].edits] == ["net"]
    assert found.labels[1].text == "`net` is declared here"


def test_all_errors_come_in_one_go() -> None:
    """Independent defects are all reported, by place."""
    text = regression(
        STEP.replace("adam(0.01)", "adamm(0.01)"),
        model=MODEL.replace("dense(10)", "dense(12)"),
        after="sead = 7",
    )
    assert [d.code for d in findings(text)] == ["E403", "E201", "E213"]


def test_findings_about_overrides_point_at_their_text() -> None:
    """`--set` is what is wrong, so its text is shown, and the param's range beside."""
    before = "param rate: float = 0.01 in 0.001 .. 0.1\n"
    text = regression(STEP.replace("0.01", "rate"), before=before)
    wrong = {"rate": "0.5", "rat": "1", "step": "2"}
    for name, value in wrong.items():
        shown = check_source(text, "a.loop", {name: value}).render()
        assert f"--> --set {name}:1:1" in shown
        assert ("its range" in shown) == (value == "0.5")
