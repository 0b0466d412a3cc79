"""E222, E223, E325 to E330, E334, W620: loops one after another, and stages."""

from loopc.diagnostics.catalog.entry import catalog_entry
from loopc.diagnostics.example_programs import DATA, MODEL, STEP, regression

FIRST = """train pretrain for 5 epochs {
  step (x, y) from points.train batch 32 {
    loss = mean_squared_error(y, net(x))
    update net to minimize loss using adam(0.01)
    report loss
  }
  keep 1 best pretrain.loss
}
"""
OTHER = "model other(x: f32[13]) -> f32[10] = x |> dense(10)\n"


def two_loops(start: str = "", *, first: str = FIRST, model: str = MODEL) -> str:
    """Two loops that train one model; the second one begins with `start`."""
    program = regression(data=DATA, model=model + first, after=start)
    return program.replace("\ntrain for", "\ntrain finetune for")


RATE = "schedule rate = constant(0.01)\n"
STAGED = f"{RATE}schedule other = constant(0.1)\n"
USED = STEP.replace("adam(0.01)", "adam(rate)")


def staged(*items: str, length: str = "") -> str:
    """A loop of two stages; the first one holds `items`."""
    body = "".join(f"    {item}\n" for item in items)
    first = f"stage first for 2 epochs {{\n{body}  }}"
    after = f"{first}\n  stage second for 5 epochs {{\n  }}"
    before = STAGED if any("other" in item for item in items) else RATE
    return regression(USED, before=before, length=length, after=after)


ENTRIES = (
    catalog_entry(
        "E222",
        "same-loop",
        "two loops have one name",
        "Several loops of a program have a folder each, called after the loop, and"
        " report under its name. A loop without a name is called `train`.",
        regression(after="").replace("train for", "train pretrain for") + "\n" + FIRST,
        two_loops(),
    ),
    catalog_entry(
        "E223",
        "unknown-loop",
        "no earlier loop has this name",
        "`start` takes weights from a loop that stands before its own in the file.",
        two_loops("start net from best(pretrian)"),
        two_loops("start net from best(pretrain)"),
    ),
    catalog_entry(
        "E325",
        "stages-and-length",
        "a loop says in two ways how long it is",
        "A loop with stages lasts as long as they do, one after the other; they are all"
        " counted in steps, or all in epochs.",
        staged("set rate = constant(0.1)", length="for 10 epochs"),
        staged("set rate = constant(0.1)"),
    ),
    catalog_entry(
        "E326",
        "freezes-nothing",
        "`freeze` matches no weight",
        "The pattern of `freeze` is one of the paths of weights below the model, as"
        " `loopc plan` shows them: `stem/*`, `block/dense/kernel`.",
        staged('freeze "stem/*" of net'),
        staged('freeze "dense/kernel" of net'),
    ),
    catalog_entry(
        "E327",
        "frozen-whole",
        "a stage leaves an update nothing to train",
        "What is frozen is not among the weights of an update, and an update of none is"
        " left out. Here no other update trains, or what follows this one (an average,"
        " a chain that takes more than gradients) needs its every step.",
        staged("freeze net"),
        staged('freeze "dense/bias" of net'),
    ),
    catalog_entry(
        "E328",
        "start-origin",
        "weights to start from come from nowhere",
        "A model starts from the best weights of an earlier loop, from its last ones,"
        " or from those of a file. Without `start` it goes on with what the loop before"
        " has made of it.",
        two_loops("start net from pretrain"),
        two_loops("start net from last(pretrain)"),
    ),
    catalog_entry(
        "E329",
        "start-elsewhere",
        "a loop starts a model that one of the two does not have",
        "The weights of a model are saved by the loops whose steps and evals call it.",
        two_loops("start other from best(pretrain)", model=MODEL + OTHER),
        two_loops("start net from best(pretrain)"),
    ),
    catalog_entry(
        "E330",
        "set-target",
        "a stage sets what is no schedule and no transform",
        "While a stage lasts, `set` puts another schedule, or another chain, in the"
        " place of the one declared under that name.",
        staged("set net = constant(0.1)"),
        staged("set rate = constant(0.1)"),
    ),
    catalog_entry(
        "E334",
        "nothing-to-roll-back",
        "`rollback` without checkpoints",
        "`on nonfinite rollback` goes on with the state of the last checkpoint that was"
        " due.",
        regression(after="on nonfinite rollback"),
        regression(after="checkpoint every 1 epoch\n  on nonfinite rollback"),
    ),
    catalog_entry(
        "W620",
        "stage-without-effect",
        "a stage says something that changes nothing",
        "It freezes weights that no update of the loop trains, or sets a schedule that"
        " nothing in the loop reads.",
        staged("set other = constant(0.1)"),
        staged("set rate = constant(0.1)"),
    ),
)
