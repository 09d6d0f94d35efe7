"""Named arrays in one file that can be mapped into memory, and that runs no code when read.

The file is a preamble (magic, sizes, a checksum), a JSON header (names, types, shapes, offsets
and facts in words), a checksum for each page of the data, and the data: the arrays, each
aligned to eight bytes. Opening checks only the header, the checksums among it, and the length
of the file. A page of data is checked when it is first read through `Guarded`,
and all of them by `Arrays.verify`. Writing is atomic: a reader sees the old file or the new.
"""

from __future__ import annotations

import json
import math
import mmap
import os
import zlib
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Self

import numpy as np

from dragoman.errors import LibraryDamaged
from dragoman.vectors import borders

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_MAGIC = b"dragoman array2\n"
_PREAMBLE = len(_MAGIC) + 16  # then: length of the header, checksum, number of pages
_LONGEST_HEADER = 1 << 20
_PAGE_BITS = 12  # what is read here and there costs the checking of a page each time
_OLD_PAGE_BITS = 16  # of files that do not say how large their pages are
_LEAST_PAGE_BITS, _LARGEST_PAGE_BITS = 12, 24
_PAGE = 1 << _PAGE_BITS
_TYPES = frozenset({"|u1", "<u2", "<u4", "<i4", "<i8", "<u8", "<f4"})


class BadArrays(LibraryDamaged, ValueError):
    """A file is not one of ours, or is damaged; the index can be made again without it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: run dragoman rebuild")


class Part(NamedTuple):
    """An array to be written, in pieces."""

    kind: str
    """Its type, as NumPy writes it."""
    shape: tuple[int, ...]
    pieces: Iterable[bytes | memoryview]

    @classmethod
    def of(cls, array: NDArray[Any]) -> Self:
        """The whole of an array in one piece."""
        pieces = [np.ascontiguousarray(array).data.cast("B")] if array.nbytes else []
        return cls(array.dtype.str, array.shape, pieces)


class _Pages:
    """The data of a file, a page of which is checked before it is first used."""

    def __init__(
        self, path: Path, data: memoryview, sums: NDArray[np.uint32], size: int, bits: int
    ) -> None:
        if not isinstance(bits, int) or not _LEAST_PAGE_BITS <= bits <= _LARGEST_PAGE_BITS:
            raise BadArrays(f"{path}: damaged (in its header)")
        if len(data) != size or len(sums) != -(-size >> bits):
            raise BadArrays(f"{path}: damaged (it has another length than it should have)")
        self.path = path
        self.data = data
        self._bits = bits
        self._sums = sums.astype(np.uint32).data  # which gives a number sooner
        self._unseen = bytearray(b"\1") * len(sums)
        self._unseen_array = np.frombuffer(self._unseen, bool)
        self._lock = Lock()
        self.left = len(sums)

    def need(self, begin: int, end: int) -> None:
        """Check the pages of a stretch of bytes that have not been checked yet."""
        last = ((end - 1) >> self._bits) + 1
        first = self._unseen.find(1, begin >> self._bits, last)
        if first >= 0:
            self._check([page for page in range(first, last) if self._unseen[page]])

    def need_each(self, places: NDArray[np.int64]) -> None:
        """Check the pages that hold these bytes."""
        pages = places >> self._bits
        pages = pages[self._unseen_array[pages]]
        self._check(sorted(set(pages[borders(pages)].tolist())))

    def _check(self, pages: Sequence[int]) -> None:
        """Check some pages, each given once."""
        data, sums, bits = self.data, self._sums, self._bits
        for page in pages:
            if zlib.crc32(data[page << bits : (page + 1) << bits]) != sums[page]:
                raise BadArrays(f"{self.path}: damaged at byte {page << bits:,} of its data")
        with self._lock:  # so that what two threads check at once is counted once
            for page in pages:
                unseen, self._unseen[page] = self._unseen[page], 0
                self.left -= unseen

    def verify(self) -> None:
        """Check every page again, whether it has been or not."""
        self._check(range(len(self._sums)))


class Guarded:
    """An array of a file, a row of numbers or of rows, each page checked when first read.

    Every method raises `BadArrays` where the data are damaged or end too soon.
    """

    def __init__(self, array: NDArray[Any], pages: _Pages, at: int) -> None:
        self._array = array
        self._pages = pages
        self._at = at
        self._size = array.itemsize * math.prod(array.shape[1:])
        self._length = array.nbytes
        self.path = pages.path

    def __len__(self) -> int:
        return len(self._array)

    def part(self, begin: int, end: int) -> NDArray[Any]:
        """The elements from one to before another."""
        if not 0 <= begin <= end <= len(self._array):
            raise BadArrays(f"{self.path}: damaged (it points beyond its end)")
        if self._pages.left and begin < end:
            self._pages.need(self._at + begin * self._size, self._at + end * self._size)
        return self._array[begin:end]

    def parts(self, begins: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[Any]:
        """Several parts that do not overlap, one after another.

        `take` is faster where they are small.
        """
        if (ends - begins).sum() > len(self):
            raise BadArrays(f"{self.path}: damaged (it has parts that overlap)")
        pairs = zip(begins.tolist(), ends.tolist(), strict=True)
        return np.concatenate([self.part(begin, end) for begin, end in pairs])

    def bytes(self, begin: int, end: int) -> bytes:
        """The same as bytes, for what is read in small pieces."""
        begin, end = begin * self._size, end * self._size
        if not 0 <= begin <= end <= self._length:
            raise BadArrays(f"{self.path}: damaged (it points beyond its end)")
        begin, end = begin + self._at, end + self._at
        if self._pages.left and begin < end:
            self._pages.need(begin, end)
        return self._pages.data[begin:end].tobytes()

    def whole(self) -> NDArray[Any]:
        """All elements."""
        return self.part(0, len(self._array))

    def take(self, places: NDArray[np.int64]) -> NDArray[Any]:
        """The elements at these places."""
        if places.min(initial=0) < 0:
            raise BadArrays(f"{self.path}: damaged (it points before its beginning)")
        try:
            if self._pages.left:
                begins = self._at + places * self._size
                self._pages.need_each(begins)
                if self._array.ndim > 1:  # a row may end on the next page
                    self._pages.need_each(begins + (self._size - 1))
            return self._array[places]
        except IndexError as error:
            raise BadArrays(f"{self.path}: damaged (it points beyond its end)") from error


@dataclass(frozen=True, slots=True)
class Arrays:
    """What a file holds."""

    facts: Mapping[str, Any]
    """Strings, numbers and lists that describe the arrays."""
    arrays: Mapping[str, NDArray[Any]]
    """Read only; views of the file, whose data nobody has checked."""
    seal: int
    """A checksum of the header and of the checksums of the data: of all there is."""
    _pages: _Pages = field(repr=False)
    _offsets: Mapping[str, int] = field(repr=False)

    def guarded(self, name: str, width: int = 0) -> Guarded:
        """An array that checks what is read of it; as rows of a width, if one is given.

        Raises `BadArrays` where there is no such array.
        """
        array = self.arrays.get(name)
        if array is None or not array.ndim or (width and array.size % width):
            raise BadArrays(f"{self._pages.path}: damaged (no array {name})")
        if width:
            array = array.reshape(-1, width)
        return Guarded(array, self._pages, self._offsets[name])

    def verify(self) -> None:
        """Check all data against their checksums.

        Raises `BadArrays`.
        """
        self._pages.verify()

    def release(self) -> None:
        """Give back the memory of what was read; it comes from the file again when needed."""
        held = self._pages.data.obj
        if isinstance(held, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            held.madvise(mmap.MADV_DONTNEED)


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> None:
    """Write a file, durably and atomically."""
    write_parts(path, {name: Part.of(array) for name, array in arrays.items()}, facts)


def write_parts(path: Path, parts: Mapping[str, Part], facts: Mapping[str, Any]) -> None:
    """Write a file, durably and atomically, without holding any array as a whole."""
    table: dict[str, tuple[str, list[int], int]] = {}
    size = 0
    for name, part in parts.items():
        table[name] = (part.kind, list(part.shape), size)
        size += _aligned(_bytes(part.kind, part.shape))
    pages = -(-size // _PAGE)
    header = {"facts": facts, "size": size, "page bits": _PAGE_BITS, "arrays": table}
    encoded = json.dumps(header, ensure_ascii=False).encode()
    if len(encoded) > _LONGEST_HEADER - 8:
        raise ValueError(f"{path}: its header is too long")
    encoded += b" " * (-(_PREAMBLE + len(encoded) + 4 * pages) % 8)
    temporary = path.with_name(path.name + ".new")
    with temporary.open("wb") as file:
        file.seek(_PREAMBLE + len(encoded) + 4 * pages)
        sums = _write_data(file, parts)
        head = encoded + np.array(sums, "<u4").tobytes()
        file.seek(0)
        file.write(_MAGIC + len(encoded).to_bytes(8, "little"))
        file.write(zlib.crc32(head).to_bytes(4, "little") + pages.to_bytes(4, "little"))
        file.write(head)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _bytes(kind: str, shape: Iterable[int]) -> int:
    return np.dtype(kind).itemsize * math.prod(shape)


def _aligned(size: int) -> int:
    return -(-size // 8) * 8


def _write_data(file: BinaryIO, parts: Mapping[str, Part]) -> list[int]:
    """Write the arrays, each filled up to eight bytes; return the checksum of each page."""
    sums: list[int] = []
    at = running = 0

    def write(piece: memoryview) -> None:
        nonlocal at, running
        while piece:
            here, piece = piece[: _PAGE - at], piece[_PAGE - at :]
            file.write(here)
            running = zlib.crc32(here, running)
            at += len(here)
            if at == _PAGE:
                sums.append(running)
                at = running = 0

    for name, part in parts.items():
        written = 0
        for piece in part.pieces:
            write(memoryview(piece))
            written += len(piece)
        expected = _bytes(part.kind, part.shape)
        if written != expected:
            raise ValueError(f"the array {name} has {written} bytes instead of {expected}")
        write(memoryview(b"\0" * (_aligned(expected) - expected)))
    if at:
        sums.append(running)
    return sums


def read_arrays(path: Path) -> Arrays:
    """Map a file.

    Raises `BadArrays` where it is damaged or of another kind, and `OSError`.
    """
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < _PREAMBLE:
            raise BadArrays(f"{path}: too short")
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    length, pages = _sizes(path, data)
    start = _PREAMBLE + length + 4 * pages
    seal = zlib.crc32(data[_PREAMBLE:start])
    if seal.to_bytes(4, "little") != data[_PREAMBLE - 8 : _PREAMBLE - 4]:
        raise BadArrays(f"{path}: damaged (in its header)")
    sums = np.frombuffer(data, "<u4", pages, start - 4 * pages)
    try:
        header = json.loads(data[_PREAMBLE : _PREAMBLE + length])
        bits = header.get("page bits", _OLD_PAGE_BITS)
        held = _Pages(path, memoryview(data)[start:], sums, header["size"], bits)
        views = {str(name): _view(data, start, *entry) for name, entry in header["arrays"].items()}
        offsets = {str(name): int(entry[2]) for name, entry in header["arrays"].items()}
        return Arrays(dict(header["facts"]), views, seal, held, offsets)
    except BadArrays:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadArrays(f"{path}: damaged ({error})") from error


def _sizes(path: Path, data: mmap.mmap) -> tuple[int, int]:
    """The length of the header, and how many pages of data there are."""
    at = len(_MAGIC)
    length = int.from_bytes(data[at : at + 8], "little")
    pages = int.from_bytes(data[at + 12 : _PREAMBLE], "little")
    room = len(data) - _PREAMBLE
    if data[:at] != _MAGIC or length > min(_LONGEST_HEADER, room) or 4 * pages > room - length:
        raise BadArrays(f"{path}: not a file of arrays")
    return length, pages


def _view(data: mmap.mmap, base: int, kind: str, shape: list[int], at: int) -> NDArray[Any]:
    if kind not in _TYPES or not all(isinstance(n, int) and n >= 0 for n in (*shape, at)):
        raise BadArrays("an array of no known type")
    if base + at + _bytes(kind, shape) > len(data):
        raise BadArrays("an array beyond the end of the file")
    count = _bytes(kind, shape) // np.dtype(kind).itemsize
    return np.frombuffer(data, kind, count, base + at).reshape(shape)
