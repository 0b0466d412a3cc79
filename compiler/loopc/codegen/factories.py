"""What a template prints of a function that makes a schedule or a transform."""

from loopc.records import dataclass


@dataclass(frozen=True, slots=True)
class FormulaContext:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class FactoryContext:
    """A schedule or transform of the script, made by a function of its own."""

    key: str
    make: str
    parameters: str
    arguments: str
    docstring: tuple[str, ...]
    formulas: tuple[FormulaContext, ...]
    value: str
