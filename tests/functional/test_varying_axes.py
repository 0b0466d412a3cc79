"""Axes of varying length: what is padded computes what unpadded examples would."""

import json
import re
from itertools import chain
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

import loopc
from loopc_runtime.draws import Draw

PROGRAM = """
dim source in 2 .. 6
dim target in 2 .. 5

data pairs {
  train = csv("pairs.tsv", separator: "\\t")
  field there: class(9)[source] = words("words.vocab", column("there"))
  field here: class(9)[target] = words(column("here"), over: train)
}

model translate(there: class(9)[source], here: class(9)[target]) -> f32[target, 9] {
  weight position: f32[5, 8] = normal(stddev: 0.5)
  memory = bidirectional(gru(4, return_sequences: true))(
    embedding(9, 8)(there), mask: mask(there),
  )
  h = (embedding(9, 8)(here) + position[0:target]) |> gru(8, return_sequences: true)
  c = attention()(h, memory, mask: mask(there))
  d = multi_head_attention(2, 4)(h, memory, value_mask: mask(there))
  last = lstm(3)(memory, mask: mask(there))
  wide = concat([h, c, d]) |> dense(9)
  return wide + expand(last |> dense(9), axis: 0)
}

train for 1 steps {
  seed = 3
  execution = EXECUTION
  step (there, here) from pairs.train batch all {
    nats = cross_entropy(here[1:], translate(there, here[:-1]))
    loss = mean(nats, weight: mask(here)[1:])
    update translate to minimize loss using sgd(0.1)
    report loss, perplexity = exp(loss), length = total(sum(where(mask(here), 1, 0)))
  }
}
"""

WORDS = ["a", "b", "c", "d", "e", "f", "g", "h", "i"]


def sentences(seed: int, low: int, high: int) -> list[list[int]]:
    random = np.random.default_rng(seed)
    lengths = [low, high, *random.integers(low, high + 1, size=10)]
    return [random.integers(0, 9, size=n).tolist() for n in lengths]


def write_pairs(folder: Path) -> tuple[list[list[int]], list[list[int]]]:
    """Write twelve pairs of sentences; return the codes that they should get."""
    there, here = sentences(0, 2, 6), sentences(1, 2, 5)
    spoken = [
        [" ".join(WORDS[c] for c in row) for row in rows] for rows in (there, here)
    ]
    lines = ["there\there", *("\t".join(pair) for pair in zip(*spoken, strict=True))]
    (folder / "pairs.tsv").write_text("\n".join(lines) + "\n")
    (folder / "words.vocab").write_text("\n".join(WORDS) + "\n")
    counts = np.bincount(np.concatenate(here), minlength=9)
    rank = {code: place for place, code in enumerate(np.lexsort((range(9), -counts)))}
    return there, [[rank[code] for code in row] for row in here]


def sentence_nats(
    translate: keras.Model, source: list[int], target: list[int]
) -> np.ndarray:
    """Return the cost of each word of one sentence that is not padded."""
    given = tf.constant([source]), tf.constant([target[:-1]])
    logits = translate([*given, tf.ones((1, len(source)), tf.bool)])
    logs = tf.nn.log_softmax(logits[0]).numpy()
    return np.array([-logs[i, word] for i, word in enumerate(target[1:])])


@pytest.mark.parametrize("execution", ["graph", "xla"])
def test_padding_changes_nothing(execution: str, tmp_path: Path) -> None:
    """The loss of a padded batch is that of its sentences, one by one, unpadded."""
    there, here = write_pairs(tmp_path)
    path = tmp_path / "pairs.loop"
    path.write_text(PROGRAM.replace("EXECUTION", execution))
    script = loopc.load(path)
    found = script.train_and_evaluate(script.Config(), tmp_path / "run", tmp_path)

    keras.utils.set_random_seed(3)
    translate = script.make_translate()
    pairs = zip(there, here, strict=True)
    nats = np.concatenate([sentence_nats(translate, *pair) for pair in pairs])

    assert found["train.loss"] == pytest.approx(np.mean(nats), rel=1e-5)
    assert found["train.length"] == sum(map(len, here))
    assert found["train.perplexity"] == pytest.approx(np.exp(np.mean(nats)), rel=1e-5)


def test_masks_are_the_lengths(tmp_path: Path) -> None:
    """The mask of a field is true for as many positions as the row has words."""
    there, here = write_pairs(tmp_path)
    path = tmp_path / "pairs.loop"
    path.write_text(PROGRAM.replace("EXECUTION", "graph"))
    script = loopc.load(path)
    split = script.load_pairs(tmp_path)["train"]
    fields = split.decode({n: tf.constant(a) for n, a in split.columns.items()})

    for name, rows, longest in (("there", there, 6), ("here", here, 5)):
        lengths = [len(row) for row in rows]
        mask = fields[f"{name} mask"].numpy()
        assert (
            mask.tolist() == (np.arange(longest) < np.array(lengths)[:, None]).tolist()
        )
        assert fields[name].numpy()[mask].tolist() == list(chain(*rows))


MODEL = re.compile(r"(?s)  weight position.*?\n}")
SMALLER = """  h = embedding(9, 8)(here) |> gru(8, return_sequences: true)
  c = attention()(h, embedding(9, 8)(there), mask: mask(there))
  return c |> dense(9)
}"""
BUCKETED = (
    MODEL.sub(SMALLER, PROGRAM)
    .replace("in 2 .. 6", "in 2 .. 6 buckets [3, 6]")
    .replace("in 2 .. 5", "in 2 .. 5 buckets [4, 5]")
    .replace("for 1 steps {", "for 2 epochs {\n  log = 1 steps")
    .replace("sgd(0.1)", "sgd(1e-9)")
)


def with_record(text: str) -> str:
    """Return the program with its fields read from a record."""
    head, step = text.split("  step (there, here)")
    return f"{head}  step t" + re.sub(r"\b(there|here)\b", r"t.\1", step)


@pytest.mark.parametrize(
    ("execution", "size", "record"),
    [("graph", 5, False), ("xla", 6, False), ("graph", 4, True)],
)
def test_buckets_change_nothing_but_the_order(
    execution: str, size: int, record: bool, tmp_path: Path
) -> None:
    """Batches are cut to the length they need, and each means what it did.

    Fields of a record have masks as others do.
    """
    there, here = write_pairs(tmp_path)
    path = tmp_path / "pairs.loop"
    text = BUCKETED.replace("EXECUTION", execution)
    text = text.replace("batch all", f"batch {size}")
    path.write_text(with_record(text) if record else text)
    script = loopc.load(path)
    script.train_and_evaluate(script.Config(), tmp_path / "run", tmp_path)
    lines = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    logged = [r for r in map(json.loads, lines) if r.get("window") != "epoch"]
    batches = script.load_pairs(tmp_path)["train"].batches(
        size, fields=("there", "here", "here mask", "there mask")
    )

    keras.utils.set_random_seed(3)
    translate = script.make_translate()
    pairs = zip(there, here, strict=True)
    nats = [sentence_nats(translate, *pair) for pair in pairs]
    orders = [batches.order(3, epoch) for epoch in range(2)]
    steps = [o[i : i + size] for o in orders for i in range(0, 12, size)]
    expected = [np.mean(np.concatenate([nats[i] for i in rows])) for rows in steps]
    assert [r["loss"] for r in logged] == pytest.approx(expected, rel=1e-5)


DRAWN = """    draw u from pairs.train batch 3
    others = cross_entropy(u.here[1:], translate(u.there, u.here[:-1]))
    more = mean(others, weight: mask(u.here)[1:])
    report more
"""
WHOLE = """  eval all (there, here) from pairs.train batch all at end {
    nats = cross_entropy(here[1:], translate(there, here[:-1]))
    report loss = mean(nats, weight: mask(here)[1:])
  }
"""


def test_draws_and_whole_splits_are_cut_to_buckets(tmp_path: Path) -> None:
    """A draw of its own and a pass over all rows mean what unpadded sentences do."""
    there, here = write_pairs(tmp_path)
    path = tmp_path / "pairs.loop"
    text = BUCKETED.replace("EXECUTION", "graph").replace("batch all", "batch 5")
    head, step = text.split("    nats =", 1)
    path.write_text(f"{head}{DRAWN}    nats ={step.rstrip()[:-1]}{WHOLE}}}\n")
    script = loopc.load(path)
    found = script.train_and_evaluate(script.Config(), tmp_path / "run", tmp_path)
    lines = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    records = [r for r in map(json.loads, lines) if r["split"] == "train"]
    logged = [r["more"] for r in records if r.get("window") != "epoch"]

    keras.utils.set_random_seed(3)
    translate = script.make_translate()
    pairs = zip(there, here, strict=True)
    nats = [sentence_nats(translate, *pair) for pair in pairs]
    train = script.load_pairs(tmp_path)["train"]
    draw = Draw(train.batches(3, fields=("there", "here"), stream="1"))
    rows = [draw.rows(3, step) for step in range(6)]
    expected = [np.mean(np.concatenate([nats[i] for i in taken])) for taken in rows]
    assert logged == pytest.approx(expected, rel=1e-5)
    assert found["all.loss"] == pytest.approx(np.mean(np.concatenate(nats)), rel=1e-5)


def test_parts_of_a_masked_batch_make_one_update(tmp_path: Path) -> None:
    """Parts weigh by their real positions: losses are those of whole batches."""
    write_pairs(tmp_path)
    losses = []
    for batch in ("batch 6", "batch 6 parts 3"):
        path = tmp_path / f"{len(batch)}.loop"
        text = BUCKETED.replace("EXECUTION", "graph").replace("sgd(1e-9)", "sgd(0.3)")
        path.write_text(text.replace("batch all", batch))
        script, workdir = loopc.load(path), tmp_path / f"run {len(batch)}"
        script.train_and_evaluate(script.Config(), workdir, tmp_path)
        lines = (workdir / "metrics.jsonl").read_text().splitlines()
        losses.append([record["loss"] for record in map(json.loads, lines)])

    np.testing.assert_allclose(losses[1], losses[0], rtol=1e-5)
