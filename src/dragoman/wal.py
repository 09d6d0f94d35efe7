"""SQLite's write-ahead log: whether all that was committed to it will be read back.

A process that is killed leaves the log, and the next one to open the store reads it, up to the
first frame whose checksum is wrong, without a word: a bit that changes in a log would take all
later commits with it. So the log is read here before SQLite opens it. Frames have a mark of
their log (two salts) and of a commit, by which those are told that are there but will not be
read. Nothing but the log is opened: to close a file on which SQLite has locks would drop them.

The format is https://www.sqlite.org/walformat.html. Its checksum is linear, modulo 2³²: a frame
adds a sum of its words, each times a number of its place, so that many are summed at once.
"""

from __future__ import annotations

import struct
import time
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

_MAGIC = {0x377F0682: "<u4", 0x377F0683: ">u4"}  # → the words that checksums are made of
_HEADER = struct.Struct(">8I")
_FRAME = 24  # bytes before the page of each frame
_MOST = 1 << 16  # bytes in a page
_AT_ONCE = 256  # frames
_LOOKS, _PAUSE = 3, 0.05  # what another process is just writing is whole the next time
_WORD = 0xFFFFFFFF


def is_damaged(store: Path) -> bool:
    """Whether the log of a store has commits that will not be read."""
    for look in range(_LOOKS):
        if look:
            time.sleep(_PAUSE)
        try:
            with store.with_name(store.name + "-wal").open("rb") as file:
                if not _misses(file):
                    return False
        except OSError:
            return False
    return True


def _misses(file: BinaryIO) -> bool:
    head = file.read(_HEADER.size)
    if len(head) < _HEADER.size:
        return False
    magic, _, page, *_ = _HEADER.unpack(head)
    sums = struct.unpack(">2I", head[24:])
    if magic not in _MAGIC or not 512 <= page <= _MOST or page % 8:
        return bool(file.read(1))
    words = np.frombuffer(head[:24], _MAGIC[magic]).astype(np.uint32)
    if _further(_Sums(0, 0), words, 3) != sums:
        return bool(file.read(1))
    salts = np.frombuffer(head[16:24], np.uint8)
    state = _Sums(*sums)
    sound = True
    while data := file.read(_AT_ONCE * (_FRAME + page)):
        count = len(data) // (_FRAME + page)
        frames = np.frombuffer(data, np.uint8, count * (_FRAME + page)).reshape(count, -1)
        # A bit of the salts may have changed too.
        ours = np.unpackbits(frames[:, 8:16] ^ salts, axis=1).sum(axis=1) <= 1
        if sound:
            read, state = _read(frames, salts, state, _MAGIC[magic])
            sound = read == count
            frames, ours = frames[read:], ours[read:]
        if (ours & frames[:, 4:8].any(axis=1)).any():
            return True
    return False


class _Sums(NamedTuple):
    """The running checksum."""

    one: int
    other: int


def _read(frames: Bytes, salts: Bytes, state: _Sums, kind: str) -> tuple[int, _Sums]:
    """How many frames are sound, in a row, and the checksum after them."""
    summed = np.concatenate([frames[:, :8], frames[:, _FRAME:]], axis=1)
    words = summed.view(kind).astype(np.uint32)
    factors = _factors(words.shape[1] // 2)
    added = [(words * row).sum(axis=1, dtype=np.uint32).tolist() for row in factors.rows]
    same = (frames[:, 8:16] == salts).all(axis=1).tolist()
    held = np.ascontiguousarray(frames[:, 16:24]).view(">u4").tolist()
    for number, (first, second) in enumerate(zip(*added, strict=True)):
        after = _moved(state, factors, first, second)
        if not same[number] or list(after) != held[number]:
            return number, state
        state = after
    return len(frames), state


def _further(state: _Sums, words: NDArray[np.uint32], pairs: int) -> _Sums:
    factors = _factors(pairs)
    added = [int((words * row).sum(dtype=np.uint32)) for row in factors.rows]
    return _moved(state, factors, *added)


class _Factors(NamedTuple):
    """What so many pairs of words do to a checksum."""

    rows: NDArray[np.uint32]
    """By sum, the factor of each word."""
    power: tuple[int, int, int]
    """What becomes of the sums before: a symmetric matrix."""


def _moved(state: _Sums, factors: _Factors, first: int, second: int) -> _Sums:
    a, b, c = factors.power
    return _Sums(
        (a * state.one + b * state.other + first) & _WORD,
        (b * state.one + c * state.other + second) & _WORD,
    )


@lru_cache(maxsize=4)
def _factors(pairs: int) -> _Factors:
    # A pair (x, y) makes (s, t) into (s + t + x, s + 2t + x + y).
    rows = np.empty((2, 2 * pairs), np.uint32)
    a, b, c = 1, 0, 1
    for place in reversed(range(pairs)):
        rows[:, 2 * place] = (a + b) & _WORD, (b + c) & _WORD
        rows[:, 2 * place + 1] = b, c
        a, b, c = (a + b) & _WORD, (a + 2 * b) & _WORD, (b + 2 * c) & _WORD
    return _Factors(rows, (a, b, c))
