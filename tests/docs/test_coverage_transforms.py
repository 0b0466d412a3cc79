"""The page of what other libraries have, against them and against the vocabulary."""

import re
from pathlib import Path

import keras
import optax

from loopc.vocabulary import transforms

PAGE = Path(__file__).resolve().parents[2] / "docs" / "coverage_transforms.md"
ROW = re.compile(r"^\| `([^`]+)` \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)
# What is no transform of gradients, or is a part of others.
APART = {"scale_by_shape"}


def rows() -> list[tuple[str, list[str], str]]:
    """Return name elsewhere, names here, and the remark of every line."""
    return [
        (name, re.findall(r"`([^`]+)`", here), remark.strip())
        for name, here, remark in ROW.findall(PAGE.read_text("utf-8"))
    ]


def test_what_is_named_here_is_in_the_vocabulary() -> None:
    """And what is not here has a reason."""
    assert len(rows()) > 200
    for name, here, remark in rows():
        assert set(here) <= transforms().keys(), name
        assert here or remark, name


def test_what_optax_and_keras_have_is_on_the_page() -> None:
    """Every direction and every optimizer that they export has a line."""
    listed = {name for name, _, _ in rows()}
    exported = {
        *(name for name in dir(optax) if name.startswith("scale_by_")),
        *(name for name in dir(optax.contrib) if name.startswith("scale_by_")),
        *(name for name in dir(keras.optimizers) if name[0].isupper()),
    }

    assert exported - listed - APART <= {"Optimizer", "OptimizerMap"}


def test_every_optimizer_of_the_language_says_where_it_is_from() -> None:
    """Whether of optax, Keras, torch, TensorFlow Addons or timm."""
    named = {each for _, here, _ in rows() for each in here}

    assert {e.name for e in transforms().values() if e.role == "optimizer"} <= named


def test_no_table_names_a_transform_twice() -> None:
    """Each table has a line for a name, and a name of its own."""
    tables = PAGE.read_text("utf-8").split("\n## ")[1:]

    assert len({each.partition("\n")[0] for each in tables}) == len(tables)
    for table in tables:
        names = [name for name, _, _ in ROW.findall(table)]
        assert names
        assert len(set(names)) == len(names), table.partition("\n")[0]
