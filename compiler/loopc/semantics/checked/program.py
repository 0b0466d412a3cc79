"""A whole checked program."""

from collections.abc import Mapping
from dataclasses import field

from loopc.records import dataclass
from loopc.semantics.checked.data import CheckedData
from loopc.semantics.checked.declarations import (
    CheckedConst,
    CheckedFunction,
    CheckedModel,
    CheckedParam,
    CheckedTemplate,
)
from loopc.semantics.checked.externs import CheckedExtern
from loopc.semantics.checked.schedules import CheckedChain, CheckedSchedule
from loopc.semantics.checked.train import CheckedTrain


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedProgram:
    """Everything, in file order. `title` is the first comment line of the file, for
    people, and so are the `remarks`: comments by the name that they are about, or by
    `train`, `train.step` and `train.valid`.
    """

    title: str
    params: tuple[CheckedParam, ...]
    consts: tuple[CheckedConst, ...]
    data: tuple[CheckedData, ...]
    models: tuple[CheckedModel, ...]
    templates: tuple[CheckedTemplate, ...]
    functions: tuple[CheckedFunction, ...]
    schedules: tuple[CheckedSchedule, ...]
    chains: tuple[CheckedChain, ...]
    trains: tuple[CheckedTrain, ...]
    externs: tuple[CheckedExtern, ...] = ()
    remarks: Mapping[str, str] = field(default_factory=dict, compare=False)
