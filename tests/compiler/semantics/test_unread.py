"""What counts as read, so that nobody is told to remove what is needed."""

from tests.compiler.semantics.checking import findings

from loopc.diagnostics.example_programs import classification, regression


def test_a_field_that_splits_are_made_by_is_read() -> None:
    """`10% of train by group` reads `group`; a field that nothing names is told."""
    group = "  field group: i32\n  field label"
    text = classification().replace("  field label", group)
    assert [d.code for d in findings(text.replace("by label", "by group"))] == []
    assert [d.code for d in findings(text)] == ["W603"]


def test_the_help_of_a_piece_without_end_is_sound() -> None:
    """What the help of E506 proposes checks without findings."""
    step = "loss = mean((y - net(x)) ^ 2)\nupdate net to minimize loss using adam(rate)"
    wrong = "schedule rate = constant(0.1) then cosine(0.1 -> 0, rest)\n"
    (found,) = findings(regression(step, before=wrong, length="for 1_000 steps"))
    piece = found.help[0].split("`")[1]
    right = wrong.replace("constant(0.1)", piece)
    assert found.code == "E506"
    assert findings(regression(step, before=right, length="for 1_000 steps")) == ()
