"""Functions of matrices, the two last axes of an example, and products by name."""

from string import ascii_letters

from loopc.vocabulary.entry import FunctionEntry, Mismatch, Operands, Option, Options
from loopc.vocabulary.rules import (
    as_integers,
    counted,
    joined_dtype,
    known,
    require_number,
    shown,
    value,
)
from loopc.vocabulary.types import Axis, TensorType

# ----------------------------------------------------------------------------- einsum


def _terms(options: Options) -> tuple[list[str], str]:
    """Return the letters of the operands and of the result; Mismatch for others."""
    text = str(options["equation"]).replace(" ", "")
    left, arrow, result = text.partition("->")
    letters = left.replace(",", "") + result
    if not arrow or any(letter not in ascii_letters for letter in letters):
        fact = f"the equation is `{text}`"
        raise Mismatch(fact, "name axes by letters, `ij,jk->ik`; the batch has none")
    if len(set(result)) < len(result) or set(result) - set(left):
        fact = f"the result of `{text}` names an axis twice, or one that is not there"
        raise Mismatch(fact, "name each axis of the result once")
    return left.split(","), result


def _lengths(operands: Operands, terms: list[str]) -> dict[str, Axis]:
    """Return the length of each letter; Mismatch where two operands differ."""
    lengths: dict[str, Axis] = {}
    for operand, term in zip(operands, terms, strict=True):
        if len(term) != len(operand.shape):
            fact = f"`{term}` names {counted(len(term), 'axis')} of {operand}"
            raise Mismatch(
                fact, "name each axis of an example; the batch has no letter"
            )
        for letter, length in zip(term, operand.shape, strict=True):
            if lengths.setdefault(letter, length) != length:
                fact = f"`{letter}` is {lengths[letter]} and {length} long"
                raise Mismatch(fact, "give axes of one length one letter")
    return lengths


def _einsum(operands: Operands, options: Options) -> TensorType:
    for operand in operands:
        require_number(operand, "the operand")
    terms, result = _terms(options)
    if len(terms) != len(operands):
        fact = f"the equation has {len(terms)} operands, the list {len(operands)}"
        raise Mismatch(fact, "separate the operands' axes by commas")
    lengths = _lengths(operands, terms)
    return value(joined_dtype(operands), tuple(lengths[letter] for letter in result))


def _equation(operands: Operands, options: Options) -> str:
    """Write the equation with the batch in front of what has one."""
    terms, result = _terms(options)
    used = set("".join(terms))
    batch = next(c for c in "bnzBNZ" + ascii_letters if c not in used)
    fronts = [batch if operand.per_example else "" for operand in operands]
    left = ",".join(front + term for front, term in zip(fronts, terms, strict=True))
    return f'"{left}->{batch if any(fronts) else ""}{result}"'


# --------------------------------------------------------------------------- matrices


def _matrix(operand: TensorType) -> tuple[Axis, Axis]:
    require_number(operand, "the operand")
    if len(operand.shape) < 2:
        fact = f"a matrix has 2 axes, found {operand}"
        raise Mismatch(fact, "arrange it as rows and columns")
    return operand.shape[-2], operand.shape[-1]


def _square(operands: Operands) -> Axis:
    rows, columns = _matrix(operands[0])
    if rows != columns:
        fact = f"{shown(operands[0].shape)} is not square"
        raise Mismatch(fact, "give it as many rows as columns")
    return rows


def _same_matrix(operands: Operands, options: Options) -> TensorType:
    _matrix(operands[0])
    return value(operands[0].dtype, operands[0].shape)


def _exact(operands: Operands) -> None:
    """Raise Mismatch for floats of 16 bits, which decompositions do not take."""
    for operand in operands:
        if operand.dtype in ("f16", "bf16"):
            fact = f"{operand} has too few digits"
            raise Mismatch(fact, "cast it: `cast(x, f32)`")


def _square_matrix(operands: Operands, options: Options) -> TensorType:
    _exact(operands)
    _square(operands)
    return value(joined_dtype(operands, floating=True), operands[0].shape)


def _of_square(operands: Operands, options: Options) -> TensorType:
    _exact(operands)
    _square(operands)
    return value(joined_dtype(operands, floating=True), operands[0].shape[:-2])


def _diagonal(operands: Operands, options: Options) -> TensorType:
    size = _square(operands)
    return value(operands[0].dtype, (*operands[0].shape[:-2], size))


def _eigenvalues(operands: Operands, options: Options) -> TensorType:
    _exact(operands)
    size = _square(operands)
    dtype = joined_dtype(operands, floating=True)
    return value(dtype, (*operands[0].shape[:-2], size))


def _trace(operands: Operands, options: Options) -> TensorType:
    _square(operands)
    return value(operands[0].dtype, operands[0].shape[:-2])


def _on_diagonal(operands: Operands, options: Options) -> TensorType:
    operand = operands[0]
    require_number(operand, "the operand")
    if not operand.shape:
        raise Mismatch(f"{operand} is a single number", "give it a vector")
    return value(operand.dtype, (*operand.shape, operand.shape[-1]))


def _eye(operands: Operands, options: Options) -> TensorType:
    (size,) = as_integers(options["n"])
    return value("f32", (size, size))


def _solved(operands: Operands, options: Options) -> TensorType:
    matrix, right = operands
    _exact(operands)
    size = _square(operands)
    if len(right.shape) != len(matrix.shape) or right.shape[:-1] != matrix.shape[:-1]:
        fact = f"{shown(matrix.shape)} and {shown(right.shape)} do not meet"
        help = f"the right side has {size} rows; `expand` makes a column of a vector"
        raise Mismatch(fact, help)
    if matrix.per_example != right.per_example:
        fact = "one side has a value for each example, the other has not"
        raise Mismatch(fact, "add zeros of an example to the plain one")
    return value(joined_dtype(operands, floating=True), right.shape)


def _outer(operands: Operands, options: Options) -> TensorType:
    for operand in operands:
        require_number(operand, "the operand")
        if len(operand.shape) != 1:
            raise Mismatch(f"needs vectors, found {operand}", "use `einsum`")
    shape = (operands[0].shape[0], operands[1].shape[0])
    return value(joined_dtype(operands), shape)


def _outer_equation(operands: Operands, options: Options) -> str:
    return _equation(operands, {"equation": "i,j->ij"})


def _shorter(operands: Operands, options: Options) -> TensorType:
    operand = operands[0]
    _exact(operands)
    size = min(known(axis, "singular_values") for axis in _matrix(operand))
    dtype = joined_dtype(operands, floating=True)
    return value(dtype, (*operand.shape[:-2], size))


_MODEL_DIAGONAL = "keras.ops.diagonal({0}, axis1=-2, axis2=-1)"

ENTRIES = (
    FunctionEntry(
        name="einsum",
        summary="A sum of products over axes that are named by letters.",
        doc=(
            "`einsum([q, k], \"id,jd->ij\")`: axes of one letter are multiplied, those "
            "that the result does not name are summed over. The batch has no letter; "
            "a plain operand serves every example."
        ),
        options=(
            Option(name="equation", kind="string", doc="the axes of each, `ij,jk->ik`"),
        ),
        family="matrices",
        operands=(1, None),
        as_list=True,
        result=_einsum,
        step="tf.einsum({letters}, {0})",
        model="keras.ops.einsum({letters}, {0})",
        casts="common",
        derived={"letters": _equation},
    ),
    FunctionEntry(
        name="outer",
        summary="The products of all pairs of elements of two vectors.",
        doc="result[i, j] = a[i] b[j].",
        family="matrices",
        operands=(2, 2),
        result=_outer,
        step="tf.einsum({letters}, {0}, {1})",
        model="keras.ops.einsum({letters}, {0}, {1})",
        casts="common",
        derived={"letters": _outer_equation},
    ),
    FunctionEntry(
        name="eye",
        summary="The identity matrix, the same for every example.",
        doc="A plain float32 value: ones on the diagonal, zeros elsewhere.",
        options=(Option(name="n", kind="int", low=1, doc="rows, and columns"),),
        family="matrices",
        operands=(0, 0),
        result=_eye,
        step="tf.eye({n})",
        model="keras.ops.eye({n})",
    ),
    FunctionEntry(
        name="tril",
        summary="A matrix with zeros above its diagonal.",
        doc="`tril(ones([n, n]))` says which positions a causal model may read.",
        family="matrices",
        result=_same_matrix,
        step="tf.linalg.band_part({0}, -1, 0)",
        model="keras.ops.tril({0})",
    ),
    FunctionEntry(
        name="triu",
        summary="A matrix with zeros below its diagonal.",
        doc="The diagonal stays, as in `tril`.",
        family="matrices",
        result=_same_matrix,
        step="tf.linalg.band_part({0}, 0, -1)",
        model="keras.ops.triu({0})",
    ),
    FunctionEntry(
        name="diagonal",
        summary="The diagonal of a square matrix.",
        doc="Of the last two axes, as those of all functions of matrices.",
        family="matrices",
        result=_diagonal,
        step="tf.linalg.diag_part({0})",
        model=_MODEL_DIAGONAL,
    ),
    FunctionEntry(
        name="diag",
        summary="The square matrix with a vector on its diagonal.",
        doc="Zeros elsewhere; `diagonal` takes it out again.",
        family="matrices",
        result=_on_diagonal,
        step="tf.linalg.diag({0})",
        model=(
            "keras.ops.multiply(keras.ops.expand_dims({0}, -1), "
            "keras.ops.eye({size}, dtype={dtype_name}))"
        ),
        derived={"size": lambda operands, options: str(operands[0].shape[-1])},
    ),
    FunctionEntry(
        name="trace",
        summary="The sum of the diagonal of a square matrix.",
        doc="The sum of its eigenvalues.",
        family="matrices",
        result=_trace,
        step="tf.linalg.trace({0})",
        model=f"keras.ops.sum({_MODEL_DIAGONAL}, axis=-1)",
    ),
    FunctionEntry(
        name="inverse",
        summary="The inverse of a square matrix.",
        doc="`solve(a, b)` is more exact than `inverse(a) @ b`.",
        aliases=("inv",),
        family="matrices",
        result=_square_matrix,
        step="tf.linalg.inv({0})",
        model='keras.ops.inv(keras.ops.cast({0}, "float32"))',
        casts="float",
    ),
    FunctionEntry(
        name="solve",
        summary="The matrix x for which a @ x is the right side.",
        doc="By an LU decomposition; both sides have rows and columns.",
        family="matrices",
        operands=(2, 2),
        result=_solved,
        step="tf.linalg.solve({0}, {1})",
        model=(
            'keras.ops.solve(keras.ops.cast({0}, "float32"), '
            'keras.ops.cast({1}, "float32"))'
        ),
        casts="float",
    ),
    FunctionEntry(
        name="cholesky",
        summary="The lower triangle whose product with its transpose is the matrix.",
        doc="Of a symmetric positive definite matrix; not a number for others.",
        family="matrices",
        result=_square_matrix,
        step="tf.linalg.cholesky({0})",
        model='keras.ops.cholesky(keras.ops.cast({0}, "float32"))',
        casts="float",
    ),
    FunctionEntry(
        name="logdet",
        summary="The logarithm of the determinant of a positive definite matrix.",
        doc="Twice the sum of the logarithms of the diagonal of `cholesky`.",
        family="matrices",
        result=_of_square,
        step="tf.linalg.logdet({0})",
        model=None,
        casts="float",
    ),
    FunctionEntry(
        name="eigenvalues",
        summary="The eigenvalues of a symmetric matrix, the smallest first.",
        doc=(
            "Only the lower triangle is read. Graph and XLA use different methods, "
            "which agree to about five digits."
        ),
        aliases=("eigvalsh",),
        family="matrices",
        result=_eigenvalues,
        step="tf.linalg.eigvalsh({0})",
        casts="float",
        model='keras.ops.eigh(keras.ops.cast({0}, "float32"))[0]',
    ),
    FunctionEntry(
        name="singular_values",
        summary="The singular values of a matrix, the largest first.",
        doc=(
            "As many as the shorter side is long. Graph and XLA use different methods, "
            "which agree to about five digits."
        ),
        family="matrices",
        result=_shorter,
        step="tf.linalg.svd({0}, compute_uv=False)",
        casts="float",
        model='keras.ops.svd(keras.ops.cast({0}, "float32"), compute_uv=False)',
    ),
)  # fmt: skip
