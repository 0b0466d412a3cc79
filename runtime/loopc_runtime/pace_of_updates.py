"""Schedules in steps, read by a counter of updates."""

from loopc_runtime.schedules import Schedule, ScheduleLike, as_schedule


def paced(schedule: ScheduleLike, updates_per_step: float) -> Schedule:
    """Read `schedule`, which is in steps, where updates are counted.

    After `updates_per_step * n` updates it is where it stands at step n.
    """
    inner = as_schedule(schedule)
    return Schedule(lambda count: inner(count / updates_per_step))
