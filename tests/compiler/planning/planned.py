"""Programs around a step, planned."""

from loopc.driver import compile_source
from loopc.planning import plan
from loopc.semantics import checked

DATA = """
data d {
  train = npz("d.npz")
  valid = 20% of train
  field x: f32[5]
  field y: f32[3]
  field label: class(4)
  field w: f32
}
"""
NET = "model net(x: f32[5]) -> f32[3] = x |> dense(3)\n"


def program(
    step: str, models: str = NET, rest: str = "", length: str = "2 epochs"
) -> str:
    """A program whose step reads x, y, label and w; unused fields are fine."""
    header = "step (x, y, label, w) from d.train batch 8"
    return f"{DATA}{models}train for {length} {{\n{header} {{\n{step}\n}}\n{rest}\n}}\n"


def plan_of(text: str) -> plan.Plan:
    """The plan of a program without errors."""
    result = compile_source(text)
    assert result.plan is not None, result.render()
    return result.plan


def script_of(text: str) -> str:
    """The script of a program without errors."""
    result = compile_source(text)
    assert result.script is not None, result.render()
    return result.script


def parts_of(step: str, models: str = NET) -> list[str]:
    """The parts of a planned step, in order, one line each.

    `a b` are statements outside tapes, `tape+: a b; net` a new tape of `net` with two
    statements and an objective, `tape: ...` a tape that is entered again, `-> net` an
    update, `name =` a tape made before a loop, `repeat{...}` and `every{...}` what has
    parts; `*` marks persistent tapes.
    """
    return [_part(p) for p in plan_of(program(step, models)).train.step.parts]


def _part(part: plan.StepPart) -> str:
    if isinstance(part, plan.UpdatePlan):
        return f"-> {part.site}"
    if isinstance(part, plan.TapeOpening):
        return f"{part.site}{'*' * part.persistent} ="
    if isinstance(part, plan.RepeatPlan):
        return f"repeat{{{', '.join(map(_part, part.parts))}}}"
    if isinstance(part, plan.EveryPlan):
        return f"every{{{', '.join(map(_part, part.parts))}}}"
    if isinstance(part, plan.TapeBlock):
        tapes = " ".join(
            t + "+" * (t in part.opened) + "*" * (t in part.persistent)
            for t in part.tapes
        )
        ends = " ".join(u.site for u in part.objectives)
        return f"[{tapes}] {' '.join(map(_part, part.statements))}; {ends}".strip()
    return _names(part)


def _names(statement: checked.CheckedStatement) -> str:
    if isinstance(statement, checked.CheckedRepeat):
        return f"repeat({' '.join(map(_names, statement.body))})"
    assert isinstance(statement, checked.CheckedAssign)
    return ",".join(statement.names)
