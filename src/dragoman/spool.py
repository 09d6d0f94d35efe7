"""Arrays that grow on disk while they are made, several at a time."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any

import numpy as np

from dragoman.arrays import Part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

_IN_MEMORY = 1 << 22  # bytes of an array that are held before it goes to a file
_PIECE = 1 << 20


class Spool:
    """Bytes that are written once and then read once, on disk where they are many."""

    def __init__(self, folder: Path) -> None:
        self._file = SpooledTemporaryFile(_IN_MEMORY, dir=str(folder))  # noqa: SIM115 - see close
        self.size = 0

    def add(self, array: NDArray[Any]) -> None:
        """Write an array's bytes."""
        if array.nbytes:
            self._file.write(np.ascontiguousarray(array).data)
            self.size += array.nbytes

    def part(self, kind: str, width: int = 0) -> Part:
        """What was written, as an array of some type; of rows so wide, if that is not 0."""
        count = self.size // np.dtype(kind).itemsize
        return Part(kind, (count // width, width) if width else (count,), self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        self._file.seek(0)
        while piece := self._file.read(_PIECE):
            yield piece
        self._file.close()

    def close(self) -> None:
        """Forget what was written."""
        self._file.close()
