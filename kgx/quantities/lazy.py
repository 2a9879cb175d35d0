"""Regular expressions compiled when they are first needed.

A language has hundreds of rules and a document needs a few of them: compiling all would cost more than reading it.
"""

from __future__ import annotations

import re
from functools import cached_property


class LazyPattern:
    """A regular expression that is compiled at its first use."""

    def __init__(self, source: str) -> None:
        self.source = source

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The expression, compiled.

        Raises:
            re.error: it is no regular expression.
        """
        return re.compile(self.source)

    def match(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """As `re.Pattern.match`."""
        return self.compiled.match(text, start, len(text) if end is None else end)

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """As `re.Pattern.search`."""
        return self.compiled.search(text, start)
