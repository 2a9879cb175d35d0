"""JSON that a person can look at without being deceived."""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["dump"]

# Marks of direction and what does not show; JSON needs no escape for most of them.
_ESCAPED = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def dump(content: Any) -> str:
    """JSON in one line; letters of all scripts as they are, marks of direction escaped."""
    return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", json.dumps(content, ensure_ascii=False))
