"""A map of a graph that `kgx.build` returns, without tiles: cities of the gazetteer as dots show where land is."""

from __future__ import annotations

import math
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import as_file, files
from itertools import product

import matplotlib.pyplot as plt
from layout import Box, place_label
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch
from matplotlib.patheffects import withStroke
from plots import COLOURS, FAINT, INK, NOT_YET, PLACES, dates, linked, states_of, status

from kgx.gazetteer import Gazetteer
from kgx.graph import Graph

Point = tuple[float, float]
"""Degrees east and north; or pixels."""
Caption = tuple[list[Point], str]
"""Where a text may stand, best first, and the text."""


@dataclass(frozen=True)
class Line:
    """A line of the map: from one place to another, with what it stands for."""

    kind: str
    start: str
    end: str
    hollow: bool
    text: str


def places_map(graph: Graph, *, title: str = "Where") -> Figure:
    """Places by latitude and longitude, visits from home state to host, and twinnings.

    A state without coordinates of its own stands at its capital; other places without any are named below the map.
    """
    lines = [*_visits(graph), *_twinnings(graph)]
    ends = {end for line in lines for end in (line.start, line.end)}
    named = {n for n, data in graph.nodes(data=True) if data.get("type") in PLACES - {"Place"}} | ends
    at = {node: point for node in sorted(named) if (point := position(graph, node)) is not None}
    lost = sorted({graph.nodes[n]["label"] for n in ends if n not in at})
    frame = _frame(at.values())
    figure, axes = _map_canvas(frame)
    figure.suptitle(title, x=0.01, ha="left", fontsize=15, color=INK, weight="bold")
    visit, tie = COLOURS["visit"], COLOURS["tie"]
    handles = [
        Line2D([], [], color=INK, marker="s", linestyle="", markersize=7, label="state"),
        Line2D([], [], color=COLOURS["body"], marker="o", linestyle="", markersize=6, label="city or region"),
        Line2D([], [], color=visit, linewidth=2, label="visit"),
        Line2D([], [], color=visit, linewidth=2, linestyle=(0, (3, 2)), label="visit, planned"),
        Line2D([], [], color=tie, linewidth=2, label="twinning"),
        Line2D([], [], color=tie, linewidth=2, linestyle=(0, (3, 2)), label="twinning, planned"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncol=6, frameon=False, fontsize=9.5)
    notes = ["Grey dots: cities of GeoNames (CC BY 4.0)."]
    notes += [f"Not on the map, for want of coordinates: {', '.join(lost)}."] if lost else []
    axes.set_xlabel(" ".join(notes), fontsize=8.5, color=FAINT, loc="left")
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # labels are placed by pixels: from here on nothing may move
    _background(axes, frame)
    taken, captions = _draw_lines(axes, [line for line in lines if line.start in at and line.end in at], at)
    _draw_places(axes, graph, at, taken)
    for points, text in captions:  # last: they can stand anywhere along their line
        taken.append(_label(axes, points, text, taken, colour=COLOURS["visit"], size=9.0, distances=(5, 9)))
    return figure


def position(graph: Graph, node: str) -> Point | None:
    """Longitude and latitude of a place; of a state without its own those of its capital; None if unknown."""
    properties = graph.nodes[node]["properties"]
    if properties.get("lat") and properties.get("long"):
        return float(properties["long"][0]), float(properties["lat"][0])
    for code in properties.get("iso3166", ()):
        capital = Gazetteer.open().capital_of(str(code))
        if capital is not None and capital.latitude is not None and capital.longitude is not None:
            return capital.longitude, capital.latitude
    return None


# --- what is drawn -----------------------------------------------------------------------------------------------


def _visits(graph: Graph) -> list[Line]:
    """One line for all visits from one state to another that occurred, one for those that are planned."""
    told: dict[tuple[str, str, bool], list[str]] = defaultdict(list)
    for node in sorted(n for n, data in graph.nodes(data=True) if data.get("type") == "Visit"):
        hosts = {s for h in linked(graph, node, "host") for s in states_of(graph, h)}
        homes = {s for v in linked(graph, node, "visitor") for s in states_of(graph, v)}
        homes = homes or set(linked(graph, node, "country")) - hosts
        span = dates(graph, node)
        for home, host in product(homes, hosts):
            if home != host:
                told[home, host, status(graph, node) in NOT_YET].append("" if span is None else span[0].iso)
    return [Line("visit", home, host, hollow, _counted(days)) for (home, host, hollow), days in sorted(told.items())]


def _counted(days: list[str]) -> str:
    told = [*sorted(day for day in days if day), *(["undated"] if "" in days else [])]
    if len(days) == 1:
        return days[0]
    return f"{len(days)} visits: {', '.join(told)}" if any(days) else f"{len(days)} visits"


def _twinnings(graph: Graph) -> list[Line]:
    found = []
    for node in sorted(n for n, data in graph.nodes(data=True) if data.get("type") == "Twinning"):
        twins = linked(graph, node, "twin")
        if len(twins) == 2:
            found.append(Line("tie", twins[0], twins[1], status(graph, node) in NOT_YET, ""))
    return found


# --- drawing -----------------------------------------------------------------------------------------------------


def _frame(points: Iterable[Point]) -> Box:
    """West, south, east, north: all points, with room around, and never a sliver."""
    known = list(points) or [(0.0, 0.0)]
    west, east = min(x for x, _ in known), max(x for x, _ in known)
    south, north = min(y for _, y in known), max(y for _, y in known)
    wide, high = max(6.0, 0.12 * (east - west)), max(4.0, 0.10 * (north - south))
    west, south, east, north = west - wide, south - high, east + wide, north + high
    stretch = math.cos(math.radians((south + north) / 2))
    missing = 0.55 * (east - west) * stretch - (north - south)
    if missing > 0:
        south, north = south - missing / 2, north + missing / 2
    elif (short := (north - south) / 0.75 / stretch - (east - west)) > 0:
        west, east = west - short / 2, east + short / 2
    return max(west, -180.0), max(south, -85.0), min(east, 180.0), min(north, 85.0)


def _map_canvas(frame: Box) -> tuple[Figure, Axes]:
    west, south, east, north = frame
    stretch = max(math.cos(math.radians((south + north) / 2)), 0.2)
    wide = 11.5
    figure, axes = plt.subplots(
        figsize=(wide, 1.2 + wide * 0.93 * (north - south) / ((east - west) * stretch)), dpi=100, layout="constrained"
    )
    axes.set(xlim=(west, east), ylim=(south, north), facecolor="#f7f9fb")
    axes.set_aspect(1 / stretch)
    axes.xaxis.set_major_formatter(lambda x, _: f"{abs(x):g}°{'E' if x > 0 else 'W' if x < 0 else ''}")
    axes.yaxis.set_major_formatter(lambda y, _: f"{abs(y):g}°{'N' if y > 0 else 'S' if y < 0 else ''}")
    axes.grid(color="#e1e7ec", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(colors=FAINT, length=0, labelsize=8.5)
    for side in axes.spines.values():
        side.set_color("#d5dbe1")
    return figure, axes


def _background(axes: Axes, frame: Box) -> None:
    """Cities that the gazetteer knows: where people live shows the shape of the land."""
    west, south, east, north = frame
    sparse = "" if east - west < 120 else "AND population > 50000"
    with as_file(files("kgx.gazetteer") / "places.sqlite") as path, closing(sqlite3.connect(path)) as data:
        cities = data.execute(
            "SELECT longitude, latitude FROM place WHERE kind = 'city' AND longitude BETWEEN ? AND ?"
            f" AND latitude BETWEEN ? AND ? {sparse} ORDER BY id",
            (west, east, south, north),
        ).fetchall()
    if cities:
        axes.plot(*zip(*cities, strict=True), ",", color="#a9b5c1", zorder=1)  # single pixels: small files


def _draw_lines(axes: Axes, lines: list[Line], at: dict[str, Point]) -> tuple[list[Box], list[Caption]]:
    """Draw the lines, those of one pair bent more and more; returns what labels should leave free, and captions (in pixels)."""
    to_pixels = axes.transData.transform
    drawn: dict[str, int] = defaultdict(int)
    taken: list[Box] = []
    captions: list[Caption] = []
    for line in lines:
        # A visit out and one back bend to different sides; so do the twinnings of one place.
        bend = (0.16, 0.24)[line.hollow]
        if line.kind == "tie":
            order = max(drawn[line.start], drawn[line.end])
            bend = (0.06 + 0.06 * (order // 2)) * (-1) ** order
            drawn[line.start] += 1
            drawn[line.end] += 1
        style = "-|>,head_length=7,head_width=3.5" if line.kind == "visit" else "-"
        axes.add_patch(
            FancyArrowPatch(
                at[line.start], at[line.end], connectionstyle=f"arc3,rad={bend}", arrowstyle=style,
                color=COLOURS[line.kind], linewidth=1.8, linestyle=(0, (3, 2)) if line.hollow else "-",
                shrinkA=5, shrinkB=6, zorder=2, alpha=0.9,
            )
        )  # fmt: skip
        (x1, y1), (x2, y2) = to_pixels(at[line.start]), to_pixels(at[line.end])
        control = ((x1 + x2) / 2 + bend * (y2 - y1), (y1 + y2) / 2 - bend * (x2 - x1))
        curve = []
        for t in (step / 40 for step in range(1, 40)):
            x = (1 - t) ** 2 * x1 + 2 * t * (1 - t) * control[0] + t**2 * x2
            y = (1 - t) ** 2 * y1 + 2 * t * (1 - t) * control[1] + t**2 * y2
            curve.append((float(x), float(y)))
        taken += [(x - 3, y - 3, x + 3, y + 3) for x, y in curve]
        if line.text:
            captions.append(([*curve[19:30], *reversed(curve[9:19])], line.text))
    return taken, captions


def _draw_places(axes: Axes, graph: Graph, at: dict[str, Point], taken: list[Box]) -> None:
    """Draw points and their names; places on one spot share a name tag."""
    spots: dict[tuple[float, float], list[str]] = defaultdict(list)
    for node in sorted(at, key=lambda n: (graph.nodes[n]["type"] != "Country", n)):
        spots[(round(at[node][0], 1), round(at[node][1], 1))].append(node)
    pixels: dict[Point, Point] = {s: tuple(axes.transData.transform(at[nodes[0]])) for s, nodes in spots.items()}
    taken += [(x - 6, y - 6, x + 6, y + 6) for x, y in pixels.values()]
    order = sorted(spots, key=lambda spot: (graph.nodes[spots[spot][0]]["type"] != "Country", spot))
    for spot in order:
        nodes = spots[spot]
        state = graph.nodes[nodes[0]]["type"] == "Country"
        colour = INK if state else COLOURS["body"]
        axes.plot(
            *at[nodes[0]], marker="s" if state else "o", markersize=7 if state else 6, color=colour,
            markeredgecolor="white", zorder=4.5 if state else 4,
        )  # fmt: skip
        text = "\n".join(dict.fromkeys(str(graph.nodes[n]["label"]) for n in nodes))
        size = 11.0 if state else 9.0
        taken.append(_label(axes, [pixels[spot]], text, taken, colour=colour, size=size, distances=(9, 14, 22, 34, 50)))


def _label(
    axes: Axes,
    points: list[Point],
    text: str,
    taken: list[Box],
    *,
    colour: str,
    size: float,
    distances: tuple[int, ...],
) -> Box:
    """Write a text beside one of some points (in pixels) where it hides least; returns its box."""
    renderer = axes.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    shown = axes.text(0, 0, text, fontsize=size, color=colour, ha="center", va="center", linespacing=1.05, zorder=5)
    shown.set_path_effects([withStroke(linewidth=2.5, foreground="#f7f9fb")])
    measured = shown.get_window_extent(renderer)
    frame = axes.get_window_extent(renderer)
    box = place_label(
        points, (measured.width + 2, measured.height + 2), taken, (frame.x0, frame.y0, frame.x1, frame.y1),
        distances=distances,
    )  # fmt: skip
    centre = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    shown.set_position(tuple(axes.transData.inverted().transform(centre)))
    return box
