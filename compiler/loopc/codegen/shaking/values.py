"""What expressions are worth where that is the same in every run of the script."""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from loopc.codegen.shaking.contexts import Context, Typing, union_members
from loopc.codegen.shaking.pieces import Piece, is_read_only_type
from loopc.codegen.shaking.world import World
from loopc.records import dataclass

COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, all: item in all,
    ast.NotIn: lambda item, all: item not in all,
}
EMPTY_OF: Mapping[str, Any] = {
    "dict": {},
    "list": [],
    "sorted": [],
    "tuple": (),
    "set": set(),
    "frozenset": frozenset(),
}
VIEWS = {"items", "keys", "values"}
HARMLESS_CALLS = {"dict", "list", "tuple", "len", "sorted", "any", "all", "zip"}
PURE_CALLS = HARMLESS_CALLS | {"isinstance", "bool", "int"}
HARMLESS_METHODS = VIEWS | {"get"}


@dataclass(frozen=True, slots=True)
class Known:
    """A value that does not change."""

    value: Any

    @property
    def is_empty(self) -> bool:
        """Whether it is a collection of nothing."""
        return self.value is not None and self.value in ((), {}, [], set(), frozenset())

    def equals(self, other: "Known | None") -> bool:
        """Say whether it is the same value: 0 is not False, but `[]` is `()`."""
        if other is None:
            return False
        same = type(self.value) is type(other.value) and self.value == other.value
        return same or (self.value in ([], ()) and other.value in ([], ()))


class Values:
    """Finds values from constants, and from parameters and attributes that are known.

    `parameters` maps functions to parameters, `attributes` maps a class and the name of
    an attribute to what it always is, `results` maps functions to what they return.
    `made` are the classes that have instances.
    """

    def __init__(self, world: World, typing: Typing, made: set[str]) -> None:
        self.world, self.typing, self.made = world, typing, made
        self.parameters: dict[str, dict[str, Known]] = {}
        self.attributes: dict[tuple[str, str], Known] = {}
        self.results: dict[str, Known] = {}

    def of(self, node: ast.AST | None, context: Context) -> Known | None:
        """Return what an expression is worth; None where that is open."""
        match node:
            case ast.Constant(value=value):
                return Known(value)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                return self.of_sequence(node, elements, context)
            case ast.Dict(keys=keys, values=values):
                return self.of_dict(keys, values, context)
            case ast.Name(id=name):
                return self.of_name(name, context)
            case ast.Attribute(value=owner, attr=attribute):
                return self.of_attribute(owner, attribute, context)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                truth = self.truth(operand, context)
                return None if truth is None else Known(not truth)
            case ast.BoolOp():
                return self.of_bool(node, context)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self.of_comparison(left, op, right, context)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                truth = self.truth(test, context)
                chosen = body if truth else orelse
                return None if truth is None else self.of(chosen, context)
            case ast.Call():
                return self.of_call(node, context)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self.of_comprehension(node, context)
        return None

    def truth(self, node: ast.AST, context: Context) -> bool | None:
        """Return whether an expression counts as true; None where that is open."""
        known = self.of(node, context)
        if known is not None:
            return bool(known.value)
        if isinstance(node, ast.BoolOp):
            truths = [self.truth(each, context) for each in node.values]
            decisive = isinstance(node.op, ast.Or)
            if decisive in truths and all(map(is_pure, node.values)):
                return decisive
        return None

    def of_sequence(
        self, node: ast.AST, elements: list[ast.expr], context: Context
    ) -> Known | None:
        """Constants in a tuple are a constant; nothing but empty parts is empty."""
        constants = [e.value for e in elements if isinstance(e, ast.Constant)]
        if isinstance(node, ast.Tuple) and elements and len(constants) == len(elements):
            return Known(tuple(constants))
        for each in elements:
            if not isinstance(each, ast.Starred) or not self.empty(each.value, context):
                return None
        return Known(() if isinstance(node, ast.Tuple) else [])

    def of_dict(
        self, keys: list[ast.expr | None], values: list[ast.expr], context: Context
    ) -> Known | None:
        nothing = all(
            key is None and self.empty(value, context)
            for key, value in zip(keys, values, strict=True)
        )
        return Known({}) if nothing else None

    def of_name(self, name: str, context: Context) -> Known | None:
        if context.bound[name] != 1:
            return None
        if name in context.parameters:
            return self.parameters.get(context.key, {}).get(name)
        if name in context.assigned:
            known = self.of(context.assigned[name], context)
            if known and isinstance(known.value, list | dict):
                loads = context.shape.loads(name)
                harmless = all(self.only_reads(node, context) for node in loads)
                return known if harmless else None
            return known
        return None

    def only_reads(self, node: ast.AST, context: Context) -> bool:
        """Say whether nobody can fill a collection where it is mentioned."""
        parent = context.piece.parents.get(node)
        if isinstance(parent, ast.keyword) and parent.arg is not None:
            call = context.piece.parents[parent]
            assert isinstance(call, ast.Call)
            declared = self.world.parameter(self.callee(call, context), parent.arg)
            return declared is not None and is_read_only_type(declared)
        return is_harmless(context.piece, node)

    def of_attribute(
        self, owner: ast.expr, attribute: str, context: Context
    ) -> Known | None:
        found = [
            self.attributes.get((name, attribute))
            for name in self.typing.of(owner, context)
        ]
        return agreed(found)

    def of_bool(self, node: ast.BoolOp, context: Context) -> Known | None:
        """Python's rule: the first operand that decides, else the last one."""
        decisive = isinstance(node.op, ast.Or)
        known = None
        for each in node.values:
            known = self.of(each, context)
            if known is None or bool(known.value) is decisive:
                return known
        return known

    def of_comparison(
        self, left: ast.expr, op: ast.cmpop, right: ast.expr, context: Context
    ) -> Known | None:
        one, other = self.of(left, context), self.of(right, context)
        among = isinstance(op, ast.In | ast.NotIn) and is_pure(left)
        if among and other is not None and other.is_empty:
            return Known(isinstance(op, ast.NotIn))
        if one is None or other is None:
            return None
        return Known(COMPARISONS[type(op)](one.value, other.value))

    def of_call(self, node: ast.Call, context: Context) -> Known | None:
        result = self.results.get(self.callee(node, context))
        if result is not None:
            return result if all(map(is_pure, given(node))) else None
        match node:
            case ast.Call(func=ast.Name(id="isinstance"), args=[value, kinds]):
                return self.of_isinstance(value, kinds, context)
            case ast.Call(func=ast.Name(id="any"), args=[each], keywords=[]):
                return Known(False) if self.empty(each, context) else None
            case ast.Call(func=ast.Name(id="len"), args=[each], keywords=[]):
                return Known(0) if self.empty(each, context) else None
            case ast.Call(func=ast.Name(id="zip"), args=args) if any(
                self.empty(each, context) for each in args
            ):
                return Known(())
            case ast.Call(
                func=ast.Name(id=kind), args=[each], keywords=[]
            ) if kind in EMPTY_OF and self.empty(each, context):
                return Known(EMPTY_OF[kind])
            case ast.Call(
                func=ast.Attribute(value=owner, attr=view), args=[]
            ) if view in VIEWS and self.empty(owner, context):
                return Known(())
        return None

    def callee(self, node: ast.Call, context: Context) -> str:
        """Return the key of what a call calls, "" where that is open."""
        name = self.world.ours(context.piece, node.func)
        if name in self.world.functions or name in self.world.classes:
            return name
        if isinstance(node.func, ast.Attribute):
            owners = self.typing.of(node.func.value, context)
            if len(owners) == 1:
                return f"{next(iter(owners))}.{node.func.attr}"
        return ""

    def of_isinstance(
        self, value: ast.expr, kinds: ast.expr, context: Context
    ) -> Known | None:
        """Nothing is an instance of classes that have no instances."""
        members = kinds.elts if isinstance(kinds, ast.Tuple) else union_members(kinds)
        names = [self.world.ours(context.piece, kind) for kind in members]
        if self.is_mapping_of_callables(value, kinds, context):
            return Known(False)
        dead = all(n in self.world.classes and n not in self.made for n in names)
        return Known(False) if dead and is_pure(value) else None

    def is_mapping_of_callables(
        self, value: ast.expr, kinds: ast.expr, context: Context
    ) -> bool:
        """Say whether something declared as a function is taken for a mapping."""
        declared = self.typing.declared(value, context)
        if declared is None or ast.unparse(kinds) != "Mapping":
            return False
        return self.world.ours(*declared) in self.world.function_types

    def of_comprehension(
        self,
        node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
        context: Context,
    ) -> Known | None:
        first = node.generators[0]
        excluded = any(self.truth(test, context) is False for test in first.ifs)
        if not excluded and not self.empty(first.iter, context):
            return None
        return Known({} if isinstance(node, ast.DictComp) else [])

    def empty(self, node: ast.AST, context: Context) -> bool:
        """Say whether an expression is known to be a collection of nothing."""
        known = self.of(node, context)
        return known is not None and known.is_empty


def is_pure(node: ast.AST) -> bool:
    """Say whether evaluating an expression can be left out."""
    match node:
        case ast.Constant() | ast.Name() | ast.Lambda():
            return True
        case ast.Attribute(value=inner) | ast.Starred(value=inner):
            return is_pure(inner)
        case ast.UnaryOp(operand=inner):
            return is_pure(inner)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.BoolOp(values=parts):
            return all(map(is_pure, parts))
        case ast.Compare(left=left, comparators=others):
            return all(map(is_pure, (left, *others)))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return all(map(is_pure, (test, body, orelse)))
        case ast.Dict(keys=keys, values=values):
            named = [k for k in keys if k is not None]
            return all(map(is_pure, (*named, *values)))
        case ast.Call(func=ast.Name(id=name), args=parts):
            return name in PURE_CALLS and all(map(is_pure, parts))
        case ast.BinOp(left=left, right=right):
            return is_pure(left) and is_pure(right)
        case ast.Subscript(value=inner, slice=index):
            return is_pure(inner) and is_pure(index)
    return False


def agreed(found: Sequence[Known | None]) -> Known | None:
    """Return the value that all of them are, if they are one."""
    first = found[0] if found else None
    same = first is not None and all(first.equals(each) for each in found)
    return first if same else None


def given(call: ast.Call) -> list[ast.expr]:
    """Return the arguments of a call, and the object whose method it is."""
    owner = [call.func.value] if isinstance(call.func, ast.Attribute) else []
    return [*owner, *call.args, *(keyword.value for keyword in call.keywords)]


def is_harmless(piece: Piece, node: ast.AST) -> bool:
    """Say whether a collection is only read where it stands."""
    parent = piece.parents.get(node)
    match parent:
        case ast.For(iter=read) | ast.comprehension(iter=read):
            return read is node
        case ast.Starred() | ast.Compare() | ast.BoolOp() | ast.UnaryOp():
            return True
        case ast.If() | ast.IfExp():
            return True
        case ast.Dict() | ast.keyword(arg=None):
            return True
        case ast.Attribute(attr=name):
            return name in HARMLESS_METHODS
        case ast.Call(func=ast.Name(id=name)):
            return name in HARMLESS_CALLS
        case ast.Call(func=ast.Attribute(attr="join")):
            return True
        case ast.Subscript(ctx=ast.Load()):
            return True
    return False
