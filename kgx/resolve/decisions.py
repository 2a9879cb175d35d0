"""What people decided, in a file that is obeyed for ever after: ``decisions.yaml``.

A decision names its things as a reader would: by a name form, its language and state, and where that is not enough by a
place in a document. Ids are never used, so that it stays good when documents come and go.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from kgx.errors import UsageError
from kgx.gazetteer.fold import exact
from kgx.models import AnyFact, Claims, Name, Thing
from kgx.resolve.cluster import Verdicts
from kgx.resolve.local import Key

__all__ = ["Decision", "Selector", "Spot", "dump_decisions", "read_decisions"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Spot(_Model):
    """Words of a document, in code points, end exclusive."""

    document: str
    start: int = Field(ge=0)
    end: int = Field(ge=1)


class Selector(_Model):
    """Things of documents: those that bear a name, of a language and state and at a spot where told."""

    name: str
    lang: str | None = None
    country: str | None = None
    at: Spot | None = None


class Decision(_Model):
    """One decision.

    Attributes:
        decide: same and different are of two selectors; rename gives `label`; split takes what `one` selects out of its
            thing; drop leaves out the facts read at a spot.
    """

    decide: Literal["same", "different", "rename", "split", "drop"]
    one: Selector | None = None
    other: Selector | None = None
    label: str | None = None
    fact: Spot | None = None
    note: str | None = None

    def missing(self) -> list[str]:
        """Names of keys that this kind of decision needs and does not have."""
        needs = {"same": ["one", "other"], "different": ["one", "other"], "rename": ["one", "label"], "split": ["one"],
                 "drop": ["fact"]}  # fmt: skip
        return [name for name in needs[self.decide] if getattr(self, name) is None]


_DECISIONS = TypeAdapter(list[Decision])


def read_decisions(path: str | Path) -> list[Decision]:
    """Read ``decisions.yaml``.

    Raises:
        UsageError: all faults at once, each with file and key.
    """
    try:
        data = yaml.safe_load(Path(path).read_text(encoding="utf8")) or []
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error
    try:
        found = _DECISIONS.validate_python(data)
    except ValidationError as error:
        faults = [f"{path}: {'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors()]
        raise UsageError("\n".join(faults)) from error
    faults = [f"{path}: {n}.{key}: needed by {d.decide!r}" for n, d in enumerate(found) for key in d.missing()]
    if faults:
        raise UsageError("\n".join(faults))
    return found


def dump_decisions(decisions: Iterable[Decision]) -> str:
    """Decisions as YAML: sorted, each once, one block each, so that two people's files merge line by line."""
    blocks = sorted(
        {
            yaml.safe_dump([d.model_dump(exclude_none=True)], allow_unicode=True, sort_keys=False, width=110)
            for d in decisions
        }
    )
    return "# Decisions of people; kgx build --decisions obeys them. See kgx review.\n" + "\n".join(blocks)


class Applied:
    """Decisions beside the documents that they speak of."""

    def __init__(self, decisions: Sequence[Decision], documents: Sequence[Claims]) -> None:
        self.unmatched: list[Decision] = []
        self.labels: dict[Key, str] = {}
        self._dropped: list[Spot] = []
        by_name: dict[str, list[tuple[Key, Thing]]] = {}
        for claims in documents if decisions else ():
            for thing in claims.things:
                for text in {exact(n.text) for n in (*thing.names, Name(text=thing.label, lang="und"))}:
                    by_name.setdefault(text, []).append(((claims.document.id, thing.id), thing))
        same: list[tuple[Key, Key]] = []
        different: list[tuple[Key, Key]] = []
        for decision in decisions:
            ones = _selected(decision.one, by_name)
            others = _selected(decision.other, by_name)
            match decision.decide:
                case "same":
                    same += [(x, y) for x in ones for y in others[:1]] + [(x, y) for x in ones[:1] for y in others]
                    matched = bool(ones and others)
                case "different":
                    different += [(x, y) for x in ones for y in others if x != y]
                    matched = bool(ones and others)
                case "rename":
                    self.labels |= dict.fromkeys(ones, decision.label or "")
                    matched = bool(ones)
                case "split":
                    taken = set(ones)
                    rest = [k for text in by_name.values() for k, t in text if k not in taken and _alike(k, ones)]
                    different += [(x, y) for x in ones for y in rest]
                    matched = bool(ones)
                case "drop":
                    matched = decision.fact is not None and any(
                        _at(f, decision.fact) for c in documents for f in c.facts
                    )
                    self._dropped += [decision.fact] if decision.fact else []
            if not matched:
                self.unmatched.append(decision)
        self.verdicts = Verdicts(tuple(dict.fromkeys(same)), tuple(dict.fromkeys(different)))

    def without_dropped(self, claims: Claims) -> Claims:
        """What a document says but for the facts that people dropped."""
        kept = tuple(f for f in claims.facts if not any(_at(f, spot) for spot in self._dropped))
        return claims if len(kept) == len(claims.facts) else claims.model_copy(update={"facts": kept})


def _selected(selector: Selector | None, by_name: dict[str, list[tuple[Key, Thing]]]) -> list[Key]:
    if selector is None:
        return []
    return sorted(
        {
            key
            for key, thing in by_name.get(exact(selector.name), ())
            if (selector.lang is None or any(n.lang == selector.lang for n in thing.names))
            and (selector.country is None or thing.country in (None, selector.country))
            and (selector.at is None or _at(thing, selector.at))
        }
    )


def _alike(key: Key, ones: Sequence[Key]) -> bool:
    """Whether a thing is of the kind of those selected: a person is only split from persons."""
    return any(key[1].partition("/")[0] == one[1].partition("/")[0] for one in ones)


def _at(item: Thing | AnyFact, spot: Spot) -> bool:
    return any(e.document == spot.document and e.start < spot.end and spot.start < e.end for e in item.evidence)
