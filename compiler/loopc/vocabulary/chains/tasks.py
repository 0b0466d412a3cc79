"""Transforms that combine several objectives: by weights, or by their gradients."""

from loopc.vocabulary.entry import Need, Option, TransformEntry

LEARNER = Option(
    name="learner", kind="chain", default=None, none=True,
    doc="The optimizer of the weights.",
)  # fmt: skip
LIST = "Lists hold a number for each objective."


def _weighing(
    name: str, summary: str, mathematics: str, *options: Option,
    doc: str, needs: tuple[Need, ...] = (),
) -> TransformEntry:  # fmt: skip
    """Make the entry of a transform that weighs objectives: one backward pass."""
    return _entry(
        name, summary, mathematics, *options,
        doc=f"One backward pass. {doc}", needs=("weigh", *needs),
    )  # fmt: skip


def _surgery(
    name: str, summary: str, mathematics: str, *options: Option, doc: str
) -> TransformEntry:
    """Make the entry of one that combines gradients: a backward pass for each."""
    passes = "A backward pass for each objective; what one alone depends on keeps its"
    return _entry(name, summary, mathematics, *options, doc=f"{doc} {passes} gradient.")


def _entry(
    name: str, summary: str, mathematics: str, *options: Option,
    doc: str, needs: tuple[Need, ...] = (),
) -> TransformEntry:  # fmt: skip
    return TransformEntry(
        name=name,
        summary=summary,
        options=options,
        python=name,
        role="objectives",
        needs=frozenset({"value", *needs}),
        family="several objectives",
        mathematics=mathematics,
        doc=doc,
    )


def _number(name: str, default: float, low: float = 0.0, doc: str = "") -> Option:
    return Option(name=name, kind="float", default=default, low=low, doc=doc)


def _whole(name: str, default: int, low: int, doc: str) -> Option:
    return Option(name=name, kind="int", default=default, low=low, doc=doc)


def _list(name: str, doc: str) -> Option:
    return Option(name=name, kind="floats", default=None, none=True, doc=doc)


_WEIGHING = (
    _weighing(
        "equal", "Minimizes the sum of the objectives.", "sum_i w_i L_i",
        _list("weights", "Of each objective; 1 where none are given."),
        doc=LIST,
    ),
    _weighing(
        "uncertainty", "Weighs objectives by learned noise.",
        "sum_i L_i / (2 exp(s_i)) + s_i / 2, s learned",
        LEARNER,
        doc="Kendall and others, 2018. By default `adam(1e-3)` learns s, from -0.5.",
    ),
    _weighing(
        "dwa", "Weighs objectives by how slowly they fall.",
        "w = T softmax(r / temperature), r_i = L_i(before) / L_i(before that)",
        _number("temperature", 2.0, doc="Evens the weights out."),
        _whole("window", 1, 1, "Steps whose objectives are averaged."),
        doc="Liu and others, 2019, where a window is an epoch.",
    ),
    _weighing(
        "rlw", "Weighs objectives at random.", "w = softmax(normal numbers)",
        doc="Lin and others, 2022.",
    ),
    _weighing(
        "gls", "Minimizes the geometric mean of the objectives.",
        "(prod_i L_i)^(1 / T)",
        doc="Chennupati and others, 2019. The objectives have to be positive.",
    ),
    _weighing(
        "famo", "Lets all objectives fall at the same relative rate.",
        "sum_i c z_i log L_i, z = softmax(w); w follows how much each log L_i fell",
        _number("learning_rate", 0.025, doc="Of the weights, by Adam."),
        _number("gamma", 1e-3, doc="Pull of the weights to 0."),
        doc="Liu and others, 2023. A second forward pass behind every step.",
        needs=("observe",),
    ),
    _weighing(
        "stch", "Minimizes a smooth maximum of the objectives.",
        "mu log sum_i exp(log(L_i / nadir_i) / mu)",
        Option(name="mu", kind="float", default=1.0, low=0.0, open_low=True,
               doc="The smaller, the closer to the maximum."),
        _whole("warmup_steps", 100, 1, "Steps whose mean is the nadir."),
        doc="Lin and others, 2024. The sum of logarithms while warming up.",
    ),
    _weighing(
        "log_transform", "Minimizes the sum of logarithms.", "sum_i log(1 + L_i)",
        doc="Large objectives count less.",
    ),
    _weighing(
        "pareto", "Minimizes a mix of a preferred sum and the worst objective.",
        "(1 - t) sum_i p_i L_i + t max_i p_i L_i",
        _list("preference", "Of each objective; even where none are given."),
        _number("tchebycheff_weight", 0.5, doc="Of the worst, t."),
        doc=f"Mixed Tchebycheff scalarization. {LIST}",
    ),
)  # fmt: skip

_DIRECTIONS = (
    _surgery(
        "pcgrad", "Takes out of each gradient what points against another.",
        "for random j: g_i = g_i - min(g_i . g_j, 0) / |g_j|^2 g_j; sum_i g_i",
        doc="Yu and others, 2020.",
    ),
    _surgery(
        "gradvac", "Turns gradients towards each other, to their usual cosine.",
        "g_i += s g_j where cos(g_i, g_j) is below its moving average",
        _number("beta", 0.5, doc="Weight of the newest cosine."),
        doc="Wang and others, 2021.",
    ),
    _surgery(
        "graddrop", "Keeps only gradients of one sign, element by element.",
        "P(positive) = (1 + sum g / sum |g|) / 2",
        _number("leak", 0.0, doc="Of what is dropped, kept."),
        doc="Chen and others, 2020, on gradients of the weights.",
    ),
    _surgery(
        "imtl", "Makes the projections on all gradients equal.",
        "g . g_1 / |g_1| = g . g_i / |g_i|, weights sum to 1",
        doc="Liu and others, 2021 (IMTL-G). Where one gradient is 0, so is the step.",
    ),
    _surgery(
        "aligned_mtl", "Makes the gradients orthogonal and equally long.",
        "singular values of [g_1 ... g_T] all set to the smallest",
        doc="Senushkin and others, 2023.",
    ),
)  # fmt: skip

_COMMON = (
    _surgery(
        "mgda", "Steps along the shortest vector between the gradients.",
        "argmin |sum_i w_i g_i|, w on the simplex",
        Option(name="normalize", kind="enum", default="none",
               choices=("none", "l2", "loss", "loss+"),
               doc="What gradients are divided by: norm, objective or both."),
        doc="Desideri, 2012. Where one gradient is 0, so is the step.",
    ),
    _surgery(
        "cagrad", "Steps near the mean, to where the worst improves best.",
        "g_0 + c |g_0| / |g_w| g_w, w = argmin g_w . g_0 + c |g_0| |g_w|",
        _number("calpha", 0.5, doc="How far from the mean, c."),
        Option(name="rescale", kind="int", default=1, low=0, high=2,
               doc="Divide by 1 + c^2 (1), 1 + c (2) or nothing (0)."),
        doc="Liu and others, 2021.",
    ),
    _surgery(
        "nash_mtl", "Weighs by the Nash bargaining solution.", "G G^T w = 1 / w",
        doc="Navon and others, 2022. Where gradients are opposite there is hardly a"
        " step.",
    ),
    _surgery(
        "fairgrad", "Weighs so that improvements are alpha-fair.",
        "G G^T w = w^(-1 / alpha)",
        Option(name="alpha", kind="float", default=1.0, low=0.0, open_low=True,
               doc="How fair; 1 is Nash bargaining."),
        doc="Ban and Ji, 2024.",
    ),
    _surgery(
        "sdmgrad", "Steps between the mean and the shortest vector.",
        "(g_w + l g_0) / (1 + l), w = argmin |g_w + l g_0|",
        _number("lam", 0.3, doc="Weight of the mean, l."),
        doc="Xiao and others, 2023, solved exactly on the one batch.",
    ),
    _surgery(
        "upgrad", "Projects each gradient to where no objective rises.",
        "mean_i argmin |d - g_i|, g_j . d >= 0 for all j",
        doc="Quinton and Rey, 2024.",
    ),
)  # fmt: skip

_RUNNING = (
    _surgery(
        "gradnorm", "Makes weighted gradients as long as their objectives lag.",
        "w follows sum_i | w_i |g_i| - mean(w |g|) r_i^alpha |",
        _number("alpha", 1.5, doc="How much lagging counts."),
        LEARNER,
        doc="Chen and others, 2018. By default `sgd(0.025)` learns the weights.",
    ),
    _surgery(
        "db_mtl", "Balances logarithms, and averaged gradients by length.",
        "m_i = b m_i + (1 - b) grad log L_i; sum_i max_j |m_j| / |m_i| m_i",
        _number("beta", 0.9, doc="Kept of the averages."),
        _number("beta_sigma", 0.0, doc="Power of the step that divides beta."),
        doc="Lin and others, 2023.",
    ),
    _surgery(
        "moco", "Tracks gradients, and weights that make their sum short.",
        "y_i += b (g_i - y_i); w = softmax(w - c (Y Y^T + rho) w); sum_i w_i y_i",
        _number("beta", 0.5, doc="Share of the newest gradient."),
        _number("beta_sigma", 0.5, doc="Power of the step that divides beta."),
        _number("gamma", 0.1, doc="Step of the weights."),
        _number("gamma_sigma", 0.5, doc="Power of the step that divides gamma."),
        _number("rho", 0.0, doc="Pull of the weights to even ones."),
        doc="Fernando and others, 2023.",
    ),
    _surgery(
        "modo", "Lets weights slowly follow those of `mgda`.",
        "w = P(w - gamma (G G^T w + rho w)), on the simplex; sum_i w_i g_i",
        _number("gamma", 1e-3, doc="Step of the weights."),
        _number("rho", 0.1, doc="Pull of the weights to even ones."),
        doc="Chen and others, 2023, on the one batch.",
    ),
    _surgery(
        "excess_mtl", "Weighs objectives by how far they can still fall.",
        "w_i = w_i exp(c e_i / e_i(first)), e_i = sum g_i^2 / sqrt(sum of past g_i^2)",
        _number("robust_step_size", 1e-2, doc="How fast weights grow, c."),
        doc="He and others, 2024.",
    ),
)  # fmt: skip

_CONSTRAINED = (
    _entry(
        "forum", "Minimizes objectives under the last, which is brought to 0.",
        "sum_i w_i g_i + v q, v = max(sum_i w_i p_i, 0), p_i = rho - g_i . q / |q|^2",
        _number("rho", 0.1, doc="The last falls by rho |q|^2 at least."),
        Option(name="normalize", kind="enum", default="l2", choices=("l2", "none"),
               doc="Whether gradients g are divided by their norms."),
        _number("beta", 1.0, doc="Share of the newest weights."),
        _number("beta_sigma", 0.75, doc="Power of the step that divides beta."),
        doc="Ye and others, 2024, for loops of two levels: the last objective is at"
        " least 0, and 0 where the lower level is solved. A backward pass for each"
        " objective.",
        needs=("stacked",),
    ),
)  # fmt: skip

ENTRIES: tuple[TransformEntry, ...] = (
    *_WEIGHING, *_DIRECTIONS, *_COMMON, *_RUNNING, *_CONSTRAINED,
)  # fmt: skip
