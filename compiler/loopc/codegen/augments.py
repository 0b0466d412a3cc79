"""Augmentation as Python: a function that changes the fields of a batch."""

from collections.abc import Iterator, Sequence

from loopc.codegen.bodies import BodyPrinter
from loopc.codegen.literals import string
from loopc.codegen.models import ModelsPrinter
from loopc.codegen.names import Names, reads_config
from loopc.planning import plan
from loopc.records import dataclass
from loopc.semantics import checked


@dataclass(frozen=True, slots=True)
class AugmentContext:
    """What the template prints; `make` is "" where the function needs no config."""

    split: str
    name: str
    make: str
    parameters: str
    lines: tuple[str, ...]
    result: str


def augment_of(
    blocks: Sequence[checked.CheckedData], stream: checked.CheckedStream
) -> checked.CheckedAugment | None:
    """The augmentation of what a step takes from a stream, if there is one."""
    data = next(d for d in blocks if d.name == stream.data)
    for augment in data.augments:
        bound = {field for _, field in stream.bindings}
        if augment.split == stream.split and bound & set(augment.changes):
            return augment
    return None


def augment_name(data: str, augment: checked.CheckedAugment, names: Names) -> str:
    """The name of its function, or of the function that makes it."""
    return names.of("augment", f"{data}.{augment.split}", f"augment_{data}")


def augment_value(
    blocks: Sequence[checked.CheckedData], stream: checked.CheckedStream, names: Names
) -> str:
    """What a stream is given as its `augment`; "" where nothing changes it."""
    augment = augment_of(blocks, stream)
    if augment is None:
        return ""
    name = augment_name(stream.data, augment, names)
    key = f"{stream.data}.{augment.split}"
    return f"make_{name}(config)" if names.knows("augment maker", key) else name


def augment_contexts(
    planned: plan.Plan, data: checked.CheckedData, models: ModelsPrinter
) -> Iterator[AugmentContext]:
    """The augmentations of a data block that steps make use of."""
    headers = [t.train.stream for t in planned.trains if t.train.stream is not None]
    streams = [*headers, *(d.stream for t in planned.trains for d in t.draws)]
    own = [s for s in streams if s.data == data.name]
    used = {a.split: a for a in (augment_of([data], s) for s in own) if a is not None}
    for augment in used.values():
        yield _context(data.name, augment, models)


def _context(
    data: str, augment: checked.CheckedAugment, models: ModelsPrinter
) -> AugmentContext:
    name = augment_name(data, augment, models.script)
    printer = models.printer("step", training="True")
    fields = [printer.names.of("local", f) for f in augment.reads]
    printer.batch = fields[0] if fields else ""
    body = BodyPrinter(printer)
    body.body(augment.body)
    make = ""
    if reads_config(body.lines):
        key = f"{data}.{augment.split}"
        make = models.script.of("augment maker", key, f"make_{name}")
        models.imports.need("Augment")
    changed = (f"{string(f)}: {printer.names.of('local', f)}" for f in augment.changes)
    return AugmentContext(
        split=f"{data}.{augment.split}",
        name="augment" if make else name,
        make=make,
        parameters=", ".join(f"{f}: tf.Tensor" for f in fields),
        lines=tuple(body.lines),
        result=f"{{{', '.join(changed)}}}",
    )
