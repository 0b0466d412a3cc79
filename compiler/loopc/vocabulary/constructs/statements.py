"""What stands in a training loop, a step, an eval or another body."""

from typing import Final

from loopc.vocabulary.constructs import Construct


def _statement(
    name: str, *written: str, summary: str, doc: str = "", section: str = ""
) -> Construct:
    return Construct(
        name=name,
        kind="statement",
        written=written,
        summary=summary,
        doc=doc,
        section=section or "The training loop",
    )


CONSTRUCTS: Final = (
    _statement(
        "step",
        "step (image, label) from digits.train batch 32 { ... }",
        "step (image, label) from digits.train batch 256 parts 4 { ... }",
        "step sample from text.train batch 64 contiguous { ... }",
        "step { ... }",
        summary="What is done with each batch of a stream, models in training mode.",
        doc="`drop` leaves out a short last batch, `batch all` takes the whole split,"
        " `parts` computes an update in pieces, `contiguous` goes on where the batch"
        " before ended.",
    ),
    _statement(
        "draw",
        "draw (x = image) from digits.train batch 64",
        "draw other from digits.valid batch 32",
        summary="The next batch of a stream of its own, anywhere in a step.",
        section="Statements",
    ),
    _statement(
        "repeat",
        "repeat 3 { ... }",
        "repeat i in 0 .. 4 { ... }",
        "repeat width, rate in [[64, 0.1], [32, 0.2]] { ... }",
        summary="Its body several times in order; what is bound again is carried.",
        section="Statements",
    ),
    _statement(
        "every",
        "every 100 steps { ... }",
        "update net to minimize loss using adam(1e-3) every 4 steps",
        summary="In the steps that complete a multiple of an interval, and no others.",
        section="Statements",
    ),
    _statement(
        "return",
        "return mu, log_variance",
        summary="The result of a model, layer or function.",
        section="Statements",
    ),
    _statement(
        "update",
        "update net to minimize loss using adam(1e-3)",
        "update critic to maximize score using rmsprop(1e-4) every 5 steps",
        "update net to minimize [a, b] using pcgrad |> adam(1e-3)",
        summary="New weights from the gradient of an objective, through a chain.",
        section="What an update means",
    ),
    _statement(
        "set",
        "set centre = 0.99 * centre + 0.01 * batch_centre",
        summary="A new value for a `state`, read by what stands below.",
        doc="In a stage, `set rate = ...` gives a schedule another value.",
        section="`state`",
    ),
    _statement(
        "report",
        "report loss, accuracy = accuracy(label, logits)",
        summary="Values for the log, exact over their window.",
        section="What a report means",
    ),
    _statement(
        "eval",
        "eval valid (image, label) from digits.valid batch 500 every 1 epoch { ... }",
        "eval test (image, label) from digits.test batch all at end { ... }",
        summary="A pass over a split in file order, models in inference mode.",
    ),
    _statement(
        "checkpoint",
        "checkpoint every 500 steps keep 2",
        summary="When the whole state is saved, and how many checkpoints are kept.",
    ),
    _statement(
        "keep",
        "keep 1 best valid.accuracy",
        "keep 1 best max valid.score",
        summary="The weights at the best values of a reported metric.",
    ),
    _statement(
        "stop",
        "stop when valid.loss stalls for 3 epochs",
        "stop when max valid.score stalls for 500 steps",
        "stop when valid.accuracy >= 0.99",
        summary="An end of the run before its time: when a metric does not improve, or"
        " is good enough.",
    ),
    _statement(
        "export",
        'export net to "net.keras"',
        'export best net to "best.keras"',
        summary="A model as a Keras file, written after training.",
    ),
    _statement(
        "on",
        "on nonfinite halt",
        "on nonfinite skip at most 10",
        "on nonfinite rollback",
        summary="What happens when a loss or a weight is not finite.",
    ),
    _statement(
        "stage",
        "stage head for 2 epochs { ... }",
        summary="A part of the run that freezes weights or sets schedules.",
        section="Stages",
    ),
    _statement(
        "freeze",
        "freeze body",
        'freeze "stem/*" of body',
        summary="Weights that a stage does not train.",
        section="Stages",
    ),
    _statement(
        "start",
        "start encoder from best(pretrain)",
        "start encoder from last(pretrain)",
        'start net from load("net.keras")',
        summary="The weights with which a model enters a loop.",
        section="Several loops",
    ),
    _statement(
        "seed",
        "seed = 7",
        summary="The number that keys all randomness of a loop. 0 where none is given.",
    ),
    _statement(
        "log",
        "log = 50 steps",
        summary="How often the means of the training step are logged.",
    ),
    _statement(
        "precision",
        "precision = mixed_bfloat16",
        summary="The dtype in which layers compute: `float32` or 16 bits of two kinds.",
    ),
    _statement(
        "execution",
        "execution = graph",
        summary="Where steps run and data lies, instead of the compiler's choice.",
    ),
)
