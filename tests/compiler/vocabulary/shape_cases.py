"""Functions that arrange elements, with what NumPy says of one example."""

from collections.abc import Callable

import numpy as np
from tests.compiler.vocabulary.function_cases import B, Case, X, normal, positive, whole


def einsum(equation: str) -> Callable[..., np.ndarray]:
    """Return the einsum of an equation as a function."""
    return lambda *operands: np.einsum(equation, *operands)


def nearest_rows(table: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """Return the squared distances of a vector to the rows of a table."""
    return np.sum((table - vector) ** 2, axis=-1)


def cosine(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the cosine along the last axis."""
    lengths = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    return np.sum(a * b, axis=-1) / lengths


def margin(x: np.ndarray, pairs: list[tuple[int, int]], **more: object) -> np.ndarray:
    """Return a padded array."""
    return np.pad(x, pairs, **more)


MATMUL = [
    Case("matmul", (normal(B, 2, 4), normal(B, 4, 3)), np.matmul),
    Case("matmul", (normal(B, 2, 4), normal(4, 3)), np.matmul, plain=(1,)),
    Case("matmul", (normal(B, 4), normal(4, 3)), np.matmul, plain=(1,)),
    Case("matmul", (normal(B, 4), normal(B, 4, 3)), np.matmul),
    Case("matmul", (normal(B, 2, 4), normal(B, 4)), np.matmul),
    Case("matmul", (normal(2, 4), normal(B, 4)), np.matmul, plain=(0,)),
    Case("matmul", (normal(2, 4), normal(B, 4, 3)), np.matmul, plain=(0,)),
    Case("matmul", (normal(B, 4), normal(B, 4)), np.matmul),
    Case("matmul", (normal(4), normal(4)), np.matmul, plain=(0, 1), models=False),
    Case("matmul", (normal(4), normal(4, 3)), np.matmul, plain=(0, 1), models=False),
    Case("matmul", (normal(B, 5, 2, 4), normal(B, 4, 3)), np.matmul),
    Case("matmul", (normal(B, 2, 4), normal(B, 5, 4, 3)), np.matmul),
    Case("matmul", (normal(B, 5, 2, 4), normal(5, 4, 3)), np.matmul, plain=(1,)),
    Case("matmul", (normal(5, 2, 4), normal(B, 4, 3)), np.matmul, plain=(0,)),
]

ARRANGED = [
    Case("reshape", (X,), lambda x: np.reshape(x, (4, 2)), {"shape": (4, 2)}),
    Case("reshape", (X,), lambda x: np.reshape(x, (2, -1, 1)), {"shape": (2, -1, 1)}),
    Case("flatten", (positive(B),), np.ravel),
    Case("expand", (X,), lambda x: x[..., None]),
    Case("expand", (X,), lambda x: x[:, None], {"axis": 1}),
    Case("squeeze", (X[:, :1],), lambda x: x[0]),
    Case("squeeze", (X[:, :1, :1],), lambda x: x[0], {"axis": 0}),
    Case("transpose", (normal(B, 2, 3, 4),), lambda x: np.transpose(x, (1, 2, 0)),
         {"axes": (1, 2, 0)}),
    Case("transpose", (normal(2, 4),), np.transpose, plain=(0,), models=False),
    Case("concat", (X, normal(B, 2, 3)), lambda *xs: np.concatenate(xs, -1)),
    Case("concat", (X, whole(5, B, 1, 4)), lambda *xs: np.concatenate(xs, 0),
         {"axis": 0}),
    Case("stack", (X, positive(B, 2, 4)), lambda *xs: np.stack(xs)),
    Case("stack", (X, positive(B, 2, 4)), lambda *xs: np.stack(xs, -1), {"axis": -1}),
    Case("tile", (X,), lambda x: np.tile(x, (2, 3)), {"repeats": (2, 3)}),
    Case("pad", (X,), lambda x: margin(x, [(1, 1), (1, 1)]), {"amount": 1}),
    Case("pad", (X,), lambda x: margin(x, [(0, 0), (2, 1)], constant_values=0.5),
         {"amount": (2, 1), "axis": 1, "value": 0.5}),
    Case("pad", (normal(B, 4, 5, 2),),
         lambda x: margin(x, [(2, 2), (2, 2), (0, 0)], mode="reflect"),
         {"amount": 2, "mode": "reflect"}),
    Case("take", (normal(5, 4), whole(5, B, 2)), lambda t, i: t[i], plain=(0,)),
    Case("take", (normal(B, 5, 4), whole(5, B, 2)), lambda t, i: t[i], models=False),
    Case("take", (normal(B, 5, 4), whole(4, 3)), lambda t, i: t[:, i], {"axis": 1},
         plain=(1,)),
    Case("one_hot", (whole(5, B, 2),), lambda i: np.eye(5, dtype=np.float32)[i],
         {"depth": 5}),
    Case("cast", (whole(5, B, 2),), lambda i: i.astype(np.float32), {"dtype": "f32"}),
    Case("cast", (X,), lambda x: x.astype(np.int32), {"dtype": "i32"}),
    Case("squared_distance", (normal(7, 4), normal(B, 4)), nearest_rows, plain=(0,)),
    Case("squared_distance", (normal(B, 4), positive(B, 4)), nearest_rows),
    Case("cosine_similarity", (normal(B, 2, 4), positive(B, 4)), cosine),
    Case("upsample", (normal(B, 2, 3, 1),),
         lambda x: x.repeat(2, axis=0).repeat(3, axis=1), {"size": (2, 3)}),
    Case("resize", (normal(B, 4, 6, 2),), lambda x: x[1::2, 1::2],
         {"height": 2, "width": 3, "method": "nearest"}),
    Case("center_crop", (normal(B, 5, 6, 2),), lambda x: x[1:4, 2:4],
         {"height": 3, "width": 2}, models=False),
    Case("zeros", (), lambda: np.zeros((2, 3), np.float32), {"shape": (2, 3)}),
    Case("ones", (), lambda: np.ones(4, np.float32), {"shape": 4}),
    Case("linspace", (), lambda: np.linspace(0, 1, 5, dtype=np.float32),
         {"start": 0.0, "stop": 1.0, "num": 5}),
]  # fmt: skip
