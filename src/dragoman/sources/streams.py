"""Bytes of one input: decompressed, counted, bounded, with look-ahead."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from typing import IO, TYPE_CHECKING, BinaryIO, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dragoman.sources.limits import Limits

_CHUNK = 1 << 16
_ZSTD_FEED = 1 << 10

# A small file may unfold into this much whatever its ratio.
_RATIO_FREE_BYTES = 64_000_000


class BrokenStream(Exception):
    """The input cannot be read further; the message says why, for a person."""


class Readable(Protocol):
    """Anything that gives bytes."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; none at the end."""
        ...


class Stream:
    """Bytes read in order, with a look at what comes next."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._ahead = b""
        self._at = 0
        self._ended = False

    def peek(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer only at the end; they stay unread."""
        if len(self._ahead) - self._at < size:
            self._fill(size)
        return self._ahead[self._at : self._at + size]

    def read(self, size: int, /) -> bytes:
        """Up to ``size`` bytes; none at the end."""
        if self._at >= len(self._ahead):
            return self._more(size)
        taken = self._ahead[self._at : self._at + size]
        self._at += len(taken)
        return taken

    def unread(self, data: bytes) -> None:
        """Put bytes back before what comes next."""
        self._ahead, self._at = data + self._ahead[self._at :], 0

    def read_all(self, limit: int) -> bytes | None:
        """Everything that is left, or None when that is more than ``limit`` bytes."""
        self._fill(limit + 1)
        taken, self._ahead, self._at = self._ahead, b"", 0
        return None if len(taken) > limit else taken

    def read_exactly(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer only at the end."""
        self._fill(size)
        return self.read(size)

    def skip(self, size: int) -> None:
        """Pass ``size`` bytes."""
        while size > 0 and (chunk := self.read(min(size, _CHUNK))):
            size -= len(chunk)

    def line(self, limit: int) -> bytes:
        """The next line with its end, cut off after ``limit`` bytes; nothing at the end."""
        have = 256
        while (end := self.peek(have).find(b"\n")) < 0 and have < limit:
            have *= 4
        return self.read_exactly(end + 1 if 0 <= end < limit else limit)

    def lines(self, limit: int) -> Iterator[bytes | None]:
        """Lines without their ends; None in place of each that is longer than ``limit`` bytes.

        No more than ``limit`` bytes are held, however long a line is.
        """
        parts: list[bytes] = []
        length = 0
        while chunk := self.read(_CHUNK):
            start = 0
            while (end := chunk.find(b"\n", start)) >= 0:
                length += end - start
                if length <= limit:
                    parts.append(chunk[start:end])
                yield None if length > limit else b"".join(parts)
                parts, length, start = [], 0, end + 1
            length += len(chunk) - start
            if length > limit:
                parts = []
            else:
                parts.append(chunk[start:])
        if length:
            yield None if length > limit else b"".join(parts)

    def _fill(self, size: int) -> None:
        parts = [self._ahead[self._at :]]
        have = len(parts[0])
        while have < size and (chunk := self._more(max(_CHUNK, size - have))):
            parts.append(chunk)
            have += len(chunk)
        self._ahead, self._at = b"".join(parts), 0

    def _more(self, size: int) -> bytes:
        if self._ended:
            return b""
        try:
            chunk = self._source.read(min(size, 1 << 20))
        except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as error:
            self._ended = True
            raise BrokenStream(f"cannot be read further: {error}") from error
        self._ended = not chunk
        return chunk


def open_stream(raw: BinaryIO, limits: Limits, on_bytes: Callable[[int], None] | None) -> Stream:
    """The bytes of an input, decompressed where its first bytes say that it is compressed."""
    counted = _Counted(raw, on_bytes)
    plain = Stream(counted)
    head = plain.peek(6)
    for magic, opener in _COMPRESSIONS.items():
        if head.startswith(magic):
            return Stream(_Bounded(opener(plain, limits), counted, limits.max_ratio))
    return plain


class _Counted:
    """Tells how many bytes of the input have been read."""

    def __init__(self, source: Readable, on_bytes: Callable[[int], None] | None) -> None:
        self._source = source
        self._on_bytes = on_bytes
        self.total = 0

    def read(self, size: int) -> bytes:
        chunk = self._source.read(size)
        self.total += len(chunk)
        if self._on_bytes and chunk:
            self._on_bytes(len(chunk))
        return chunk


class _Bounded:
    """Stops a small input from unfolding without end."""

    def __init__(self, source: Readable, counted: _Counted, max_ratio: int) -> None:
        self._source = source
        self._counted = counted
        self._max_ratio = max_ratio
        self._total = 0

    def read(self, size: int) -> bytes:
        chunk = self._source.read(size)
        self._total += len(chunk)
        if self._total > _RATIO_FREE_BYTES + self._max_ratio * self._counted.total:
            raise BrokenStream(
                f"unfolds to more than {self._max_ratio} times its size; it may be made to"
                " exhaust the machine, so the rest is left out"
            )
        return chunk


class _Xz:
    """xz and lzma, with a bound on the memory that the file may ask for."""

    def __init__(self, source: Stream, limits: Limits) -> None:
        self._source = source
        self._limit = limits.max_window_bytes
        self._member: lzma.LZMADecompressor | None = None

    def read(self, size: int) -> bytes:
        while True:
            if self._member is None:
                # Members follow each other, with zeros between them to fill up blocks.
                while self._source.peek(4) == b"\0\0\0\0":
                    self._source.read(4)
                if not self._source.peek(1):
                    return b""
                self._member = lzma.LZMADecompressor(memlimit=self._limit)
            feed = self._source.read(_CHUNK) if self._member.needs_input else b""
            if self._member.needs_input and not feed:
                raise EOFError("the compressed data end too early")
            chunk = self._member.decompress(feed, size)
            if self._member.eof:
                self._source.unread(self._member.unused_data)
                self._member = None
            if chunk:
                return chunk


def _open_gzip(source: Stream, _: Limits) -> Readable:
    return gzip.GzipFile(fileobj=cast("IO[bytes]", source), mode="rb")


def _open_bzip2(source: Stream, _: Limits) -> Readable:
    return bz2.BZ2File(cast("IO[bytes]", source), "rb")


class _Zstd:
    """zstd, fed little by little, since four of its bytes may stand for 128 KiB."""

    def __init__(self, source: Stream, limits: Limits) -> None:
        import zstandard  # noqa: PLC0415 - few inputs need it

        self._source = source
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=limits.max_window_bytes)
        self._error = zstandard.ZstdError
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._ready = io.BytesIO()

    def read(self, size: int) -> bytes:
        while not (chunk := self._ready.read(size)):
            unfolded = self._unfold()
            if unfolded is None:
                return b""
            self._ready = io.BytesIO(unfolded)
        return chunk

    def _unfold(self) -> bytes | None:
        """What the next bytes stand for, which may be nothing yet; None at the end."""
        feed = self._source.read(_ZSTD_FEED)
        if not feed:
            if self._frame is not None:
                raise EOFError("the compressed data end too early")
            return None
        self._frame = self._frame or self._decompressor.decompressobj()
        try:
            unfolded = self._frame.decompress(feed)
        except self._error as error:
            raise OSError(str(error)) from error
        if self._frame.eof:
            self._source.unread(self._frame.unused_data)
            self._frame = None
        return unfolded


_COMPRESSIONS: dict[bytes, Callable[[Stream, Limits], Readable]] = {
    b"\x1f\x8b": _open_gzip,
    b"BZh": _open_bzip2,
    b"\xfd7zXZ\x00": _Xz,
    b"\x28\xb5\x2f\xfd": _Zstd,
}
