"""`data` blocks: sources, carved splits in an order that can be made, fields."""

from collections.abc import Sequence
from dataclasses import field
from typing import TypeVar

from loopc.records import dataclass
from loopc.semantics.augments import check_augment
from loopc.semantics.carves import check_carve, ordered_splits
from loopc.semantics.checked import (
    CheckedCarve,
    CheckedData,
    CheckedField,
    CheckedSource,
)
from loopc.semantics.context import Body, Context
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import values as errors
from loopc.semantics.fields import check_field, mask_fields
from loopc.semantics.sequences import fields_fit_splits, windows_of
from loopc.semantics.sources import check_source
from loopc.syntax import ast

Item = TypeVar("Item")


@dataclass(slots=True)
class Items:
    """What a data block holds, by kind, duplicates left out."""

    sources: list[ast.SourceSplit] = field(default_factory=list)
    carves: list[ast.CarvedSplit] = field(default_factory=list)
    fields: list[ast.FieldDeclaration] = field(default_factory=list)
    augments: list[ast.Augment] = field(default_factory=list)


def check_data(context: Context, node: ast.Data) -> CheckedData | None:
    """Check a data block; None where it was complained about."""
    body = Body(context, "field", inside="step")
    items = _sort_items(body, node)
    _verify_present(body, node, items)
    sources = [check_source(body, item) for item in items.sources]
    splits = [item.name.text for item in items.sources]
    splits += [item.name.text for item in items.carves]
    carves = [check_carve(body, node.name.text, item, splits) for item in items.carves]
    fields = [check_field(body, item, splits) for item in items.fields]
    if not _complete(sources, carves, fields):
        return None
    made = ordered_splits(body, _known(sources), _known(carves))
    if made is None or not fields_fit_splits(body, made, _known(fields)):
        return None
    known = _known(fields)
    masks = tuple(mask for item in known for mask in mask_fields(item))
    context.fields_read.update((node.name.text, mask.name) for mask in masks)
    augments = [
        check_augment(context, item, node.name.text, known, splits)
        for item in items.augments
    ]
    by = (carve.by for carve in _known(carves) if carve.by is not None)
    context.fields_read.update((node.name.text, name) for name in by)
    return CheckedData(
        span=node.name.span,
        name=node.name.text,
        splits=made,
        fields=(*known, *masks),
        windows=windows_of(known),
        augments=_known(augments),
    )


def _complete(*groups: Sequence[object]) -> bool:
    return all(item is not None for group in groups for item in group)


def _known(items: Sequence[Item | None]) -> tuple[Item, ...]:
    return tuple(item for item in items if item is not None)


def _sort_items(body: Body, node: ast.Data) -> Items:
    items = Items()
    splits: dict[str, ast.Identifier] = {}
    fields: dict[str, ast.Identifier] = {}
    for item in node.items:
        match item:
            case ast.SourceSplit() if _new(body, item.name, splits):
                items.sources.append(item)
            case ast.CarvedSplit() if _new(body, item.name, splits):
                items.carves.append(item)
            case ast.FieldDeclaration() if _new(body, item.name, fields):
                items.fields.append(item)
            case ast.Augment() if _once(body, item, items.augments):
                items.augments.append(item)
    return items


def _once(body: Body, item: ast.Augment, known: Sequence[ast.Augment]) -> bool:
    first = next((a for a in known if a.split.text == item.split.text), None)
    if first is None:
        return True
    what = f"`augment {item.split.text}`"
    body.add(errors.once_only(what, item.split.span, first.split.span))
    return False


def _new(body: Body, name: ast.Identifier, known: dict[str, ast.Identifier]) -> bool:
    first = known.setdefault(name.text, name)
    if first is name:
        return True
    body.add(name_errors.already_declared(name.text, name.span, first.span))
    return False


def _verify_present(body: Body, node: ast.Data, items: Items) -> None:
    if not items.sources:
        title = f"data `{node.name.text}` has no source"
        help = 'write `train = npz("file.npz")`'
        body.add(errors.missing_part(title, node.name.span, help))
    if not items.fields:
        title = f"data `{node.name.text}` has no field"
        help = "write `field x: f32[13]`"
        body.add(errors.missing_part(title, node.name.span, help))


def field_of(data: CheckedData, name: str) -> CheckedField | None:
    return next((f for f in data.fields if f.name == name), None)


def split_of(data: CheckedData, name: str) -> CheckedSource | CheckedCarve | None:
    return next((s for s in data.splits if s.split == name), None)


def emptied_by(data: CheckedData, name: str) -> CheckedCarve | None:
    """The split that took all that was left of `name`, if there is one."""
    carves = (split for split in data.splits if isinstance(split, CheckedCarve))
    return next((c for c in carves if c.parent == name and c.how == "rest"), None)
