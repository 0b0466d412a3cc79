"""Functions with operands and what NumPy or SciPy says of one example."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import special

BATCH = 3


@dataclass(frozen=True)
class Case:
    """A function on arrays: those in `plain` are the same for every example."""

    name: str
    operands: tuple[np.ndarray, ...]
    expected: Callable[..., Any]
    options: dict[str, Any] = field(default_factory=dict)
    plain: tuple[int, ...] = ()
    models: bool = True

    def __str__(self) -> str:
        shapes = "_".join("x".join(map(str, o.shape)) for o in self.operands)
        options = "_".join(f"{k}{v}" for k, v in self.options.items())
        return f"{self.name}-{shapes}-{options}".replace(" ", "")


def normal(*shape: int) -> np.ndarray:
    """Return normal numbers, the same ones in every run."""
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


def positive(*shape: int) -> np.ndarray:
    """Return numbers from 0.1 to 0.9."""
    numbers = np.random.default_rng(7).uniform(0.1, 0.9, shape)
    return numbers.astype(np.float32)


def whole(high: int, *shape: int) -> np.ndarray:
    """Return integers from 0 to below `high`."""
    return np.random.default_rng(5).integers(0, high, shape).astype(np.int32)


def truths(*shape: int) -> np.ndarray:
    """Return truth values."""
    return normal(*shape) > 0


B = BATCH
X = normal(B, 2, 4)
P = positive(B, 2, 4)


def softmax(x: np.ndarray) -> np.ndarray:
    """Return the softmax over the last axis."""
    return special.softmax(x, axis=-1)


def celu(x: np.ndarray, alpha: float) -> np.ndarray:
    """Return the continuously differentiable exponential linear unit."""
    return np.where(x > 0, x, alpha * np.expm1(x / alpha))


UNARY: dict[str, tuple[np.ndarray, Callable[..., Any]]] = {
    "negate": (X, np.negative), "exp": (X, np.exp), "expm1": (X, np.expm1),
    "log": (P, np.log), "log1p": (P, np.log1p), "sqrt": (P, np.sqrt),
    "rsqrt": (P, lambda x: 1 / np.sqrt(x)), "sin": (X, np.sin), "cos": (X, np.cos),
    "tan": (P, np.tan), "asin": (P, np.arcsin), "acos": (P, np.arccos),
    "atan": (X, np.arctan), "sinh": (X, np.sinh), "cosh": (X, np.cosh),
    "erf": (X, special.erf), "square": (X, np.square), "abs": (X, np.abs),
    "sign": (X, np.sign), "floor": (X, np.floor), "ceil": (X, np.ceil),
    "round": (X, np.round), "is_finite": (np.where(X > 0, X, np.float32(np.inf)),
                                          np.isfinite),
    "relu": (X, lambda x: np.maximum(x, 0)),
    "relu6": (9 * X, lambda x: np.clip(x, 0, 6)),
    "selu": (X, lambda x: 1.0507009873554805
             * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x))),
    "silu": (X, lambda x: x * special.expit(x)),
    "softplus": (X, lambda x: np.log1p(np.exp(x))),
    "softsign": (X, lambda x: x / (1 + np.abs(x))),
    "log_sigmoid": (X, special.log_expit), "tanh": (X, np.tanh),
    "mish": (X, lambda x: x * np.tanh(np.log1p(np.exp(x)))),
    "hard_sigmoid": (9 * X, lambda x: np.clip(x + 3, 0, 6) / 6),
    "hard_silu": (9 * X, lambda x: x * np.clip(x + 3, 0, 6) / 6),
    "hard_tanh": (2 * X, lambda x: np.clip(x, -1, 1)),
    "tanh_shrink": (X, lambda x: x - np.tanh(x)),
    "sparse_plus": (2 * X, lambda x: np.where(
        x <= -1, 0, np.where(x >= 1, x, (x + 1) ** 2 / 4))),
    "sparse_sigmoid": (2 * X, lambda x: np.clip((x + 1) / 2, 0, 1)),
    "sigmoid": (X, special.expit), "softmax": (X, softmax),
    "log_softmax": (X, lambda x: special.log_softmax(x, axis=-1)),
    "glu": (X, lambda x: x[..., :2] * special.expit(x[..., 2:])),
    "l2_normalize": (X, lambda x: x / np.linalg.norm(x, axis=-1, keepdims=True)),
    "elu": (X, lambda x: celu(x, 1.0)), "celu": (X, lambda x: celu(x, 1.0)),
    "gelu": (X, lambda x: x * (1 + special.erf(x / math.sqrt(2))) / 2),
    "leaky_relu": (X, lambda x: np.where(x > 0, x, 0.2 * x)),
    "hard_shrink": (X, lambda x: np.where(np.abs(x) > 0.5, x, 0)),
    "soft_shrink": (X, lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0)),
    "squareplus": (X, lambda x: (x + np.sqrt(x**2 + 4)) / 2),
    "stop_gradient": (X, lambda x: x), "logical_not": (X > 0, np.logical_not),
    "zeros_like": (X, np.zeros_like), "ones_like": (X, np.ones_like),
    "flatten": (X, np.ravel), "transpose": (X, np.transpose),
    "cumsum": (X[:, 0], np.cumsum), "cumprod": (X[:, 0], np.cumprod),
    "argmax": (X[:, 0], np.argmax), "argmin": (X[:, 0], np.argmin),
    "sum": (X, np.sum), "prod": (X, np.prod), "mean_axes": (X, np.mean),
    "variance": (X, np.var), "norm": (X, lambda x: np.sqrt(np.sum(x**2))),
    "logsumexp": (X, special.logsumexp), "min": (X, np.min), "max": (X, np.max),
    "any": (X > 1, np.any), "all": (X > -1, np.all),
}  # fmt: skip

PAIRS: dict[str, Callable[..., Any]] = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply,
    "divide": np.divide, "floor_divide": np.floor_divide, "mod": np.mod,
    "less": np.less, "less_equal": np.less_equal, "greater": np.greater,
    "greater_equal": np.greater_equal, "equal": np.equal, "not_equal": np.not_equal,
    "minimum": np.minimum, "maximum": np.maximum, "min": np.minimum, "max": np.maximum,
}  # fmt: skip

LEFT = normal(B, 2, 4)
ROW = positive(4)
OTHERS = {
    "matrix": (normal(B, 2, 4), ()),
    "row": (positive(B, 4), ()),
    "number": (positive(B), ()),
    "column": (positive(B, 2, 1), ()),
    "plain_row": (ROW, (1,)),
    "plain_matrix": (positive(2, 4), (1,)),
}

ELEMENTWISE = [
    *(Case(name, (x,), f) for name, (x, f) in UNARY.items()),
    *(
        Case(name, (LEFT, other), f, plain=plain)
        for name, f in PAIRS.items()
        for other, plain in OTHERS.values()
    ),
    Case("power", (P, positive(B, 4)), np.power),
    Case("logical_and", (truths(B, 2, 4), truths(B, 4)), np.logical_and),
    Case("logical_or", (truths(B, 4), truths(B, 2, 4)), np.logical_or),
    Case("multiply", (truths(B), normal(B, 2, 4)), np.multiply),
    Case("multiply", (whole(9, B), normal(B, 2, 4)), np.multiply),
    Case("divide", (whole(9, B, 4), 1 + whole(9, B)), np.divide),
    Case("add", (whole(9, B, 4), whole(5, B)), np.add),
    Case("exp", (whole(3, B, 4),), np.exp),
    Case("where", (truths(B, 4), normal(B, 2, 4), positive(B)), np.where),
    Case("clip", (X, -positive(B), ROW), np.clip, plain=(2,)),
    Case("straight_through", (normal(B, 4), positive(B, 4)), lambda a, b: a),
    Case("threshold", (X,), lambda x: np.where(x > 0.3, x, -2.0),
         {"threshold": 0.3, "default_value": -2.0}),
    Case("gelu", (X,), lambda x: x / 2 * (
        1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
         {"approximate": True}),
    Case("leaky_relu", (X,), lambda x: np.where(x > 0, x, 0.1 * x),
         {"negative_slope": 0.1}),
    Case("celu", (X,), lambda x: celu(x, 2.0), {"alpha": 2.0}),
    Case("softmax", (X,), lambda x: special.softmax(x, axis=0), {"axis": 0}),
    Case("sparsemax", (np.tile(np.float32([5, 1, 0]), (B, 1)),),
         lambda x: np.float32([1, 0, 0])),
    Case("sparsemax", (np.tile(np.float32([1, 0.6, 0, -2]), (B, 1)),),
         lambda x: np.float32([0.7, 0.3, 0, 0])),
    Case("sparsemax", (np.tile(np.float32([[0.1, 5], [0.2, 0], [0, 0]]), (B, 1, 1)),),
         lambda x: np.float32([[1 / 3, 1], [13 / 30, 0], [7 / 30, 0]]), {"axis": 0}),
    Case("triplet_margin", (normal(B, 4), positive(B, 4), normal(B, 2, 4)[:, 0]),
         lambda a, p, n: np.maximum(
             0, 0.7 + np.sqrt(((a - p) ** 2).sum(-1) + 1e-6)
             - np.sqrt(((a - n) ** 2).sum(-1) + 1e-6)),
         {"margin": 0.7}, models=False),
    Case("for_each_example", (positive(4), X), lambda v, x: v, plain=(0,),
         models=False),
    Case("atan2", (X, P), np.arctan2), Case("log_add_exp", (X, P), np.logaddexp),
    Case("reverse_gradient", (X, np.float32(0.5)), lambda x, s: x, plain=(1,),
         models=False),
    Case("sort", (X,), lambda x: np.sort(x, axis=0), {"axis": 0}),
    Case("flip", (X,), lambda x: x[:, ::-1], {"axis": 1}),
    Case("smooth_labels", (positive(B, 5),), lambda x: 0.9 * x + 0.02,
         {"share": 0.1}),
]  # fmt: skip

REDUCTIONS = [
    Case(name, (X,), lambda x, f=f, axis=axis: f(x, axis=axis), {"axis": axis})
    for name, f in {
        "sum": np.sum, "prod": np.prod, "mean_axes": np.mean, "variance": np.var,
        "std": np.std,
        "min": np.min, "max": np.max, "logsumexp": special.logsumexp,
    }.items()
    for axis in (0, 1, -1, (0, 1))
] + [
    Case("argmax", (X,), lambda x: np.argmax(x, axis=0), {"axis": 0}),
    Case("argmin", (X,), lambda x: np.argmin(x, axis=-1), {"axis": -1}),
    Case("cumsum", (X,), lambda x: np.cumsum(x, axis=0), {"axis": 0}),
    Case("sum", (truths(B, 4),), lambda x: np.sum(x, dtype=np.int32)),
    Case("sum", (ROW,), np.sum, plain=(0,)),
]  # fmt: skip
