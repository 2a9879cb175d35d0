"""Files of what the world knows: people and bodies with identifiers, names in many languages and birth dates.

Read are JSON lines of FollowTheMoney (as OpenSanctions publishes them), lines of a Wikidata entity dump, SPARQL results
in JSON, and CSV. A known entity is compared like a mention, by the same features; it is never a thing by itself, and is
linked only where that is sure and nothing else comes near.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kgx.errors import Issue, UsageError
from kgx.gazetteer import Gazetteer
from kgx.models import AnyFact, Name, PartialDate, Tenure, Thing
from kgx.resolve.features import LINKED, score
from kgx.resolve.local import Traits, fullest
from kgx.resolve.names import block_keys

__all__ = ["Known", "link_known", "read_known"]

Report = Callable[[Issue], None]
_MARGIN = 0.1
_WIKIDATA = "http://www.wikidata.org/entity/"
_KINDS = {
    "person": "person", "organization": "organization", "company": "organization", "publicbody": "organization",
    "legalentity": "organization",
}  # fmt: skip
_HUMAN, _INSTANCE, _BORN = "Q5", "P31", "P569"
_STATES = ("P27", "P17")  # of a citizen, of a body
_FAULTS = (KeyError, TypeError, ValueError, AttributeError, IndexError)


@dataclass(frozen=True)
class Known:
    """A person or body that a file knows; `same_as` are its IRIs, `country` is alpha-2, `born` ISO 8601."""

    kind: str
    same_as: tuple[str, ...]
    names: tuple[Name, ...]
    country: str | None = None
    born: str | None = None


def read_known(path: str | Path, report: Report) -> Iterator[Known]:
    """Read a file of knowledge; bad lines are reported and skipped.

    Raises:
        UsageError: if the file can't be read.
    """
    file = Path(path)
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            if file.suffix.lower() == ".csv":
                rows: Iterable[tuple[int, Any]] = enumerate(csv.DictReader(stream), 2)
                yield from _each(file, rows, _of_row, report)
            elif file.suffix.lower() in (".srj", ".json") and (results := _results(stream.read())) is not None:
                yield from _each(file, enumerate(results, 1), _of_binding, report)
            else:
                stream.seek(0)
                yield from _each(file, enumerate(stream, 1), _of_line, report)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _each(
    file: Path, rows: Iterable[tuple[int, Any]], read: Callable[[Any], Known | None], report: Report
) -> Iterator[Known]:
    for number, row in rows:
        try:
            known = read(row)
        except _FAULTS as error:
            report(Issue(f"{file.name}:{number}", f"is no entity ({type(error).__name__}: {error})"))
            continue
        if known is not None and known.names and known.same_as:
            yield known


def _results(text: str) -> list[Any] | None:
    """The rows of SPARQL results; None of anything else."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found["results"]["bindings"] if isinstance(found, dict) and "results" in found else None


def _of_row(row: Mapping[str, str | None]) -> Known:
    """A row of a CSV: name, id, and optionally lang, country, kind, aliases (separated by semicolons), birth_date."""
    if not (row.get("name") or "").strip() or not (row.get("id") or "").strip():
        raise ValueError("name or id is missing")
    lang = row.get("lang") or "und"
    several = (row["name"] or "", *(row.get("aliases") or "").split(";"))
    return _known(
        row.get("kind") or "person",
        [row["id"] or ""],
        [(n, lang) for n in several],
        row.get("country"),
        row.get("birth_date"),
    )


def _of_binding(row: Mapping[str, Mapping[str, str]]) -> Known:
    """A row of SPARQL results: item (or id), and any of itemLabel (label, name), country (alpha-2), born, kind."""

    def value(*keys: str) -> str | None:
        return next((row[k]["value"] for k in keys if k in row), None)

    names = [
        (row[k]["value"], row[k].get("xml:lang", "und")) for k in ("itemLabel", "label", "name", "altLabel") if k in row
    ]
    item = value("item", "id")
    if item is None:
        raise ValueError("no item")
    return _known(value("kind") or "person", [item], names, value("country", "countryCode"), value("born", "birthDate"))


def _of_line(line: str) -> Known | None:
    """A line of FollowTheMoney or of a Wikidata dump."""
    text = line.strip().rstrip(",")
    if text in ("", "[", "]"):
        return None
    entity = json.loads(text)
    if "schema" in entity:
        return _of_ftm(entity)
    if "labels" in entity:
        return _of_wikidata(entity)
    raise ValueError("neither FollowTheMoney nor Wikidata")


def _of_ftm(entity: Mapping[str, Any]) -> Known | None:
    kind = _KINDS.get(str(entity["schema"]).lower())
    if kind is None:
        return None
    told: Mapping[str, list[str]] = entity["properties"]
    ids = [_WIKIDATA + q for q in told.get("wikidataId", ())] or [str(entity["id"])]
    names = [(n, "und") for key in ("name", "alias", "weakAlias") for n in told.get(key, ())]
    states = told.get("country") or told.get("nationality") or told.get("jurisdiction") or []
    return _known(
        kind,
        ids,
        names,
        next(iter(states), None) if len(set(states)) == 1 else None,
        next(iter(told.get("birthDate", ())), None),
    )


def _of_wikidata(entity: Mapping[str, Any]) -> Known | None:
    def targets(prop: str) -> list[Any]:
        claims = entity.get("claims", {}).get(prop, ())
        return [c["mainsnak"]["datavalue"]["value"] for c in claims if "datavalue" in c.get("mainsnak", {})]

    kinds = {v.get("id") for v in targets(_INSTANCE)}
    names = [(label["value"], lang) for lang, label in entity["labels"].items()]
    names += [(a["value"], lang) for lang, several in entity.get("aliases", {}).items() for a in several]
    born = next((str(v["time"]).lstrip("+")[:10] for v in targets(_BORN)), None)
    states = {_states().get(str(v.get("id"))) for prop in _STATES for v in targets(prop)}
    state = states.pop() if len(states) == 1 else None
    return _known("person" if _HUMAN in kinds else "organization", [_WIKIDATA + str(entity["id"])], names, state, born)


@cache
def _states() -> Mapping[str, str]:
    """States by their items of Wikidata."""
    return {p.wikidata: p.country for p in Gazetteer.open().countries() if p.wikidata and p.country}


def _known(
    kind: str, ids: Sequence[str], names: Iterable[tuple[str, str]], country: str | None, born: str | None
) -> Known:
    if kind.lower() not in _KINDS:
        raise ValueError(f"kind {kind!r} is none of {', '.join(sorted(_KINDS))}")
    date = None
    if born:
        iso = born[:10]
        while iso.endswith("-00"):  # how Wikidata writes a year alone
            iso = iso[:-3]
        date = PartialDate.parse(iso).iso
    code = (country or "").strip().upper()
    return Known(
        kind=_KINDS[kind.lower()],
        same_as=tuple(i.strip() for i in ids),
        names=tuple(dict.fromkeys(Name(text=" ".join(n.split()), lang=lang) for n, lang in names if n.strip())),
        country=code if len(code) == 2 else None,
        born=date,
    )


# --- linking -----------------------------------------------------------------------------------------------------


def link_known(things: Sequence[Thing], facts: Iterable[AnyFact], known: Iterable[Known]) -> tuple[Thing, ...]:
    """The things, those that are known with their IRIs, names in all languages and birth dates."""
    entities = tuple(known)
    if not entities:
        return tuple(things)
    offices: dict[str, set[tuple[str, str | None]]] = defaultdict(set)
    for fact in facts:
        if isinstance(fact, Tenure):
            offices[fact.holder].add((fact.office_kind, fact.country))
    traits = {
        t.id: Traits(t.kind, fullest(t.names), t.country, frozenset(offices[t.id]), subkind=t.subkind)
        for t in things
        if t.kind in ("person", "organization") and not t.same_as
    }
    index: dict[str, set[str]] = defaultdict(set)
    for thing, one in traits.items():
        for key in {k for n in one.names for k in block_keys(n.text)}:
            index[key].add(thing)
    found: dict[str, list[tuple[float, Known]]] = defaultdict(list)
    for entity in entities:
        near = {t for n in entity.names for k in block_keys(n.text) for t in index.get(k, ())}
        ranked = sorted(((_score(traits[t], entity), t) for t in near if traits[t].kind == entity.kind), reverse=True)
        if ranked and ranked[0][0] >= LINKED and (len(ranked) < 2 or ranked[0][0] - ranked[1][0] > _MARGIN):
            found[ranked[0][1]].append((ranked[0][0], entity))
    return tuple(_told(t, _surest(found.get(t.id, ()))) for t in things)


def _score(traits: Traits, entity: Known) -> float:
    other = Traits(entity.kind, entity.names, entity.country, subkind=traits.subkind, born=entity.born)
    if entity.kind == "organization" and entity.country is None:
        other = Traits(entity.kind, entity.names, traits.country, subkind=traits.subkind)
    found = score(traits, other)
    return 0.0 if found.forbidden else found.value


def _surest(found: Sequence[tuple[float, Known]]) -> Known | None:
    """The one entity that a thing is; none where two come near each other and are not the same."""
    ranked = sorted(found, key=lambda f: (-f[0], f[1].same_as))
    if not ranked:
        return None
    rivals = [
        k
        for value, k in ranked[1:]
        if ranked[0][0] - value <= _MARGIN and not set(k.same_as) & set(ranked[0][1].same_as)
    ]
    return None if rivals else ranked[0][1]


def _told(thing: Thing, entity: Known | None) -> Thing:
    if entity is None:
        return thing
    names = {*thing.names, *(n for n in entity.names if n.lang != "und")}
    return thing.model_copy(
        update={
            "same_as": tuple(sorted({*thing.same_as, *entity.same_as})),
            "names": tuple(sorted(names, key=lambda n: (n.lang, n.text))),
            "born": PartialDate.parse(entity.born) if entity.born and thing.kind == "person" else None,
        }
    )
