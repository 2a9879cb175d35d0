"""Decode a chain of labels: the best valid sequence, and how probable each of its labels is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def best_labels(scores: Floats, mask: Mask, *, pairs: Floats, edges: Floats) -> Ints:
    """Find the best sequence of labels (Viterbi).

    Args:
        scores: score of each label at each place, (batch, length, labels).
        mask: True at real places, which come first in a row, (batch, length).
        pairs: score of a label (column) after another (row), (labels, labels).
        edges: score of a label at the start and at the end, (2, labels).

    Returns:
        Label numbers (batch, length); what stands behind the real places has no meaning.
    """
    batch, length, labels = scores.shape
    back = np.empty((length, batch, labels), np.int64)
    state = scores[:, 0] + edges[0]
    for at in range(1, length):
        options = state[:, :, None] + pairs
        back[at] = options.argmax(axis=1)
        step = np.take_along_axis(options, back[at][:, None], axis=1)[:, 0] + scores[:, at]
        real = mask[:, at, None]
        state = np.where(real, step, state)
        back[at] = np.where(real, back[at], np.arange(labels))
    best = np.empty((batch, length), np.int64)
    best[:, -1] = (state + edges[1]).argmax(axis=1)
    for at in range(length - 1, 0, -1):
        best[:, at - 1] = np.take_along_axis(back[at], best[:, at, None], axis=1)[:, 0]
    return best


def label_chances(scores: Floats, mask: Mask, labels: Ints, *, pairs: Floats, edges: Floats) -> Floats:
    """Give the probability of one label at each place, over all sequences (forward-backward).

    Args:
        scores: as in ``best_labels``.
        mask: as in ``best_labels``.
        labels: the label asked about at each place, (batch, length).
        pairs: as in ``best_labels``.
        edges: as in ``best_labels``.

    Returns:
        Probabilities, float32 (batch, length).
    """
    length = scores.shape[1]
    weights = np.exp((scores - scores.max(axis=2, keepdims=True)).astype(np.float64))
    moves, (first, last) = np.exp(pairs.astype(np.float64)), np.exp(edges.astype(np.float64))
    forward = np.empty_like(weights)
    forward[:, 0] = _normal(weights[:, 0] * first)
    for at in range(1, length):
        step = _normal((forward[:, at - 1] @ moves) * weights[:, at])
        forward[:, at] = np.where(mask[:, at, None], step, forward[:, at - 1])
    backward = np.empty_like(weights)
    backward[:, -1] = last
    for at in range(length - 1, 0, -1):
        step = _normal((weights[:, at] * backward[:, at]) @ moves.T)
        backward[:, at - 1] = np.where(mask[:, at, None], step, backward[:, at])
    chances = _normal(forward * backward)
    return np.take_along_axis(chances, labels[:, :, None], axis=2)[:, :, 0].astype(np.float32)


def _normal(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Make the last axis sum to one."""
    total: npt.NDArray[np.float64] = values / np.maximum(values.sum(axis=-1, keepdims=True), 1e-300)
    return total
