"""Several segments into one, a stretch of terms at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dragoman.engines.native.dictionary import BLOCK
from dragoman.engines.native.distinct import Terms, ranked
from dragoman.engines.native.postings import Postings
from dragoman.engines.native.segment import SegmentWriter
from dragoman.vectors import ordered, spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from dragoman.engines.native.inverted import Field
    from dragoman.engines.native.segment import Segment

    Numbers = NDArray[np.int64]
    Mask = NDArray[np.bool_]

_AT_ONCE = 1 << 20  # bytes of records; in memory they take about fifty times as much
_RELEASED = 64  # stretches after which what was read of the files is given back


class _Source(NamedTuple):
    field: Field
    renumbered: Numbers
    """By document: its number in the new segment, or -1 where it is deleted."""


def merge(path: Path, segments: Sequence[tuple[Segment, Mask]], columns: Sequence[str]) -> int:
    """Write the documents that are alive (by the masks), in order; return how many there are.

    Raises `BadArrays` where a segment is damaged.
    """
    writer = SegmentWriter(path)
    try:
        renumbered: list[Numbers] = []
        size = 0
        for _, alive in segments:
            renumbered.append(np.where(alive, size + np.cumsum(alive) - 1, -1))
            size += int(alive.sum())
        for name in sorted({name for segment, _ in segments for name in segment.fields}):
            field = writer.field(name)
            sources = [
                _Source(segment.fields[name], numbers)
                for (segment, _), numbers in zip(segments, renumbered, strict=True)
                if name in segment.fields
            ]
            for number, stretch in enumerate(_stretches(sources)):
                field.add(*_merged(sources, stretch))
                if number % _RELEASED == 0:
                    for segment, _ in segments:
                        segment.release()
        kept = {
            name: np.concatenate([segment.column(name)[alive] for segment, alive in segments])
            for name in columns
        }
        writer.finish(kept, size)
    finally:
        writer.close()
    return size


def _stretches(sources: Sequence[_Source]) -> Iterator[list[range]]:
    """For each source the numbers of its terms in a stretch, which ends at the same term in all."""
    at = [0] * len(sources)
    weights = [source.field.weights() for source in sources]
    share = _AT_ONCE // len(sources)
    while any(begin < len(source.field) for begin, source in zip(at, sources, strict=True)):
        ends = []
        for begin, source, weight in zip(at, sources, weights, strict=True):
            block = begin // BLOCK
            upto = int(np.searchsorted(weight, weight[block] + share, side="right")) - 1
            upto = BLOCK * max(upto, block + 1)
            if upto < len(source.field):
                ends.append(source.field.dictionary.term(upto))
        stretch = []
        for place, source in enumerate(sources):
            end = source.field.dictionary.first(min(ends)) if ends else len(source.field)
            stretch.append(range(at[place], end))
            at[place] = end
        yield stretch


def _merged(sources: Sequence[_Source], stretch: Sequence[range]) -> tuple[list[bytes], Postings]:
    texts = [
        source.field.dictionary.joined(numbers.start, numbers.stop)
        for source, numbers in zip(sources, stretch, strict=True)
        if numbers
    ]
    merged, ranks = ranked(Terms.joined(texts))
    ends = np.cumsum([len(numbers) for numbers in stretch])
    held: list[tuple[NDArray[np.uint32], Postings]] = []
    for source, numbers, rank in zip(sources, stretch, np.split(ranks, ends), strict=False):
        for which, read in source.field.stretch(numbers.start, numbers.stop):
            here = _renumber(read, source.renumbered)
            held.append((np.repeat(rank[which - numbers.start], here.counts), here))
    owners = np.concatenate([owner for owner, _ in held])
    order = ordered(owners)
    documents, frequencies, positions = (
        np.concatenate(column) for column in list(zip(*(each for _, each in held), strict=True))[1:]
    )
    ends = np.cumsum(frequencies)
    frequencies, ends = frequencies[order], ends[order]
    counts = np.bincount(owners, minlength=len(merged))
    left = [merged[rank] for rank in np.flatnonzero(counts).tolist()]
    return left, Postings(
        counts[counts > 0],
        documents[order],
        frequencies,
        positions[spread(ends - frequencies, ends)],
    )


def _renumber(given: Postings, numbers: Numbers) -> Postings:
    """The postings of the documents that are alive, by their new numbers."""
    documents = numbers[given.documents]
    keep = documents >= 0
    if keep.all():
        return given._replace(documents=documents)
    terms = np.repeat(np.arange(len(given.counts)), given.counts)
    return Postings(
        np.bincount(terms[keep], minlength=len(given.counts)),
        documents[keep],
        given.frequencies[keep],
        given.positions[np.repeat(keep, given.frequencies)],
    )
