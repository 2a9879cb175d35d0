"""The most alike of many names, fast: one name is aligned with all others at once.

`compare` judges two names; this ranks thousands by the same evidence, without pairing parts one by one and without a
verdict. For looking a name up in a list of places or persons.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kgx.resolve.align import most
from kgx.resolve.names import turns, worth_of
from kgx.resolve.sounds import Reading, Units, readings, table


@dataclass(frozen=True)
class _Rows:
    """Rows of units of one script: (rows, longest), filled up with nought."""

    units: np.ndarray
    lengths: np.ndarray
    names: np.ndarray
    plain: list[Units]


class Ranking:
    """Names to look others up in.

    Args:
        names: The names, in any scripts; of equally alike ones the first wins.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        found: dict[str, list[tuple[int, Units]]] = {}
        for number, name in enumerate(self.names):
            for reading in readings(name):
                for units in _rows(reading, rotated=True):
                    found.setdefault(reading.script, []).append((number, units))
        self._rows = {script: _filled(rows) for script, rows in found.items()}

    def best(self, name: str, count: int = 1) -> list[tuple[str, float]]:
        """The names most like one.

        Args:
            name: The name to look for.
            count: How many to return.

        Returns:
            Names with how alike they are (more is better, above nought is alike), best first.
        """
        scores = np.full(len(self.names), -np.inf)
        for reading in readings(name):
            for units in _rows(reading, rotated=False):
                for script, rows in self._rows.items():
                    np.maximum.at(scores, rows.names, _aligned(reading.script, units, script, rows))
        order = np.argsort(-scores, kind="stable")[:count]
        return [(self.names[i], float(scores[i])) for i in order if scores[i] > -np.inf]


def _rows(reading: Reading, *, rotated: bool) -> list[Units]:
    views = dict.fromkeys((tuple(range(len(reading.parts))), reading.core))
    return list(
        dict.fromkeys(
            reading.whole(view[k:] + view[:k]).units for view in views for k in (turns(len(view)) if rotated else (0,))
        )
    )


def _filled(rows: Sequence[tuple[int, Units]]) -> _Rows:
    lengths = np.array([len(units) for _, units in rows])
    filled = np.zeros((len(rows), lengths.max()), dtype=np.int32)
    for i, (_, units) in enumerate(rows):
        filled[i, : len(units)] = units
    return _Rows(filled, lengths, np.array([number for number, _ in rows]), [units for _, units in rows])


def _aligned(script: str, units: Units, other: str, rows: _Rows) -> np.ndarray:
    """What the best alignment with each row is worth; `kgx.resolve.align.evidence`, all rows at once."""
    sounds = table(script, other)
    match, gaps = np.array(sounds.match, dtype=np.float32), np.array(sounds.gaps[1], dtype=np.float32)
    left_out = np.zeros((len(rows.names), rows.units.shape[1] + 1), dtype=np.float32)
    np.cumsum(gaps[rows.units], axis=1, out=left_out[:, 1:])
    before = left_out.copy()
    for unit in units:
        now = before + np.float32(sounds.gaps[0][unit])
        np.maximum(now[:, 1:], before[:, :-1] + match[unit][rows.units], out=now[:, 1:])
        # Leaving out units of the row: the best so far, less what lies between.
        before = np.maximum.accumulate(now - left_out, axis=1) + left_out
    bits = before[np.arange(len(rows.names)), rows.lengths]
    ideal = np.array([most(units, row, sounds) for row in rows.plain])
    return worth_of(bits / np.maximum(ideal, 1.0), bits, within=script == other)
