"""The words of syntax errors: facts in, a `Diagnostic` out. Codes E101 to E130."""

from loopc.diagnostics.model import Diagnostic, Edit, Fix, Label, Severity
from loopc.source import Span

SLUGS = {
    "E101": "unexpected-token",
    "E102": "unclosed-bracket",
    "E103": "unmatched-bracket",
    "E104": "forbidden-character",
    "E105": "character-beyond-ascii",
    "E106": "unknown-character",
    "E107": "malformed-number",
    "E108": "literal-out-of-range",
    "E109": "malformed-string",
    "E110": "name-not-allowed",
    "E111": "reserved-word",
    "E112": "text-too-large",
    "E113": "nested-too-deeply",
    "E114": "foreign-operator",
    "E115": "equals-mixed-up",
    "E116": "semicolon",
    "E117": "python-statement",
    "E118": "missing-batch",
    "E119": "missing-infix-word",
    "E120": "chained-comparison",
    "E121": "pipeline-target",
    "E122": "misplaced-statement",
    "E123": "brace-on-new-line",
    "E124": "layer-without-two-lists",
    "E125": "repeated-modifier",
    "E126": "missing-amount",
}


def report(
    code: str,
    title: str,
    *labels: Label,
    help: tuple[str, ...] = (),
    fixes: tuple[Fix, ...] = (),
) -> Diagnostic:
    """A syntax error with the slug that belongs to its code."""
    return Diagnostic(
        code=code,
        slug=SLUGS[code],
        severity=Severity.ERROR,
        title=title,
        labels=labels,
        help=help,
        fixes=fixes,
    )


def replacement(title: str, span: Span, text: str, safe: bool = False) -> Fix:
    return Fix(title, (Edit(span, text),), "safe" if safe else "unsafe")


def clip(text: str, limit: int = 24) -> str:
    """User text for a title: printable and short."""
    plain = str.__str__(text)
    shown = plain if len(plain) <= limit else f"{plain[: limit - 3]}..."
    return ascii(shown)[1:-1].replace('\\"', '"').replace("\\'", "'")


# ------------------------------------------------------------------- characters


def forbidden_character(span: Span, description: str) -> Diagnostic:
    return report(
        "E104",
        f"{description.split(' ', 1)[0]} may not stand in a program",
        Label(span, description),
        help=("remove this character; it hides or reorders what a reader sees",),
    )


def character_beyond_ascii(
    span: Span, description: str, meant: str | None
) -> Diagnostic:
    shown = meant if meant in (None, "a blank") else f"`{meant}`"
    return report(
        "E105",
        f"{description.split(' ', 1)[0]} stands outside comments and strings",
        Label(span, description),
        help=(f"write {shown}" if shown else "names and operators are ASCII",),
    )


def unknown_character(span: Span, text: str, remedy: str) -> Diagnostic:
    return report(
        "E106",
        f"`{clip(text)}` has no meaning here",
        Label(span, "not part of the language"),
        help=(remedy,),
    )


def foreign_operator(
    span: Span, text: str, remedy: str, spelling: str | None
) -> Diagnostic:
    fixes = (replacement(f"write `{spelling}`", span, spelling),) if spelling else ()
    return report(
        "E114",
        f"there is no operator `{text}`",
        Label(span, "not an operator here"),
        help=(remedy,),
        fixes=fixes,
    )


def semicolon(span: Span) -> Diagnostic:
    return report(
        "E116",
        "a line end, not `;`, ends a statement",
        Label(span, "found `;`"),
        help=("put the next statement on a line of its own",),
    )


# --------------------------------------------------------------- literals, names


def malformed_number(span: Span, text: str, fact: str, remedy: str) -> Diagnostic:
    return report(
        "E107",
        f"`{clip(text)}` is not a number",
        Label(span, fact),
        help=(remedy,),
    )


def literal_out_of_range(span: Span, kind: str, fact: str, remedy: str) -> Diagnostic:
    return report(
        "E108", f"this {kind} is out of range", Label(span, fact), help=(remedy,)
    )


def malformed_string(span: Span, fact: str, remedy: str) -> Diagnostic:
    return report(
        "E109", "this string is not complete", Label(span, fact), help=(remedy,)
    )


def name_not_allowed(span: Span, text: str, fact: str) -> Diagnostic:
    return report(
        "E110",
        f"`{clip(text)}` may not be a name",
        Label(span, fact),
        help=("names have at most 64 characters and do not start with `__`",),
    )


def reserved_word(span: Span, word: str) -> Diagnostic:
    return report(
        "E111",
        f"`{word}` is a reserved word, not a name",
        Label(span, "a name was expected here"),
        help=(f"choose another name, say `{word}_value`",),
    )


# ---------------------------------------------------------------------- budgets


def text_too_large(span: Span, what: str, limit: int) -> Diagnostic:
    return report(
        "E112",
        f"this program has more than {limit} {what}",
        Label(span, "nothing was read from here on"),
        help=("move tables of numbers into data files",),
    )


def nested_too_deeply(span: Span, limit: int) -> Diagnostic:
    return report(
        "E113",
        f"brackets are nested more than {limit} deep",
        Label(span, f"this is bracket {limit + 1}"),
        help=("bind the inner parts to names first",),
    )


def expression_too_deep(span: Span, limit: int) -> Diagnostic:
    return report(
        "E113",
        f"one expression has more than {limit} operators",
        Label(span, "the limit is passed here"),
        help=("bind parts of the expression to names first",),
    )


# --------------------------------------------------------------------- brackets


def unclosed_bracket(
    at: Span, opener: Span, bracket: str, closer: str, where: str
) -> Diagnostic:
    return report(
        "E102",
        f"`{bracket}` is never closed",
        Label(at, f"expected `{closer}` before {where}"),
        Label(opener, f"`{bracket}` opens here"),
        help=(f"close it with `{closer}`",),
    )


def mismatched_bracket(
    span: Span, found: str, opener: Span, bracket: str, closer: str
) -> Diagnostic:
    return report(
        "E103",
        f"`{bracket}` is closed by `{found}`",
        Label(span, f"expected `{closer}`"),
        Label(opener, f"`{bracket}` opens here"),
        help=(f"replace `{found}` by `{closer}`",),
    )


def unmatched_bracket(span: Span, found: str, opener: Span | None) -> Diagnostic:
    other = () if opener is None else (Label(opener, "closed too early, perhaps"),)
    return report(
        "E103",
        f"`{found}` closes nothing",
        Label(span, "no bracket is open here"),
        *other,
        help=(f"remove `{found}`, or open its bracket",),
    )


# ----------------------------------------------------------------------- layout


def repeated_modifier(span: Span, word: str, first: Span) -> Diagnostic:
    return report(
        "E125",
        f"`{word}` is given twice",
        Label(span, "again here"),
        Label(first, "first given here"),
        help=("keep one of them",),
    )


def missing_amount(span: Span, word: str, remedy: str) -> Diagnostic:
    return report(
        "E126",
        f"expected an amount after `{word}`",
        Label(span, "found `{`"),
        help=(remedy,),
    )


def brace_on_new_line(span: Span, brace: Span) -> Diagnostic:
    return report(
        "E123",
        "`{` stands on a line of its own",
        Label(span, "the header ends here without its `{`"),
        Label(brace, "move this up"),
        help=("put `{` at the end of the header's line",),
    )


def unexpected(span: Span, title: str, found: str, *help: str) -> Diagnostic:
    return report("E101", title, Label(span, found), help=help)
