"""E199 and E2xx: names, and what is not there yet."""

from loopc.diagnostics.catalog.entry import catalog_entry
from loopc.diagnostics.example_programs import (
    DATA,
    MODEL,
    STEP,
    classification,
    regression,
)

PARAM = "param units: int = 64\n"
WIDE = "model net(x: f32[13]) -> f32[10] = x |> dense(units, relu) |> dense(10)\n"
EVAL = """eval valid (image, label) from digits.valid batch all every 1 epoch {
  report accuracy = accuracy(label, net(image))
}
"""
ENTRIES = (
    catalog_entry(
        "E199",
        "not-implemented",
        "this part of the language is not implemented yet",
        "The language describes this, and the compiler does not do it yet. Nothing is"
        " ignored or done half: the program is refused until it is there.",
        regression(data=DATA.replace("npz(", "parquet(")),
        regression(),
    ),
    catalog_entry(
        "E201",
        "unknown-name",
        "nothing has this name",
        "A name is bound by `=` in the same body, declared in the file, or belongs to"
        " the vocabulary. This one is none of these; the nearest name is suggested.",
        regression(STEP.replace("report loss", "report los")),
        regression(),
    ),
    catalog_entry(
        "E202",
        "already-declared",
        "a name is declared twice",
        "Declarations of a file share one namespace, and so do the splits, the fields"
        " and the evals of a block: each name stands once.",
        regression(before=PARAM + "const units = 3\n", model=WIDE),
        regression(before=PARAM, model=WIDE),
    ),
    catalog_entry(
        "E203",
        "shadows-declaration",
        "a local name hides a declaration",
        "Inside a body no name may be bound that a declaration of the file has, so that"
        " a name means one thing everywhere.",
        regression("net = net(x)\n" + STEP),
        regression(),
    ),
    catalog_entry(
        "E204",
        "unknown-argument",
        "no argument has this name",
        "What is called does not have this argument. Arguments are never passed on"
        " unseen to Keras or optax: each is known, with its type and its default.",
        regression(STEP.replace("adam(0.01)", "adam(0.01, beta1: 0.8)")),
        regression(STEP.replace("adam(0.01)", "adam(0.01, beta_1: 0.8)")),
    ),
    catalog_entry(
        "E205",
        "repeated-argument",
        "an argument is given twice",
        "An argument may be given by position or by name, once.",
        regression(STEP.replace("adam(0.01)", "adam(0.01, learning_rate: 0.1)")),
        regression(),
    ),
    catalog_entry(
        "E206",
        "missing-argument",
        "an argument without a default is not given",
        "Some arguments have no default, because none would be right for everybody:"
        " the width of a layer, the norm to clip at.",
        regression(model=MODEL.replace("dense(10)", "dense()")),
        regression(),
    ),
    catalog_entry(
        "E207",
        "too-many-arguments",
        "more arguments than there are places for",
        "Positional arguments fill the places in their order; there are more of them"
        " than places.",
        regression(STEP.replace("net(x)", "net(x, y)")),
        regression(),
    ),
    catalog_entry(
        "E208",
        "unknown-field",
        "the data has no field of this name",
        "A `step`, `eval` or `draw` binds fields by name. The names are those of the"
        " `field` declarations, not of columns.",
        regression(stream="(x, y = z) from points.train batch 32"),
        regression(),
    ),
    catalog_entry(
        "E209",
        "unknown-split",
        "the data has no split of this name",
        "A stream reads one split of a `data` block, and a split is carved out of"
        " another one of the same block.",
        regression(stream="(x, y) from points.training batch 32"),
        regression(),
    ),
    catalog_entry(
        "E210",
        "unknown-data",
        "no data block has this name",
        "A stream names a `data` block and one of its splits: `points.train`.",
        regression(stream="(x, y) from point.train batch 32"),
        regression(),
    ),
    catalog_entry(
        "E211",
        "recursive-definition",
        "a declaration is defined through itself",
        "Programs always end: no const, schedule, fn, layer or model may lead back to"
        " itself, and no split may be carved out of its own parts.",
        regression(before="const a = b + 1\nconst b = a * 2\n"),
        regression(
            before="const b = 9\nconst a = b + 1\n",
            model="model net(x: f32[13]) -> f32[10] = x |> dense(a)\n",
        ),
    ),
    catalog_entry(
        "E212",
        "unknown-metric",
        "nothing reports this metric",
        "`keep` and `stop` watch what an `eval` of the same loop reports, written"
        " `eval.metric`.",
        classification(after=EVAL + "keep 1 best valid.precision\n"),
        classification(after=EVAL + "keep 1 best valid.accuracy\n"),
    ),
    catalog_entry(
        "E213",
        "unknown-setting",
        "a loop has no setting of this name",
        "Settings of a loop are `seed`, `execution` and `log`.",
        regression(after="sead = 7"),
        regression(after="seed = 7"),
    ),
    catalog_entry(
        "E214",
        "unknown-override",
        "no param has this name",
        "`--set name=value` replaces the default of a `param`; consts and everything"
        " else stay as they are written.",
        "",
        "",
    ),
    catalog_entry(
        "E215",
        "not-callable",
        "a name is used as what it is not",
        "A value is called like a function, or what is called stands where a value is"
        " expected.",
        regression(before=PARAM, model=MODEL, step=STEP.replace("net(x)", "units(x)")),
        regression(before=PARAM, model=WIDE),
    ),
    catalog_entry(
        "E216",
        "unknown-model",
        "no model has this name",
        "`update` and `export` name models that are declared in the file.",
        regression(STEP.replace("update net", "update nett")),
        regression(),
    ),
    catalog_entry(
        "E217",
        "unknown-choice",
        "an option has no such choice",
        "An option of words takes one of a few, and sees only them: `padding: same`,"
        " `flavor: torch`.",
        regression(STEP.replace("adam(0.01)", "adam(0.01, flavor: tensorflow)")),
        regression(STEP.replace("adam(0.01)", "adam(0.01, flavor: torch)")),
    ),
    catalog_entry(
        "E218",
        "unknown-attribute",
        "there is nothing of this name to read",
        "A tensor has `.shape`, the axes of one example. Nothing else of a tensor is"
        " read with a dot.",
        regression("width = x.size\n" + STEP),
        regression("scale = x.shape[0]\n" + STEP.replace("net(x))", "net(x)) / scale")),
    ),
    catalog_entry(
        "E219",
        "unknown-type",
        "no type has this name",
        "Types of tensors are `f32`, `i32`, `bool`, `class(n)`, `logits` and"
        " `probabilities`, with the axes of one example; those of params are `int`,"
        " `float`, `bool`, `duration` and `one_of(...)`.",
        regression(model=MODEL.replace("x: f32[13]", "x: float32[13]")),
        regression(),
    ),
    catalog_entry(
        "E220",
        "unknown-source",
        "no source of data has this name",
        "A split is filled by `npz`, `csv`, `idx` or `arrays`.",
        regression(data=DATA.replace("npz(", "numpy(")),
        regression(),
    ),
    catalog_entry(
        "E221",
        "definitions-too-deep",
        "definitions build on each other too deeply",
        "A chain of declarations that each need the next one may be a hundred long,"
        " and one expression may be nested a few hundred levels deep.",
        regression(
            before="".join(f"const a{i} = a{i + 1}\n" for i in range(120))
            + "const a120 = 1\n"
        ),
        regression(),
    ),
)
