"""The stages in order: text in, values out; nothing is read, written, printed or kept.

Every stage is imported by the function that runs it, so that checking does not pay
for code generation. After `check` nothing fails on a user's program but CompilerBug.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING

from loopc.diagnostics.model import CompilerBug, Diagnostic, Diagnostics, Severity
from loopc.diagnostics.render import Format, render
from loopc.diagnostics.render.finding import Finding, findings
from loopc.diagnostics.sources import Sources, moved
from loopc.records import dataclass
from loopc.source import Source

if TYPE_CHECKING:
    from loopc.planning.plan import Plan
    from loopc.semantics.checked import CheckedProgram
    from loopc.semantics.imports import Resolver
    from loopc.syntax.ast import Expression, Program

NO_OVERRIDES: Mapping[str, str] = MappingProxyType({})


def no_imports(path: str) -> str | None:
    """Find no file: how programs are compiled that import nothing."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was found, by place, and the texts that the spans count in."""

    diagnostics: tuple[Diagnostic, ...]
    sources: Sources

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings and advice may remain."""
        return all(d.severity is not Severity.ERROR for d in self.diagnostics)

    @property
    def findings(self) -> list[Finding]:
        return findings(self.diagnostics, self.sources)

    def render(self, format: Format = "text") -> str:
        """Return the diagnostics as `loopc check --format ...` prints them."""
        return render(self.findings, format)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatResult(Result):
    """`text` is the program in its canonical form, None if it does not parse."""

    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult(Result):
    """`program` is None if it does not parse, `checked` if there are errors."""

    program: "Program | None"
    checked: "CheckedProgram | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompileResult(CheckResult):
    """`plan` and `script` are None if there are errors, or where not asked for."""

    plan: "Plan | None"
    script: str | None


def format_source(text: str, name: str = "<input>") -> FormatResult:
    """Return the program in its canonical form; doing it again changes nothing."""
    from loopc.syntax.parser import parse
    from loopc.syntax.printer import format_program

    source, found = Source(text, name), Diagnostics()
    with _compiler_limits():
        program = parse(source, found)
        formatted = None
        if program is not None and not found.has_errors():
            formatted = format_program(source, program)
            if parse(Source(formatted), Diagnostics()) != program:
                raise CompilerBug("formatting would change what the program means")
    return FormatResult(
        text=formatted, diagnostics=found.sorted(), sources=Sources((source,))
    )


def check_source(
    text: str,
    name: str = "<input>",
    overrides: Mapping[str, str] = NO_OVERRIDES,
    *,
    imports: "Resolver" = no_imports,
    allow_extern: bool = True,
) -> CheckResult:
    """Report all that is wrong with a program, or would be with other parameters.

    `overrides` maps names of `param`s to expressions of the language (`"3e-4"`), as
    `--set` does; `name` is what diagnostics call the text. `imports` gives the text of
    an imported file by its path below the program's folder, None where there is none.
    Nothing is opened but by it. What `extern` names is never imported here; with
    `allow_extern=False` a program that has one is refused. A text that declares things
    and has no `train` is a library: it is checked as what others import.
    """
    source, found = Source(text, name), Diagnostics()
    with _compiler_limits():
        return _check(source, found, overrides, imports, allow_extern, library=True)


def compile_source(
    text: str,
    name: str = "<input>",
    overrides: Mapping[str, str] = NO_OVERRIDES,
    *,
    standalone: bool = False,
    imports: "Resolver" = no_imports,
    allow_extern: bool = True,
) -> CompileResult:
    """Compile a program to the text of its training script, or report what is wrong.

    A `standalone` script carries the part of loopc's runtime that it uses, and needs
    TensorFlow and NumPy alone. `imports` and `allow_extern` are those of
    `check_source`. Same arguments and files, same result, byte for byte.
    """
    source, found = Source(text, name), Diagnostics()
    with _compiler_limits():
        result = _check(source, found, overrides, imports, allow_extern)
        plan, script = None, None
        if result.checked is not None:
            plan, script = _generate(result.checked, source, standalone)
    return _compiled(result, plan, script)


def plan_source(
    text: str,
    name: str = "<input>",
    overrides: Mapping[str, str] = NO_OVERRIDES,
    *,
    imports: "Resolver" = no_imports,
    allow_extern: bool = True,
) -> CompileResult:
    """Return what `compile_source` returns, without a script: in half of the time."""
    from loopc.planning.lower import lower

    source, found = Source(text, name), Diagnostics()
    with _compiler_limits():
        result = _check(source, found, overrides, imports, allow_extern)
        plan = None if result.checked is None else lower(result.checked)
    return _compiled(result, plan, None)


def _compiled(
    result: CheckResult, plan: "Plan | None", script: str | None
) -> CompileResult:
    return CompileResult(
        program=result.program,
        checked=result.checked,
        plan=plan,
        script=script,
        diagnostics=result.diagnostics,
        sources=result.sources,
    )


def _check(
    source: Source,
    found: Diagnostics,
    overrides: Mapping[str, str],
    imports: "Resolver",
    allow_extern: bool,
    *,
    library: bool = False,
) -> CheckResult:
    from loopc.diagnostics.suppressions import suppress
    from loopc.semantics.checker import check
    from loopc.syntax.parser import parse

    program = parse(source, found)
    whole, files = program, tuple[Source, ...]()
    if program is not None and _imports_anything(program):
        from loopc.semantics.imports import with_imports

        whole, files = with_imports(program, source, imports, found)
    texts = (source, *files)
    sources, values = _parse_overrides(texts, found, overrides)
    length = len(source.text) if files else None
    checked = None
    if whole is not None:
        checked = check(
            whole,
            found,
            values,
            length,
            allow_extern=allow_extern,
            allow_library=library,
        )
    if program is not None:
        found = suppress(found, program.comments, source)
    return CheckResult(
        program=program,
        checked=None if found.has_errors() else checked,
        diagnostics=found.sorted(),
        sources=sources,
    )


def _imports_anything(program: "Program") -> bool:
    from loopc.syntax import ast

    return any(isinstance(each, ast.Import) for each in program.declarations)


def _parse_overrides(
    program: tuple[Source, ...], found: Diagnostics, overrides: Mapping[str, str]
) -> "tuple[Sources, dict[str, Expression]]":
    """Parse each right side as a text of its own, with spans after the program's."""
    if not overrides:
        return Sources(program), {}
    from loopc.syntax.expression import parse_expression

    texts = [Source(value, f"--set {name}") for name, value in overrides.items()]
    sources = Sources((*program, *texts))
    values: dict[str, Expression] = {}
    bases = sources.bases[len(program) :]
    for name, text, base in zip(overrides, texts, bases, strict=True):
        local = Diagnostics()
        value = parse_expression(text, local)
        found.extend(moved(diagnostic, base) for diagnostic in local.every())
        if value is not None:
            values[name] = moved(value, base)
    return sources, values


def _generate(
    checked: "CheckedProgram", source: Source, standalone: bool
) -> "tuple[Plan, str]":
    from pathlib import PurePath

    from loopc.codegen.emit import emit
    from loopc.codegen.formatting import PYTHON_PARSER
    from loopc.planning.lower import lower

    plan = lower(checked)
    with PYTHON_PARSER:
        # The same program has the same script wherever it lies: no folders.
        script = emit(plan, source=PurePath(source.name).name)
        if standalone:
            from loopc.codegen.externs import externs_called
            from loopc.codegen.standalone import standalone as inline

            script = inline(script, externs_called(plan.program))
    return plan, script


@contextmanager
def _compiler_limits() -> Iterator[None]:
    """The last net: budgets catch deep programs first, or the budgets are wrong."""
    try:
        yield
    except (RecursionError, MemoryError) as error:
        raise CompilerBug(f"the compiler ran out of room ({error!r})") from error
