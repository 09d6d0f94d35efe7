"""The terms of a dictionary that differ from a word by few letters.

The distance of Levenshtein, computed for all terms of one length at once, letter after letter;
those that have become too distant are left out from then on (Ukkonen, *Algorithms for
approximate string matching*, 1985).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dragoman.engines.native.dictionary import decoded
from dragoman.engines.native.distinct import NUL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from dragoman.engines.native.dictionary import Dictionary

    Numbers = NDArray[np.int64]

_AT_ONCE = 1 << 16  # terms
_LEFT = 0.7  # of those that are compared, so that it pays to leave the others out


def within(dictionary: Dictionary, word: str, most: int) -> Iterator[str]:
    """The terms that become a word when at most so many letters are changed, in order.

    To change is to insert, delete or replace. Raises `BadArrays` where a term is no text.
    """
    letters = np.frombuffer(word.encode("utf-32-le"), "<u4")
    for begin in range(0, len(dictionary), _AT_ONCE):
        end = min(begin + _AT_ONCE, len(dictionary))
        text = decoded(dictionary.joined(begin, end) + NUL)
        points = np.frombuffer(text.encode("utf-32-le"), "<u4")
        ends = np.flatnonzero(points == 0)
        begins = np.append(0, ends + 1)[:-1]
        sizes = ends - begins
        found = [
            _near(points, begins[sizes == size], size, letters, most)
            for size in range(max(len(letters) - most, 1), len(letters) + most + 1)
        ]
        for start in np.sort(np.concatenate(found)).tolist():
            yield text[start : text.index("\0", start)]


def _near(
    points: NDArray[np.uint32], begins: Numbers, size: int, word: NDArray[np.uint32], most: int
) -> Numbers:
    """Of the terms of so many letters that begin at these places, those that are near."""
    far, count = most + 1, len(word)
    before = np.minimum(np.arange(count + 1), far).astype(np.uint8)[:, None]
    before = np.repeat(before, len(begins), axis=1)
    for place in range(size):
        if not len(begins):
            return begins
        letter = points[begins + place]
        now = np.full_like(before, far)
        now[0] = min(place + 1, far)
        low, high = max(place + 1 - most, 1), min(place + 1 + most, count)
        for column in range(low, high + 1):
            changed = before[column - 1] + (letter != word[column - 1])
            shifted = np.minimum(before[column], now[column - 1]) + np.uint8(1)
            now[column] = np.minimum(changed, shifted)
        keep = np.flatnonzero(now[low - 1 : high + 1].min(axis=0) <= most)
        if len(keep) < _LEFT * len(begins):
            begins, now = begins[keep], now[:, keep]
        before = now
    near: Numbers = begins[before[count] <= most]
    return near
