"""What scripts may import for steps: arithmetic, draws, reports, parts of batches."""

from loopc_runtime.arrangements import fourier_transform as fourier_transform
from loopc_runtime.arrangements import (
    inverse_fourier_transform as inverse_fourier_transform,
)
from loopc_runtime.arrangements import quantile as quantile
from loopc_runtime.arrangements import segment_max as segment_max
from loopc_runtime.arrangements import segment_mean as segment_mean
from loopc_runtime.arrangements import segment_sum as segment_sum
from loopc_runtime.averages import Mean as Mean
from loopc_runtime.averages import Report as Report
from loopc_runtime.averages import Sum as Sum
from loopc_runtime.averages import weighted_mean as weighted_mean
from loopc_runtime.chunk import StepFunction as StepFunction
from loopc_runtime.devices import on_devices as on_devices
from loopc_runtime.distributions import random_bernoulli as random_bernoulli
from loopc_runtime.distributions import random_beta as random_beta
from loopc_runtime.distributions import random_categorical as random_categorical
from loopc_runtime.distributions import random_gamma as random_gamma
from loopc_runtime.distributions import (
    random_truncated_normal as random_truncated_normal,
)
from loopc_runtime.draws import Draw as Draw
from loopc_runtime.extern import as_declared as as_declared
from loopc_runtime.extern import declared_metric as declared_metric
from loopc_runtime.gradient_norms import gradient_norm as gradient_norm
from loopc_runtime.objectives import per_example_gradients as per_example_gradients
from loopc_runtime.objectives import repeatable as repeatable
from loopc_runtime.objectives import task_gradients as task_gradients
from loopc_runtime.occasional import when_due as when_due
from loopc_runtime.parts import Part as Part
from loopc_runtime.parts import in_parts as in_parts
from loopc_runtime.random import make_stateless as make_stateless
from loopc_runtime.random import random_normal as random_normal
from loopc_runtime.random import random_uniform as random_uniform
from loopc_runtime.random import random_uniform_int as random_uniform_int
from loopc_runtime.reversal import reverse_gradient as reverse_gradient
from loopc_runtime.scope import step_scope as step_scope
from loopc_runtime.second_order import zeros_where_none as zeros_where_none
