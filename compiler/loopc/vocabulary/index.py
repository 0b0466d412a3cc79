"""Which file of the vocabulary holds which names, so that the others need no import.

Names and aliases stand in the order of the entries; a test compares them.
"""

from collections.abc import Mapping

# Folders are not called like the functions of the package: its modules would hide them.
FAMILIES: Mapping[str, Mapping[str, str]] = {
    "functions": {
        "operations.operators": """
            add subtract multiply divide floor_divide mod power negate equal
            not_equal less less_equal greater greater_equal logical_and logical_or
            logical_not minimum maximum matmul contract
        """,
        "operations.pointwise": """
            exp expm1 log log1p sqrt rsqrt sin cos tan asin arcsin acos arccos atan
            arctan sinh cosh erf square abs sign floor ceil round is_finite isfinite
            where clip
        """,
        "operations.activations": """
            relu relu6 selu silu swish softplus softsign log_sigmoid tanh mish
            hard_sigmoid hard_silu hard_swish hard_tanh tanh_shrink sparse_plus
            sparse_sigmoid elu celu gelu leaky_relu hard_shrink soft_shrink
            squareplus threshold sigmoid softmax log_softmax sparsemax glu
        """,
        "operations.reductions": """
            sum prod mean_axes variance std norm logsumexp any all min max argmax argmin
            cumsum sort flip cumprod
        """,
        "operations.shaping": """
            flatten reshape expand expand_dims squeeze transpose concat stack tile
            pad
        """,
        "operations.selecting": """
            take gather take_each one_hot linspace cast zeros zeros_like ones
            ones_like l2_normalize squared_distance cosine_similarity stop_gradient
            straight_through for_each_example
        """,
        "operations.vectors": """
            triplet_margin smooth_labels atan2 log_add_exp reverse_gradient
        """,
        "operations.special": """
            log2 log10 asinh arcsinh acosh arccosh atanh arctanh erfc erfinv log_gamma
            lgamma digamma divide_no_nan xlogy
        """,
        "operations.ordering": """
            argsort top_k top_k_indices quantile median cumulative_logsumexp roll
            take_along take_along_axis digitize
        """,
        "operations.matrices": """
            einsum outer eye tril triu diagonal diag trace inverse inv solve cholesky
            logdet eigenvalues eigvalsh singular_values
        """,
        "operations.spectra": """
            rfft irfft
        """,
        "operations.segments": """
            segment_sum segment_mean segment_max
        """,
        "operations.batches": """
            next_example random_box categorical bernoulli
        """,
        "operations.images": """
            resize upsample
        """,
        "operations.image_changes": """
            random_crop center_crop random_flip random_rotation random_translation
            random_zoom random_brightness random_contrast random_saturation random_hue
            random_color random_color_and_hue cutout random_erasing
        """,
    },
    "layers": {
        "keras_layers.core": """
            dense einsum_dense embedding reversible_embedding identity masking
        """,
        "keras_layers.convolution": """
            conv1d convolution1d conv2d convolution2d conv3d convolution3d
            conv1d_transpose convolution1d_transpose conv2d_transpose
            convolution2d_transpose conv3d_transpose convolution3d_transpose
        """,
        "keras_layers.depthwise": """
            depthwise_conv1d depthwise_convolution1d depthwise_conv2d
            depthwise_convolution2d separable_conv1d separable_convolution1d
            separable_conv2d separable_convolution2d
        """,
        "keras_layers.pooling": """
            max_pooling1d max_pool1d max_pooling2d max_pool2d max_pooling3d
            max_pool3d average_pooling1d avg_pool1d average_pooling2d avg_pool2d
            average_pooling3d avg_pool3d global_max_pooling1d global_max_pool1d
            global_max_pooling2d global_max_pool2d global_max_pooling3d
            global_max_pool3d global_average_pooling1d global_avg_pool1d
            global_average_pooling2d global_avg_pool2d global_average_pooling3d
            global_avg_pool3d adaptive_max_pooling1d adaptive_max_pooling2d
            adaptive_max_pooling3d adaptive_average_pooling1d
            adaptive_average_pooling2d adaptive_average_pooling3d
        """,
        "keras_layers.normalization": """
            batch_normalization batch_norm layer_normalization layer_norm
            group_normalization group_norm rms_normalization rms_norm
            unit_normalization
        """,
        "keras_layers.attention": """
            multi_head_attention group_query_attention grouped_query_attention
            attention additive_attention
        """,
        "keras_layers.recurrent": """
            lstm gru simple_rnn conv_lstm1d conv_lstm2d conv_lstm3d
        """,
        "keras_layers.cells": """
            lstm_cell gru_cell simple_rnn_cell rnn
        """,
        "keras_layers.applications": """
            mobilenet mobilenet_v2 mobilenet_v3_small mobilenet_v3_large
            efficientnet_b0 efficientnet_v2_b0 resnet50 resnet50_v2 densenet121
            xception vgg16
        """,
        "keras_layers.wrappers": """
            bidirectional time_distributed spectral_normalization spectral_norm
        """,
        "keras_layers.regularization": """
            dropout spatial_dropout1d spatial_dropout2d spatial_dropout3d
            gaussian_noise gaussian_dropout alpha_dropout
        """,
        "keras_layers.activations": """
            activation prelu relu_layer leaky_relu_layer elu_layer softmax_layer
        """,
        "keras_layers.reshaping": """
            flatten reshape permute repeat_vector zero_padding1d zero_padding2d
            zero_padding3d cropping1d cropping2d cropping3d upsampling1d
            up_sampling1d upsampling2d up_sampling2d upsampling3d up_sampling3d
        """,
        "keras_layers.merging": """
            add subtract multiply average maximum minimum concatenate dot
        """,
        "keras_layers.preprocessing": """
            rescaling normalization discretization category_encoding resizing
            center_crop mel_spectrogram
        """,
        "keras_layers.spectra": """
            stft_spectrogram
        """,
        "keras_layers.augmentation": """
            random_crop random_flip random_translation random_rotation random_zoom
            random_shear random_perspective random_elastic_transform random_erasing
        """,
        "keras_layers.colors": """
            random_brightness random_contrast random_hue random_saturation
            random_color_jitter random_color_degeneration random_grayscale
            random_sharpness random_gaussian_blur random_invert random_posterization
            solarization aug_mix rand_augment auto_contrast equalization
            contrast_limited_adaptive_histogram_equalization
        """,
    },
    "losses": {
        "criteria.classification": """
            cross_entropy categorical_crossentropy sparse_categorical_crossentropy
            binary_cross_entropy binary_crossentropy mean_binary_cross_entropy
            focal_cross_entropy categorical_focal_crossentropy
            binary_focal_cross_entropy binary_focal_crossentropy
        """,
        "criteria.regression": """
            squared_error absolute_error absolute_percentage_error
            squared_logarithmic_error mean_squared_error mse mean_absolute_error mae
            mean_absolute_percentage_error mape mean_squared_logarithmic_error msle
            huber log_cosh poisson hinge squared_hinge
        """,
        "criteria.structured": """
            kl_divergence kullback_leibler_divergence generalized_cross_entropy
            categorical_generalized_cross_entropy categorical_hinge cosine_loss dice
            tversky circle ctc
        """,
        "criteria.margins": """
            l2_loss quantile_error pinball perceptron binary_sparsemax
            sigmoid_focal poly_loss sparsemax_loss multiclass_perceptron
            multiclass_hinge ranking_softmax generalized_kl_divergence
            convex_kl_divergence giou_loss
        """,
        "criteria.pairs": """
            contrastive ntxent triplet_semi_hard triplet_hard lifted_structure
            npairs info_nce weighted_kappa generalized_dice
        """,
        "criteria.matching": """
            accuracy categorical_accuracy sparse_categorical_accuracy
            binary_accuracy top_k_accuracy top_k_categorical_accuracy
            sparse_top_k_categorical_accuracy
        """,
    },
    "metrics": {
        "measures.confusion": """
            auc precision recall precision_at_recall recall_at_precision
            sensitivity_at_specificity specificity_at_sensitivity true_positives
            true_negatives false_positives false_negatives f1_score fbeta_score
            f_beta_score
        """,
        "measures.overlap": """
            iou mean_iou one_hot_iou one_hot_mean_iou binary_iou
        """,
        "measures.correlation": """
            root_mean_squared_error rmse r2_score pearson_correlation
            concordance_correlation
        """,
    },
    "transforms": {
        "chains.externs": "extern_gradients extern_updates",
        "chains.optimizers": """
            sgd adam adamw rmsprop nadam adamax adagrad adadelta lion lamb adafactor
            muon schedule_free_adamw ftrl proximal_adagrad
        """,
        "chains.relatives": """
            noisy_sgd sign_sgd signum rprop optimistic_gradient_descent
            optimistic_adam asgd sgdp adamp amsgrad adabelief acprop adan radam yogi
            ademamix simplified_ademamix adopt laprop mars lazy_adam lars fromage
            novograd sm3 galore dog dowg cocob dadapt_adamw prodigy momo momo_adam
            madgrad polyak_sgd schedule_free_sgd lbfgs sophia adahessian
        """,
        "chains.primitives": """
            identity set_to_zero scale_by_sign scale scale_by_learning_rate clip
            clip_by_global_norm clip_each_norm add_decayed_weights trace ema
            scale_by_lion scale_by_adam scale_by_amsgrad scale_by_adamax
            scale_by_rms scale_by_stddev scale_by_rss scale_by_adadelta
        """,
        "chains.passing": """
            probe freeze flatten
        """,
        "chains.bounds": """
            clip_by_block_rms clip_by_p_norm clip_by_percentile adaptive_grad_clip
            normalize normalize_by_update_norm centralize zero_nans
            scale_by_param_block_norm scale_by_param_block_rms scale_by_trust_ratio
            keep_params_nonnegative projection_non_negative projection_box
            projection_hypercube projection_linf_ball projection_simplex
            projection_l1_sphere projection_l1_ball projection_l2_sphere
            projection_l2_ball projection_vector projection_hyperplane
            projection_halfspace
        """,
        "chains.directions": """
            apply_every add_noise scale_by_optimistic_gradient correct_by_change
            scale_by_adan scale_by_yogi scale_by_radam scale_by_belief
            scale_by_acprop scale_by_ademamix scale_by_simplified_ademamix
            scale_by_adopt scale_by_laprop scale_by_lazy_adam scale_by_factored_rms
            scale_by_sm3 scale_by_novograd scale_by_rprop scale_by_muon
            orthogonalize scale_by_shape scale_by_galore scale_by_dog scale_by_dowg
            scale_by_distance_over_gradients scale_by_cocob scale_by_madgrad
            scale_by_asgd conditional_gradient scale_by_lbfgs
            hutchinson_estimator_diag_hessian scale_by_sophia scale_by_adahessian
            add_corrected_decayed_weights
        """,
        "chains.preconditioners": """
            soap kron scale_by_soap scale_by_kron
        """,
        "chains.compression": """
            sparsify quantize_signs drop_gradients
        """,
        "chains.tasks": """
            equal uncertainty dwa rlw gls famo stch log_transform pareto pcgrad
            gradvac graddrop imtl aligned_mtl mgda cagrad nash_mtl fairgrad sdmgrad
            upgrad gradnorm db_mtl moco modo excess_mtl forum
        """,
        "chains.passes": """
            scale_by_backtracking_linesearch scale_by_zoom_linesearch
            per_example_global_norm_clip per_example_layer_norm_clip
            differentially_private_aggregate dpsgd
        """,
        "chains.wrappers": """
            average_weights partition accumulate apply_if_finite conditionally_transform
            conditionally_mask cautious lookahead schedule_free mechanize sam
            scale_by_polyak reduce_on_plateau
        """,
    },
    "schedules": {
        "timing.pieces": """
            constant linear cosine exponential polynomial tanh_decay
            exponential_decay step_decay multistep piecewise inverse_time
            inverse_sqrt inverse_power
        """,
        "timing.cycles": """
            one_cycle cyclic restarts wsd
        """,
        "timing.wrappers": """
            warmup offset cycle hold clamp noise plateau
        """,
    },
}
