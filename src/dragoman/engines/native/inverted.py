"""A field of a segment: its terms and their postings.

The records of rare terms follow each other, so that many are read at once; the few that take
more than a byte can say are kept apart, their positions from the rest, so that an article list
of a frequent term is read without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dragoman.arrays import BadArrays, spread
from dragoman.engines.native.dictionary import BLOCK, Dictionary
from dragoman.engines.native.postings import (
    Postings,
    decode_list,
    decode_lists,
    decode_one,
    decode_postings,
)
from dragoman.engines.native.varints import decode, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from dragoman.arrays import Arrays, Guarded

    Numbers = NDArray[np.int64]

_FEW = 12  # short records that are faster read one by one than as arrays
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

    def read(self, numbers: Numbers, *, positions: bool = False) -> Postings:
        """The postings of the terms with these numbers, in their order, one after another.

        Without `positions` those are left out. Raises `BadArrays`.
        """
        if not len(numbers):
            return Postings(_NONE, _NONE, _NONE, _NONE)
        if len(numbers) <= _FEW:
            each = [self._one(number, positions=positions) for number in numbers.tolist()]
            return each[0] if len(each) == 1 else _joined(each)
        return self._many(numbers, positions=positions)

    def _one(self, number: int, *, positions: bool) -> Postings:
        record = self._record(number)
        if record is None:
            return self._long_one(self._row(number), positions=positions)
        documents, frequencies, places = decode_one(record)
        return Postings(
            np.array([len(documents)]),
            self._within(np.array(documents, np.int64)),
            np.array(frequencies, np.int64),
            np.array(places, np.int64) if positions else _NONE,
        )

    def _many(self, numbers: Numbers, *, positions: bool) -> Postings:
        """As `read` does it where arrays are faster."""
        begins, sizes = self.dictionary.records_of(numbers)
        short, long = np.flatnonzero(sizes), np.flatnonzero(sizes == 0)
        parts: list[Postings] = []
        owners: list[int] = short.tolist()
        if owners:
            begins, sizes = begins[short], sizes[short]
            found = decode_postings(self._records.take(spread(begins, begins + sizes)), sizes)
            self._within(found.documents)
            parts.append(found if positions else found._replace(positions=_NONE))
        if len(long) > _FEW and not positions:
            owners += long.tolist()
            parts.append(self._long_lists(numbers[long]))
            long = long[:0]
        for owner in long.tolist():
            owners.append(owner)
            parts.append(self._long_one(self._row(int(numbers[owner])), positions=positions))
        found = _joined(parts)
        return found if len(parts) == 1 else _arranged(found, np.array(owners))

    def positions(self, number: int) -> tuple[Numbers, Numbers]:
        """Document and position of each occurrence of a term, in order.

        Raises `BadArrays`.
        """
        found = self._one(number, positions=True)
        return np.repeat(found.documents, found.frequencies), found.positions

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

    def _record(self, number: int) -> bytes | None:
        """The record of a term; None of one that is kept apart."""
        at, size = self.dictionary.record(number)
        return self._records.bytes(at, at + size) if size else None

    def _row(self, number: int) -> int:
        # Of the array's own type: for any other one it would be copied as a whole.
        return int(np.searchsorted(self._long_terms.whole(), np.uint32(number)))

    def _long_lists(self, numbers: Numbers) -> Postings:
        """What the lists of terms say that are kept apart, without positions."""
        rows = np.searchsorted(self._long_terms.whole(), numbers.astype(np.uint32))
        begins, ends = (self._long_ends.take(rows + each).astype(np.int64) for each in (0, 1))
        if (begins > ends).any():
            raise BadArrays("damaged (a list ends before it begins)")
        found = decode_lists(self._long.take(spread(begins, ends)), ends - begins)
        self._within(found.documents)
        return found

    def _long_one(self, row: int, *, positions: bool) -> Postings:
        documents, frequencies = decode_list(_part(self._long_ends, self._long, row))
        counts = np.array([len(documents)])
        self._within(documents)
        if not positions:
            return Postings(counts, documents, frequencies, _NONE)
        steps, _ = decode(_part(self._long_position_ends, self._long_positions, row))
        if not frequencies.all() or frequencies.sum() != len(steps):
            raise BadArrays("damaged (a list has another number of positions)")
        return Postings(counts, documents, frequencies, running(steps, frequencies))

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
    return Postings(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _arranged(given: Postings, owners: Numbers) -> Postings:
    """The same with the terms in the order of these numbers."""
    order = np.argsort(np.repeat(owners, given.counts), kind="stable")
    positions = given.positions
    if len(positions):
        ends = np.cumsum(given.frequencies)[order]
        positions = positions[spread(ends - given.frequencies[order], ends)]
    return Postings(
        given.counts[np.argsort(owners)],
        given.documents[order],
        given.frequencies[order],
        positions,
    )


def _part(ends: Guarded, data: Guarded, row: int) -> NDArray[np.uint8]:
    begin, end = ends.part(row, row + 2).tolist()
    return data.part(begin, end)
