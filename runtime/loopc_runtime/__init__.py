"""What a generated training script imports: the lists in `names/`, gathered."""

from loopc_runtime.names.data import *
from loopc_runtime.names.losses import *
from loopc_runtime.names.models import *
from loopc_runtime.names.runs import *
from loopc_runtime.names.schedules import *
from loopc_runtime.names.steps import *
from loopc_runtime.names.transforms import *
