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
from typing import Any

import kgx
from kgx.graph import Graph

ROOT = Path(__file__).parent.parent
GOLD = ROOT.parent / "shared"
CORPUS = ROOT / "tests" / "corpus"
ATTRIBUTES = {
    ("offices", "country"), ("events", "date"), ("events", "place"), ("events", "status"), ("agreements", "status"),
    ("trade", "period"), ("trade", "status"), ("trade", "parties"),
}  # fmt: skip
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


def scores() -> str:
    """F1 of each kind on the seeds, the other gold records, and the project's own documents, read blind and not."""
    sets = [
        ("seeds", *evaluated(GOLD / "gold" / "seeds", *sorted((ROOT / "seeds").glob("*.txt")))),
        ("gold/dev", *evaluated(GOLD / "gold" / "dev")),
        ("own, at hand while rules were written", *evaluated(CORPUS, "--only", "[!h]*")),
        ("own, held out, totals seen meanwhile", *evaluated(CORPUS, "--only", "held-[!3]*")),
        ("own, held out, measured at the end", *evaluated(CORPUS, "--only", "held-3[0-9]*")),
    ]
    lines = [f"| documents | number | macro F1 | {' | '.join(KINDS)} |", "|---|---:|" + "---:|" * (len(KINDS) + 1)]
    for name, number, figures in sets:
        kinds = " | ".join(f"{figures['kinds'][kind]['f1']:.2f}" for kind in KINDS)
        lines.append(f"| {name} | {number} | **{figures['macro_f1']:.3f}** | {kinds} |")
    _, number, blind = sets[-1]
    languages = sorted(blind["languages"])
    lines += ["", f"| held out, measured at the end | {' | '.join(languages)} |", "|---|" + "---:|" * len(languages)]
    for kind in KINDS:
        found = [blind["languages"][lang]["kinds"][kind] for lang in languages]
        cells = [f"{f['f1']:.2f}" if f["gold"] or f["found"] else "" for f in found]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    macro = (f"{blind['languages'][lang]['macro_f1']:.2f}" for lang in languages)
    lines.append(f"| macro F1 | {' | '.join(macro)} |")
    attributes = [
        f"{kind} {name} {value:.0%}"
        for kind in KINDS
        for name, value in blind["kinds"][kind]["attributes"].items()
        if (kind, name) in ATTRIBUTES
    ]
    unrelated = blind["unrelated"]
    lines += [
        "",
        f"Right where the fact was found, held out: {', '.join(attributes)}.",
        f"Unrelated news, held out: {unrelated['false_facts']} false facts in {unrelated['documents']} documents.",
    ]
    return "\n".join(lines)


def evaluated(gold: Path, *options: str | Path) -> tuple[int, dict[str, Any]]:
    """What `kgx evaluate` counts: the number of documents, and its figures."""
    figures: dict[str, Any] = json.loads(kgx_command("evaluate", str(gold), *map(str, options), "--format", "json"))
    return figures["documents"], figures


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
            text = section(text, "scores", scores())
    readme.write_text(text, encoding="utf8")


if __name__ == "__main__":
    main()
