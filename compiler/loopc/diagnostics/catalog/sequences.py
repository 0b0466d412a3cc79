"""E336 to E338: windows of rows, and text in characters."""

from loopc.diagnostics.catalog.entry import catalog_entry
from loopc.diagnostics.example_programs import regression

STEP = """loss = mean_squared_error(x[12], forecast(x[:12]))
update forecast to minimize loss using adam(0.01)
report loss"""
MODEL = "model forecast(x: f32[12]) -> f32 = squeeze(x |> dense(1), axis: 0)\n"


def series(split: str, *fields: str) -> str:
    """A forecast of a series from windows of it."""
    lines = ["data series {", '  train = csv("series.csv")', f"  {split}"]
    lines += [f"  field {field}" for field in fields]
    return regression(
        STEP,
        data="\n".join([*lines, "}"]),
        model=MODEL,
        stream="(x) from series.train batch 32",
        after="eval valid (x) from series.valid batch all every 1 epoch {\n"
        "  report error = mean_absolute_error(x[12], forecast(x[:12]))\n}",
    )


def text(classes: int) -> str:
    """A bigram model of characters."""
    return regression(
        "loss = cross_entropy(pair[1], bigram(pair[0]))\n"
        "update bigram to minimize loss using adam(0.01)\n"
        "report loss",
        data=f"""data words {{
  train = characters("words.txt", alphabet: 27)
  field pair: class({classes})[2] = windows(column("text"), 2, stride: 1)
}}""",
        model=f"model bigram(c: class({classes})) -> logits[{classes}] =\n"
        f"  c |> embedding({classes}, {classes})\n",
        stream="(pair) from words.train batch 32",
    )


WINDOW = 'x: f32[13] = windows(column("x"), 13, stride: 1)'

ENTRIES = (
    catalog_entry(
        "E336",
        "scattered-rows",
        "windows need rows that follow each other",
        "A window is a piece of the table: rows one after another. A split that"
        " takes rows at random has none left that belong together, and windows of the"
        " other split would hold its rows. Take the end of the table instead.",
        series("valid = 10% of train", WINDOW),
        series("valid = last(10%) of train", WINDOW),
    ),
    catalog_entry(
        "E337",
        "windows-differ",
        "all fields of a data block are the same windows",
        "An example is one window. Fields of another length or stride, or of single"
        " rows, would belong to other examples.",
        series(
            "valid = last(10%) of train",
            WINDOW,
            'y: f32[2] = windows(column("x"), 2, stride: 1)',
        ).replace("(x) from", "(x, y) from"),
        series("valid = last(10%) of train", WINDOW),
    ),
    catalog_entry(
        "E338",
        "alphabet-mismatch",
        "an alphabet does not fit",
        "Characters are numbered by one alphabet for each data block. A field with"
        " them has a class for each of its characters, and all texts of the block share"
        " it.",
        text(26),
        text(27),
    ),
)
