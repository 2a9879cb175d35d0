"""Which documents tell what, in memory: lists that are narrowed by language or date of documents ask it of thousands.

As a question to the graph it would take as long each time as making this once, in a thread of its own.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping

from kgx.query import Store, select

__all__ = ["Told"]

_TELLING = "SELECT DISTINCT ?it ?document { ?it prov:wasDerivedFrom ?proof . ?proof oa:hasSource ?document }"
_DOCUMENTS = (
    "SELECT ?document ?language ?date { ?document a kgx:Document . OPTIONAL { ?document dcterms:language ?language } "
    "OPTIONAL { ?document schema:datePublished ?date } }"
)
_Document = tuple[str, str]  # its language and date; "" where it has none


class Told:
    """The documents of each thing and fact.

    Args:
        source: the graph, which does not change any more.
    """

    def __init__(self, source: Store) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._documents: Mapping[str, frozenset[_Document]] | None = None

    def prepare(self) -> None:
        """Find them in a thread of its own, so that nobody waits for it."""
        threading.Thread(target=self._found, name="told", daemon=True).start()

    def among(
        self, iris: Iterable[str], *, languages: Iterable[str] = (), since: str = "", until: str = ""
    ) -> list[str]:
        """Those things and facts that are told in one of some languages, and by a document of some time.

        Args:
            iris: of them.
            languages: none: any.
            since: year, month or day, none of whose documents is older; "" for any time.
            until: none of whose documents is younger; "" for any time.
        """
        found, wanted = self._found(), frozenset(languages)

        def tells(documents: frozenset[_Document]) -> bool:
            if wanted and not any(language in wanted for language, _ in documents):
                return False
            return not (since or until) or any(_within(date, since, until) for _, date in documents if date)

        return [iri for iri in iris if tells(found.get(iri, frozenset()))]

    def _found(self) -> Mapping[str, frozenset[_Document]]:
        with self._lock:
            if self._documents is None:
                known = {
                    document: (str(language or ""), str(date or ""))
                    for document, language, date in select(self._source, _DOCUMENTS).rows
                }
                told: dict[str, set[_Document]] = defaultdict(set)
                for it, document in select(self._source, _TELLING).rows:
                    if document in known:
                        told[str(it)].add(known[document])
                self._documents = {iri: frozenset(documents) for iri, documents in told.items()}
            return self._documents


def _within(date: str, since: str, until: str) -> bool:
    """Whether a date of any precision lies between two: 2024 reaches from 2024-01-01 to the end of the year."""
    return (not since or date >= since[: len(date)]) and (not until or date <= f"{until}~")
