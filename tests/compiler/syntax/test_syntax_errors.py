"""Syntax errors: the code of each slip, what is marked, and that the rest is read."""

import pytest
from tests.compiler.syntax.reading import codes, findings

from loopc.diagnostics.model import Diagnostics
from loopc.source import Source
from loopc.syntax.parser import parse


@pytest.mark.parametrize(
    ("text", "code", "title", "marked"),
    [
        ("const x 3", "E101", "expected `=` after `x`", "3"),
        ("param x float = 3", "E101", "expected `:` after `x`", "float"),
        ("param 3: int = 2", "E101", "expected a name after `param`", "3"),
        ("const x =", "E101", "expected a value after `=`", ""),
        ("const x = f(a b)", "E101", "expected `)` or `,` after `a`", "b"),
        ("const x = a if b", "E101", "expected `else` after `b`", ""),
        ("x = 3", "E101", "expected a declaration", "x"),
        ("const x = f(a", "E102", "`(` is never closed", ""),
        ("const x = (1]", "E103", "`(` is closed by `]`", "]"),
        ("const x = 1)", "E103", "`)` closes nothing", ")"),
        ("}", "E103", "`}` closes nothing", "}"),
        ("const x = 1 # \u202e", "E104", "U+202E may not stand in a program", "\u202e"),
        ('const x = "\u200b"', "E104", "U+200B may not stand in a program", "\u200b"),
        ("const x = 1\rconst y = 2", "E104", "U+000D may not stand in a program", "\r"),
        ("const x = 1 # \x00", "E104", "U+0000 may not stand in a program", "\x00"),
        (
            "const \u0430 = 1",
            "E105",
            "U+0430 stands outside comments and strings",
            "\u0430",
        ),
        (
            "const x = 3 \u2212 4",
            "E105",
            "U+2212 stands outside comments and strings",
            "\u2212",
        ),
        ("const x = $y", "E106", "`$` has no meaning here", "$"),
        ("const x = 10epochs", "E107", "`10epochs` is not a number", "10epochs"),
        ("const x = 0x10", "E107", "`0x10` is not a number", "0x10"),
        ("const x = 1__0", "E107", "`1__0` is not a number", "1__0"),
        ("const x = 007", "E107", "`007` is not a number", "007"),
        ("const x = .5", "E107", "`.5` is not a number", ".5"),
        ("const x = 5.", "E107", "`5.` is not a number", "."),
        (
            "const x = 9223372036854775808",
            "E108",
            "this number is out of range",
            "9223372036854775808",
        ),
        ("const x = 1e309", "E108", "this number is out of range", "1e309"),
        ("const x = 9.9e308", "E108", "this number is out of range", "9.9e308"),
        ('const x = "a', "E109", "this string is not complete", '"a'),
        (r'const x = "\q"', "E109", "this string is not complete", r'"\q"'),
        ("const __x = 1", "E110", "`__x` may not be a name", "__x"),
        ("const from = 3", "E111", "`from` is a reserved word, not a name", "from"),
        ("const x = 7 % 2", "E114", "there is no operator `%`", "%"),
        ("const x = 10 %y", "E114", "there is no operator `%`", "%"),
        ("const x = 10% y", "E114", "there is no operator `%`", "10%"),
        ("const x = f(y = 3)", "E115", "expected `:` here, found `=`", "="),
        ("const x = a = b", "E115", "expected `==` here, found `=`", "="),
        (
            "const x = a; const y = b",
            "E116",
            "a line end, not `;`, ends a statement",
            ";",
        ),
        ("def f(x):", "E117", "there is no `def` in this language", "def"),
        (
            "const x = lambda y: y",
            "E117",
            "there is no `lambda` in this language",
            "lambda",
        ),
        ("const x = a < b < c", "E120", "comparisons do not chain", "<"),
        (
            "const x = (a < b) + f(< c)",
            "E101",
            "expected a value or `)` after `(`",
            "<",
        ),
        ("const x = a |> 3", "E121", "`3` may not follow `|>`", "3"),
        ("const x = a |> f + b", "E121", "`+` may not follow a pipeline", "+"),
        (
            "update net to minimize x using y",
            "E122",
            "`update` does not stand here",
            "update",
        ),
        ("fn f(x)\n{\n  return x\n}", "E123", "`{` stands on a line of its own", "\n"),
        ("layer f(x) = x", "E124", "a layer has two parameter lists", "="),
        ("train for {\n}", "E126", "expected an amount after `for`", "{"),
    ],
)
def test_slip(text: str, code: str, title: str, marked: str) -> None:
    """Each usual slip has its own words, at the place of the slip, and no echo."""
    assert findings(text) == [(code, title, marked)]


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("from a.b", "E118"),
        ("from a.b batch = 3", "E118"),
        ("from a.b batch: 3", "E118"),
        ("from a.b batch_size 3", "E118"),
        ("from a batch 3", "E101"),
        ("from a.b batch 3 drop drop", "E125"),
        ("from a.b batch 3 parts 2 drop parts 4", "E125"),
    ],
)
def test_stream_slip(head: str, code: str) -> None:
    """A stream needs one batch size and each modifier at most once."""
    assert codes(f"train {{\n  step (x) {head} {{\n    report x\n  }}\n}}") == [code]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("update net minimize loss using adam(1)", "E119"),
        ("update net to minimize loss", "E119"),
        ("update net to minimize loss adam(1)", "E119"),
        ("loss == f(x)", "E115"),
        ("loss: f(x)", "E115"),
        ("loss += f(x)", "E114"),
        ("f(x)", "E101"),
        ("model m(x: f32) = x", "E122"),
        ("eval v (x) from a.b batch 3 at end {\n}", "E122"),
    ],
)
def test_statement_slip_leaves_the_rest(statement: str, code: str) -> None:
    """A slip in a step is one error; the next statement's slip is found as well."""
    text = f"train {{\n  step {{\n    {statement}\n    report $x\n  }}\n}}"
    assert codes(text) == [code, "E106"]


def test_bodies_of_broken_headers_are_read() -> None:
    """An error in a header does not hide those in its block."""
    text = "train {\n  step (x y) from a.b batch 3 {\n    x == 3\n    y == 4\n  }\n}"
    assert codes(text) == ["E101", "E115", "E115"]


def test_one_error_a_line() -> None:
    """What follows from an error on the same line is not reported too."""
    assert codes("const x = $ ? 3 4 5") == ["E106"]


@pytest.mark.parametrize(
    ("text", "opener"),
    [
        ("fn f(x) {\n  return x\n", 8),
        ("fn f(x) {\n  return x\n\nfn g(x) = x\n", 8),
        ("fn f(x) {\n  repeat 2 {\n    x = x\n  return x\n}\n", 21),
        ("fn f(x) {\n  return g(x\n}\n", 20),
    ],
)
def test_unclosed_bracket_points_to_its_opener(text: str, opener: int) -> None:
    """Indentation and the next declaration tell which bracket was left open."""
    found = Diagnostics()
    parse(Source(text), found)
    (diagnostic,) = found
    assert diagnostic.code == "E102"
    assert diagnostic.labels[1].span.start == opener


def test_lost_statements_are_named() -> None:
    """The tree says what was left out, so that later stages need not wonder."""
    program = parse(Source("model net x = x\ntrain for 3 4 {\n}\n"), Diagnostics())
    assert program is not None
    assert program.declarations == ()
    assert [(s.keyword, [n.text for n in s.names]) for s in program.lost] == [
        ("model", ["net"]),
        ("train", []),
    ]


BOMBS = {
    "nesting": ("const x = " + "(" * 100_000, "E113"),
    "blocks": ("repeat 2 {\n" * 40_000, "E113"),
    "operators": ("const x = 1" + " + 1" * 90_000, "E113"),
    "signs": ("const x = " + "-" * 150_000, "E113"),
    "long line": ("x" * 10_000_000, "E112"),
    "tokens": ("x " * 500_000, "E112"),
    "digits": ("const x = " + "1" * 1_000_000, "E108"),
    "string": ('const x = "' + "a" * 1_000_000, "E109"),
}


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.timeout(20)
def test_bombs_end_in_one_diagnostic(name: str) -> None:
    """Over a budget there is one error, soon, and no exception."""
    text, code = BOMBS[name]
    assert codes(text) == [code]
