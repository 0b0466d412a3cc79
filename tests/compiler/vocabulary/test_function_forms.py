"""The Python forms of functions compute, example by example, what NumPy computes."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from tests.compiler.vocabulary.function_cases import (
    BATCH,
    ELEMENTWISE,
    REDUCTIONS,
    Case,
)
from tests.compiler.vocabulary.operation_cases import OPERATIONS
from tests.compiler.vocabulary.rendering import (
    run_function,
    tensor_type,
    with_defaults,
)
from tests.compiler.vocabulary.shape_cases import ARRANGED, MATMUL

from loopc.vocabulary import forms, functions
from loopc.vocabulary.types import TensorType

CASES = [*ELEMENTWISE, *REDUCTIONS, *MATMUL, *ARRANGED, *OPERATIONS]


def types_of(case: Case) -> tuple[TensorType, ...]:
    """Return the types of a case's operands."""
    return tuple(
        tensor_type(operand, i not in case.plain)
        for i, operand in enumerate(case.operands)
    )


def expected(case: Case) -> np.ndarray:
    """Return the result of NumPy, one example after the other."""
    if all(i in case.plain for i in range(len(case.operands))):
        return np.asarray(case.expected(*case.operands))
    rows = [
        case.expected(
            *(o if i in case.plain else o[row] for i, o in enumerate(case.operands))
        )
        for row in range(BATCH)
    ]
    return np.stack([np.asarray(row) for row in rows])


def check_against_type(case: Case, result: np.ndarray) -> None:
    """Verify that the rule of the entry gives the shape and dtype of the result."""
    types = types_of(case)
    entry = functions()[case.name]
    typed = entry.result(types, with_defaults(entry, case.options))
    per_example = any(t.per_example for t in types)

    assert result.shape[int(per_example) :] == typed.shape
    assert str(result.dtype) == forms.PYTHON_DTYPES[typed.dtype]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_steps_compute_what_numpy_computes(case: Case) -> None:
    """In a step, the form gives for each example what NumPy gives for it alone."""
    entry = functions()[case.name]

    result = run_function(entry, case.operands, types_of(case), case.options, "step")

    np.testing.assert_allclose(np.asarray(result), expected(case), 2e-5, 2e-6)
    check_against_type(case, np.asarray(result))


MODEL_CASES = [c for c in CASES if c.models and len(c.plain) < len(c.operands)]


@pytest.mark.parametrize("case", MODEL_CASES, ids=str)
def test_models_compute_what_numpy_computes(case: Case) -> None:
    """On Keras tensors the form builds a model that computes the same."""
    entry = functions()[case.name]
    given = [o for i, o in enumerate(case.operands) if i not in case.plain]
    inputs = [keras.Input(o.shape[1:], dtype=str(o.dtype)) for o in given]
    waiting = iter(inputs)
    values = [
        tf.constant(o) if i in case.plain else next(waiting)
        for i, o in enumerate(case.operands)
    ]

    output = run_function(entry, values, types_of(case), case.options, "model")
    result = keras.Model(inputs, output)(given)

    np.testing.assert_allclose(np.asarray(result), expected(case), 2e-5, 2e-6)
    check_against_type(case, np.asarray(result))


HALVES = [c for c in OPERATIONS if c.models and c.operands and not c.plain]


@pytest.mark.parametrize("case", HALVES, ids=str)
def test_models_of_mixed_precision_have_them_too(case: Case) -> None:
    """Where a model computes in bfloat16 the form still builds and runs."""
    given = [tf.constant(o) for o in case.operands]
    given = [tf.cast(o, tf.bfloat16) if o.dtype.is_floating else o for o in given]
    inputs = [keras.Input(o.shape[1:], dtype=o.dtype.name) for o in given]

    output = run_function(
        functions()[case.name], inputs, types_of(case), case.options, "model"
    )

    assert keras.Model(inputs, output)(given).shape[0] == BATCH


def test_the_next_example_is_that_of_the_batch() -> None:
    """`next_example` moves the batch by one; the last example meets the first."""
    batch = np.arange(12.0, dtype=np.float32).reshape(4, 3)
    entry = functions()["next_example"]
    types = (tensor_type(batch, True),)

    result = run_function(entry, (tf.constant(batch),), types, {}, "step")

    np.testing.assert_array_equal(result, batch[[1, 2, 3, 0]])
    assert entry.result(types, {}).coupled


def test_every_function_is_tested() -> None:
    """Each entry, internal ones too, has a case that runs its forms."""
    reached = set()
    for case in CASES:
        entry = functions()[case.name]
        options = with_defaults(entry, case.options)
        reached |= {entry.name, forms.resolve(entry, types_of(case), options).name}

    drawing = {entry.name for entry in functions().values() if entry.draws}
    # tests/runtime/images and test_distributions.py compare what draws with NumPy.
    reached |= drawing | {"next_example"}
    assert {entry.name for entry in functions().values()} - reached == set()
