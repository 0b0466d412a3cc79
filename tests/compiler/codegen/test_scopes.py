"""Module-level names: Python's own symbol tables are the oracle."""

import argparse
import ast
import asyncio.base_events
import collections
import dataclasses
import enum
import functools
import inspect
import symtable
import textwrap
import tokenize
from collections.abc import Iterator
from types import ModuleType

import pytest

from loopc.codegen.scopes import module_names, names_bound

MODULES = [argparse, ast, asyncio.base_events, collections, dataclasses, enum]
MODULES += [functools, inspect, textwrap, tokenize]


def globals_of(table: symtable.SymbolTable) -> Iterator[str]:
    """Yield what a table and those inside it say of the module's names."""
    for symbol in table.get_symbols():
        if table.get_type() == "module" or symbol.is_global():
            yield symbol.get_name()
    for child in table.get_children():
        yield from globals_of(child)


def found_in(statement: ast.stmt) -> set[str]:
    found = module_names(statement)
    quoted = {id(n) for q in found.quoted for n in ast.walk(q.expression)}
    return {n.id for n in found.nodes if id(n) not in quoted}


def is_ordinary(statement: ast.stmt) -> bool:
    """Say whether a statement is of a kind that the runtime has: no `global`."""
    kinds = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
    inner = ast.walk(statement)
    return isinstance(statement, kinds) and not any(
        isinstance(n, ast.Global) for n in inner
    )


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__)
def test_names_are_those_of_pythons_symbol_tables(module: ModuleType) -> None:
    """A statement's module-level names are what the compiler of Python says."""
    source = inspect.getsource(module)
    for statement in filter(is_ordinary, ast.parse(source).body):
        text = ast.get_source_segment(source, statement) or ""
        decorators = getattr(statement, "decorator_list", [])
        above = [f"@{ast.unparse(d)}" for d in decorators]
        table = symtable.symtable("\n".join([*above, text]), "<test>", "exec")
        found = found_in(statement) | set(names_bound(statement))
        assert found == set(globals_of(table)), statement.lineno


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(x: 'Table') -> 'list[Row]': return x", {"Table", "list", "Row"}),
        ("def f(mode: Literal['max', 'min']): ...", {"Literal"}),
        ("class C:\n  size = size\n  other = size", {"size"}),
        ("class C:\n  size = 1\n  def f(self):\n    return size", {"size"}),
        ("class C:\n  field: Field = field(1)", {"Field", "field"}),
        ("def f(size=size):\n  return [size for size in sizes]", {"size", "sizes"}),
        ("X = [(y := x) for x in xs]", {"X", "xs", "y"}),
        ("def f():\n  from a import b\n  return b(c)", {"c"}),
    ],
)
def test_names_in_quotes_classes_and_comprehensions(
    source: str, names: set[str]
) -> None:
    """Quoted types count, words of Literal do not, and locals hide their namesakes."""
    nodes = module_names(ast.parse(source).body[0]).nodes
    assert {n.id for n in nodes} == names
