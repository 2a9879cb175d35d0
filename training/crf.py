"""A linear-chain CRF over BIOES labels that can learn from partly known labels.

Each piece comes with the set of labels it may have. Where the truth is known the set has one member; where a public set
says O but does not know offices, the set is O and all OFFICE labels. The loss is the log of the total weight of all
label sequences minus that of the allowed ones, so nothing is taught about what a source does not say.
"""

from __future__ import annotations

import torch
from torch import nn

from training.labels import LABELS, may_follow

FORBIDDEN = -1e4


class Chain(nn.Module):
    """Learned scores of label pairs; impossible pairs are fixed at ``FORBIDDEN``."""

    def __init__(self) -> None:
        super().__init__()
        count = len(LABELS)
        allowed = torch.tensor([[may_follow(first, second) for second in LABELS] for first in LABELS])
        self.allowed: torch.Tensor
        self.starts: torch.Tensor
        self.ends: torch.Tensor
        self.register_buffer("allowed", allowed)
        self.register_buffer("starts", torch.tensor([0.0 if label[0] in "OBS" else FORBIDDEN for label in LABELS]))
        self.register_buffer("ends", torch.tensor([0.0 if label[0] in "OES" else FORBIDDEN for label in LABELS]))
        self.pairs = nn.Parameter(torch.zeros(count, count))

    def transitions(self) -> torch.Tensor:
        """Return the scores of label pairs, (labels, labels), row = the earlier label."""
        return torch.where(self.allowed, self.pairs, torch.tensor(FORBIDDEN))

    def total(self, scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the log of the summed weight of all sequences, (batch,); scores (batch, length, labels)."""
        pairs = self.transitions()
        state = scores[:, 0] + self.starts
        for at in range(1, scores.shape[1]):
            step = torch.logsumexp(state[:, :, None] + pairs, dim=1) + scores[:, at]
            state = torch.where(mask[:, at, None], step, state)
        return torch.logsumexp(state + self.ends, dim=1)

    def loss(self, scores: torch.Tensor, allowed: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sequence, (batch,); ``allowed`` bool (batch, length, labels)."""
        both = torch.cat([scores, scores.masked_fill(~allowed, FORBIDDEN)])  # one pass over the length for both totals
        free, bound = self.total(both, torch.cat([mask, mask])).chunk(2)
        return free - bound

    @torch.no_grad()
    def best(self, scores: torch.Tensor, mask: torch.Tensor) -> list[list[int]]:
        """Return the best label numbers of each sequence (Viterbi)."""
        pairs = self.transitions()
        state, back = scores[:, 0] + self.starts, []
        for at in range(1, scores.shape[1]):
            top, where = (state[:, :, None] + pairs).max(dim=1)
            real = mask[:, at, None]
            back.append(torch.where(real, where, torch.arange(len(LABELS))))
            state = torch.where(real, top + scores[:, at], state)
        last = (state + self.ends).argmax(dim=1)
        path = [last]
        for where in reversed(back):
            last = where.gather(1, last[:, None])[:, 0]
            path.append(last)
        rows = torch.stack(path[::-1], dim=1).tolist()
        return [row[:length] for row, length in zip(rows, mask.sum(1).tolist(), strict=True)]
