"""Names of what belongs to one loop, told apart where a program has several."""

from loopc.planning import plan


def is_one_of_several(planned: plan.Plan) -> bool:
    """Whether a loop of the program has others beside it."""
    return len(planned.trains) > 1


def own_name(planned: plan.Plan, train: plan.TrainPlan, name: str) -> str:
    """A name of one loop: begun with the loop's own where there are several."""
    return f"{train.name}_{name}" if is_one_of_several(planned) else name
