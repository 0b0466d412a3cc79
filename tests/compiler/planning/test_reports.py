"""Reports as windows: what is accumulated, and the arithmetic that comes after."""

import re

import pytest
from tests.compiler.planning.planned import NET, plan_of, program, script_of

UPDATE = "update net to minimize loss using sgd(0.1)"


def report_of(reports: str, before: str = "") -> tuple[str, str]:
    """What the step returns, and what its window's summary returns ("" if nothing)."""
    step = f"loss = squared_error(y, net(x))\n{before}\n{UPDATE}\nreport {reports}"
    models = f"schedule ramp = linear(0 -> 1, 1 epoch)\n{NET}"
    script = script_of(program(step, models))
    found = [
        re.sub(r"\s+|,(?=\s*})", "", r)
        for r in re.findall(r"return (\{.*?\})\n", script, re.DOTALL)
    ]
    returned = [r for r in found if "Mean(" in r or "Sum(" in r or "means[" in r]
    return returned[0], (returned[1:] or [""])[0]


@pytest.mark.parametrize(
    ("reports", "leaves", "summary"),
    [
        ("loss", '{"loss":Mean(loss)}', ""),
        ("a = mean(loss)", '{"a":Mean(loss)}', ""),
        ("a = mean(loss, weight: w)", '{"a":Mean(loss,weight=w)}', ""),
        ("a = exp(mean(w))", '{"w":Mean(w)}', '{"a":tf.exp(means["w"])}'),
        (
            "a = mean(w) / mean(loss)",
            '{"w":Mean(w),"loss":Mean(loss)}',
            '{"a":means["w"]/means["loss"]}',
        ),
        (
            "a = 1 - 2 * mean(w), b = mean(w)",
            '{"w":Mean(w)}',
            '{"a":1-2*means["w"],"b":means["w"]}',
        ),
        ("ramp", '{"ramp":Mean(ramp(clock.now))}', ""),
        ("a = total(w)", '{"a":Sum(w)}', ""),
        (
            "a = total(w ^ 2) / total(w)",
            '{"power":Sum(w**2),"w":Sum(w)}',
            '{"a":means["power"]/means["w"]}',
        ),
        (
            "a = mean(w) * total(w)",
            '{"w":Mean(w),"w_2":Sum(w)}',
            '{"a":means["w"]*means["w_2"]}',
        ),
        (
            "a = mean(w) * ramp",
            '{"w":Mean(w),"ramp":Mean(ramp(clock.now))}',
            '{"a":means["w"]*means["ramp"]}',
        ),
        ("a = 3", '{"a":Mean(tf.constant(3,tf.float32))}', ""),
    ],
)
def test_report_becomes_leaves_and_arithmetic(
    reports: str, leaves: str, summary: str
) -> None:
    """Every mean keeps its sum and weight; what stands around is computed once."""
    assert report_of(reports) == (leaves, summary)


def test_names_of_plain_values_are_followed_to_their_means() -> None:
    """`k = m + 1` of a mean `m` is computed from the mean of the window."""
    found = report_of("k", "m = mean(w)\nk = m + 1")
    assert found == ('{"w":Mean(w)}', '{"k":means["w"]+1}')


def test_params_in_arithmetic_are_read_by_the_step() -> None:
    """The summary has no config: a param takes part as a mean of its own."""
    step = f"loss = squared_error(y, net(x))\n{UPDATE}\nreport a = k * mean(loss) + 1"
    script = script_of(program(step, f"param k: float = 2.0\n{NET}"))
    summary = script.split("def summarize_train")[1].split("def ")[0]
    assert "config" not in summary
    assert "Mean(tf.constant(config.k, tf.float32))" in script


def test_rebound_plain_value_is_not_followed_in_circles() -> None:
    """`m = m + 1` reads the first `m`."""
    found = report_of("m", "m = mean(w)\nm = m + 1")
    assert found == ('{"w":Mean(w)}', '{"m":means["w"]+1}')


def lines_of_step(step: str) -> list[str]:
    script = script_of(program(step))
    body = script.split("def train_step(")[1].split("return {")[0]
    return [line.strip() for line in body.splitlines()[1:]]


def test_reported_call_is_computed_above_the_update() -> None:
    """A report in front of an update keeps a call's value with the old weights."""
    lines = lines_of_step(
        f"loss = squared_error(y, net(x))\nreport size = norm(net(x)), loss\n{UPDATE}"
    )
    assert lines.index("size_values = " + lines_value(lines, "size_values")) < next(
        i for i, line in enumerate(lines) if "apply_gradients" in line
    )


def lines_value(lines: list[str], name: str) -> str:
    return next(line for line in lines if line.startswith(name)).split(" = ", 1)[1]


def test_mean_of_a_call_is_computed_once() -> None:
    """Where a mean of a call is bound and reported, the call is made once."""
    lines = lines_of_step(
        "loss = mean(squared_error(y, net(x)), weight: exp(net(x)))\n"
        f"{UPDATE}\nreport loss"
    )
    assert sum(line.count("net(x") for line in lines) == 2
    assert "loss = weighted_mean(loss_values, loss_weights)" in lines


def test_mean_of_a_draw_is_drawn_once() -> None:
    """The window accumulates the numbers that the step used."""
    lines = lines_of_step(
        "noise = mean(uniform([]) * w)\nloss = squared_error(y, net(x)) * noise\n"
        f"{UPDATE}\nreport loss, noise"
    )
    assert sum(line.count("random_uniform(") for line in lines) == 1


def test_equal_means_are_accumulated_once() -> None:
    """Two reports of one mean share a leaf."""
    step = f"loss = squared_error(y, net(x))\n{UPDATE}\nreport a = loss, b = mean(loss)"
    report = plan_of(program(step)).train.step.report
    assert [leaf.name for leaf in report.leaves] == ["a"]
    assert [name for name, _ in report.summary] == ["a", "b"]


FUNCTIONS = """fn halved(a, parts: float = 2.0) = a / parts
fn perplexity(target, output) {
  nats = squared_error(target, output)
  return exp(mean(nats))
}
fn spread(v) = sqrt(mean(v ^ 2) - mean(v) ^ 2)
param wide: bool = true
"""


@pytest.mark.parametrize(
    ("reports", "leaves", "summary"),
    [
        (
            "a = halved(mean(loss))",
            '{"loss":Mean(loss)}',
            '{"a":means["loss"]/2.0}',
        ),
        (
            "a = halved(1 + mean(w), parts: 4.0)",
            '{"w":Mean(w)}',
            '{"a":(1+means["w"])/4.0}',
        ),
        (
            "a = perplexity(2 * w, w)",
            '{"squared_error":Mean(tf.math.squared_difference(2*w,w))}',
            '{"a":tf.exp(means["squared_error"])}',
        ),
        (
            "a = halved(perplexity(2 * w, w))",
            '{"squared_error":Mean(tf.math.squared_difference(2*w,w))}',
            '{"a":tf.exp(means["squared_error"])/2.0}',
        ),
        (
            "a = spread(w)",
            '{"power":Mean(w**2),"w":Mean(w)}',
            '{"a":tf.sqrt(means["power"]-means["w"]**2)}',
        ),
        (
            "a = mean(w) if wide else mean(2 * w)",
            '{"a":Mean(wifconfig.wideelse(2*w))}',
            "",
        ),
    ],
)
def test_functions_of_means_are_computed_on_the_window(
    reports: str, leaves: str, summary: str
) -> None:
    """A function that is handed a mean, or takes one, is opened down to it."""
    step = f"loss = squared_error(y, net(x))\n{UPDATE}\nreport {reports}"
    script = script_of(program(step, FUNCTIONS + NET))
    found = [
        re.sub(r"\s+|,(?=\s*})", "", r)
        for r in re.findall(r"return (\{.*?\})\n", script, re.DOTALL)
    ]
    returned = [r for r in found if "Mean(" in r or "Sum(" in r or "means[" in r]
    assert (returned[0], (returned[1:] or [""])[0]) == (leaves, summary)


def test_a_call_that_something_else_reads_stays() -> None:
    """The objective keeps its function; the model is called once for both."""
    step = (
        "loss = perplexity(y, net(x))\n"
        "update net to minimize loss using sgd(0.1)\nreport loss"
    )
    script = script_of(program(step, FUNCTIONS + NET))

    assert script.count("net(x, training=True)") == 1
    assert "loss = perplexity(y, loss_1)" in script
    assert 'return {"loss": tf.exp(means["squared_error"])}' in script


def test_means_inside_functions_are_of_the_weights_of_their_time() -> None:
    """A function that calls a model is opened where the program calls it, and what
    stands beside it is kept.
    """
    models = NET + "fn far(m: model, x) = mean(m(x) ^ 2)\n"
    step = """loss = -far(net, x) - 2 * mean(squared_error(y, net(x)))
    update net to maximize loss using sgd(0.1)
    report loss"""
    script = script_of(program(step, models))
    body = script[script.index("def train_step") : script.index("return train_step")]
    assert body.count("net(x, training=True)") == 2
    assert "loss = -tf.reduce_mean(loss_of_x) - 2 * tf.reduce_mean(loss_of_x_2)" in body
