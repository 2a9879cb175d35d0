"""Stage 3: a text and everything that is named in it.

The spaCy pipeline carries the work: a tokenizer whose tokens are as fine as span edges need, and components that
lay candidate spans over the `Doc` (the model's entities, phrases of the language's lexicons, places of the gazetteer,
dates and amounts). `kgx.mentions` then settles which of them stand.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from kgx.candidates import Candidate
from kgx.datelines import day_of_dateline
from kgx.gazetteer import Gazetteer, bodies, demonyms, pair_forms
from kgx.gazetteer.demonyms import are_capitalized, pair_joints, title_forms
from kgx.lang import pack
from kgx.lang.normalize import CleanText, clean
from kgx.lang.split import split
from kgx.mentions import settle
from kgx.models import Annotated, Document, Mention, PartialDate, Text
from kgx.ner import EntityRecognizer
from kgx.quantities import DateMention, Money, Percent, Rank
from kgx.quantities.amounts import find_amounts
from kgx.quantities.dates import find_dates

# Scripts that glue particles or clitics to names, or write no blanks, get a token for each letter, so that every
# edge a name can have is a token edge; other scripts get a token for each word.
_FINE = "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f"
_TOKEN = re.compile(rf"[{_FINE}]|[^\W\d_{_FINE}]+|\d+|\S|\s+")
_is_letter = str.isalnum
LEXICONS = ("offices", "agreements")
_KEY = 3  # forms are found by their first letters, this many; shorter ones by all but one of these


class FineTokenizer:
    """Letters as tokens in Hangul, Arabic and Han, words elsewhere; no character is lost."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Cut a cleaned text."""
        words = _TOKEN.findall(text)
        spaces = [False] * len(words)
        kept: list[str] = []
        for word in words:  # a single blank belongs to the token before it, as spaCy has it
            if word == " " and kept and not spaces[len(kept) - 1]:
                spaces[len(kept) - 1] = True
            else:
                kept.append(word)
        doc = Doc(self.vocab, words=kept, spaces=spaces[: len(kept)])
        starts, ends, at = [], set(), 0
        for word, space in zip(kept, spaces, strict=False):
            starts.append(at)
            at += len(word)
            ends.add(at)
            at += space
        # Asked of a Doc, they would be put together again from its tokens each time, of which there is one a letter.
        doc.user_data.update(text=text, starts=starts, ends=ends)
        return doc


_ALIKE = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ё": "е", "İ": "i"})


def letter_norm(text: str) -> str:
    """The form under which phrases are looked up: lower case, letters that writers confuse made one; same length."""
    lower = text.translate(_ALIKE).lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


@dataclass(frozen=True)
class _Phrases:
    """Phrases of the lexicons (and of international bodies) with what they mean; lengths by their first letters.

    `tails` are phrases that the lexicon writes with a hyphen before them: they may end a longer word ('-협정').

    A plain dictionary: with the ten thousand inflected phrases of a language, spaCy's PhraseMatcher takes a second to
    fill, which is longer than a document takes to read.
    """

    meanings: Mapping[str, tuple[tuple[str, str], ...]]
    acronyms: Mapping[str, str]
    lengths: Mapping[str, tuple[int, ...]]
    tails: frozenset[str]


def _by_start(forms: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Lengths of all forms, longest first, by their first letters; to be asked with `_lengths`."""
    lengths: dict[str, set[int]] = {}
    for form in forms:
        lengths.setdefault(form[:_KEY], set()).add(len(form))
    for key, found in lengths.items():
        if len(key) == _KEY:
            found |= lengths.get(key[:-1], set())
    return {key: tuple(sorted(found, reverse=True)) for key, found in lengths.items()}


def _lengths(by_start: Mapping[str, tuple[int, ...]], text: str) -> tuple[int, ...]:
    """The lengths, longest first, of the forms that a text with these first letters may begin with."""
    return by_start.get(text) or by_start.get(text[: _KEY - 1], ())


@cache
def _phrases_of(lang: str) -> _Phrases:
    meanings: dict[str, list[tuple[str, str]]] = {}
    acronyms: dict[str, str] = {}
    tails: set[str] = set()
    for name in LEXICONS:
        for value, phrases in pack(lang).phrases(name).items():
            for phrase in phrases:
                form = letter_norm(clean(phrase.removeprefix("-")).text)
                if phrase.startswith("-"):
                    tails.add(form)
                meanings.setdefault(form, []).append((name, value))
    for body in bodies():
        for phrase in body.names.get(lang, ()):
            meanings.setdefault(letter_norm(phrase), []).append(("bodies", body.id))
        for phrase in body.acronyms.get(lang, ()):
            acronyms.setdefault(phrase, body.id)
    lengths = _by_start([*meanings, *map(letter_norm, acronyms)])
    several = {phrase: tuple(dict.fromkeys(found)) for phrase, found in meanings.items()}
    return _Phrases(several, acronyms, lengths, frozenset(tails))


_LOADING = threading.Lock()


@cache
def _loaded() -> EntityRecognizer:
    return EntityRecognizer.load()


def _recognizer() -> EntityRecognizer:
    with _LOADING:  # whoever comes second waits for the one model
        return _loaded()


@dataclass(frozen=True)
class _Forms:
    """Forms of places, and nationality words, folded, of a language; their lengths by their first letters."""

    places: Mapping[str, tuple[str, ...]]
    nations: Mapping[str, str]
    capitals: bool  # whether nationality words are written with a capital
    place_lengths: Mapping[str, tuple[int, ...]]
    nation_lengths: Mapping[str, tuple[int, ...]]


@cache
def _forms(lang: str) -> _Forms:
    places, nations = Gazetteer.open().scan_forms(lang), demonyms(lang)
    return _Forms(places, nations, are_capitalized(lang), _by_start(places), _by_start(nations))


_LONGEST_COMPOUND = 14  # letters before a phrase that ends a compound


def _word_start(text: str, start: int) -> int:
    """Where the word begins that has a letter at `start`."""
    at = start
    while at > 0 and start - at < _LONGEST_COMPOUND and _is_letter(text[at - 1]):
        at -= 1
    return at


def _contracted(text: str, folded: str, start: int, lang: str, ends: Collection[int]) -> Iterator[Candidate]:
    """International bodies whose first letters are lost to the word before ('للأمم المتحدة')."""
    known, joints = _phrases_of(lang), pack(lang).language.contractions
    lost = next(lost for joint, lost in joints.items() if text.endswith(joint, 0, start))
    for length in _lengths(known.lengths, (lost + folded[start : start + _KEY])[:_KEY]):
        end = start + length - len(lost)
        if end <= start or end not in ends:
            continue
        for name, value in known.meanings.get(lost + folded[start:end], ()):
            if name == "bodies":
                yield Candidate(start, end, name, value=value, rule=f"{lang}/bodies/{value}")


@Language.component("kgx_phrases")
def _phrases(doc: Doc) -> Doc:
    lang, text, found = (doc.user_data[name] for name in ("lang", "text", "candidates"))
    known, folded = _phrases_of(lang), letter_norm(text)
    ends = doc.user_data["ends"]
    before = tuple(pack(lang).language.contractions)
    for start in doc.user_data["starts"]:
        if before and text.endswith(before, 0, start):
            found.extend(_contracted(text, folded, start, lang, ends))
        for length in _lengths(known.lengths, folded[start : start + _KEY]):
            end = start + length
            if end not in ends:
                continue
            phrase = folded[start:end]
            for name, value in known.meanings.get(phrase, ()):
                word = _word_start(text, start) if phrase in known.tails else start
                found.append(Candidate(word, end, name, value=value, rule=f"{lang}/{name}/{value}"))
            body = known.acronyms.get(text[start:end])  # as written: 'who' is no World Health Organization
            if body is not None:
                found.append(Candidate(start, end, "bodies", value=body, rule=f"{lang}/bodies/{body}"))
    return doc


@Language.component("kgx_places")
def _places(doc: Doc) -> Doc:
    """Look up stretches of text that begin and end with a token; the longest place and nationality at each start."""
    lang, text, found = (doc.user_data[name] for name in ("lang", "text", "candidates"))
    forms, ends = _forms(lang), doc.user_data["ends"]
    contractions = pack(lang).language.contractions
    before = tuple(contractions)
    for start in doc.user_data["starts"]:
        if not _is_letter(text[start]):
            continue
        # What the name has lost to the word before it ('للصين': the article) is put back for the look-up.
        lost = ""
        if before and text.endswith(before, 0, start):
            lost = next(lost for end, lost in contractions.items() if text.endswith(end, 0, start))
        for prefix in (lost, "") if lost else ("",):
            first = (prefix + text[start : start + _KEY])[:_KEY]
            place = None
            for length in _lengths(forms.place_lengths, first):
                end = start + length - len(prefix)
                if end in ends and end > start and (ids := forms.places.get(prefix + text[start:end])) is not None:
                    place = Candidate(start, end, "place", values=ids, rule=f"{lang}/gazetteer")
                    found.append(place)
                    break
            for length in _lengths(forms.nation_lengths, first.casefold()):
                end = start + length - len(prefix)
                if end in ends and end > start:
                    piece = prefix + text[start:end]
                    state = forms.nations.get(piece.casefold())
                    if state is None or (
                        forms.capitals and not any(w[:1].isupper() for w in piece.split()[1:] or [piece])
                    ):
                        continue  # 'anh em' are brothers, to polish is no Pole's
                    found.append(Candidate(start, end, "nationality", value=state, rule=f"{lang}/nationality"))
                    break
            if place is not None:
                break
    return doc


@cache
def _pairs(lang: str) -> re.Pattern[str] | None:
    """Two states named in short beside each other ('한·중', 'franco-marocain'): the first form and the joint."""
    forms, joints = pair_forms(lang), pair_joints(lang)
    if not forms or not joints:
        return None
    first = "|".join(map(re.escape, sorted(forms, key=lambda f: (-len(f), f))))
    joint = "|".join(map(re.escape, sorted(joints, key=lambda j: (-len(j), j))))
    return re.compile(rf"(?<![^\W_])(?P<first>{first})(?P<joint>{joint})(?=(?P<rest>[^\W\d_]{{1,30}}))", re.I)


@Language.component("kgx_pairs")
def _pair_states(doc: Doc) -> Doc:
    """The states of compounds; where nothing stands between the two, only before a word that such compounds go with."""
    lang, text, found = (doc.user_data[name] for name in ("lang", "text", "candidates"))
    pattern = _pairs(lang)
    if pattern is None:
        return doc
    short, nations, places = pair_forms(lang), demonyms(lang), _forms(lang).places
    heads = pack(lang).grammar.pair_heads
    for match in pattern.finditer(text):
        rest, at = match["rest"], match.end()
        for end in range(len(rest), 0, -1):
            second = rest[:end].casefold()
            state = short.get(second) or nations.get(second)
            if state is None and (known := places.get(rest[:end])) and known[0].startswith("country/"):
                state = known[0].removeprefix("country/")
            if state is not None:
                break
        else:
            continue
        after = text[at + end : at + end + 20].lstrip(" ")
        first = short[match["first"].casefold()]
        if state == first or match.group() + rest[:end] in pack(lang).grammar.pair_veto:
            continue
        if not match["joint"].strip() and (
            match["first"] in places or rest[:end] in places or not after.startswith(tuple(heads) or ("\0",))
        ):
            continue  # with nothing between them only signs make a pair, and only where pairs are spoken of
        rule = f"{lang}/pair"
        found.append(Candidate(match.start("first"), match.end("first"), "pair", value=first, rule=rule))
        found.append(Candidate(at, at + end, "pair", value=state, rule=rule))
    found.extend(_states_before_titles(text, lang, found))
    return doc


@cache
def _before_title(lang: str) -> re.Pattern[str]:
    """A state in short, a word of its own, up to where a title begins."""
    forms = "|".join(map(re.escape, sorted(title_forms(lang), key=lambda f: (-len(f), f)))) or "(?!)"
    return re.compile(rf"(?<![^\W_])(?P<state>{forms}) $")


def _states_before_titles(text: str, lang: str, found: Sequence[Candidate]) -> list[Candidate]:
    """States named in short before a title ('미 국무장관')."""
    short, pattern = title_forms(lang), _before_title(lang)
    starts = sorted({c.start for c in found if c.kind == "offices"}) if short else []
    matches = [m for start in starts if (m := pattern.search(text, max(0, start - 5), start)) is not None]
    return [
        Candidate(m.start("state"), m.end("state"), "pair", value=short[m["state"]], rule=f"{lang}/nationality")
        for m in matches
    ]


@cache
def _worker() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="kgx-model")


@Language.component("kgx_entities")
def _entities(doc: Doc) -> Doc:
    """Set the model to work; it computes outside Python's lock, so the other components run meanwhile."""
    lines = [line for _, line in doc.user_data["lines"]]
    doc.user_data["entities"] = _worker().submit(lambda: _recognizer()(lines))
    return doc


@Language.component("kgx_entities_ready")
def _entities_ready(doc: Doc) -> Doc:
    found = doc.user_data["candidates"]
    for (at, _), entities in zip(doc.user_data["lines"], doc.user_data.pop("entities").result(), strict=True):
        for entity in entities:
            start, end = at + entity.start, at + entity.end
            found.append(Candidate(start, end, "entity", value=entity.label, score=entity.score, rule="ner"))
    return doc


@Language.component("kgx_quantities")
def _quantities(doc: Doc) -> Doc:
    lang, text, found = (doc.user_data[name] for name in ("lang", "text", "candidates"))
    for date in find_dates(text, lang, published=doc.user_data["published"]):
        found.append(Candidate(date.start, date.end, "date", quantity=date, rule=date.rule, score=date.confidence))
    for amount in find_amounts(text, lang):
        kind = {Money: "money", Percent: "percent", Rank: "rank"}.get(type(amount), "count")
        found.append(
            Candidate(amount.start, amount.end, kind, quantity=amount, rule=amount.rule, score=amount.confidence)
        )
    return doc


COMPONENTS = ("kgx_entities", "kgx_phrases", "kgx_places", "kgx_pairs", "kgx_quantities", "kgx_entities_ready")


@cache
def pipeline(lang: str) -> Language:
    """The spaCy pipeline of one language."""
    nlp = spacy.blank("xx")
    nlp.max_length = sys.maxsize  # how long a text may be is for `Limits` to say
    nlp.tokenizer = FineTokenizer(nlp.vocab)
    for name in COMPONENTS:
        nlp.add_pipe(name)
    return nlp


def annotate(document: Document, lang: str) -> Annotated:
    """Find all mentions of a document.

    Args:
        document: as read.
        lang: its language, one of `kgx.lang.languages()`.
    """
    cleaned = clean(document.text)
    text = split(document, lang, cleaned)
    document = _told_by_the_page(document, text, lang)
    text = text.model_copy(update={"document": document})
    nlp = pipeline(lang)
    # Furniture is blanked, not cut, so that offsets hold and no rule reads a credit as news.
    readable = _without_furniture(cleaned, text)
    doc = nlp.make_doc(readable)
    doc.user_data.update(
        lang=lang,
        published=document.published,
        candidates=[],
        lines=[(m.start(), m.group()) for m in re.finditer(r"[^\n]+", readable) if not m.group().isspace()],
    )
    for _, component in nlp.pipeline:
        doc = component(doc)
    settled = settle(doc.user_data["candidates"], readable, lang)
    mentions = tuple(_mention(candidate, cleaned, document.text) for candidate in settled)
    return Annotated(text=text, mentions=mentions)


# What page furniture tells of a document, where its front matter says nothing.
_FIELDS = {"source": "publisher", "agency": "publisher", "byline": "author"}


def _told_by_the_page(document: Document, text: Text, lang: str) -> Document:
    """The document with what its page furniture tells: when it was published, by whom, where from."""
    told: dict[str, object] = {}
    for piece in text.furniture:
        if not piece.value:
            continue
        if piece.kind == "date_line":
            try:
                told.setdefault("published", PartialDate.parse(piece.value))
            except ValueError:  # not ISO 8601: read it as the language writes dates
                days = [d.value for d in find_dates(piece.value, lang) if isinstance(d.value, PartialDate)]
                if days and days[0].year is not None:
                    told.setdefault("published", days[0])
        elif piece.kind == "source" and "://" in piece.value:
            told.setdefault("url", piece.value.split()[0])
        elif piece.kind in _FIELDS:
            told.setdefault(_FIELDS[piece.kind], piece.value)
    if (
        document.published is None
        and "published" not in told
        and (day := day_of_dateline(document.text, lang)) is not None
    ):
        told["published"] = day
    fresh = {name: value for name, value in told.items() if getattr(document, name) is None}
    return document.model_copy(update=fresh) if fresh else document


def _without_furniture(cleaned: CleanText, text: Text) -> str:
    if not text.furniture:
        return cleaned.text
    letters = list(cleaned.text)
    spans = iter(text.furniture)
    span = next(spans, None)
    for i, start in enumerate(cleaned.starts):
        while span is not None and start >= span.end:
            span = next(spans, None)
        if span is not None and start >= span.start and letters[i] != "\n":
            letters[i] = " "
    return "".join(letters)


def _mention(found: Candidate, cleaned: CleanText, text: str) -> Mention:
    start, end = cleaned.original(found.start, found.end)
    fields: dict[str, object] = {}
    match found.quantity:
        case DateMention() as date:
            fields = {
                "value": date.value.iso,
                "subkind": "anniversary" if date.kind == "anniversary" else date.how,
                "named": tuple(day.iso for day in date.named),
                "relative_to": date.relative_to,
                "candidates": tuple(other.iso for other in date.alternatives),
                "approximate": date.approximate,
            }
        case Money() as money:
            fields = {
                "value": format(money.value.normalize(), "f"),
                "currency": money.currency,
                "approximate": money.approximate or money.bound is not None,
                "candidates": money.alternatives,
                "subkind": "conversion" if money.is_conversion else None,
            }
        case Percent() as percent:
            fields = {
                "value": format(percent.value.normalize(), "f"),
                "direction": percent.direction,
                "subkind": "points" if percent.points else None,
                "approximate": percent.approximate or percent.bound is not None,
            }
        case Rank() as rank:
            fields = {"value": str(rank.value), "subkind": "group" if rank.group else None}
        case None:
            fields = {
                "value": found.value,
                "subkind": found.subkind,
                "country": found.country,
                "candidates": found.values,
                "count": found.count,
            }
        case count:
            fields = {"value": format(count.value.normalize(), "f"), "subkind": count.unit}
    return Mention(
        kind=found.kind,  # type: ignore[arg-type]  # settle() leaves only kinds of mentions
        start=start,
        end=end,
        text=text[start:end],
        rule=found.rule,
        confidence=round(found.score, 3),
        **fields,  # type: ignore[arg-type]
    )


def preload() -> None:
    """Load the model, which takes a moment, beside other work (run it in a thread: loading does not hold the lock)."""
    _recognizer()
