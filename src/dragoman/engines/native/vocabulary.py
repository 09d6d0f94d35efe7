"""The distinct terms of many texts, while texts are still coming."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dragoman.engines.native.distinct import Terms, distinct, in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.uint32]

_LEAST = 1 << 18  # terms, fewer of which are not worth looking at anew
# Bytes of a term beside its letters: as it is held, and more of a distinct one when all are sorted.
_HELD_BYTES, _SORTED_BYTES = 16, 64


class Vocabulary:
    """Takes blocks of terms, each of which has numbers of its own for them."""

    def __init__(self) -> None:
        self._terms = Terms.joined([])
        self._waiting: list[Terms] = []  # the distinct ones of blocks not looked at together yet
        self._waiting_size = 0
        self._numbers: list[Numbers] = []  # by block, of its distinct terms the number here
        self.weight = 0
        """About how many bytes the terms take when all are sorted."""

    def add(self, terms: Terms) -> Numbers:
        """Take a block; the number of each of its terms among the distinct ones of the block."""
        owners, which = distinct(terms)
        self._waiting.append(terms.take(which))
        self._waiting_size += len(which)
        if self._waiting_size > 2 * max(len(self._terms.begins), _LEAST):
            self._join()
        self.weight = self._weight()
        return owners.astype(np.uint32)

    def _join(self) -> None:
        """Look at all terms together, those of each block of the last ones too."""
        held = _joined([self._terms, *self._waiting])
        owners, which = distinct(held)
        numbers = owners.astype(np.uint32)
        known = len(self._terms.begins)
        ends = np.cumsum([len(block.begins) for block in self._waiting])
        self._numbers = [
            *(numbers[each] for each in self._numbers),
            *np.split(numbers[known:], ends[:-1]),
        ]
        self._terms, self._waiting, self._waiting_size = held.take(which), [], 0

    def ordered(self) -> tuple[list[bytes], list[Numbers]]:
        """The distinct terms in order; and by block, by its numbers, their places there."""
        if self._waiting:
            self._join()
        spelled, order = in_order(self._terms)
        ranks = np.empty(len(order), np.uint32)
        ranks[order] = np.arange(len(order))
        return spelled, [ranks[each] for each in self._numbers]

    def _weight(self) -> int:
        blocks = [self._terms, *self._waiting]
        count = sum(len(block.begins) for block in blocks)
        held = sum(len(block.letters) for block in blocks) + _HELD_BYTES * count
        # Most of those that were not looked at together are known.
        new = len(self._terms.begins) + self._waiting_size // 4
        numbers = 4 * self._waiting_size + sum(each.nbytes for each in self._numbers)
        return held + _SORTED_BYTES * new + numbers


def _joined(parts: Sequence[Terms]) -> Terms:
    """All terms, one after another."""
    ends = np.cumsum([len(part.letters) for part in parts])
    starts = [0, *ends[:-1].tolist()]
    begins = [part.begins + start for part, start in zip(parts, starts, strict=True)]
    letters = np.concatenate([part.letters for part in parts])
    return Terms(letters, np.concatenate(begins), np.concatenate([part.sizes for part in parts]))
