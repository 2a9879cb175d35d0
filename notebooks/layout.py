"""Where to put nodes and labels so that no text hides another; geometry only, everything in pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import networkx as nx
import numpy as np

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""


def overlap(a: Box, b: Box) -> float:
    """The area that two boxes share."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def stress_layout(graph: nx.Graph, *, seed: int = 1, rounds: int = 300) -> dict[str, tuple[float, float]]:
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
    weight = wanted**-2.0
    np.fill_diagonal(weight, 0.0)
    at = np.random.default_rng(seed).normal(size=(len(nodes), 2)) * farthest / 2
    for _ in range(rounds):
        apart = at[:, None, :] - at[None, :, :]
        distance = np.maximum(np.linalg.norm(apart, axis=2), 1e-9)
        pull = at[None, :, :] + apart * (wanted / distance)[:, :, None]
        at = (weight[:, :, None] * pull).sum(axis=1) / weight.sum(axis=1)[:, None]
    return {node: (float(x), float(y)) for node, (x, y) in zip(nodes, at, strict=True)}


def clutter(graph: nx.Graph, positions: dict[str, tuple[float, float]], sizes: dict[str, tuple[float, float]]) -> float:
    """How hard a drawing is to read: edges that cross, and more so edges that run behind a node not theirs."""
    nodes = sorted(graph)
    edges = [(nodes.index(a), nodes.index(b)) for a, b in graph.edges]
    if not edges:
        return 0.0
    at = np.array([positions[node] for node in nodes])
    half = np.array([sizes[node] for node in nodes]) / 2
    a, b = at[[e[0] for e in edges]], at[[e[1] for e in edges]]
    along = np.linspace(0.02, 0.98, 60)[None, :, None]
    points = a[:, None, :] * (1 - along) + b[:, None, :] * along
    inside = (np.abs(points[:, :, None, :] - at[None, None]) < half[None, None] + 2).all(axis=3).any(axis=1)
    for i, ends in enumerate(edges):
        inside[i, list(ends)] = False

    def turn(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
        u, v = q - p, r - p
        return np.asarray(np.sign(u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]))

    p, q = a[:, None, :], b[:, None, :]
    r, s = a[None, :, :], b[None, :, :]
    crossed = (turn(p, q, r) * turn(p, q, s) < 0) & (turn(r, s, p) * turn(r, s, q) < 0)
    return float(3 * inside.sum() + crossed.sum() / 2)


def arranged(
    graph: nx.Graph, sizes: dict[str, tuple[float, float]], frame: Box, *, tries: int = 40
) -> dict[str, tuple[float, float]]:
    """The clearest of several seeded layouts, without overlap wherever the frame has room."""
    drawings = (spread(fit(stress_layout(graph, seed=seed), sizes, frame), sizes, frame) for seed in range(tries))
    return min(drawings, key=lambda positions: clutter(graph, positions, sizes))


def fit(
    positions: dict[str, tuple[float, float]], sizes: dict[str, tuple[float, float]], frame: Box
) -> dict[str, tuple[float, float]]:
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
    positions: dict[str, tuple[float, float]],
    sizes: dict[str, tuple[float, float]],
    frame: Box,
    *,
    gap: float = 12.0,
    rounds: int = 2000,
) -> dict[str, tuple[float, float]]:
    """Push boxes apart, along the axis where they overlap least, until none overlaps another or the rounds are over."""
    nodes = sorted(positions)
    at = {node: list(positions[node]) for node in nodes}
    for _ in range(rounds):
        moved = False
        for i, a in enumerate(nodes):
            for b in nodes[i + 1 :]:
                need = [(sizes[a][k] + sizes[b][k]) / 2 + gap - abs(at[a][k] - at[b][k]) for k in (0, 1)]
                if min(need) <= 0.01:
                    continue
                moved = True
                k = 0 if need[0] < need[1] else 1
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
    x: float, y: float, size: tuple[float, float], taken: Iterable[Box], frame: Box, *, distances: Sequence[float]
) -> Box:
    """The box beside a point that hides least of what is taken and leaves the frame least.

    Args:
        x, y: the point.
        size: width and height of the label.
        taken: boxes of what should stay visible.
        frame: box to stay in.
        distances: how far from the point, nearest first.
    """
    wide, high = size
    busy = list(taken)
    best: tuple[float, Box] | None = None
    for far in distances:
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1), (0.7, 0.7), (-0.7, 0.7), (0.7, -0.7), (-0.7, -0.7)):
            cx = x + dx * far + np.sign(dx) * wide / 2
            cy = y + dy * far + np.sign(dy) * high / 2
            box = (cx - wide / 2, cy - high / 2, cx + wide / 2, cy + high / 2)
            hidden = sum(overlap(box, other) for other in busy)
            outside = wide * high - overlap(box, frame)
            cost = hidden + 10 * outside
            if best is None or cost < best[0] - 0.5:
                best = (cost, box)
        if best is not None and best[0] < 0.5:
            break
    assert best is not None
    return best[1]
