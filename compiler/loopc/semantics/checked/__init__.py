"""The checked program: every name resolved, every default filled in, a type on every
value.

Tensor expressions say what is computed on the axes of one example; the batch axis is
the business of code generation. Names of primitives, layers, transforms and schedules
are those of the vocabulary. Spans lead back to the text.
"""

from loopc.semantics.checked.base import CheckedExpression as CheckedExpression
from loopc.semantics.checked.base import CheckedNode as CheckedNode
from loopc.semantics.checked.base import Duration as Duration
from loopc.semantics.checked.base import ObjectValue as ObjectValue
from loopc.semantics.checked.base import StaticValue as StaticValue
from loopc.semantics.checked.data import Category as Category
from loopc.semantics.checked.data import CheckedCarve as CheckedCarve
from loopc.semantics.checked.data import CheckedData as CheckedData
from loopc.semantics.checked.data import CheckedField as CheckedField
from loopc.semantics.checked.data import CheckedSource as CheckedSource
from loopc.semantics.checked.data import ColumnValue as ColumnValue
from loopc.semantics.checked.data import SourceFormat as SourceFormat
from loopc.semantics.checked.data import Standardized as Standardized
from loopc.semantics.checked.data import Windowed as Windowed
from loopc.semantics.checked.declarations import CheckedConst as CheckedConst
from loopc.semantics.checked.declarations import CheckedFunction as CheckedFunction
from loopc.semantics.checked.declarations import CheckedModel as CheckedModel
from loopc.semantics.checked.declarations import CheckedParam as CheckedParam
from loopc.semantics.checked.declarations import CheckedTemplate as CheckedTemplate
from loopc.semantics.checked.declarations import LayerSummary as LayerSummary
from loopc.semantics.checked.program import CheckedProgram as CheckedProgram
from loopc.semantics.checked.schedules import CheckedChain as CheckedChain
from loopc.semantics.checked.schedules import CheckedGroup as CheckedGroup
from loopc.semantics.checked.schedules import CheckedLink as CheckedLink
from loopc.semantics.checked.schedules import CheckedSchedule as CheckedSchedule
from loopc.semantics.checked.schedules import LinkOption as LinkOption
from loopc.semantics.checked.schedules import ScheduleArithmetic as ScheduleArithmetic
from loopc.semantics.checked.schedules import ScheduleBody as ScheduleBody
from loopc.semantics.checked.schedules import ScheduleFormula as ScheduleFormula
from loopc.semantics.checked.schedules import ScheduleName as ScheduleName
from loopc.semantics.checked.schedules import ScheduleNumber as ScheduleNumber
from loopc.semantics.checked.schedules import SchedulePiece as SchedulePiece
from loopc.semantics.checked.schedules import ScheduleSequence as ScheduleSequence
from loopc.semantics.checked.statements import CheckedAssign as CheckedAssign
from loopc.semantics.checked.statements import CheckedEvery as CheckedEvery
from loopc.semantics.checked.statements import CheckedRepeat as CheckedRepeat
from loopc.semantics.checked.statements import CheckedReport as CheckedReport
from loopc.semantics.checked.statements import CheckedReportItem as CheckedReportItem
from loopc.semantics.checked.statements import CheckedReturn as CheckedReturn
from loopc.semantics.checked.statements import CheckedStatement as CheckedStatement
from loopc.semantics.checked.statements import CheckedUpdate as CheckedUpdate
from loopc.semantics.checked.statics import Cadence as Cadence
from loopc.semantics.checked.statics import Static as Static
from loopc.semantics.checked.statics import StaticExpression as StaticExpression
from loopc.semantics.checked.statics import StaticLiteral as StaticLiteral
from loopc.semantics.checked.statics import StaticName as StaticName
from loopc.semantics.checked.statics import StaticObject as StaticObject
from loopc.semantics.checked.statics import StaticOperation as StaticOperation
from loopc.semantics.checked.statics import StaticShape as StaticShape
from loopc.semantics.checked.streams import CheckedStream as CheckedStream
from loopc.semantics.checked.streams import Drawn as Drawn
from loopc.semantics.checked.tensors import ApplyLayer as ApplyLayer
from loopc.semantics.checked.tensors import Average as Average
from loopc.semantics.checked.tensors import CallFunction as CallFunction
from loopc.semantics.checked.tensors import CallModel as CallModel
from loopc.semantics.checked.tensors import CallModelValue as CallModelValue
from loopc.semantics.checked.tensors import ClockValue as ClockValue
from loopc.semantics.checked.tensors import ConstantTable as ConstantTable
from loopc.semantics.checked.tensors import Construct as Construct
from loopc.semantics.checked.tensors import CopyModel as CopyModel
from loopc.semantics.checked.tensors import Gradient as Gradient
from loopc.semantics.checked.tensors import Indexing as Indexing
from loopc.semantics.checked.tensors import Local as Local
from loopc.semantics.checked.tensors import ModelWeight as ModelWeight
from loopc.semantics.checked.tensors import Primitive as Primitive
from loopc.semantics.checked.tensors import Random as Random
from loopc.semantics.checked.tensors import ReadWeight as ReadWeight
from loopc.semantics.checked.tensors import ScheduleValue as ScheduleValue
from loopc.semantics.checked.tensors import Select as Select
from loopc.semantics.checked.tensors import Slice as Slice
from loopc.semantics.checked.tensors import StatefulMetric as StatefulMetric
from loopc.semantics.checked.tensors import Total as Total
from loopc.semantics.checked.tensors import TupleValue as TupleValue
from loopc.semantics.checked.tensors import UpdatedModel as UpdatedModel
from loopc.semantics.checked.train import CheckedEval as CheckedEval
from loopc.semantics.checked.train import CheckedExport as CheckedExport
from loopc.semantics.checked.train import CheckedKeep as CheckedKeep
from loopc.semantics.checked.train import CheckedStart as CheckedStart
from loopc.semantics.checked.train import CheckedStop as CheckedStop
from loopc.semantics.checked.train import CheckedTrain as CheckedTrain
