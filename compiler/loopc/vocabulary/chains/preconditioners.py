"""Rules that keep a matrix for each axis of a weight: SOAP and Kron."""

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
from loopc.vocabulary.entry import Option, TransformEntry

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
KRON = (
    decay_rate("momentum", 0.9),
    number("update_probability", None, high=1.0, open_low=True, none=True,
           doc="How often factors learn; 1 for 500 updates, then a fall to 0.03,"
           " if not given."),
    whole("max_size_triangular", 2048, doc="Longer axes have a diagonal factor."),
    whole("min_ndim_triangular", 2, doc="With fewer axes all factors are diagonal."),
    Option(name="memory_save", kind="enum", default=None, none=True,
           choices=("one_diag", "smart_one_diag", "all_diag"),
           doc="Diagonal factors: the longest axis, it alone if one is longest, all."),
    flag("momentum_into_precond_update", True, "Learn from the momentum."),
    number("precond_lr", 0.1, doc="Size of a step of the factors."),
    real("precond_init_scale", 1.0, open_low=True, doc="What Q starts as, times I."),
)  # fmt: skip
WHITENED = (
    "Q = Q - precond_lr triu(A A' - B B') Q / |A A' + B B'| for each axis, A = Q m^,"
    " B = v / Q', v normal; u = Q' Q m^; s = u min(1, 1.1 / rms(u))"
)
ABOUT_KRON = (
    "PSGD: Li, 2018; details and defaults of timm. Q is the Kronecker product of a"
    " triangular or diagonal factor for each axis, also of a kernel with more than two,"
    " unless `flatten_kernels` makes it a matrix. The draws depend on seed and step."
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
    alias(
        "kron", "Momentum whitened by Kronecker factors that learn.",
        f"{WHITENED}; w = w - rate (s + weight_decay w)",
        rate(1e-3), *KRON,
        number("weight_decay", None, none=True, doc="Pull of the weights towards 0."),
        DECAYED, FLATTEN_KERNELS,
        doc=ABOUT_KRON,
    ),
    primitive(
        "scale_by_soap", "SOAP's direction: Adam in an eigenbasis that turns.",
        f"{IN_THE_BASIS}; sqrt(1 - b2^t) / (1 - b1^t) Q s", "precondition",
        *SOAP, FLATTEN_KERNELS,
        doc=f"{ABOUT_SOAP} {NO_STEP}",
    ),
    primitive(
        "scale_by_kron", "Kron's direction: whitened momentum.",
        f"{WHITENED}; s", "precondition",
        *KRON, FLATTEN_KERNELS,
        doc=f"{ABOUT_KRON} {NO_STEP}",
    ),
)  # fmt: skip
