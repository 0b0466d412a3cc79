"""Named optimizers that Keras does not have: defaults and arithmetic of optax."""

from loopc.vocabulary.chains.directions import (
    ASGD,
    COCOB,
    DOG,
    DOWG,
    ETAS,
    LBFGS,
    NESTEROV,
    SOPHIA,
    TINY,
    TINY_ROOT,
)
from loopc.vocabulary.chains.optimizers import alias
from loopc.vocabulary.chains.options import (
    DECAYED,
    FLATTEN_KERNELS,
    decay_rate,
    flag,
    number,
    rate,
    real,
    required,
    whole,
)
from loopc.vocabulary.chains.primitives import CORRECTIONS, EPS, EPS_ROOT, MOMENTS
from loopc.vocabulary.entry import Option, TransformEntry

RATE = required(
    "learning_rate",
    positive=False,
    doc="Size of a step; a number or a schedule of this update's own counter.",
)
DECAY = number("weight_decay", None, none=True, doc="Pull of the weights towards 0.")
DECAYS = (DECAY, DECAYED)
FIXED_DECAY = real("weight_decay", 0.0, doc="Pull of the weights towards 0.")
RADIAL = (
    real("eps", 1e-8, doc="Keeps the divisors away from 0."), FIXED_DECAY,
    real("delta", 0.1, doc="Bound of the cosine, over the root of the size."),
    real("wd_ratio", 0.1, doc="Share of decay left for projected weights."),
)  # fmt: skip
BETAS = (
    real("b1", 0.9, high=1.0, open_high=True, doc="Kept of the old mean."),
    real("b2", 0.999, high=1.0, open_high=True, doc="Kept of the old mean."),
)  # fmt: skip
BOUND = (
    real("lower_bound", 0.0, low=None, doc="The lowest loss that there can be."),
    FIXED_DECAY,
    flag("adapt_lower_bound", doc="Estimate the lower bound."),
)  # fmt: skip
OWN_RATE = "It finds its own step size: leave the rate at 1, or let it fall from 1."

_DESCENT = (
    alias(
        "noisy_sgd", "Gradient descent with fading noise.",
        "w = w - rate (g + N(0, eta / t^gamma))",
        RATE, number("eta", 0.01, doc="Variance of the first noise."),
        number("gamma", 0.55, doc="How fast the variance falls."),
        doc="Neelakantan and others, 2015.",
    ),
    alias(
        "sign_sgd", "Steps by the sign of the gradient.", "w = w - rate sign(g)", RATE,
        doc="Bernstein and others, 2018.",
    ),
    alias(
        "signum", "Steps by the sign of the averaged gradient.",
        "m = beta m + (1 - beta) g; w = w - rate sign(m)",
        RATE, decay_rate("beta", 0.9),
        doc="Bernstein and others, 2018.",
    ),
    alias(
        "rprop", "Steps of each element that follow its signs.",
        "w = w - s sign(g); s grows by eta_plus where the sign stays, shrinks by"
        " eta_minus where it turns",
        real("learning_rate", 0.01, open_low=True, doc="The first step."), *ETAS,
        doc="Riedmiller and Braun, 1993; the arithmetic of torch, as optax' emits each"
        " step one update late. For whole batches.",
    ),
    alias(
        "optimistic_gradient_descent", "Gradient descent that extrapolates.",
        "w = w - rate ((alpha + beta) g - beta g_before)",
        RATE, number("alpha", 1.0, doc="Share of the gradient."),
        number("beta", 1.0, doc="Share of its change."),
        doc="Mokhtari and others, 2019: for games.",
    ),
    alias(
        "optimistic_adam", "Adam whose step extrapolates.",
        "u = Adam's direction; w = w - rate ((alpha + beta) u - beta u_before)",
        RATE, number("alpha", 1.0, doc="Share of the direction."),
        number("beta", 1.0, doc="Share of its change."), *MOMENTS, EPS, EPS_ROOT,
        flag("nesterov", True, "Nesterov's momentum."),
        doc="Daskalakis and others, 2018: for games; optax' `optimistic_adam_v2`.",
    ),
    alias(
        "asgd", "Gradient descent that averages its weights.",
        "w = w - e (g + lambd w), e = rate / (1 + lambd rate (t - 1))^alpha",
        rate(0.01), *ASGD, *DECAYS,
        doc="Polyak and Juditsky, 1992; the arithmetic of torch. Decay is added to the"
        " gradient. The average is part of the state.",
    ),
    alias(
        "sgdp", "Momentum without the radial part of its steps.",
        "u = m - <m, w> w / |w|^2 where |cos(g, w)| is small; w = w - rate u",
        rate(0.1), real("momentum", 0.9, high=1.0, open_high=True,
                        doc="Kept of the velocity before."),
        NESTEROV, *RADIAL,
        doc="Heo and others, 2021: weights in front of a normalization do not grow by"
        " their steps.",
    ),
    alias(
        "adamp", "Adam without the radial part of its steps.",
        "u = Adam's direction; u - <u, w> w / |w|^2 where |cos(g, w)| is small",
        rate(1e-3), *MOMENTS, *RADIAL,
        doc="Heo and others, 2021: weights in front of a normalization do not grow by"
        " their steps.",
    ),
)  # fmt: skip

_ADAM = (
    alias(
        "amsgrad", "Adam divided by the largest second moment so far.",
        "w = w - rate m^ / (sqrt(max v^ + eps_root) + eps)",
        RATE, *MOMENTS, EPS, EPS_ROOT, *CORRECTIONS,
        doc="Reddi and others, 2018, with the maximum of corrected moments;"
        " `adam(amsgrad: true)` takes it of raw ones, as Keras and torch do.",
    ),
    alias(
        "adabelief", "Adam divided by the deviation from the mean.",
        "w = w - rate m^ / (sqrt(s^) + eps); s of (g - m)^2, plus eps_root each time",
        RATE, *MOMENTS, TINY, TINY_ROOT, NESTEROV,
        doc="Zhuang and others, 2020.",
    ),
    alias(
        "acprop", "Steps divided by the deviation known before.",
        "w = w - rate g / (sqrt(s^_before) + eps); s of (g - m_before)^2",
        RATE, *MOMENTS, TINY, TINY_ROOT, *DECAYS,
        doc="Zhuang and others, 2021.",
    ),
    alias(
        "adan", "Adam with Nesterov momentum by the gradient's change.",
        "w = w - rate (m^ + (1 - b2) d^) / (sqrt(n^ + eps_root) + eps)",
        RATE, decay_rate("b1", 0.98), decay_rate("b2", 0.92), decay_rate("b3", 0.99),
        EPS, number("eps_root", 1e-8, doc="Added under the root."), *DECAYS,
        doc="Xie and others, 2022; d averages the change of g, n the square of g +"
        " (1 - b2) times that change.",
    ),
    alias(
        "radam", "Adam, rectified in the first steps.",
        "w = w - rate r m^ / (sqrt(v^) + eps) where rho >= threshold, else rate m^",
        RATE, *MOMENTS, EPS,
        real("threshold", 5.0, doc="The certainty from which on Adam is trusted."),
        *DECAYS, flavors={"optax": {}, "torch": {}},
        foreign={"optax": ("weight_decay",)},
        doc="Liu and others, 2020: no warm-up is needed. torch adds epsilon before the"
        " bias is corrected, and decay to the gradient; optax has no decay.",
    ),
    alias(
        "yogi", "Adam with an additive second moment.",
        "w = w - rate m^ / (sqrt(v^) + eps); v = v - (1 - b2) sign(v - g^2) g^2",
        RATE, *MOMENTS, number("eps", 1e-3, doc="Keeps the divisor away from 0."),
        doc="Zaheer and others, 2018.",
    ),
    alias(
        "ademamix", "Adam with a fast and a slow momentum.",
        "w = w - rate (m1^ + alpha m2) / (sqrt(v^ + eps_root) + eps)",
        RATE, *MOMENTS, decay_rate("b3", 0.9999),
        number("alpha", 5.0, doc="Share of the slow momentum."), EPS, EPS_ROOT, *DECAYS,
        doc="Pagliardini and others, 2024. Warm `alpha` and `b3` up by schedules.",
    ),
    alias(
        "simplified_ademamix", "AdEMAMix with one momentum.",
        "m = b1 m + g; w = w - rate (m + alpha g) / (sqrt(v^ + eps_root) + eps)",
        RATE, decay_rate("b1", 0.99), decay_rate("b2", 0.95),
        number("alpha", 0.0, doc="Share of the gradient itself."), EPS, EPS_ROOT,
        *DECAYS,
        doc="Morwani and others, 2025. The momentum is a sum: rates are small.",
    ),
    alias(
        "adopt", "Adam that divides by the moment known before.",
        "m = b1 m + (1 - b1) clip(g / max(sqrt(v_before), eps), t^(1/4));"
        " w = w - rate m",
        RATE, decay_rate("b1", 0.9), decay_rate("b2", 0.9999),
        number("eps", 1e-6, doc="The least divisor."), NESTEROV,
        flag("use_clipping", True, "Clip the quotient to the fourth root of t."),
        doc="Taniguchi and others, 2024: converges for any b2.",
    ),
    alias(
        "laprop", "Momentum of gradients over their root mean square.",
        "m = b1 m + (1 - b1) g / (sqrt(v^) + eps); w = w - rate m^",
        rate(4e-4), *MOMENTS,
        number("eps", 1e-15, doc="Keeps the divisor away from 0."), *DECAYS,
        doc="Ziyin and others, 2020.",
    ),
    alias(
        "mars", "Adam on gradients corrected by their change.",
        "c = g + gamma b1 / (1 - b1) (g - g_before); Adam of c / max(1, |c|)",
        rate(3e-3), decay_rate("b1", 0.9), decay_rate("b2", 0.99), EPS,
        number("gamma", 0.025, doc="How much of the change."), *DECAYS,
        doc="Yuan and others, 2024, with the gradient before in place of a second one"
        " of the same batch. Vectors take Adam's steps.",
    ),
    alias(
        "lazy_adam", "Adam for embeddings: rows without a gradient rest.",
        "Adam on the rows where g is not 0",
        rate(1e-3), *MOMENTS, EPS,
        doc="The arithmetic of torch's SparseAdam: a row that no example used keeps"
        " weights and moments.",
    ),
)  # fmt: skip

_SCALED = (
    alias(
        "lars", "Momentum of steps scaled to their weights.",
        "m = momentum m - rate trust_coefficient u |w| / (|u| + eps);"
        " u = g + weight_decay w; w = w + m",
        RATE, number("weight_decay", 0.0, doc="Pull of the weights towards 0."),
        number("trust_coefficient", 0.001, doc="The ratio to bring norms to."),
        number("eps", 0.0, doc="Added to the norm of the update."),
        number("momentum", 0.9, 0.0, 1.0, open_high=True,
               doc="Kept of the velocity before."),
        NESTEROV, DECAYED,
        doc="You and others, 2017: for large batches. `decay: kernels` leaves other"
        " weights out of the scaling too.",
    ),
    alias(
        "fromage", "Steps as long as their weights, which are then shrunk.",
        "w = (w - rate |w| g / |g|) / sqrt(1 + rate^2)",
        RATE, number("min_norm", 1e-6, doc="The least value that a norm counts with."),
        doc="Bernstein and others, 2020.",
    ),
    alias(
        "novograd", "Momentum of normalized gradients and decay.",
        "m = b1 m + g / (sqrt(v) + eps) + weight_decay w; w = w - rate m; v of |g|^2",
        RATE, decay_rate("b1", 0.9), decay_rate("b2", 0.25),
        number("eps", 1e-6, doc="Keeps the divisor away from 0."), EPS_ROOT,
        number("weight_decay", 0.0, doc="Pull of the weights towards 0."),
        doc="Ginsburg and others, 2019.",
    ),
    alias(
        "sm3", "Steps divided by the least of per-axis maxima.",
        "a = min over axes + g^2; m averages g / sqrt(a + eps); w = w - rate m",
        RATE, decay_rate("momentum", 0.9),
        doc="Anil and others, 2019. One number per row and column.",
    ),
    alias(
        "galore", "Adam on low-rank projections of the gradients.",
        "w = w - rate scale P adam(P' g); P leading singular vectors of g",
        RATE, whole("rank", 128, doc="How many singular vectors."),
        whole("update_proj_gap", 200, doc="Updates between two decompositions."),
        real("scale", 1.0, doc="Factor of what is projected back."), *DECAYS,
        FLATTEN_KERNELS,
        doc="Zhao and others, 2024. Adam's state has the size of the projection.",
    ),
)  # fmt: skip

_FREE = (
    alias(
        "dog", "Gradient descent by distance over gradients.",
        "w = w - rate g max|w - w0| / sqrt(sum |g|^2 + eps)",
        rate(1.0), *DOG, real("eps", 1e-8, doc="Added to the sum."), *DECAYS,
        doc=f"Ivgi and others, 2023. {OWN_RATE} Decay is added to the gradient.",
    ),
    alias(
        "dowg", "Gradient descent by distance over weighted gradients.",
        "w = w - rate g d / (sqrt(sum d |g|^2) + eps); d = max |w - w0|^2",
        rate(1.0), *DOWG, *DECAYS,
        doc=f"Khaled and others, 2023. {OWN_RATE} Decay is added to the gradient.",
    ),
    alias(
        "cocob", "Coin betting.",
        "w = w0 + C (L + R) / (L max(G + L, alpha L)); L = max |g|, G = sum |g|,"
        " C = -sum g, R = max(R - g (w - w0), 0)",
        rate(1.0), *COCOB, *DECAYS,
        doc="Orabona and Tommasi, 2017. There is no step size: the rate multiplies"
        " gradients. Decay is added to the gradient.",
    ),
    alias(
        "dadapt_adamw", "AdamW that adapts to its distance.",
        "AdamW of rate d; d = max(d, sum r <g, s> / |s|_1), s the sum of r g",
        rate(1.0), *BETAS,
        real("eps", 1e-8, doc="Keeps the divisor away from 0."),
        real("estim_lr0", 1e-6, open_low=True, doc="The first step size."), FIXED_DECAY,
        doc=f"Defazio and Mishchenko, 2023. {OWN_RATE}",
    ),
    alias(
        "prodigy", "D-Adaptation that grows faster.",
        "AdamW of rate d; d = max(d, sum d r <g, w0 - w> / |s|_1), s the sum of d r g",
        rate(1.0), *BETAS,
        real("b3", None, high=1.0, none=True,
             doc="Kept of the sums; the root of b2 if not given."),
        real("eps", 1e-8, doc="Keeps the divisor away from 0."),
        real("estim_lr0", 1e-6, open_low=True, doc="The first step size."),
        real("estim_lr_coef", 1.0, doc="A factor of the step size."), FIXED_DECAY,
        flag("safeguard_warmup", doc="Leave the schedule out of the sums."),
        doc=f"Mishchenko and Defazio, 2023. {OWN_RATE}",
    ),
    alias(
        "momo", "Momentum with a step that the loss allows.",
        "w = w - min(rate, (f - bound - c + <m, w>)+ / |m|^2) m;"
        " f, c, m averages of the loss, <g, w> and g",
        rate(1.0), real("beta", 0.9, high=1.0, doc="Kept of the old mean."),
        *BOUND,
        needs=("value",),
        doc="Schaipp and others, 2023. The rate is a cap.",
    ),
    alias(
        "momo_adam", "Adam with a step that the loss allows.",
        "w = w - min(rate / (1 - b1^t), (f - bound - c + <m, w>)+ / <m, d>) d;"
        " d = m / (sqrt(v^) + eps)",
        rate(0.01), *BETAS, real("eps", 1e-8, doc="Keeps the divisor away from 0."),
        *BOUND,
        needs=("value",),
        doc="Schaipp and others, 2023. The rate is a cap.",
    ),
    alias(
        "madgrad", "Dual averaging with a cube root.",
        "z = w0 - s / (cbrt(n) + eps); w = (1 - momentum) z + momentum w;"
        " s, n sums of l g, l g^2; l = (rate + eps) sqrt(t)",
        RATE, decay_rate("momentum", 0.9), DECAY,
        number("eps", 1e-6, doc="Keeps the divisor away from 0."), DECAYED,
        doc="Defazio and Jelassi, 2021. Decay is added to the gradient.",
    ),
    alias(
        "polyak_sgd", "Gradient descent by Polyak's step size.",
        "w = w - scaling min((f - f_min) / (|scaling g|^2 + eps), max_learning_rate) g",
        number("max_learning_rate", 1.0, doc="The largest step size."),
        number("scaling", 1.0, doc="A factor of the step."),
        number("f_min", 0.0, None, doc="The lowest value that there can be."),
        number("eps", 0.0, doc="Added to the squared norm."),
        Option(name="variant", kind="enum", default="sps", choices=("sps", "sps+"),
               doc="`sps+` takes no step below `f_min`."),
        needs=("value",),
        doc="Polyak, 1987; Loizou and others, 2021. For models that can fit their data,"
        " `f_min` is 0.",
    ),
    alias(
        "schedule_free_sgd", "Descent with averages in place of momentum.",
        "y = b1 x + (1 - b1) z, g taken at y; z = z - rate g; x = (1 - c) x + c z,"
        " c in proportion to the largest rate ^ weight_lr_power",
        rate(1.0),
        real("b1", 0.9, high=1.0, open_low=True, doc="How much of x the weights are."),
        real("weight_lr_power", 2.0, doc="How much the rate weighs z in x."), *DECAYS,
        doc="Defazio and others, 2024. `averaged(net)` is the model with x. A warm-up"
        " is a schedule. Decay is added to the gradient.",
    ),
    alias(
        "lbfgs", "Quasi-Newton steps by a line search.",
        "w = w - s rate H g, H by the two loops over the latest steps, s by the search",
        rate(1.0), *LBFGS,
        Option(name="linesearch", kind="enum", default="zoom", none=True,
               choices=("zoom", "strong_wolfe"), doc="Which search, or `none`."),
        whole("max_linesearch_steps", 20, doc="optax: tries of a search at most."),
        whole("max_iter", 20, doc="torch: iterations of one update."),
        real("tolerance_grad", 1e-7, doc="torch: where gradients are 0."),
        real("tolerance_change", 1e-9, doc="torch: where nothing changes."),
        flavors={"optax": {}, "torch": {"memory_size": 100, "linesearch": None}},
        foreign={
            "optax": ("linesearch: strong_wolfe", "max_iter", "tolerance_grad",
                      "tolerance_change"),
            "torch": ("linesearch: zoom", "scale_init_precond",
                      "max_linesearch_steps"),
        },
        needs=("value", "evaluate"), idle={"flavor": "optax", "linesearch": None},
        doc="Nocedal, 1980. For whole batches. optax takes one step an update, torch"
        " `max_iter`, all on the same batch. Each try is a pass of its own.",
    ),
    alias(
        "sophia", "Momentum over the Hessian's diagonal, clipped.",
        "w = w - rate clip(m^ / max(gamma h, eps), clip_threshold);"
        " h of z (H z) every interval",
        RATE, decay_rate("b1", 0.965), decay_rate("b2", 0.99), EPS,
        number("weight_decay", 1e-4, none=True, doc="Pull of the weights towards 0."),
        *SOPHIA, DECAYED,
        needs=("hessian_vector",),
        doc="Liu and others, 2023.",
    ),
    alias(
        "adahessian", "Adam with the Hessian's diagonal.",
        "w = w - rate m^ / (v^ ^ (hessian_power / 2) + eps); v of (z (H z))^2",
        rate(0.1), *MOMENTS, EPS,
        real("hessian_power", 1.0, high=1.0, doc="How much of the curvature."), *DECAYS,
        needs=("hessian_vector",),
        doc="Yao and others, 2021, without averaging over kernels. Every step costs a"
        " second pass.",
    ),
)  # fmt: skip

ENTRIES: tuple[TransformEntry, ...] = (*_DESCENT, *_ADAM, *_SCALED, *_FREE)
