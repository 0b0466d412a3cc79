"""Named optimizers: Keras defaults and arithmetic, and how other flavors differ."""

from collections.abc import Mapping

from loopc.vocabulary.chains.options import (
    DECAYED,
    FLATTEN_KERNELS,
    LION_MODE,
    NS_COEFFS,
    PRECONDITIONING,
    SMOOTH_BETA,
    decay_rate,
    flag,
    flavor,
    number,
    rate,
    real,
    whole,
)
from loopc.vocabulary.entry import Need, Option, Options, TransformEntry

FLAVORS: Mapping[str, Options] = {"keras": {}, "optax": {}, "torch": {}}


def optimizer(
    name: str,
    summary: str,
    mathematics: str,
    *options: Option,
    decay: float | None = None,
    flavors: Mapping[str, Options] = FLAVORS,
    foreign: Mapping[str, tuple[str, ...]] | None = None,
    doc: str = "",
) -> TransformEntry:
    """An optimizer that also takes `weight_decay`, `decay` and `flavor`."""
    weight_decay = number(
        "weight_decay", decay, none=True, doc="Pull of the weights towards 0."
    )
    return TransformEntry(
        name=name,
        summary=summary,
        options=(*options, weight_decay, DECAYED, flavor(*flavors)),
        python=name,
        role="optimizer",
        family="optimizers",
        flavors=flavors,
        foreign=foreign or {},
        mathematics=mathematics,
        doc=doc,
    )


def alias(
    name: str,
    summary: str,
    mathematics: str,
    *options: Option,
    doc: str,
    flavors: Mapping[str, Options] | None = None,
    foreign: Mapping[str, tuple[str, ...]] | None = None,
    needs: tuple[Need, ...] = (),
    idle: Options | None = None,
) -> TransformEntry:
    """An optimizer that has a flavor only where more than one library defines it."""
    choice = (flavor(*flavors),) if flavors else ()
    return TransformEntry(
        name=name,
        summary=summary,
        options=(*options, *choice),
        python=name,
        role="optimizer",
        family="optimizers",
        flavors=flavors or {},
        foreign=foreign or {},
        needs=frozenset(needs),
        idle=idle or {},
        mathematics=mathematics,
        doc=doc,
    )


MOMENTUM = number(
    "momentum", 0.0, 0.0, 1.0, open_high=True, doc="Kept of the velocity before."
)
EPSILON = number("epsilon", 1e-7, doc="Keeps the divisor away from 0.")
ADAM_OPTIONS = (
    rate(1e-3),
    decay_rate("beta_1", 0.9),
    decay_rate("beta_2", 0.999),
    EPSILON,
)
EPSILON_BY_FLAVOR: Mapping[str, Options] = {
    "keras": {},
    "optax": {"epsilon": 1e-8},
    "torch": {"epsilon": 1e-8},
}
NO_DECAY = {"optax": ("weight_decay",)}
AMSGRAD = flag("amsgrad", doc="Divide by the largest second moment so far.")

ENTRIES: tuple[TransformEntry, ...] = (
    optimizer(
        "sgd",
        "Gradient descent, with momentum if asked for.",
        "m = momentum m - rate g; w = w + m (nesterov: w + momentum m - rate g)",
        rate(0.01),
        MOMENTUM,
        flag("nesterov", doc="Look ahead along the momentum."),
        real("dampening", 0.0, high=1.0, doc="torch: of a gradient, kept out of m."),
        flavors={**FLAVORS, "torch": {"learning_rate": 1e-3}},
        foreign={"keras": ("dampening",), "optax": ("dampening", "weight_decay")},
        doc="Keras folds the rate into the velocity, optax and torch apply it "
        "afterwards: under a schedule the two differ. torch adds weight decay to the "
        "gradient, the others shrink the weights.",
    ),
    optimizer(
        "adam",
        "Adam: steps scaled by running first and second moments.",
        "m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; "
        "w = w - rate sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + epsilon)",
        *ADAM_OPTIONS,
        AMSGRAD,
        flavors=EPSILON_BY_FLAVOR,
        foreign=NO_DECAY,
        doc="Kingma and Ba, 2015. Keras adds epsilon before the bias correction, optax "
        "and torch after it, so that at the first steps Keras' epsilon weighs more.",
    ),
    optimizer(
        "adamw",
        "Adam with decoupled weight decay.",
        "Adam's step, and w = w - rate weight_decay w",
        *ADAM_OPTIONS,
        AMSGRAD,
        decay=0.004,
        flavors={
            "keras": {},
            "optax": {"epsilon": 1e-8, "weight_decay": 1e-4},
            "torch": {"epsilon": 1e-8, "weight_decay": 0.01},
        },
        doc="Loshchilov and Hutter, 2019. The default decay differs by flavor: 0.004 "
        "in Keras, 1e-4 in optax, 0.01 in torch.",
    ),
    optimizer(
        "rmsprop",
        "Steps divided by a running root mean square of the gradient.",
        "v = rho v + (1 - rho) g^2; w = w - rate g / sqrt(v + epsilon)",
        rate(1e-3),
        decay_rate("rho", 0.9),
        MOMENTUM,
        EPSILON,
        flag("centered", doc="Divide by the standard deviation instead."),
        flavors={
            "keras": {},
            "optax": {"epsilon": 1e-8},
            "torch": {"learning_rate": 0.01, "rho": 0.99, "epsilon": 1e-8},
        },
        foreign=NO_DECAY,
        doc="Keras and optax add epsilon under the root, torch outside.",
    ),
    optimizer(
        "nadam",
        "Adam with Nesterov momentum.",
        "Adam's moments; the step looks ahead with b1 (1 - 0.5 0.96^(t d)),"
        " d = momentum_decay",
        *ADAM_OPTIONS,
        real("momentum_decay", 1.0, doc="torch: how soon the momentum is full."),
        flavors={
            "keras": {},
            "optax": {"epsilon": 1e-8},
            "torch": {"learning_rate": 2e-3, "epsilon": 1e-8, "momentum_decay": 4e-3},
        },
        foreign={"keras": ("momentum_decay",), "optax": ("momentum_decay",)},
        doc="Dozat, 2016. Keras and torch vary the momentum by Dozat's schedule, optax "
        "keeps it constant.",
    ),
    optimizer(
        "adamax",
        "Adam with the largest gradient in place of the second moment.",
        "m = b1 m + (1 - b1) g; u = max(b2 u, |g|); "
        "w = w - rate / (1 - b1^t) m / (u + e)",
        *ADAM_OPTIONS,
        flavors={
            "keras": {},
            "optax": {"epsilon": 1e-8},
            "torch": {"learning_rate": 2e-3, "epsilon": 1e-8},
        },
        doc="Kingma and Ba, 2015, section 7.",
    ),
    optimizer(
        "adagrad",
        "Steps divided by the root of the sum of all squared gradients.",
        "s = s + g^2; w = w - rate g / sqrt(s + epsilon)",
        rate(1e-3),
        Option(
            name="initial_accumulator_value",
            kind="float",
            default=0.1,
            low=0.0,
            doc="What the sums start at.",
        ),
        EPSILON,
        flavors={
            "keras": {},
            "optax": {},
            "torch": {
                "learning_rate": 0.01,
                "initial_accumulator_value": 0.0,
                "epsilon": 1e-10,
            },
        },
        foreign=NO_DECAY,
        doc="Duchi, Hazan and Singer, 2011. torch adds epsilon outside the root.",
    ),
    optimizer(
        "adadelta",
        "Steps scaled by the ratio of past steps to past gradients.",
        "w = w - rate g sqrt(x + epsilon) / sqrt(v + epsilon)",
        rate(1e-3),
        decay_rate("rho", 0.95),
        EPSILON,
        flavors={
            "keras": {},
            "optax": {"rho": 0.9, "epsilon": 1e-6},
            "torch": {"learning_rate": 1.0, "rho": 0.9, "epsilon": 1e-6},
        },
        doc="Zeiler, 2012.",
    ),
    optimizer(
        "lion",
        "Steps by the sign of an interpolated momentum.",
        "w = w - rate sign(b1 m + (1 - b1) g); m = b2 m + (1 - b2) g",
        rate(1e-3),
        decay_rate("beta_1", 0.9),
        decay_rate("beta_2", 0.99),
        LION_MODE,
        SMOOTH_BETA,
        flavors={"keras": {}, "optax": {"weight_decay": 1e-3}},
        doc="Chen and others, 2023. A good rate is three to ten times below Adam's.",
    ),
    optimizer(
        "lamb",
        "Adam whose steps have the norms of their weights.",
        "u = m^ / (sqrt(v^) + epsilon); w = w - rate u |w| / |u| for each tensor",
        *ADAM_OPTIONS,
        flavors={"keras": {}, "optax": {"epsilon": 1e-6}},
        doc="You and others, 2020: for large batches. Keras shrinks the weights by the "
        "rate times the decay first, optax adds decay to u.",
    ),
    optimizer(
        "adafactor",
        "Steps divided by a root mean square of rows and columns.",
        "u = g / sqrt(r c / mean(r)); u = u / max(1, rms(u) / clip_threshold); "
        "w = w - max(epsilon_2, rms(w)) min(rate, 1 / sqrt(t)) u; "
        "r, c means of g^2 + epsilon_1, decay 1 - t^beta_2_decay",
        rate(1e-3),
        real("beta_2_decay", -0.8, None, 0.0, doc="How soon the means slow down."),
        real("epsilon_1", 1e-30, doc="Added to squares."),
        real("epsilon_2", 1e-3, doc="The least value that weights count with."),
        real("clip_threshold", 1.0, open_low=True, doc="The largest rms of a step."),
        whole("min_dim_size_to_factor", 128, doc="optax: the least length factored."),
        flavors={
            "keras": {},
            "optax": {},
            "torch": {"learning_rate": 0.01, "epsilon_1": 2.0**-23},
        },
        foreign={
            "keras": ("min_dim_size_to_factor",),
            "torch": ("min_dim_size_to_factor",),
        },
        doc="Shazeer and Stern, 2018. Keras factors the last two axes of everything "
        "that has them and caps the rate at 1 / sqrt(t); optax factors the two longest "
        "axes where both are long enough, has no cap, and its decay is not multiplied "
        "by the rate. torch is as Keras, but bounds roots by epsilon_1, which "
        "Keras adds to squares. Keras' `relative_step` changes nothing: left out.",
    ),
    optimizer(
        "muon",
        "Orthogonalized momentum for matrices, Adam for the rest.",
        "m = momentum m + g = U S V'; w = w - rate rms_rate sqrt(max(rows, columns)) "
        "U V' by Newton and Schulz; Adam for what is no matrix",
        rate(1e-3),
        number("momentum", 0.95, 0.0, 1.0, open_high=True, doc="Kept of the momentum."),
        whole("ns_steps", 5, doc="Iterations of Newton and Schulz."),
        flag("nesterov", True, "Look ahead along the momentum."),
        real("epsilon", 1e-7, doc="Adam's epsilon; in optax also added to norms."),
        real("rms_rate", 0.2, none=True, doc="The root mean square of a step."),
        decay_rate("adam_beta_1", 0.9),
        decay_rate("adam_beta_2", 0.999),
        real("adam_lr_ratio", 1.0, doc="Adam's rate, as a share of `learning_rate`."),
        number("adam_weight_decay", 0.004, none=True, doc="Decay where Adam steps."),
        flag("adaptive", doc="optax: scale by the product of momentum and direction."),
        PRECONDITIONING,
        NS_COEFFS,
        FLATTEN_KERNELS,
        decay=0.004,
        flavors={
            "keras": {},
            "optax": {
                "epsilon": 1e-8,
                "rms_rate": None,
                "adam_weight_decay": None,
                "weight_decay": None,
            },
            "torch": {
                "epsilon": 1e-8,
                "rms_rate": None,
                "adam_weight_decay": 0.01,
                "weight_decay": 0.1,
            },
        },
        foreign={"keras": ("adaptive",), "torch": ("adaptive",)},
        doc="Jordan and others, 2024. Keras leaves embeddings to Adam; optax and torch "
        "take every matrix, a mean for the momentum, and scale by "
        "sqrt(max(1, columns / rows)) unless `rms_rate` is given. torch iterates in "
        "bfloat16, this in the dtype of the weights.",
    ),
    optimizer(
        "schedule_free_adamw",
        "AdamW with averages in place of momentum and a falling rate.",
        "y = b1 x + (1 - b1) z, g taken at y; z = z - rate g / (sqrt(v^) + epsilon); "
        "x = (1 - c) x + c z, c in proportion to the largest rate ^ weight_lr_power",
        rate(0.0025),
        real(
            "beta_1",
            0.9,
            high=1.0,
            open_low=True,
            doc="How much of x the weights " "are.",
        ),
        decay_rate("beta_2", 0.999),
        number("epsilon", 1e-8, doc="Keeps the divisor away from 0."),
        real("weight_lr_power", 0.0, doc="How much the rate weighs z in x."),
        flavors={"keras": {}, "optax": {"weight_lr_power": 2.0}},
        doc="Defazio and others, 2024. `averaged(net)` is the model with x, for "
        "evaluations and exports. A warm-up is a schedule. Keras shrinks the weights "
        "by the rate times the decay first, optax decays in the steps of z. Keras "
        "3.15 finds x by the z after the step, where it means the one before: this is "
        "the paper's rule.",
    ),
    alias(
        "ftrl",
        "Follows the proximally regularized leader.",
        "n = n + g^2, q(n) = n^-learning_rate_power / rate, "
        "z = z + g + 2 l2_shrinkage w - (q(n) - q(n_before)) w; "
        "w = (clip(z, -l1, l1) - z) / (q(n) + 2 l2 + beta / rate)",
        rate(1e-3),
        real("learning_rate_power", -0.5, None, 0.0, doc="How fast steps fall."),
        real("initial_accumulator_value", 0.1, doc="What the sums start at."),
        real("l1_regularization_strength", 0.0, doc="Makes weights exactly 0."),
        real("l2_regularization_strength", 0.0, doc="Pull towards 0."),
        real("l2_shrinkage_regularization_strength", 0.0, doc="Decay in the gradient."),
        real("beta", 0.0, doc="Damps the first steps."),
        number("weight_decay", None, none=True, doc="Pull of the weights towards 0."),
        DECAYED,
        doc="McMahan and others, 2013; the arithmetic of Keras. For sparse linear "
        "models: with l1, most weights are 0.",
    ),
    alias(
        "proximal_adagrad",
        "Adagrad with a proximal step: weights of exactly 0.",
        "n = n + g^2; z = w - rate / sqrt(n) g; "
        "w = sign(z) max(|z| - rate / sqrt(n) l1, 0) / (1 + rate / sqrt(n) l2)",
        rate(1e-3),
        real(
            "initial_accumulator_value",
            0.1,
            open_low=True,
            doc="What the sums start at.",
        ),
        real("l1_regularization_strength", 0.0, doc="Makes weights exactly 0."),
        real("l2_regularization_strength", 0.0, doc="Pull towards 0."),
        doc="Duchi and Singer, 2009; defaults and arithmetic of TensorFlow Addons. l1 "
        "and l2 act after the step of the gradient, and do not enter the sums.",
    ),
)
