"""The formats for tools, against documents written by hand and hostile texts."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loopc.diagnostics.model import Diagnostic, Edit, Fix, Label, Severity
from loopc.diagnostics.render import FORMATS, render
from loopc.diagnostics.render.finding import Finding, findings
from loopc.diagnostics.sources import Sources
from loopc.source import Source, Span

TEXT = "é = 😀\nparam units: int = 0\n"


def example(name: str = "lab/a b.loop") -> list[Finding]:
    """Return an error with a related place, help and a fix in the second line."""
    zero = Span(TEXT.index("0"), TEXT.index("0") + 1)
    found = Diagnostic(
        code="E301",
        slug="out-of-range",
        severity=Severity.ERROR,
        title="`units` is too small: 50%",
        labels=(Label(zero, "0, at least 1"), Label(Span(6, 11), "declared here")),
        help=("use 1",),
        fixes=(Fix("use 1", (Edit(zero, "1"),), "safe"),),
    )
    return findings([found], Sources((Source(TEXT, name),)))


def test_concise_is_one_line_to_jump_to() -> None:
    """Name, line, column (in code points), severity, code, title."""
    assert render(example(), "concise") == (
        "lab/a b.loop:2:20: error[E301] `units` is too small: 50%\n"
    )


def test_json_document() -> None:
    """Every fact of the diagnostic, ranges half-open, and the version of the format."""
    zero = {"start": {"line": 2, "column": 20}, "end": {"line": 2, "column": 21}}
    param = {"start": {"line": 2, "column": 1}, "end": {"line": 2, "column": 6}}
    file = "lab/a b.loop"

    assert json.loads(render(example(), "json")) == {
        "format_version": "1.0",
        "diagnostics": [
            {
                "code": "E301",
                "name": "out-of-range",
                "severity": "error",
                "message": "`units` is too small: 50%",
                "file": file,
                "range": zero,
                "label": "0, at least 1",
                "related": [{"file": file, "range": param, "message": "declared here"}],
                "help": ["use 1"],
                "fixes": [
                    {
                        "title": "use 1",
                        "applicability": "safe",
                        "edits": [{"file": file, "range": zero, "replacement": "1"}],
                    }
                ],
            }
        ],
        "summary": {"errors": 1, "warnings": 0, "advice": 0},
    }


def test_json_of_nothing_is_a_document_too() -> None:
    """A tool reads the same shape whether there is something to say or not."""
    assert json.loads(render([], "json")) == {
        "format_version": "1.0",
        "diagnostics": [],
        "summary": {"errors": 0, "warnings": 0, "advice": 0},
    }


def test_github_escapes_what_its_commands_reserve() -> None:
    """Colons, commas, percent signs and line ends cannot end or forge a command."""
    assert render(example("a,b:c.loop"), "github") == (
        "::error title=loopc E301,file=a%2Cb%3Ac.loop,line=2,endLine=2,col=20,"
        "endColumn=20::`units` is too small: 50%25: 0, at least 1%0Ause 1\n"
    )


def test_sarif_counts_code_points_and_quotes_paths() -> None:
    """The parts that code scanning reads: rule, level, place, related place, fix."""
    (run,) = json.loads(render(example(), "sarif"))["runs"]
    (result,) = run["results"]

    location = result["locations"][0]["physicalLocation"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["E301"]
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == (
        "E301",
        0,
        "error",
    )
    assert location["artifactLocation"] == {"uri": "lab/a%20b.loop"}
    assert location["region"] == {
        "startLine": 2,
        "startColumn": 20,
        "endLine": 2,
        "endColumn": 21,
    }
    assert result["relatedLocations"][0]["message"] == {"text": "declared here"}
    replacement = result["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert replacement["insertedContent"] == {"text": "1"}


# Drawing text from all of Unicode can be slow on a busy machine.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(max_size=40), name=st.text(max_size=10), data=st.data())
def test_no_format_lets_a_control_byte_through(
    text: str, name: str, data: st.DataObject
) -> None:
    """Whatever the program, its name and the words: only line ends are unprintable."""
    places = st.integers(0, len(text)).flatmap(
        lambda start: st.integers(start, len(text)).map(lambda end: Span(start, end))
    )
    labels = data.draw(
        st.lists(st.builds(Label, places, st.text(max_size=20)), min_size=1, max_size=3)
    )
    found = Diagnostic(
        code="W601",
        slug="x",
        severity=data.draw(st.sampled_from(Severity)),
        title=data.draw(st.text(max_size=20)),
        labels=tuple(labels),
        help=tuple(data.draw(st.lists(st.text(max_size=20), max_size=2))),
    )

    for format in FORMATS:
        drawn = render(findings([found], Sources((Source(text, name),))), format)
        assert drawn.replace("\n", "").isprintable()
        drawn.encode("utf-8")
        if format in ("json", "sarif"):
            json.loads(drawn)
