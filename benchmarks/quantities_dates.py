"""How well dates are read: a public suite, gold records, our own suites, and speed; beside dateparser if installed.

    python benchmarks/quantities_dates.py --suite DIR --gold DIR --seeds DIR

`--suite` holds ``<lang>.json`` of microsoft/Recognizers-Text (sentence, reference date, dates with accepted values).
A date is right when its span is exact and its value is among the accepted ones. The suite writes a month as
``first day/first day of the next`` and 'from A to B' as ``A/B``; both spellings of an interval are tried.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import sys
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

from quantities_texts import articles, megabytes

from kgx.quantities import DateMention, PartialDate, When, find_amounts, find_dates

OWN = Path(__file__).parent.parent / "tests" / "quantities"
sys.path.append(str(OWN))

from suites import score as score_own  # noqa: E402 - it lies beside the suites

_DAY = datetime.timedelta(days=1)
Found = list[tuple[int, int, frozenset[str]]]


def spellings(value: When) -> frozenset[str]:
    """The value as the suite may write it."""
    if isinstance(value, PartialDate):
        if value.first is None or value.last is None or value.precision == "day":
            return frozenset({value.iso})
        return frozenset({f"{value.first}/{value.last + _DAY}"})
    start = value.start.first if value.start is not None else None
    if value.end is None or value.end.first is None or value.end.last is None:
        return frozenset({f"{start}/"})
    ends = (value.end.first, value.end.last, value.end.last + _DAY)
    return frozenset(f"{start or ''}/{end}" for end in ends)


def ours(text: str, lang: str, reference: str) -> Found:
    """What kgx finds."""
    found = find_dates(text, lang, published=PartialDate.parse(reference))
    return [(mention.start, mention.end, spellings(mention.value)) for mention in found]


def dateparser_finds(text: str, lang: str, reference: str) -> Found:
    """What dateparser finds: always one day; it gives no spans, so its text is looked up."""
    from dateparser.search import search_dates  # type: ignore[import-untyped,unused-ignore]

    base = datetime.datetime.fromisoformat(reference)
    hits = search_dates(text, languages=[lang], settings={"RELATIVE_BASE": base}) or []
    found, place = [], 0
    for surface, when in hits:
        start = text.find(surface, place)
        if start >= 0:
            place = start + len(surface)
            found.append((start, place, frozenset({when.date().isoformat()})))
    return found


def score_suite(path: Path, finder: Callable[[str, str, str], Found]) -> tuple[int, int, int, int, int]:
    """Right dates, dates right but for their span, all dates, sentences with a date too many, all sentences."""
    right = loose = total = many = 0
    sentences = json.loads(path.read_text(encoding="utf-8"))
    for sentence in sentences:
        found = finder(sentence["input"], path.stem, sentence["reference"][:10])
        wanted = sentence["results"]
        total += len(wanted)
        for date in wanted:
            span, accepted = (date["start"], date["end"]), set(date["values"])
            right += any((start, end) == span and values & accepted for start, end, values in found)
            loose += any(start < span[1] and span[0] < end and values & accepted for start, end, values in found)
        many += any(not any(start < d["end"] and d["start"] < end for d in wanted) for start, end, _ in found)
    return right, loose, total, many, len(sentences)


def _records(gold: Path, seeds: Path) -> Iterator[tuple[dict[str, object], str]]:
    for path in sorted(gold.glob("*/*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        text = path.with_suffix(".txt")
        raw = (text if text.exists() else seeds / text.name).read_text(encoding="utf-8")
        yield record, re.sub(r"\A---\n.*?\n---\n", "", raw, flags=re.DOTALL)


def _read(record: dict[str, object], text: str) -> tuple[DateMention, ...]:
    published = record.get("published")
    return find_dates(
        text, str(record["lang"]), published=PartialDate.parse(published) if isinstance(published, str) else None
    )


def score_gold(gold: Path, seeds: Path) -> tuple[int, int, int]:
    """Right, superfluous and missed dates, each distinct ISO form once per document."""
    right = superfluous = missed = 0
    for record, text in _records(gold, seeds):
        dates = record["dates"]
        assert isinstance(dates, list)
        wanted = {date["iso"] for date in dates}
        found = {date.iso for mention in _read(record, text) for date in mention.named}
        right += len(found & wanted)
        superfluous += len(found - wanted)
        missed += len(wanted - found)
    return right, superfluous, missed


def speeds(gold: Path | None) -> Iterator[str]:
    """Lines that tell the speed by language: dates alone, and with amounts."""
    published = PartialDate.parse("2024-05-15")
    for lang, text in articles(*([gold / "dev"] if gold else [])).items():
        rate = megabytes(lambda text, lang=lang: find_dates(text, lang, published=published), text)  # type: ignore[misc]
        both = megabytes(
            lambda text, lang=lang: (*find_dates(text, lang, published=published), *find_amounts(text, lang)),  # type: ignore[misc]
            text,
        )
        dates = len(find_dates(text, lang, published=published))
        yield (
            f"speed {lang}  {rate:.2f} million characters a second (dates and amounts together {both:.2f});"
            f" news with a date every {len(text) // max(dates, 1)} characters\n"
        )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--suite", type=Path)
    parser.add_argument("--gold", type=Path)
    parser.add_argument("--seeds", type=Path)
    options = parser.parse_args()
    out = sys.stdout.write
    finders: dict[str, Callable[[str, str, str], Found]] = {"kgx": ours}
    try:
        import dateparser  # type: ignore[import-untyped,unused-ignore]  # noqa: F401

        finders["dateparser"] = dateparser_finds
    except ImportError:
        out("dateparser is not installed, so it is left out\n")
    known = {folder.name for folder in resources.files("kgx.lang").iterdir() if folder.joinpath("dates.yaml").is_file()}
    for path in sorted(options.suite.glob("*.json")) if options.suite else ():
        for name, finder in finders.items():
            if path.stem in known:
                right, loose, total, many, sentences = score_suite(path, finder)
                out(f"suite {path.stem}  {name:10}  right {right / total:6.1%} of {total}"
                    f"  (value alone {loose / total:6.1%})"
                    f"  sentences with one too many {many / sentences:5.1%}\n")  # fmt: skip
    for path in sorted([*(OWN / "dates").glob("*.json"), *(OWN / "second" / "dates").glob("*.json")]):
        right, total, many, sentences = score_own(path)
        name = "second" if "second" in path.parts else "first"
        out(f"own {path.stem} {name:6}  right {right / total:6.1%} of {total}"
            f"  sentences with one too many {many / sentences:5.1%}\n")  # fmt: skip
    if options.gold and options.gold.is_dir():
        right, superfluous, missed = score_gold(options.gold, options.seeds or options.gold)
        out(f"gold dates  F1 {2 * right / (2 * right + superfluous + missed):.3f}\n")
    for line in speeds(options.gold if options.gold and options.gold.is_dir() else None):
        out(line)


if __name__ == "__main__":
    main()
