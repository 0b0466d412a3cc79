"""What a schedule does, in words: the docstring of the function that makes it."""

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


def schedule_summary(node: checked.CheckedNode) -> str:
    """What a schedule does, in words."""
    if isinstance(node, checked.CheckedSchedule):
        words = _in_words(node.body)
        return f"{words[0].upper()}{words[1:]}."
    return ""


def _in_words(body: checked.ScheduleBody) -> str:
    match body:
        case checked.ScheduleSequence():
            return ", then ".join(_in_words(p) for p in body.pieces)
        case checked.SchedulePiece() if body.inner is not None:
            return f"{_in_words(body.inner)}, {WRAPPED[body.kind]}"
        case checked.SchedulePiece() if schedules()[body.kind].arrow is not None:
            ends = (body.numbers[n].value for n in ("start", "end"))
            start, end = (f"{v:g}" for v in ends if isinstance(v, int | float))
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
            return f"{body.value.value:g}"
        case checked.ScheduleArithmetic(operator="multiply", operands=(left, right)):
            return f"{_in_words(left)} times {_in_words(right)}"
    return "a schedule made of others"


def _kind(piece: checked.SchedulePiece) -> str:
    return WORDS.get(piece.kind, piece.kind.replace("_", " "))
