"""Records into a segment: terms are told apart many at a time, and sorted once at the end."""

from __future__ import annotations

from array import array
from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from dragoman.arrays import spread
from dragoman.engines.native.distinct import NUL, Terms, distinct, ordered, ranked
from dragoman.engines.native.postings import Postings
from dragoman.engines.native.segment import SegmentWriter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from dragoman.engines.native.inverting import FieldWriter

    Numbers = NDArray[np.int64]

_TERM_BYTES = 80  # of a term beside its letters, when all are sorted
_TERMS_AT_ONCE = 1 << 20
_POSTINGS_AT_ONCE = 1 << 19


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
        self._waiting = 0  # how many those are
        self._distinct: list[Terms] = []
        self._terms: list[NDArray[np.uint32]] = []  # by posting, among the distinct ones
        self._known = self._letters = self._postings = 0
        self._frequencies = array("I")
        self._positions = array("I")
        self._documents = array("I")
        self._counts = array("I")

    def add(self, document: int, terms: Mapping[str, Sequence[int]]) -> None:
        text = "\0".join(terms).encode()
        if text.count(NUL) != len(terms) - 1:
            raise ValueError("a term has a NUL character")
        self._texts.append(text)
        self._waiting += len(terms)
        self._postings += len(terms)
        self._frequencies.extend(map(len, terms.values()))
        self._positions.extend(chain.from_iterable(terms.values()))
        self._documents.append(document)
        self._counts.append(len(terms))
        if self._waiting >= _TERMS_AT_ONCE:
            self._number()

    def _number(self) -> None:
        """Put the terms of the last documents among the distinct ones."""
        if not self._texts:
            return
        terms = Terms.joined(self._texts)
        owners, which = distinct(terms)
        self._distinct.append(terms.take(which))
        self._terms.append((owners + self._known).astype(np.uint32))
        self._known += len(which)
        self._letters += len(self._distinct[-1].letters)
        self._texts, self._waiting = [], 0

    def weight(self) -> int:
        # What is sorted at the end comes to about two numbers of 64 bits a posting.
        waiting = 40 * self._waiting
        terms = _TERM_BYTES * self._known + 3 * self._letters
        return waiting + terms + 32 * self._postings + 12 * len(self._positions)

    def _vocabulary(self) -> tuple[list[bytes], NDArray[np.uint32]]:
        """The terms in order, and by posting the number of its term."""
        self._number()
        held = _joined(self._distinct)
        self._distinct = []
        spelled, ranks = ranked(held)
        terms, self._terms = [ranks[each] for each in self._terms], []
        return spelled, np.concatenate(terms)

    def write(self, writer: FieldWriter) -> None:
        """Write terms and postings in order, a stretch at a time."""
        spelled, terms = self._vocabulary()
        frequencies = np.frombuffer(self._frequencies, np.uint32).astype(np.int64)
        positions = np.frombuffer(self._positions, np.uint32)
        documents = np.repeat(
            np.frombuffer(self._documents, np.uint32), np.frombuffer(self._counts, np.uint32)
        )
        counts = np.bincount(terms, minlength=len(spelled))
        postings = ordered(terms)
        position_ends = np.cumsum(frequencies)
        ends = np.cumsum(counts)
        begin = done = 0
        while begin < len(spelled):
            end = int(np.searchsorted(ends, done + _POSTINGS_AT_ONCE, side="right"))
            end = max(end, begin + 1)
            here = postings[done : ends[end - 1]]
            often = frequencies[here]
            places = spread(position_ends[here] - often, position_ends[here])
            writer.add(
                spelled[begin:end],
                Postings(
                    counts[begin:end],
                    documents[here].astype(np.int64),
                    often,
                    positions[places].astype(np.int64),
                ),
            )
            begin, done = end, int(ends[end - 1])


def _joined(parts: Sequence[Terms]) -> Terms:
    """All terms, one after another."""
    ends = np.cumsum([len(part.letters) for part in parts])
    starts = [0, *ends[:-1].tolist()]
    begins = [part.begins + start for part, start in zip(parts, starts, strict=True)]
    letters = np.concatenate([part.letters for part in parts])
    return Terms(letters, np.concatenate(begins), np.concatenate([part.sizes for part in parts]))
