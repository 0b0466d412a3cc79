"""What scripts may import of gradient transforms: primitives, optimizers, wrappers."""

from loopc_runtime.extern_transform import declared_transform as declared_transform
from loopc_runtime.transforms.accumulation import accumulate as accumulate
from loopc_runtime.transforms.adafactor import (
    scale_by_adafactor_keras as scale_by_adafactor_keras,
)
from loopc_runtime.transforms.adam import scale_by_adam as scale_by_adam
from loopc_runtime.transforms.adam import scale_by_adamax as scale_by_adamax
from loopc_runtime.transforms.adam import scale_by_amsgrad as scale_by_amsgrad
from loopc_runtime.transforms.adam_flavors import (
    scale_by_adam_keras as scale_by_adam_keras,
)
from loopc_runtime.transforms.adam_flavors import (
    scale_by_adam_torch as scale_by_adam_torch,
)
from loopc_runtime.transforms.adam_flavors import scale_by_nadam as scale_by_nadam
from loopc_runtime.transforms.adam_relatives import scale_by_adan as scale_by_adan
from loopc_runtime.transforms.adam_relatives import scale_by_radam as scale_by_radam
from loopc_runtime.transforms.adam_relatives import scale_by_yogi as scale_by_yogi
from loopc_runtime.transforms.adaptive import scale_by_adadelta as scale_by_adadelta
from loopc_runtime.transforms.adaptive import scale_by_lion as scale_by_lion
from loopc_runtime.transforms.adaptive import scale_by_rms as scale_by_rms
from loopc_runtime.transforms.adaptive import scale_by_rss as scale_by_rss
from loopc_runtime.transforms.adaptive import scale_by_stddev as scale_by_stddev
from loopc_runtime.transforms.adopt import scale_by_adopt as scale_by_adopt
from loopc_runtime.transforms.adopt import scale_by_laprop as scale_by_laprop
from loopc_runtime.transforms.asgd import scale_by_asgd as scale_by_asgd
from loopc_runtime.transforms.averaging import average_weights as average_weights
from loopc_runtime.transforms.averaging import schedule_free as schedule_free
from loopc_runtime.transforms.base import GradientTransform as GradientTransform
from loopc_runtime.transforms.base import chain as chain
from loopc_runtime.transforms.base import kernels as kernels
from loopc_runtime.transforms.belief import scale_by_acprop as scale_by_acprop
from loopc_runtime.transforms.belief import scale_by_belief as scale_by_belief
from loopc_runtime.transforms.betting import scale_by_cocob as scale_by_cocob
from loopc_runtime.transforms.bounding import adaptive_grad_clip as adaptive_grad_clip
from loopc_runtime.transforms.bounding import clip_by_block_rms as clip_by_block_rms
from loopc_runtime.transforms.bounding import clip_by_p_norm as clip_by_p_norm
from loopc_runtime.transforms.bounding import clip_by_percentile as clip_by_percentile
from loopc_runtime.transforms.caution import (
    add_corrected_decayed_weights as add_corrected_decayed_weights,
)
from loopc_runtime.transforms.caution import cautious as cautious
from loopc_runtime.transforms.clipping import clip as clip
from loopc_runtime.transforms.clipping import clip_by_global_norm as clip_by_global_norm
from loopc_runtime.transforms.clipping import clip_each_norm as clip_each_norm
from loopc_runtime.transforms.clipping import global_norm as global_norm
from loopc_runtime.transforms.common_descent import cagrad as cagrad
from loopc_runtime.transforms.common_descent import fairgrad as fairgrad
from loopc_runtime.transforms.common_descent import mgda as mgda
from loopc_runtime.transforms.common_descent import nash_mtl as nash_mtl
from loopc_runtime.transforms.common_descent import sdmgrad as sdmgrad
from loopc_runtime.transforms.common_descent import upgrad as upgrad
from loopc_runtime.transforms.compressing import drop_gradients as drop_gradients
from loopc_runtime.transforms.compressing import quantize_signs as quantize_signs
from loopc_runtime.transforms.compressing import sparsify as sparsify
from loopc_runtime.transforms.constrained import forum as forum
from loopc_runtime.transforms.curvature import (
    hutchinson_estimator_diag_hessian as hutchinson_estimator_diag_hessian,
)
from loopc_runtime.transforms.curvature import (
    scale_by_adahessian as scale_by_adahessian,
)
from loopc_runtime.transforms.curvature import scale_by_sophia as scale_by_sophia
from loopc_runtime.transforms.decay import add_decayed_weights as add_decayed_weights
from loopc_runtime.transforms.distance import (
    scale_by_distance_over_gradients as scale_by_distance_over_gradients,
)
from loopc_runtime.transforms.distance import scale_by_dog as scale_by_dog
from loopc_runtime.transforms.distance import scale_by_dowg as scale_by_dowg
from loopc_runtime.transforms.dual_averaging import scale_by_ftrl as scale_by_ftrl
from loopc_runtime.transforms.dual_averaging import scale_by_madgrad as scale_by_madgrad
from loopc_runtime.transforms.earlier_gradients import add_noise as add_noise
from loopc_runtime.transforms.earlier_gradients import apply_every as apply_every
from loopc_runtime.transforms.earlier_gradients import (
    scale_by_optimistic_gradient as scale_by_optimistic_gradient,
)
from loopc_runtime.transforms.elementary import identity as identity
from loopc_runtime.transforms.elementary import scale as scale
from loopc_runtime.transforms.elementary import (
    scale_by_learning_rate as scale_by_learning_rate,
)
from loopc_runtime.transforms.elementary import scale_by_schedule as scale_by_schedule
from loopc_runtime.transforms.elementary import scale_by_sign as scale_by_sign
from loopc_runtime.transforms.elementary import set_to_zero as set_to_zero
from loopc_runtime.transforms.factored import (
    scale_by_factored_rms as scale_by_factored_rms,
)
from loopc_runtime.transforms.factored import scale_by_novograd as scale_by_novograd
from loopc_runtime.transforms.factored import scale_by_sm3 as scale_by_sm3
from loopc_runtime.transforms.flat import flat_state as flat_state
from loopc_runtime.transforms.frank_wolfe import (
    conditional_gradient as conditional_gradient,
)
from loopc_runtime.transforms.gradient_surgery import aligned_mtl as aligned_mtl
from loopc_runtime.transforms.gradient_surgery import graddrop as graddrop
from loopc_runtime.transforms.gradient_surgery import gradvac as gradvac
from loopc_runtime.transforms.gradient_surgery import imtl as imtl
from loopc_runtime.transforms.gradient_surgery import pcgrad as pcgrad
from loopc_runtime.transforms.kron import scale_by_kron as scale_by_kron
from loopc_runtime.transforms.lazy_adam import scale_by_lazy_adam as scale_by_lazy_adam
from loopc_runtime.transforms.learning_rate_free import dadapt_adamw as dadapt_adamw
from loopc_runtime.transforms.learning_rate_free import prodigy as prodigy
from loopc_runtime.transforms.line_search import (
    scale_by_backtracking_linesearch as scale_by_backtracking_linesearch,
)
from loopc_runtime.transforms.loss_balancing import dwa as dwa
from loopc_runtime.transforms.loss_balancing import equal as equal
from loopc_runtime.transforms.loss_balancing import famo as famo
from loopc_runtime.transforms.loss_balancing import gls as gls
from loopc_runtime.transforms.loss_balancing import log_transform as log_transform
from loopc_runtime.transforms.loss_balancing import pareto as pareto
from loopc_runtime.transforms.loss_balancing import rlw as rlw
from loopc_runtime.transforms.loss_balancing import stch as stch
from loopc_runtime.transforms.loss_balancing import uncertainty as uncertainty
from loopc_runtime.transforms.low_rank import scale_by_galore as scale_by_galore
from loopc_runtime.transforms.masking import freeze as freeze
from loopc_runtime.transforms.masking import masked as masked
from loopc_runtime.transforms.mechanic import mechanize as mechanize
from loopc_runtime.transforms.mixing import scale_by_ademamix as scale_by_ademamix
from loopc_runtime.transforms.mixing import (
    scale_by_simplified_ademamix as scale_by_simplified_ademamix,
)
from loopc_runtime.transforms.model_based import momo as momo
from loopc_runtime.transforms.model_based import momo_adam as momo_adam
from loopc_runtime.transforms.momentum import ema as ema
from loopc_runtime.transforms.momentum import trace as trace
from loopc_runtime.transforms.named_adam import adam as adam
from loopc_runtime.transforms.named_adam import adamax as adamax
from loopc_runtime.transforms.named_adam import adamw as adamw
from loopc_runtime.transforms.named_adam import nadam as nadam
from loopc_runtime.transforms.named_adaptive import adadelta as adadelta
from loopc_runtime.transforms.named_adaptive import adagrad as adagrad
from loopc_runtime.transforms.named_adaptive import lion as lion
from loopc_runtime.transforms.named_free import adahessian as adahessian
from loopc_runtime.transforms.named_free import cocob as cocob
from loopc_runtime.transforms.named_free import dog as dog
from loopc_runtime.transforms.named_free import dowg as dowg
from loopc_runtime.transforms.named_free import ftrl as ftrl
from loopc_runtime.transforms.named_free import madgrad as madgrad
from loopc_runtime.transforms.named_free import sophia as sophia
from loopc_runtime.transforms.named_gradient import adamp as adamp
from loopc_runtime.transforms.named_gradient import asgd as asgd
from loopc_runtime.transforms.named_gradient import noisy_sgd as noisy_sgd
from loopc_runtime.transforms.named_gradient import optimistic_adam as optimistic_adam
from loopc_runtime.transforms.named_gradient import (
    optimistic_gradient_descent as optimistic_gradient_descent,
)
from loopc_runtime.transforms.named_gradient import sgdp as sgdp
from loopc_runtime.transforms.named_layerwise import fromage as fromage
from loopc_runtime.transforms.named_layerwise import lamb as lamb
from loopc_runtime.transforms.named_layerwise import lars as lars
from loopc_runtime.transforms.named_layerwise import novograd as novograd
from loopc_runtime.transforms.named_lbfgs import lbfgs as lbfgs
from loopc_runtime.transforms.named_memory import adafactor as adafactor
from loopc_runtime.transforms.named_memory import galore as galore
from loopc_runtime.transforms.named_memory import sm3 as sm3
from loopc_runtime.transforms.named_momentum import rmsprop as rmsprop
from loopc_runtime.transforms.named_momentum import sgd as sgd
from loopc_runtime.transforms.named_muon import muon as muon
from loopc_runtime.transforms.named_preconditioned import kron as kron
from loopc_runtime.transforms.named_preconditioned import soap as soap
from loopc_runtime.transforms.named_relatives import acprop as acprop
from loopc_runtime.transforms.named_relatives import adabelief as adabelief
from loopc_runtime.transforms.named_relatives import adan as adan
from loopc_runtime.transforms.named_relatives import ademamix as ademamix
from loopc_runtime.transforms.named_relatives import adopt as adopt
from loopc_runtime.transforms.named_relatives import amsgrad as amsgrad
from loopc_runtime.transforms.named_relatives import laprop as laprop
from loopc_runtime.transforms.named_relatives import lazy_adam as lazy_adam
from loopc_runtime.transforms.named_relatives import mars as mars
from loopc_runtime.transforms.named_relatives import radam as radam
from loopc_runtime.transforms.named_relatives import (
    simplified_ademamix as simplified_ademamix,
)
from loopc_runtime.transforms.named_relatives import yogi as yogi
from loopc_runtime.transforms.named_schedule_free import polyak_sgd as polyak_sgd
from loopc_runtime.transforms.named_schedule_free import (
    schedule_free_adamw as schedule_free_adamw,
)
from loopc_runtime.transforms.named_schedule_free import (
    schedule_free_sgd as schedule_free_sgd,
)
from loopc_runtime.transforms.named_signs import rprop as rprop
from loopc_runtime.transforms.named_signs import sign_sgd as sign_sgd
from loopc_runtime.transforms.named_signs import signum as signum
from loopc_runtime.transforms.normalizing import centralize as centralize
from loopc_runtime.transforms.normalizing import normalize as normalize
from loopc_runtime.transforms.normalizing import (
    normalize_by_update_norm as normalize_by_update_norm,
)
from loopc_runtime.transforms.normalizing import (
    scale_by_param_block_norm as scale_by_param_block_norm,
)
from loopc_runtime.transforms.normalizing import (
    scale_by_param_block_rms as scale_by_param_block_rms,
)
from loopc_runtime.transforms.normalizing import (
    scale_by_trust_ratio as scale_by_trust_ratio,
)
from loopc_runtime.transforms.normalizing import zero_nans as zero_nans
from loopc_runtime.transforms.orthogonal import orthogonalize as orthogonalize
from loopc_runtime.transforms.orthogonal import scale_by_muon as scale_by_muon
from loopc_runtime.transforms.orthogonal import scale_by_shape as scale_by_shape
from loopc_runtime.transforms.partition import partition as partition
from loopc_runtime.transforms.privacy import (
    differentially_private_aggregate as differentially_private_aggregate,
)
from loopc_runtime.transforms.privacy import dpsgd as dpsgd
from loopc_runtime.transforms.privacy import (
    per_example_global_norm_clip as per_example_global_norm_clip,
)
from loopc_runtime.transforms.privacy import (
    per_example_layer_norm_clip as per_example_layer_norm_clip,
)
from loopc_runtime.transforms.probes import probe as probe
from loopc_runtime.transforms.projections import (
    keep_params_nonnegative as keep_params_nonnegative,
)
from loopc_runtime.transforms.projections import projection_box as projection_box
from loopc_runtime.transforms.projections import (
    projection_halfspace as projection_halfspace,
)
from loopc_runtime.transforms.projections import (
    projection_hypercube as projection_hypercube,
)
from loopc_runtime.transforms.projections import (
    projection_hyperplane as projection_hyperplane,
)
from loopc_runtime.transforms.projections import (
    projection_l1_ball as projection_l1_ball,
)
from loopc_runtime.transforms.projections import (
    projection_l1_sphere as projection_l1_sphere,
)
from loopc_runtime.transforms.projections import (
    projection_l2_ball as projection_l2_ball,
)
from loopc_runtime.transforms.projections import (
    projection_l2_sphere as projection_l2_sphere,
)
from loopc_runtime.transforms.projections import (
    projection_linf_ball as projection_linf_ball,
)
from loopc_runtime.transforms.projections import (
    projection_non_negative as projection_non_negative,
)
from loopc_runtime.transforms.projections import (
    projection_simplex as projection_simplex,
)
from loopc_runtime.transforms.projections import projection_vector as projection_vector
from loopc_runtime.transforms.proximal import proximal_adagrad as proximal_adagrad
from loopc_runtime.transforms.quasi_newton import scale_by_lbfgs as scale_by_lbfgs
from loopc_runtime.transforms.running_balance import db_mtl as db_mtl
from loopc_runtime.transforms.running_balance import excess_mtl as excess_mtl
from loopc_runtime.transforms.running_balance import gradnorm as gradnorm
from loopc_runtime.transforms.running_balance import moco as moco
from loopc_runtime.transforms.running_balance import modo as modo
from loopc_runtime.transforms.scale_invariance import (
    without_radial_part as without_radial_part,
)
from loopc_runtime.transforms.selecting import biases as biases
from loopc_runtime.transforms.selecting import embeddings as embeddings
from loopc_runtime.transforms.selecting import norms as norms
from loopc_runtime.transforms.selecting import otherwise as otherwise
from loopc_runtime.transforms.selecting import weights_of as weights_of
from loopc_runtime.transforms.sharpness import sam as sam
from loopc_runtime.transforms.sign_steps import scale_by_rprop as scale_by_rprop
from loopc_runtime.transforms.soap import scale_by_soap as scale_by_soap
from loopc_runtime.transforms.value_rules import reduce_on_plateau as reduce_on_plateau
from loopc_runtime.transforms.value_rules import scale_by_polyak as scale_by_polyak
from loopc_runtime.transforms.variance_reduction import (
    correct_by_change as correct_by_change,
)
from loopc_runtime.transforms.wrappers import apply_if_finite as apply_if_finite
from loopc_runtime.transforms.wrappers import conditionally_mask as conditionally_mask
from loopc_runtime.transforms.wrappers import (
    conditionally_transform as conditionally_transform,
)
from loopc_runtime.transforms.wrappers import lookahead as lookahead
from loopc_runtime.transforms.zoom import (
    scale_by_zoom_linesearch as scale_by_zoom_linesearch,
)
