"""Rules that keep a matrix for each axis of a weight: SOAP."""

from loopc.vocabulary.chains.optimizers import alias
from loopc.vocabulary.chains.options import (
    DECAYED,
    FLATTEN_KERNELS,
    decay_rate,
    flag,
    number,
    rate,
    real,
    whole,
)
from loopc.vocabulary.chains.primitives import EPS, NO_STEP, primitive
from loopc.vocabulary.entry import TransformEntry

SOAP = (
    decay_rate("b1", 0.95), decay_rate("b2", 0.95),
    real("shampoo_beta", None, high=1.0, open_high=True, none=True,
         doc="Kept of the matrices; b2 if not given."),
    EPS,
    whole("precondition_frequency", 10, doc="Updates between two turns of the bases."),
    whole("max_precond_dim", 10000, doc="Longer axes have no basis."),
    flag("precondition_1d", doc="Give vectors a basis too."),
    flag("normalize_grads", doc="Bring each step to a root mean square of 1."),
    flag("correct_bias", True, "Correct the moments as Adam does."),
)  # fmt: skip
IN_THE_BASIS = (
    "s = Q' m / (sqrt(v) + eps), v of (Q' g)^2; Q eigenvectors of the mean of g g',"
    " Q = qr(P Q) every precondition_frequency updates, for each axis"
)
ABOUT_SOAP = (
    "Vyas and others, 2024; defaults of the authors. Each axis of a matrix has a basis,"
    " and so has each of a kernel with more axes, unless `flatten_kernels` makes it a"
    " matrix; vectors and scalars get Adam. The first update is 0: it finds the bases,"
    " which XLA on a CPU takes 7 s for where an axis has 512 rows (a graph 0.03 s):"
    " `max_precond_dim: 256` leaves long axes as they are."
)

ENTRIES: tuple[TransformEntry, ...] = (
    alias(
        "soap", "Adam in the eigenbasis of Shampoo's preconditioner.",
        f"{IN_THE_BASIS}; w = w - rate (sqrt(1 - b2^t) / (1 - b1^t) Q s +"
        " weight_decay w)",
        rate(3e-3), *SOAP,
        number("weight_decay", 0.01, none=True, doc="Pull of the weights towards 0."),
        DECAYED, FLATTEN_KERNELS,
        doc=ABOUT_SOAP,
    ),
    primitive(
        "scale_by_soap", "SOAP's direction: Adam in an eigenbasis that turns.",
        f"{IN_THE_BASIS}; sqrt(1 - b2^t) / (1 - b1^t) Q s", "precondition",
        *SOAP, FLATTEN_KERNELS,
        doc=f"{ABOUT_SOAP} {NO_STEP}",
    ),
)  # fmt: skip
