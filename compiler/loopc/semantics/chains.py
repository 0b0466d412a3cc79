"""Gradient transforms: chains of links, and options that may be schedules."""

from collections.abc import Sequence
from dataclasses import replace

from loopc.semantics.arguments import Slots, bind_slots
from loopc.semantics.chain_order import verify_order
from loopc.semantics.checked import (
    CheckedChain,
    CheckedLink,
    CheckedSchedule,
    LinkOption,
    ScheduleValue,
    Static,
)
from loopc.semantics.checked.schedules import is_static
from loopc.semantics.context import Body, Context
from loopc.semantics.errors import chains as chain_errors
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import values as errors
from loopc.semantics.extern_declarations import check_extern_named
from loopc.semantics.extern_transforms import entry_of
from loopc.semantics.groups import check_groups, check_only
from loopc.semantics.options import check_option
from loopc.semantics.schedule_values import bare, check_schedule, mentions_schedule
from loopc.semantics.values import describe_type, is_failed, static
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary import suggest, transforms
from loopc.vocabulary.entry import Option, Required, TransformEntry

ONLY = "only"  # which weights a link is for; every transform takes it


def check_chain(context: Context, node: ast.Expression) -> CheckedChain | None:
    """Check what stands after `using`: a declared transform, or a chain in place."""
    node = bare(node)
    if isinstance(node, ast.Name):
        declaration = context.declarations.find(node.text)
        if isinstance(declaration, ast.Transform) and declaration.parameters is None:
            context.declarations.use(node.text)
            return check_transform_named(context, declaration)
    links = _links(Body(context, "schedule"), node)
    return _whole(context, "", links, node.span)


def check_transform_named(context: Context, node: ast.Transform) -> CheckedChain | None:
    """Check a declared transform without parameters, once."""
    name = node.name.text
    if name in context.chains:
        return context.chains[name]
    with context.defining(name, node.name.span) as fresh:
        if fresh:
            links = _links(Body(context, "schedule"), node.value)
            context.chains[name] = _whole(context, name, links, node.name.span)
    return context.chains.get(name)


def _whole(
    context: Context, name: str, links: list[CheckedLink] | None, span: Span
) -> CheckedChain | None:
    if links is None:
        return None
    verify_order(context, links)
    return CheckedChain(span=span, name=name, links=tuple(links))


def verify_ends_in_step(context: Context, chain: CheckedChain) -> bool:
    """Whether a chain that updates something scales by a step size."""
    if steps(chain):
        return True
    last = chain.links[-1]
    context.add(errors.no_step_size(last.span, last.label))
    return False


def steps(chain: CheckedChain) -> bool:
    """Whether a chain scales by a step size, somewhere on each of its ways."""
    return any(
        transforms()[link.name].role in ("optimizer", "step")
        or (link.chains != () and all(steps(inner) for inner in link.chains))
        for link in chain.links
    )


def _links(body: Body, node: ast.Expression) -> list[CheckedLink] | None:
    links: list[CheckedLink] = []
    sound = True
    for stage in _stages(node):
        found = _stage(body, stage)
        sound = sound and found is not None
        links.extend(found or [])
    return links if sound else None


def _stages(node: ast.Expression) -> list[ast.Expression]:
    stages: list[ast.Expression] = []
    node = bare(node)
    while isinstance(node, ast.Pipe):
        stages.append(bare(node.right))
        node = bare(node.left)
    return [node, *reversed(stages)]


def _stage(body: Body, node: ast.Expression) -> list[CheckedLink] | None:
    match node:
        case ast.Name():
            return _named(body, node, (), node.span)
        case ast.Call(callee=ast.Name() as name, arguments=arguments):
            return _named(body, name, arguments, node.span)
        case ast.Groups():
            groups = check_groups(body, node, _inner_chain)
            return None if groups is None else [groups]
        case ast.Pipe():
            return _links(body, node)
        case _:
            body.add(errors.not_a_chain("an expression", node.span))
            return None


def _named(
    body: Body, name: ast.Name, arguments: Sequence[ast.Argument], span: Span
) -> list[CheckedLink] | None:
    declaration = body.context.declarations.find(name.text)
    if isinstance(declaration, ast.Transform):
        body.context.declarations.use(name.text)
        return _declared(body, declaration, arguments, span)
    if isinstance(declaration, ast.Extern) and declaration.kind == "transform":
        body.context.declarations.use(name.text)
        return _of_python(body, declaration, arguments, span)
    entry = transforms().get(name.text)
    if entry is not None and not entry.internal:
        link = _link(body, entry, arguments, span)
        return None if link is None else [link]
    _unknown(body, name)
    return None


def _of_python(
    body: Body, node: ast.Extern, arguments: Sequence[ast.Argument], span: Span
) -> list[CheckedLink] | None:
    """A transform of Python; all of its options are printed."""
    if check_extern_named(body.context, node) is None:
        return None
    entry = entry_of(body.context, node)
    link = None if entry is None else _link(body, entry, arguments, span)
    if link is None or entry is None:
        return None
    name = "extern_updates" if entry.role == "step" else "extern_gradients"
    explicit = frozenset(link.options)
    return [replace(link, name=name, explicit=explicit, extern=entry.name)]


def _unknown(body: Body, name: ast.Name) -> None:
    declarations = body.context.declarations
    if declarations.find(name.text) is not None:
        declarations.use(name.text)
        body.add(errors.not_a_chain(f"`{name.text}`", name.span))
        return
    own = declarations.of_kind(ast.Transform | ast.Extern)
    known = [*own, *transforms()]
    guess = suggest(name.text, known)
    declared = declarations.span(guess) if guess else None
    problem = name_errors.unknown_name(name.text, name.span, guess, declared)
    body.context.add_unknown(name.text, problem)


def _declared(
    body: Body, node: ast.Transform, arguments: Sequence[ast.Argument], span: Span
) -> list[CheckedLink] | None:
    """The links of a declared transform, its parameters bound to the arguments."""
    name = node.name.text
    parameters = node.parameters or ()
    names = [parameter.name.text for parameter in parameters]
    slots = bind_slots(body, name, arguments, names)
    inner = Body(body.context, "schedule")
    for parameter in parameters:
        if not _bind(body, inner, name, parameter, slots, span):
            return None
    if not slots.sound:
        return None
    with body.context.defining(name, span) as fresh:
        return _links(inner, node.value) if fresh else None


def _bind(
    body: Body,
    inner: Body,
    callee: str,
    parameter: ast.Parameter,
    slots: Slots,
    span: Span,
) -> bool:
    name = parameter.name.text
    node = slots.take(name) or parameter.default
    if node is None:
        if slots.sound:
            body.add(name_errors.missing_argument(callee, name, span))
        return False
    value = body.check(node)
    if not isinstance(value, Static | ScheduleValue):
        found = describe_type(value.type)
        body.add(errors.wrong_type(f"`{name}`", "a number", found, node.span))
        return False
    inner.bind(name, value, parameter.name.span)
    return not is_failed(value)


def _link(
    body: Body, entry: TransformEntry, arguments: Sequence[ast.Argument], span: Span
) -> CheckedLink | None:
    """One transform with every option: written, of its flavor, or its default."""
    names = [option.name for option in entry.options]
    slots = bind_slots(body, entry.name, arguments, [*names, ONLY], len(names))
    only = slots.take(ONLY)
    selection = None if only is None or _is_all(only) else check_only(body, only)
    slots.sound &= only is None or _is_all(only) or selection is not None
    options: dict[str, LinkOption] = {}
    sound = slots.sound
    for option in entry.options:
        value = _option(body, entry, option, slots, span)
        sound = sound and value is not None
        if value is not None:
            options[option.name] = value
    if not sound:
        return None
    explicit = frozenset(slots.given) | _flavored(entry, options, slots, span)
    if not _fits_flavor(body, entry, options, slots):
        return None
    return CheckedLink(
        span=span,
        name=entry.name,
        options=options,
        explicit=explicit,
        only=selection,
    )


def _is_all(node: ast.Expression) -> bool:
    return isinstance(node, ast.Name) and node.text == "all"


def _flavored(
    entry: TransformEntry,
    options: dict[str, LinkOption],
    slots: Slots,
    span: Span,
) -> frozenset[str]:
    """Put in the defaults of a flavor that was asked for; which options those were."""
    flavor = options.get("flavor")
    if not isinstance(flavor, Static):
        return frozenset()
    defaults = entry.flavors.get(str(flavor.value), {})
    changed = [name for name in defaults if name not in slots.given]
    for name in changed:
        options[name] = static(defaults[name], span)
    return frozenset(changed)


def _fits_flavor(
    body: Body, entry: TransformEntry, options: dict[str, LinkOption], slots: Slots
) -> bool:
    """Whether the flavor has every option that was written, and its value."""
    flavor = options.get("flavor")
    if not isinstance(flavor, Static):
        return True
    sound = True
    for foreign in entry.foreign.get(str(flavor.value), ()):
        name, _, value = foreign.partition(": ")
        option, given = options[name], slots.given.get(name)
        wished = (
            is_static(option, value) if value else not _is_default(entry, name, option)
        )
        if given is None or not wished:
            continue
        sound = False
        others = [each for each in entry.flavors if foreign not in _lacks(entry, each)]
        found = chain_errors.not_of_flavor(
            entry.name, str(flavor.value), foreign, others, given.span
        )
        body.add(found)
    return sound


def _is_default(entry: TransformEntry, name: str, option: LinkOption) -> bool:
    known = entry.option(name)
    if known is None or isinstance(known.default, Required):
        return False
    return is_static(option, known.default)


def _lacks(entry: TransformEntry, flavor: str) -> tuple[str, ...]:
    return entry.foreign.get(flavor, ())


def _option(
    body: Body, entry: TransformEntry, option: Option, slots: Slots, span: Span
) -> LinkOption | None:
    argument = slots.given.get(option.name)
    if argument is not None:
        return _given(body, entry, option, argument.value)
    if isinstance(option.default, Required):
        if slots.sound:
            body.add(name_errors.missing_argument(entry.name, option.name, span))
        return None
    return static(option.default, span)


def _given(
    body: Body, entry: TransformEntry, option: Option, node: ast.Expression
) -> LinkOption | None:
    if option.kind == "chain" and not _is_none(option, node):
        return _inner_chain(body, node)
    if option.kind != "number" or not mentions_schedule(body, node):
        return check_option(body, entry.name, option, node)
    value = _bound_schedule(body, node)
    if value is not None:
        return value
    return check_schedule(body, node)


def _is_none(option: Option, node: ast.Expression) -> bool:
    return option.none and isinstance(node, ast.Name) and node.text == "none"


def _inner_chain(body: Body, node: ast.Expression) -> CheckedChain | None:
    """A chain among the options of a wrapper."""
    links = _links(body, node)
    if links is None:
        return None
    return CheckedChain(span=node.span, name="", links=tuple(links))


def _bound_schedule(body: Body, node: ast.Expression) -> CheckedSchedule | None:
    """The schedule that a parameter of a transform stands for."""
    node = bare(node)
    if not isinstance(node, ast.Name):
        return None
    binding = body.scope.find(node.text)
    if binding is None or not isinstance(binding.value, ScheduleValue):
        return None
    binding.used = True
    return replace(binding.value.schedule, span=node.span)
