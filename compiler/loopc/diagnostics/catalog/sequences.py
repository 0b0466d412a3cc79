"""Windows of rows, text in characters and words, axes of varying length."""

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


def sentences(
    loss: str = "nats = mean(cross_entropy(tokens[1:], net(tokens[:-1])), "
    "weight: mask(tokens)[1:])",
    body: str = "tokens |> embedding(100, 16) |> gru(16, return_sequences: true)\n"
    "    |> dense(100)",
    result: str = "f32[time, 100]",
) -> str:
    """A language model of sentences of different lengths."""
    return regression(
        f"{loss}\nupdate net to minimize nats using adam(0.01)\nreport nats",
        before="dim time in 2 .. 30\n",
        data="""data said {
  train = csv("said.csv")
  field tokens: class(100)[time] = words("said.vocab", column("text"), unknown: 0)
}""",
        model=f"model net(tokens: class(100)[time]) -> {result} =\n  {body}\n",
        stream="(tokens) from said.train batch 32",
    )


def attending(options: str) -> str:
    """A model of sentences in which every position sees every other."""
    return sentences(
        body="tokens |> embedding(100, 16) |> bidirectional(gru(8, return_sequences: "
        f"true){options})\n    |> dense(100)",
        loss="nats = mean(cross_entropy(tokens, net(tokens)), weight: mask(tokens))",
    )


def positions(rows: int) -> str:
    """A model that knows positions by a table."""
    return (
        sentences()
        .replace(
            "=\n  tokens |> embedding(100, 16)",
            f"{{\n  weight position: f32[{rows}, 16] = normal(stddev: 0.02)\n"
            "  h = embedding(100, 16)(tokens) + position[0:time]\n  return h",
        )
        .replace("dense(100)\n", "dense(100)\n}\n", 1)
    )


EACH = 'x: f32[13] = windows(column("x"), 13, stride: 1, by: column("key"))'
WINDOW = 'x: f32[13] = windows(column("x"), 13, stride: 1)'

ENTRIES = (
    catalog_entry(
        "E336",
        "scattered-rows",
        "windows need rows that follow each other",
        "A window is a piece of the table: rows one after another. A split that"
        " takes rows at random has none left that belong together, and windows of the"
        " other split would hold its rows. Take the end of the table instead, or, of"
        " windows with `by`, whole series.",
        series("valid = 10% of train", WINDOW),
        series("valid = last(10%) of train", WINDOW),
    ),
    catalog_entry(
        "E337",
        "windows-differ",
        "all fields of a data block are the same windows",
        "An example is one window. Fields of another length or stride, of other"
        " series, or of single rows, would belong to other examples.",
        series(
            "valid = last(10%) of train",
            WINDOW,
            'y: f32[2] = windows(column("x"), 2, stride: 1)',
        ).replace("(x) from", "(x, y) from"),
        series("valid = last(10%) of train", WINDOW),
    ),
    catalog_entry(
        "E435",
        "lanes-cross-series",
        "lanes of a contiguous stream would cross series",
        "`contiguous` gives each place in a batch an equal part of the examples. Where"
        " these are windows of several series, such a part ends in the middle of one,"
        " and what is carried along a lane would go over into another.",
        series("valid = last(10%) of train", EACH).replace(
            "batch 32", "batch 32 contiguous"
        ),
        series("valid = last(10%) of train", EACH),
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
    catalog_entry(
        "E339",
        "bad-buckets",
        "buckets do not ascend to the longest",
        "Batches are cut to the first bucket that holds their longest example, so the"
        " last one is as long as an example may be. Axes of one data block have as many"
        " buckets: a batch takes the one of the same place of each.",
        sentences().replace("2 .. 30", "2 .. 30 buckets [20, 10]"),
        sentences().replace("2 .. 30", "2 .. 30 buckets [10, 30]"),
    ),
    catalog_entry(
        "E432",
        "reads-padding",
        "a position that not every example has",
        "Examples that are shorter than the longest are padded at the end. What stands"
        " there is no value of the example.",
        sentences(
            "nats = mean(cross_entropy(tokens[-1], net(tokens[:-1])[0]))",
        ),
        sentences(
            "nats = mean(cross_entropy(tokens[1], net(tokens[:-1])[0]))",
        ),
    ),
    catalog_entry(
        "E433",
        "no-mask",
        "the mask of a value is not known",
        "Fields and inputs with an axis of varying length have masks, so have slices of"
        " them. What is computed from them has none of its own.",
        sentences(
            "nats = mean(cross_entropy(tokens[1:], net(tokens[:-1])), "
            "weight: mask(tokens[1:] + 0))"
        ),
        sentences(),
    ),
    catalog_entry(
        "E434",
        "table-too-short",
        "a slice goes up to an axis that may be longer",
        "`position[0:time]` takes a row for each position. The table needs as many rows"
        " as the longest example has positions, and an input that has that axis.",
        positions(20),
        positions(30),
    ),
    catalog_entry(
        "W621",
        "padding-counts",
        "padding counts in a mean or sum",
        "The mean is over all positions, those that only pad short examples included.",
        sentences("nats = cross_entropy(tokens[1:], net(tokens[:-1]))"),
        sentences(),
    ),
    catalog_entry(
        "W622",
        "layer-reads-padding",
        "a layer mixes padding into what it gives",
        "Attention, a recurrence read backwards, a last state: they see all positions."
        " What they give changes with the padding, unless a mask says which are real.",
        attending(""),
        attending("")
        .replace("bidirectional(gru(8, return_sequences: true))", "READ")
        .replace("tokens |> embedding(100, 16) |> READ", "READ")
        .replace(
            "READ",
            "bidirectional(gru(8, return_sequences: true))("
            "embedding(100, 16)(tokens), mask: mask(tokens))",
        ),
    ),
)
