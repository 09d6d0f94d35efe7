"""The writing of a dictionary: see `dragoman.engines.native.dictionary`."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from dragoman.engines.native.dictionary import (
    BLOCK,
    ESCAPE,
    HEAD,
    LENGTHS,
    PRINTS,
    RECORDS,
    SHARED,
    SIZES,
    SUFFIXES,
    WIDTH,
)
from dragoman.vectors import spread

if TYPE_CHECKING:
    from numpy.typing import NDArray


class DictionaryWriter:
    """Takes sorted terms in stretches and gives the bytes of each array, block by block."""

    def __init__(self) -> None:
        self._terms: list[bytes] = []
        self._sizes: list[NDArray[np.uint8]] = []
        self._suffixes_at = self._records_at = 0

    def add(self, terms: list[bytes], sizes: NDArray[np.uint8]) -> dict[str, NDArray[np.uint8]]:
        """The bytes of the blocks that are full now; what is left begins the next one.

        `sizes` says how many bytes each term's record takes.
        """
        self._terms += terms
        self._sizes.append(sizes)
        return self._take(len(self._terms) // BLOCK * BLOCK)

    def finish(self) -> dict[str, NDArray[np.uint8]]:
        """The bytes of the last block, filled up."""
        return self._take(len(self._terms))

    def _take(self, count: int) -> dict[str, NDArray[np.uint8]]:
        terms, self._terms = self._terms[:count], self._terms[count:]
        sizes = np.concatenate([np.zeros(0, np.uint8), *self._sizes])
        self._sizes = [sizes[count:]]
        if not terms:
            return {}
        beginnings = np.array(terms, f"S{HEAD}")
        lengths = np.fromiter(map(len, terms), np.int64, count)
        shared = _shared(beginnings, lengths)
        lengths = lengths - shared
        suffixes, stored = _suffixes(terms, shared, lengths)
        table = np.zeros((-(-count // BLOCK), WIDTH), np.uint8)
        prints = np.fromiter(map(crc32, terms), np.uint32, count) & 0xFF
        for column, values in (
            (SHARED, shared),
            (LENGTHS, np.minimum(lengths, ESCAPE)),
            (PRINTS, prints),
            (SIZES, sizes[:count]),
        ):
            padded = np.zeros(len(table) * BLOCK, np.uint8)
            padded[:count] = values
            table[:, column] = padded.reshape(-1, BLOCK)
        table[:, SUFFIXES] = _begins(self._suffixes_at, stored)
        table[:, RECORDS] = _begins(self._records_at, sizes[:count].astype(np.int64))
        self._suffixes_at += len(suffixes)
        self._records_at += int(sizes[:count].sum())
        return {
            "heads": np.ascontiguousarray(beginnings[::BLOCK]).view(np.uint8),
            "table": table.ravel(),
            "suffixes": suffixes,
        }


def _begins(at: int, sizes: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Where each block of what follows this place begins, as eight bytes."""
    begins = at + np.cumsum(sizes) - sizes
    return begins[::BLOCK].astype("<u8").view(np.uint8).reshape(-1, 8)


def _shared(beginnings: NDArray[np.bytes_], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many bytes each term shares with the head of its block; at most `HEAD`, a head none."""
    count = len(lengths)
    letters = beginnings.view(np.uint8).reshape(count, HEAD)
    differ = letters != np.repeat(letters[::BLOCK], BLOCK, axis=0)[:count]
    shared = np.where(differ.any(axis=1), differ.argmax(axis=1), HEAD)
    shared = np.minimum(shared, np.minimum(lengths, np.repeat(lengths[::BLOCK], BLOCK)[:count]))
    shared[::BLOCK] = 0
    return shared.astype(np.int64)


def _suffixes(
    terms: list[bytes], shared: NDArray[np.int64], lengths: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """What follows the shared bytes of each term, one after another, and how many bytes each."""
    letters = np.frombuffer(b"".join(terms), np.uint8)
    ends = np.cumsum(shared + lengths)
    is_long = lengths >= ESCAPE
    if not is_long.any():
        return letters[spread(ends - lengths, ends)], lengths
    pieces = [
        (length.to_bytes(4, "little") if length >= ESCAPE else b"") + term[begin:]
        for term, begin, length in zip(terms, shared.tolist(), lengths.tolist(), strict=True)
    ]
    return np.frombuffer(b"".join(pieces), np.uint8), lengths + 4 * is_long
