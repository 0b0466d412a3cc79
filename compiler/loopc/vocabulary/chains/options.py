"""Options that transforms share."""

from loopc.vocabulary.entry import REQUIRED, Option, OptionValue, Required

DECAYED = Option(
    name="decay",
    kind="enum",
    default="all",
    choices=("all", "kernels"),
    doc="Which weights decay: `kernels` leaves out biases, norms and other vectors.",
)


def number(
    name: str,
    default: OptionValue,
    low: float | None = 0.0,
    high: float | None = None,
    *,
    none: bool = False,
    open_low: bool = False,
    open_high: bool = False,
    doc: str = "",
) -> Option:
    """Make a number that may be a schedule."""
    return Option(
        name=name,
        kind="number",
        default=default,
        low=low,
        high=high,
        none=none,
        open_low=open_low,
        open_high=open_high,
        doc=doc,
    )


def required(name: str, *, positive: bool = True, doc: str = "") -> Option:
    """Make a number that must be written; it may be a schedule."""
    return Option(name=name, kind="number", low=0.0, open_low=positive, doc=doc)


def decay_rate(name: str, default: float) -> Option:
    """Make the share of a running mean that is kept."""
    return number(name, default, 0.0, 1.0, open_high=True, doc="Kept of the old mean.")


def rate(default: float) -> Option:
    """Make the learning rate."""
    doc = "Size of a step; a number or a schedule of this update's own counter."
    return number("learning_rate", default, doc=doc)


def flag(name: str, default: bool = False, doc: str = "") -> Option:
    """Make a truth value."""
    return Option(name=name, kind="bool", default=default, doc=doc)


def flavor(*choices: str) -> Option:
    """Make the choice of whose defaults and arithmetic are meant."""
    doc = "Whose defaults and arithmetic."
    return Option(
        name="flavor", kind="enum", default=choices[0], choices=choices, doc=doc
    )


def real(
    name: str,
    default: "OptionValue | Required" = REQUIRED,
    low: float | None = 0.0,
    high: float | None = None,
    *,
    open_low: bool = False,
    open_high: bool = False,
    none: bool = False,
    doc: str,
) -> Option:
    """Make a number that no schedule can stand for."""
    return Option(
        name=name,
        kind="float",
        default=default,
        low=low,
        high=high,
        open_low=open_low,
        open_high=open_high,
        none=none,
        doc=doc,
    )


def whole(
    name: str,
    default: "OptionValue | Required" = REQUIRED,
    low: int = 1,
    doc: str = "",
) -> Option:
    """Make a whole number."""
    return Option(name=name, kind="int", default=default, low=low, doc=doc)


LION_MODE = Option(
    name="mode", kind="enum", default="hard", choices=("hard", "smooth", "refined"),
    doc="The sign itself, tanh(smooth_beta x), or x between -1 and 1.",
)  # fmt: skip
SMOOTH_BETA = Option(
    name="smooth_beta", kind="float", default=1.0, low=0.0, doc="How hard `smooth` is."
)
PRECONDITIONING = Option(
    name="preconditioning", kind="enum", default="frobenius",
    choices=("frobenius", "spectral", "aol", "schatten"),
    doc="How a matrix is scaled before the iterations.",
)  # fmt: skip
NS_COEFFS = Option(
    name="ns_coeffs", kind="enum", default="standard", choices=("standard", "dion"),
    doc="The polynomial of every iteration, or one for each of five.",
)  # fmt: skip
FLATTEN_KERNELS = flag(
    "flatten_kernels",
    doc="Take kernels of three axes and more as matrices, of a column for each unit.",
)
