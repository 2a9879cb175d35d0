"""Find names of persons, organisations and places, and titles of offices, with the shipped model.

The model scores the labels of every word piece; the best valid sequence of labels gives the spans. How it was made is
told in ``model/README.md``.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sentencepiece import SentencePieceProcessor

# From 1.29 on it sends what it does to its makers and keeps an id of the machine on disk, unless this is set before
# it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime  # noqa: E402

onnxruntime.disable_telemetry_events()  # where somebody else imported it first, and on Windows

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# Characters that the word pieces know in another form only; each is exchanged for one character, so offsets hold.
_SAME_LENGTH = str.maketrans("’‘ʼ´\u00a0\u202f\u2009\t\n\r", "''''      ")
_SURROGATE = re.compile("[\ud800-\udfff]")
# A line without a blank is cut at this length, since the time to cut a word into pieces grows faster than its length.
_LONGEST_WORD = 1000
_LONGEST_CUT = 4000
_BEGIN, _PAD, _END = 0, 1, 2
_OVERLAP = 64
_FORBIDDEN = -1e4
WINDOW = 254
# Texts are padded to a multiple of this length and meet in a batch only those of the same length: no text can change
# the shape, and with it the rounding, of what is computed for another.
_LENGTH_STEP = 8
_BATCH_PIECES = 1024
_DECODE_STEP = 32
_LONGEST_STRETCH = 512


@dataclass(frozen=True)
class Entity:
    """A name or title found in a text.

    Attributes:
        start: first code point of the given text.
        end: end, exclusive.
        label: PER, ORG, LOC or OFFICE.
        score: mean probability of its pieces' labels, 0 to 1, three digits.
    """

    start: int
    end: int
    label: str
    score: float


@dataclass(frozen=True)
class Pieces:
    """A text cut into word pieces.

    Attributes:
        text: the text in composed form (NFC).
        ids: the pieces.
        starts: where each begins in ``text``.
        ends: where each ends, exclusive; a piece that covers no visible character (a lone blank) has start == end.
        origins: where each character of ``text`` begins in the text as given, and last the length of that; None if the
            text was composed already.
    """

    text: str
    ids: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    origins: tuple[int, ...] | None


class EntityRecognizer:
    """The shipped model, ready to read texts. Make one for a process; loading takes about a second."""

    def __init__(
        self,
        *,
        session: onnxruntime.InferenceSession,
        tokenizer: SentencePieceProcessor,
        labels: Sequence[str],
        pairs: Floats,
    ) -> None:
        """Put the loaded parts together; use ``load``.

        Args:
            session: the network.
            tokenizer: cuts texts into word pieces.
            labels: BIOES labels in the order of the network's scores.
            pairs: score of a label (column) after another (row), (labels, labels).
        """
        self._session = session
        self._tokenizer = tokenizer
        self._labels = tuple(labels)
        self._pairs = pairs
        firsts = [0.0 if label[0] in "OBS" else _FORBIDDEN for label in labels]
        lasts = [0.0 if label[0] in "OES" else _FORBIDDEN for label in labels]
        self._edges = np.array([firsts, lasts], np.float32)

    @classmethod
    def load(cls, path: Path | None = None, *, threads: int = 1) -> EntityRecognizer:
        """Load a model.

        Args:
            path: folder with ``model.onnx``, ``pieces.model`` and ``labels.json``; by default the shipped one.
            threads: how many threads the matrix products of one text may use; the result is the same.

        Raises:
            FileNotFoundError: a file of the model is missing.
        """
        folder = path or Path(__file__).with_name("model")
        for name in ("model.onnx", "pieces.model", "labels.json"):
            if not (folder / name).is_file():
                raise FileNotFoundError(f"the model in {folder} lacks {name}")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        settings = json.loads((folder / "labels.json").read_text(encoding="utf8"))
        return cls(
            session=session,
            tokenizer=SentencePieceProcessor(model_proto=(folder / "pieces.model").read_bytes()),
            labels=settings["labels"],
            pairs=np.array(settings["pairs"], np.float32),
        )

    def __call__(self, texts: Sequence[str]) -> list[list[Entity]]:
        """Find the entities of each text.

        Args:
            texts: lines or paragraphs of any length.

        Returns:
            For each text its entities in order, never overlapping; offsets in code points of the text as given.
        """
        cuts = [cut(self._tokenizer, text) for text in texts]
        scores = self._score(cuts)
        found = self._decode([item[:, : len(self._labels)] for item in scores])
        out: list[list[Entity]] = []
        for item, (best, chances), edges in zip(cuts, found, scores, strict=True):
            edges = edges[:, len(self._labels) :]
            trims = edges.reshape(len(edges), 2, edges.shape[1] // 2).argmax(axis=-1)
            spans = spans_of(item, [self._labels[number] for number in best], trims)
            out.append(
                [
                    Entity(start, end, label, round(float(chances[first : last + 1].mean()), 3))
                    for start, end, label, first, last in spans
                ]
            )
        return out

    def _decode(self, scores: Sequence[Floats]) -> list[tuple[Ints, Floats]]:
        """Find the labels of each text and their probabilities; long texts are decoded in parts."""
        parts = [(row, *part) for row, item in enumerate(scores) for part in _stretches(item)]
        out = [(np.zeros(len(item), np.int64), np.zeros(len(item), np.float32)) for item in scores]
        lengths = [-(-(end - start) // _DECODE_STEP) * _DECODE_STEP for _, start, end in parts]
        for group in _groups(lengths, pieces=4 * _BATCH_PIECES):
            length = max(parts[number][2] - parts[number][1] for number in group)
            batch = np.zeros((len(group), length, len(self._labels)), np.float32)
            mask = np.zeros((len(group), length), bool)
            for at, number in enumerate(group):
                row, start, end = parts[number]
                batch[at, : end - start], mask[at, : end - start] = scores[row][start:end], True
            best = best_labels(batch, mask, pairs=self._pairs, edges=self._edges)
            chances = label_chances(batch, mask, best, pairs=self._pairs, edges=self._edges)
            for at, number in enumerate(group):
                row, start, end = parts[number]
                out[row][0][start:end], out[row][1][start:end] = best[at, : end - start], chances[at, : end - start]
        return out

    def _score(self, cuts: Sequence[Pieces]) -> list[Floats]:
        """Score the labels and edges of all pieces, one array (pieces, labels + edges) for each text.

        A long text is read in overlapping windows; each piece is scored in the one where it is farthest from an end.
        """
        windows = [(row, start, end) for row, item in enumerate(cuts) for start, end in _windows(item, WINDOW)]
        width = int(self._session.get_outputs()[0].shape[2])
        out = [np.zeros((len(item.ids), width), np.float32) for item in cuts]
        lengths = [-(-(end - start + 2) // _LENGTH_STEP) * _LENGTH_STEP for _, start, end in windows]
        for group in _groups(lengths, pieces=_BATCH_PIECES):
            ids = np.full((len(group), lengths[group[0]]), _PAD, np.int64)
            for at, number in enumerate(group):
                row, start, end = windows[number]
                ids[at, : end - start + 2] = [_BEGIN, *cuts[row].ids[start:end], _END]
            scores = self._session.run(None, {"ids": ids})[0]
            for at, number in enumerate(group):
                row, start, end = windows[number]
                low = start + (_OVERLAP // 2 if start else 0)
                high = end - (_OVERLAP // 2 if end < len(cuts[row].ids) else 0)
                out[row][low:high] = scores[at, 1 + low - start : 1 + high - start]
        return out


def cut(tokenizer: SentencePieceProcessor, text: str) -> Pieces:
    """Cut one line into word pieces without special ones."""
    composed, origins = _composed(_SURROGATE.sub("\ufffd", text))
    composed = composed.translate(_SAME_LENGTH)
    ids: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    last = 0
    for low, high in _parts(composed):
        found = tokenizer.encode(composed[low:high], return_type="offset_mapping")
        ids.extend(found["ids"])
        for start, end in found["offsets"]:
            start, end = low + start, low + end
            while start < end and composed[start].isspace():
                start += 1
            while start < end and composed[end - 1].isspace():
                end -= 1
            # Several pieces made from one original character report overlapping places; later steps rely on order.
            start = max(start, last)
            last = end = max(start, end)
            starts.append(start)
            ends.append(end)
    return Pieces(composed, tuple(ids), tuple(starts), tuple(ends), origins)


def spans_of(pieces: Pieces, labels: Sequence[str], trims: Ints) -> list[tuple[int, int, str, int, int]]:
    """Turn one valid BIOES label for each piece into spans of the text.

    Args:
        pieces: the text and its pieces.
        labels: a label for each of the first pieces.
        trims: for each piece, characters to leave out at the start and at the end of a span there, (pieces, 2).

    Returns:
        (start, end, label, first piece, last piece) in the order of the text, not overlapping; start and end in the
        text as given.
    """
    text = pieces.text
    out: list[tuple[int, int, str, int, int]] = []
    first = 0
    for at, label in enumerate(labels[: len(pieces.ids)]):
        if label[0] in "BS":
            first = at
        if label[0] not in "ES":
            continue
        seen = [number for number in range(first, at + 1) if pieces.starts[number] < pieces.ends[number]]
        if not seen:
            continue
        start, end = pieces.starts[seen[0]], pieces.ends[seen[-1]]
        shorter = start + int(trims[seen[0], 0]), end - int(trims[seen[-1], 1])
        if shorter[0] < shorter[1]:
            start, end = shorter
        start, end = _whole_words(text, start, end, after=out[-1][1] if out else 0)
        while start < end and _is_no_part_of_a_name(text[start]):
            start += 1
        while start < end and _is_no_part_of_a_name(text[end - 1]):
            end -= 1
        if start < end:
            out.append((start, end, label[2:], first, at))
    if pieces.origins is not None:
        origins = pieces.origins
        return [(origins[start], origins[end], label, first, last) for start, end, label, first, last in out]
    return out


def _composed(text: str) -> tuple[str, tuple[int, ...] | None]:
    """Compose ``text`` (NFC); also say where each character of the result began, and last the length of ``text``."""
    if unicodedata.is_normalized("NFC", text):
        return text, None
    out: list[str] = []
    origins: list[int] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and _continues(text[end]):
            continue
        composed = unicodedata.normalize("NFC", text[start:end])
        out.append(composed)
        origins.extend([start] * len(composed))
        start = end
    return "".join(out), (*origins, len(text))


def _continues(char: str) -> bool:
    """Tell whether a character may melt into the one before it: a combining mark, a vowel or final of Hangul."""
    return unicodedata.combining(char) != 0 or "\u1160" <= char <= "\u11ff"


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Divide a very long line at blanks, and where there is none, anywhere."""
    start = 0
    while len(text) - start > _LONGEST_CUT:
        blank = text.rfind(" ", start + _LONGEST_CUT - _LONGEST_WORD, start + _LONGEST_CUT)
        end = blank if blank > start else start + _LONGEST_CUT
        yield start, end
        start = end
    if start < len(text):
        yield start, len(text)


def _windows(pieces: Pieces, size: int) -> Iterator[tuple[int, int]]:
    """Divide the pieces of a long text into overlapping windows."""
    start = 0
    while len(pieces.ids) - start > size:
        yield start, start + size
        start += size - _OVERLAP
    if pieces.ids:
        yield start, len(pieces.ids)


def _stretches(scores: Floats) -> Iterator[tuple[int, int]]:
    """Divide the pieces of a long text where one of them most clearly belongs to no name (label 0)."""
    start = 0
    while len(scores) - start > _LONGEST_STRETCH:
        low, high = start + _LONGEST_STRETCH // 2, start + _LONGEST_STRETCH
        end = low + 1 + int((scores[low:high, 0] - scores[low:high, 1:].max(axis=1)).argmax())
        yield start, end
        start = end
    if start < len(scores):
        yield start, len(scores)


def _groups(lengths: Sequence[int], *, pieces: int) -> Iterator[list[int]]:
    """Group the numbers of texts of the same length; leave out empty ones. The order depends on nothing else."""
    order = sorted((row for row, length in enumerate(lengths) if length), key=lambda row: (lengths[row], row))
    group: list[int] = []
    for row in order:
        if group and (lengths[group[0]] != lengths[row] or (len(group) + 1) * lengths[row] > pieces):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _whole_words(text: str, start: int, end: int, *, after: int) -> tuple[int, int]:
    """Widen a span that cuts a word of a script with upper and lower case (there nothing is glued to names).

    It begins at `after` at the earliest, where the span before it ends: of many spans in one word, which may be as long
    as the text, not each looks at all of it.
    """
    start, end = max(start, after), max(end, after)
    while start > after and _cased(text[start]) and _cased(text[start - 1]):
        start -= 1
    while end < len(text) and _cased(text[end - 1]) and _cased(text[end]):
        end += 1
    return start, end


def _is_no_part_of_a_name(char: str) -> bool:
    """Tell whether a character can stand at no edge of a name: blanks, invisible marks, symbols such as emoji."""
    return unicodedata.category(char)[0] in "ZCS"


def _cased(char: str) -> bool:
    """Tell whether a character is a letter with case, or a mark that may stand on one."""
    return char.lower() != char.upper() or "\u0300" <= char <= "\u036f"


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
