"""E222 to E223 and E328 to E329: loops one after another."""

from loopc.diagnostics.catalog.entry import catalog_entry
from loopc.diagnostics.example_programs import DATA, MODEL, regression

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
        "E328",
        "start-origin",
        "weights to start from come from nowhere",
        "A model starts from the best weights of an earlier loop, or from its last"
        " ones. Without `start` it goes on with what the loop before has made of it.",
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
)
