"""What is called like a function and has rules of its own."""

from typing import Final

from loopc.vocabulary.constructs import Construct


def _form(
    name: str, *written: str, summary: str, doc: str = "", section: str
) -> Construct:
    return Construct(
        name=name,
        kind="form",
        written=written,
        summary=summary,
        doc=doc,
        section=section,
    )


VALUES: Final = "Types and values"
UPDATES: Final = "What an update means"
REPORTS: Final = "What a report means"
RANDOM: Final = "Random numbers"
DERIVED: Final = "Derived models"
LISTS: Final = "`const`"

CONSTRUCTS: Final = (
    _form(
        "mean",
        "mean(v)",
        "mean(v, weight: w)",
        "mean(v, axis: 0)",
        summary="The average over all elements and examples, or over an axis of each.",
        doc="With weights it is sum(w v) / sum(w). With `axis` the examples stay"
        " apart.",
        section=VALUES,
    ),
    _form(
        "total",
        "total(v)",
        summary="The sum over the examples of a batch, which keeps their axes.",
        section=VALUES,
    ),
    _form(
        "whole_batch",
        "whole_batch(v)",
        summary="All examples of a batch as one plain value, the batch its first axis.",
        section=VALUES,
    ),
    _form(
        "position",
        "position(v)",
        summary="The place of each example in its batch, from 0.",
        section=VALUES,
    ),
    _form(
        "mask",
        "mask(words)",
        "mask(words)[1:]",
        summary="Which positions of a varying axis are real and not padding.",
        section="`dim`",
    ),
    _form(
        "grad",
        "grad(v, wrt: x)",
        summary="The gradient of the sum of `v` with respect to `x`, in its shape.",
        doc="`x` is a name and `v` depends on it. Of a per-example `v` each example"
        " has a gradient of its own. It nests, and updates train through it.",
        section=UPDATES,
    ),
    _form(
        "updated",
        "updated(fast, minimize: e, using: sgd(0.1))",
        "updated(fast, maximize: e, using: sgd(0.1), order: 1)",
        summary="A model one step further, as a value; nothing else changes.",
        doc="Updates train through it, with `order: 1` through its result alone.",
        section=UPDATES,
    ),
    _form(
        "gradients",
        "report size = gradients(net).norm",
        'report most = gradients("net/dense/*").max',
        "report angle = gradients(net).cosine",
        "report size = gradients(net, of: loss).norm",
        summary="What the chain of a model's update is given, for reports.",
        doc="`.norm`, `.max`, `.ratio` (the norm over that of the weights), `.cosine`"
        " of several objectives, of which `of:` names one. A window holds the mean"
        " over its updates.",
        section=REPORTS,
    ),
    _form(
        "updates",
        "report step = updates(net).ratio",
        'report step = updates("net/dense/kernel").max',
        summary="What the chain of an update adds to the weights, for reports.",
        doc="`.norm`, `.max`, and `.ratio`, the norm over that of the weights. Steps"
        " that a wrapper holds back do not count.",
        section=REPORTS,
    ),
    _form(
        "probe",
        'report clipped = probe("clipped").norm',
        'report clipped = probe("clipped", net).norm',
        summary="What passes a point of a chain, for reports.",
        doc='The point is a transform, `probe("clipped")`, in the chain. The model says'
        " which of several updates is meant.",
        section=REPORTS,
    ),
    _form(
        "regularization",
        "regularization(net)",
        summary="The sum of the penalties that the layers of a model declare.",
        section="`model`",
    ),
    _form(
        "normal",
        "normal([16], mean: 0, stddev: 1)",
        "normal([32], batch: real)",
        summary="Normal numbers of a shape for each example.",
        section=RANDOM,
    ),
    _form(
        "normal_like",
        "normal_like(x)",
        summary="A standard normal number for each element of `x`.",
        section=RANDOM,
    ),
    _form(
        "truncated_normal",
        "truncated_normal([16], mean: 0, stddev: 1)",
        summary="Normal numbers within two deviations of the mean, for each example.",
        section=RANDOM,
    ),
    _form(
        "gamma",
        "gamma([], 2.0)",
        summary="Gamma numbers of a shape parameter and scale 1, for each example.",
        section=RANDOM,
    ),
    _form(
        "beta",
        "beta([], 0.2, 0.2)",
        summary="Beta numbers, from 0 to 1, for each example.",
        doc="The share of each of two examples that `mixup` mixes.",
        section=RANDOM,
    ),
    _form(
        "uniform",
        "uniform([], low: 0, high: 1)",
        summary="Numbers from `low` up to, not with, `high`, for each example.",
        section=RANDOM,
    ),
    _form(
        "uniform_int",
        "uniform_int(0, 1000)",
        summary="One int for each example, the upper end not included.",
        section=RANDOM,
    ),
    _form(
        "ema",
        "model average = ema(net, 0.999)",
        summary="A model whose weights follow another one as a moving average.",
        section=DERIVED,
    ),
    _form(
        "snapshot",
        "model target = snapshot(net, every: 500 updates)",
        summary="A copy of a model that is renewed after so many updates.",
        section=DERIVED,
    ),
    _form(
        "frozen",
        'model teacher(x: f32[8]) -> f32[10] = frozen(load("teacher.keras"))',
        summary="A network from a file, whose weights never change.",
        section=DERIVED,
    ),
    _form(
        "load",
        'model teacher(x: f32[8]) -> f32[10] = frozen(load("teacher.keras"))',
        'start net from load("net.keras")',
        summary="A Keras file of the data folder; nothing in it is executed.",
        section=DERIVED,
    ),
    _form(
        "averaged",
        "model settled = averaged(net)",
        summary="A model with the averaged weights that the chain of its updates"
        " keeps.",
        section=UPDATES,
    ),
    _form(
        "epoch",
        "rate at epoch",
        summary="A clock: how many epochs are completed.",
        section="Clocks",
    ),
    _form(
        "progress",
        "0.5 * progress",
        summary="A clock: the share of the run that is completed, from 0 to 1.",
        section="Clocks",
    ),
    _form(
        "range",
        "range(5)",
        summary="The ints from 0, as a list known before the run.",
        section=LISTS,
    ),
    _form(
        "reverse",
        "reverse([1, 2, 3])",
        summary="A list the other way around.",
        section=LISTS,
    ),
    _form(
        "length",
        "length([1, 2, 3])",
        summary="How many entries a list has.",
        section=LISTS,
    ),
    _form(
        "int",
        "int(2.0)",
        summary="A number known before the run as an int.",
        section=LISTS,
    ),
    _form(
        "float",
        "float(2)",
        summary="A number known before the run as a float.",
        section=LISTS,
    ),
    _form(
        "log2",
        "log2(8)",
        summary="The logarithm to the base 2 of a number known before the run.",
        section=LISTS,
    ),
    _form(
        "log10",
        "log10(100)",
        summary="The logarithm to the base 10 of a number known before the run.",
        section=LISTS,
    ),
)
