"""Many terms as one array of letters: which of them are the same, without an object for each.

Terms are told apart by a hash, which finds each one a *representative*; then the bytes of
each are compared with those of its representative, and where two terms share a hash all is
done again by another. Both work on eight bytes of all terms at once, since the processor waits
for memory in any case: many waits at the same time take as long as one.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from dragoman.vectors import spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Words = NDArray[np.uint64]

NUL = b"\0"
"""What stands between terms, and in none of them."""

_BEGINNING = 32  # bytes of a term that are sorted as an array
_WORD = 8  # bytes
_AT_ONCE = 1 << 16  # terms, so that what is made of them stays near the processor
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_WORD + 1)], np.uint64)
_MULTIPLIERS = (0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93)  # odd, their bits mixed
_SHIFT = np.uint64(29)
_PADDING = np.zeros(_WORD, np.uint8)


class Terms(NamedTuple):
    """Some terms."""

    letters: NDArray[np.uint8]
    """Their bytes and others, of which the last eight are no term's."""
    begins: Numbers
    sizes: Numbers

    @classmethod
    def joined(cls, texts: Sequence[bytes]) -> Self:
        """The terms of texts that have a NUL between any two."""
        letters = np.frombuffer(NUL.join([*texts, bytes(_WORD)]), np.uint8)
        ends = np.flatnonzero(letters[: len(letters) - _WORD] == 0)
        begins = np.append(0, ends + 1)[:-1]
        return cls(letters, begins, ends - begins)

    def take(self, which: Numbers) -> Terms:
        """Some of these, in this order, without what lies between."""
        begins, sizes = self.begins[which], self.sizes[which]
        # Each with the byte after it, which is a NUL; and some at a time, as the places of the
        # letters take many times more memory than they do.
        ends = begins + sizes + 1
        letters = [
            self.letters[spread(begins[start : start + _AT_ONCE], ends[start : start + _AT_ONCE])]
            for start in range(0, len(which), _AT_ONCE)
        ]
        return Terms(np.concatenate([*letters, _PADDING]), np.cumsum(sizes + 1) - sizes - 1, sizes)

    def beginnings(self, size: int) -> NDArray[np.bytes_]:
        """The first bytes of each."""
        found = np.zeros((len(self.begins), size), np.uint8)
        for place in range(0, size, _WORD):
            which = np.flatnonzero(self.sizes > place)
            word = self._word(self.begins[which] + place, self.sizes[which] - place)
            letters = word.astype("<u8", copy=False).view(np.uint8)
            found[which, place : place + _WORD] = letters.reshape(-1, _WORD)
        return found.view(f"S{size}").ravel()

    def spelled(self) -> list[bytes]:
        """Each one by itself; only of what `take` gave."""
        return self.letters[: -_WORD - 1].tobytes().split(NUL) if len(self.begins) else []

    def _word(self, begins: Numbers, sizes: Numbers) -> Words:
        """The bytes from each place on, no more than eight and no more than so many."""
        letters = self.letters
        words: Words = np.ndarray(len(letters) - _WORD + 1, "<u8", letters.data, strides=(1,))
        return words[begins] & _MASKS[np.minimum(sizes, _WORD)]

    def _words(self, which: Numbers, *places: Numbers) -> Iterator[tuple[Numbers, list[Words]]]:
        """Eight bytes after eight of some terms, from each of these places on.

        With each step come the numbers of the terms that are long enough.
        """
        for start in range(0, len(which), _AT_ONCE):
            left = which[start : start + _AT_ONCE]
            begins = [each[start : start + _AT_ONCE] for each in places]
            sizes = self.sizes[left]
            while len(left):
                yield left, [self._word(each, sizes) for each in begins]
                more = np.flatnonzero(sizes > _WORD)
                left, sizes = left[more], sizes[more] - _WORD
                begins = [each[more] + _WORD for each in begins]

    def hashes(self, multiplier: np.uint64) -> Words:
        """A number for each, which depends on its letters only."""
        hashes = self.sizes.astype(np.uint64) * multiplier
        for which, (words,) in self._words(np.arange(len(hashes)), self.begins):
            mixed = (hashes[which] ^ words) * multiplier
            hashes[which] = mixed ^ mixed >> _SHIFT
        return hashes

    def are_same(self, which: Numbers, others: Numbers) -> bool:
        """Whether each of some terms is spelled like another one."""
        return np.array_equal(self.sizes[which], self.sizes[others]) and all(
            np.array_equal(words, theirs)
            for _, (words, theirs) in self._words(which, self.begins[which], self.begins[others])
        )


def distinct(terms: Terms) -> tuple[Numbers, Numbers]:
    """By term its number among the distinct ones, and by distinct term where it is one of these."""
    found = np.zeros(0, np.int64)
    for attempt in count():
        found = _representatives(terms.hashes(np.uint64(_MULTIPLIERS[0] + 2 * attempt)))
        others = np.flatnonzero(found != np.arange(len(found)))
        if terms.are_same(others, found[others]):
            break
    stands = np.ones(len(found), bool)
    stands[others] = False
    return (np.cumsum(stands) - 1)[found], np.flatnonzero(stands)


def ranked(terms: Terms) -> tuple[list[bytes], NDArray[np.uint32]]:
    """The distinct terms in order, and by term which of them it is."""
    owners, which = distinct(terms)
    spelled, order = in_order(terms.take(which))
    ranks = np.empty(len(order), np.uint32)
    ranks[order] = np.arange(len(order))
    return spelled, ranks[owners]


def _representatives(hashes: Words) -> Numbers:
    """For each hash the number of one that is equal, the same for all that are equal.

    Each round writes the numbers into a table by some bits of the hashes: those that find
    their own hash there are done.
    """
    bits = max(len(hashes).bit_length() + 1, 4)
    table = np.empty(1 << bits, np.int32)
    found = np.empty(len(hashes), np.int64)
    left, theirs = np.arange(len(hashes)), hashes
    for attempt in count():
        multiplier = np.uint64(_MULTIPLIERS[1] + 2 * attempt)
        slots = (theirs * multiplier >> np.uint64(64 - bits)).astype(np.int64)
        table[slots] = left
        winners = table[slots]
        found[left] = winners
        others = np.flatnonzero(hashes[winners] != theirs)
        left, theirs = left[others], theirs[others]
        if not len(left):
            break
    return found


def in_order(terms: Terms) -> tuple[list[bytes], Numbers]:
    """The terms in order, and where each of these was before."""
    beginnings = terms.beginnings(_BEGINNING)
    order = np.argsort(beginnings)
    beginnings = beginnings[order]
    spelled = terms.take(order).spelled()
    alike = np.flatnonzero(beginnings[1:] == beginnings[:-1])
    for first in alike[np.diff(alike, prepend=-2) > 1].tolist():
        last = first + 1
        while last < len(spelled) and beginnings[last] == beginnings[first]:
            last += 1
        here = sorted(range(first, last), key=spelled.__getitem__)
        order[first:last] = order[here]
        spelled[first:last] = [spelled[number] for number in here]
    return spelled, order
