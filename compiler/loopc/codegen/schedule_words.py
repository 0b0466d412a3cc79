"""What a schedule does, in words: the docstring of the function that makes it."""

from loopc.codegen.statics import StaticPrinter
from loopc.semantics import checked
from loopc.vocabulary import schedules

WORDS = {
    "wsd": "warm-up, a stable phase, decay",
    "one_cycle": "one cycle up and down",
    "restarts": "cosine restarts",
    "tanh_decay": "tanh",
    "step_decay": "steps down",
    "multistep": "steps down at given counts",
    "inverse_sqrt": "inverse square root",
}
WRAPPED = {
    "warmup": "after a warm-up",
    "offset": "begun later",
    "cycle": "repeated",
    "hold": "held in between",
    "clamp": "within bounds",
    "noise": "with noise",
}


def schedule_summary(node: checked.CheckedNode, statics: StaticPrinter) -> str:
    """What a schedule does, in words; numbers of the config by their names there."""
    if isinstance(node, checked.CheckedSchedule):
        words = _in_words(node.body, statics)
        return f"{words[0].upper()}{words[1:]}."
    return ""


def _in_words(body: checked.ScheduleBody, statics: StaticPrinter) -> str:
    match body:
        case checked.ScheduleSequence():
            return ", then ".join(_in_words(p, statics) for p in body.pieces)
        case checked.SchedulePiece() if body.inner is not None:
            return f"{_in_words(body.inner, statics)}, {WRAPPED[body.kind]}"
        case checked.SchedulePiece() if schedules()[body.kind].arrow is not None:
            ends = (body.numbers[name] for name in ("start", "end"))
            start, end = (_number(number, statics) for number in ends)
            return f"{_kind(body)} from {start} to {end}"
        case checked.SchedulePiece() if body.watches is not None:
            return f"less at each plateau of {body.watches.text}"
        case checked.SchedulePiece():
            return _kind(body)
        case checked.ScheduleFormula():
            return "a formula of the clock"
        case checked.ScheduleName():
            return f"`{body.name}`"
        case checked.ScheduleNumber() if isinstance(body.value.value, int | float):
            return _number(body.value, statics)
        case checked.ScheduleArithmetic(operator="multiply", operands=(left, right)):
            return f"{_in_words(left, statics)} times {_in_words(right, statics)}"
    return "a schedule made of others"


def _number(number: checked.Static, statics: StaticPrinter) -> str:
    printed = statics.value(number).text
    plain = f"{number.value:g}" if isinstance(number.value, int | float) else ""
    return printed if "config." in printed or "e" in plain else plain


def _kind(piece: checked.SchedulePiece) -> str:
    return WORDS.get(piece.kind, piece.kind.replace("_", " "))
