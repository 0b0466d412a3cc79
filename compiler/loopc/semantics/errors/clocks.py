"""E447: durations in updates, where updates and steps are not as many."""

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error
from loopc.semantics.paces import Site
from loopc.source import Span


def updates_of_which(
    name: str, stages: bool, updates: int, span: Span, site: Site
) -> Diagnostic:
    title = f"`{name}` mixes updates and steps, which are not the same here"
    if stages:
        title = f"`{name}` counts updates, and a stage puts another in its place"
    labels = [Label(span, "read by the count of this update"), _made(site)]
    last = "or write it in place of its name: it then counts by this update alone"
    return error(
        "E447", "updates-of-which", title, labels, _in_steps(updates, site), last
    )


def updates_on_the_step(name: str, updates: int, span: Span, site: Site) -> Diagnostic:
    what = f"`{name}`" if name else "a schedule"
    title = f"{what} counts updates, and is read where steps are counted"
    labels = [Label(span, "read once in each step"), _made(site)]
    return error("E447", "updates-of-which", title, labels, _in_steps(updates, site))


def _made(site: Site) -> Label:
    return Label(site.span, site.words)


def _in_steps(updates: int, site: Site) -> str:
    """What to write: the duration that was given in updates, in steps."""
    steps = site.in_steps(updates)
    if steps is None:
        return "give all its durations in steps"
    unit = "update is" if updates == 1 else "updates are"
    return (
        f"give all its durations in steps: {updates} {unit} `{steps} steps` at this"
        " pace"
    )
