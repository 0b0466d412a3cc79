"""What a script calls the things that its steps draw from."""

from loopc.planning import plan
from loopc.planning.draws import DrawPlan


def draw_name(planned: plan.Plan, draw: DrawPlan) -> str:
    """`draw_faces` after the data, `draw_real` after a value where that says more."""
    stream = draw.stream
    others = [d.stream for t in planned.trains for d in t.every_draw if d != draw]
    alone = all(other.data != stream.data for other in others)
    first = stream.bindings[0][0]
    return f"draw_{stream.record or (stream.data if alone else first)}"
