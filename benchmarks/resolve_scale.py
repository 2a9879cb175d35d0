"""Time and memory of resolution: 1,000, 10,000 and 100,000 generated mentions, a tenth as many people.

    python benchmarks/resolve_scale.py [--sizes 1000 10000 100000]

People have names of random syllables, spelled in Latin, Hangul, Cyrillic and Arabic letters, offices and states; a
document tells of five of them, their offices, and a meeting of two. Each size runs in a process of its own; time is of
the processor. Purity is the share of mentions that lie with a majority of their person in a cluster: it says that speed
is not bought by joining at random.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from collections import Counter, defaultdict
from datetime import date, timedelta

from kgx.models import Claims, Document, Event, Evidence, Name, PartialDate, Tenure, Thing
from kgx.resolve import resolve

SECONDS, BYTES = 60, 1.5e9
# Latin, Hangul lead, Cyrillic and Arabic; then the same of vowels.
ONSETS = [
    ("b", 7, "б", "ب"), ("d", 3, "д", "د"), ("k", 15, "к", "ك"), ("l", 5, "л", "ل"), ("m", 6, "м", "م"),
    ("n", 2, "н", "ن"), ("r", 5, "р", "ر"), ("s", 9, "с", "س"), ("t", 16, "т", "ت"), ("h", 18, "х", "ه"),
]  # fmt: skip
VOWELS = [("a", 0, "а", "ا"), ("e", 5, "е", "ي"), ("i", 20, "и", "ي"), ("o", 8, "о", "و"), ("u", 13, "у", "و")]
SCRIPTS = ("en", "ko", "ru", "ar")
OFFICES = ("foreign_minister", "minister", "deputy_minister", "legislator", "ambassador", "adviser", "mayor")


def spelled(rng: random.Random) -> tuple[str, ...]:
    """A name of two parts in four scripts."""
    parts = []
    for _ in range(2):
        syllables = [(rng.choice(ONSETS), rng.choice(VOWELS)) for _ in range(rng.randint(2, 4))]
        latin = "".join(o[0] + v[0] for o, v in syllables).capitalize()
        hangul = "".join(chr(0xAC00 + (o[1] * 21 + v[1]) * 28) for o, v in syllables)
        cyrillic = "".join(o[2] + v[2] for o, v in syllables).capitalize()
        parts.append((latin, hangul, cyrillic, "".join(o[3] + v[3] for o, v in syllables)))
    return tuple(" ".join(p[i] for p in parts) for i in range(len(SCRIPTS)))


def generated(mentions: int) -> tuple[list[Claims], dict[tuple[str, str], int]]:
    """Documents, and who each of their persons is."""
    rng = random.Random(mentions)
    states = [a + b for a in "ABCDEFGHIJKL" for b in "MNOPQRSTUVWX"]
    people = [
        (spelled(rng), rng.sample(OFFICES, rng.choice((1, 1, 2))), rng.choice(states)) for _ in range(mentions // 10)
    ]
    documents, truth = [], {}
    for number in range(mentions // 5):
        name, lang = f"d{number:06}", rng.randrange(len(SCRIPTS))
        day = date(2022, 1, 1) + timedelta(days=rng.randrange(1000))
        things, facts = [], []
        for n, who in enumerate(rng.sample(range(len(people)), 5)):
            names, offices, state = people[who]
            said = Evidence(
                document=name, lang=SCRIPTS[lang], start=n, end=n + 1, quote="x", rule="generated", confidence=0.9
            )
            known = state if rng.random() < 0.9 else None
            things.append(
                Thing(
                    id=f"person/{n}", kind="person", label=names[lang], country=known, evidence=(said,),
                    names=(Name(text=names[lang], lang=SCRIPTS[lang]),),
                )
            )  # fmt: skip
            facts.append(
                Tenure(
                    holder=f"person/{n}", office_kind=rng.choice(offices), title="x", title_lang=SCRIPTS[lang],
                    country=known, evidence=(said,),
                )
            )  # fmt: skip
            truth[name, f"person/{n}"] = who
        met = PartialDate(year=day.year, month=day.month, day=day.day)
        meeting = Event(event_type="meeting", participants=("person/0", "person/1"), start=met, evidence=(said,))
        document = Document(id=name, file_name=name, text="x" * 10, sha256=name, published=met)
        documents.append(Claims(document=document, lang=SCRIPTS[lang], things=tuple(things), facts=(*facts, meeting)))
    return documents, truth


def run(mentions: int) -> dict[str, float]:
    """Seconds, megabytes and what was found, of one size."""
    documents, truth = generated(mentions)
    before = time.process_time()
    knowledge = resolve(documents)
    seconds = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    clusters: dict[str, Counter[int]] = defaultdict(Counter)
    for thing in knowledge.things:
        if thing.kind == "person":
            clusters[thing.id].update(truth[e.document, f"person/{e.start}"] for e in thing.evidence)
    pure = sum(c.most_common(1)[0][1] for c in clusters.values())
    return {
        "mentions": len(truth), "seconds": seconds, "bytes": peak, "people": len(set(truth.values())),
        "found": len(clusters), "purity": pure / len(truth), "comparisons": len(knowledge.comparisons),
    }  # fmt: skip


def main() -> None:
    """Print one table; exit code 1 below a bar."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(run(options.one)))
        return
    low = False
    print(
        f"{'mentions':>9} {'seconds':>8} {'ms each':>8} {'MB':>6} {'people':>7} {'found':>7} {'purity':>7} {'told':>9}"
    )
    for size in options.sizes:
        told = subprocess.run(
            [sys.executable, __file__, "--one", str(size)], check=True, capture_output=True, text=True
        )
        f = json.loads(told.stdout)
        low |= f["seconds"] > SECONDS or f["bytes"] > BYTES
        print(
            f"{f['mentions']:9} {f['seconds']:8.1f} {1000 * f['seconds'] / f['mentions']:8.3f} {f['bytes'] / 1e6:6.0f} "
            f"{f['people']:7} {f['found']:7} {f['purity']:7.4f} {f['comparisons']:9}"
        )
    sys.exit(int(low))


if __name__ == "__main__":
    main()
