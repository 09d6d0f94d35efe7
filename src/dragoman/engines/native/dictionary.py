"""The sorted terms of a field, sixteen to a block.

The first term of a block is its *head*; of each term are kept how many bytes it shares with the
head, how many follow, those bytes, and one byte of a checksum, its *print*. So a term is read
in two slices, and many are looked up at once: a binary search of the beginnings of the heads
gives each one's block, its print the few terms of the block that may be it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from dragoman.arrays import BadArrays
from dragoman.engines.native.distinct import NUL
from dragoman.vectors import spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from dragoman.arrays import Arrays

BLOCK = 16
HEAD = 24  # bytes of a head that are searched; terms alike in all of them are told apart slowly
ESCAPE = 255  # a suffix at least this long has its length in four bytes before it
# A row for each block: four columns of a byte for each term, then where its suffixes and its
# records begin.
SHARED, LENGTHS, PRINTS, SIZES = (slice(BLOCK * row, BLOCK * (row + 1)) for row in range(4))
SUFFIXES, RECORDS = slice(4 * BLOCK, 4 * BLOCK + 8), slice(4 * BLOCK + 8, 4 * BLOCK + 16)
WIDTH = 4 * BLOCK + 16
_FEW = 32  # terms that are looked up faster one by one than as arrays
_MANY = 512  # terms that are spelled faster as arrays than one by one
_MOST_AT_ONCE = 1 << 14


class Dictionary:
    """The terms, as they are mapped, and where their records are."""

    def __init__(self, held: Arrays, name: str, count: int) -> None:
        """Find the arrays of a field.

        Raises `BadArrays`.
        """
        blocks = -(-count // BLOCK)
        self._count = count
        self._heads = held.guarded(f"{name}.heads")
        self._table = held.guarded(f"{name}.table", WIDTH)
        self._suffixes = held.guarded(f"{name}.suffixes")
        if len(self._heads) != HEAD * blocks or len(self._table) != blocks:
            raise BadArrays(f"damaged (the dictionary of {name})")

    def __len__(self) -> int:
        return self._count

    def _row(self, block: int) -> bytes:
        return self._table.bytes(block, block + 1)

    def record(self, number: int) -> tuple[int, int]:
        """Where the record of a term begins, and how many bytes it takes."""
        block, column = divmod(number, BLOCK)
        row = self._row(block)
        sizes = row[SIZES]
        return int.from_bytes(row[RECORDS], "little") + sum(sizes[:column]), sizes[column]

    def records_of(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the records of terms begin, and how many bytes they take."""
        blocks, columns = np.divmod(numbers, BLOCK)
        rows = self._table.take(blocks)
        sizes = rows[:, SIZES].astype(np.int64)
        at = np.arange(len(numbers))
        begins = _places(rows, RECORDS)
        begins += np.cumsum(sizes, axis=1)[at, columns] - sizes[at, columns]
        return begins, sizes[at, columns]

    def records(self, begin: int, end: int) -> NDArray[np.int64]:
        """How many bytes the records of the terms from one to before another take."""
        found = self._table.part(begin // BLOCK, -(-end // BLOCK))[:, SIZES].ravel()
        return found[begin % BLOCK :][: end - begin].astype(np.int64)

    def record_begins(self) -> NDArray[np.int64]:
        """Where the records of each block begin."""
        return _places(self._table.whole(), RECORDS)

    def term(self, number: int) -> bytes:
        """The term with this number."""
        block, column = divmod(number, BLOCK)
        return self._term(self._row(block), column)

    def text(self, number: int) -> str:
        """The same as text.

        Raises `BadArrays` where it is none.
        """
        return decoded(self.term(number))

    def starting(self, prefix: str) -> Iterator[str]:
        """The terms that start with this, in order.

        Raises `BadArrays` where one is no text.
        """
        start = prefix.encode()
        for term in self.onward(self.first(start)):
            if not term.startswith(start):
                return
            yield decoded(term)

    def onward(self, number: int) -> Iterator[bytes]:
        """The terms from this number on, more and more of them at a time."""
        count = BLOCK
        while number < self._count:
            end = min(number + count, self._count)
            yield from self.terms(number, end)
            number, count = end, min(2 * count, _MOST_AT_ONCE)

    def _term(self, row: bytes, column: int) -> bytes:
        lengths = row[BLOCK : BLOCK + column + 1]
        at = int.from_bytes(row[SUFFIXES], "little")
        if ESCAPE in lengths:
            *_, term = self._spelled(row, column + 1)
            return term
        suffixes = self._suffixes.bytes(at, at + sum(lengths))
        if not column:
            return suffixes
        return suffixes[: row[column]] + suffixes[len(suffixes) - lengths[column] :]

    def _spelled(self, row: bytes, count: int) -> Iterator[bytes]:
        """The first terms of a block."""
        at = int.from_bytes(row[SUFFIXES], "little")
        head = b""
        for column in range(count):
            length = row[BLOCK + column]
            if length == ESCAPE:
                length = int.from_bytes(self._suffixes.bytes(at, at + 4), "little")
                at += 4
            term = head[: row[column]] + self._suffixes.bytes(at, at + length)
            at += length
            head = term if column == 0 else head
            yield term

    def terms(self, begin: int, end: int) -> list[bytes]:
        """The terms with the numbers from one to before another."""
        if end - begin > _MANY:
            return self.joined(begin, end).split(NUL)
        found: list[bytes] = []
        for block in range(begin // BLOCK, -(-end // BLOCK)):
            count = min(BLOCK, self._count - block * BLOCK)
            found += self._spelled(self._row(block), count)
        skipped = begin % BLOCK
        return found[skipped : skipped + end - begin]

    def joined(self, begin: int, end: int) -> bytes:
        """The same with a NUL between any two.

        Raises `BadArrays` where there is one in a term.
        """
        found = self._joined(begin, end)
        if end > begin and found.count(NUL) != end - begin - 1:
            raise BadArrays("damaged (a term with a NUL)")
        return found

    def _joined(self, begin: int, end: int) -> bytes:
        if end - begin <= _MANY:
            return NUL.join(self.terms(begin, end))
        first, last = begin // BLOCK, -(-end // BLOCK)
        rows = self._table.part(first, last)
        is_long = _has_long(rows)
        if is_long.any():
            apart = first + np.flatnonzero(is_long)
            cuts = np.unique(np.append(BLOCK * np.append(apart, apart + 1), (begin, end)))
            cuts = cuts[(cuts >= begin) & (cuts <= end)]
            return NUL.join(self._bounded(pairwise(cuts.tolist())))
        begins, ends = (each[begin % BLOCK :][: end - begin] for each in _pieces(rows))
        low = int(begins[:, 0].min())
        letters = np.append(self._suffixes.part(low, int(ends.max())), np.uint8(0))
        # After the pieces of each term a NUL.
        nuls = np.full((len(begins), 1), len(letters) - 1)
        begins, ends = np.hstack([begins - low, nuls]), np.hstack([ends - low, nuls + 1])
        return letters[spread(begins.ravel(), ends.ravel())[:-1]].tobytes()

    def blocks(self, numbers: NDArray[np.int64]) -> bytes:
        """The terms of some blocks, in any order, each with a NUL after it.

        Raises `BadArrays`.
        """
        rows = self._table.take(numbers)
        is_long = _has_long(rows)
        apart = BLOCK * numbers[is_long]
        ends = np.minimum(apart + BLOCK, self._count)
        long = self._bounded(zip(apart.tolist(), ends.tolist(), strict=True))
        begins, ends = _pieces(rows[~is_long])
        there = (BLOCK * numbers[~is_long, None] + np.arange(BLOCK)).ravel() < self._count
        begins, ends = begins[there], ends[there]
        letters = self._suffixes.take(spread(begins.ravel(), ends.ravel()))
        sizes = (ends - begins).sum(axis=1)
        joined = np.zeros(len(letters) + len(sizes), np.uint8)
        joined[np.arange(len(letters)) + np.repeat(np.arange(len(sizes)), sizes)] = letters
        return b"".join([joined.tobytes(), *(each + NUL for each in long)])

    def _bounded(self, stretches: Iterable[tuple[int, int]]) -> Iterator[bytes]:
        """Each stretch, joined; all together are no longer than the letters there are can make."""
        room = (BLOCK + 1) * len(self._suffixes)
        for begin, end in stretches:
            joined = self._joined(begin, end)
            room -= len(joined) - (end - begin)
            if room < 0:
                raise BadArrays("damaged (terms that overlap)")
            yield joined

    def find(self, terms: Sequence[bytes]) -> list[int]:
        """The number of each term, or -1."""
        if not self._count or not terms:
            return [-1] * len(terms)
        if len(terms) > _FEW:
            return self._find_many(terms)
        return [
            self._in_block(block, term) if block >= 0 else -1
            for block, term in zip(self._blocks(terms), terms, strict=True)
        ]

    def _find_many(self, terms: Sequence[bytes]) -> list[int]:
        """As `find` does it where arrays are faster."""
        blocks = np.array(self._blocks(terms))
        prints = np.fromiter((crc32(term) & 0xFF for term in terms), np.uint8, len(terms))
        asked = np.flatnonzero(blocks >= 0)
        rows = self._table.take(blocks[asked])
        which, columns = np.nonzero(rows[:, PRINTS] == prints[asked, None])
        asked = asked[which]
        numbers = blocks[asked] * BLOCK + columns
        there = numbers < self._count
        found = np.full(len(terms), -1)
        asked, numbers = asked[there], numbers[there]
        right = self._are(numbers, rows[which[there]], [terms[place] for place in asked.tolist()])
        found[asked[right]] = numbers[right]
        listed: list[int] = found.tolist()
        return listed

    def _are(
        self, numbers: NDArray[np.int64], rows: NDArray[np.uint8], terms: Sequence[bytes]
    ) -> NDArray[np.bool_]:
        """Whether the terms with these numbers, in blocks with these rows, are those."""
        columns = numbers % BLOCK
        sizes, shared = (rows[:, each].astype(np.int64) for each in (LENGTHS, SHARED))
        at = np.arange(len(numbers))
        heads = _places(rows, SUFFIXES)
        begins = heads + np.cumsum(sizes, axis=1)[at, columns] - sizes[at, columns]
        sizes, shared, longest = sizes[at, columns], shared[at, columns], sizes.max(axis=1)
        lengths = np.fromiter(map(len, terms), np.int64, len(terms))
        right: NDArray[np.bool_] = (longest < ESCAPE) & (shared + sizes == lengths) & (lengths > 0)
        pieces = np.stack([heads, begins], axis=-1)[right]
        ends = pieces + np.stack([shared, sizes], axis=-1)[right]
        letters = self._suffixes.take(spread(pieces.ravel(), ends.ravel()))
        wanted = b"".join(term for term, same in zip(terms, right.tolist(), strict=True) if same)
        if len(wanted):
            differ = letters != np.frombuffer(wanted, np.uint8)
            upto = np.cumsum(lengths[right])
            right[right] = ~np.logical_or.reduceat(differ, upto - lengths[right])
        for place in np.flatnonzero((longest == ESCAPE) | (lengths == 0)).tolist():
            right[place] = self.term(int(numbers[place])) == terms[place]
        return right

    def _in_block(self, block: int, term: bytes) -> int:
        row = self._row(block)
        prints, wanted = row[PRINTS], crc32(term) & 0xFF
        column = prints.find(wanted)
        while column >= 0:
            number = block * BLOCK + column
            if number < self._count and self._term(row, column) == term:
                return number
            column = prints.find(wanted, column + 1)
        return -1

    def first(self, term: bytes) -> int:
        """The number of the first term that is not before this one."""
        if not self._count:
            return 0
        block = max(self._blocks([term])[0], 0)
        numbers = range(block * BLOCK, min((block + 1) * BLOCK, self._count))
        return numbers.start + bisect_left(numbers, term, key=self.term)

    def _blocks(self, terms: Sequence[bytes]) -> list[int]:
        """The last block whose head is not after a term; -1 before the first."""
        cut = np.array(terms, f"S{HEAD}")
        places = np.searchsorted(self._beginnings, cut, side="right") - 1
        # Where the beginnings are alike, only whole heads tell.
        alike = (places >= 0) & (self._beginnings.take(places, mode="clip") == cut)
        found: list[int] = places.tolist()
        for place in np.flatnonzero(alike).tolist():
            low = int(np.searchsorted(self._beginnings, cut[place]))
            same = range(low, found[place] + 1)
            upto = bisect_right(same, terms[place], key=lambda block: self.term(block * BLOCK))
            found[place] = low - 1 + upto
        return found

    def heads(self) -> NDArray[np.uint8]:
        """The first bytes of each block's head (rows), which ends before a NUL if it is shorter."""
        return self._heads.whole().reshape(-1, HEAD)

    @cached_property
    def _beginnings(self) -> NDArray[np.bytes_]:
        return self._heads.whole().view(f"S{HEAD}")


def _has_long(rows: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether blocks have a term whose suffix is too long to be read with others."""
    found: NDArray[np.bool_] = (rows[:, LENGTHS] == ESCAPE).any(axis=1)
    return found


def _pieces(rows: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the pieces of each term begin and end: what it shares with the head, and its own."""
    sizes, shared = (rows[:, each].astype(np.int64) for each in (LENGTHS, SHARED))
    starts = np.repeat(_places(rows, SUFFIXES)[:, None], BLOCK, axis=1)
    begins = np.stack([starts, starts + np.cumsum(sizes, axis=1) - sizes], axis=-1)
    lengths = np.stack([np.minimum(shared, sizes[:, :1]), sizes], axis=-1)
    return begins.reshape(-1, 2), (begins + lengths).reshape(-1, 2)


def _places(rows: NDArray[np.uint8], columns: slice) -> NDArray[np.int64]:
    """What the columns say that hold where something begins."""
    return np.ascontiguousarray(rows[:, columns]).view("<u8").ravel().astype(np.int64)


def decoded(letters: bytes) -> str:
    """A term, or several, as text.

    Raises `BadArrays` where it is none.
    """
    try:
        return letters.decode()
    except UnicodeDecodeError as error:
        raise BadArrays(f"damaged (a term that is no text: {error})") from error
