"""Named arrays in one file that can be mapped into memory, and that runs no code when read.

The file is a magic line, a JSON header (names, types, shapes, offsets and facts in words), and
the arrays, each aligned to eight bytes. Writing is atomic: a reader sees the old file or the new.
"""

from __future__ import annotations

import json
import mmap
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dragoman.errors import LibraryDamaged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

_MAGIC = b"dragoman arrays 1\n"
_LONGEST_HEADER = 1 << 20
_TYPES = frozenset({"|u1", "<u2", "<u4", "<i4", "<i8", "<u8", "<f4"})


class BadArrays(LibraryDamaged, ValueError):
    """A file is not one of ours, or is damaged; the index can be made again without it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: run dragoman rebuild")


@dataclass(frozen=True, slots=True)
class Arrays:
    """What a file holds."""

    facts: Mapping[str, Any]
    """Strings, numbers and lists that describe the arrays."""
    arrays: Mapping[str, NDArray[Any]]
    """Read only; views of the file where it is mapped."""


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> None:
    """Write a file, durably and atomically."""
    table: dict[str, tuple[str, list[int], int]] = {}
    at = 0
    for name, array in arrays.items():
        table[name] = (array.dtype.str, list(array.shape), at)
        at += -(-array.nbytes // 8) * 8
    header = json.dumps({"facts": facts, "arrays": table}, ensure_ascii=False).encode()
    header += b" " * (-(len(_MAGIC) + 8 + len(header)) % 8)
    temporary = path.with_name(path.name + ".new")
    with temporary.open("wb") as file:
        file.write(_MAGIC + len(header).to_bytes(8, "little") + header)
        for array in arrays.values():
            file.write(np.ascontiguousarray(array).data)
            file.write(b"\0" * (-array.nbytes % 8))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def read_arrays(path: Path) -> Arrays:
    """Map a file.

    Raises `BadArrays` where it is damaged or of another kind, and `OSError`.
    """
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < len(_MAGIC) + 8:
            raise BadArrays(f"{path}: too short")
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    start = len(_MAGIC) + 8
    length = int.from_bytes(data[len(_MAGIC) : start], "little")
    if data[: len(_MAGIC)] != _MAGIC or length > min(_LONGEST_HEADER, len(data) - start):
        raise BadArrays(f"{path}: not a file of arrays")
    try:
        header = json.loads(data[start : start + length])
        arrays = {
            str(name): _view(data, start + length, *entry)
            for name, entry in header["arrays"].items()
        }
        return Arrays(dict(header["facts"]), arrays)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadArrays(f"{path}: damaged ({error})") from error


def _view(data: mmap.mmap, base: int, kind: str, shape: list[int], at: int) -> NDArray[Any]:
    if kind not in _TYPES or not all(isinstance(n, int) and n >= 0 for n in (*shape, at)):
        raise BadArrays("an array of no known type")
    count = 1
    for size in shape:
        count *= size
    if base + at + count * np.dtype(kind).itemsize > len(data):
        raise BadArrays("an array beyond the end of the file")
    return np.frombuffer(data, kind, count, base + at).reshape(shape)


def spread(begin: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.intp]:
    """The numbers of all ranges, one after another."""
    counts = end - begin
    return np.repeat(begin - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
