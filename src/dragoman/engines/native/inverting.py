"""A field of a segment, as it is written: its arrays grow on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dragoman.engines.native.dictionary_writing import DictionaryWriter
from dragoman.engines.native.postings import Encoded, Postings, encode_lists, encode_postings
from dragoman.spool import Spool
from dragoman.vectors import spread

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from dragoman.arrays import Part

    Numbers = NDArray[np.int64]

_LONGEST = 255  # bytes of a record that is kept among the others

_STREAMS = {
    "heads": "|u1", "table": "|u1", "suffixes": "|u1", "records": "|u1", "long_terms": "<u4",
    "long_ends": "<u8", "long_position_ends": "<u8", "long": "|u1", "long_positions": "|u1",
}  # fmt: skip


class FieldWriter:
    """Takes the terms of a field in order, in stretches, with their postings."""

    def __init__(self, folder: Path) -> None:
        """Keep what does not fit into memory in a folder."""
        self._spools = {name: Spool(folder) for name in _STREAMS}
        self._dictionary = DictionaryWriter()
        self.count = 0
        for name in ("long_ends", "long_position_ends"):
            self._spools[name].add(np.zeros(1, "<u8"))

    def add(self, terms: list[bytes], postings: Postings) -> None:
        """Write terms, all after those that were written before."""
        if not terms:
            return
        encoded = encode_postings(postings)
        is_long = encoded.sizes > _LONGEST
        sizes = np.where(is_long, 0, encoded.sizes)
        numbers = np.arange(self.count, self.count + len(terms))
        self.count += len(terms)
        self._put("records", encoded.data[np.repeat(~is_long, encoded.sizes)])
        if is_long.any():
            self._put("long_terms", numbers[is_long])
            self._add_long(postings, encoded, is_long)
        self._write(self._dictionary.add(terms, sizes.astype(np.uint8)))

    def _add_long(self, postings: Postings, encoded: Encoded, is_long: NDArray[np.bool_]) -> None:
        here = np.repeat(is_long, postings.counts)
        data, sizes = encode_lists(
            Postings(
                postings.counts[is_long],
                postings.documents[here],
                postings.frequencies[here],
                postings.positions[:0],
            )
        )
        upto = np.cumsum(encoded.sizes)[is_long]
        begins = upto - (encoded.sizes - encoded.heads)[is_long]
        self._put_long("long", "long_ends", data, sizes)
        self._put_long(
            "long_positions",
            "long_position_ends",
            encoded.data[spread(begins, upto)],
            upto - begins,
        )

    def _put_long(self, name: str, ends: str, data: NDArray[np.uint8], sizes: Numbers) -> None:
        self._put(ends, self._spools[name].size + np.cumsum(sizes))
        self._put(name, data)

    def _put(self, name: str, array: NDArray[Any]) -> None:
        self._spools[name].add(array.astype(_STREAMS[name]))

    def _write(self, found: dict[str, NDArray[np.uint8]]) -> None:
        for name, array in found.items():
            self._spools[name].add(array)

    def parts(self) -> dict[str, Part]:
        """The arrays, to be written once."""
        self._write(self._dictionary.finish())
        return {name: spool.part(_STREAMS[name]) for name, spool in self._spools.items()}

    def close(self) -> None:
        """Release what was kept on disk."""
        for spool in self._spools.values():
            spool.close()
