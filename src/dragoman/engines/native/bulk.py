"""Records into a segment: terms are numbered as they come, and sorted once at the end."""

from __future__ import annotations

from array import array
from collections import defaultdict
from itertools import chain, count
from typing import TYPE_CHECKING

import numpy as np

from dragoman.arrays import spread
from dragoman.engines.native.postings import Postings
from dragoman.engines.native.segment import SegmentWriter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from dragoman.engines.native.inverting import FieldWriter

    Numbers = NDArray[np.int64]

_TERM_BYTES = 160  # of a term's string, its number and their place in a dictionary
_BEGINNING = 32  # bytes of a term that are sorted as an array
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
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._terms = array("I")
        self._frequencies = array("I")
        self._positions = array("I")
        self._documents = array("I")
        self._counts = array("I")

    def add(self, document: int, terms: Mapping[str, Sequence[int]]) -> None:
        self._terms.extend(map(self._numbers.__getitem__, terms))
        self._frequencies.extend(map(len, terms.values()))
        self._positions.extend(chain.from_iterable(terms.values()))
        self._documents.append(document)
        self._counts.append(len(terms))

    def weight(self) -> int:
        # What is sorted at the end comes to about two numbers of 64 bits a posting.
        return _TERM_BYTES * len(self._numbers) + 24 * len(self._terms) + 12 * len(self._positions)

    def write(self, writer: FieldWriter) -> None:
        """Write terms and postings in order, a stretch at a time."""
        spelled, order = _sorted([term.encode() for term in self._numbers])
        ranks = np.empty(len(order), np.uint32)
        ranks[order] = np.arange(len(order))
        terms = ranks[np.frombuffer(self._terms, np.uint32)]
        frequencies = np.frombuffer(self._frequencies, np.uint32).astype(np.int64)
        positions = np.frombuffer(self._positions, np.uint32)
        documents = np.repeat(
            np.frombuffer(self._documents, np.uint32), np.frombuffer(self._counts, np.uint32)
        )
        counts = np.bincount(terms, minlength=len(order))
        postings = np.argsort(terms, kind="stable")
        position_ends = np.cumsum(frequencies)
        ends = np.cumsum(counts)
        begin = done = 0
        while begin < len(order):
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


def _sorted(terms: list[bytes]) -> tuple[list[bytes], Numbers]:
    """The terms in order, and where each of these was before."""
    beginnings = np.array(terms, f"S{_BEGINNING}")
    order = np.argsort(beginnings, kind="stable")
    spelled: list[bytes] = np.array([*terms, b""], object)[order].tolist()
    beginnings = beginnings[order]
    alike = np.flatnonzero(np.append(beginnings[1:] == beginnings[:-1], False))
    for first in alike[np.diff(alike, prepend=-2) > 1].tolist():
        last = first + 1
        while last < len(terms) and beginnings[last] == beginnings[first]:
            last += 1
        here = sorted(range(first, last), key=spelled.__getitem__)
        order[first:last] = order[here]
        spelled[first:last] = [spelled[number] for number in here]
    return spelled, order
