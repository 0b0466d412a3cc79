"""Loops of two levels: weights of objectives learned beside what they weigh."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from tests.functional.recipes import first_steps, penguins
from tests.functional.trained import (
    NET,
    Columns,
    Trained,
    assert_weights,
    descend,
    program,
)
from tests.functional.twins import bilevel, representation
from tests.functional.twins.first_steps import logged

STEPS = 6


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the progress display out of the tests' output."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")


def test_a_weight_outside_of_models_has_an_update_of_its_own(
    columns: Columns, data_dir: Path, tmp_path: Path
) -> None:
    """What reads it is recorded for it, also where the objective has a name."""
    models = f"weight scale: f32 = 0.4\n{NET}"
    body = """step (x, y) from d.train batch all {
    fit = mean(squared_error(y, scale * net(x)))
    loss = 2 * fit
    update net to minimize loss using sgd(0.1)
    update scale to minimize loss using sgd(0.05)
  }"""

    ran = Trained(program(models, body, length="3 epochs"), tmp_path, data_dir)

    net, scale = ran.fresh("net"), tf.Variable(ran.kept["scale"])
    for _ in range(3):
        with tf.GradientTape() as tape:
            found = scale * net(columns["x"], training=True)
            loss = 2 * tf.reduce_mean(tf.square(found - columns["y"]))
        *gradients, slope = tape.gradient(loss, [*net.trainable_variables, scale])
        descend(net, gradients, 0.1)
        scale.assign_sub(0.05 * slope)
    assert_weights(ran.models["net"], net)
    np.testing.assert_allclose(ran.tracked["scale"], scale, rtol=1e-5)


UPPER = ("held_naming", "held_weighing", "of_naming")
RECIPES: dict[str, tuple[bilevel.Steps, tuple[str, ...]]] = {
    "auto_lambda": (bilevel.auto_lambda, ("primary", "of_naming", "of_weighing")),
    "moml": (bilevel.moml, UPPER),
    "forum": (bilevel.forum, UPPER),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_recipes_begin_as_the_algorithms_of_their_papers(
    name: str, samples_dir: Path, tmp_path: Path
) -> None:
    """Losses and weights of tasks of the first steps are those of a loop by hand."""
    twin, measured = RECIPES[name]
    run = first_steps(name, STEPS, samples_dir, tmp_path)

    expected = list(twin(run.fresh("net"), penguins(run, samples_dir, STEPS)))

    found = logged(run, "naming", "weighing", *measured)
    np.testing.assert_allclose(found, expected, rtol=5e-4)
    assert abs(expected[-1][-1] - expected[0][-1]) > 0.01


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "twin", "measure"),
    [
        ("mgda_ub", representation.mgda_ub, "share"),
        ("representation", representation.graddrop, "purity"),
    ],
)
def test_recipes_join_gradients_where_networks_meet(
    name: str, twin: Callable, measure: str, samples_dir: Path, tmp_path: Path
) -> None:
    """The trunk gets at h what the papers make of the gradients of the tasks there."""
    run = first_steps(name, STEPS, samples_dir, tmp_path)
    models = {each: run.fresh(each) for each in run.models}

    expected = list(twin(models, penguins(run, samples_dir, STEPS)))

    found = logged(run, "naming", "weighing", measure)
    np.testing.assert_allclose(found, expected, rtol=5e-4)
