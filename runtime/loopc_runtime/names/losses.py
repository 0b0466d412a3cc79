"""What scripts may import of losses and matches."""

from loopc_runtime.losses.classes import categorical_hinge as categorical_hinge
from loopc_runtime.losses.classes import cosine_loss as cosine_loss
from loopc_runtime.losses.classes import cosine_similarity as cosine_similarity
from loopc_runtime.losses.classes import cross_entropy as cross_entropy
from loopc_runtime.losses.classes import focal_cross_entropy as focal_cross_entropy
from loopc_runtime.losses.classes import (
    generalized_cross_entropy as generalized_cross_entropy,
)
from loopc_runtime.losses.classes import kl_divergence as kl_divergence
from loopc_runtime.losses.classes import sparse_cross_entropy as sparse_cross_entropy
from loopc_runtime.losses.elementwise import absolute_error as absolute_error
from loopc_runtime.losses.elementwise import (
    absolute_percentage_error as absolute_percentage_error,
)
from loopc_runtime.losses.elementwise import (
    binary_cross_entropy as binary_cross_entropy,
)
from loopc_runtime.losses.elementwise import (
    binary_focal_cross_entropy as binary_focal_cross_entropy,
)
from loopc_runtime.losses.elementwise import hinge as hinge
from loopc_runtime.losses.elementwise import huber as huber
from loopc_runtime.losses.elementwise import log_cosh as log_cosh
from loopc_runtime.losses.elementwise import mean_absolute_error as mean_absolute_error
from loopc_runtime.losses.elementwise import (
    mean_absolute_percentage_error as mean_absolute_percentage_error,
)
from loopc_runtime.losses.elementwise import (
    mean_binary_cross_entropy as mean_binary_cross_entropy,
)
from loopc_runtime.losses.elementwise import mean_squared_error as mean_squared_error
from loopc_runtime.losses.elementwise import (
    mean_squared_logarithmic_error as mean_squared_logarithmic_error,
)
from loopc_runtime.losses.elementwise import poisson as poisson
from loopc_runtime.losses.elementwise import squared_error as squared_error
from loopc_runtime.losses.elementwise import squared_hinge as squared_hinge
from loopc_runtime.losses.elementwise import (
    squared_logarithmic_error as squared_logarithmic_error,
)
from loopc_runtime.losses.margins import binary_sparsemax as binary_sparsemax
from loopc_runtime.losses.margins import (
    generalized_kl_divergence as generalized_kl_divergence,
)
from loopc_runtime.losses.margins import giou_loss as giou_loss
from loopc_runtime.losses.margins import multiclass_hinge as multiclass_hinge
from loopc_runtime.losses.margins import multiclass_perceptron as multiclass_perceptron
from loopc_runtime.losses.margins import perceptron as perceptron
from loopc_runtime.losses.margins import poly_loss as poly_loss
from loopc_runtime.losses.margins import quantile_error as quantile_error
from loopc_runtime.losses.margins import ranking_softmax as ranking_softmax
from loopc_runtime.losses.margins import sigmoid_focal as sigmoid_focal
from loopc_runtime.losses.margins import sparsemax_loss as sparsemax_loss
from loopc_runtime.losses.matches import accuracy as accuracy
from loopc_runtime.losses.matches import binary_accuracy as binary_accuracy
from loopc_runtime.losses.matches import categorical_accuracy as categorical_accuracy
from loopc_runtime.losses.matches import (
    categorical_top_k_accuracy as categorical_top_k_accuracy,
)
from loopc_runtime.losses.matches import top_k_accuracy as top_k_accuracy
from loopc_runtime.losses.pairs import contrastive as contrastive
from loopc_runtime.losses.pairs import generalized_dice as generalized_dice
from loopc_runtime.losses.pairs import lifted_structure as lifted_structure
from loopc_runtime.losses.pairs import npairs as npairs
from loopc_runtime.losses.pairs import ntxent as ntxent
from loopc_runtime.losses.pairs import triplet_hard as triplet_hard
from loopc_runtime.losses.pairs import triplet_margin as triplet_margin
from loopc_runtime.losses.pairs import triplet_semi_hard as triplet_semi_hard
from loopc_runtime.losses.pairs import weighted_kappa as weighted_kappa
from loopc_runtime.losses.simplex import sparsemax as sparsemax
from loopc_runtime.losses.structured import circle as circle
from loopc_runtime.losses.structured import ctc as ctc
from loopc_runtime.losses.structured import dice as dice
from loopc_runtime.losses.structured import tversky as tversky
