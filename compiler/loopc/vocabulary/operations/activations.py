"""Activation functions: those of Keras, usable on any tensor."""

from dataclasses import replace

from loopc.vocabulary.entry import FunctionEntry, Mismatch, Operands, Option, Options
from loopc.vocabulary.operations.build import LAST_AXIS, elementwise, numbers
from loopc.vocabulary.rules import axis_index, known, require_float, value
from loopc.vocabulary.types import Kind, TensorType


def _plain(
    name: str, step: str, summary: str, doc: str, *aliases: str, keras: str = ""
) -> FunctionEntry:
    """Make an activation without options; `step` names it in TensorFlow."""
    model = f"keras.ops.{keras or name}({{0}})"
    return elementwise(
        name, f"{step}({{0}})" if step else model, model, summary, doc,
        aliases=aliases, family="activations",
    )  # fmt: skip


def _tuned(name: str, summary: str, doc: str, *options: Option) -> FunctionEntry:
    """Make the entry of an activation whose options Keras names the same way."""
    given = "".join(f", {o.name}={{{o.name}}}" for o in options)
    form = f"keras.activations.{name}({{0}}{given})"
    return elementwise(
        name, form, form, summary, doc, options=options, family="activations"
    )


def _number(name: str, default: float, doc: str, low: float | None = None) -> Option:
    return Option(name=name, kind="float", default=default, doc=doc, low=low)


def _squashed(operands: Operands, options: Options) -> TensorType:
    """Type a sigmoid: a probability. Raises Mismatch where it would be taken twice."""
    _refuse_probabilities("sigmoid", operands[0])
    return numbers("float", "probabilities")(operands, options)


def _refuse_probabilities(name: str, operand: TensorType) -> None:
    if operand.kind == "probabilities":
        fact = f"the operand already holds probabilities, so this is {name} twice"
        raise Mismatch(fact, f"leave out this {name}, or the one before")


def _normalized(name: str, kind: Kind) -> FunctionEntry:
    def result(operands: Operands, options: Options) -> TensorType:
        operand = operands[0]
        require_float(operand, "the operand")
        _refuse_probabilities("softmax", operand)
        axis = axis_index(int(str(options.get("axis", -1))), len(operand.shape))
        last = axis == len(operand.shape) - 1
        return value(operand.dtype, operand.shape, kind if last else "value")

    what = "Logits turned into" if kind == "probabilities" else "The logarithms of the"
    return elementwise(
        name, f"tf.nn.{name}({{0}}, axis={{axes}})",
        f"keras.ops.{name}({{0}}, axis={{axes}})",
        f"{what} probabilities that sum to one.",
        "The largest logit is subtracted first, so nothing overflows. A loss that is "
        "handed logits takes this step itself, and more exactly.",
        casts="", result=result, options=(LAST_AXIS,), family="activations",
    )  # fmt: skip


def _gated(operands: Operands, options: Options) -> TensorType:
    operand = operands[0]
    require_float(operand, "the operand")
    axis = axis_index(int(str(options.get("axis", -1))), len(operand.shape))
    length = known(operand.shape[axis], "glu")
    if length % 2:
        fact = f"axis {axis} of length {length} cannot be halved"
        raise Mismatch(fact, "give it an even length")
    shape = (*operand.shape[:axis], length // 2, *operand.shape[axis + 1 :])
    return replace(operand, shape=shape, kind="value", classes=None)


_PLAIN = (
    _plain("relu", "tf.nn.relu", "max(x, 0).",
           "Its gradient is 0 for negative numbers and at 0."),
    _plain("relu6", "tf.nn.relu6", "min(max(x, 0), 6).",
           "A rectifier bounded above, for low precision."),
    _plain("selu", "tf.nn.selu", "A scaled exponential linear unit.",
           "Keeps mean 0 and variance 1 from layer to layer with `lecun_normal` "
           "weights and `alpha_dropout` (Klambauer and others, 2017)."),
    _plain("silu", "tf.nn.silu", "x times its sigmoid.",
           "Smooth, and slightly negative below 0; also called swish.", "swish"),
    _plain("softplus", "tf.math.softplus", "log(1 + exp(x)).",
           "A smooth rectifier, useful where a number must be positive."),
    _plain("softsign", "tf.nn.softsign", "x / (1 + abs(x)).",
           "Like tanh, with slower tails."),
    _plain("log_sigmoid", "tf.math.log_sigmoid", "The logarithm of the sigmoid.",
           "Exact for very negative numbers, where `log(sigmoid(x))` is infinite."),
    _plain("tanh", "tf.tanh", "The hyperbolic tangent, from -1 to 1.",
           "Its gradient vanishes for large numbers of either sign."),
    elementwise(
        "mish", "keras.activations.mish({0})", 'keras.layers.Activation("mish")({0})',
        "x times the tanh of its softplus.",
        "A smooth activation close to silu (Misra, 2019).", family="activations",
    ),
    _plain("hard_sigmoid", "", "A sigmoid of three straight lines.",
           "relu6(x + 3) / 6: cheap, with no gradient outside -3 to 3."),
    _plain("hard_silu", "", "x times its hard sigmoid.",
           "A cheap silu, also called hard swish.", "hard_swish"),
    _plain("hard_tanh", "", "x moved into -1 to 1.", "No gradient outside that range."),
    _plain("tanh_shrink", "", "x - tanh(x).", "Flattens what is near 0."),
    _plain("sparse_plus", "", "A softplus that is 0 below -1 and x above 1.",
           "A quadratic joins the two straight parts."),
    _plain("sparse_sigmoid", "", "A sigmoid of three straight lines from -1 to 1.",
           "The gradient of `sparse_plus`."),
)  # fmt: skip

_ALPHA = _number("alpha", 1.0, "the limit for very negative numbers, with a minus sign")

_TUNED = (
    _tuned("elu", "x, or alpha (exp(x) - 1) where that is negative.",
           "Tends to -alpha for very negative numbers.", _ALPHA),
    _tuned("celu", "x, or alpha (exp(x / alpha) - 1) where that is negative.",
           "An elu whose slope is continuous for every alpha.", _ALPHA),
    _tuned("gelu", "x times the normal distribution function of x.",
           "`approximate` takes a tanh in place of the error function.",
           Option(name="approximate", kind="bool", default=False,
                  doc="use the tanh formula")),
    _tuned("leaky_relu", "x, or a small multiple of it where it is negative.",
           "The slope is 0.2 here, as in Keras' function; Keras' layer has 0.3.",
           _number("negative_slope", 0.2, "the slope for negative numbers")),
    _tuned("hard_shrink", "x, or 0 where its absolute value is small.",
           "Jumps at the threshold.", _number("threshold", 0.5, "the bound", 0.0)),
    _tuned("soft_shrink", "x moved towards 0 by the threshold, at most to 0.",
           "The proximal step of an L1 penalty.",
           _number("threshold", 0.5, "how far", 0.0)),
    _tuned("squareplus", "(x + sqrt(x^2 + b)) / 2.",
           "A smooth rectifier made of a square root alone.",
           _number("b", 4, "how smooth", 0.0)),
    _tuned("threshold", "x, or a default where it is not above the threshold.",
           "Keras names the arguments so.",
           Option(name="threshold", kind="float", doc="the bound"),
           Option(name="default_value", kind="float", doc="what stands below it")),
)  # fmt: skip

_SPECIAL = (
    elementwise(
        "sigmoid", "tf.sigmoid({0})", "keras.ops.sigmoid({0})",
        "1 / (1 + exp(-x)): a number turned into a probability.",
        "A binary cross-entropy that is handed logits takes this step itself, and more "
        "exactly.", result=_squashed, family="activations",
    ),
    _normalized("softmax", "probabilities"),
    _normalized("log_softmax", "logits"),
    elementwise(
        "sparsemax", "sparsemax({0}, axis={axes})",
        "sparsemax({0}, axis={axes})",
        "The nearest point with non-negative elements that sum to one.",
        "Many elements become exactly 0 (Martins and Astudillo, 2016).",
        casts="", options=(LAST_AXIS,), family="activations",
        result=numbers("float", "probabilities"), imports=("sparsemax",),
    ),
    elementwise(
        "glu", "keras.ops.glu({0}, axis={axes})", "keras.ops.glu({0}, axis={axes})",
        "The first half of an axis times the sigmoid of the second half.",
        "The axis becomes half as long.",
        casts="", options=(LAST_AXIS,), family="activations", result=_gated,
    ),
)  # fmt: skip

ENTRIES = (*_PLAIN, *_TUNED, *_SPECIAL)
