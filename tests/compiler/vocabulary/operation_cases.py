"""Functions of order, matrices, spectra and segments, beside NumPy and SciPy."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special
from tests.compiler.vocabulary.function_cases import (
    B,
    Case,
    P,
    X,
    normal,
    whole,
)
from tests.compiler.vocabulary.shape_cases import einsum

MATRIX = normal(B, 4, 4)
DEFINITE = MATRIX @ MATRIX.transpose(0, 2, 1) + 4 * np.eye(4, dtype=np.float32)
ROW = normal(B, 6)


def spectrum(x: np.ndarray) -> np.ndarray:
    """Return real and imaginary parts side by side."""
    transformed = np.fft.rfft(x)
    parts = np.stack([transformed.real, transformed.imag], axis=-1)
    return parts.astype(np.float32)


def grouped(
    combine: Callable[..., Any], empty: float
) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Return what combines the rows of each of four labels."""

    def result(rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
        groups = [rows[labels == label] for label in range(4)]
        blank = np.full(rows.shape[1:], empty, np.float32)
        return np.stack([combine(g, axis=0) if len(g) else blank for g in groups])

    return result


def by_row(x: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return what each row names along the last axis."""
    return np.take_along_axis(x, places, axis=-1)


def solved(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the solution of a linear system."""
    return np.linalg.solve(a, b)


SMALLEST = float(np.finfo(np.float32).min)
SUMS = {
    "segment_sum": grouped(np.sum, 0.0),
    "segment_mean": grouped(np.mean, 0.0),
    "segment_max": grouped(np.max, SMALLEST),
}

OPERATIONS = [
    Case("log2", (P,), np.log2), Case("log10", (P,), np.log10),
    Case("asinh", (X,), np.arcsinh), Case("acosh", (1 + P,), np.arccosh),
    Case("atanh", (P,), np.arctanh), Case("erfc", (X,), special.erfc),
    Case("erfinv", (P,), special.erfinv),
    Case("log_gamma", (P,), special.gammaln, models=False),
    Case("digamma", (P,), special.digamma, models=False),
    Case("divide_no_nan", (np.maximum(X, 0), np.maximum(X, 0)),
         lambda a, b: (b > 0).astype(np.float32)),
    Case("xlogy", (np.maximum(X, 0), np.maximum(X, 0)), special.xlogy, models=False),
    Case("argsort", (X,), lambda x: np.argsort(x, axis=-1), {"axis": -1}),
    Case("argsort", (X,), lambda x: np.argsort(x, axis=0), {"axis": 0}),
    Case("top_k", (X,), lambda x: -np.sort(-x)[..., :3], {"k": 3}),
    Case("top_k_indices", (X,), lambda x: np.argsort(-x)[..., :3], {"k": 3}),
    Case("quantile", (ROW,), lambda x: np.quantile(x, 0.3), {"share": 0.3}),
    Case("quantile", (ROW,), lambda x: np.quantile(x, 0.2), {"share": 0.2}),
    Case("quantile", (X,), lambda x: np.quantile(x, 0.9, axis=0),
         {"share": 0.9, "axis": 0}),
    Case("median", (X,), lambda x: np.median(x, axis=1), {"axis": 1}),
    Case("median", (normal(B, 5),), np.median),
    Case("cumulative_logsumexp", (X,), lambda x: np.log(np.cumsum(np.exp(x), 0)),
         {"axis": 0}, models=False),
    Case("roll", (X,), lambda x: np.roll(x, 1, axis=1), {"shift": 1, "axis": 1}),
    Case("roll", (ROW,), lambda x: np.roll(x, -2), {"shift": -2}),
    Case("take_along", (X, whole(4, B, 2, 3)), by_row),
    Case("take_along", (normal(2, 4), whole(4, 2, 3)), by_row, plain=(0, 1),
         models=False),
    Case("digitize", (X,), lambda x: np.digitize(x, [-0.5, 0.0, 1.0]),
         {"bins": (-0.5, 0.0, 1.0)}),
    Case("einsum", (normal(B, 2, 4), normal(B, 3, 4)), einsum("id,jd->ij"),
         {"equation": "id,jd->ij"}),
    Case("einsum", (normal(B, 2, 4), normal(4, 3)), einsum("ij,jk->ki"),
         {"equation": "ij, jk -> ki"}, plain=(1,)),
    Case("einsum", (X,), einsum("bn->n"), {"equation": "bn->n"}),
    Case("einsum", (ROW, ROW, ROW), einsum("i,i,i->"), {"equation": "i,i,i->"}),
    Case("outer", (ROW, normal(B, 4)), np.outer),
    Case("outer", (ROW, normal(4)), np.outer, plain=(1,)),
    Case("eye", (), lambda: np.eye(4), {"n": 4}, models=False),
    Case("tril", (MATRIX,), np.tril), Case("triu", (X,), np.triu),
    Case("diagonal", (MATRIX,), np.diagonal), Case("diag", (ROW,), np.diag),
    Case("trace", (MATRIX,), np.trace), Case("inverse", (DEFINITE,), np.linalg.inv),
    Case("solve", (DEFINITE, normal(B, 4, 2)), solved),
    Case("cholesky", (DEFINITE,), np.linalg.cholesky),
    Case("logdet", (DEFINITE,), lambda x: np.linalg.slogdet(x)[1], models=False),
    Case("eigenvalues", (DEFINITE,), np.linalg.eigvalsh),
    Case("singular_values", (X,), lambda x: np.linalg.svd(x, compute_uv=False)),
    Case("rfft", (normal(B, 2, 6),), spectrum), Case("rfft", (normal(B, 5),), spectrum),
    Case("irfft", (spectrum(ROW),), lambda x: np.fft.irfft(x[:, 0] + 1j * x[:, 1])),
    *(Case(name, (normal(B, 6, 2), whole(3, B, 6)), f, {"count": 4}, models=False)
      for name, f in SUMS.items()),
    *(Case(name, (normal(6, 2), whole(3, 6)), f, {"count": 4}, (0, 1), models=False)
      for name, f in SUMS.items()),
]  # fmt: skip
