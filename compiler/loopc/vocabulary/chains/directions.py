"""Transforms that give a direction, under the names of optax."""

from loopc.vocabulary.chains.options import (
    FLATTEN_KERNELS,
    NS_COEFFS,
    PRECONDITIONING,
    decay_rate,
    flag,
    number,
    real,
    required,
    whole,
)
from loopc.vocabulary.chains.primitives import (
    EPS,
    EPS_ROOT,
    MOMENTS,
    NO_STEP,
    primitive,
)
from loopc.vocabulary.entry import Option, TransformEntry

NESTEROV = flag("nesterov", doc="Nesterov's momentum.")
TINY = number("eps", 1e-16, doc="Keeps the divisor away from 0.")
TINY_ROOT = number("eps_root", 1e-16, doc="Added to the second moment.")
INSIDE = "The step size is inside: nothing has to follow."
ETAS = (
    real("eta_minus", 0.5, high=1.0, open_low=True, open_high=True,
         doc="Factor where the sign turns."),
    real("eta_plus", 1.2, low=1.0, doc="Factor where the sign stays."),
    real("min_step_size", 1e-6, doc="The least step."),
    real("max_step_size", 50.0, doc="The largest step."),
)  # fmt: skip
DOG = (
    real("init_step", 1e-6, doc="Where the distance starts."),
    Option(name="init_kind", kind="enum", default="heuristic",
           choices=("heuristic", "distance", "learning_rate"),
           doc="Times 1 + |w0|, as it is, or as the first rate."),
)  # fmt: skip
DOWG = (
    real("init_estim_sq_dist", None, none=True,
         doc="Where d starts; `eps` if not given."),
    real("eps", 1e-4, doc="Added to the root."),
)  # fmt: skip
COCOB = (
    real("alpha", 100.0, doc="How careful the first bets are."),
    real("eps", 1e-8, doc="Where L starts."),
)  # fmt: skip
ASGD = (
    real("lambd", 1e-4, doc="How fast steps fall; also a pull towards 0."),
    real("alpha", 0.75, doc="Power of their fall."),
    real("t0", 1e6, doc="The update from which on weights are averaged."),
)  # fmt: skip
LBFGS = (
    whole("memory_size", 10, doc="How many steps are kept."),
    flag("scale_init_precond", True, "Scale the first guess by <s, y> / <y, y>."),
)  # fmt: skip
SOPHIA = (
    number("gamma", 0.01, doc="Share of the diagonal."),
    real("clip_threshold", 1.0, none=True, doc="The largest element."),
    whole("update_interval", 10, doc="Updates between two estimates."),
)  # fmt: skip

_MOMENTUM = (
    primitive(
        "apply_every", "Holds gradients back and emits their sum now and then.",
        "g_1 + ... + g_k every k-th time, else 0", "other",
        whole("k", 1, doc="How many gradients are summed."),
        doc="The sum, not the mean, and what follows sees zeros in between:"
        " `accumulate` does neither.",
    ),
    primitive(
        "add_noise", "Adds fading normal noise.", "g + N(0, eta / t^gamma)", "other",
        required("eta", positive=False, doc="Variance of the first noise."),
        required("gamma", positive=False, doc="How fast the variance falls."),
        doc="Neelakantan and others, 2015. The draws depend on seed and step, so that"
        " a run that is resumed draws the same.",
    ),
    primitive(
        "scale_by_optimistic_gradient", "Extrapolates from the gradient before.",
        "(alpha + beta) g - beta g_before", "momentum",
        number("alpha", 1.0, doc="Share of the gradient."),
        number("beta", 1.0, doc="Share of its change."),
        doc=f"Mokhtari and others, 2019: for games. {NO_STEP}",
    ),
    primitive(
        "correct_by_change", "Corrects a matrix' gradient by its change.",
        "c = g + gamma b1 / (1 - b1) (g - g_before); c / max(1, |c|)", "momentum",
        decay_rate("b1", 0.9),
        number("gamma", 0.025, doc="How much of the change."),
        doc="MARS (Yuan and others, 2024) in front of Adam with the same `b1`. Vectors"
        f" stay as they are. {NO_STEP}",
    ),
)  # fmt: skip

_ADAM = (
    primitive(
        "scale_by_adan", "Adan's direction: Nesterov momentum by change.",
        "(m^ + (1 - b2) d^) / (sqrt(n^ + eps_root) + eps);"
        " n of (g + (1 - b2) d)^2", "precondition",
        decay_rate("b1", 0.98), decay_rate("b2", 0.92), decay_rate("b3", 0.99),
        EPS, EPS_ROOT,
        doc=f"Xie and others, 2022; d is the change of g. {NO_STEP}",
    ),
    primitive(
        "scale_by_yogi", "Adam's direction with an additive second moment.",
        "m^ / (sqrt(v^ + eps_root) + eps); v = v - (1 - b2) sign(v - g^2) g^2",
        "precondition",
        *MOMENTS, number("eps", 1e-3, doc="Keeps the divisor away from 0."), EPS_ROOT,
        real("initial_accumulator_value", 1e-6, doc="What both moments start at."),
        doc=f"Zaheer and others, 2018. {NO_STEP}",
    ),
    primitive(
        "scale_by_radam", "Adam's direction, rectified in the first steps.",
        "r m^ / (sqrt(v^ + eps_root) + eps) where rho >= threshold, else m^;"
        " rho = R - 2 t b2^t / (1 - b2^t), R = 2 / (1 - b2) - 1,"
        " r^2 = (rho - 4)(rho - 2) R / ((R - 4)(R - 2) rho)", "precondition",
        *MOMENTS, EPS, EPS_ROOT,
        real("threshold", 5.0, doc="The certainty from which on Adam is trusted."),
        NESTEROV,
        doc=f"Liu and others, 2020. {NO_STEP}",
    ),
    primitive(
        "scale_by_belief", "Divides by how far gradients lie from their mean.",
        "m^ / (sqrt(s^) + eps); s of (g - m)^2, plus eps_root each time",
        "precondition", *MOMENTS, TINY, TINY_ROOT, NESTEROV,
        doc=f"AdaBelief: Zhuang and others, 2020. {NO_STEP}",
    ),
    primitive(
        "scale_by_acprop", "Divides by the deviation known before the gradient.",
        "g / (sqrt(s^_before) + eps); s of (g - m_before)^2", "precondition",
        *MOMENTS, TINY, TINY_ROOT,
        doc=f"Zhuang and others, 2021. {NO_STEP}",
    ),
    primitive(
        "scale_by_ademamix", "Adam's direction with a second, slow momentum.",
        "(m1^ + alpha m2) / (sqrt(v^ + eps_root) + eps)", "precondition",
        *MOMENTS, decay_rate("b3", 0.9999),
        number("alpha", 6.0, doc="Share of the slow momentum."), EPS, EPS_ROOT,
        doc="Pagliardini and others, 2024. Warm `alpha` and `b3` up by schedules."
        f" {NO_STEP}",
    ),
    primitive(
        "scale_by_simplified_ademamix", "AdEMAMix' direction with one momentum.",
        "(m + alpha g) / (sqrt(v^ + eps_root) + eps); m = b1 m + g", "precondition",
        decay_rate("b1", 0.99), decay_rate("b2", 0.95),
        number("alpha", 0.0, doc="Share of the gradient itself."), EPS, EPS_ROOT,
        doc=f"Morwani and others, 2025. The momentum is a sum. {NO_STEP}",
    ),
    primitive(
        "scale_by_adopt", "Averages gradients over the second moment known before.",
        "m = b1 m + (1 - b1) clip(g / max(sqrt(v_before), eps), t^(1/4))",
        "precondition",
        decay_rate("b1", 0.9), decay_rate("b2", 0.9999),
        number("eps", 1e-6, doc="The least divisor."), NESTEROV,
        flag("use_clipping", True, "Clip the quotient to the fourth root of t."),
        doc="Taniguchi and others, 2024. The first update is 0: it fills the second"
        f" moment. {NO_STEP}",
    ),
    primitive(
        "scale_by_laprop", "Momentum of gradients over their root mean square.",
        "m = b1 m + (1 - b1) g / (sqrt(v^) + eps); m^", "precondition",
        *MOMENTS, number("eps", 1e-15, doc="Keeps the divisor away from 0."),
        doc=f"Ziyin and others, 2020. {NO_STEP}",
    ),
    primitive(
        "scale_by_lazy_adam", "Adam's direction for rows that have a gradient.",
        "Adam on the rows where g is not 0; the others rest", "precondition",
        *MOMENTS, EPS,
        doc="For embeddings: rows that no example used keep weights and moments,"
        " where Adam goes on moving them. torch calls it SparseAdam."
        f" {NO_STEP}",
    ),
)  # fmt: skip

_SMALL = (
    primitive(
        "scale_by_factored_rms", "Divides by a root mean square of rows and columns.",
        "g / sqrt(r c / mean(r)); r, c means of g^2 + epsilon, decay 1 - t^-decay_rate",
        "precondition",
        flag("factored", True, "Keep rows and columns where they are long enough."),
        real("decay_rate", 0.8, open_low=True, doc="How soon the means slow down."),
        whole("step_offset", 0, low=0, doc="Steps of the decay that are over."),
        whole("min_dim_size_to_factor", 128,
              doc="The least length of the two longest axes."),
        real("epsilon", 1e-30, doc="Added to squares."),
        doc=f"Adafactor: Shazeer and Stern, 2018. {NO_STEP}",
    ),
    primitive(
        "scale_by_sm3", "Divides by the least of per-axis maxima.",
        "a = min over axes + g^2; m = b1 m + (1 - b1) g / sqrt(a + eps)",
        "precondition",
        decay_rate("b1", 0.9),
        number("b2", 1.0, 0.0, 1.0, doc="Kept of the sums; 1 keeps them all."), EPS,
        doc=f"Anil and others, 2019. One number per row and column. {NO_STEP}",
    ),
    primitive(
        "scale_by_novograd", "Divides each gradient by its averaged norm.",
        "m = b1 m + g / (sqrt(v + eps_root) + eps) + weight_decay w; v of |g|^2",
        "precondition",
        decay_rate("b1", 0.9), decay_rate("b2", 0.25), EPS, EPS_ROOT,
        number("weight_decay", 0.0, doc="Pull of the weights towards 0."),
        doc=f"Ginsburg and others, 2019. The momentum is a sum. {NO_STEP}",
    ),
    primitive(
        "scale_by_rprop", "Steps of each element that follow its signs.",
        "sign(g) s; s grows by eta_plus where the sign stays, shrinks by eta_minus"
        " where it turns", "precondition",
        real("learning_rate", open_low=True, doc="The first step of each element."),
        *ETAS,
        doc="Riedmiller and Braun, 1993; the arithmetic of torch. For whole batches:"
        " noise turns signs. `scale(-1)` has to follow.",
    ),
    primitive(
        "scale_by_muon", "Momentum with singular values near 1.",
        "m^ = U S V' becomes about U V', by Newton and Schulz", "precondition",
        whole("ns_steps", 5, doc="Iterations of Newton and Schulz."),
        decay_rate("beta", 0.95), real("eps", 1e-8, doc="Added to the norm."),
        flag("nesterov", True, "Nesterov's momentum."),
        flag("adaptive", doc="Scale by the product of momentum and direction."),
        PRECONDITIONING, NS_COEFFS, FLATTEN_KERNELS,
        doc="Jordan and others, 2024. For matrices; what is none gets its momentum:"
        f" give it a chain of its own, as `muon` does. {NO_STEP}",
    ),
    primitive(
        "orthogonalize", "Brings the singular values of matrices near 1.",
        "U S V' becomes about U V'", "precondition",
        whole("ns_steps", 5, doc="Iterations of Newton and Schulz."),
        real("eps", 1e-7, doc="Added to the norm."),
        PRECONDITIONING, NS_COEFFS, FLATTEN_KERNELS,
        doc=f"What Muon does to its momentum. Only matrices are touched. {NO_STEP}",
    ),
    primitive(
        "scale_by_shape", "Scales the updates of matrices to their width.",
        "u sqrt(max(1, columns / rows)), or u consistent_rms sqrt(max(rows, columns))",
        "other",
        real("consistent_rms", None, none=True, doc="The root mean square wanted."),
        FLATTEN_KERNELS,
        doc="Behind `scale_by_muon`, so that one rate suits all widths.",
    ),
    primitive(
        "scale_by_galore", "Adam on low-rank projections of the gradients.",
        "P adam(P' g) scale; P leading singular vectors of g, anew every gap",
        "precondition",
        whole("rank", 128, doc="How many singular vectors."),
        whole("update_proj_gap", 200, doc="Updates between two decompositions."),
        real("scale", 1.0, doc="Factor of what is projected back."),
        FLATTEN_KERNELS,
        doc="Zhao and others, 2024. Adam's state has the size of the projection."
        f" Only matrices are projected. {NO_STEP}",
    ),
)  # fmt: skip

_FREE = (
    primitive(
        "scale_by_dog", "Distance over gradients.",
        "g max|w - w0| / sqrt(sum |g|^2 + eps)", "precondition",
        *DOG,
        real("eps", 1e-8, doc="Added to the sum."),
        doc="Ivgi and others, 2023. One step size for all weights; `scale(-1)` has to"
        " follow.",
    ),
    primitive(
        "scale_by_dowg", "Distance over weighted gradients.",
        "g d / (sqrt(sum d |g|^2) + eps); d = max |w - w0|^2", "precondition",
        *DOWG,
        doc="Khaled and others, 2023. `scale(-1)` has to follow.",
    ),
    primitive(
        "scale_by_distance_over_gradients", "Distance over gradients by tensor.",
        "g global_scale max|w - w0| / sqrt(sum |g|^2 + eps) for each tensor",
        "precondition",
        real("reps_rel", 1e-6, doc="The first distance, times 1 + |w0|."),
        real("eps", 1e-8, doc="Added to the sum."),
        real("global_scale", 1.0, doc="A factor of all steps."),
        doc="Ivgi and others, 2023. `scale(-1)` has to follow.",
    ),
    primitive(
        "scale_by_cocob", "Coin betting.",
        "w = w0 + C (L + R) / (L max(G + L, alpha L)); L = max |g|, G = sum |g|,"
        " C = -sum g, R = max(R - g (w - w0), 0)", "step",
        *COCOB,
        doc=f"Orabona and Tommasi, 2017. {INSIDE}",
    ),
    primitive(
        "scale_by_madgrad", "Dual averaging with a cube root.",
        "z = w0 - s / (cbrt(n) + eps); w = (1 - momentum) z + momentum w;"
        " s, n sums of l g, l g^2; l = (learning_rate + eps) sqrt(t)", "step",
        required("learning_rate", doc="The size of a step."),
        decay_rate("momentum", 0.9),
        number("eps", 1e-6, doc="Keeps the divisor away from 0."),
        doc=f"Defazio and Jelassi, 2021. {INSIDE}",
    ),
    primitive(
        "scale_by_asgd", "Gradient descent that averages its weights.",
        "w = w - e (g + lambd w), e = rate / (1 + lambd rate (t - 1))^alpha", "step",
        required("learning_rate", doc="The first size of a step."),
        *ASGD,
        doc="Polyak and Juditsky, 1992; the arithmetic of torch. The average is part"
        f" of the state. {INSIDE}",
    ),
    primitive(
        "conditional_gradient", "Steps towards a corner of a norm ball.",
        "w = rate w - (1 - rate) lambda_ corner(g)", "step",
        required("learning_rate", doc="The share of the weights that stays."),
        real("lambda_", 0.01, doc="Radius of the ball."),
        Option(name="ord", kind="enum", default="fro", choices=("fro", "nuclear"),
               doc="The norm: of the elements, or of the singular values."),
        doc="Frank and Wolfe, 1956. The corner is g / |g|, or the product of the"
        f" leading singular vectors. {INSIDE}",
    ),
)  # fmt: skip

_CURVED = (
    primitive(
        "scale_by_lbfgs", "Multiplies by an inverse Hessian of the latest steps.",
        "H g by the two loops over steps s and changes y of g", "precondition",
        *LBFGS,
        doc="Nocedal, 1980. For whole batches: changes between batches are noise."
        f" {NO_STEP}",
    ),
    primitive(
        "hutchinson_estimator_diag_hessian", "Estimates the Hessian's diagonal.",
        "z (H z), z random signs", "other",
        needs=("hessian_vector",),
        doc="Its mean is the diagonal. It costs a second pass through the objective.",
    ),
    primitive(
        "scale_by_sophia", "Momentum over the Hessian's diagonal, clipped.",
        "clip(m^ / max(gamma h, eps), clip_threshold); h of z (H z) every interval",
        "precondition",
        decay_rate("b1", 0.965), decay_rate("b2", 0.99), EPS,
        *SOPHIA,
        needs=("hessian_vector",),
        doc=f"Liu and others, 2023. {NO_STEP}",
    ),
    primitive(
        "scale_by_adahessian", "Adam's direction with the Hessian's diagonal.",
        "m^ / (v^ ^ (hessian_power / 2) + eps); v of (z (H z))^2", "precondition",
        *MOMENTS, EPS,
        real("hessian_power", 1.0, high=1.0, doc="How much of the curvature."),
        needs=("hessian_vector",),
        doc="Yao and others, 2021, without averaging over kernels. Every step costs"
        f" a second pass. {NO_STEP}",
    ),
    primitive(
        "add_corrected_decayed_weights", "Weight decay in step with a falling rate.",
        "g + weight_decay learning_rate / max_learning_rate w", "decay",
        real("weight_decay", doc="How much of the weights at the largest rate."),
        required("learning_rate", positive=False, doc="The rate of the step."),
        real("max_learning_rate", open_low=True, doc="Its largest value."),
        doc="Defazio, 2025: in front of `scale_by_learning_rate` weights decay by the"
        " square of the rate, so that their norm settles at one value.",
    ),
)  # fmt: skip

ENTRIES: tuple[TransformEntry, ...] = (
    *_MOMENTUM, *_ADAM, *_SMALL, *_FREE, *_CURVED,
)  # fmt: skip
