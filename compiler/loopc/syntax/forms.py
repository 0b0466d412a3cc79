"""How each statement is usually written, and where it stands: remedies of syntax
errors.
"""

from typing import Final

from loopc_grammar import word_set

FORMS: Final = {
    "PARAM": "param peak: float = 1e-3 in 1e-5 .. 1e-1",
    "CONST": "const steps = 1_000",
    "DIM": "dim time in 1 .. 256",
    "DATA": "data points { ... }",
    "MODEL": "model net(x: f32[13]) -> f32[10] = x |> dense(10)",
    "LAYER": "layer block(units: int)(x) = x |> dense(units)",
    "LOSS": "loss distance(a, b) = mean_squared_error(a, b)",
    "FN": "fn double(x) = 2 * x",
    "WEIGHT": "weight nu: f32 = 0.1",
    "STATE": "state h: f32[256] = zeros",
    "SCHEDULE": "schedule rate = cosine(1e-3 -> 0, rest)",
    "TRANSFORM": "transform tuned = clip_by_global_norm(1.0) |> adam(1e-3)",
    "TRAIN": "train for 10 epochs { ... }",
    "IMPORT": 'import residual from "layers.loop"',
    "EXTERN": 'extern fn warp(x: f32[8]) -> f32[8] = "package.module:name"',
    "FIELD": "field label: class(10)",
    "AUGMENT": "augment train { ... }",
    "RETURN": "return x",
    "REPEAT": "repeat i in 0 .. 4 { ... }",
    "DRAW": "draw (image, label) from fashion.train batch 128",
    "UPDATE": "update net to minimize loss using adam(1e-3)",
    "SET": "set h = h + 1",
    "REPORT": "report loss, accuracy = accuracy(label, logits)",
    "STEP": "step (image, label) from fashion.train batch 128 { ... }",
    "EVAL": "eval valid (x, y) from points.valid batch 512 every 1 epoch { ... }",
    "STAGE": "stage head for 2 epochs { ... }",
    "CHECKPOINT": "checkpoint every 500 steps keep 2",
    "KEEP": "keep 1 best valid.accuracy",
    "STOP": "stop when valid.accuracy stalls for 3 epochs",
    "EXPORT": 'export best net to "net.keras"',
    "ON": "on nonfinite skip at most 10",
    "START": "start encoder from best(pretrain)",
    "FREEZE": 'freeze "stem/*" of backbone',
    "EVERY": "every 100 steps { ... }",
}

_TOP: Final = "stands at the top of the file"
_BLOCK: Final = "stands in a block of a step, eval, model, layer or function"
_TRAIN: Final = "stands directly in `train { }`"

HOMES: Final = {
    **{
        word: f"`{word.lower()}` {_TOP}"
        for word in word_set(
            "PARAM CONST DIM DATA MODEL LAYER LOSS FN STATE SCHEDULE TRANSFORM TRAIN"
            " IMPORT EXTERN"
        )
    },
    **{
        word: f"`{word.lower()}` {_BLOCK}"
        for word in ("RETURN", "REPEAT", "DRAW", "UPDATE", "REPORT")
    },
    **{
        word: f"`{word.lower()}` {_TRAIN}"
        for word in word_set("STEP EVAL STAGE CHECKPOINT KEEP STOP EXPORT ON START")
    },
    "WEIGHT": "`weight` stands at the top of the file or in a model",
    "FIELD": "`field` stands in `data { }`",
    "AUGMENT": "`augment` stands in `data { }`",
    "FREEZE": "`freeze` stands in a `stage { }`",
    "SET": "`set` stands in a step, or in a `stage { }`",
    "EVERY": "`every ... { }` stands in a step",
}
