"""Terms in a row: phrases, with or without other words between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dragoman.arrays import borders

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from dragoman.engines.native.inverted import Field

_FAR_BITS = 32
FAR = 1 << _FAR_BITS
"""Beyond any position in a record."""

_NONE = np.zeros(0, np.int64)


def places_of(part: Field, numbers: Collection[int]) -> dict[int, NDArray[np.int64]]:
    """Where each of these terms occurs, as one number for record and position, ascending."""
    ordered = np.array(sorted(numbers), np.int64)
    read = part.read(ordered, positions=True)
    places = np.repeat(read.documents * FAR, read.frequencies) + read.positions
    upto = np.cumsum(read.frequencies)[np.cumsum(read.counts) - 1]
    return dict(zip(ordered.tolist(), np.split(places, upto[:-1]), strict=True))


def in_a_row(
    places: Sequence[NDArray[np.int64]], gap: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The records in which terms follow each other, with at most `gap` between all, how often."""
    starts = _with_gaps(places, gap) if gap else _side_by_side(places)
    if not len(starts):
        return _NONE, _NONE
    records = starts >> _FAR_BITS
    begins = borders(records)
    return records[begins], np.diff(begins, append=len(records))


def _side_by_side(places: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Where each term stands right after the one before, looked for from the rarest term on."""
    rarest, *others = sorted(range(len(places)), key=lambda step: len(places[step]))
    starts = places[rarest] - rarest
    for step in others:
        if not len(starts):
            break
        wanted, column = starts + step, places[step]
        starts = starts[column.take(np.searchsorted(column, wanted), mode="clip") == wanted]
    return starts


def _with_gaps(places: Sequence[NDArray[np.int64]], gap: int) -> NDArray[np.int64]:
    starts = ends = places[0]
    for column in places[1:]:
        after = np.searchsorted(column, ends, side="right")
        there = after < len(column)
        starts, ends = starts[there], column[after[there]]
    return starts[ends - starts - (len(places) - 1) <= gap]
