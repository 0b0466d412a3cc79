"""Named optimizers: Keras defaults and arithmetic, and how other flavors differ."""

from collections.abc import Mapping

from loopc.vocabulary.chains.options import (
    DECAYED,
    decay_rate,
    flag,
    flavor,
    number,
    rate,
)
from loopc.vocabulary.entry import Option, Options, TransformEntry

FLAVORS: Mapping[str, Options] = {"keras": {}, "optax": {}, "torch": {}}


def optimizer(
    name: str,
    summary: str,
    mathematics: str,
    *options: Option,
    decay: float | None = None,
    flavors: Mapping[str, Options] = FLAVORS,
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
AMSGRAD = flag("amsgrad", doc="Divide by the largest second moment so far.")

ENTRIES: tuple[TransformEntry, ...] = (
    optimizer(
        "sgd",
        "Gradient descent, with momentum if asked for.",
        "m = momentum m - rate g; w = w + m (nesterov: w + momentum m - rate g)",
        rate(0.01),
        MOMENTUM,
        flag("nesterov", doc="Look ahead along the momentum."),
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
        doc="Keras and optax add epsilon under the root, torch outside.",
    ),
    optimizer(
        "nadam",
        "Adam with Nesterov momentum.",
        "Adam's moments; the step looks ahead with b1 (1 - 0.5 0.96^t)",
        *ADAM_OPTIONS,
        flavors={
            "keras": {},
            "optax": {"epsilon": 1e-8},
            "torch": {"learning_rate": 2e-3, "epsilon": 1e-8},
        },
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
        flavors={"keras": {}, "optax": {"weight_decay": 1e-3}},
        doc="Chen and others, 2023. A good rate is three to ten times below Adam's.",
    ),
)
