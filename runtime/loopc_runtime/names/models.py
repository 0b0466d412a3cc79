"""What scripts may import of models: layers, weights, averages, networks of files."""

from loopc_runtime.derived import Averaged as Averaged
from loopc_runtime.derived import ExponentialMovingAverage as ExponentialMovingAverage
from loopc_runtime.derived import Frozen as Frozen
from loopc_runtime.derived import Snapshot as Snapshot
from loopc_runtime.derived import call_unchanged as call_unchanged
from loopc_runtime.functional_model import FunctionalModel as FunctionalModel
from loopc_runtime.layers import AlphaDropout as AlphaDropout
from loopc_runtime.layers import Dropout as Dropout
from loopc_runtime.layers import GaussianDropout as GaussianDropout
from loopc_runtime.layers import GaussianNoise as GaussianNoise
from loopc_runtime.layers import SpatialDropout1D as SpatialDropout1D
from loopc_runtime.layers import SpatialDropout2D as SpatialDropout2D
from loopc_runtime.layers import SpatialDropout3D as SpatialDropout3D
from loopc_runtime.loading import load_network as load_network
from loopc_runtime.parts_of_models import trainable_except as trainable_except
from loopc_runtime.penalties import regularization as regularization
from loopc_runtime.precision import LossScale as LossScale
from loopc_runtime.precision import dtype_policy as dtype_policy
from loopc_runtime.weights import Readable as Readable
from loopc_runtime.weights import Weight as Weight
