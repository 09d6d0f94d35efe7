"""The next commit: records that are added, records that are dropped, segments that are merged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dragoman.arrays import read_arrays, write_arrays
from dragoman.engines.native import contents
from dragoman.engines.native.bulk import Batch
from dragoman.engines.native.contents import Entry
from dragoman.engines.native.index import Part
from dragoman.engines.native.merging import merge
from dragoman.engines.native.segment import Segment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dragoman.engines.native.index import Index

_BUDGET = 640 << 20


class Writer:
    """The next commit of an index, in the making; there may be only one at a time."""

    def __init__(self, index: Index, budget: int = _BUDGET, *, anew: bool = False) -> None:
        """Begin from the last commit, and use about `budget` bytes of memory for records.

        What is written `anew` takes the place of all there is, which is not read.
        Raises `LibraryDamaged`.
        """
        self._index = index
        self._budget = budget
        self._last, self._parts = (index.emptied(), []) if anew else index.open()
        self._generation = self._last.generation + 1
        self._old = len(self._parts)
        self._files = 0
        self._batch = Batch()

    @property
    def names(self) -> Mapping[str, list[str]]:
        """The names of the last commit."""
        return self._last.names

    def add(
        self, fields: Mapping[str, Mapping[str, Sequence[int]]], columns: Mapping[str, int]
    ) -> None:
        """Add a record: field → term → positions, ascending; and a number for each column."""
        self._batch.add(fields, columns)
        if self._batch.weight() > self._budget:
            self.spill()

    def commit(self, names: Mapping[str, list[str]], key: str, dropped: Sequence[int]) -> None:
        """Make what was added count, and what was before no more where it is dropped.

        Of records with the same number in the column `key`, the last one added stays; of those
        of earlier commits none stays whose number is in `dropped`.
        """
        self.spill()
        self._drop(key, dropped)
        self._old = sum(bool(part.alive.any()) for part in self._parts[: self._old])
        self._parts = [part for part in self._parts if part.alive.any()]
        self._merge()
        entries = tuple(self._entry(number, part) for number, part in enumerate(self._parts))
        made = replace(self._last, generation=self._generation, names=names, segments=entries)
        contents.write(self._index.folder, made)
        self._index.tidy(made)

    def cancel(self) -> None:
        """Give up, and delete what was written, unless it counts already."""
        self._index.tidy(self._index.read())

    def spill(self) -> None:
        """Write what was added to disk, where it does not count yet."""
        if self._batch.size:
            path = self._index.folder / self._file()
            self._batch.write(path)
            self._parts.append(self._part(path.name))
            self._batch = Batch()

    def _file(self) -> str:
        self._files += 1
        return f"MAIN_{self._generation}_{self._files}.arrays"

    def _part(self, file: str) -> Part:
        segment = Segment(self._index.folder / file)
        return Part(self._index.folder, Entry(file, segment.size, segment.seal), segment)

    def _drop(self, key: str, dropped: Sequence[int]) -> None:
        gone = np.zeros(0, np.int64)
        for number in reversed(range(len(self._parts))):
            if number == self._old - 1:
                gone = np.union1d(gone, np.array(dropped, np.int64))
            part = self._parts[number]
            keys = part.segment.column(key)
            part.alive &= ~np.isin(keys, gone)
            if number >= self._old:
                values, from_end = np.unique(keys[::-1], return_index=True)
                last = np.zeros(len(keys), bool)
                last[len(keys) - 1 - from_end] = True
                part.alive &= last
                gone = np.union1d(gone, values)

    def _merge(self) -> None:
        """Merge neighbours of like size, so that there are about as many as the logarithm."""
        sizes = [int(part.alive.sum()) for part in self._parts]
        new = range(self._old, len(sizes) - 1)
        # The last of several new ones may be small, and the others alike none the less.
        alike = (here for here in new if sizes[here] < 2 * sum(sizes[here + 1 :]))
        first = next(alike, len(sizes) - 1)
        while first > 0 and sizes[first - 1] < 2 * sum(sizes[first:]):
            first -= 1
        merged = self._parts[first:]
        if len(merged) > 1 or any(2 * part.alive.sum() < len(part.alive) for part in merged):
            file = self._file()
            merge(
                self._index.folder / file,
                [(part.segment, part.alive) for part in merged],
                self._index.columns,
            )
            self._parts[first:] = [self._part(file)]

    def _entry(self, number: int, part: Part) -> Entry:
        deleted = int(len(part.alive) - part.alive.sum())
        if deleted == part.entry.deleted:
            return part.entry
        stem = part.entry.file.removesuffix(".arrays")
        path = self._index.folder / f"{stem}.{self._generation}.gone"
        write_arrays(path, {"gone": np.flatnonzero(~part.alive).astype("<u4")}, {"of": number})
        seal = read_arrays(path).seal
        return replace(part.entry, gone=path.name, gone_seal=seal, deleted=deleted)
