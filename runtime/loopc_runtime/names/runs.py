"""What scripts may import of runs: loop, clock, optimizers, stages, trackers."""

from loopc_runtime.best import KeepBest as KeepBest
from loopc_runtime.best import Stall as Stall
from loopc_runtime.cadence import Every as Every
from loopc_runtime.clock import Clock as Clock
from loopc_runtime.errors import DataError as DataError
from loopc_runtime.errors import RunError as RunError
from loopc_runtime.execution import Execution as Execution
from loopc_runtime.main import run_main as run_main
from loopc_runtime.nonfinite import OnNonfinite as OnNonfinite
from loopc_runtime.optimizer import Optimizer as Optimizer
from loopc_runtime.optimizer import unique_variables as unique_variables
from loopc_runtime.run import Run as Run
from loopc_runtime.run import RunMode as RunMode
from loopc_runtime.stages import FrozenWeights as FrozenWeights
from loopc_runtime.stages import NoOptimizer as NoOptimizer
from loopc_runtime.stages import Stage as Stage
from loopc_runtime.stages import in_stages as in_stages
from loopc_runtime.stages import unfrozen as unfrozen
from loopc_runtime.start import start_from as start_from
from loopc_runtime.start import start_from_file as start_from_file
from loopc_runtime.window import Window as Window
