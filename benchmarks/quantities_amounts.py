"""Amounts measured: value and currency with exact span, beside price-parser and text2num where these are installed.

    python benchmarks/quantities_amounts.py ../shared/data/money

The folder holds ``<code>.json`` files of the form of Microsoft's Recognizers-Text suites (``input``, ``results`` with
``text``, ``start``, ``end``, ``value``, ``unit``); the project's own suites are always measured. price-parser is given
the very words of each amount (it finds one price in a string) and text2num the whole sentence, so that both are
judged more kindly than kgx, which has to find the amount. Speed is million characters a second of processor time on
news, each article once.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from quantities_texts import articles, megabytes

from kgx.quantities.amount_cldr import currency_names
from kgx.quantities.amount_examples import agrees, read_marked
from kgx.quantities.amounts import find_amounts
from kgx.quantities.types import Money

OWN = Path(__file__).parent.parent / "tests" / "quantities" / "amounts"
SECOND = OWN.parent / "second" / "amounts"
BARS = {"ko": 90.0, "fr": 94.0}
OWN_BAR = 95.0
# Units of the public suites that name no currency by themselves: any of these codes is right. A sub-unit counts
# hundredths, so 470 pence are 4.70 GBP.
UNITS: dict[str, tuple[set[str], int]] = {
    "Dollar": ({"USD"}, 1),
    "United States dollar": ({"USD"}, 1),
    "Dollar États-Unis": ({"USD"}, 1),
    "Franc": ({"CHF", "FRF", "XOF", "XAF", "BEF"}, 1),
    "Pound": ({"GBP"}, 1),
    "Livre": ({"GBP"}, 1),
    "Cent": ({"USD", "EUR"}, 100),
    "Pence": ({"GBP"}, 100),
    "Penny": ({"GBP"}, 100),
    "Pesewa": ({"GHS"}, 100),
    "Florins Néerlandais": ({"NLG"}, 1),
    "Mark Finlandais": ({"FIM"}, 1),
    "Dollar de Hong Kong": ({"HKD"}, 1),
    "Yen Japonais": ({"JPY"}, 1),
}


def accepted(lang: str, unit: str, iso: str | None) -> tuple[set[str], int]:
    """The currency codes that are right for a unit of a suite, and its parts per whole."""
    if unit in UNITS:
        return UNITS[unit]
    if iso is not None:
        return {iso}, 1
    name = unit.casefold()
    return {code for pack in (lang, "en") for code, known in currency_names(pack) if known == name}, 1


def expected_value(written: str, parts: int) -> Decimal:
    """The value of a suite's result in whole units; its decimal mark may be a comma."""
    return Decimal(written.replace(",", ".")) / parts


def measure_public(folder: Path, lang: str) -> tuple[int, int, int]:
    """Right amounts, all amounts, and sentences with an amount too many; bare units without a value are left out."""
    right = total = too_many = 0
    for case in json.loads((folder / f"{lang}.json").read_text(encoding="utf8")):
        found = [a for a in find_amounts(case["input"], lang) if isinstance(a, Money)]
        hits = 0
        for result in case["results"]:
            if not result["value"]:
                continue
            codes, parts = accepted(lang, result["unit"], result["iso"])
            value = expected_value(result["value"], parts)
            span = (result["start"], result["end"])
            total += 1
            hits += any((a.start, a.end) == span and a.value == value and a.currency in codes for a in found)
        right += hits
        too_many += len(found) > len(case["results"])
    return right, total, too_many


def measure_own(path: Path) -> str:
    """Right amounts of one of the project's own suites, by span, kind, value, unit and all flags; amounts too many."""
    if not path.is_file():
        return ""
    right = total = too_many = 0
    for sentence in json.loads(path.read_text(encoding="utf8")):
        text, marked = read_marked(sentence)
        found = find_amounts(text, path.stem)
        right += sum(any(agrees(mark, amount) for amount in found) for mark in marked)
        total += len(marked)
        too_many += sum(not any(a.start < m.end and m.start < a.end for m in marked) for a in found)
    return f"{100 * right / total:.1f} % /{total} +{too_many}"


def measure_words(lang: str, words: list[tuple[str, Decimal]], read: Callable[[str, str], Decimal | None]) -> float:
    """Percentage of amounts whose value `read` tells when given the amount's words alone."""
    return 100 * sum(read(text, lang) == value for text, value in words) / len(words)


def price_parser_value(text: str, _lang: str) -> Decimal | None:
    """The value as price-parser reads it."""
    value = importlib.import_module("price_parser").Price.fromstring(text).amount
    return value if isinstance(value, Decimal) else None


def text2num_value(text: str, lang: str) -> Decimal | None:
    """The first number as text2num reads it; None for languages that it doesn't know."""
    try:
        words: Any = importlib.import_module("text_to_num").alpha2digit(text, lang).split()
        return Decimal(words[0].replace(",", "."))
    except (InvalidOperation, IndexError, ValueError, KeyError):
        return None


def money_words(lang: str) -> list[tuple[str, Decimal]]:
    """Words and value of each amount of money of the own suite."""
    found = []
    for sentence in json.loads((OWN / f"{lang}.json").read_text(encoding="utf8")):
        text, marked = read_marked(sentence)
        found += [(text[mark.start : mark.end], mark.value) for mark in marked if mark.kind == "M" and not mark.high]
    return found


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", help="public suites of money")
    parser.add_argument("--gold", type=Path, help="more news to measure speed on")
    options = parser.parse_args()
    folder = options.folder
    news = articles(*([options.gold / "dev"] if options.gold and options.gold.is_dir() else []))
    rivals = {"price-parser": ("price_parser", price_parser_value), "text2num": ("text_to_num", text2num_value)}
    present = {name: read for name, (module, read) in rivals.items() if importlib.util.find_spec(module)}
    print(
        f"{'':4}{'public':>16}{'bar':>6}{'own, first':>16}{'own, second':>16}{'bar':>6}"
        + "".join(f"{n:>14}" for n in present)
        + f"{'Mchar/s':>9}"
    )
    for path in sorted(OWN.glob("*.json")):
        lang = path.stem
        public, bar = "", ""
        if folder is not None and (folder / path.name).is_file():
            right, total, too_many = measure_public(folder, lang)
            public, bar = f"{100 * right / total:.1f} % +{too_many}", f"{BARS.get(lang, 0):.0f}"
        own, second = measure_own(path), measure_own(SECOND / path.name)
        row = f"{lang:4}{public:>16}{bar:>6}{own:>16}{second:>16}{OWN_BAR:>6.0f}"
        row += "".join(f"{measure_words(lang, money_words(lang), read):>12.1f} %" for read in present.values())
        print(row + (f"{megabytes(lambda text: find_amounts(text, lang), news[lang]):>9.2f}" if lang in news else ""))  # noqa: B023


if __name__ == "__main__":
    main()
