"""Pictures of frames: figures with disagreeing sources, who tells what, and an event data set."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from plots import COLOURS, EVENTS, FAINT, INK, TIES, linked, states_of

from kgx.graph import Graph

FACTS = EVENTS | TIES | {"Agreement", "TradeFigure", "TradePartnerRank", "Tenure"}
GRID = "#e3e8ec"
STATUS_COLOURS = {"actual": COLOURS["state"], "estimate": COLOURS["visit"], "target": COLOURS["agreement"]}


def between(graph: Graph, *states: str) -> Graph:
    """The graph without the facts that do not concern all of some states, given by their labels."""
    wanted = {node for node, data in graph.nodes(data=True) if data["type"] == "Country" and data["label"] in states}

    def concerns(node: str) -> bool:
        parts = linked(graph, node, "country", "party", "twin", "visitor", "host", "participant")
        return wanted <= {state for part in parts for state in states_of(graph, part)}

    facts = {node for node, data in graph.nodes(data=True) if data["type"] in FACTS}
    kept = {node for node in facts if concerns(node)}
    things = {n for fact in kept for n in (*graph.successors(fact), *graph.predecessors(fact))} - facts
    homes = {state for thing in things for state in states_of(graph, thing)}
    return graph.subgraph(kept | things | homes | wanted)


def trade(frame: pd.DataFrame, *, title: str = "Trade, as the documents tell it") -> Figure:
    """Figures of the named query `figures`, one a row in order of time; where two disagree, each names its rival."""
    ordered = frame.sort_values(["period", "value"], na_position="last").reset_index(drop=True)
    figure, axes = _canvas(11, 1.3 + 0.55 * max(len(ordered), 2), title)
    for y, row in enumerate(ordered.itertuples()):
        amount = float(row.value) / 1e9
        colour = STATUS_COLOURS.get(row.status, FAINT)
        axes.barh([y], [amount], height=0.55, edgecolor=colour, linewidth=1.4,
                  color=colour if row.status == "actual" else "white")  # fmt: skip
        axes.annotate(f"{amount:g} billion {row.currency}", (amount, y), xytext=(8, 6), textcoords="offset points",
                      va="center", fontsize=10, color=INK)  # fmt: skip
        rival = isinstance(row.disagreesWith, str)
        told = f"but {textwrap.shorten(row.otherDocuments, 30, placeholder=' …')} disagrees" if rival else row.documents
        axes.annotate(told, (amount, y), xytext=(8, -8), textcoords="offset points", va="center", fontsize=8.5,
                      color=COLOURS["meeting"] if rival else FAINT)  # fmt: skip
    names = [
        f"{p if isinstance(p, str) else 'no year told'}, {s}"
        for p, s in zip(ordered.period, ordered.status, strict=True)
    ]
    axes.set_yticks(range(len(names)), names)
    axes.set_xlim(0, float(ordered["value"].max()) / 1e9 * 1.35 if len(ordered) else 1)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_xlabel("billions; filled: told as done, hollow: target or estimate", fontsize=8.5, color=FAINT)
    return figure


def told_in(
    frame: pd.DataFrame, languages: Mapping[str, str], *, title: str = "Which language tells what", most: int = 30
) -> Figure:
    """A row for each fact, a column for each language; a circle is as big as the number of passages.

    Args:
        frame: with the columns kind, what, language and passages.
        languages: code → what to call it, in the order of the columns.
        most: number of rows shown; those that most languages tell come first.
        title: of the picture.
    """
    counts = frame.pivot_table(index=["kind", "what"], columns="language", values="passages", aggfunc="sum")
    counts = counts.reindex(columns=list(languages)).fillna(0)
    told = (counts > 0).sum(axis=1)
    order = sorted(counts.index, key=lambda row: (-told[row], [counts.loc[row, c] == 0 for c in languages], row))[:most]
    figure, axes = _canvas(10.5, 1.5 + 0.3 * max(len(order), 3), title)
    for y, row in enumerate(order):
        columns = [x for x, code in enumerate(languages) if counts.loc[row, code]]
        if len(columns) > 1:
            axes.plot([columns[0], columns[-1]], [y, y], color=INK, linewidth=2, zorder=2)
        for x in columns:
            number = int(counts.loc[row, list(languages)[x]])
            axes.scatter([x], [y], s=90 + 45 * min(number, 6), zorder=3, edgecolor="white",
                         color=COLOURS["visit"] if len(columns) > 1 else FAINT)  # fmt: skip
            axes.annotate(str(number), (x, y), ha="center", va="center", fontsize=8, color="white", zorder=4)
    axes.set_yticks(range(len(order)), [textwrap.shorten(what, 70, placeholder=" …") for _, what in order])
    axes.set_xticks(range(len(languages)), list(languages.values()), fontsize=11)
    axes.xaxis.tick_top()
    axes.set(ylim=(len(order) - 0.4, -0.6), xlim=(-0.5, len(languages) - 0.5))
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_xlabel("Numbers: passages. Orange: told in more than one language.", fontsize=8.5, color=FAINT)
    return figure


def exchanges(frame: pd.DataFrame, *, title: str = "Events, as event coders count them") -> Figure:
    """Left, events by CAMEO code, planned ones hollow; right, events between each two states, as a grid."""
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(12, 4.3), dpi=100, layout="constrained", gridspec_kw={"width_ratios": [1.25, 1]}
    )
    figure.suptitle(title, x=0.01, ha="left", fontsize=15, color=INK, weight="bold")
    for axes in (left, right):
        _bare(axes)
    events = frame.drop_duplicates("event_id")
    kinds = (events["cameo_code"] + "  " + events["event_type"].str.replace("_", " ")).sort_values(ascending=False)
    done = events["status"].eq("occurred").reindex(kinds.index)
    names = list(dict.fromkeys(kinds))
    occurred = [int((done & (kinds == name)).sum()) for name in names]
    ahead = [int((~done & (kinds == name)).sum()) for name in names]
    left.barh(names, occurred, color=COLOURS["visit"], edgecolor=COLOURS["visit"], height=0.6, label="occurred")
    left.barh(names, ahead, left=occurred, color="white", edgecolor=COLOURS["visit"], height=0.6, label="not yet")
    left.xaxis.set_major_locator(MaxNLocator(integer=True))
    left.grid(axis="x", color=GRID, linewidth=0.8)
    left.set_axisbelow(True)
    left.set_xlabel("events, by CAMEO code", color=INK)
    left.legend(frameon=False, loc="lower right")
    pairs = frame.dropna(subset=["source_country", "target_country"])
    pairs = pairs.drop_duplicates(["event_id", "source_country", "target_country"])
    grid = pd.crosstab(pairs["source_country"], pairs["target_country"])
    right.imshow(grid.to_numpy(), cmap="Oranges", vmin=0, vmax=max(1, grid.to_numpy().max()) * 2.2, aspect="auto")
    for y, row in enumerate(grid.to_numpy()):
        for x, number in enumerate(row):
            right.annotate(str(number) if number else "·", (x, y), ha="center", va="center", color=INK, fontsize=11)
    right.set_xticks(range(len(grid.columns)), grid.columns)
    right.set_yticks(range(len(grid.index)), grid.index)
    right.set_xlabel("events from a source (row) to a target (column)", color=INK)
    return figure


def _canvas(wide: float, high: float, title: str) -> tuple[Figure, Axes]:
    figure, axes = plt.subplots(figsize=(wide, high), dpi=100, layout="constrained")
    figure.suptitle(title, x=0.01, ha="left", fontsize=15, color=INK, weight="bold")
    _bare(axes)
    return figure, axes


def _bare(axes: Axes) -> None:
    axes.tick_params(length=0, labelsize=10, labelcolor=INK)
    axes.tick_params(which="minor", length=0)
    for side in axes.spines.values():
        side.set_visible(False)
