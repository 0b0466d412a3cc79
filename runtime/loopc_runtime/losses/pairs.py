"""Losses that compare examples with each other: one value each, [batch].

All but `contrastive` and `triplet_margin` look at the whole batch, so that their mean
over it, which is the usual value, is no mean over smaller batches. Labels are integer
tensors [batch], embeddings floating tensors [batch, size].
"""

import tensorflow as tf

from loopc_runtime.losses.shapes import paired_with


def contrastive(
    target: tf.Tensor, distance: tf.Tensor, margin: float = 1.0
) -> tf.Tensor:
    """Return `d^2` where the target is 1 and `max(0, margin - d)^2` where it is 0.

    Elementwise (Hadsell and others, 2006).

    Raises:
        ValueError: the shapes differ.
    """
    target, distance = paired_with("contrastive", target, distance)
    apart = tf.nn.relu(margin - distance)
    return target * tf.square(distance) + (1.0 - target) * tf.square(apart)


def triplet_margin(
    anchor: tf.Tensor, positive: tf.Tensor, negative: tf.Tensor, margin: float = 1.0
) -> tf.Tensor:
    """Return `max(0, margin + |anchor - positive| - |anchor - negative|)`.

    Distances over the last axis, of `sqrt(sum of squares + 1e-6)` as in
    optax.losses.triplet_margin_loss.
    """
    near = tf.reduce_sum(tf.math.squared_difference(anchor, positive), axis=-1)
    far = tf.reduce_sum(tf.math.squared_difference(anchor, negative), axis=-1)
    return tf.nn.relu(margin + tf.sqrt(near + 1e-6) - tf.sqrt(far + 1e-6))


def npairs(
    anchor: tf.Tensor, positive: tf.Tensor, temperature: float = 1.0
) -> tf.Tensor:
    """Return the cross entropy of finding one's own positive among those of the batch.

    Scores are inner products over `temperature`: the N-pair loss (Sohn, 2016), and
    InfoNCE. Both are [batch, size].

    Raises:
        ValueError: the shapes differ.
    """
    anchor, positive = paired_with("npairs", anchor, positive)
    scores = tf.matmul(anchor, positive, transpose_b=True) / temperature
    own = tf.eye(anchor.shape[0], dtype=scores.dtype)
    return tf.nn.softmax_cross_entropy_with_logits(own, scores)


def ntxent(
    label: tf.Tensor, embedding: tf.Tensor, temperature: float = 0.07
) -> tf.Tensor:
    """Return the normalized temperature-scaled cross entropy of each example's pairs.

    Chen and others (2020); its mean is optax.losses.ntxent: the average over all pairs
    of one label of `-log(e^s / (e^s + sum over other labels))`, s a cosine over
    `temperature`.
    """
    same, other = label_pairs(label)
    directions = tf.math.l2_normalize(embedding, axis=-1)
    scores = tf.matmul(directions, directions, transpose_b=True) / temperature
    lowest = scores.dtype.min
    against = tf.reduce_logsumexp(
        tf.where(other, scores, lowest), axis=1, keepdims=True
    )
    losses = tf.nn.softplus(against - scores)
    return average_pairs(losses, same)


def triplet_semi_hard(
    label: tf.Tensor, embedding: tf.Tensor, margin: float = 1.0
) -> tf.Tensor:
    """Return the triplet loss with semi-hard negatives (Schroff and others, 2015).

    For each pair of one label: the nearest example of another label that is farther
    than the partner, else the farthest of all; the mean over the batch is the average
    over the pairs of `max(0, margin + d(pair) - d(negative))`.
    """
    same, other = label_pairs(label)
    distance = distances_between(embedding)
    farther = distance[:, None, :] > distance[:, :, None]
    candidates = tf.logical_and(other[:, None, :], farther)
    highest = distance.dtype.max
    nearest = tf.reduce_min(tf.where(candidates, distance[:, None, :], highest), axis=2)
    farthest = tf.reduce_max(tf.where(other, distance, 0.0), axis=1, keepdims=True)
    found = tf.reduce_any(candidates, axis=2)
    negative = tf.where(found, nearest, farthest)
    return average_pairs(tf.nn.relu(margin + distance - negative), same)


def triplet_hard(
    label: tf.Tensor, embedding: tf.Tensor, margin: float = 1.0
) -> tf.Tensor:
    """Return the triplet loss of the farthest partner and the nearest other example.

    Hermans and others (2017): `max(0, margin + d(partner) - d(other))` of each example.
    """
    same, other = label_pairs(label)
    distance = distances_between(embedding)
    partner = tf.reduce_max(tf.where(same, distance, 0.0), axis=1)
    nearest = tf.reduce_min(tf.where(other, distance, distance.dtype.max), axis=1)
    return tf.nn.relu(margin + partner - nearest)


def lifted_structure(
    label: tf.Tensor, embedding: tf.Tensor, margin: float = 1.0
) -> tf.Tensor:
    """Return the lifted structured loss (Song and others, 2016).

    For each pair of one label half of `max(0, J)^2`, where J is its distance plus the
    log of the sum over all others of both of `e^(margin - d)`; averaged over the pairs.
    """
    same, other = label_pairs(label)
    distance = distances_between(embedding)
    lowest = distance.dtype.min
    pushes = tf.reduce_logsumexp(tf.where(other, margin - distance, lowest), axis=1)
    # log(e^a + e^b), for every pair of a and b.
    both = pushes[:, None] + tf.nn.softplus(pushes[None, :] - pushes[:, None])
    height = distance + both
    return average_pairs(0.5 * tf.square(tf.nn.relu(height)), same)


def weighted_kappa(
    label: tf.Tensor, probabilities: tf.Tensor, quadratic: bool = True
) -> tf.Tensor:
    """Return the log of 1 minus the weighted kappa, the same number for each example.

    Kappa compares the disagreement of ordered classes, weighted by the distance of the
    classes or its square, with that of chance (de la Torre and others, 2018). `label`
    is an integer tensor [batch], `probabilities` [batch, classes].
    """
    classes = probabilities.shape[-1]
    ranks = tf.range(classes, dtype=probabilities.dtype)
    apart = tf.abs(ranks[:, None] - ranks[None, :])
    apart = tf.square(apart) if quadratic else apart
    given = tf.one_hot(label, classes, dtype=probabilities.dtype)
    observed = tf.reduce_sum(tf.matmul(given, apart) * probabilities)
    left, right = tf.reduce_sum(given, axis=0), tf.reduce_sum(probabilities, axis=0)
    chance = tf.reduce_sum(left[:, None] * apart * right[None, :]) / label.shape[0]
    loss = tf.math.log(tf.math.divide_no_nan(observed, chance) + 1e-6)
    return tf.fill([label.shape[0]], loss)


def generalized_dice(
    target: tf.Tensor, probabilities: tf.Tensor, smooth: float = 1.0
) -> tf.Tensor:
    """Return 1 minus the overlap of regions, classes weighted by their rarity.

    Sudre and others (2017); its mean is
    optax.losses.multiclass_generalized_dice_loss. Both are `[batch, ..., classes]`;
    rarity is counted in the batch.

    Raises:
        ValueError: the shapes differ.
    """
    target, output = paired_with("generalized_dice", target, probabilities)
    places = list(range(1, output.shape.rank - 1))
    common = tf.reduce_sum(target * output, axis=places)
    sizes = tf.reduce_sum(target + output, axis=places)
    share = (common + smooth) / (0.5 * sizes + smooth)
    counts = tf.reduce_sum(target, axis=list(range(output.shape.rank - 1)))
    rarity = 1.0 / (tf.square(counts) + 1e-7)
    weights = rarity / tf.reduce_mean(rarity)
    return tf.reduce_mean((1.0 - share) * weights, axis=-1)


def label_pairs(label: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return which pairs of different examples have one label, and which have two."""
    same = label[:, None] == label[None, :]
    itself = tf.eye(label.shape[0], dtype=tf.bool)
    return tf.logical_and(same, tf.logical_not(itself)), tf.logical_not(same)


def distances_between(embedding: tf.Tensor) -> tf.Tensor:
    """Return Euclidean distances [batch, batch]; their gradient is 0 where they are."""
    squares = tf.reduce_sum(
        tf.math.squared_difference(embedding[:, None], embedding[None]), axis=-1
    )
    apart = squares > 0.0
    return tf.where(apart, tf.sqrt(tf.where(apart, squares, 1.0)), 0.0)


def average_pairs(values: tf.Tensor, pairs: tf.Tensor) -> tf.Tensor:
    """Return [batch] values whose mean is that of `values` where `pairs` is true."""
    kept = tf.reduce_sum(tf.where(pairs, values, 0.0), axis=1)
    number = tf.reduce_sum(tf.cast(pairs, values.dtype))
    return tf.math.divide_no_nan(kept * values.shape[0], number)
