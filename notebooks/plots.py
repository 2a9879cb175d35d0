"""Two pictures of a graph that `kgx.build` returns: a network and a timeline (`maps` draws the third)."""

from __future__ import annotations

import datetime
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import networkx as nx
from layout import arranged
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from kgx.graph import Graph
from kgx.models import Interval, PartialDate
from kgx.ontology.terms import schemes

EVENTS = {
    "Visit", "Meeting", "PhoneCall", "Signing", "Ceremony", "Conference", "Invitation", "Announcement", "Anniversary",
    "Event",
}  # fmt: skip
TIES = {"Twinning", "DiplomaticRelation"}
PLACES = {"Country", "Region", "City", "Venue", "Place"}
NOT_YET = {"planned", "proposed"}
INK, FAINT = "#22303c", "#8b98a5"
COLOURS = {
    "person": "#2f6fab", "state": "#22303c", "body": "#2a8c82", "place": "#2a8c82", "event": "#d9822b",
    "agreement": "#8250a8", "visit": "#d9822b", "meeting": "#c23b54", "other event": "#7a6a53", "tie": "#3b8f4e",
}  # fmt: skip


# --- reading the graph -------------------------------------------------------------------------------------------


def status(graph: Graph, node: str) -> str:
    """The status of a fact, an empty string where it has none."""
    return next((value.name for value in graph.nodes[node]["properties"].get("status", ())), "")


def linked(graph: Graph, node: str, *roles: str) -> list[str]:
    """The nodes that a node points to in one of the given roles."""
    found = {target for _, target, role in graph.out_edges(node, keys=True) if role in roles}
    return sorted(target for target in found if "type" in graph.nodes[target])


def dates(graph: Graph, node: str) -> tuple[PartialDate, PartialDate] | None:
    """The first and the last date of a fact, None where none with a year is told."""
    properties = graph.nodes[node]["properties"]
    told = [v for name in ("startDate", "endDate", "signedOn", "since") for v in properties.get(name, ())]
    ends: list[PartialDate] = []
    for value in told:
        ends += [e for e in (value.start, value.end) if e] if isinstance(value, Interval) else [value]
    ends = [end for end in ends if end.year is not None]
    return (min(ends), max(ends)) if ends else None


def states_of(graph: Graph, node: str) -> list[str]:
    """The state that a thing is, belongs to or lies in."""
    if graph.nodes[node]["type"] == "Country":
        return [node]
    return linked(graph, node, "country", "inCountry")


def name(graph: Graph, node: str) -> str:
    """What a fact is called on a picture: its kind, who takes part and, for agreements, how far they got."""
    data = graph.nodes[node]
    kind = _kind(graph, node)
    if data["type"] in EVENTS:
        label = str(data["label"])
        if dates(graph, node) and label.endswith(")"):
            label = label.rpartition(" (")[0]  # the date, which the picture shows
        states = ", ".join(graph.nodes[state]["label"] for state in linked(graph, node, "country"))
        return label if ":" in label or not states else f"{label}: {states}"
    parties = " – ".join(graph.nodes[p]["label"] for p in linked(graph, node, "party", "twin"))
    far = status(graph, node)
    told = f" ({far.replace('_', ' ')})" if far and far not in ("signed", "existing") else ""
    return f"{kind}: {parties}{told}"


def _kind(graph: Graph, node: str) -> str:
    data = graph.nodes[node]
    for value in data["properties"].get("agreementKind", ()):
        return str(schemes()["agreement-kind"].concepts[value.name].label)
    return {"DiplomaticRelation": "diplomatic relations", "PhoneCall": "phone call"}.get(
        data["type"], data["type"].lower()
    )


def _when(span: tuple[PartialDate, PartialDate] | None) -> str:
    if span is None:
        return ""
    first, last = span
    return first.iso if first == last else f"{first.iso} – {last.iso}"


# --- network -----------------------------------------------------------------------------------------------------


def network(graph: Graph, *, most: int = 30, title: str = "Who is joined by what") -> Figure:
    """Persons, states and bodies, and the events and agreements that join them.

    Args:
        graph: as `kgx.build` returns it.
        most: number of events and agreements shown; those with most evidence come first.
        title: of the picture.
    """
    joined = _joined(graph, most)
    figure, axes = _canvas(12.5, 8.8)
    width, height = figure.bbox.width, figure.bbox.height
    texts = {
        node: axes.text(
            0, 0, _node_label(graph, node, joined.nodes[node].get("facts", ())), zorder=3, **_node_style(graph, node)
        )
        for node in sorted(joined)
    }
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    sizes = {}
    for node, text in texts.items():
        text.draw(renderer)  # sets the size of the frame
        patch = text.get_bbox_patch()
        assert patch is not None
        box = patch.get_window_extent(renderer)
        sizes[node] = (box.width, box.height)
    frame = (10.0, 60.0, width - 10, height - 60)
    if joined:
        at = arranged(joined, sizes, frame)
        for node, text in texts.items():
            text.set_position(at[node])
        for a, b, role in joined.edges(data="role"):
            belongs = role == "belongs"
            fact = a if "facts" in joined.nodes[a] else b
            axes.plot(
                [at[a][0], at[b][0]], [at[a][1], at[b][1]], linewidth=0.9 if belongs else 1.5,
                color=FAINT if belongs else COLOURS[_node_kind(graph, fact)],
                linestyle=(0, (1, 3)) if belongs else "-", alpha=0.9 if belongs else 0.6, zorder=1,
            )  # fmt: skip
    axes.text(14, height - 14, title, fontsize=15, color=INK, va="top", weight="bold")
    handles: list[Patch | Line2D] = [Patch(facecolor=COLOURS[kind], label=kind) for kind in ("person", "state", "body")]
    handles += [
        Patch(facecolor=_tint(COLOURS[kind]), edgecolor=COLOURS[kind], label=kind) for kind in ("event", "agreement")
    ]
    handles += [
        Patch(facecolor="white", edgecolor=INK, linestyle="--", label="planned or proposed"),
        Line2D([], [], color=COLOURS["event"], alpha=0.6, linewidth=1.5, label="takes part"),
        Line2D([], [], color=FAINT, linestyle=(0, (1, 3)), label="belongs to a state"),
    ]
    axes.legend(handles=handles, loc="lower center", ncol=8, frameon=False, fontsize=9.5, handlelength=1.6)
    return figure


def _joined(graph: Graph, most: int) -> nx.Graph:
    """An undirected graph of facts and who takes part; facts of one kind with the same participants share a node.

    A state is joined to an event only if no one stands for it.
    """
    facts = [n for n, data in graph.nodes(data=True) if data.get("type") in EVENTS | {"Agreement"}]
    facts.sort(key=lambda node: (-len(graph.nodes[node]["evidence"]), node))
    bundles: dict[tuple[tuple[str, ...], str, bool], list[str]] = defaultdict(list)
    for fact in facts[:most]:
        who = linked(graph, fact, "participant", "visitor", "inviter", "invitee", "party")
        spoken_for = {state for one in who for state in states_of(graph, one)}
        states = linked(graph, fact, "host", "country")
        who += [state for state in states if state not in spoken_for and state not in who]
        if who:
            bundles[tuple(sorted(set(who))), _node_kind(graph, fact), status(graph, fact) in NOT_YET].append(fact)
    found = nx.Graph()
    for (whose, *_), bundle in bundles.items():
        first = min(bundle)
        found.add_edges_from(((first, one) for one in whose), role="takes part")
        found.nodes[first]["facts"] = bundle
    for node in [n for n in found if graph.nodes[n]["type"] in {"Person", "Organization"}]:
        for state in states_of(graph, node):
            found.add_edge(node, state, role="belongs")
    return found


def _node_kind(graph: Graph, node: str) -> str:
    kind = graph.nodes[node]["type"]
    known = {"Person": "person", "Country": "state", "Organization": "body", "Agreement": "agreement"}
    return known.get(kind) or ("event" if kind in EVENTS else "place")


def _node_label(graph: Graph, node: str, facts: Iterable[str]) -> str:
    if not facts:
        short = textwrap.shorten(str(graph.nodes[node]["label"]), 60, placeholder=" …")
        return textwrap.fill(short, 22)
    told = Counter((_when(dates(graph, fact)), _kind(graph, fact)) for fact in facts)
    lines = []
    for (when, kind), number in sorted(told.items()):
        lines += textwrap.wrap(" ".join(part for part in (kind, when, f"×{number}" if number > 1 else "") if part), 24)
    return "\n".join(lines)


def _node_style(graph: Graph, node: str) -> dict[str, Any]:
    kind = _node_kind(graph, node)
    colour = COLOURS[kind]
    style: dict[str, Any] = {"ha": "center", "va": "center", "linespacing": 1.1}
    if kind in ("event", "agreement"):
        hollow = status(graph, node) in NOT_YET
        box = {
            "boxstyle": "round,pad=0.35", "facecolor": "white" if hollow else _tint(colour), "edgecolor": colour,
            "linestyle": "--" if hollow else "-", "linewidth": 1.2,
        }  # fmt: skip
        return style | {"fontsize": 8.5, "color": INK, "bbox": box}
    box = {"boxstyle": "round,pad=0.45", "facecolor": colour, "edgecolor": "white", "linewidth": 1.0}
    size = {"state": 12.0, "person": 10.5}.get(kind, 9.0)
    return style | {"fontsize": size, "color": "white", "weight": "bold" if kind != "body" else "normal", "bbox": box}


def _tint(colour: str, strength: float = 0.18) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return (1 - strength * (1 - red), 1 - strength * (1 - green), 1 - strength * (1 - blue))


def _canvas(wide: float, high: float) -> tuple[Figure, Axes]:
    """A figure whose data coordinates are its pixels."""
    figure = plt.figure(figsize=(wide, high), dpi=100, facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, figure.bbox.width), ylim=(0, figure.bbox.height))
    axes.axis("off")
    return figure, axes


# --- timeline ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Years:
    """An axis on which every year that something is told of has the same width, and the others none."""

    years: tuple[int, ...]
    gap: float = 0.18

    def left(self, year: int) -> float:
        """Where a year begins."""
        at = 0.0
        for before, this in zip((None, *self.years), self.years, strict=False):
            at += self.gap if before is not None and this > before + 1 else 0.0
            if this == year:
                return at
            at += 1.0
        raise ValueError(f"{year} is not on the axis")

    def at(self, day: datetime.date) -> float:
        """Where a day lies; all months are of one width."""
        return self.left(day.year) + (day.month - 1 + (day.day - 1) / 31) / 12

    @property
    def end(self) -> float:
        """Where the last year ends."""
        return self.left(self.years[-1]) + 1 if self.years else 0.0


def timeline(graph: Graph, *, most: int = 40, title: str = "What happened when") -> Figure:
    """Dated events, agreements and ties, one a row: a year and a month are bars, a day is a point; planned ones hollow.

    What is planned for a time that no document tells stands in a last column of its own.
    """
    kinds = EVENTS | TIES | {"Agreement"}
    facts = sorted(n for n, data in graph.nodes(data=True) if data.get("type") in kinds)
    spans = {node: dates(graph, node) for node in facts}
    dated = sorted((n for n in facts if spans[n]), key=lambda n: (spans[n], n))[-most:]
    ahead = sorted((n for n in facts if not spans[n] and status(graph, n) in NOT_YET), key=lambda n: name(graph, n))
    rows = [*dated, *ahead[: max(0, most - len(dated))]]
    axis = Years(tuple(sorted({end.year for n in dated for end in spans[n] or () if end.year})))
    figure, axes = plt.subplots(figsize=(12.5, 1.6 + 0.3 * max(len(rows), 3)), dpi=100, layout="constrained")
    right = axis.end + (axis.gap + 1 if len(rows) > len(dated) else 0)
    _year_columns(axes, axis, len(rows), undated=len(rows) > len(dated))
    for row, node in enumerate(rows):
        colour = COLOURS[_group(graph, node)]
        hollow = status(graph, node) in NOT_YET
        axes.plot([0, right], [row, row], color="#d5dbe1", linewidth=0.6, zorder=1)
        span = spans[node]
        if span is None:
            _point(axes, axis.end + axis.gap + 0.5, row, colour, hollow=hollow)
        else:
            _mark(axes, axis, span, row, colour, hollow=hollow)
    axes.set_yticks(range(len(rows)), [textwrap.shorten(name(graph, n), 66, placeholder=" …") for n in rows])
    axes.tick_params(axis="y", length=0, labelsize=9.5, labelcolor=INK)
    axes.set(ylim=(len(rows) - 0.3, -0.7), xlim=(0, max(right, 0.5)))
    for side in axes.spines.values():
        side.set_visible(False)
    undated = len(facts) - sum(1 for n in facts if spans[n]) - len(ahead)
    figure.suptitle(title, x=0.01, ha="left", fontsize=15, color=INK, weight="bold")
    figure.legend(handles=_timeline_legend(), loc="outside lower center", ncol=9, frameon=False, fontsize=9)
    if undated:
        note = f"{undated} more are told without a date."
        axes.set_xlabel(note, fontsize=8.5, color=FAINT, loc="right")
    return figure


def _year_columns(axes: Axes, axis: Years, rows: int, *, undated: bool) -> None:
    top, bottom = -0.7, rows - 0.3
    columns = [(axis.left(year), str(year)) for year in axis.years]
    if undated:
        columns.append((axis.end + axis.gap, "planned,\nno date told"))
    for left, _ in columns:
        axes.add_patch(Rectangle((left, top), 1, bottom - top, facecolor="#f1f4f7", edgecolor="white", zorder=0))
        for month in (3, 6, 9):
            axes.plot([left + month / 12] * 2, [top, bottom], color="white", linewidth=1, zorder=0.5)
    axes.xaxis.tick_top()
    axes.set_xticks([left + 0.5 for left, _ in columns], [label for _, label in columns])
    axes.tick_params(axis="x", length=0, labelsize=10.5, labelcolor=INK)


def _mark(
    axes: Axes, axis: Years, span: tuple[PartialDate, PartialDate], row: int, colour: str, *, hollow: bool
) -> None:
    first, last = span[0].first, span[1].last
    assert first is not None and last is not None
    left = axis.at(first)
    if first == last:
        _point(axes, left + 1 / 24 / 31, row, colour, hollow=hollow)
        right = left
    else:
        by_year = span[0].precision == "year"
        right = axis.at(last) + 1 / 12 / 31
        high = 0.30 if by_year else 0.56
        if right - left < 1 / 12:  # a few days: wide enough to be seen
            left, right = left - 1 / 48, right + 1 / 48
        face = "white" if hollow else colour if not by_year else _tint(colour, 0.55)
        box = Rectangle((left, row - high / 2), right - left, high, facecolor=face, edgecolor=colour, linewidth=1.3)
        box.set_zorder(3)
        axes.add_patch(box)
    if span[0].precision != "year":
        near_end = right > axis.end - 0.45
        axes.annotate(
            _when(span), (left if near_end else right, row), xytext=(-8 if near_end else 8, 0), zorder=4,
            textcoords="offset points", va="center", ha="right" if near_end else "left", fontsize=8.5, color=INK,
        )  # fmt: skip


def _point(axes: Axes, x: float, row: int, colour: str, *, hollow: bool) -> None:
    axes.plot(
        [x], [row], marker="o", markersize=8, markerfacecolor="white" if hollow else colour, markeredgecolor=colour,
        markeredgewidth=1.5, zorder=3,
    )  # fmt: skip


def _group(graph: Graph, node: str) -> str:
    kind = graph.nodes[node]["type"]
    known = {"Visit": "visit", "Meeting": "meeting", "Agreement": "agreement", "Twinning": "tie"}
    return known.get(kind) or ("tie" if kind in TIES else "other event")


def _timeline_legend() -> list[Patch | Line2D]:
    groups = {"visit": "visit", "meeting": "meeting", "other event": "other event", "agreement": "agreement",
              "tie": "twinning or relations"}  # fmt: skip
    shown: list[Patch | Line2D] = [Patch(facecolor=COLOURS[key], label=text) for key, text in groups.items()]
    dot = {"marker": "o", "linestyle": "", "markeredgecolor": INK, "markersize": 7}
    shown += [
        Line2D([], [], color=INK, alpha=0.5, linewidth=4, label="year"),
        Line2D([], [], color=INK, linewidth=7, label="month"),
        Line2D([], [], markerfacecolor=INK, label="day", **dot),  # type: ignore[arg-type]
        Line2D([], [], markerfacecolor="white", label="planned (hollow)", **dot),  # type: ignore[arg-type]
    ]
    return shown
