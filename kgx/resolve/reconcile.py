"""Asking a service on the web who is meant: the W3C Reconciliation Service API, versions 0.1 and 0.2.

A service is a witness, not a judge: its match counts only where it is sure of one (`match`) and of nothing else, and
our own comparison does not call the names different. Off unless it is asked for; where the service fails, the graph
is what it would have been without.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from kgx.errors import Issue, UsageError
from kgx.gazetteer import Gazetteer
from kgx.ids import name_parts
from kgx.models import Knowledge, Thing
from kgx.resolve.names import compare, is_latin
from kgx.resolve.sounds import script_of

__all__ = ["Service", "reconciled"]

_BATCH, _CANDIDATES = 20, 5
_MOST_BYTES, _CHUNK = 8_000_000, 65_536
_VERSIONS = frozenset({"0.1", "0.2"})
_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x20]+")
# What services call the kinds of things that are asked for: the last piece of a type's id, in small letters.
_TYPES = {
    "person": ("person", "people", "human"),
    "organization": ("organization", "organisation", "corporatebody", "legalentity"),
}
# Types and the property of a state, where a service is known by its identifiers.
_WIKIDATA = "://www.wikidata.org/entity/"
_WIKIDATA_TYPES = {"person": ("Q5", "P27"), "organization": ("Q43229", "P17")}
# In one part of letters like these, a name is only half of one; syllables are written without spaces.
_SPACED = frozenset({"latin", "cyrillic", "arabic"})
_GOOD, _BUSY, _FAULTY = 200, 429, 500


class _Failed(Exception):
    """The service gave no usable answer; `again` tells whether another try may help."""

    def __init__(self, reason: str, *, again: bool = False) -> None:
        super().__init__(reason)
        self.again = again


@dataclass(frozen=True)
class Service:
    """A reconciliation service and how long to bear with it.

    Attributes:
        url: its endpoint, http or https.
        country: its property of a person's or body's state; by default only Wikidata's are known.
        cache: a folder that keeps answers; what it holds is not asked again.
        timeout: seconds for one answer.
        tries: how often a question is put before the service counts as failed.
        pause: seconds before the second try, twice as long before each further one.

    Raises:
        UsageError: if the address is none, or the folder can't be made.
    """

    url: str
    country: str | None = None
    cache: Path | None = None
    timeout: float = 10.0
    tries: int = 3
    pause: float = 1.0

    def __post_init__(self) -> None:
        """See that it can be used, before any work is done."""
        if not _IRI.fullmatch(self.url) or not urlsplit(self.url).hostname:
            raise UsageError(f"{self.url}: is no address of a service (http:// or https://)")
        if self.cache is not None:
            try:
                self.cache.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UsageError(f"{self.cache}: cannot be written: {error.strerror or error}") from error


def reconciled(knowledge: Knowledge, service: Service, report: Callable[[Issue], None]) -> Knowledge:
    """The same knowledge, with IRIs for the persons and bodies of which the service is sure.

    Things that have an IRI of the service's own space are not asked for; nor are persons of half a name. Two things
    that the service takes for one get nothing: we had reasons to keep them apart.

    Args:
        knowledge: as resolved.
        service: whom to ask.
        report: is told once if the service fails; what it said before that counts.
    """
    found: dict[str, str] = {}
    asked = 0
    try:
        manifest = _manifest(service)
        space = str(manifest.get("identifierSpace") or "")
        things = [t for t in knowledge.things if _worth_asking(t, space)]
        asked = len(things)
        for start in range(0, len(things), _BATCH):
            some = things[start : start + _BATCH]
            for thing, candidates in zip(some, _answers(service, manifest, some), strict=True):
                asked -= 1
                if (iri := _match(thing, candidates, manifest)) is not None:
                    found[thing.id] = iri
    except (_Failed, OSError) as failure:
        left = f"; {asked} left unasked" if asked else ""
        report(Issue(service.url, f"{failure}{left}"))
    several = {iri for iri, times in Counter(found.values()).items() if times > 1}
    sure = {thing: iri for thing, iri in found.items() if iri not in several}
    return knowledge.model_copy(update={"things": tuple(_told(t, sure.get(t.id)) for t in knowledge.things)})


def _told(thing: Thing, iri: str | None) -> Thing:
    return thing.model_copy(update={"same_as": tuple(sorted({*thing.same_as, iri}))}) if iri else thing


def _worth_asking(thing: Thing, space: str) -> bool:
    if thing.kind not in _TYPES or (space and any(iri.startswith(space) for iri in thing.same_as)):
        return False
    name = _name(thing)
    return thing.kind != "person" or len(name_parts(name)) > 1 or script_of(name) not in _SPACED


def _name(thing: Thing) -> str:
    """The name to ask for: the label, unless it is only our own romanisation of what the documents write."""
    written = [n.text for n in thing.names]
    if not written or thing.label in written or any(map(is_latin, written)):
        return thing.label
    return max(written, key=lambda name: (len(name), name))


# --- questions and answers ---------------------------------------------------------------------------------------


def _manifest(service: Service) -> Mapping[str, Any]:
    """What the service says of itself."""
    kept = _kept(service, service.url, dict)
    manifest = kept if kept is not None else _asked(service, None)
    if not isinstance(manifest, dict) or not isinstance(manifest.get("identifierSpace"), str):
        raise _Failed("does not describe itself as a reconciliation service")
    versions = manifest.get("versions", ["0.1"])
    if not isinstance(versions, list) or not _VERSIONS & {str(v) for v in versions}:
        raise _Failed(f"speaks none of the versions {', '.join(sorted(_VERSIONS))}")
    if kept is None:
        _keep(service, service.url, manifest)
    return manifest


def _answers(service: Service, manifest: Mapping[str, Any], things: Sequence[Thing]) -> list[list[Any]]:
    """The candidates for each thing, from the cache or in one request."""
    queries = [_query(thing, service, manifest) for thing in things]
    keys = [f"{service.url}\n{json.dumps(q, ensure_ascii=False, sort_keys=True)}" for q in queries]
    answers = [_kept(service, key, list) for key in keys]
    if unknown := {f"q{i}": queries[i] for i, answer in enumerate(answers) if answer is None}:
        told = _asked(service, unknown)
        for name in unknown:
            one = told.get(name) if isinstance(told, dict) else None
            candidates = one.get("result") if isinstance(one, dict) else None
            if not isinstance(candidates, list):
                raise _Failed("answers in no form of the Reconciliation Service API")
            at = int(name[1:])
            answers[at] = candidates
            _keep(service, keys[at], candidates)
    return [answer or [] for answer in answers]


def _query(thing: Thing, service: Service, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked for one thing: its name, its type and its state, as far as the service has words for them."""
    query: dict[str, Any] = {"query": _name(thing), "limit": _CANDIDATES}
    wikidata = str(manifest["identifierSpace"]).endswith(_WIKIDATA)
    kind, state = _WIKIDATA_TYPES[thing.kind] if wikidata else (_type(thing.kind, manifest), None)
    if kind is not None:
        query["type"] = kind
    if thing.country is not None and (prop := service.country or state) is not None:
        item = _states().get(thing.country) if wikidata else None
        query["properties"] = [{"pid": prop, "v": {"id": item} if item else thing.country}]
    return query


def _type(kind: str, manifest: Mapping[str, Any]) -> str | None:
    """The service's own type for a kind of things; None where it names none."""
    told = manifest.get("defaultTypes")
    ids = [str(t["id"]) for t in told if isinstance(t, dict) and "id" in t] if isinstance(told, list) else []
    return next((i for i in ids if re.split(r"[/#:]", i)[-1].casefold() in _TYPES[kind]), None)


@cache
def _states() -> Mapping[str, str]:
    """Items of Wikidata by state."""
    return {p.country: p.wikidata for p in Gazetteer.open().countries() if p.wikidata and p.country}


def _match(thing: Thing, candidates: Sequence[Any], manifest: Mapping[str, Any]) -> str | None:
    """The IRI of the one candidate of which the service is sure, unless its name is another."""
    sure = [c for c in candidates if isinstance(c, dict) and c.get("match") is True]
    if len(sure) != 1:
        return None
    identifier, name = sure[0].get("id"), sure[0].get("name")
    if not isinstance(identifier, str) or not isinstance(name, str):
        return None
    ours = {thing.label, *(n.text for n in thing.names)}
    if all(compare(name, our).verdict == "different" for our in ours):
        return None
    return _iri(identifier, manifest)


def _iri(identifier: str, manifest: Mapping[str, Any]) -> str | None:
    """An IRI for an id: itself, or of the service's space where that is a beginning of IRIs, or of its pages."""
    if _IRI.fullmatch(identifier):
        return identifier
    escaped, space, view = quote(identifier, safe="/:@-._~"), manifest["identifierSpace"], manifest.get("view")
    page = view.get("url") if isinstance(view, dict) else None
    iri = None
    if space.endswith(("/", "#", "=")):
        iri = space + escaped
    elif isinstance(page, str) and "{{id}}" in page:
        iri = page.replace("{{id}}", escaped)
    return iri if iri and _IRI.fullmatch(iri) else None


# --- the wire ----------------------------------------------------------------------------------------------------


class _SameOrigin(HTTPRedirectHandler):
    """Redirects lead on only where they stay with the service that the user named, and only what was read, not sent."""

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Request | None:
        there, here = urlsplit(newurl), urlsplit(req.full_url)
        if req.data is not None or (there.scheme, there.netloc) != (here.scheme, here.netloc):
            raise _Failed(f"redirects to {newurl}, which is not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _asked(service: Service, queries: Mapping[str, Any] | None) -> Any:
    """An answer, decoded: to queries, or to none the service's manifest."""
    data = None if queries is None else urlencode({"queries": json.dumps(queries, ensure_ascii=False)}).encode()
    request = Request(service.url, data=data, headers={"Accept": "application/json", "User-Agent": "kgx"})
    for attempt in range(service.tries):
        try:
            return json.loads(b"".join(_received(request, service.timeout)))
        except _Failed as failure:
            if not failure.again or attempt + 1 == service.tries:
                raise
        except (ValueError, RecursionError) as error:
            raise _Failed("answers with what is no JSON") from error
        time.sleep(service.pause * 2**attempt)
    raise _Failed("was not asked")


def _received(request: Request, timeout: float) -> Iterator[bytes]:
    """The bytes of an answer, within a time and a size."""
    end = time.monotonic() + timeout
    size = 0
    try:
        with build_opener(_SameOrigin).open(request, timeout=timeout) as answer:
            if answer.status != _GOOD:
                raise _Failed(f"answers with status {answer.status}")
            while chunk := answer.read1(_CHUNK):
                size += len(chunk)
                if size > _MOST_BYTES:
                    raise _Failed(f"answers with more than {_MOST_BYTES:,} bytes")
                if time.monotonic() > end:
                    raise TimeoutError
                yield chunk
    except HTTPError as error:
        error.close()
        raise _Failed(
            f"answers with status {error.code}", again=error.code == _BUSY or error.code >= _FAULTY
        ) from error
    except (OSError, HTTPException) as error:
        slow = isinstance(error, TimeoutError) or isinstance(getattr(error, "reason", None), TimeoutError)
        reason = f"gave no answer within {timeout:g} s" if slow else f"can't be reached ({error})"
        raise _Failed(reason, again=True) from error


# --- the cache ---------------------------------------------------------------------------------------------------


def _file(service: Service, key: str) -> Path | None:
    return service.cache / f"{hashlib.sha256(key.encode()).hexdigest()}.json" if service.cache is not None else None


def _kept(service: Service, key: str, form: type) -> Any:
    """What was answered before; None where nothing is kept, or nothing of that form."""
    if (file := _file(service, key)) is None:
        return None
    try:
        kept = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    return kept if isinstance(kept, form) else None


def _keep(service: Service, key: str, answer: Any) -> None:
    """Written aside and renamed, so that no half answer is kept."""
    if (file := _file(service, key)) is None:
        return
    aside = file.with_suffix(f".{os.getpid()}")
    aside.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf8")
    aside.replace(file)
