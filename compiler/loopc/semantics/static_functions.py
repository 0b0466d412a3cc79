"""Arithmetic known now, in Python's float64 and exact integers, on numbers and lists.

Everything raises StaticFailure with a fact for people; results are bounded in size.
"""

import math
import operator
from collections.abc import Callable
from itertools import accumulate
from typing import TypeAlias

from loopc.semantics.checked import StaticValue

MAX_LIST = 100_000
MAX_BITS = 128

Number: TypeAlias = int | float


class StaticFailure(Exception):
    """No such result; the message says why."""


def apply_static(name: str, operands: list[StaticValue]) -> StaticValue:
    """Compute a named operator or function; lists take part element by element.

    Raises StaticFailure where there is no result (division by zero, overflow,
    operands of the wrong sort).
    """
    try:
        return _bounded(_apply(name, operands))
    except (ZeroDivisionError, OverflowError, ValueError, TypeError) as problem:
        raise StaticFailure(_fact(name, problem)) from problem


def _fact(name: str, problem: Exception) -> str:
    match problem:
        case ZeroDivisionError():
            return "divides by zero"
        case OverflowError():
            return "the result is too large"
        case TypeError():
            return f"`{name}` does not work on these values"
        case _:
            return f"`{name}` has no value here"


def _apply(name: str, operands: list[StaticValue]) -> StaticValue:
    if name in LIST_FUNCTIONS:
        return LIST_FUNCTIONS[name](*operands)
    if any(isinstance(item, tuple) for item in operands):
        return _elementwise(name, operands)
    return SCALAR_FUNCTIONS[name](*operands)


def _elementwise(name: str, operands: list[StaticValue]) -> StaticValue:
    lengths = {len(item) for item in operands if isinstance(item, tuple)}
    if len(lengths) > 1:
        raise StaticFailure("the lists differ in length")
    (length,) = lengths
    columns = [
        item if isinstance(item, tuple) else (item,) * length for item in operands
    ]
    return tuple(_apply(name, list(row)) for row in zip(*columns, strict=True))


def _bounded(value: StaticValue) -> StaticValue:
    match value:
        case tuple() if len(value) > MAX_LIST:
            raise StaticFailure(f"more than {MAX_LIST:_} entries")
        case bool():
            return value
        case int() if value.bit_length() > MAX_BITS:
            raise StaticFailure("the result is too large")
        case float() if not math.isfinite(value):
            raise StaticFailure("the result is not finite")
        case complex():
            raise StaticFailure("the result is not a real number")
    return value


def _power(base: Number, exponent: Number) -> Number:
    if isinstance(base, int) and isinstance(exponent, int):
        if exponent < 0:
            return float(base) ** exponent
        if base.bit_length() * exponent > MAX_BITS:
            raise OverflowError
    result = base**exponent
    if isinstance(result, complex):
        raise ValueError
    return result


def _numbers(values: StaticValue) -> list[Number]:
    if not isinstance(values, tuple):
        raise TypeError
    numbers = [v for v in values if isinstance(v, int | float)]
    if len(numbers) < len(values):
        raise TypeError
    return numbers


def _linspace(start: Number, stop: Number, count: int) -> StaticValue:
    """`count` numbers from start to stop, both included (numpy's linspace)."""
    if not 1 <= count <= MAX_LIST:
        raise StaticFailure(f"expected a count from 1 to {MAX_LIST:_}")
    if count == 1:
        return (float(start),)
    step = (stop - start) / (count - 1)
    return (*(start + i * step for i in range(count - 1)), float(stop))


def _range(*bounds: int) -> StaticValue:
    numbers = range(*bounds)
    if len(numbers) > MAX_LIST:
        raise StaticFailure(f"more than {MAX_LIST:_} entries")
    return tuple(numbers)


def _extreme(choose: Callable[..., Number]) -> Callable[..., StaticValue]:
    def extreme(*operands: StaticValue) -> StaticValue:
        if len(operands) == 1:
            return choose(_numbers(operands[0]))
        if any(isinstance(item, tuple) for item in operands):
            return _elementwise_extreme(choose, list(operands))
        return choose(*operands)

    return extreme


def _elementwise_extreme(
    choose: Callable[..., Number], operands: list[StaticValue]
) -> StaticValue:
    length = max(len(item) for item in operands if isinstance(item, tuple))
    columns = [o if isinstance(o, tuple) else (o,) * length for o in operands]
    return tuple(choose(*row) for row in zip(*columns, strict=True))


def _index(values: StaticValue, index: StaticValue) -> StaticValue:
    if not isinstance(values, tuple) or not isinstance(index, int):
        raise TypeError
    if not -len(values) <= index < len(values):
        raise StaticFailure(f"the list has {len(values)} entries")
    return values[index]


def _total(values: StaticValue) -> Number:
    numbers = _numbers(values)
    whole = all(isinstance(n, int) for n in numbers)
    return sum(numbers) if whole else math.fsum(numbers)


def _running(combine: Callable[[Number, Number], Number]) -> Callable[..., StaticValue]:
    return lambda values: tuple(accumulate(_numbers(values), combine))


LIST_FUNCTIONS: dict[str, Callable[..., StaticValue]] = {
    "linspace": _linspace,
    "range": _range,
    "cumprod": _running(operator.mul),
    "cumsum": _running(operator.add),
    "sum": _total,
    "mean": lambda values: _total(values) / len(_numbers(values)),
    "length": lambda values: len(values),
    "reverse": lambda values: tuple(reversed(_numbers(values))),
    "min": _extreme(min),
    "max": _extreme(max),
    "minimum": _extreme(min),
    "maximum": _extreme(max),
    "index": _index,
    "equal": operator.eq,
    "not_equal": operator.ne,
}

SCALAR_FUNCTIONS: dict[str, Callable[..., StaticValue]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "floor_divide": operator.floordiv,
    "power": _power,
    "negate": operator.neg,
    "positive": operator.pos,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "logical_and": lambda a, b: a and b,
    "logical_or": lambda a, b: a or b,
    "logical_not": operator.not_,
    "mod": operator.mod,
    "abs": abs,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "tanh": math.tanh,
    "floor": math.floor,
    "ceil": math.ceil,
    "round": round,
    "int": int,
    "float": float,
    "square": lambda a: a * a,
}

STATIC_NAMES = frozenset(LIST_FUNCTIONS) | frozenset(SCALAR_FUNCTIONS)
