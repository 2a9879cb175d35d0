"""Cut the tokenizer down to the scripts of our languages."""

from __future__ import annotations

import base64
import unicodedata
from typing import Any

from sentencepiece import sentencepiece_model_pb2

SCRIPTS = frozenset({"LATIN", "CYRILLIC", "ARABIC", "HANGUL"})


def is_kept(piece: str) -> bool:
    """Tell whether every letter of a piece is of our scripts; digits, marks and signs are kept."""
    return all(unicodedata.name(char, "?").split()[0] in SCRIPTS for char in piece if char.isalpha())


def prune(tokenizer: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
    """Drop the pieces of other scripts.

    Every piece of a script is either kept with all others or dropped with them, so a text in the kept scripts is cut
    exactly as before; other scripts become the unknown piece.

    Args:
        tokenizer: the content of a tokenizer.json with a Unigram model.

    Returns:
        The smaller tokenizer and the old number of each of its pieces, in the new order.
    """
    vocabulary = tokenizer["model"]["vocab"]
    added = {item["content"] for item in tokenizer["added_tokens"]}
    kept = [at for at, (piece, _) in enumerate(vocabulary) if at < 4 or (piece not in added and is_kept(piece))]
    smaller = dict(tokenizer)
    smaller["added_tokens"] = [item for item in tokenizer["added_tokens"] if item["id"] < 4]
    smaller["model"] = {**tokenizer["model"], "vocab": [vocabulary[at] for at in kept]}
    return smaller, kept


def pieces_model(tokenizer: dict[str, Any]) -> bytes:
    """The content of a tokenizer.json with a Unigram model as SentencePiece reads it.

    Pieces keep their numbers and scores. SentencePiece reads the same pieces in a quarter of the memory.
    """
    model = sentencepiece_model_pb2.ModelProto()
    special = {item["id"] for item in tokenizer["added_tokens"]}
    unknown = tokenizer["model"]["unk_id"]
    kinds = sentencepiece_model_pb2.ModelProto.SentencePiece
    for at, (piece, score) in enumerate(tokenizer["model"]["vocab"]):
        kind = kinds.UNKNOWN if at == unknown else kinds.CONTROL if at in special else kinds.NORMAL
        model.pieces.add(piece=piece, score=score, type=kind)
    trained = model.trainer_spec
    trained.model_type, trained.vocab_size = trained.UNIGRAM, len(model.pieces)
    trained.bos_id, trained.pad_id, trained.eos_id, trained.unk_id = 0, 1, 2, unknown
    trained.bos_piece, trained.pad_piece, trained.eos_piece, trained.unk_piece = "<s>", "<pad>", "</s>", "<unk>"
    table = next(step for step in tokenizer["normalizer"]["normalizers"] if step["type"] == "Precompiled")
    model.normalizer_spec.name = "nmt_nfkc"
    model.normalizer_spec.precompiled_charsmap = base64.b64decode(table["precompiled_charsmap"])
    return bytes(model.SerializeToString(deterministic=True))
