"""Terms in a row: phrases, with or without other words between."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from dragoman.arrays import BadArrays
from dragoman.vectors import borders, common, places_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from dragoman.engines.native.inverted import Field
    from dragoman.engines.native.postings import Postings

    Numbers = NDArray[np.int64]

_FAR_BITS = 32
FAR = 1 << _FAR_BITS
"""Beyond any position in a record."""

_NONE = np.zeros(0, np.int64)


def in_a_row(
    part: Field, phrases: Sequence[tuple[Sequence[int], int]]
) -> Iterator[tuple[Numbers, Numbers]]:
    """For each phrase, the records in which its terms follow each other, and how often.

    A phrase is the numbers of its terms, and how many other words may be between all of them.
    Positions are read only in the records that have all terms of a phrase. Raises `BadArrays`.
    """
    numbers = sorted({number for row, _ in phrases for number in row})
    read = part.read_each(np.array(numbers, np.int64))
    terms = {number: _Term(part, number, each) for number, each in zip(numbers, read, strict=True)}
    having = []
    for row, _ in phrases:
        distinct = [terms[number] for number in dict.fromkeys(row)]
        having.append(common([term.records for term in distinct]))
        if len(having[-1]):
            for term in distinct:
                term.wanted.append(having[-1])
    for (row, gap), records in zip(phrases, having, strict=True):
        places = [terms[number].places for number in row] if len(records) else [_NONE]
        yield _followed(places, gap)


class _Term:
    """A term of phrases: the records that have it, and where in those that are wanted."""

    def __init__(self, part: Field, number: int, read: Postings) -> None:
        self._part = part
        self._number = number
        self._read = read
        self.records = read.documents
        self.wanted: list[Numbers] = []
        """Of each phrase, the records in which the term's places are needed, ascending."""

    @cached_property
    def places(self) -> Numbers:
        """Where it is, in records that are wanted and perhaps others.

        One number for record and position, ascending.
        """
        _, records, frequencies, positions = self._read
        if not len(positions):
            first, *others = self.wanted
            wanted = np.unique(np.concatenate(self.wanted)) if others else first
            rows = np.searchsorted(records, wanted)
            positions = self._part.positions(self._number, frequencies, rows)
            records, frequencies = wanted, frequencies[rows]
        if positions.max() >= FAR:
            raise BadArrays("damaged (a position beyond any text)")
        return np.repeat(records * FAR, frequencies) + positions


def _followed(places: Sequence[Numbers], gap: int) -> tuple[Numbers, Numbers]:
    starts = _with_gaps(places, gap) if gap else _side_by_side(places)
    if not len(starts):
        return _NONE, _NONE
    records = starts >> _FAR_BITS
    begins = borders(records)
    return records[begins], np.diff(begins, append=len(records))


def _side_by_side(places: Sequence[Numbers]) -> Numbers:
    """Where each term stands right after the one before, looked for from the rarest term on."""
    rarest, *others = sorted(range(len(places)), key=lambda step: len(places[step]))
    starts = places[rarest] - rarest
    for step in others:
        if not len(starts):
            break
        starts = starts[places_in(places[step], starts + step)[1]]
    return starts


def _with_gaps(places: Sequence[Numbers], gap: int) -> Numbers:
    starts = ends = places[0]
    for step, column in enumerate(places[1:], 1):
        after = np.searchsorted(column, ends, side="right")
        there = after < len(column)
        starts, ends = starts[there], column[after[there]]
        near = ends - starts - step <= gap
        starts, ends = starts[near], ends[near]
    return starts
