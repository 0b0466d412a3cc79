"""Wrappers: transforms around a chain, when it acts and what becomes of its step."""

from loopc.vocabulary.chains.options import flag, number
from loopc.vocabulary.entry import Need, Option, OptionValue, TransformEntry

INNER = Option(
    name="inner", kind="chain", doc="The chain inside: an optimizer, or several links."
)


def wrapper(
    name: str,
    summary: str,
    mathematics: str,
    *options: Option,
    doc: str,
    needs: tuple[Need, ...] = (),
) -> TransformEntry:
    """Make the entry of a transform whose first option is a chain."""
    return TransformEntry(
        name=name,
        summary=summary,
        options=(INNER, *options),
        python=name,
        role="wrapper",
        needs=frozenset(needs),
        family="wrappers",
        mathematics=mathematics,
        doc=doc,
    )


def count(
    name: str, default: OptionValue = None, low: int = 1, doc: str = ""
) -> Option:
    """Make a whole number; required where no default is given."""
    if default is None:
        return Option(name=name, kind="int", low=low, doc=doc)
    return Option(name=name, kind="int", default=default, low=low, doc=doc)


def share(
    name: str, default: float, high: float | None = None, doc: str = ""
) -> Option:
    """Make a number of at least 0 that is not scheduled."""
    return Option(name=name, kind="float", default=default, low=0.0, high=high, doc=doc)


CONDITION = Option(
    name="condition", kind="number",
    doc="A schedule of this update's own counter; the chain acts while it is above 0.",
)  # fmt: skip

_SOMETIMES = (
    wrapper(
        "accumulate", "Gathers the gradients of several steps for one update.",
        "g = sum_k n_k g_k / sum_k n_k over the gathered steps, n_k examples each",
        count("steps", doc="How many steps make one update."),
        flag("skip_not_finite", doc="Drop gradients that hold NaN or infinity."),
        Option(name="max_squared_norm", kind="float", default=None, none=True, low=0.0,
               open_low=True, doc="Drop gradients whose squared norm is not below it."),
        doc="The mean is that of one batch of all the examples, also where a batch was"
        " short or weighted. Schedules, counters and averages inside advance by real"
        " updates; what is left at the end of the run is flushed. A gradient that is"
        " dropped counts for nothing, and another step takes its place: optax's"
        " skip_not_finite and skip_large_updates.",
        needs=("weight",),
    ),
    wrapper(
        "apply_if_finite", "Skips steps whose gradients hold NaN or infinity.",
        "as inside where all of g is finite, else 0",
        count("max_consecutive_errors", low=0,
              doc="After so many skipped in a row, the next step is let through."),
        doc="A skipped step changes neither weights nor state.",
    ),
    wrapper(
        "conditionally_transform", "Applies a chain while a schedule is above 0.",
        "as inside where condition > 0, else g",
        CONDITION,
        doc="Where the chain does not act gradients go through unchanged, and its state"
        " stands still.",
    ),
    wrapper(
        "conditionally_mask", "Steps while a schedule is above 0.",
        "as inside where condition > 0, else 0",
        CONDITION,
        doc="Where the chain does not act weights and state stand still.",
    ),
)  # fmt: skip

_CAUTION = (
    wrapper(
        "cautious", "Drops the elements of a step that go with the gradient.",
        "u [u g < 0] / max(mean([u g < 0]), 1e-3) for each tensor", doc="Liang and"
        " others, 2024. The chain inside ends in a step size; what is left of a step is"
        " enlarged by what was dropped.",
    ),
)  # fmt: skip

_AVERAGES = (
    wrapper(
        "lookahead", "Slow weights follow the fast ones every few steps.",
        "every k steps: slow = slow + a (fast - slow); fast = slow",
        count("sync_period", 6, doc="Steps between two meetings."),
        share("slow_step_size", 0.5, 1.0, "How far the slow weights go."),
        flag("reset_state", doc="Start the chain inside anew at every meeting."),
        doc="Zhang and others, 2019. It has to be the last link. `averaged(net)`"
        " is the model with the slow weights.",
    ),
    wrapper(
        "schedule_free", "Averages instead of a falling rate and momentum.",
        "y = b1 x + (1 - b1) z; z = z + inner(g(y)); x = (1 - c) x + c z",
        number("learning_rate", 1.0,
               doc="The rate of the chain inside, which weighs the average."),
        Option(name="b1", kind="float", default=0.9, low=0.0, high=1.0, open_low=True,
               doc="How much of the average the weights are."),
        share("weight_lr_power", 2.0, doc="Power of the largest rate in the weights."),
        doc="Defazio and others, 2024. The chain inside has no momentum and no falling"
        " rate: `schedule_free(sgd(1.0), 1.0)`. Evaluations and exports of"
        " `averaged(model)` see x.",
    ),
    wrapper(
        "mechanize", "Learns the scale of another optimizer's updates.",
        "w = start - sum(s) delta, delta the sum of inner updates, s by coin betting",
        share("weight_decay", 1e-2, doc="Pull towards 0, in units of the gradient."),
        share("eps", 1e-8, doc="Keeps the divisors away from 0."),
        share("s_init", 1e-6, doc="The first scale."),
        count("num_betas", 6, doc="How many decays bet."),
        doc="Cutkosky and others, 2023. Give the chain inside a rate of 1, with a"
        " schedule if there is to be one.",
    ),
    wrapper(
        "sam", "Descends by the gradient of where the objective is worst nearby.",
        "inner(g(w + rho g / |g|))",
        number("rho", 0.05, doc="How far away to look."),
        Option(name="adversary", kind="chain", default=None, none=True,
               doc="An optimizer whose steps are taken uphill, in place of rho."),
        count("sync_period", 2, 2, doc="One more than the steps uphill."),
        flag("reset_state", True, "Begin the adversary anew every time."),
        doc="Foret and others, 2021: a second backward pass each step, on the same"
        " examples with the same random draws, and one more for each further step"
        " uphill. Moving statistics advance once.",
        needs=("evaluate",),
    ),
)  # fmt: skip

_BY_VALUE = (
    TransformEntry(
        name="scale_by_polyak",
        summary="Multiplies by Polyak's step size.",
        options=(
            number("f_min", 0.0, None, doc="The lowest value that there can be."),
            number("max_learning_rate", 1.0, doc="The largest step size."),
            number("eps", 0.0, doc="Added to the squared norm."),
            Option(name="variant", kind="enum", default="sps", choices=("sps", "sps+"),
                   doc="`sps+` takes no step below `f_min`."),
        ),
        python="scale_by_polyak",
        role="other",
        needs=frozenset({"value"}),
        family="primitives",
        mathematics="min((f - f_min) / (|g|^2 + eps), max_learning_rate) g",
        doc="It keeps the sign: `sgd(1.0) |> scale_by_polyak` descends.",
    ),
    TransformEntry(
        name="reduce_on_plateau",
        summary="Scales updates down whenever the objective has stopped falling.",
        options=(
            Option(name="factor", kind="float", default=0.1, low=0.0, high=1.0,
                   open_low=True, open_high=True, doc="Of the scale at each time."),
            count("patience", 10, doc="Means in a row that may fail to improve."),
            share("rtol", 1e-4, 1.0, "Relative improvement that counts."),
            share("atol", 0.0, doc="Absolute improvement that counts."),
            count("cooldown", 0, low=0, doc="Means after it that do not count."),
            count("accumulation_size", 1, doc="Steps whose objective is averaged."),
            share("min_scale", 0.0, doc="The smallest scale."),
        ),
        python="reduce_on_plateau",
        role="other",
        needs=frozenset({"value"}),
        family="primitives",
        mathematics="s g; s = s factor after `patience` means without improvement",
        doc="It follows the objective of the update: take an epoch's worth of steps as"
        " `accumulation_size`. A schedule `plateau(metric, ...)` follows a metric.",
    ),
)  # fmt: skip

_AVERAGE = TransformEntry(
    name="average_weights",
    summary="Keeps a moving average of the weights.",
    options=(
        number("decay", 0.99, 0.0, 1.0, open_high=True, doc="Kept of the average."),
    ),
    python="average_weights",
    role="other",
    family="primitives",
    mathematics="a = decay a + (1 - decay) (w + u); u",
    doc="The last link of a chain; the update goes through unchanged."
    " `averaged(net)` is the model with these weights.",
)

_PARTITION = TransformEntry(
    name="partition",
    summary="A chain for each group of weights.",
    python="partition",
    role="wrapper",
    internal=True,
    family="wrappers",
    mathematics="the chain of the first group that matches a weight",
    doc="Written `{ biases => sgd(0.1), otherwise => adamw(1e-3) }`.",
)

ENTRIES: tuple[TransformEntry, ...] = (
    _AVERAGE,
    _PARTITION, *_SOMETIMES, *_CAUTION, *_AVERAGES, *_BY_VALUE,
)  # fmt: skip
