"""Grapheme boundaries: where a text may be cut without taking a character apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

_GRAPHEME = regex.compile(r"\X")
# A window that holds all but absurdly long clusters.
_REACH = 64
_BREAK = "\n"


def boundaries(text: str) -> Iterator[int]:
    """Every offset of a text at which a grapheme begins, and the end of the text."""
    for match in _GRAPHEME.finditer(text):
        yield match.start()
    yield len(text)


def grapheme_floor(text: str, offset: int) -> int:
    """The last grapheme boundary at or before an offset (code points)."""
    if offset <= 0:
        return 0
    if offset >= len(text):
        return len(text)
    return _around(text, offset)[0]


def grapheme_ceil(text: str, offset: int) -> int:
    """The first grapheme boundary at or after an offset (code points)."""
    if offset <= 0:
        return 0
    if offset >= len(text):
        return len(text)
    return _around(text, offset)[1]


def _around(text: str, offset: int) -> tuple[int, int]:
    """The boundaries at or before, and at or after, an offset inside a text."""
    # A line break is always a boundary, so clusters before it need not be looked at.
    start = text.rfind(_BREAK, max(0, offset - _REACH), offset) + 1 or max(0, offset - _REACH)
    for match in _GRAPHEME.finditer(text, start):
        if match.end() == offset:
            return offset, offset
        if match.end() > offset:
            return (min(offset, match.start())), match.end()
    return offset, len(text)
