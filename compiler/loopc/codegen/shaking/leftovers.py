"""What is left over once branches are gone: parameters, names and types without use."""

import ast
from collections.abc import Iterator

from loopc.codegen.shaking.callables import Callee, Parameter
from loopc.codegen.shaking.contexts import (
    Context,
    assignments,
    shape_of,
    union_members,
)
from loopc.codegen.shaking.mentions import Site
from loopc.codegen.shaking.pieces import Edit, Piece, without
from loopc.codegen.shaking.program import Program, is_silent
from loopc.codegen.shaking.removing import Span, removed_items, removed_spans
from loopc.codegen.shaking.values import is_pure

Change = tuple[Piece, Edit]
CALLED_FROM_OUTSIDE = {"close"}  # by `contextlib.closing`


def unused_parameters(program: Program) -> Iterator[list[Change]]:
    """Yield the edits that take out parameters, with their arguments in every call."""
    for callee in program.callees:
        gone = [p for p in callee.parameters if is_unused(program, callee, p)]
        if gone and callee.sites:
            calls = [s for s in callee.sites if not s.is_of_script]
            arguments = [change for s in calls for change in without_given(s, gone)]
            yield [*without_parameters(callee, gone), *arguments]


def without_given(site: Site, gone: list[Parameter]) -> Iterator[Change]:
    """Yield the edits that take arguments out of a call."""
    nodes = [node for p in gone for node in argument_nodes(site.node, p)]
    items = [*site.node.args, *site.node.keywords]
    for edit in removed_items(site.piece, items, nodes):
        yield site.piece, edit


def is_unused(program: Program, callee: Callee, parameter: Parameter) -> bool:
    """Say whether a parameter does nothing and no call does something for it."""
    idle = (
        is_unread_field(program, callee, parameter.name)
        if callee.function is None
        else parameter.name not in shape_of(callee.piece, callee.function).loaded
    )
    return idle and all(can_do_without(site, parameter) for site in callee.sites)


def is_unread_field(program: Program, callee: Callee, name: str) -> bool:
    """Say whether a field of a dataclass is read nowhere; tuples keep theirs."""
    owner = callee.owner
    assert owner is not None
    if "NamedTuple" in map(ast.unparse, owner.tree.bases):
        return False
    return name not in program.mentions.replaced and not is_read(
        program, owner.name, name
    )


def can_do_without(site: Site, parameter: Parameter) -> bool:
    """Say whether a call can leave out an argument, of which it is told by name."""
    spread = any(isinstance(a, ast.Starred) for a in site.node.args)
    if any(k.arg is None for k in site.node.keywords):
        return False
    if spread and parameter.place is not None:
        return False
    nodes = argument_nodes(site.node, parameter)
    values = [n.value if isinstance(n, ast.keyword) else n for n in nodes]
    return not (nodes and site.is_of_script) and all(map(is_pure, values))


def is_read(program: Program, owner: str, attribute: str) -> bool:
    """Say whether an attribute of a class may be read anywhere."""
    loads = program.mentions.loads.get(attribute, [])
    related = program.world.related(owner)
    return any(not types or types & related for types in loads)


def argument_nodes(
    call: ast.Call, parameter: Parameter
) -> list[ast.expr | ast.keyword]:
    """Return the argument that a call gives a parameter, if it gives one."""
    named = [k for k in call.keywords if k.arg == parameter.name]
    if named:
        return [*named]
    place = parameter.place
    return [call.args[place]] if place is not None and place < len(call.args) else []


def without_parameters(callee: Callee, gone: list[Parameter]) -> Iterator[Change]:
    piece, names = callee.piece, {p.name for p in gone}
    if callee.function is None:
        owner = callee.owner
        assert owner is not None
        fields = [s for name, s in owner.fields.items() if name in names]
        for edit in without(piece, owner.tree.body, fields):
            yield piece, edit
        return
    spans, named = parameter_spans(piece, callee.function)
    flags = [name in names for name in named]
    star = named.index("*") if "*" in named else -1
    if star >= 0 and all(flags[star + 1 :]):
        flags[star] = True
    for edit in removed_spans(piece.raw, spans, flags):
        yield piece, edit


def parameter_spans(
    piece: Piece, function: ast.FunctionDef
) -> tuple[list[Span], list[str]]:
    """Return where the parameters stand with their defaults, and their names."""
    arguments = function.args
    places = [*arguments.posonlyargs, *arguments.args]
    padding: list[ast.expr | None] = [None] * (len(places) - len(arguments.defaults))
    pairs = list(zip(places, [*padding, *arguments.defaults], strict=True))
    spans = [whole_span(piece, a, default) for a, default in pairs]
    named = [a.arg for a in places]
    if arguments.vararg:
        start, end = piece.span(arguments.vararg)
        spans.append((start - 1, end))
        named.append("*" + arguments.vararg.arg)
    elif arguments.kwonlyargs:
        first = piece.span(arguments.kwonlyargs[0])[0]
        star = piece.raw.rindex(b"*", 0, first)
        spans.append((star, star + 1))
        named.append("*")
    for each, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        spans.append(whole_span(piece, each, value))
        named.append(each.arg)
    if arguments.kwarg:
        start, end = piece.span(arguments.kwarg)
        spans.append((start - 2, end))
        named.append("**" + arguments.kwarg.arg)
    return spans, named


def whole_span(piece: Piece, argument: ast.arg, default: ast.expr | None) -> Span:
    start, end = piece.span(argument)
    return (start, end if default is None else piece.span(default)[1])


def unread_names(program: Program, context: Context) -> Iterator[Edit]:
    """Yield the edits that take out assignments of what nobody reads."""
    read = read_names(context)
    for block in context.shape.blocks:
        gone = []
        for statement in block:
            whole, edits = unread_part(program, context, statement, read)
            gone += [statement] if whole else []
            yield from edits
        yield from without(context.piece, block, gone)


def read_names(context: Context) -> set[str]:
    """Return the local names whose values matter."""
    found: set[str] = set()
    for node in context.shape.nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        elif isinstance(node, ast.Nonlocal | ast.Global):
            found.update(node.names)
    return found


def unread_part(
    program: Program, context: Context, statement: ast.stmt, read: set[str]
) -> tuple[bool, list[Edit]]:
    """Return whether all of an assignment goes, or the edits for what goes of it."""
    if isinstance(statement, ast.FunctionDef):
        return statement.name not in read, []
    given = list(assignments(statement))
    idle = [
        makes_nothing(program, context, value)
        and is_unread(program, context, target, read)
        for target, value in given
    ]
    if not any(idle):
        return False, []
    if all(idle):
        return True, []
    left = [pair for pair, gone in zip(given, idle, strict=True) if not gone]
    source = context.piece.source
    targets = ", ".join(source(target) for target, _ in left)
    values = ", ".join(source(value) for _, value in left)
    start, end = context.piece.span(statement)
    return False, [Edit(start, end, f"{targets} = {values}")]


def makes_nothing(program: Program, context: Context, value: ast.expr) -> bool:
    """Say whether a value may be left out: pure, or an object that is made idly."""
    if isinstance(value, ast.Call) and not value.args and not value.keywords:
        made = program.world.classes.get(program.world.ours(context.piece, value.func))
        init = made.methods.get("__init__") if made and not made.bases else None
        return init is not None and all(map(is_silent, init.body))
    return is_pure(value)


def is_unread(
    program: Program, context: Context, target: ast.expr, read: set[str]
) -> bool:
    if isinstance(target, ast.Name):
        return target.id not in read
    if not isinstance(target, ast.Attribute) or context.owner is None:
        return False
    own = isinstance(target.value, ast.Name) and target.value.id == "self"
    if not own or program.world.library.has_foreign_base(context.piece):
        return False
    return not is_read(program, context.owner.name, target.attr)


def unread_members(program: Program) -> Iterator[list[Change]]:
    """Yield the edits that take out methods which no object of a class is asked for."""
    for owner in program.world.classes.values():
        if not program.world.library.has_foreign_base(owner.piece):
            gone = [
                method
                for name, method in owner.methods.items()
                if not name.startswith("__")
                and name not in CALLED_FROM_OUTSIDE
                and not is_read(program, owner.name, name)
            ]
            edits = without(owner.piece, owner.tree.body, gone)
            yield [(owner.piece, edit) for edit in edits]


def dead_types(program: Program, piece: Piece) -> Iterator[Edit]:
    """Yield the edits that take classes without instances out of unions."""
    world = program.world

    def is_dead(member: ast.expr) -> bool:
        names = {world.ours(piece, node) for node in ast.walk(member)}
        return bool((names & world.classes.keys()) - program.made)

    for node in piece.types:
        parent = piece.parents.get(node)
        if isinstance(node, ast.BinOp) and not isinstance(parent, ast.BinOp):
            members = list(union_members(node))
            kept = [m for m in members if not is_dead(m)]
            none_left = all(isinstance(m, ast.Constant) for m in kept)
            if len(kept) < len(members) and not none_left:
                start, end = piece.span(node)
                yield Edit(start, end, " | ".join(piece.source(m) for m in kept))
