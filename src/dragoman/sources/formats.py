"""Which format an input has, told from its first bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from dragoman.model import Article, Problem
from dragoman.sources.encodings import as_utf8
from dragoman.sources.json_records import read_ndjson
from dragoman.sources.plain import read_plain

if TYPE_CHECKING:
    from dragoman.sources.records import Context
    from dragoman.sources.streams import Stream

Reader = Callable[["Stream", "Context"], Iterator[Article | Problem]]

_SAMPLE = 1 << 16

# First bytes → what a person calls it. None of these is read.
_NOT_TEXT = {
    b"%PDF-": "a PDF document", b"PK\x03\x04": "a zip archive or an office document",
    b"PK\x05\x06": "an empty zip archive", b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image", b"RIFF": "a RIFF sound, film or image", b"BM": "a bitmap image",
    b"II*\0": "a TIFF image", b"MM\0*": "a TIFF image", b"\xd0\xcf\x11\xe0": "an office document",
    b"{\\rtf": "an RTF document", b"7z\xbc\xaf": "a 7-Zip archive", b"Rar!": "a RAR archive",
    b"SQLite format 3\0": "an SQLite database", b"\x7fELF": "a program", b"MZ": "a program",
    b"PAR1": "a Parquet table", b"ARROW1": "an Arrow table", b"Obj\x01": "an Avro file",
    b"ID3": "a sound file", b"OggS": "a sound or film", b"\0\0\0\x18ftyp": "a film",
    b"\0\0\0\x20ftyp": "a film", b"\x1f\x8b": "compressed twice", b"BZh": "compressed twice",
    b"\xfd7zXZ": "compressed twice", b"\x28\xb5\x2f\xfd": "compressed twice",
}  # fmt: skip


def reader_of(stream: Stream, context: Context) -> Iterator[Article | Problem]:
    """The articles and problems of an input, read as what it is."""
    sample = stream.peek(_SAMPLE)
    if not sample.strip(b"\0 \t\r\n"):
        yield Problem(context.name, "the file is empty")
        return
    if kind := _not_text(sample):
        yield Problem(context.name, f"{kind}, which cannot be read")
        return
    text = as_utf8(stream)
    head = text.peek(_SAMPLE).decode("utf-8", "replace").lstrip()
    if head.startswith("{"):
        yield from read_ndjson(text, context)
    else:
        yield from read_plain(text, context)


def _not_text(sample: bytes) -> str | None:
    """What a person calls a format that is no text; None for what may be text."""
    for magic, kind in _NOT_TEXT.items():
        # A text may begin with "BM"; in a bitmap, what follows is no text.
        if sample.startswith(magic) and (len(magic) > 3 or b"\0" in sample[:100]):
            return kind
    return None
