"""SQLite's write-ahead log: whether all that was committed to it has been read back.

A process that is killed leaves the log, and the next one to open the store reads it, up to the
first frame whose checksum is wrong, without a word: a bit that changes in a log would take all
later commits with it. Frames have a mark of their log (two salts) and of a commit, by which
those are told that are there but were not read.

The format is https://www.sqlite.org/walformat.html.
"""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

_MAGIC = {0x377F0682: "<", 0x377F0683: ">"}  # → the order of bytes that checksums are made in
_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_INDEX = struct.Struct("=16xI12x8s")  # number of frames, salts
_MOST = 1 << 16  # bytes in a page


class Log(NamedTuple):
    """What a log says of itself before it is read."""

    salts: bytes
    frames: int
    """Up to the last one that ends a commit of this log."""
    whole: bool
    """Whether its header is sound; otherwise nothing of it is read."""


def look(store: Path) -> Log | None:
    """The log of a store, if there is one with anything in it."""
    try:
        with store.with_name(store.name + "-wal").open("rb") as file:
            head = file.read(_HEADER.size)
            if len(head) < _HEADER.size:
                return None
            magic, _, page, *_ = _HEADER.unpack(head)
            whole = _is_whole(magic, head)
            salts = head[16:24]
            if not (whole and 0 < page <= _MOST):
                return Log(salts, os.fstat(file.fileno()).st_size // _MOST, whole=False)
            frames = number = 0
            while len(frame := file.read(_FRAME.size)) == _FRAME.size and frame[8:16] == salts:
                number += 1
                if any(frame[4:8]):  # the size of the store after a commit
                    frames = number
                file.seek(page, os.SEEK_CUR)
            return Log(salts, frames, whole=True)
    except OSError:
        return None


def lost(store: Path, log: Log) -> bool:
    """Whether a log, seen before the store was opened, was read only in part."""
    if not log.whole:
        return log.frames > 0
    try:
        with store.with_name(store.name + "-shm").open("rb") as file:
            index = file.read(_INDEX.size)
    except OSError:
        return False
    if len(index) < _INDEX.size:
        return False
    frames, salts = _INDEX.unpack(index)
    # With other salts, another process has begun the log anew meanwhile: it was read.
    return bool(frames < log.frames and salts == log.salts)


def _is_whole(magic: int, head: bytes) -> bool:
    if magic not in _MAGIC:
        return False
    words = struct.unpack(f"{_MAGIC[magic]}6I", head[:24])
    one = other = 0
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + other) & 0xFFFFFFFF
        other = (other + second + one) & 0xFFFFFFFF
    return (one, other) == _HEADER.unpack(head)[6:]
