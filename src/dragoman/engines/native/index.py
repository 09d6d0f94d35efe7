"""An index on disk: its commits and their segments."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from dragoman.arrays import BadArrays, read_arrays
from dragoman.engines.native import contents
from dragoman.engines.native.contents import Contents, Entry
from dragoman.engines.native.segment import Segment
from dragoman.errors import LibraryDamaged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_T = TypeVar("_T")

_TRIES = 10
_OURS = ("MAIN_*", "_MAIN_*")


class Part:
    """A segment of a commit, and which of its documents count."""

    def __init__(self, folder: Path, entry: Entry, held: Segment | None = None) -> None:
        """Map the files.

        Raises `BadArrays` and `OSError`.
        """
        self.entry = entry
        self.segment = held or Segment(folder / entry.file)
        if (self.segment.seal, self.segment.size) != (entry.seal, entry.documents):
            raise BadArrays(f"{self.segment.path}: not the file that was committed")
        self.alive = np.ones(entry.documents, bool)
        if entry.gone:
            gone = read_arrays(folder / entry.gone)
            numbers = gone.guarded("gone").whole()
            if gone.seal != entry.gone_seal or not (numbers < entry.documents).all():
                raise BadArrays(f"{folder / entry.gone}: not the file that was committed")
            self.alive[numbers] = False


class Index:
    """A folder with an index of a schema, whose columns have names."""

    def __init__(self, folder: Path, schema: Mapping[str, str], columns: Sequence[str]) -> None:
        """Open the index, or make an empty one.

        Raises `LibraryDamaged`.
        """
        self.folder = folder
        self._schema = dict(schema)
        self.columns = tuple(columns)
        self._mapped: dict[str, Segment] = {}
        if contents.latest(folder) < 0:
            contents.write(folder, Contents(0, self._schema))
        self.read()

    def read(self) -> Contents:
        """What the last commit holds.

        Raises `LibraryDamaged`.
        """
        return self._retried(lambda: self._checked(contents.read(self.folder)))

    def _checked(self, found: Contents) -> Contents:
        if found.schema != self._schema:
            raise BadArrays(f"{self.folder}: of another version")
        return found

    def open(self) -> tuple[Contents, list[Part]]:
        """What the last commit holds, mapped.

        Raises `LibraryDamaged`.
        """
        return self._retried(self._open)

    def _open(self) -> tuple[Contents, list[Part]]:
        found = self._checked(contents.read(self.folder))
        parts = [Part(self.folder, entry, self._mapped.get(entry.file)) for entry in found.segments]
        self._mapped = {part.entry.file: part.segment for part in parts}
        return found, parts

    @staticmethod
    def _retried(work: Callable[[], _T]) -> _T:
        """Do it again when a writer deletes the files of an older commit meanwhile."""
        for _ in range(_TRIES):
            with contextlib.suppress(FileNotFoundError):
                return work()
            time.sleep(0.05)
        try:
            return work()
        except FileNotFoundError as error:
            raise BadArrays(f"{error.filename} is missing") from error

    def check(self) -> list[str]:
        """What is wrong with the files of the last commit: each is read as a whole."""
        try:
            found = self.read()
        except LibraryDamaged as error:
            return [str(error)]
        wrong = []
        for entry in found.segments:
            try:
                Part(self.folder, entry).segment.verify()
            except (LibraryDamaged, OSError) as error:
                wrong.append(str(error))
        return wrong

    def emptied(self) -> Contents:
        """The last commit as if it held nothing, whatever state the files are in."""
        return Contents(contents.latest(self.folder), self._schema)

    def tidy(self, kept: Contents) -> None:
        """Delete the files of this index that do not belong to a commit."""
        names = {contents.path_of(self.folder, kept.generation).name}
        names |= {name for entry in kept.segments for name in (entry.file, entry.gone)}
        for pattern in _OURS:
            for path in self.folder.glob(pattern):
                if path.name not in names:
                    # Where a reader's map forbids it, the file stays until the next commit.
                    with contextlib.suppress(PermissionError, FileNotFoundError):
                        path.unlink()
