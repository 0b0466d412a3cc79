"""What `loopc plan` and `loopc plot` say of a schedule is what the script computes."""

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from tests.compiler.planning.schedule_programs import PROGRAM, SCHEDULES

import loopc
from loopc.planning.schedule_values import Horizon, ScheduleReader
from loopc_runtime import Clock

PER_EPOCH, EPOCHS = 20, 3
COUNTS = list(range(PER_EPOCH * EPOCHS + 20))


@pytest.fixture(scope="module")
def made() -> dict[str, np.ndarray]:
    """Every schedule's values by the functions of the script, in one XLA program."""
    result = loopc.compile_source(PROGRAM, "schedules.loop")
    assert result.script is not None, result.render()
    script: dict[str, Any] = {"__name__": "script"}
    exec(compile(result.script, "script", "exec"), script)
    clock = Clock(steps_per_epoch=PER_EPOCH, epochs=EPOCHS)
    known = {"clock": clock, "config": script["Config"]()}
    for line in result.script.splitlines():
        name, _, call = line.strip().partition(" = ")
        if name in SCHEDULES and call.startswith(f"make_{name}("):
            known[name] = eval(call, script | known)
    schedules = {name: known[name] for name in SCHEDULES}

    @tf.function(jit_compile=True)
    def values() -> dict[str, tf.Tensor]:
        counts = tf.range(len(COUNTS))
        return {
            name: tf.map_fn(schedule, counts, fn_output_signature=tf.float32)
            for name, schedule in schedules.items()
        }

    return {name: value.numpy() for name, value in values().items()}


@pytest.mark.parametrize("name", SCHEDULES)
def test_plans_say_what_scripts_compute(name: str, made: dict[str, np.ndarray]) -> None:
    """At every count before, at and after every boundary, to float32's precision."""
    checked = loopc.compile_source(PROGRAM, "schedules.loop").checked
    assert checked is not None
    named = {s.name: s for s in checked.schedules}
    reader = ScheduleReader(Horizon(PER_EPOCH * EPOCHS, PER_EPOCH), named)

    expected = [reader.value(named[name].body, count) for count in COUNTS]

    np.testing.assert_allclose(made[name], expected, rtol=2e-5, atol=2e-7)
