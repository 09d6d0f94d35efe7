"""The terms of a dictionary that differ from a word by few letters.

The distance of Levenshtein, computed for many terms at once, letter after letter; those that have
become too distant are left out from then on (Ukkonen, *Algorithms for approximate string
matching*, 1985). First it is computed for what all terms of a block begin with, so that most
blocks are never read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dragoman.engines.native.dictionary import HEAD, decoded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dragoman.engines.native.dictionary import Dictionary

    Numbers = NDArray[np.int64]
    Letters = NDArray[np.uint32]

_AT_ONCE = 1 << 12  # blocks
_LEFT = 0.7  # of those that are compared, so that it pays to leave the others out


def within(dictionary: Dictionary, word: str, most: int) -> list[str]:
    """The terms that become a word when at most so many letters are changed, in order.

    To change is to insert, delete or replace. Raises `BadArrays` where a term is no text.
    """
    letters = np.frombuffer(word.encode("utf-32-le"), "<u4")
    # No beginning is compared with more of the word.
    lead = letters[: HEAD + most]
    blocks = np.flatnonzero(_may_be_near(*_rows(_beginnings(dictionary)), lead, most))
    found = []
    for at in range(0, len(blocks), _AT_ONCE):
        text = decoded(dictionary.blocks(blocks[at : at + _AT_ONCE]))
        points, begins, sizes = _rows(text)
        for size in range(max(len(letters) - most, 1), len(letters) + most + 1):
            near = _near(points, begins[sizes == size], size, letters, most)
            found += [text[start : start + size] for start in near.tolist()]
    return sorted(found)


def _rows(text: str) -> tuple[Letters, Numbers, Numbers]:
    """The letters of a text, and where each part of it begins and how long it is.

    There is a NUL after each part.
    """
    points = np.frombuffer(text.encode("utf-32-le"), "<u4")
    ends = np.flatnonzero(points == 0)
    begins = np.append(0, ends + 1)[:-1]
    return points, begins, ends - begins


def _beginnings(dictionary: Dictionary) -> str:
    """What all terms of each block begin with, at least, each with a NUL after it."""
    heads = dictionary.heads()
    shared = np.zeros((len(heads), heads.shape[1] + 1), np.uint8)
    # What is between two heads begins with what both begin with; after the last, with anything.
    alike = np.logical_and.accumulate(heads[1:] == heads[:-1], axis=1)
    np.multiply(heads[:-1], alike, out=shared[:-1, :-1])
    letters = shared > 0
    letters[:, -1] = True
    # The last character may be cut.
    return shared[letters].tobytes().decode(errors="ignore")


def _may_be_near(
    points: Letters, begins: Numbers, sizes: Numbers, word: Letters, most: int
) -> NDArray[np.bool_]:
    """Whether terms with these beginnings may be near a word."""
    hopeful = np.ones(len(begins), bool)
    at = np.flatnonzero(sizes)
    before = _first(word, most, len(at))
    for place in range(int(sizes.max(initial=0))):
        now = _further(before, points[begins[at] + place], place, word, most)
        near = now.min(axis=0) <= most
        hopeful[at[~near]] = False
        on = near & (sizes[at] > place + 1)
        at, before = at[on], now[:, on]
    return hopeful


def _near(points: Letters, begins: Numbers, size: int, word: Letters, most: int) -> Numbers:
    """Of the terms of so many letters that begin at these places, those that are near."""
    before = _first(word, most, len(begins))
    for place in range(size):
        if not len(begins):
            return begins
        now = _further(before, points[begins + place], place, word, most)
        keep = np.flatnonzero(now.min(axis=0) <= most)
        if len(keep) < _LEFT * len(begins):
            begins, now = begins[keep], now[:, keep]
        before = now
    near: Numbers = begins[before[len(word)] <= most]
    return near


def _first(word: Letters, most: int, count: int) -> NDArray[np.uint8]:
    """The distances of no letters from the first letters of a word (rows), for so many terms."""
    distances = np.minimum(np.arange(len(word) + 1), most + 1).astype(np.uint8)
    return np.repeat(distances[:, None], count, axis=1)


def _further(
    before: NDArray[np.uint8], letter: Letters, place: int, word: Letters, most: int
) -> NDArray[np.uint8]:
    """The same with the next letter of each term; what is beyond `most` is not told apart."""
    far = most + 1
    now = np.full_like(before, far)
    now[0] = min(place + 1, far)
    for column in range(max(place + 1 - most, 1), min(place + 1 + most, len(word)) + 1):
        changed = before[column - 1] + (letter != word[column - 1])
        shifted = np.minimum(before[column], now[column - 1]) + np.uint8(1)
        now[column] = np.minimum(changed, shifted)
    return now
