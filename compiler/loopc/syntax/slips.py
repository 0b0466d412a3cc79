"""The usual slips, recognised where the grammar stops, in better words than its own.

Each detector looks at the tokens around one failure and answers with a diagnostic or
None; the first that answers wins, else the expected tokens are named.
"""

from collections.abc import Callable
from typing import Final

from loopc.diagnostics.model import Diagnostic, Edit, Fix, Label
from loopc.records import dataclass
from loopc.source import Span
from loopc.syntax import syntax_errors as errors
from loopc.syntax.expectations import RESERVED, STATEMENTS, alternatives, found, joined
from loopc.syntax.forms import FORMS, HOMES
from loopc.syntax.habits import MEANT, MEANT_HERE, PYTHON, WRITTEN
from loopc.syntax.tokens import Token, span_of
from loopc_grammar import word_set

COMPARISONS: Final = word_set("SAME DIFFERS LESS AT_MOST MORE AT_LEAST")
TIGHTER_THAN_PIPE: Final = word_set("PLUS MINUS STAR SLASH FLOOR POWER MATMUL")
ENDS_FRAME: Final = frozenset(
    ("EQUAL", "USING", "MINIMIZE", "MAXIMIZE", "REPORT", "RETURN")
)
MAX_TITLE: Final = 60


@dataclass(frozen=True, slots=True)
class Failure:
    """The statement `tokens[start:end]` and the token in it that did not fit."""

    tokens: list[Token]
    start: int
    place: int
    end: int
    expected: frozenset[str]

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    @property
    def first(self) -> Token:
        return self.tokens[self.start]

    @property
    def previous(self) -> Token | None:
        return self.tokens[self.place - 1] if self.place > self.start else None

    @property
    def following(self) -> Token | None:
        after = self.place + 1
        return self.tokens[after] if after < len(self.tokens) else None

    def previous_type(self) -> str:
        return "" if self.previous is None else self.previous.type

    def same_level(self) -> list[Token]:
        """The tokens before the failure in the innermost bracket around it, nearest
        first.
        """
        depth, level = 0, []
        for token in reversed(self.tokens[self.start : self.place]):
            depth += token.type in ("RPAR", "RSQB", "RBRACE")
            if depth == 0:
                level.append(token)
            depth -= token.type in ("LPAR", "LSQB", "LBRACE")
            if depth < 0:
                break
        return level


def python_statement(failure: Failure) -> Diagnostic | None:
    """`def`, `lambda`, `for x in`, `while`: habits from Python."""
    before = failure.previous
    starts = failure.first.value in PYTHON and failure.place <= failure.start + 1
    if starts:
        token = failure.first
    elif before is not None and before.value == "lambda":
        token = before
    elif failure.token.type in ("IF", "FOR") and "NUMBER" in failure.expected:
        token = failure.token
    elif failure.token.type == "LBRACE" and "ELSE" in failure.expected:
        # A line that begins with `if` goes on with the statement above it.
        token = next(t for t in failure.same_level() if t.type == "IF")
    else:
        return None
    return errors.report(
        "E117",
        f"there is no `{token}` in this language",
        Label(span_of(token), "known from Python or elsewhere"),
        help=(PYTHON[token.value],),
    )


def python_import(failure: Failure) -> Diagnostic | None:
    """`import numpy as np`, `from keras import layers`."""
    first, token = failure.first, failure.token
    of_module = first.type == "IMPORT" and token.type in ("NEWLINE", "DOT", "NAME")
    if not of_module and not (first.type == "FROM" and failure.place == failure.start):
        return None
    return errors.report(
        "E117",
        "modules of Python are not imported",
        Label(span_of(first), "known from Python or elsewhere"),
        help=(
            "`import` names a `.loop` file; something of Python is declared:"
            ' `extern fn warp(x: f32[8]) -> f32[8] = "module:name"`',
        ),
    )


def equals_for_same(failure: Failure) -> Diagnostic | None:
    """`a == 3` as a statement, `f(x = 3)`, `if a = 3`, `seed: 7`."""
    token, at = failure.token, span_of(failure.token)
    if token.type == "SAME" and "EQUAL" in failure.expected:
        fact, write = "`==` compares; `=` binds a name", "="
    elif token.type == "COLON" and "EQUAL" in failure.expected:
        fact, write = "`:` fills a slot or gives a type; `=` binds a name", "="
    elif token.type != "EQUAL":
        return None
    elif "COLON" in failure.expected and failure.place == failure.start + 2:
        return _untyped(failure)
    elif "COLON" in failure.expected:
        fact, write = "a slot is filled or typed by `:`", ":"
    elif "SAME" in failure.expected:
        fact, write = "`=` binds a name; `==` compares", "=="
    else:
        return None
    return errors.report(
        "E115",
        f"expected `{write}` here, found `{token}`",
        Label(at, fact),
        help=(f"write `{write}`",),
        fixes=(errors.replacement(f"write `{write}`", at, write),),
    )


def _untyped(failure: Failure) -> Diagnostic | None:
    """`param rate = 1e-3`: a declaration whose type was left out."""
    kind = failure.first.type
    return errors.report(
        "E115",
        f"a `{failure.first}` declares its type",
        Label(span_of(failure.token), "expected `:` and a type before `=`"),
        help=(f"write it like `{FORMS[kind]}`",),
    )


def percent_as_operator(failure: Failure) -> Diagnostic | None:
    """`10 %3`: what looks like a percentage was a remainder."""
    before = failure.previous
    if before is None or before.type != "PERCENT":
        return None
    if failure.token.type not in ("NUMBER", "NAME", "LPAR") or "OF" in failure.expected:
        return None
    return errors.foreign_operator(
        span_of(before), "%", "the remainder is `mod(a, b)`", None
    )


def bare_point(failure: Failure) -> Diagnostic | None:
    """`5.`: a decimal point without a digit after it."""
    point = failure.previous
    if point is None or point.type != "DOT":
        return None
    whole = failure.tokens[failure.place - 2]
    if whole.type != "NUMBER":
        return None
    fact = "a point needs a digit on both sides"
    remedy = f"write `{whole}.0`"
    return errors.malformed_number(span_of(point), f"{whole}.", fact, remedy)


def missing_batch(failure: Failure) -> Diagnostic | None:
    """A stream that does not say how many examples make a batch."""
    token = failure.token
    if failure.previous_type() == "BATCH" and token.type in ("EQUAL", "COLON"):
        fact = f"`{token}` does not belong here"
    elif failure.expected == {"BATCH"}:
        fact = f"expected `batch` before {found(token)}"
    else:
        return None
    return errors.report(
        "E118",
        "a stream needs its batch size",
        Label(span_of(token), fact),
        help=("write `batch 128`, or `batch all` for the whole split at once",),
    )


def missing_infix(failure: Failure) -> Diagnostic | None:
    """`update net minimize loss`: the direction without its `to`."""
    token = failure.token
    if "TO" not in failure.expected or token.value not in ("minimize", "maximize"):
        return None
    at = span_of(token)
    return errors.report(
        "E119",
        f"expected `to` before `{token}`",
        Label(at, "`to` is missing here"),
        help=("write `update net to minimize loss using adam(1e-3)`",),
        fixes=(Fix("insert `to`", (Edit(Span(at.start, at.start), "to "),)),),
    )


def missing_using(failure: Failure) -> Diagnostic | None:
    """An update that does not say by which rule."""
    if failure.first.type != "UPDATE" or "USING" not in failure.expected:
        return None
    if "EVERY" in failure.expected:
        return None
    return errors.report(
        "E119",
        "an update needs `using` and its rule",
        Label(
            span_of(failure.token), f"expected `using` before {found(failure.token)}"
        ),
        help=("write `update net to minimize loss using adam(1e-3)`",),
    )


def chained_comparison(failure: Failure) -> Diagnostic | None:
    """`a < b < c`."""
    if failure.token.type not in COMPARISONS:
        return None
    earlier = next((t for t in failure.same_level() if t.type in COMPARISONS), None)
    if earlier is None:
        return None
    return errors.report(
        "E120",
        "comparisons do not chain",
        Label(span_of(failure.token), "a second comparison"),
        Label(span_of(earlier), "the first one"),
        help=("write `a < b and b < c`",),
    )


def pipeline_target(failure: Failure) -> Diagnostic | None:
    """`x |> 3`, `x |> f + y`."""
    token = failure.token
    if failure.previous_type() == "PIPE":
        return errors.report(
            "E121",
            f"{found(token)} may not follow `|>`",
            Label(span_of(token), "expected a name, a call or a group"),
            help=("write `x |> name` or `x |> name(arguments)`",),
        )
    if token.type not in TIGHTER_THAN_PIPE | {"DOT", "LSQB"}:
        return None
    pipe = next((t for t in failure.same_level() if t.type == "PIPE"), None)
    if pipe is None:
        return None
    return errors.report(
        "E121",
        f"`{token}` may not follow a pipeline",
        Label(span_of(token), f"`{token}` binds tighter than `|>`"),
        Label(span_of(pipe), "the pipeline"),
        help=("put the pipeline in parentheses",),
    )


def layer_lists(failure: Failure) -> Diagnostic | None:
    """`layer f(x) { }`: only one of the two parameter lists."""
    if failure.first.type != "LAYER" or failure.expected != {"LPAR"}:
        return None
    if failure.previous_type() != "RPAR":
        return None
    return errors.report(
        "E124",
        "a layer has two parameter lists",
        Label(span_of(failure.token), f"expected `(` before {found(failure.token)}"),
        help=("static arguments first, then tensors: `layer name()(x) { ... }`",),
    )


def misplaced_statement(failure: Failure) -> Diagnostic | None:
    """A statement or declaration where its kind does not stand."""
    token = failure.token
    if failure.place != failure.start:
        return None
    if token.type not in STATEMENTS:
        return None
    return errors.report(
        "E122",
        f"`{token}` does not stand here",
        Label(span_of(token), f"expected {joined(alternatives(failure.expected))}"),
        help=(HOMES[token.type],),
    )


def reserved_word(failure: Failure) -> Diagnostic | None:
    """A reserved word where a name is bound."""
    if failure.token.type not in RESERVED or "NAME" not in failure.expected:
        return None
    if "NUMBER" in failure.expected and failure.place > failure.start:
        return None
    after = failure.following
    bound = after is not None and after.type in (
        "EQUAL",
        "COLON",
        "COMMA",
        "LPAR",
        "RPAR",
    )
    if failure.place == failure.start and not bound:
        return None
    return errors.reserved_word(span_of(failure.token), str(failure.token))


DETECTORS: Final[tuple[Callable[[Failure], Diagnostic | None], ...]] = (
    python_statement,
    python_import,
    percent_as_operator,
    bare_point,
    missing_batch,
    missing_infix,
    chained_comparison,
    pipeline_target,
    equals_for_same,
    layer_lists,
    reserved_word,
    misplaced_statement,
    missing_using,
)


def explain(failure: Failure) -> Diagnostic:
    """The diagnostic for a failure: a known slip, or what was expected and found."""
    for detect in DETECTORS:
        diagnostic = detect(failure)
        if diagnostic is not None:
            return diagnostic
    return expected_and_found(failure)


def expected_and_found(failure: Failure) -> Diagnostic:
    """The general form: "expected `=` after `loss`"."""
    before, token = failure.previous, failure.token
    expected = f"expected {joined(alternatives(failure.expected))}"
    after = "" if before is None else f" after {found(before)}"
    title, fact = f"{expected}{after}", f"found {found(token)}"
    if len(title) > MAX_TITLE:
        title, fact = f"{found(token)} was not expected{after}", expected
    if len(title) > MAX_TITLE:
        title = f"{found(token)} was not expected"
    return errors.unexpected(span_of(token), title, fact, *statement_help(failure))


def statement_help(failure: Failure) -> tuple[str, ...]:
    """How the statement is usually written, where the error is in its frame."""
    first = failure.first.type
    if failure.token.value in MEANT_HERE:
        return (MEANT_HERE[failure.token.value],)
    if failure.first.value in MEANT:
        return (MEANT[failure.first.value],)
    written = (first, failure.token.type)
    if written in WRITTEN:
        return (WRITTEN[written],)
    if failure.token.type == "COMMA" and "RPAR" in failure.expected:
        return ("several values are a list: `[3, 3]`",)
    if failure.token.type == "COLON" and "MAPS" in failure.expected:
        return ("a group is `biases => sgd(0.1)`, one to a line",)
    if failure.place == failure.start and "MODEL" in failure.expected:
        return ("a value at the top is `const name = ...`; statements stand in blocks",)
    if first == "NAME" and failure.token.type in ("LPAR", "PIPE"):
        return (
            "a value alone does nothing: bind it, `name = ...`, return or report it",
        )
    frame = failure.tokens[failure.start : failure.place]
    if first in FORMS and not any(token.type in ENDS_FRAME for token in frame):
        return (f"write it like `{FORMS[first]}`",)
    return ()
