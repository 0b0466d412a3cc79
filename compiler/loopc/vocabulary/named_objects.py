"""What options may name: activations, initializers, regularizers, constraints."""

from collections.abc import Mapping

from loopc.vocabulary.entry import ObjectEntry, Option


def _float(name: str, default: float, doc: str) -> Option:
    return Option(name=name, kind="float", default=default, doc=doc)


def _activation(name: str, summary: str, *options: Option) -> ObjectEntry:
    return ObjectEntry(
        name=name,
        summary=summary,
        doc="Given as a word it has Keras' own parameters.",
        family="activation",
        python=f"keras.activations.{name}",
        options=options,
    )


_ACTIVATIONS = (
    _activation("celu", "x, or exp(x) - 1 where that is negative."),
    _activation("elu", "x, or exp(x) - 1 where it is negative."),
    _activation("exponential", "exp(x)."),
    _activation("gelu", "x times the normal distribution function of x."),
    _activation("glu", "One half of the last axis gated by the other."),
    _activation("hard_shrink", "x, or 0 where it is small."),
    _activation("hard_sigmoid", "A sigmoid of three straight lines."),
    _activation("hard_silu", "x times its hard sigmoid."),
    _activation("hard_swish", "Another name of hard_silu."),
    _activation("hard_tanh", "x moved into -1 to 1."),
    _activation("leaky_relu", "x, or 0.2 x where it is negative."),
    _activation("linear", "x, unchanged."),
    _activation("log_sigmoid", "The logarithm of the sigmoid."),
    _activation("log_softmax", "The logarithm of the softmax over the last axis."),
    _activation("mish", "x times the tanh of its softplus."),
    _activation("relu", "max(x, 0)."),
    _activation("relu6", "min(max(x, 0), 6)."),
    _activation("selu", "A scaled exponential linear unit."),
    _activation("sigmoid", "1 / (1 + exp(-x)): probabilities of truth values."),
    _activation("silu", "x times its sigmoid."),
    _activation("soft_shrink", "x moved towards 0."),
    _activation("softmax", "Probabilities that sum to one over the last axis."),
    _activation("softplus", "log(1 + exp(x))."),
    _activation("softsign", "x / (1 + abs(x))."),
    _activation("sparse_plus", "A softplus with exact zeros."),
    _activation("sparse_sigmoid", "A sigmoid of three straight lines from -1 to 1."),
    _activation(
        "sparsemax",
        "Keras' own sparsemax, which need not add up to 1; the function does.",
    ),
    _activation("squareplus", "(x + sqrt(x^2 + 4)) / 2."),
    _activation("swish", "Another name of silu."),
    _activation("tanh", "The hyperbolic tangent."),
    _activation("tanh_shrink", "x - tanh(x)."),
)


def _initializer(
    name: str, keras: str, summary: str, doc: str, *options: Option,
    aliases: tuple[str, ...] = (),
) -> ObjectEntry:  # fmt: skip
    return ObjectEntry(
        name=name, summary=summary, doc=doc, options=options, aliases=aliases,
        family="initializer", python=f"keras.initializers.{keras}",
    )  # fmt: skip


_FANS = "The fan-in is what one output reads, the fan-out what reads one input."
_STDDEV = _float("stddev", 0.05, "the standard deviation")
_MEAN = _float("mean", 0.0, "the mean")

_INITIALIZERS = (
    _initializer("zeros", "Zeros", "All 0.", "The usual start of a bias."),
    _initializer("ones", "Ones", "All 1.", "The usual start of a scale."),
    _initializer("constant", "Constant", "All one number.", "For weights and biases.",
                 Option(name="value", kind="float", doc="the number")),
    _initializer("random_normal", "RandomNormal", "Normal numbers.",
                 "Not scaled by the size of the layer.", _MEAN, _STDDEV,
                 aliases=("normal",)),
    _initializer("random_uniform", "RandomUniform", "Uniform numbers.",
                 "Not scaled by the size of the layer.",
                 _float("minval", -0.05, "the low end"),
                 _float("maxval", 0.05, "the high end"), aliases=("uniform",)),
    _initializer("truncated_normal", "TruncatedNormal",
                 "Normal numbers within two standard deviations.",
                 "What lies further out is drawn again.", _MEAN, _STDDEV),
    _initializer("variance_scaling", "VarianceScaling",
                 "Numbers whose variance is scale over a fan.", _FANS,
                 _float("scale", 1.0, "the numerator"),
                 Option(name="mode", kind="enum", default="fan_in",
                        choices=("fan_in", "fan_out", "fan_avg"), doc="which fan"),
                 Option(name="distribution", kind="enum", default="truncated_normal",
                        choices=("truncated_normal", "untruncated_normal", "uniform"),
                        doc="what they are drawn from")),
    _initializer("glorot_normal", "GlorotNormal",
                 "Normal numbers of variance 2 / (fan-in + fan-out).",
                 f"{_FANS} Glorot and Bengio, 2010.", aliases=("xavier_normal",)),
    _initializer("glorot_uniform", "GlorotUniform",
                 "Uniform numbers of variance 2 / (fan-in + fan-out).",
                 f"{_FANS} Keras' choice for most kernels.",
                 aliases=("xavier_uniform",)),
    _initializer("he_normal", "HeNormal", "Normal numbers of variance 2 / fan-in.",
                 f"{_FANS} Made for rectifiers (He and others, 2015)."),
    _initializer("he_uniform", "HeUniform", "Uniform numbers of variance 2 / fan-in.",
                 f"{_FANS} Made for rectifiers (He and others, 2015)."),
    _initializer("lecun_normal", "LecunNormal",
                 "Normal numbers of variance 1 / fan-in.",
                 f"{_FANS} Made for selu."),
    _initializer("lecun_uniform", "LecunUniform",
                 "Uniform numbers of variance 1 / fan-in.", f"{_FANS} Made for selu."),
    _initializer("orthogonal", "Orthogonal", "An orthogonal matrix.",
                 "Keras' choice for recurrent kernels (Saxe and others, 2014).",
                 _float("gain", 1.0, "a factor")),
    _initializer("stft", "STFT", "The kernel of a short-time Fourier transform.",
                 "For the kernel of `conv1d` alone, whose filters are frequencies.",
                 Option(name="side", kind="enum", default="real",
                        choices=("real", "imag"), doc="which part"),
                 Option(name="window", kind="string", default="hann",
                        doc="the window"),
                 Option(name="scaling", kind="enum", default="density",
                        choices=("density", "spectrum"), doc="how it is scaled"),
                 Option(name="periodic", kind="bool", default=False,
                        doc="whether the window goes on")),
    _initializer("identity", "Identity", "The identity matrix.", "For square kernels.",
                 _float("gain", 1.0, "a factor")),
)  # fmt: skip


def _penalty(
    name: str, python: str, summary: str, doc: str, *options: Option,
    aliases: tuple[str, ...] = (),
) -> ObjectEntry:  # fmt: skip
    return ObjectEntry(
        name=name, summary=summary, doc=doc, options=options, python=python,
        aliases=aliases, family=python.split(".")[1].removesuffix("s"),
    )  # fmt: skip


_ADDED = "It is added to the loss where the objective names `regularization(model)`."
_L1 = _float("l1", 0.01, "the factor of the absolute values")
_L2 = _float("l2", 0.01, "the factor of the squares")

_REGULARIZERS = (
    _penalty("l1", "keras.regularizers.L1", "A multiple of the absolute values.",
             _ADDED,
             _L1),
    _penalty("l2", "keras.regularizers.L2", "A multiple of the squares.", _ADDED, _L2),
    _penalty("l1l2", "keras.regularizers.L1L2",
             "Multiples of the absolute values and of the squares.", _ADDED,
             _float("l1", 0.0, "the factor of the absolute values"),
             _float("l2", 0.0, "the factor of the squares"), aliases=("l1_l2",)),
    _penalty("orthogonal_regularizer", "keras.regularizers.OrthogonalRegularizer",
             "A penalty of rows or columns that are not orthogonal.", _ADDED,
             _float("factor", 0.01, "the factor"),
             Option(name="mode", kind="enum", default="rows",
                    choices=("rows", "columns"), doc="what should be orthogonal")),
)  # fmt: skip

_PROJECTED = "The weight is projected there after every update."
_AXIS = Option(name="axis", kind="int", default=0, doc="the axis of the norm")

_CONSTRAINTS = (
    _penalty("max_norm", "keras.constraints.MaxNorm", "A largest norm of each unit.",
             _PROJECTED,
             Option(name="max_value", kind="float", default=2, low=0.0, doc="the norm"),
             _AXIS),
    _penalty("min_max_norm", "keras.constraints.MinMaxNorm",
             "A smallest and largest norm of each unit.", _PROJECTED,
             _float("min_value", 0.0, "the smallest norm"),
             _float("max_value", 1.0, "the largest norm"),
             _float("rate", 1.0, "how far each update projects"), _AXIS),
    _penalty("non_neg", "keras.constraints.NonNeg", "No negative weights.", _PROJECTED),
    _penalty("unit_norm", "keras.constraints.UnitNorm", "A norm of 1 of each unit.",
             _PROJECTED, _AXIS),
)  # fmt: skip

ENTRIES: Mapping[str, tuple[ObjectEntry, ...]] = {
    "activation": _ACTIVATIONS,
    "initializer": _INITIALIZERS,
    "regularizer": _REGULARIZERS,
    "constraint": _CONSTRAINTS,
}
