"""Folding of surface forms, so that spellings which differ only in form meet.

Two strengths. `exact` removes what never distinguishes two names (case, the shape of an apostrophe, double spaces);
`loose` also removes what writers leave out or vary (diacritics, vowel signs, the seat of a hamza, spaces and hyphens).
The letter tables hold facts of Unicode and of the scripts, not words of a language.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Different code points for what a reader takes to be the same sign.
_SAME_SIGN = str.maketrans(
    {
        "\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u02bb": "'", "\u0060": "'", "\u00b4": "'", "\u02b9": "'",
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
        "\u30fb": "\u00b7", "\u2022": "\u00b7", "\u00a0": " ", "\u202f": " ",
        "\u200b": None, "\u200c": None, "\u200d": None, "\u200e": None, "\u200f": None, "\u00ad": None, "\u0640": None,
    }
)  # fmt: skip

# Letters that canonical decomposition leaves whole though readers treat them as variants of one letter.
_SAME_LETTER = str.maketrans(
    {
        "\u0649": "\u064a", "\u06cc": "\u064a", "\u0629": "\u0647", "\u06a9": "\u0643", "\u0671": "\u0627",
        "\u06a4": "\u0641", "\u067e": "\u0628", "\u0686": "\u062c", "\u06af": "\u063a", "\u0698": "\u0632",
        "\u0621": None, "\u0111": "d", "\u0142": "l", "\u00f8": "o", "\u0131": "i", "\u00e6": "ae", "\u0153": "oe",
        "\u00f0": "d", "\u00fe": "th", "\u0259": "a", "\u014b": "n",
    }
)  # fmt: skip

_SPACE = re.compile(r"\s+")
_JOINT = re.compile(r"[\s'\"\-\u00b7.,()/]+")


@lru_cache(maxsize=65536)
def exact(form: str) -> str:
    """Return the key under which two spellings are the same name, whatever their case.

    Args:
        form: A surface form as a text shows it.

    Returns:
        Composed (NFC), case-folded, one kind of apostrophe and hyphen, single spaces, no invisible characters.
    """
    return unicodedata.normalize("NFC", _SPACE.sub(" ", form.translate(_SAME_SIGN)).strip().casefold())


@lru_cache(maxsize=65536)
def loose(form: str) -> str:
    """Return the key under which spellings that a hurried writer mixes up are the same name.

    Diacritics, Arabic vowel signs and the seats of hamza are dropped, letter variants are unified, and joints (spaces,
    hyphens, apostrophes, dots) disappear, so that "Hô-Chi-Minh" and "Ho Chi Minh" meet. Different names can meet too;
    ask with `exact` first.

    Args:
        form: A surface form as a text shows it.

    Returns:
        The key; empty if the form holds nothing but signs.
    """
    decomposed = unicodedata.normalize("NFD", exact(form))
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return unicodedata.normalize("NFC", _JOINT.sub("", bare.translate(_SAME_LETTER)))


def plain_latin(name: str) -> str:
    """Return a Latin-script name without diacritics, its case kept: "Đắk Lắk" gives "Dak Lak".

    Args:
        name: A name in Latin script.

    Returns:
        The same name with every letter decomposed to its base letter; signs outside Latin stay as they are.
    """
    letters = name.translate(_SAME_SIGN).translate({ord("Đ"): "D", ord("Ø"): "O", ord("Ł"): "L", ord("Æ"): "Ae"})
    letters = letters.translate({ord("İ"): "I", ord("Œ"): "Oe", ord("Ð"): "D", ord("Þ"): "Th", ord("Ə"): "A"})
    decomposed = unicodedata.normalize("NFD", letters.translate(_SAME_LETTER))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))
