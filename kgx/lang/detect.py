"""Which language a text is in (py3langid)."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import yaml

from kgx.lang import languages

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# What the detector looks at are sequences of up to so many bytes: of a shorter text it has seen next to nothing.
_LEAST = 4
_PLAIN = 8  # letters, so many as a few little words have
_NOISE = re.compile(r"https?://\S+|[\d\W_]+")


@cache
def _identifier() -> tuple[LanguageIdentifier, float]:
    """The detector, and by how much a language without a pack must be likelier than those that have one."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # takes 0.2 s, and --lang makes it needless

    data = yaml.safe_load(files("kgx.lang").joinpath("detect.yaml").read_text(encoding="utf8"))
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(({*languages()} & {*identifier.labels}) | {*data["others"]})
    return identifier, float(data["lead"])


def detect(text: str) -> str:
    """The ISO 639-1 code of the language that `text` is most likely in; "und" where it has no letters, or hardly any.

    Not only languages with a pack compete: a German text must not be read as French. They only win a draw, and where
    they win without the words that begin with a capital: names are of any language, and a short report is full of them.
    """
    letters = _NOISE.sub(" ", text[:20_000]).strip()
    if len(letters.encode("utf8", "replace")) < _LEAST:
        return "und"
    identifier, lead = _identifier()
    ranked = identifier.rank(letters)
    best, score = ranked[0]
    own = next((found for found in ranked if found[0] in languages()), None)
    if own is None or best == own[0]:
        return str(best)
    plain = " ".join(word for word in letters.split() if not word[0].isupper())
    without_names = len(plain) >= _PLAIN and identifier.rank(plain)[0][0] == own[0]
    return str(own[0] if without_names or score - own[1] < lead else best)
