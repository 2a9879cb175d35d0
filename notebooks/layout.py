"""Where to put nodes and labels so that no text hides another; geometry only, everything in pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

import networkx as nx
import numpy as np

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""
Positions = dict[str, tuple[float, float]]
Sizes = dict[str, tuple[float, float]]
AROUND = ((1, 0), (-1, 0), (0, 1), (0, -1), (0.7, 0.7), (-0.7, 0.7), (0.7, -0.7), (-0.7, -0.7))


def overlap(a: Box, b: Box) -> float:
    """The area that two boxes share."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def stress_layout(graph: nx.Graph, *, seed: int = 1, rounds: int = 300) -> Positions:
    """Positions in the plane whose distances are near those along the edges (stress majorization, Gansner 2004).

    The same graph and seed give the same positions. Parts without a connection are kept a little apart.
    """
    nodes = sorted(graph)
    if len(nodes) < 2:
        return {node: (0.0, 0.0) for node in nodes}
    # Edges of a node that has many are longer, so that all its neighbours find room around it.
    long = {(a, b): 0.6 + 0.2 * (graph.degree[a] ** 0.5 + graph.degree[b] ** 0.5) for a, b in graph.edges}
    weighted = nx.Graph([(a, b, {"weight": length}) for (a, b), length in long.items()])
    lengths = dict(nx.all_pairs_dijkstra_path_length(weighted))
    farthest = max(max(reached.values()) for reached in lengths.values())
    wanted = np.array([[lengths[a].get(b, farthest * 0.8) for b in nodes] for a in nodes])
    np.fill_diagonal(wanted, 1.0)
    # What has many edges is placed first of all, well apart; the rest finds its place around it.
    degree = np.array([graph.degree[node] for node in nodes], dtype=float)
    weight = wanted**-2.0 * np.outer(degree, degree)
    np.fill_diagonal(weight, 0.0)
    at = np.random.default_rng(seed).normal(size=(len(nodes), 2)) * farthest / 2
    for _ in range(rounds):
        apart = at[:, None, :] - at[None, :, :]
        distance = np.maximum(np.linalg.norm(apart, axis=2), 1e-9)
        pull = at[None, :, :] + apart * (wanted / distance)[:, :, None]
        at = (weight[:, :, None] * pull).sum(axis=1) / weight.sum(axis=1)[:, None]
    return {node: (float(x), float(y)) for node, (x, y) in zip(nodes, at, strict=True)}


def clutter(graph: nx.Graph, positions: Positions, sizes: Sizes) -> float:
    """How hard a drawing is to read: edges that cross, long ones, and more so those that run behind a node not theirs.

    The unit is one crossing; 300 pixels of edges count as much.
    """
    nodes = sorted(graph)
    index = {node: i for i, node in enumerate(nodes)}
    edges = [(index[a], index[b]) for a, b in graph.edges]
    if not edges:
        return 0.0
    at = np.array([positions[node] for node in nodes])
    half = np.array([sizes[node] for node in nodes]) / 2
    a, b = at[[e[0] for e in edges]], at[[e[1] for e in edges]]
    inside = _behind(a, b, at, half)
    for i, ends in enumerate(edges):
        inside[i, list(ends)] = False

    def turn(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
        u, v = q - p, r - p
        return np.asarray(np.sign(u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]))

    p, q = a[:, None, :], b[:, None, :]
    r, s = a[None, :, :], b[None, :, :]
    crossed = (turn(p, q, r) * turn(p, q, s) < 0) & (turn(r, s, p) * turn(r, s, q) < 0)
    length = np.linalg.norm(b - a, axis=1).sum()
    return float(3 * inside.sum() + crossed.sum() / 2 + length / 300)


def _behind(a: np.ndarray, b: np.ndarray, at: np.ndarray, half: np.ndarray) -> np.ndarray:
    """Whether each segment from `a` to `b` (rows) meets each box of centre `at` and half size `half` (columns)."""
    step = np.where(np.abs(b - a) < 1e-9, 1e-9, b - a)[:, None, :]
    one = (at[None] - half[None] - 3 - a[:, None, :]) / step
    other = (at[None] + half[None] + 3 - a[:, None, :]) / step
    enter = np.minimum(one, other).max(axis=2)
    leave = np.maximum(one, other).min(axis=2)
    return np.asarray((enter < leave) & (enter < 1) & (leave > 0))


def arranged(graph: nx.Graph, sizes: Sizes, frame: Box, *, tries: int = 12) -> Positions:
    """The clearest of several seeded layouts, without overlap wherever the frame has room, then made clearer still."""
    drawings = (spread(fit(stress_layout(graph, seed=seed), sizes, frame), sizes, frame) for seed in range(tries))
    best = min(drawings, key=lambda positions: clutter(graph, positions, sizes))
    return _refined(graph, best, sizes, frame)


def _refined(graph: nx.Graph, positions: Positions, sizes: Sizes, frame: Box, *, rounds: int = 3) -> Positions:
    """Let nodes change places, or move to free spots, as long as that makes the drawing clearer."""
    at = dict(positions)
    cost = clutter(graph, at, sizes)
    random = np.random.default_rng(1)
    for _ in range(rounds):
        before = cost
        for node in sorted(at):
            x, y = at[node]
            moves = [{node: at[other], other: (x, y)} for other in sorted(at) if other > node]
            moves += [{node: (x + 45 * dx, y + 30 * dy)} for dx, dy in AROUND]
            spots = random.uniform(frame[:2], frame[2:], size=(20, 2))
            moves += [{node: (float(x), float(y))} for x, y in spots]
            for move in moves:
                moved = at | move
                if _free(moved, sizes, frame, move) and (tried := clutter(graph, moved, sizes)) < cost - 0.05:
                    at, cost = moved, tried
                    break
        if cost == before:
            break
    return at


def _free(positions: Positions, sizes: Sizes, frame: Box, moved: Iterable[str]) -> bool:
    """Whether some nodes lie within the frame and on no other."""
    for node in moved:
        box = _box(positions[node], sizes[node])
        if box[0] < frame[0] or box[1] < frame[1] or box[2] > frame[2] or box[3] > frame[3]:
            return False
        wide = _box(positions[node], sizes[node], gap=10)
        if any(overlap(wide, _box(positions[other], sizes[other])) for other in positions if other != node):
            return False
    return True


def _box(centre: tuple[float, float], size: tuple[float, float], *, gap: float = 0.0) -> Box:
    wide, high = size[0] / 2 + gap, size[1] / 2 + gap
    return (centre[0] - wide, centre[1] - high, centre[0] + wide, centre[1] + high)


def fit(positions: Positions, sizes: Sizes, frame: Box) -> Positions:
    """Stretch positions so that boxes of the given widths and heights, centred on them, fill the frame."""
    if not positions:
        return {}
    fitted = []
    for axis in (0, 1):
        half = max(size[axis] for size in sizes.values()) / 2
        low, high = frame[axis] + half, frame[axis + 2] - half
        values = {node: at[axis] for node, at in positions.items()}
        least, extent = min(values.values()), max(values.values()) - min(values.values())
        fitted.append(
            {n: low + (v - least) / extent * (high - low) if extent else (low + high) / 2 for n, v in values.items()}
        )
    return {node: (fitted[0][node], fitted[1][node]) for node in positions}


def spread(
    positions: Positions,
    sizes: Sizes,
    frame: Box,
    *,
    gap: float = 12.0,
    rounds: int = 2000,
) -> Positions:
    """Push boxes apart, along the axis where they overlap least, until none overlaps another or the rounds are over."""
    nodes = sorted(positions)
    at = {node: list(positions[node]) for node in nodes}
    for turn in range(rounds):
        moved = False
        for i, a in enumerate(nodes):
            for b in nodes[i + 1 :]:
                need = [(sizes[a][k] + sizes[b][k]) / 2 + gap - abs(at[a][k] - at[b][k]) for k in (0, 1)]
                if min(need) <= 0.01:
                    continue
                moved = True
                k = 0 if need[0] < need[1] else 1
                if turn > 50 and turn % 4 == 0:  # else a crowd becomes a pile that is higher than the frame
                    k = 1 - k
                sign = 1 if at[a][k] >= at[b][k] else -1
                at[a][k] += sign * need[k] / 2
                at[b][k] -= sign * need[k] / 2
        for node in nodes:
            for k in (0, 1):
                half = sizes[node][k] / 2
                at[node][k] = min(max(at[node][k], frame[k] + half), frame[k + 2] - half)
        if not moved:
            break
    return {node: (x, y) for node, (x, y) in at.items()}


def place_label(
    points: Iterable[tuple[float, float]],
    size: tuple[float, float],
    taken: Iterable[Box],
    frame: Box,
    *,
    distances: Sequence[float],
) -> Box:
    """The box beside one of some points that hides least of what is taken and leaves the frame least.

    Args:
        points: where it may stand, best first.
        size: width and height of the label.
        taken: boxes of what should stay visible.
        frame: box to stay in.
        distances: how far from the point, nearest first.
    """
    wide, high = size
    busy = list(taken)
    best: tuple[float, Box] | None = None
    for far, (x, y) in product(distances, list(points)):
        for dx, dy in AROUND:
            centre = (x + dx * far + np.sign(dx) * wide / 2, y + dy * far + np.sign(dy) * high / 2)
            box = _box(centre, size)
            cost = sum(overlap(box, other) for other in busy) + 10 * (wide * high - overlap(box, frame))
            if cost < 0.5:
                return box
            if best is None or cost < best[0]:
                best = (cost, box)
    if best is None:
        raise ValueError("a label needs a point and a distance")
    return best[1]
