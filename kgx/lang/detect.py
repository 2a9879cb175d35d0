"""Which language a text is in (py3langid)."""

from __future__ import annotations

import re

_NOISE = re.compile(r"https?://\S+|[\d\W_]+")


def detect(text: str) -> str:
    """The ISO 639-1 code of the language that `text` is most likely in; "und" where it has no letters.

    All languages that the detector knows compete, not only those with a pack: a German text must not be read as
    French.
    """
    letters = _NOISE.sub(" ", text[:20_000]).strip()
    if not letters:
        return "und"
    import py3langid  # takes 0.2 s, and --lang makes it needless

    return str(py3langid.classify(letters)[0])
