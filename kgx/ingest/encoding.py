"""Bytes become text: UTF-8 first, then what the page declares, then what they look like."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

from kgx.ingest.source import InputError

__all__ = ["decode", "encoding_of"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
# What news in the languages at hand was ever written in; rarer ones would only be taken for one of these.
_LIKELY = [
    "cp949",
    "cp1256",
    "cp1251",
    "koi8_r",
    "cp1252",
    "cp1258",
    "gb18030",
    "big5",
    "shift_jis",
    "cp1253",
    "cp1254",
]
# Fewer bytes than this beyond ASCII look like any encoding.
_EVIDENCE = 6
# Bytes that tell what kind of zeros there are; and those that no text has, but every alphabet beyond Latin in UTF-16.
_LOOK = 4000
_CONTROLS = re.compile(rb"[\x01-\x08\x0b\x0e-\x1f]")


def decode(content: bytes, declared: str | None = None) -> str:
    """The text of some bytes, line ends as ``\\n``.

    Args:
        content: the bytes.
        declared: the encoding that a header or the page itself names.

    Raises:
        InputError: if they are no text, or in no encoding that can be told.
    """
    text = _decoded(content, declared)
    if "\0" in text:
        raise _binary(text.index("\0"))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def encoding_of(head: bytes) -> str:
    """The name of the encoding that the first bytes of a longer text are in, whole lines of it.

    Raises:
        InputError: as of `decode`.
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if b"\0" in head:
        return _wide(head[: len(head) // 2 * 2])  # a line may end within its last character
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if (guess := _guessed(head)) is None:
            raise InputError(_not_utf8(head, error)) from error
        return guess
    return "utf-8"


def _decoded(content: bytes, declared: str | None) -> str:
    for mark, name in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(name)
            except UnicodeDecodeError as error:
                raise InputError(f"not {name.upper()}, though it begins so: offset {error.start}") from error
    if b"\0" in content:
        return content.decode(_wide(content))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        fault = error
    if declared:
        try:
            return content.decode(declared)
        except (LookupError, UnicodeDecodeError):
            pass  # pages often declare what they are not
    guess = _guessed(content)
    if guess is None:
        raise InputError(_not_utf8(content, fault))
    return content.decode(guess)


def _not_utf8(content: bytes, fault: UnicodeDecodeError) -> str:
    return f"not UTF-8: byte 0x{content[fault.start]:02x} at offset {fault.start}"


def _wide(content: bytes) -> str:
    """The kind of UTF-16 that has no mark: every second byte of its blanks and line ends is zero."""
    even, odd = content[0:_LOOK:2].count(0), content[1:_LOOK:2].count(0)
    size = min(len(content), _LOOK)
    if size >= _EVIDENCE and not _strewn(content, even + odd):
        for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
            if zeros > 8 * others and zeros * 50 >= size:
                with suppress(UnicodeDecodeError):
                    content.decode(name)
                    return name
    raise _binary(content.index(b"\0"))


def _strewn(content: bytes, zeros: int) -> bool:
    """Whether it is text of single bytes or UTF-8 with some zeros in it.

    Of Latin letters in UTF-16 every second byte is zero; what else there is beside its zeros is not UTF-8, or, in most
    alphabets, full of control characters.
    """
    rest = content[:_LOOK].replace(b"\0", b"")
    legible = len(rest.decode("utf-8", "ignore").encode())
    return zeros * 4 < len(rest) + zeros and not _CONTROLS.search(rest) and legible * 4 > len(rest) * 3


def _binary(at: int) -> InputError:
    return InputError(f"binary file, not text: a zero at offset {at}")


def _guessed(content: bytes) -> str | None:
    if sum(byte > 0x7F for byte in content[:_LOOK]) < _EVIDENCE:
        return None
    from charset_normalizer import from_bytes

    best = from_bytes(content[:200_000], cp_isolation=_LIKELY, threshold=0.3, language_threshold=0.05).best()
    if best is None:
        return None
    try:
        content.decode(best.encoding)
    except UnicodeDecodeError:
        return None
    return best.encoding
