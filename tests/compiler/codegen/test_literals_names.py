"""Values and names as Python source."""

import ast

import pytest

from loopc.codegen.literals import literal, number, prose, string
from loopc.codegen.names import Names, attribute


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (128, "128"),
        (9_999, "9999"),
        (60_000, "60_000"),
        (-20_000, "-20_000"),
        (True, "True"),
        (None, "None"),
        (0.5, "0.5"),
        (1.0, "1.0"),
        (1e-3, "1e-3"),
        (3e-4, "3e-4"),
        (1.5e-8, "1.5e-8"),
        (20_000.0, "20_000.0"),
        (1e30, "1e30"),
        ("same", '"same"'),
        ((1,), "(1,)"),
        ((1, (2.0, "a")), '(1, (2.0, "a"))'),
    ],
)
def test_literal_is_what_a_person_writes(value: object, text: str) -> None:
    """Numbers are short and grouped, tuples and texts plain; all read back equal."""
    assert literal(value) == text
    assert ast.literal_eval(text) == value


@pytest.mark.parametrize(
    "value", [0.1, 1 / 3, 2.5e-4, 123456.789, 1e-3, 5e-324, 1.7e308, -0.00012345, 0.0]
)
def test_number_reads_back_equal(value: float) -> None:
    """No digit is lost, whatever the notation."""
    assert float(number(value)) == value


@pytest.mark.parametrize("text", ["a'b", 'a"b', "a\\b", "\n", "caf\u00e9", "'\"", ""])
def test_string_is_ascii_and_reads_back_equal(text: str) -> None:
    """Every text becomes an ASCII literal of itself."""
    assert string(text).isascii()
    assert ast.literal_eval(string(text)) == text


@pytest.mark.parametrize("text", ['"""', "a\\", "x\ny", "\u202e", "# a", "a" * 900])
def test_prose_stays_inside_a_docstring(text: str) -> None:
    """One line of printable ASCII that ends no docstring."""
    clean = prose(text)
    assert len(clean) <= 200
    assert ast.literal_eval(f'"""{clean}."""') == f"{clean}."


def test_names_are_distinct_and_stable() -> None:
    """Builtins, keywords and names of the script are spelled anew, once for all."""
    names = Names(taken={"adam"})
    given = [
        names.of("local", n) for n in ("x", "adam", "print", "tape", "config", "x")
    ]
    assert given == ["x", "adam_", "print_", "tape_", "config_", "x"]
    assert names.of("model", "x") == "x_"


def test_names_inside_a_function_leave_those_outside() -> None:
    """What an inner scope binds is unknown outside; what is outside stays."""
    outer = Names()
    outer.of("model", "net")
    inner = outer.inner()
    assert (inner.of("model", "net"), inner.of("local", "net")) == ("net", "net_")
    assert outer.of("local", "y") == "y"


def test_fields_of_config_stay_distinct() -> None:
    """A keyword gets an underscore, and so does what would then be equal to it."""
    assert attribute("units") == "units"
    assert len({attribute(n) for n in ("lambda", "lambda_", "lambda__")}) == 3
