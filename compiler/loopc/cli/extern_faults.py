"""Exceptions of Python that a program names, put down to the line that names it."""

from collections.abc import Iterator, Sequence
from types import FrameType

from loopc.diagnostics.sources import Sources
from loopc.semantics.checked import CheckedExtern


def extern_fault(
    error: BaseException, externs: Sequence[CheckedExtern], sources: Sources
) -> str:
    """Say which `extern` an exception comes from, and where that is declared.

    "" where it does not come from one.
    """
    if type(error).__name__ == "GradientError":
        return _without_gradient(externs, sources)
    found = _missing(error, externs) or _broken(error, externs)
    found = found or _raising(error, externs)
    if found is None:
        return ""
    what = _declared(found, sources)
    if isinstance(error, ImportError):
        return f"{what} cannot be imported: {error}"
    if found is _broken(error, externs):
        return f"{what} is `{found.target}`"
    return f"{what} raised {type(error).__name__} in `{found.target}`"


def _declared(extern: CheckedExtern, sources: Sources) -> str:
    place = sources.locate(extern.span)
    line = place.source.text.count("\n", 0, place.span.start) + 1
    return f"`extern {extern.kind} {extern.name}` ({place.source.name}, line {line})"


def _without_gradient(externs: Sequence[CheckedExtern], sources: Sources) -> str:
    """Which functions of Python a gradient may have been lost in: TensorFlow's alone
    have one, the checker has seen to.
    """
    functions = [e for e in externs if e.kind == "fn" and _gives_floats(e)]
    if not functions:
        return ""
    lost = " or ".join(_declared(extern, sources) for extern in functions)
    return (
        f"it is lost in {lost}: build that of operations with a gradient, give it one"
        " by tf.custom_gradient, or write `stop_gradient(...)` around the call"
    )


def _gives_floats(extern: CheckedExtern) -> bool:
    """Whether a result may have a gradient; types that need options are not known."""
    return not extern.results or any(kind.is_float for kind in extern.results)


def _broken(
    error: BaseException, externs: Sequence[CheckedExtern]
) -> CheckedExtern | None:
    """The extern whose contract a failed run names."""
    named = (e for e in externs if f"`extern {e.kind} {e.name}`" in str(error))
    return next(named, None)


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
