"""What stands at the top of a file."""

from typing import Final

from loopc.vocabulary.constructs import Construct


def _declaration(
    name: str, *written: str, summary: str, doc: str = "", section: str = ""
) -> Construct:
    return Construct(
        name=name,
        kind="declaration",
        written=written,
        summary=summary,
        doc=doc,
        section=section or f"`{name}`",
    )


CONSTRUCTS: Final = (
    _declaration(
        "param",
        "param peak: float = 1e-3 in 1e-5 .. 1e-1",
        "param warmup: duration = 500 steps",
        "param nonlinearity: one_of(relu, gelu) = relu",
        summary="A hyperparameter, which `--set peak=3e-4` gives another value.",
        doc="Both ends belong to the range. Params become fields of `Config` in the"
        " generated script.",
    ),
    _declaration(
        "const",
        "const weights = 1 / (1 + linspace(0, 1, 10))",
        summary="A number or table of numbers, computed while the program is checked.",
    ),
    _declaration(
        "dim",
        "dim time in 1 .. 256",
        "dim time in 2 .. 40 buckets [10, 20, 40]",
        summary="An axis whose length varies from example to example.",
        doc="Examples are padded at the end; `mask(words)` says what is real.",
    ),
    _declaration(
        "data",
        "data digits { ... }",
        summary="Where examples come from: splits of files, and fields of an example.",
    ),
    _declaration(
        "model",
        "model net(x: f32[13]) -> logits[10] = x |> dense(64, relu) |> dense(10)",
        "model net(x: f32[13]) -> (f32[8], f32[8]) { ... }",
        summary="A network with weights, its inputs and outputs declared.",
        doc="A model may be called inside another one, and then shares its weights"
        " with it.",
    ),
    _declaration(
        "layer",
        "layer residual(width: int, rate: float = 0.1)(x) { ... }",
        summary="A template of layers: options, then tensors.",
        doc="Each construction has weights of its own.",
    ),
    _declaration(
        "fn",
        "fn double(x) = 2 * x",
        "fn distance(a: model, b: model, x) { ... }",
        summary="A function without weights, for steps, evals and models.",
        section="`fn` and `loss`",
    ),
    _declaration(
        "loss",
        "loss focal(label, logits, gamma: float = 2.0) { ... }",
        summary="A function that is meant to be minimized.",
        section="`fn` and `loss`",
    ),
    _declaration(
        "weight",
        "weight temperature: f32 = 1",
        "table = weight([10, 32], initializer: random_normal(stddev: 0.02))",
        summary="A trainable value: outside of models, or a free one inside a model.",
    ),
    _declaration(
        "state",
        "state centre: f32[8, 8] = zeros",
        "state memory: f32[batch, 16] = zeros reset every 1 epoch",
        summary="A value that is kept from step to step and not trained.",
        doc="`set centre = ...` writes it. With the axis `batch` each lane of a"
        " `contiguous` stream has its own.",
    ),
    _declaration(
        "schedule",
        "schedule rate = linear(0 -> 1e-3, 500 steps) then cosine(1e-3 -> 0, rest)",
        summary="A number that changes over the run.",
        doc="`loopc list schedule` has the pieces, `loopc plot` draws it.",
    ),
    _declaration(
        "transform",
        "transform tuned(peak) = clip_by_global_norm(1.0) |> adam(peak)",
        summary="A chain of gradient transforms with a name.",
        doc="`loopc list transform` has the links. Each `update` that uses the chain"
        " has a state of its own.",
    ),
    _declaration(
        "train",
        "train for 10 epochs { ... }",
        "train pretrain for 20_000 steps { ... }",
        "train for 2 hours { ... }",
        summary="A training loop: settings, one step, evals, and what watches them.",
        section="The training loop",
    ),
    _declaration(
        "import",
        'import "layers.loop"',
        'import residual, focal from "layers.loop"',
        summary="Declarations of another file in the folder of the program.",
    ),
    _declaration(
        "extern",
        'extern fn warp(x: f32[8]) -> f32[8] = "package.module:name"',
        summary="Python by its name, held against a declared signature.",
        doc="Nothing is imported when a program is checked; `--no-extern` refuses it.",
        section="`extern fn`",
    ),
)
