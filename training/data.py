"""Read the public sets and our corpus, and turn sentences into word pieces with the labels they may have."""

from __future__ import annotations

import hashlib
import json
import random
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sentencepiece import SentencePieceProcessor

from kgx.ner import WINDOW, Pieces, cut
from training.corpus import Sentence, read
from training.labels import LABELS

MAX_TRIM = 3
MAX_PIECES = WINDOW
UNKNOWN = -1
_IS_OFFICE = np.array([label.endswith("OFFICE") for label in LABELS])
_NUMBER = {label: number for number, label in enumerate(LABELS)}


@dataclass(frozen=True)
class Example:
    """A sentence with what its source knows.

    ``source`` names the set and the part, ``offices`` tells whether offices are annotated in it, ``proclitics``,
    ``joined`` and ``whole_words`` are explained in sources.toml.
    """

    text: str
    spans: tuple[tuple[int, int, str], ...]
    language: str
    source: str
    offices: bool
    proclitics: str = ""
    joined: tuple[str, ...] = ()
    whole_words: bool = False


@dataclass(frozen=True)
class Prepared:
    """A sentence in word pieces.

    ``allowed`` bool (pieces, labels); ``trims`` int8 (pieces, 2): how many characters at the start and at the end of a
    piece lie outside the span that begins or ends in it, or UNKNOWN.
    """

    ids: npt.NDArray[np.int64]
    allowed: npt.NDArray[np.bool_]
    trims: npt.NDArray[np.int8]


def is_held_out(text: str) -> bool:
    """Tell whether a sentence of a public set belongs to the tenth that is kept for validation."""
    return hashlib.sha256(text.encode("utf8")).digest()[0] % 10 == 0


def place(text: str) -> float:
    """Give a sentence a place from 0 to 1, by chance but always the same: a larger share holds the smaller one."""
    return int.from_bytes(hashlib.sha256(text.encode("utf8")).digest()[1:5], "big") / 2**32


def read_public(folder: Path) -> list[Example]:
    """Read the public sets of sources.toml; the source of a sentence is ``file stem/train`` or ``/heldout``."""
    table = tomllib.loads(Path(__file__).with_name("sources.toml").read_text(encoding="utf8"))
    examples = []
    for source in table["source"]:
        path = folder / source["file"]
        for line in path.read_text(encoding="utf8").splitlines():
            record = json.loads(line)
            part = "heldout" if is_held_out(record["text"]) else "train"
            spans = tuple((start, end, label) for start, end, label in sorted(record["spans"]))
            examples.append(
                Example(
                    record["text"],
                    spans,
                    source["language"],
                    f"{path.stem}/{part}",
                    offices=False,
                    proclitics=source.get("proclitics", ""),
                    joined=tuple(source.get("joined", ())),
                    whole_words=source.get("whole_words", False),
                )
            )
    return examples


def read_corpus(folder: Path) -> list[Example]:
    """Read our corpus; the source is ``language/train`` or, for files named so, ``language/heldout``.

    Faulty lines are left out; the check of corpus.py reports them.
    """
    examples = []
    for path in sorted(folder.glob("*/*.txt")):
        language = path.parent.name
        part = "heldout" if path.name.startswith("heldout") else "train"
        for _, item in read(path):
            if isinstance(item, Sentence):
                examples.append(Example(item.text, item.spans, language, f"{language}/{part}", offices=True))
    return examples


def prepare(tokenizer: SentencePieceProcessor, example: Example) -> Prepared:
    """Cut a sentence into pieces and say which labels each may have."""
    pieces = cut(tokenizer, example.text)
    example = replace(example, text=pieces.text, spans=_composed_spans(pieces, example.spans))
    count = min(len(pieces.ids), MAX_PIECES)
    allowed = np.zeros((count, len(LABELS)), bool)
    trims = np.full((count, 2), UNKNOWN, np.int8)
    free = 0
    for start, end, label in example.spans:
        inside = [
            at
            for at in range(free, count)
            if (pieces.starts[at] < end and pieces.ends[at] > start)
            or (pieces.starts[at] == pieces.ends[at] and start < pieces.starts[at] < end)
        ]
        if not inside:
            continue
        first, last = inside[0], inside[-1]
        free = last + 1
        cuts = (max(0, start - pieces.starts[first]), max(0, pieces.ends[last] - end))
        if max(cuts) > MAX_TRIM:
            allowed[first : last + 1] = True
            continue
        for at in range(first, last + 1):
            edge = "S" if first == last else "B" if at == first else "E" if at == last else "I"
            allowed[at, _NUMBER[f"{edge}-{label}"]] = True
        trims[first, 0], trims[last, 1] = cuts
        if label in example.joined:
            _may_part(allowed, pieces, example.text, label, first, last)
        if example.text[start] in (example.proclitics or "\0"):
            trims[first, 0] = UNKNOWN
            for at in range(first + 1, last + 1):
                before = example.text[start : pieces.starts[at]]
                if len(before) > 2 or not set(before) <= set(example.proclitics):
                    break
                allowed[first:at, _NUMBER["O"]] = True
                allowed[at, _NUMBER[f"{'S' if at == last else 'B'}-{label}"]] = True
    outside = np.logical_not(allowed.any(axis=1, keepdims=True))
    allowed[:, :1] |= outside
    if not example.offices:
        allowed |= outside & _IS_OFFICE
    return Prepared(np.array(pieces.ids[:count], np.int64), allowed, trims)


def _composed_spans(pieces: Pieces, spans: Sequence[tuple[int, int, str]]) -> tuple[tuple[int, int, str], ...]:
    """Move spans of the text as given to its composed form."""
    if pieces.origins is None:
        return tuple(spans)
    return tuple(
        (bisect_left(pieces.origins, start), bisect_left(pieces.origins, end), label) for start, end, label in spans
    )


def _may_part(allowed: npt.NDArray[np.bool_], pieces: Pieces, text: str, label: str, first: int, last: int) -> None:
    """Allow a span of several words to be several spans of whole words."""
    begins = [at for at in range(first + 1, last + 1) if text[pieces.starts[at] - 1].isspace()]
    for at in begins:
        empty = pieces.starts[at] == pieces.ends[at]
        if empty:
            allowed[at, _NUMBER["O"]] = True
        else:
            allowed[at, [_NUMBER[f"B-{label}"], _NUMBER[f"S-{label}"]]] = True
        if at - 1 not in begins:
            allowed[at - 1, [_NUMBER[f"E-{label}"], _NUMBER[f"S-{label}"]]] = True


def join(parts: Sequence[Prepared]) -> Prepared:
    """Put sentences in a row, as in a paragraph."""
    return Prepared(
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.allowed for part in parts]),
        np.concatenate([part.trims for part in parts]),
    )


def paragraphs(prepared: Iterable[Prepared], *, share: float, rng: random.Random) -> list[Prepared]:
    """Join a share of the sentences with the one that follows, since a line of a real document is often a paragraph."""
    out: list[Prepared] = []
    for item in prepared:
        if out and len(out[-1].ids) + len(item.ids) <= MAX_PIECES and rng.random() < share:
            out[-1] = join([out[-1], item])
        else:
            out.append(item)
    return out


def batches(prepared: Sequence[Prepared], *, pieces: int, rng: random.Random) -> list[list[Prepared]]:
    """Group sentences of like length into batches of about ``pieces`` word pieces, in random order."""
    order = sorted(prepared, key=lambda item: (len(item.ids) + rng.random() * 6, rng.random()))
    out: list[list[Prepared]] = []
    batch: list[Prepared] = []
    for item in order:
        if batch and (len(batch) + 1) * (len(item.ids) + 2) > pieces:
            out.append(batch)
            batch = []
        batch.append(item)
    if batch:
        out.append(batch)
    rng.shuffle(out)
    return out
