"""Trees: what each spelling becomes, and where it stands."""

from pathlib import Path

import pytest
from tests.compiler.syntax.reading import PROGRAMS, tree, value

from loopc.syntax import ast


def shape(node: ast.Expression) -> str:
    """An expression with all its parentheses."""
    match node:
        case ast.Name(text=text) | ast.Number(text=text) | ast.Percent(text=text):
            return text
        case ast.Binary(operator=operator, left=left, right=right):
            return f"({shape(left)} {operator} {shape(right)})"
        case ast.Unary(operator=operator, operand=operand):
            return f"({operator} {shape(operand)})"
        case ast.Conditional(then=then, condition=condition, otherwise=otherwise):
            return f"({shape(then)} if {shape(condition)} else {shape(otherwise)})"
        case ast.Pipe(left=left, right=right):
            return f"({shape(left)} |> {shape(right)})"
        case ast.Then(first=first, second=second):
            return f"({shape(first)} then {shape(second)})"
        case ast.Quantity(amount=amount, unit=unit):
            return f"({shape(amount)} {unit.text})"
        case ast.AtClock(value=inner, clock=clock):
            return f"({shape(inner)} at {clock.text})"
        case ast.Call(callee=callee, arguments=arguments):
            return f"{shape(callee)}({', '.join(shape(a.value) for a in arguments)})"
        case ast.Attribute(value=inner, name=name):
            return f"{shape(inner)}.{name.text}"
        case _:
            raise AssertionError(f"no shape for {node}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * c", "(a + (b * c))"),
        ("a - b - c", "((a - b) - c)"),
        ("-a ^ 2", "(- (a ^ 2))"),
        ("a ^ b ^ c", "(a ^ (b ^ c))"),
        ("2 ^ -1", "(2 ^ (- 1))"),
        ("a @ b / c", "((a @ b) / c)"),
        ("a + b |> f |> g", "(((a + b) |> f) |> g)"),
        ("a |> f > 1", "((a |> f) > 1)"),
        ("not a == b and c or d", "(((not (a == b)) and c) or d)"),
        ("a if b else c if d else e", "(a if b else (c if d else e))"),
        ("a if b else c |> f", "(a if b else (c |> f))"),
        ("a then b if c else d then e", "((a then (b if c else d)) then e)"),
        ("2 * 5 epochs", "(2 * (5 epochs))"),
        ("rate at epoch * 2", "((rate at epoch) * 2)"),
        ("f(a)(b).c", "f(a)(b).c"),
        ("warm epochs", "(warm epochs)"),
        ("10% * n", "(10% * n)"),
    ],
)
def test_precedence(text: str, expected: str) -> None:
    """Operators bind as in the reference, independent of blanks."""
    assert shape(value(text)) == expected


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_reference_programs_parse(path: Path) -> None:
    """The research programs of the language's design have no syntax error."""
    assert tree(path.read_text(encoding="utf-8")).declarations


def test_numbers_have_their_values() -> None:
    """Integers stay exact, floats are read as decimal fractions, text is kept."""
    texts = ["0", "60_000", "9223372036854775807", "1e-3", "2.50", "1_0.5E+2"]
    nodes = [value(text) for text in texts]
    assert [
        (node.text, node.value) for node in nodes if isinstance(node, ast.Number)
    ] == [
        ("0", 0),
        ("60_000", 60_000),
        ("9223372036854775807", 2**63 - 1),
        ("1e-3", 0.001),
        ("2.50", 2.5),
        ("1_0.5E+2", 1050.0),
    ]


def test_strings_have_their_values() -> None:
    """Escapes are read; other characters beyond ASCII stay."""
    node = value(r'"a\"b\\c\n\té"')
    assert isinstance(node, ast.String)
    assert node.value == 'a"b\\c\n\té'


def test_types() -> None:
    """A type keeps apart no brackets, empty brackets, arguments and axes."""
    program = tree("fn f(a: f32, b: f32[], c: class(65)[time], d: one_of(x, y)) = a")
    (function,) = program.declarations
    assert isinstance(function, ast.Function)
    types = [p.type for p in function.parameters if p.type is not None]
    assert [t.base.text for t in types] == ["f32", "f32", "class", "one_of"]
    assert [len(t.arguments) for t in types] == [0, 0, 1, 2]
    assert [None if t.axes is None else len(t.axes) for t in types] == [
        None,
        0,
        1,
        None,
    ]


def test_extern_lists() -> None:
    """One list of an extern holds its inputs; of two, the first is static."""
    program = tree(
        'extern fn warp(x: f32[8]) -> (f32[8], f32[8]) = "m:warp"\n'
        'extern layer mix(units: int)(x: f32[8]) -> f32[8] = "m:Mix"\n'
        'extern data replay = "m:replay"\n'
    )
    seen = [
        (e.kind, e.static and len(e.static), len(e.parameters), len(e.results))
        for e in program.declarations
        if isinstance(e, ast.Extern)
    ]
    assert seen == [("fn", None, 1, 2), ("layer", 1, 1, 1), ("data", None, 0, 0)]


def test_streams() -> None:
    """`batch all`, its modifiers in any order, and a record instead of fields."""
    program = tree(
        "train {\n"
        "  step (a = x, b) from d.train batch 64 parts 4 drop {\n"
        "    draw t from d.rest_of batch all\n"
        "  }\n"
        "}\n"
    )
    (train,) = program.declarations
    assert isinstance(train, ast.Train)
    (step,) = train.items
    assert isinstance(step, ast.Step)
    assert step.stream is not None
    assert [(b.name.text, b.field.text) for b in step.bindings] == [
        ("a", "x"),
        ("b", "b"),
    ]
    assert [m.text for m in step.stream.modifiers] == ["drop"]
    assert isinstance(step.stream.parts, ast.Number)
    (draw,) = step.body.statements
    assert isinstance(draw, ast.Draw)
    assert draw.record is not None
    assert draw.record.text == "t"
    assert draw.stream.batch_size is None


def test_spans_cover_their_text() -> None:
    """A node's span is the text it was made from, without the line end."""
    text = "const a = f(x, y)  # behind\nschedule rate = 1 then 2\n"
    spans = [d.span for d in tree(text).declarations]
    assert [text[s.start : s.end] for s in spans] == [
        "const a = f(x, y)",
        "schedule rate = 1 then 2",
    ]


def test_comments_are_kept_in_order() -> None:
    """Comments stay with their text, and whether they have a line of their own."""
    comments = tree("# one\nconst a = f(  # two\n  1,\n  # three  \n)\n").comments
    assert [(c.text, c.own_line) for c in comments] == [
        ("# one", True),
        ("# two", False),
        ("# three", True),
    ]
