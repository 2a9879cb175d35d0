"""International bodies: what `kgx/ontology/bodies.yaml` says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from kgx.gazetteer.data import load_yaml
from kgx.gazetteer.fold import exact


@dataclass(frozen=True, slots=True)
class Body:
    """An international body.

    Attributes:
        id: Stable slug, "asean".
        kind: "bloc", "organisation", "bank", "court", "alliance", "forum", "agency", "association"
            or "programme".
        name: English name.
        wikidata: Wikidata item, None where not sure.
        names: Language to its full names, the preferred one first.
        acronyms: Language to its acronyms as that language writes them.
        members: Alpha-2 codes of member states; empty where the membership is near universal or unsettled.
    """

    id: str
    kind: str
    name: str
    wikidata: str | None
    names: Mapping[str, tuple[str, ...]]
    acronyms: Mapping[str, tuple[str, ...]]
    members: tuple[str, ...] = ()

    def label(self, lang: str) -> str:
        """Return the preferred name in a language, the English one if it has none."""
        return self.names.get(lang, (self.name,))[0]


def _by_language(entry: Mapping[str, list[str]]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({lang: tuple(forms) for lang, forms in entry.items()})


@lru_cache(maxsize=1)
def bodies() -> tuple[Body, ...]:
    """Return all international bodies, in the order of the file.

    Returns:
        The bodies.

    Raises:
        KeyError: If an entry of the file lacks a field.
    """
    entries = load_yaml("ontology/bodies.yaml")["bodies"]
    return tuple(
        Body(
            id=body_id,
            kind=entry["kind"],
            name=entry["name"],
            wikidata=entry.get("wikidata"),
            names=_by_language(entry["names"]),
            acronyms=_by_language(entry.get("acronyms", {})),
            members=tuple(entry.get("members", ())),
        )
        for body_id, entry in entries.items()
    )


@cache
def body_forms(lang: str) -> Mapping[str, str]:
    """Return the names and acronyms by which a language calls the bodies.

    Args:
        lang: ISO 639-1.

    Returns:
        Surface form to body id. Acronyms keep their case; match names through `fold.exact` where case may differ.
    """
    forms: dict[str, str] = {}
    for body in bodies():
        for form in (*body.names.get(lang, ()), *body.acronyms.get(lang, ())):
            forms.setdefault(form, body.id)
    return MappingProxyType(forms)


def body_of(form: str, lang: str) -> Body | None:
    """Find the body a form names, whatever its case.

    Args:
        form: A surface form without clitics.
        lang: ISO 639-1.

    Returns:
        The body, or None.
    """
    found = _folded(lang).get(exact(form))
    return None if found is None else next(body for body in bodies() if body.id == found)


@cache
def _folded(lang: str) -> Mapping[str, str]:
    folded: dict[str, str] = {}
    for form, body_id in body_forms(lang).items():
        folded.setdefault(exact(form), body_id)
    return folded
