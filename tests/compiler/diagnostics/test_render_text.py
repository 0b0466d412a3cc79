"""The drawing for people, against drawings made by hand."""

from loopc.diagnostics.model import Diagnostic, Label, Severity
from loopc.diagnostics.render import render
from loopc.diagnostics.render.finding import findings
from loopc.diagnostics.render.palette import COLOURS
from loopc.diagnostics.render.text import render_block, render_text
from loopc.diagnostics.sources import Sources
from loopc.source import Source, Span


def diagnostic(*labels: Label, **changes: object) -> Diagnostic:
    """Return an error about the labels, with the fields of `changes`."""
    fields: dict[str, object] = {
        "code": "E501",
        "slug": "example",
        "severity": Severity.ERROR,
        "title": "warmup is longer than training",
        "labels": labels,
    }
    return Diagnostic(**(fields | changes))


def draw(text: str, *labels: Label, **changes: object) -> str:
    """Return the block of one diagnostic in a file `a.loop`."""
    sources = Sources((Source(text, "a.loop"),))
    return render_block(findings([diagnostic(*labels, **changes)], sources)[0])


def label(text: str, part: str, note: str = "") -> Label:
    """Return a label under the first occurrence of a part of the text."""
    start = text.index(part)
    return Label(Span(start, start + len(part)), note)


def test_block_shows_title_place_marks_and_help() -> None:
    """Both halves of a conflict stand in line order, the primary one under carets."""
    text = "\n" * 8 + "  warmup 500\nx\n    steps 400\n"

    actual = draw(
        text,
        label(text, "500", "warmup ends at step 500"),
        label(text, "400", "training ends at step 400"),
        help=("set `warmup` below 400", "or `steps` above 500"),
    )

    assert actual == (
        "error[E501]: warmup is longer than training\n"
        "  --> a.loop:9:10\n"
        "   |\n"
        " 9 |   warmup 500\n"
        "   |          ^^^ warmup ends at step 500\n"
        "   |\n"
        "11 |     steps 400\n"
        "   |           --- training ends at step 400\n"
        "   |\n"
        "   = help: set `warmup` below 400\n"
        "   = help: or `steps` above 500\n"
    )


def test_two_labels_of_one_line_share_its_text() -> None:
    """A line is drawn once; each label has its own line of marks, from the left."""
    text = "update net to minimize loss"

    actual = draw(text, label(text, "loss", "here"), label(text, "net"))

    assert actual.splitlines()[3:] == [
        "1 | update net to minimize loss",
        "  |        ---",
        "  |                        ^^^^ here",
    ]


def test_place_over_several_lines_is_marked_on_its_first() -> None:
    """The carets run to the end of the first line; the note says how far it goes."""
    text = "step {\n  a\n}\n"

    actual = draw(text, Label(Span(0, 12), "this block"))

    assert actual.splitlines()[3:] == [
        "1 | step {",
        "  | ^^^^^^ this block (to line 3)",
    ]


def test_empty_place_at_the_end_has_one_caret() -> None:
    """The end of the text can be pointed at, after a line end too."""
    assert draw("ab\n", Label(Span(3, 3))).splitlines()[3:] == ["2 |", "  | ^"]
    assert draw("ab", Label(Span(2, 2))).splitlines()[3:] == ["1 | ab", "  |   ^"]


def test_marks_stand_under_wide_and_escaped_characters() -> None:
    """Tabs, wide letters, combining marks and escapes count as they are drawn."""
    text = "\t日e\u0301\x1b[31m!x"

    actual = draw(text, label(text, "x"))

    assert actual.splitlines()[3:] == [
        "1 |     日e\u0301<U+001B>[31m!x",
        "  | " + " " * (4 + 2 + 1 + 8 + 5) + "^",
    ]


def test_long_line_is_cut_around_its_place() -> None:
    """A line of a megabyte takes one row of the terminal."""
    text = "a" * 500_000 + "bc" + "d" * 500_000

    *_, source, marks = draw(text, label(text, "bc", "here")).splitlines()

    assert source == "1 | ..." + "a" * 60 + "bc" + "d" * 88 + "..."
    assert marks == "  | " + " " * 63 + "^^ here"


def test_label_in_another_text_names_that_text() -> None:
    """An override and the declaration it changes are drawn one after the other."""
    program = Source("param peak: float = 0.1 in 0 .. 1\n", "a.loop")
    sources = Sources((program, Source("2.5", "--set peak")))
    here = Label(Span(sources.bases[1], sources.bases[1] + 3), "larger than 1")
    there = label(program.text, "0 .. 1", "the range")

    actual = render_block(findings([diagnostic(here, there)], sources)[0])

    assert actual.splitlines()[1:] == [
        " --> --set peak:1:1",
        "  |",
        "1 | 2.5",
        "  | ^^^ larger than 1",
        " ::: a.loop:1:28",
        "  |",
        "1 | param peak: float = 0.1 in 0 .. 1",
        "  |                            ------ the range",
    ]


def test_report_ends_with_what_to_read_next() -> None:
    """Counts by severity, and the first error although a warning comes first."""
    sources = Sources((Source("ab", "a.loop"),))
    found = findings(
        [
            diagnostic(Label(Span(0, 1)), code="W601", severity=Severity.WARNING),
            diagnostic(Label(Span(1, 2))),
            diagnostic(Label(Span(1, 2)), code="E502"),
        ],
        sources,
    )

    lines = render_text(found).splitlines()

    assert lines[-1] == "2 errors, 1 warning; `loopc explain E501` says more"
    assert lines.count("") == 3


def test_colour_changes_nothing_but_colour() -> None:
    """Without its escape sequences the coloured text is the plain one."""
    text = "a b\n"
    found = findings(
        [diagnostic(label(text, "a", "x"), label(text, "b", "y"), help=("z",))],
        Sources((Source(text, "a.loop"),)),
    )

    coloured = render(found, "text", colour=True)

    assert COLOURS.error in coloured
    for code in (COLOURS.error, COLOURS.frame, COLOURS.strong, COLOURS.off):
        coloured = coloured.replace(code, "")
    assert coloured == render(found, "text")
    assert "\x1b" not in render(found, "text")
