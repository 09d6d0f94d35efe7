"""Records into a segment: terms are told apart many at a time, and sorted once at the end."""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dragoman.engines.native.distinct import Terms
from dragoman.engines.native.postings import Postings
from dragoman.engines.native.segment import SegmentWriter
from dragoman.engines.native.vocabulary import Vocabulary
from dragoman.engines.terms import NUMBER, PackedTerms
from dragoman.vectors import ordered, spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from dragoman.engines.native.inverting import FieldWriter

    Numbers = NDArray[np.int64]

_TERMS_AT_ONCE = 1 << 20
_POSTINGS_AT_ONCE = 1 << 19
_SORTED_AT_ONCE = 1 << 21


class Batch:
    """Records in memory, to become a segment."""

    def __init__(self) -> None:
        self._fields: dict[str, _Gathered] = {}
        self._columns: dict[str, list[int]] = defaultdict(list)
        self.size = 0
        """How many records there are."""

    def add(
        self, fields: Mapping[str, Mapping[str, Sequence[int]]], columns: Mapping[str, int]
    ) -> None:
        """Take a record: field → term → positions, ascending; and a number for each column."""
        for name, terms in fields.items():
            if terms:
                if name not in self._fields:
                    self._fields[name] = _Gathered()
                self._fields[name].add(self.size, terms)
        for name, value in columns.items():
            self._columns[name].append(value)
        self.size += 1

    def weight(self) -> int:
        """About how many bytes the records take, while they are gathered and when sorted."""
        return sum(field.weight() for field in self._fields.values())

    def write(self, path: Path) -> None:
        """Write the segment."""
        writer = SegmentWriter(path)
        try:
            for name, field in sorted(self._fields.items()):
                field.write(writer.field(name))
            columns = {name: np.array(each, np.int64) for name, each in self._columns.items()}
            writer.finish(columns, self.size)
        finally:
            writer.close()


class _Gathered:
    """One field of the records of a batch."""

    def __init__(self) -> None:
        self._texts: list[bytes] = []  # the terms of the last documents
        self._frequencies = array(NUMBER)
        self._positions = array(NUMBER)
        self._documents = array(NUMBER)
        self._counts = array(NUMBER)
        self._waiting = 0  # how many terms those documents have
        self._blocks: list[_Block] = []
        self._size = 0  # bytes of the blocks
        self._vocabulary = Vocabulary()

    def add(self, document: int, terms: Mapping[str, Sequence[int]]) -> None:
        packed = terms if isinstance(terms, PackedTerms) else PackedTerms.of(terms)
        count = len(packed)
        self._texts.append(packed.text)
        self._waiting += count
        self._frequencies.frombytes(packed.frequencies)
        self._positions.frombytes(packed.positions)
        self._documents.append(document)
        self._counts.append(count)
        if self._waiting >= _TERMS_AT_ONCE:
            self._close()

    def _close(self) -> None:
        """Make a block of the last documents."""
        if not self._texts:
            return
        terms = self._vocabulary.add(Terms.joined(self._texts))
        columns = (self._frequencies, self._positions, self._documents, self._counts)
        block = _Block(terms, *(_narrow(np.array(column, np.uint32)) for column in columns))
        self._blocks.append(block)
        self._size += block.size()
        self._texts, self._waiting = [], 0
        for column in columns:
            del column[:]

    def weight(self) -> int:
        waiting = 48 * self._waiting + 4 * len(self._positions)
        return waiting + self._size + self._vocabulary.weight

    def write(self, writer: FieldWriter) -> None:
        """Write terms and postings in order, a stretch at a time."""
        self._close()
        spelled, numbers = self._vocabulary.ordered()
        counts = np.zeros(len(spelled), np.int64)
        for block, ranks in zip(self._blocks, numbers, strict=True):
            block.terms = ranks[block.terms]
            counts += np.bincount(block.terms, minlength=len(spelled))
        parts = list(_cut(counts, _SORTED_AT_ONCE))
        part_of = np.repeat(np.arange(len(parts), dtype=np.uint16), list(map(len, parts)))
        self._blocks.reverse()
        blocks = [self._blocks.pop().parted(part_of, len(parts)) for _ in numbers]
        for number, part in enumerate(parts):
            terms, *columns = (
                np.concatenate(column)
                for column in zip(*(block.part(number) for block in blocks), strict=True)
            )
            order = ordered(terms - np.uint32(part.start))
            _write(writer, part, spelled, counts, order, *columns)


def _write(  # noqa: PLR0913, PLR0917 - columns of one table
    writer: FieldWriter,
    part: range,
    spelled: Sequence[bytes],
    counts: Numbers,
    order: Numbers,
    documents: Numbers,
    frequencies: Numbers,
    positions: Numbers,
) -> None:
    """Write the terms of a part, whose postings come in this order."""
    position_ends = np.cumsum(frequencies, dtype=np.int64)
    done = 0
    for stretch in _cut(counts[part.start : part.stop], _POSTINGS_AT_ONCE):
        begin, end = part.start + stretch.start, part.start + stretch.stop
        here = order[done : done + int(counts[begin:end].sum())]
        done += len(here)
        often, ends = frequencies[here].astype(np.int64), position_ends[here]
        writer.add(
            list(spelled[begin:end]),
            Postings(
                counts[begin:end],
                documents[here].astype(np.int64),
                often,
                positions[spread(ends - often, ends)].astype(np.int64),
            ),
        )


@dataclass(slots=True)
class _Block:
    """Some documents that follow each other."""

    terms: NDArray[np.uint32]
    frequencies: NDArray[Any]
    positions: NDArray[Any]
    documents: NDArray[Any]
    counts: NDArray[Any]
    """By document, how many terms it has."""

    def size(self) -> int:
        """How many bytes it takes, with what a parted one has more."""
        return sum(
            each.nbytes
            for each in (self.terms, self.frequencies, self.positions, self.documents, self.counts)
        ) + 2 * len(self.terms)

    def parted(self, part_of: NDArray[np.uint16], count: int) -> _Parted:
        """The same with its postings in the order of the parts, so many, that terms are of."""
        parts = part_of[self.terms]
        order = np.argsort(parts, kind="stable")
        ends = np.cumsum(self.frequencies, dtype=np.int64)[order]
        frequencies = self.frequencies[order]
        numbers = np.repeat(np.arange(len(self.documents), dtype=np.uint32), self.counts)
        postings = np.append(0, np.cumsum(np.bincount(parts, minlength=count)))
        position_cuts = np.append(0, np.cumsum(frequencies, dtype=np.int64))[postings]
        return _Parted(
            self.terms[order],
            _narrow(numbers[order]),
            self.documents,
            frequencies,
            self.positions[spread(ends - frequencies, ends)],
            postings,
            position_cuts,
        )


class _Parted(NamedTuple):
    """A block whose postings are in the order of their parts."""

    terms: NDArray[np.uint32]
    numbers: NDArray[Any]
    """The document of each posting, among those of the block."""
    documents: NDArray[Any]
    frequencies: NDArray[Any]
    positions: NDArray[Any]
    postings: Numbers
    """Where the postings of each part begin; and the end."""
    position_cuts: Numbers

    def part(self, number: int) -> tuple[NDArray[Any], ...]:
        """Terms, documents, frequencies and positions of a part."""
        here = slice(*self.postings[number : number + 2])
        places = slice(*self.position_cuts[number : number + 2])
        documents = self.documents[self.numbers[here]]
        return self.terms[here], documents, self.frequencies[here], self.positions[places]


def _narrow(numbers: NDArray[np.uint32]) -> NDArray[Any]:
    """The same in the smallest type that holds them."""
    return numbers.astype(np.min_scalar_type(int(numbers.max(initial=0))))


def _cut(counts: Numbers, most: int) -> Iterator[range]:
    """Stretches of terms with so many postings at most, or of one term."""
    ends = np.cumsum(counts)
    begin = done = 0
    while begin < len(counts):
        end = max(int(np.searchsorted(ends, done + most, side="right")), begin + 1)
        yield range(begin, end)
        begin, done = end, int(ends[end - 1])
