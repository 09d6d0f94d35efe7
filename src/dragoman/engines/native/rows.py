"""Terms in a row: phrases, with or without other words between."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dragoman.arrays import BadArrays
from dragoman.vectors import borders, common, places_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
    terms = {number: _Term(each, []) for number, each in zip(numbers, read, strict=True)}
    having = []
    for row, _ in phrases:
        distinct = [terms[number] for number in dict.fromkeys(row)]
        having.append(common([term.read.documents for term in distinct]))
        if len(having[-1]):
            for term in distinct:
                term.wanted.append(having[-1])
    places = _places(part, {number: term for number, term in terms.items() if term.wanted})
    for (row, gap), records in zip(phrases, having, strict=True):
        yield _followed([places[number] for number in row] if len(records) else [_NONE], gap)


class _Term(NamedTuple):
    """A term of phrases."""

    read: Postings
    wanted: list[Numbers]
    """Of each phrase, the records in which the term's places are needed, ascending."""


def _places(part: Field, terms: Mapping[int, _Term]) -> dict[int, Numbers]:
    """Where each term is, in records that are wanted and perhaps others.

    One number for record and position, ascending.
    """
    found, apart, rows = {}, {}, []
    for number, (read, wanted) in terms.items():
        if len(read.positions):
            found[number] = read.documents, read.frequencies, read.positions
        else:
            records = np.unique(np.concatenate(wanted)) if len(wanted) > 1 else wanted[0]
            rows.append(np.searchsorted(read.documents, records))
            apart[number] = records, read.frequencies[rows[-1]]
    if apart:
        frequencies = [terms[number].read.frequencies for number in apart]
        for number, positions in zip(
            apart, part.positions(list(apart), frequencies, rows), strict=True
        ):
            found[number] = *apart[number], positions
    if any(positions.max() >= FAR for _, _, positions in found.values()):
        raise BadArrays("damaged (a position beyond any text)")
    return {
        number: np.repeat(records * FAR, frequencies) + positions
        for number, (records, frequencies, positions) in found.items()
    }


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
