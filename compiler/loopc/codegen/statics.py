"""Static expressions as Python: a param becomes `config.NAME`, numbers stay numbers."""

from loopc.codegen.literals import literal
from loopc.codegen.names import Names, attribute
from loopc.diagnostics.model import CompilerBug
from loopc.records import dataclass
from loopc.semantics import checked

ATOM, POWER, UNARY, PRODUCT, SUM, COMPARISON, NOT, AND, OR, CHOICE = (
    100, 60, 55, 50, 40, 30, 25, 20, 15, 10,
)  # fmt: skip

OPERATORS = {
    "+": ("+", SUM), "-": ("-", SUM), "*": ("*", PRODUCT), "/": ("/", PRODUCT),
    "//": ("//", PRODUCT), "^": ("**", POWER), "==": ("==", COMPARISON),
    "!=": ("!=", COMPARISON), "<": ("<", COMPARISON), "<=": ("<=", COMPARISON),
    ">": (">", COMPARISON), ">=": (">=", COMPARISON), "and": ("and", AND),
    "or": ("or", OR),
}  # fmt: skip

FUNCTIONS = {
    "min": "min", "max": "max", "minimum": "min", "maximum": "max", "abs": "abs",
    "round": "round", "int": "int", "float": "float", "sum": "sum", "length": "len",
    "range": "range", "linspace": "np.linspace", "sqrt": "math.sqrt",
    "exp": "math.exp", "log": "math.log", "log2": "math.log2", "log10": "math.log10",
    "sin": "math.sin", "cos": "math.cos", "tan": "math.tan", "tanh": "math.tanh",
    "floor": "math.floor", "ceil": "math.ceil",
}  # fmt: skip


MAKE_LISTS = frozenset({"list", "range", "linspace", "reverse", "cumsum", "cumprod"})
TAKE_LISTS = frozenset({"list", "reverse", "index", "length", "sum", "mean"})


@dataclass(frozen=True, slots=True)
class Code:
    """Python source of an expression and how tightly it binds."""

    text: str
    precedence: int = ATOM

    def within(self, precedence: int) -> str:
        """The text, in parentheses where it binds no tighter than `precedence`."""
        return self.text if self.precedence > precedence else f"({self.text})"


def negative_aware(text: str) -> Code:
    return Code(text, UNARY if text.startswith("-") else ATOM)


@dataclass(frozen=True, slots=True)
class StaticPrinter:
    """`names` gives loop and parameter names; a param is read from `config`."""

    names: Names

    def value(self, static: checked.Static) -> Code:
        written = static.expression
        if written is None or _by_elements(written):
            return negative_aware(literal(static.value))
        if not _mentions_name(written) and not checked.is_long(static.value):
            return negative_aware(literal(static.value))
        return self.expression(written)

    def amount(self, cadence: checked.Cadence) -> str:
        """How many steps or epochs a cadence takes."""
        value = cadence.value
        if value is not None and value.expression is not None:
            return self.value(value).text
        return str(cadence.duration.amount)

    def expression(self, node: checked.StaticExpression) -> Code:
        match node:
            case checked.StaticLiteral():
                return negative_aware(literal(node.value))
            case checked.StaticName():
                return Code(self.name(node))
            case checked.StaticOperation():
                return self.operation(node)
            case checked.StaticShape():
                return self.shape(node)
            case checked.StaticObject():
                return self.made(node)

    def name(self, node: checked.StaticName) -> str:
        if node.origin == "param":
            return f"config.{attribute(node.name)}"
        if node.origin == "const":
            return self.names.of("const", node.name, node.name.upper())
        return self.names.of("local", node.name)

    def operation(self, node: checked.StaticOperation) -> Code:
        operands = [self.expression(o) for o in node.operands]
        if node.operator == "not":
            return Code(f"not {operands[0].within(NOT)}", NOT)
        if node.operator in ("+", "-") and len(operands) == 1:
            return Code(f"{node.operator}{operands[0].within(UNARY)}", UNARY)
        if node.operator in OPERATORS:
            sign, precedence = OPERATORS[node.operator]
            left = operands[0].within(precedence - 1)
            return Code(f"{left} {sign} {operands[1].within(precedence)}", precedence)
        return self.written(node.operator, operands)

    def written(self, operator: str, operands: list[Code]) -> Code:
        """What is no operator of Python's by its name, or a function."""
        match operator, operands:
            case "mod", [left, right]:
                text = f"{left.within(PRODUCT)} % {right.within(PRODUCT)}"
                return Code(text, PRODUCT)
            case "if", [condition, then, otherwise]:
                chosen, test = then.within(CHOICE), condition.within(CHOICE)
                return Code(f"{chosen} if {test} else {otherwise.text}", CHOICE)
            case "square", [base]:
                return Code(f"{base.within(POWER)}**2", POWER)
            case "index", [values, index]:
                return Code(f"{values.within(POWER)}[{index.text}]")
            case "reverse", [values]:
                return Code(f"{values.within(POWER)}[::-1]")
            case "mean", [values]:
                return Code(f"sum({values.text}) / len({values.text})", PRODUCT)
        arguments = ", ".join(o.text for o in operands)
        if operator == "list":
            return Code(f"[{arguments}]")
        if operator not in FUNCTIONS:
            raise CompilerBug(f"no Python for the static function {operator}")
        return Code(f"{FUNCTIONS[operator]}({arguments})")

    def made(self, node: checked.StaticObject) -> Code:
        options = (f"{name}={self.expression(o).text}" for name, o in node.options)
        return Code(f"{node.python}({', '.join(options)})")

    def shape(self, node: checked.StaticShape) -> Code:
        if not isinstance(node.tensor, checked.Local):
            raise CompilerBug("the shape of an expression that has no name")
        text = f"{self.names.of('local', node.tensor.name)}.shape"
        if node.index is None:
            return Code(text)
        index = node.index if node.index < 0 else node.index + 1
        return Code(f"{text}[{index}]")


def _mentions_name(node: checked.StaticExpression) -> bool:
    match node:
        case checked.StaticName() | checked.StaticShape():
            return True
        case checked.StaticOperation():
            return any(_mentions_name(o) for o in node.operands)
        case checked.StaticObject():
            return any(_mentions_name(o) for _, o in node.options)
        case checked.StaticLiteral():
            return False


def _by_elements(node: checked.StaticExpression) -> bool:
    """Whether a list takes part element by element, which Python's own do not."""
    if not isinstance(node, checked.StaticOperation):
        return False
    if any(_by_elements(o) for o in node.operands):
        return True
    if node.operator in ("cumsum", "cumprod"):
        return True
    whole = {"min", "max"} if len(node.operands) == 1 else {"==", "!="}
    return node.operator not in TAKE_LISTS | whole and any(
        _is_list(o) for o in node.operands
    )


def _is_list(node: checked.StaticExpression) -> bool:
    match node:
        case checked.StaticLiteral():
            return isinstance(node.value, tuple)
        case checked.StaticOperation():
            return node.operator in MAKE_LISTS
        case checked.StaticShape():
            return node.index is None
    return False
