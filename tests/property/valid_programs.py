"""Hypothesis strategies for valid programs: models, schedules, losses, reports."""

from hypothesis import strategies as st

DATA = """
data d {
  train = npz("d.npz")
  valid = 20% of train by label
  field x: f32[6]
  field y: f32[3]
  field label: class(3)
  field w: f32
}
"""
# Names that Python, the script and Keras use themselves, beside ordinary ones.
NAMES = st.sampled_from(
    ["h", "out", "tape", "print", "mean_of", "Mean", "adam", "None"]
)

STAGES = st.sampled_from(
    ["dense(8, relu)", "dense(6)", "layer_norm", "batch_norm", "dropout(0.2)", "tanh",
     "dense(units, gelu)", "wide(7)"]
)  # fmt: skip
CHAINS = st.sampled_from(
    ["sgd(0.1)", "adam(rate)", "adamw(1e-3, weight_decay: 0.01)", "tuned",
     "clip_by_global_norm(1.0) |> sgd(0.5 * rate, momentum: 0.9)"]
)  # fmt: skip
PIECES = st.sampled_from(
    ["linear(0 -> 0.1, 5 steps)", "cosine(0.1 -> 0.01, 1 epoch)", "linear(1 -> 0, 10%)",
     "exponential(0.1 -> 0.01, 3 steps)"]
)  # fmt: skip
LAST = st.sampled_from(["constant(0.01)", "cosine(0.1 -> 0, rest)"])
PER_EXAMPLE = st.sampled_from(
    ["squared_error(y, net(x))", "absolute_error(y, net(x))", "w * net(x) ^ 2",
     "cross_entropy(label, softmax(net(x)))", "sum(net(x) * stop_gradient(net(x)))"]
)  # fmt: skip
PLAIN = st.sampled_from(
    ["mean(w)", "exp(mean(w))", "mean(w * net(x))", "mean(net(x), weight: w)", "beta",
     "mean(w) / mean(w ^ 2)", "mean(uniform([]) * w)", "2", "progress"]
)  # fmt: skip


@st.composite
def schedules(draw: st.DrawFn) -> str:
    """Pieces joined by `then`, formulas, and schedules of schedules."""
    joined = " then ".join([*draw(st.lists(PIECES, max_size=3)), draw(LAST)])
    formula = draw(st.sampled_from(["min(step / 7, 1)", "0.5 * rate", "exp(-epoch)"]))
    return f"schedule rate = {joined}\nschedule beta = {formula}\n"


@st.composite
def models(draw: st.DrawFn) -> str:
    """A pipeline, maybe repeated, that ends in three numbers."""
    stages = " |> ".join(draw(st.lists(STAGES, min_size=1, max_size=3)))
    count = draw(st.integers(1, 3))
    return (
        "param units: int = 5\n"
        "layer wide(n: int)(x) {\n  h = dense(n)(x)\n  return relu(h) + h\n}\n"
        "model net(x: f32[6]) -> f32[3] {\n"
        f"  repeat {count} {{\n    x = x |> {stages}\n  }}\n"
        "  return x |> dense(3)\n}\n"
    )


@st.composite
def steps(draw: st.DrawFn) -> str:
    """One or two updates, with reports and names bound again between them."""
    lines: list[str] = []
    for number in range(draw(st.integers(1, 2))):
        name = draw(NAMES)
        factor = draw(st.sampled_from(["", "beta * ", "2 * "]))
        lines.append(f"{name} = {factor}{draw(PER_EXAMPLE)}")
        if draw(st.booleans()):
            lines.append(f"{name} = {name} + {draw(PLAIN)}")
        if draw(st.booleans()):
            lines.append(f"report r{number} = {draw(PLAIN)}")
        direction = draw(st.sampled_from(["minimize", "maximize"]))
        lines.append(f"update net to {direction} {name} using {draw(CHAINS)}")
        lines.append(f"report l{number} = {name}, q{number} = {draw(PLAIN)}")
    return "\n".join(f"    {line}" for line in lines)


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A whole program without errors; some names and schedules may be unused."""
    size = draw(st.sampled_from(["8", "all", "2 * units"]))
    return (
        f"{DATA}{draw(models())}{draw(schedules())}"
        "transform tuned = clip_each_norm(1.0) |> adam(0.1 * rate)\n"
        "train for 40 epochs {\n"  # longer than any three pieces before `rest`
        f"  step (x, y, label, w) from d.train batch {size} {{\n{draw(steps())}\n  }}\n"
        "  eval v (x, label) from d.valid batch 4 every 1 epoch {\n"
        "    report a = accuracy(label, softmax(net(x)))\n  }\n"
        "  keep 1 best v.a\n"
        '  export best net to "net.keras"\n}\n'
    )
