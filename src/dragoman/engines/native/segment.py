"""A segment: the fields and columns of some records, in one file of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dragoman.arrays import BadArrays, Part, read_arrays, write_parts
from dragoman.engines.native.contents import FORMAT
from dragoman.engines.native.inverted import Field
from dragoman.engines.native.inverting import FieldWriter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

_COLUMN = "column."


class Segment:
    """A file, mapped."""

    def __init__(self, path: Path) -> None:
        """Map a file.

        Raises `BadArrays` and `OSError`.
        """
        self.path = path
        self._held = read_arrays(path)
        facts = self._held.facts
        self.seal = self._held.seal
        """A checksum of the whole file."""
        fields = facts.get("fields")
        self.size: int = facts.get("documents", -1)
        """How many documents there are, deleted ones too."""
        if facts.get("format") != FORMAT:
            raise BadArrays(f"{path}: of another version")
        if not isinstance(fields, dict) or not all(
            isinstance(count, int) and 0 <= count < 1 << 40
            for count in (self.size, *fields.values())
        ):
            raise BadArrays(f"{path}: damaged (its facts)")
        self.fields = {
            str(name): Field(self._held, name, count, self.size) for name, count in fields.items()
        }

    def has_column(self, name: str) -> bool:
        """Whether there is a column of this name."""
        return _COLUMN + name in self._held.arrays

    def column(self, name: str) -> NDArray[np.int64]:
        """A number for each document.

        Raises `BadArrays`.
        """
        found = self._held.guarded(_COLUMN + name).whole()
        if len(found) != self.size:
            raise BadArrays(f"{self.path}: damaged (its column {name})")
        return found.astype(np.int64)

    def verify(self) -> None:
        """Read the whole file, and check that it is what was written.

        Raises `BadArrays`.
        """
        self._held.verify()

    def release(self) -> None:
        """Give back the memory of what was read; it comes from the file again when needed."""
        self._held.release()


class SegmentWriter:
    """Takes fields, each in order, and columns; the file is there when `finish` is done."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fields: dict[str, FieldWriter] = {}

    def field(self, name: str) -> FieldWriter:
        """The writer of a field."""
        if name not in self._fields:
            self._fields[name] = FieldWriter(self._path.parent)
        return self._fields[name]

    def finish(self, columns: Mapping[str, NDArray[np.int64]], documents: int) -> None:
        """Write the file, durably and atomically."""
        parts: dict[str, Part] = {}
        for name, writer in self._fields.items():
            parts.update({f"{name}.{each}": part for each, part in writer.parts().items()})
        for name, column in columns.items():
            narrow = _narrow(column)
            parts[_COLUMN + name] = Part(narrow.dtype.str, narrow.shape, [narrow.tobytes()])
        counts = {name: writer.count for name, writer in self._fields.items()}
        facts: dict[str, Any] = {"format": FORMAT, "documents": documents, "fields": counts}
        write_parts(self._path, parts, facts)
        self.close()

    def close(self) -> None:
        """Give up what is not finished."""
        for writer in self._fields.values():
            writer.close()


def _narrow(column: NDArray[np.int64]) -> NDArray[Any]:
    """The same numbers in the smallest type that holds them."""
    highest = int(column.max(initial=0))
    for kind, limit in (("|u1", 8), ("<u2", 16), ("<u4", 32)):
        if column.min(initial=0) >= 0 and highest < 1 << limit:
            return column.astype(kind)
    return column.astype("<i8")
