"""The last gate: a script is parsed again and held against what scripts may contain.

A hole in the printing of names, numbers or texts would show as a node, a name or a call
that no template writes. That is a CompilerBug, never the user's error.
"""

import ast
import sys
from collections.abc import Iterable, Iterator

from loopc.codegen import whitelist
from loopc.diagnostics.model import CompilerBug
from loopc.semantics.checked import CheckedExtern

LIBRARIES = frozenset({"keras", "numpy", "tensorflow"})
# Shown on terminals where it is installed; imported by the function that uses it.
OPTIONAL_LIBRARIES = frozenset({"rich"})


def verify_script(text: str, externs: Iterable[CheckedExtern] = ()) -> None:
    """Raise CompilerBug, with the line, unless every part of `text` is whitelisted.

    Beyond that, a script imports what its program declares as `externs`, and no more.
    """
    if not text.isascii():
        raise CompilerBug("the script holds characters beyond ASCII")
    tree = _parsed(text)
    bound = {*_bound_names(tree)}
    pairs = {(extern.module, extern.member) for extern in externs}
    for node in ast.walk(tree):
        declared = isinstance(node, ast.ImportFrom) and _is_declared(node, pairs)
        fault = "" if declared else _fault(node, bound)
        if fault:
            raise CompilerBug(f"the script, line {_line(node, tree)}: {fault}")


def _is_declared(node: ast.ImportFrom, pairs: set[tuple[str, str]]) -> bool:
    """Whether an import is at the top, of externs alone, under names that are free."""
    return not (node.level or node.col_offset) and all(
        (node.module, alias.name) in pairs
        and not _binding_fault(alias.asname or alias.name)
        for alias in node.names
    )


def verify_standalone(text: str, externs: Iterable[CheckedExtern] = ()) -> None:
    """Raise CompilerBug unless `text` parses and needs TensorFlow and NumPy alone,
    and the modules of the program's `externs`.
    """
    modules = {extern.module for extern in externs}
    for node in ast.walk(_parsed(text)):
        for module in _imported_modules(node):
            root = module.split(".")[0]
            late = root in OPTIONAL_LIBRARIES and _column(node) > 0
            known = root in LIBRARIES | sys.stdlib_module_names or module in modules
            if not late and not known:
                line = getattr(node, "lineno", 0)
                raise CompilerBug(
                    f"the standalone script, line {line}: imports {module}"
                )


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise CompilerBug(f"the script is not Python: {error}") from error


def _line(node: ast.AST, tree: ast.Module) -> int:
    """Return the line of a node; `arguments` and operators have none of their own."""
    if hasattr(node, "lineno"):
        return int(node.lineno)
    parents = (p for p in ast.walk(tree) if node in ast.iter_child_nodes(p))
    return next((int(p.lineno) for p in parents if hasattr(p, "lineno")), 0)


def _column(node: ast.AST) -> int:
    return int(getattr(node, "col_offset", 0))


def _imported_modules(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield "." * node.level + (node.module or "")


def _bound_names(tree: ast.Module) -> Iterator[str]:
    """Yield every name that the script binds anywhere."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name):
                yield name
            case ast.alias(name=name, asname=given):
                yield given or name


def _fault(node: ast.AST, bound: set[str]) -> str:
    """Say what is wrong with one node; those inside it are judged for themselves."""
    if type(node) not in whitelist.NODES:
        return f"{type(node).__name__} is not among what scripts are made of"
    match node:
        case ast.Import() | ast.ImportFrom():
            return _import_fault(node)
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
            return _binding_fault(name) or _class_fault(node)
        case ast.Name(id=name, ctx=ast.Store()):
            return _binding_fault(name)
        case ast.Name(id=name):
            known = name in bound or name in whitelist.BUILTINS
            return "" if known else f"the name {name} is not defined"
        case ast.Attribute():
            return _attribute_fault(node)
        case ast.Call():
            return _call_fault(node, bound)
        case ast.FormattedValue():
            return _formatted_fault(node)
        case ast.Constant(value=value):
            known = isinstance(value, whitelist.CONSTANTS)
            return "" if known else f"a constant of {type(value).__name__}"
    return ""


def _import_fault(node: ast.Import | ast.ImportFrom) -> str:
    if node.col_offset:
        return "an import inside a function"
    for alias in node.names:
        if isinstance(node, ast.Import):
            known = (alias.name, alias.asname or alias.name) in whitelist.IMPORTS
        else:
            known = not node.level and _is_importable(node.module or "", alias)
        if not known:
            return f"the import of {alias.name} is not among those that scripts need"
    return ""


def _is_importable(module: str, alias: ast.alias) -> bool:
    if module not in whitelist.FROM_IMPORTS or alias.asname is not None:
        return False
    names = whitelist.FROM_IMPORTS[module]
    return not alias.name.startswith(("_", "*")) and (
        names is None or alias.name in names
    )


def _binding_fault(name: str) -> str:
    if _is_dunder(name):
        return f"the name {name} is Python's own"
    if name in whitelist.BUILTINS:
        return f"the name {name} hides a builtin"
    return ""


def _class_fault(node: ast.AST) -> str:
    """The only class is the plain dataclass at the top level."""
    if not isinstance(node, ast.ClassDef):
        return ""
    plain = not node.bases and not node.keywords and not node.col_offset
    fields = all(isinstance(s, ast.AnnAssign | ast.Expr) for s in node.body)
    return "" if plain and fields else f"the class {node.name} is more than numbers"


def _attribute_fault(node: ast.Attribute) -> str:
    """Judge what is read of a value; `config` has the names that people chose."""
    name = node.attr
    of_config = isinstance(node.value, ast.Name) and node.value.id == "config"
    hidden = name.startswith("_") or name in whitelist.FORBIDDEN_ATTRIBUTES
    if _is_dunder(name) or (hidden and not of_config):
        return f"the attribute {name} is not public"
    return ""


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and bool(name.strip("_"))


def _formatted_fault(node: ast.FormattedValue) -> str:
    plain = isinstance(node.value, ast.Name) and node.format_spec is None
    return "" if plain and node.conversion == -1 else "formatting of more than a name"


def _call_fault(node: ast.Call, bound: set[str]) -> str:
    if any(keyword.arg is None for keyword in node.keywords):
        return "a call with unpacked keywords"
    target = node.func
    if isinstance(target, ast.Name):
        return ""  # names are judged for themselves
    if isinstance(target, ast.Call):
        return ""  # a layer or model that was just made; its call is judged for itself
    if not isinstance(target, ast.Attribute):
        return f"a call of {type(target).__name__}"
    dotted = _dotted(target)
    root = dotted.split(".")[0]
    if root in (*whitelist.AREAS, "argparse"):
        return "" if _is_callable(dotted) else f"{dotted} is not called by scripts"
    if target.attr not in whitelist.METHODS:
        return f"the method {target.attr} is not called by scripts"
    return ""


def _dotted(node: ast.expr) -> str:
    """Return `tf.nn.relu` for a chain of attributes; "" leads where it is none."""
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _is_callable(dotted: str) -> bool:
    if dotted in whitelist.DOTTED:
        return True
    if dotted in whitelist.FORBIDDEN:
        return False
    root, *path = dotted.split(".")
    if root == "np":
        return len(path) == 1 and path[0] in whitelist.NUMPY
    if len(path) == 1:
        return root in whitelist.AREAS
    return ".".join(path[:-1]) in whitelist.AREAS.get(root, frozenset())
