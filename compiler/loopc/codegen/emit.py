"""Plan -> script: contexts of final text, printed by templates, proved and laid out.

Same plan, same bytes: nothing here looks at the clock, the machine or the order of a
set.
"""

from pathlib import PurePosixPath

from loopc.codegen.config import ConfigBuilder
from loopc.codegen.constants import constant_lines
from loopc.codegen.context import RUNTIME_ALWAYS, ScriptPrinter
from loopc.codegen.draw_sites import draw_sites
from loopc.codegen.externs import extern_imports, externs_called
from loopc.codegen.factories import FactoryContext
from loopc.codegen.formatting import environment, format_python
from loopc.codegen.imports import Imports, with_math
from loopc.codegen.literals import prose, string
from loopc.codegen.loop_section import (
    block_context,
    loop_context,
    sequence_context,
)
from loopc.codegen.names import Names
from loopc.codegen.shared_transforms import share_transforms
from loopc.codegen.stages import StagePrinter
from loopc.codegen.verify import verify_script
from loopc.planning import plan


def emit(planned: plan.Plan, *, source: str = "program.loop") -> str:
    """Return the script for `planned`; `source` is the file name that its header gives.

    Raises CompilerBug where the compiler broke its own rules; never for the user's
    program.
    """
    context = script_context(planned, source)
    body = environment().get_template("script.py.jinja").render(context)
    script = format_python(with_math(body))
    verify_script(script, externs_called(planned.program))
    return script


def sentence(title: str, file: str) -> str:
    """The first comment of the file as a sentence, without the file's own name."""
    text = prose(title).removeprefix(f"{file}:").strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def script_context(planned: plan.Plan, source: str) -> dict[str, object]:
    """Everything that the templates print.

    Printing is what tells which names of the runtime are imported. So it is done twice:
    the second time no name of the user's hides one of them.
    """
    imports = Imports()
    _context(planned, source, Names(), imports)
    return _context(planned, source, Names(taken=set(imports.runtime)), Imports())


def distinct(items: list[dict[str, str]]) -> list[dict[str, str]]:
    """The items in order, equal ones once."""
    return [item for index, item in enumerate(items) if item not in items[:index]]


def staged_schedules(printers: list[ScriptPrinter]) -> list[FactoryContext]:
    """What makes the schedules that stages set."""
    return [s for printer in printers for s in StagePrinter(printer).schedules()]


def transforms(printer: ScriptPrinter) -> list[FactoryContext]:
    """What makes the chains of a loop, and those that its stages set."""
    return [*printer.factory_printer.transforms(), *StagePrinter(printer).transforms()]


def loop_sections(
    printers: list[ScriptPrinter], config: ConfigBuilder
) -> dict[str, object]:
    """The only loop as it stands, or a function for each and one that calls them."""
    if len(printers) == 1:
        return {"block": loop_context(printers[0], config), "sequence": None}
    blocks = [block_context(printer, config) for printer in printers]
    return {"blocks": blocks, "sequence": sequence_context(printers)}


def _context(
    planned: plan.Plan, source: str, names: Names, used: Imports
) -> dict[str, object]:
    """The imports come last: `used` knows them only then."""
    used.externs = extern_imports(planned.program, names)
    for number, site in draw_sites(planned.program).items():
        names.note("draw site", str(number), site)
    config = ConfigBuilder(planned.program.params, names, planned.program.remarks)
    seed = config.static("run", "seed", planned.train.train.seed)
    factories: dict[str, FactoryContext] = {}
    printers = [
        ScriptPrinter(planned, names, seed, used, train, factories)
        for train in planned.trains
    ]
    printer = printers[0]
    schedules = [*printer.factory_printer.schedules(), *staged_schedules(printers)]
    made = [t for p in printers for t in transforms(p)]
    file = prose(PurePosixPath(source).name)
    stem = "".join(c if c.isalnum() or c == "_" else "_" for c in file.split(".")[0])
    context: dict[str, object] = {
        "title": sentence(planned.program.title, file) or f"Train {stem}.",
        "source": file,
        "file": f"train_{stem}.py",
        "stem": stem,
        "constants": list(constant_lines(printer)),
        "executions": distinct([p.execution() for p in printers]),
        "datasets": printer.datasets,
        "functions": printer.functions(),
        "templates": printer.templates(),
        "models": printer.models,
        "schedules": schedules,
        "transforms": share_transforms(made, factories, names),
        "train_steps": [p.train_step for p in printers],
        "eval_steps": [step for p in printers for step in p.eval_steps],
        "main": {"workdir": string(f"runs/{stem}")},
        **loop_sections(printers, config),
    }
    context["config"] = list(config.groups())
    printer.imports.need(*RUNTIME_ALWAYS)
    context["imports"] = printer.imports.text()
    return context
