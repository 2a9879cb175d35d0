"""What a build read, what it skipped and why, for a program or a person to look through."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from kgx import __version__
from kgx.claims import fingerprint
from kgx.errors import Issue
from kgx.models import Knowledge

__all__ = ["build_report"]


def build_report(knowledge: Knowledge, skipped: Sequence[Issue], *, known: int = 0) -> str:
    """A report as JSON.

    Args:
        knowledge: what the build found.
        skipped: what could not be read.
        known: how many documents a cache spared.

    Returns:
        An object: ``version`` and ``rules`` (a digest of rules, tables and model); ``read`` with the number of
        documents, characters, those from the cache and by language; ``found`` with the number of things and facts by
        kind; ``documents``, each with id, file, language, characters and number of facts; ``skipped``, each with
        where and reason.
    """
    documents = knowledge.documents
    languages = Counter(d.lang for d in documents)
    found = Counter([*(t.kind for t in knowledge.things), *(f.type for f in knowledge.facts)])
    report = {
        "version": __version__,
        "rules": fingerprint(),
        "read": {
            "documents": len(documents),
            "characters": sum(len(d.document.text) for d in documents),
            "from_cache": known,
            "languages": dict(sorted(languages.items())),
        },
        "found": dict(sorted(found.items())),
        "documents": [
            {
                "id": d.document.id,
                "file": d.document.file_name,
                "lang": d.lang,
                "characters": len(d.document.text),
                "facts": len(d.facts),
            }
            for d in documents
        ],
        "skipped": [{"where": issue.where, "reason": issue.reason} for issue in sorted(skipped, key=str)],
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"
