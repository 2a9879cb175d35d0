"""Bring the README's figures up to date (`make readme`), so that none stands there that no command prints.

Between ``<!-- name -->`` and ``<!-- /name -->`` stand: ``seeds``, what the seeds tell; ``show``, a card; and, where the
gold records lie beside the checkout, ``scores``.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import kgx
from kgx.graph import Graph

ROOT = Path(__file__).parent.parent
GOLD = ROOT.parent / "shared"
CORPUS = ROOT / "tests" / "corpus"
KINDS = ("persons", "offices", "places", "dates", "events", "agreements", "trade", "twinnings", "relations")


def section(text: str, name: str, content: str) -> str:
    """`text` with what stands between the marks of `name` replaced."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.S)
    return pattern.sub(lambda match: f"{match[1]}{content.rstrip()}\n{match[2]}", text)


def seeds_table(graph: Graph) -> str:
    """Kinds of nodes with their number and an example, most frequent first."""
    labels: dict[str, list[str]] = {}
    for _, data in graph.nodes(data=True):
        if data["type"] != "Document" and data["evidence"]:
            labels.setdefault(data["type"], []).append(str(data["label"]))
    counts = Counter({kind: len(found) for kind, found in labels.items()})
    rows = [f"| {kind} | {number} | {min(labels[kind], key=_readable)} |" for kind, number in counts.most_common()]
    return "\n".join(["| kind | number | for example |", "|---|---:|---|", *rows])


def _readable(label: str) -> tuple[bool, int, str]:
    return ("(" not in label, -len(label), label)


def card(graph: Path) -> str:
    """The beginning of `kgx show`."""
    shown = kgx_command("show", str(graph), "토람", columns=100).splitlines()
    lines = [line.rstrip() for line in shown[:22]]
    return "\n".join(["```console", '$ kgx show graph.ttl "토람"', *lines, "…", "```"])


def kgx_command(*args: str, columns: int = 200) -> str:
    """What a command of kgx prints."""
    done = subprocess.run(
        [sys.executable, "-m", "kgx", *args],
        check=True,
        capture_output=True,
        text=True,
        env={"COLUMNS": str(columns), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf8", "PATH": ""},
    )
    return done.stdout


def score(paths: list[Path], gold: Path, folder: Path) -> dict[str, dict[str, object]]:
    """The scorer's figures for a graph of `paths`."""
    graph = folder / "scored.ttl"
    kgx_command("build", *map(str, paths), "-o", str(graph), "--quiet")
    command = [sys.executable, str(GOLD / "score" / "score.py"), str(graph), str(gold), "--json"]
    figures: dict[str, dict[str, object]] = json.loads(subprocess.check_output(command))
    return figures


def scores(folder: Path) -> str:
    """F1 of each kind on the seeds, on the other gold records, and on the project's own held-out documents."""
    sets = {
        "seeds (5 documents)": (sorted((ROOT / "seeds").glob("*.txt")), GOLD / "gold" / "seeds"),
        "gold/dev (14)": (sorted((GOLD / "gold" / "dev").glob("*.txt")), GOLD / "gold" / "dev"),
    }
    held = sorted(CORPUS.glob("*/held-*.txt"))
    if held:
        gold = folder / "held"
        gold.mkdir()
        for record in CORPUS.glob("*/held-*.json"):
            content = json.loads(record.read_text(encoding="utf8"))
            name = f"{record.parent.name}-{record.stem}"
            content["id"] = name
            (gold / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf8")
            text = record.with_suffix(".txt").read_text(encoding="utf8")
            (gold / f"{name}.txt").write_text(text, encoding="utf8")
        sets[f"own held-out documents ({len(held)})"] = (sorted(gold.glob("*.txt")), gold)
    rows, by_language = [], []
    for name, (paths, gold) in sets.items():
        figures = score(paths, gold, folder)
        kinds = " | ".join(f"{figures['kinds'][kind]['f1']:.2f}" for kind in KINDS)  # type: ignore[index]
        rows.append(f"| {name} | **{figures['macro_f1']:.3f}** | {kinds} |")
        by_language.append((name, figures["languages"]))
    languages = sorted({lang for _, found in by_language for lang in found})
    lines = [
        f"| documents | macro F1 | {' | '.join(KINDS)} |",
        "|---|" + "---:|" * (len(KINDS) + 1),
        *rows,
        "",
        f"| macro F1 by language | {' | '.join(languages)} |",
        "|---|" + "---:|" * len(languages),
    ]
    for name, found in by_language:
        lines.append(f"| {name} | {' | '.join(f'{found[x]:.2f}' if x in found else '' for x in languages)} |")
    return "\n".join(lines)


def main() -> None:
    """Rewrite README.md."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf8")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = section(text, "seeds", seeds_table(kgx.build(ROOT / "seeds")))
        kgx_command("build", str(ROOT / "seeds"), "-o", str(folder / "graph.ttl"), "--quiet")
        text = section(text, "show", card(folder / "graph.ttl"))
        if (GOLD / "gold").is_dir():
            text = section(text, "scores", scores(folder))
    readme.write_text(text, encoding="utf8")


if __name__ == "__main__":
    main()
