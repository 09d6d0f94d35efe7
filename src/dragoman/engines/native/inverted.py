"""A field of a segment: its terms and their postings.

The records of rare terms follow each other, so that many are read at once; the few that take
more than a byte can say are kept apart, their positions from the rest, so that an article list
of a frequent term is read without them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dragoman.arrays import BadArrays
from dragoman.engines.native.dictionary import BLOCK, Dictionary
from dragoman.engines.native.postings import (
    Postings,
    decode_list,
    decode_lists,
    decode_one,
    decode_postings,
)
from dragoman.engines.native.varints import decode, decode_some, last_bytes, running
from dragoman.vectors import borders, spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from dragoman.arrays import Arrays, Guarded

    Numbers = NDArray[np.int64]

_FEW = 12  # short records that are faster read one by one than as arrays
_AT_ONCE = 1 << 18  # bytes of positions that are read together, and at most one list more
_NONE = np.zeros(0, np.int64)


class Found(NamedTuple):
    """Postings of several terms, as parallel arrays."""

    term: Numbers
    """Index into the terms that were asked for."""
    document: Numbers
    frequency: NDArray[np.float32]


class Field:
    """The terms and postings of one field."""

    def __init__(self, held: Arrays, name: str, count: int, documents: int) -> None:
        """Find the arrays of a field with so many terms, in a segment of so many documents.

        Raises `BadArrays`.
        """
        self.dictionary = Dictionary(held, name, count)
        self._size = documents
        self._records = held.guarded(f"{name}.records")
        self._long_terms = held.guarded(f"{name}.long_terms")
        self._long_ends = held.guarded(f"{name}.long_ends")
        self._long_position_ends = held.guarded(f"{name}.long_position_ends")
        self._long = held.guarded(f"{name}.long")
        self._long_positions = held.guarded(f"{name}.long_positions")
        rows = {len(self._long_ends), len(self._long_position_ends)}
        if rows != {len(self._long_terms) + 1}:
            raise BadArrays(f"damaged (the postings of {name})")

    def __len__(self) -> int:
        return len(self.dictionary)

    def find(self, terms: Sequence[bytes]) -> Numbers:
        """The number of each term, or -1."""
        return np.array(self.dictionary.find(terms), np.int64)

    def postings(self, terms: Sequence[bytes]) -> Found:
        """The postings of several terms, of those that there are.

        Raises `BadArrays`.
        """
        numbers = self.find(terms)
        owners = np.flatnonzero(numbers >= 0)
        found = self.read(numbers[owners])
        return Found(
            np.repeat(owners, found.counts),
            found.documents,
            found.frequencies.astype(np.float32),
        )

    def read(self, numbers: Numbers) -> Postings:
        """The postings of the terms with these numbers, one after another, without positions.

        Raises `BadArrays`.
        """
        if not len(numbers):
            return Postings(_NONE, _NONE, _NONE, _NONE)
        if len(numbers) <= _FEW:
            return _joined(self.read_each(numbers))
        parts, owners = self._parts(numbers)
        return _joined(parts) if len(parts) == 1 else _arranged(_joined(parts), np.array(owners))

    def read_each(self, numbers: Numbers) -> list[Postings]:
        """The postings of each of the terms with these numbers.

        Those of a frequent term are without positions, which `positions` reads where they are
        wanted. Raises `BadArrays`.
        """
        if len(numbers) <= _FEW:
            return [self._one(number) for number in numbers.tolist()]
        parts, owners = self._parts(numbers)
        each = [postings for part in parts for postings in _apart(part)]
        return [each[place] for place in np.argsort(owners).tolist()]

    def whole(self, number: int) -> Postings:
        """The postings of one term, with all positions.

        Raises `BadArrays`.
        """
        found = self._one(number)
        if len(found.positions):
            return found
        every = np.arange(len(found.documents))
        (positions,) = self.positions([number], [found.frequencies], [every])
        return found._replace(positions=positions)

    def positions(
        self, numbers: Sequence[int], frequencies: Sequence[Numbers], wanted: Sequence[Numbers]
    ) -> Iterator[Numbers]:
        """The positions of frequent terms, each in some of its postings, whose places ascend.

        `frequencies` are those of all postings of each term. Raises `BadArrays`.
        """
        begins, ends = self._stretches(self._long_position_ends, np.array(numbers))
        groups = borders(np.cumsum(ends - begins) // _AT_ONCE).tolist()
        for first, last in pairwise([*groups, len(numbers)]):
            part = slice(first, last)
            yield from self._positions(begins[part], ends[part], frequencies[part], wanted[part])

    def _positions(
        self, begins: Numbers, ends: Numbers, frequencies: Sequence[Numbers],
        wanted: Sequence[Numbers],
    ) -> list[Numbers]:  # fmt: skip
        """The same for lists that are read together."""
        data = self._long_positions.parts(begins, ends)
        last, counts = last_bytes(data), np.concatenate(frequencies)
        upto = np.cumsum(counts)
        lists = np.cumsum([len(each) for each in frequencies])
        if (
            not counts.all()
            or counts.max() > len(last)
            or upto[-1] != len(last)
            or (last[upto[lists - 1] - 1] != np.cumsum(ends - begins) - 1).any()
        ):
            raise BadArrays("damaged (a list has another number of positions)")
        chosen = np.concatenate(
            [each + before for each, before in zip(wanted, [0, *lists.tolist()], strict=False)]
        )
        steps = decode_some(data, last, spread((upto - counts)[chosen], upto[chosen]))
        found = running(steps, counts[chosen])
        after = np.append(0, np.cumsum(counts[chosen]))[np.cumsum([len(each) for each in wanted])]
        return np.split(found, after[:-1])

    def _one(self, number: int) -> Postings:
        at, size = self.dictionary.record(number)
        if not size:
            documents, frequencies = decode_list(
                _part(self._long_ends, self._long, self._row(number))
            )
            return Postings(np.array([len(documents)]), self._within(documents), frequencies, _NONE)
        documents, frequencies, positions = (
            np.array(column, np.int64) for column in decode_one(self._records.bytes(at, at + size))
        )
        return Postings(np.array([len(documents)]), self._within(documents), frequencies, positions)

    def _parts(self, numbers: Numbers) -> tuple[list[Postings], list[int]]:
        """The postings of many terms, of some together, and the place of each term's among them."""
        begins, sizes = self.dictionary.records_of(numbers)
        short, long = np.flatnonzero(sizes), np.flatnonzero(sizes == 0)
        parts: list[Postings] = []
        if len(short):
            begins, sizes = begins[short], sizes[short]
            found = decode_postings(self._records.take(spread(begins, begins + sizes)), sizes)
            self._within(found.documents)
            parts.append(found)
        if len(long) > _FEW:
            parts.append(self._long_lists(numbers[long]))
        else:
            parts += [self._one(number) for number in numbers[long].tolist()]
        return parts, [*short.tolist(), *long.tolist()]

    def stretch(self, begin: int, end: int) -> Iterator[tuple[Numbers, Postings]]:
        """All that is known of the terms from one number to before another, in some groups.

        Raises `BadArrays`.
        """
        sizes = self.dictionary.records(begin, end)
        short = np.flatnonzero(sizes)
        if len(short):
            at, _ = self.dictionary.record(begin)
            found = decode_postings(self._records.part(at, at + int(sizes.sum())), sizes[short])
            yield begin + short, found._replace(documents=self._within(found.documents))
        rows = np.searchsorted(self._long_terms.whole(), np.array((begin, end), np.uint32))
        if rows[1] - rows[0] + len(short) != end - begin:
            raise BadArrays("damaged (a term without a list)")
        if rows[0] < rows[1]:
            first, last = rows.tolist()
            yield self._long_terms.part(first, last).astype(np.int64), self._long_many(first, last)

    def _long_many(self, first: int, last: int) -> Postings:
        """All that is known of the terms that are kept apart from one to before another."""
        ends = self._long_ends.part(first, last + 1).astype(np.int64)
        found = decode_lists(self._long.part(int(ends[0]), int(ends[-1])), np.diff(ends))
        self._within(found.documents)
        begin, end = self._long_position_ends.part(first, last + 1)[[0, -1]].tolist()
        steps, _ = decode(self._long_positions.part(begin, end))
        if not found.frequencies.all() or found.frequencies.sum() != len(steps):
            raise BadArrays("damaged (a list has another number of positions)")
        return found._replace(positions=running(steps, found.frequencies))

    def _row(self, number: int) -> int:
        # Of the array's own type: for any other one it would be copied as a whole.
        return int(np.searchsorted(self._long_terms.whole(), np.uint32(number)))

    def _stretches(self, ends: Guarded, numbers: Numbers) -> tuple[Numbers, Numbers]:
        """Where what is kept of terms apart begins and ends."""
        rows = np.searchsorted(self._long_terms.whole(), numbers.astype(np.uint32))
        return ends.take(rows).astype(np.int64), ends.take(rows + 1).astype(np.int64)

    def _long_lists(self, numbers: Numbers) -> Postings:
        """What the lists of terms say that are kept apart, without positions."""
        begins, ends = self._stretches(self._long_ends, numbers)
        found = decode_lists(self._long.parts(begins, ends), ends - begins)
        self._within(found.documents)
        return found

    def _within(self, documents: Numbers) -> Numbers:
        if documents.max() >= self._size:
            raise BadArrays("damaged (a document that there is not)")
        return documents

    def weights(self) -> Numbers:
        """About how many bytes the postings before each block take, and all of them."""
        blocks = np.append(self.dictionary.record_begins(), len(self._records))
        places = np.searchsorted(self._long_terms.whole(), np.arange(len(blocks)) * BLOCK)
        long = self._long_ends.whole().astype(np.int64)
        long = long + self._long_position_ends.whole().astype(np.int64)
        weights: Numbers = blocks + long[places]
        return weights


def _joined(parts: Sequence[Postings]) -> Postings:
    """The postings of several parts, without positions."""
    if len(parts) == 1:
        return parts[0]._replace(positions=_NONE)
    columns = zip(*(part[:3] for part in parts), strict=True)
    counts, documents, frequencies = (np.concatenate(column) for column in columns)
    return Postings(counts, documents, frequencies, _NONE)


def _arranged(given: Postings, owners: Numbers) -> Postings:
    """The same with the terms in the order of these numbers."""
    ends, order = np.cumsum(given.counts), np.argsort(owners)
    rows = spread((ends - given.counts)[order], ends[order])
    return Postings(
        given.counts[order],
        given.documents.take(rows),
        given.frequencies.take(rows),
        given.positions,
    )


def _apart(given: Postings) -> Iterator[Postings]:
    """The postings of each term."""
    ends = np.cumsum(given.counts)
    occurrences = np.append(0, np.cumsum(given.frequencies))[np.append(0, ends)].tolist()
    places = pairwise(occurrences if len(given.positions) else [0] * len(occurrences))
    for number, (begin, end) in enumerate(pairwise((0, *ends.tolist()))):
        yield Postings(
            given.counts[number : number + 1],
            given.documents[begin:end],
            given.frequencies[begin:end],
            given.positions[slice(*next(places))],
        )


def _part(ends: Guarded, data: Guarded, row: int) -> NDArray[np.uint8]:
    begin, end = ends.part(row, row + 2).tolist()
    return data.part(begin, end)
