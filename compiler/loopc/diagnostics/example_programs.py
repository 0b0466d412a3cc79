"""Whole small programs around a few lines, for the examples of the catalogue."""

DATA = """data points {
  train = npz("points.npz")
  field x: f32[13]
  field y: f32[10]
}
"""

DIGITS = """data digits {
  train = npz("digits.npz")
  valid = 10% of train by label
  field image: f32[8, 8] = column("image") / 16
  field label: class(10)
}
"""

MODEL = "model net(x: f32[13]) -> f32[10] = x |> dense(10)\n"

CLASSIFIER = (
    "model net(image: f32[8, 8]) -> logits[10] = image |> flatten |> dense(10)\n"
)

STEP = """loss = mean_squared_error(y, net(x))
update net to minimize loss using adam(0.01)
report loss"""

DIGITS_STEP = """loss = cross_entropy(label, net(image))
update net to minimize loss using adam(1e-3)
report loss"""


def regression(
    step: str = STEP,
    *,
    before: str = "",
    data: str = DATA,
    model: str = MODEL,
    length: str = "for 10 epochs",
    stream: str = "(x, y) from points.train batch 32",
    after: str = "",
) -> str:
    """One linear model on a table of numbers; parts given replace the usual ones."""
    parts = [before, data, model, _train(step, length, stream, after)]
    return "\n".join(part.strip("\n") + "\n" for part in parts if part)


def with_step(old: str, new: str) -> str:
    """The regression program with one piece of its step in another spelling."""
    return regression(STEP.replace(old, new))


def classification(
    step: str = DIGITS_STEP,
    *,
    before: str = "",
    model: str = CLASSIFIER,
    after: str = "",
) -> str:
    """A classifier of small images; the parts given replace the usual ones."""
    stream = "(image, label) from digits.train batch 32"
    return regression(
        step, before=before, data=DIGITS, model=model, stream=stream, after=after
    )


def _train(step: str, length: str, stream: str, after: str) -> str:
    lines = [f"train {length} {{".replace("  ", " "), f"  step {stream} {{".rstrip()]
    lines += [f"    {line}" for line in step.strip("\n").split("\n")]
    lines += ["  }"]
    lines += [f"  {line}" for line in after.strip("\n").split("\n") if line]
    return "\n".join([*lines, "}"]) + "\n"
