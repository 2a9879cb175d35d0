"""Diplomatic news made up from templates, in every language of `templates/`: the text that benchmarks read.

    python -m benchmarks.articles FOLDER [--number 60] [--seed 8]

States and capitals have their names of the gazetteer, dates and figures are written as CLDR has them, people are
invented and spelled in the script of the language. The same seed and number give the same articles. What the sentences
say contradicts itself from article to article; that is no matter to a benchmark of speed.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from babel.dates import format_date
from babel.numbers import format_decimal

from benchmarks.resolve_scale import spelled
from kgx.gazetteer import Gazetteer

__all__ = ["LENGTH", "Article", "World", "articles", "given_names", "languages", "written"]

TEMPLATES = Path(__file__).parent / "templates"
LENGTH = 2500  # characters, those of the bar
# Who stands where in the templates: the slot, and whose officer that is.
PEOPLE = {"a": "x", "b": "y", "c": "x", "p": "y", "t": "x", "m": "x"}
OFFICES = {"a": "foreign", "b": "foreign", "c": "ambassador", "p": "president", "t": "trade", "m": "mayor"}
FIRST, DAYS = date(2021, 1, 2), 1200
_HANGUL, _FINALS = range(0xAC00, 0xD7A4), 28


@dataclass(frozen=True)
class Article:
    """One article; `name` is a file's stem."""

    name: str
    lang: str
    published: date
    title: str
    body: str

    @property
    def text(self) -> str:
        """As a file holds it, with front matter; no language is told, so that it has to be detected."""
        return f"---\npublished: {self.published}\n---\n{self.title}\n\n{self.body}\n"


class Word(str):
    """A word whose format says which of two particles follows: ``{x:A/B}``, A after a closed last syllable."""

    def __format__(self, spec: str) -> str:
        if "/" not in spec:
            return super().__format__(spec)
        closed, open_ = spec.split("/")
        last = ord(self[-1])
        return self + (closed if last in _HANGUL and (last - _HANGUL.start) % _FINALS else open_)


class Named(Word):
    """A state: its name, and as attributes its other forms and ``city``, its capital."""

    def __new__(cls, name: str, city: str, forms: Mapping[str, str]) -> Named:
        """Make one; `forms` become attributes."""
        made = super().__new__(cls, name)
        made.__dict__.update(forms, city=Word(city))
        return made


@cache
def _data(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((TEMPLATES / f"{name}.yaml").read_text(encoding="utf8")))


def given_names() -> list[list[str]]:
    """Given names, each in the scripts of `resolve_scale`."""
    return list(_data("names")["given"])


def languages() -> list[str]:
    """The languages that there are templates of."""
    return sorted(p.stem for p in TEMPLATES.glob("*.yaml") if p.stem != "names")


class World:
    """Who holds which office where: the more articles, the more people, each named in several."""

    def __init__(self, number: int, seed: int) -> None:
        rng = random.Random(f"{seed}/{number}/people")
        names = _data("names")
        self.states: list[str] = names["states"]
        self.people = {
            (state, office): [
                tuple(" ".join(both) for both in zip(rng.choice(names["given"]), _family(rng), strict=True))
                for _ in range(1 + number // 100)
            ]
            for state in self.states
            for office in dict.fromkeys(OFFICES.values())
        }


def _family(rng: random.Random) -> list[str]:
    """A family name in each script."""
    return [name.split()[1] for name in spelled(rng)]


@cache
def _state(code: str, lang: str) -> Named:
    gazetteer = Gazetteer.open()
    capital = gazetteer.capital_of(code)
    city = gazetteer.labels(capital.id).get(lang, capital.name) if capital is not None else code
    return Named(gazetteer.country_name(code, lang), city, _data(lang).get("states", {}).get(code, {}))


def articles(number: int, *, seed: int = 8, length: int = LENGTH) -> Iterator[Article]:
    """So many articles, the languages in turn.

    Args:
        number: how many.
        seed: other articles with another seed.
        length: characters of each, about.
    """
    world, several = World(number, seed), languages()
    for n in range(number):
        yield _article(f"article-{n:06}", several[n % len(several)], world, random.Random(f"{seed}/{n}"), length)


def _article(name: str, lang: str, world: World, rng: random.Random, length: int) -> Article:
    published = FIRST + timedelta(days=rng.randrange(DAYS))
    templates, paragraphs, title = _data(lang), [], ""
    while True:
        slots = _slots(lang, world, rng, published)
        title = title or _said(rng.choice(templates["titles"]), slots)
        said = [
            rng.choice(templates["leads"]),
            *rng.sample(templates["news"], 6),
            *rng.sample(templates["talk"], 4),
        ]
        # News and talk alternate, as they do in news.
        order = [said[0], said[1], said[7], said[2], said[3], said[8], said[4], said[9], said[5], said[6], said[10]]
        for first in range(0, len(order), 2):
            paragraphs.append(" ".join(_said(template, slots) for template in order[first : first + 2]))
            if sum(map(len, paragraphs)) + len(title) > length - 150:
                return Article(name, lang, published, title, "\n\n".join(paragraphs))


def _said(template: str, slots: Mapping[str, object]) -> str:
    sentence = template.format(**slots)
    return sentence[0].upper() + sentence[1:]


def _slots(lang: str, world: World, rng: random.Random, published: date) -> dict[str, object]:
    templates = _data(lang)
    codes = dict(zip("xy", rng.sample(world.states, 2), strict=True))
    slots: dict[str, object] = {slot: _state(code, lang) for slot, code in codes.items()}
    for slot, side in PEOPLE.items():
        slots[slot] = Word(rng.choice(world.people[codes[side], OFFICES[slot]])[templates["script"]])
    past, future = rng.randrange(3), rng.randrange(20, 200)
    slots |= {
        "day": format_date(published - timedelta(days=past), templates["day"], locale=lang),
        "soon": format_date(published + timedelta(days=future), templates["day"], locale=lang),
        "full": format_date(published - timedelta(days=rng.randrange(1, 300)), templates["full"], locale=lang),
        "last": published.year - 1,
        "year": published.year + rng.randrange(2, 8),
        "since": rng.randrange(1950, 1995),
        "many": rng.randrange(20, 400),
        "topic": rng.choice(templates["topics"]),
        "money": format_decimal(rng.randrange(20, 900) / 10, locale=lang),
        "less": format_decimal(rng.randrange(11, 190) / 10, locale=lang),
        "share": format_decimal(rng.randrange(11, 300) / 10, locale=lang),
    }
    return slots


def written(folder: Path, number: int, *, seed: int = 8, length: int = LENGTH) -> SimpleNamespace:
    """Write articles into a folder as text files.

    Returns:
        ``documents`` and ``characters``, how many were written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    characters = 0
    for article in articles(number, seed=seed, length=length):
        (folder / f"{article.name}.txt").write_text(article.text, encoding="utf8")
        characters += len(article.title) + 2 + len(article.body)
    return SimpleNamespace(documents=number, characters=characters)


def main() -> None:
    """Write articles."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--number", type=int, default=60)
    parser.add_argument("--seed", type=int, default=8)
    options = parser.parse_args()
    done = written(options.folder, options.number, seed=options.seed)
    print(f"{options.folder}: {done.documents} articles, {done.characters:,} characters")


if __name__ == "__main__":
    main()
