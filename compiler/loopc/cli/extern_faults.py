"""Exceptions of Python that a program names, put down to the line that names it."""

from collections.abc import Iterator, Sequence
from types import FrameType

from loopc.diagnostics.sources import Sources
from loopc.semantics.checked import CheckedExtern


def extern_fault(
    error: BaseException, externs: Sequence[CheckedExtern], sources: Sources
) -> str:
    """Say which `extern` an exception comes from, and where that is declared.

    "" where it does not come from the module of one.
    """
    found = _missing(error, externs) or _raising(error, externs)
    if found is None:
        return ""
    place = sources.locate(found.span)
    line = place.source.text.count("\n", 0, place.span.start) + 1
    what = f"`extern {found.kind} {found.name}` ({place.source.name}, line {line})"
    if isinstance(error, ImportError):
        return f"{what} cannot be imported: {error}"
    return f"{what} raised {type(error).__name__} in `{found.target}`"


def _missing(
    error: BaseException, externs: Sequence[CheckedExtern]
) -> CheckedExtern | None:
    """The extern whose module, or whose name in it, is not there."""
    if not isinstance(error, ImportError) or not error.name:
        return None
    of_module = [e for e in externs if f"{e.module}.".startswith(f"{error.name}.")]
    named = [e for e in of_module if f"'{e.member}'" in str(error)]
    return next(iter([*named, *of_module]), None)


def _raising(
    error: BaseException, externs: Sequence[CheckedExtern]
) -> CheckedExtern | None:
    """The extern in whose module an exception began, by the names of its frames."""
    for frame in _frames(error):
        module = frame.f_globals.get("__name__")
        own = [e for e in externs if e.module == module]
        names = frame.f_code.co_qualname.split(".")
        named = [e for e in own if e.member in names]
        if own:
            return (named or own)[0]
    return None


def _frames(error: BaseException) -> Iterator[FrameType]:
    """The frames of an exception and of those behind it, outermost first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        trace = error.__traceback__
        while trace is not None:
            yield trace.tb_frame
            trace = trace.tb_next
        behind = error.__cause__ or error.__context__
        if behind is None:
            return
        error = behind
