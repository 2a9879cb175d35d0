"""Two rows of units of sound laid beside each other: what speaks for one name, and where they part.

`evidence` and `weakest` align one pair; `aligned` aligns thousands at once to the very same figures, cell by cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from kgx.resolve.sounds import Array, Table, Units, table

# Two rows, each after its script.
Rows = tuple[str, Units, str, Units]
# Bits of evidence, and of the worst run.
Bits = tuple[float, float]
_AT_ONCE = 2048


def evidence(one: Units, other: Units, how: Table) -> float:
    """Bits that speak for two rows of units being one name: the best alignment's sum."""
    return _filled(one, other, how)[-1][-1]


def most(one: Units, other: Units, how: Table) -> float:
    """Bits if each unit of two rows had met its best partner."""
    return (sum([how.most[0][u] for u in one]) + sum([how.most[1][v] for v in other])) / 2


def weakest(one: Units, other: Units, how: Table) -> float:
    """The worst run of neighbours in the best alignment, in bits, never above nought: a part that does not fit."""
    rows = _filled(one, other, how)
    match, gap_one = how.match, how.gaps[0]
    i, j, run, worst = len(one), len(other), 0.0, 0.0
    while i or j:
        here = rows[i][j]
        if i and j and here == rows[i - 1][j - 1] + match[one[i - 1]][other[j - 1]]:
            i, j = i - 1, j - 1
        elif i and here == rows[i - 1][j] + gap_one[one[i - 1]]:
            i -= 1
        else:
            j -= 1
        run = min(0.0, run + here - rows[i][j])
        worst = min(worst, run)
    return worst


def _filled(one: Units, other: Units, how: Table) -> list[list[float]]:
    """What the best alignment of each two beginnings of the rows is worth."""
    match, gap_one, gap_other = how.match, how.gaps[0], how.gaps[1]
    before = [0.0]
    total = 0.0
    for v in other:
        total += gap_other[v]
        before.append(total)
    rows = [before]
    for u in one:
        row, gap = match[u], gap_one[u]
        diagonal = before[0]
        left = diagonal + gap
        now = [left]
        for k, v in enumerate(other, 1):
            up = before[k]
            best = diagonal + row[v]
            if up + gap > best:
                best = up + gap
            left += gap_other[v]
            if best > left:
                left = best
            now.append(left)
            diagonal = up
        rows.append(now)
        before = now
    return rows


def aligned(pairs: Iterable[Rows]) -> dict[Rows, Bits]:
    """`evidence` and `weakest` of many pairs."""
    by: dict[tuple[str, str], list[Rows]] = defaultdict(list)
    for pair in dict.fromkeys(pairs):
        by[pair[0], pair[2]].append(pair)
    found: dict[Rows, Bits] = {}
    for (a, b), rows in by.items():
        rows.sort(key=lambda r: (len(r[1]), len(r[3])))  # alike lengths together: little is filled up
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            bits, worst = _aligned([r[1] for r in some], [r[3] for r in some], table(a, b))
            found.update(zip(some, zip(bits.tolist(), worst.tolist(), strict=True), strict=True))
    return found


def _aligned(ones: Sequence[Units], others: Sequence[Units], how: Table) -> tuple[Array, Array]:
    match, gap_one, gap_other = np.array(how.match), np.array(how.gaps[0]), np.array(how.gaps[1])
    (one, ends_one), (other, ends_other) = _matrix(ones), _matrix(others)
    # cells[i, j] of all pairs: the best alignment of i units of the one with j units of the other
    cells = np.zeros((len(one) + 1, len(other) + 1, len(ones)))
    for j, v in enumerate(other):
        cells[0, j + 1] = cells[0, j] + gap_other[v]
    for i, u in enumerate(one):
        gap = gap_one[u]
        cells[i + 1, 0] = cells[i, 0] + gap
        for j, v in enumerate(other):
            best = np.maximum(cells[i, j] + match[u, v], cells[i, j + 1] + gap)
            np.maximum(best, cells[i + 1, j] + gap_other[v], out=cells[i + 1, j + 1])
    every = np.arange(len(ones))
    left_one, left_other = ends_one, ends_other
    here = cells[left_one, left_other, every]
    bits, run, worst = here, np.zeros(len(ones)), np.zeros(len(ones))
    for _ in range(len(one) + len(other)):
        u, v = one[np.maximum(left_one, 1) - 1, every], other[np.maximum(left_other, 1) - 1, every]
        some, more = left_one > 0, left_other > 0
        met = some & more & (here == cells[left_one - 1, left_other - 1, every] + match[u, v])
        alone = ~met & some & (here == cells[left_one - 1, left_other, every] + gap_one[u])
        left_one, left_other = left_one - (met | alone), left_other - (met | (~alone & more))
        before = here
        here = cells[left_one, left_other, every]
        run = np.minimum(0.0, run + before - here)
        worst = np.minimum(worst, run)
    return bits, worst


def _matrix(rows: Sequence[Units]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Rows as columns, filled up with nought, and their lengths."""
    lengths = np.array([len(r) for r in rows])
    filled = np.zeros((lengths.max(initial=0), len(rows)), dtype=np.intp)
    for k, row in enumerate(rows):
        filled[: len(row), k] = row
    return filled, lengths
