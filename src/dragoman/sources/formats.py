"""Which format an input has, told from its first bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from dragoman.model import Article, Problem
from dragoman.sources.encodings import as_utf8, decode
from dragoman.sources.json_records import parse, read_json, read_ndjson
from dragoman.sources.plain import read_plain
from dragoman.sources.tables import delimiter_of, is_table_name, read_table

if TYPE_CHECKING:
    from dragoman.sources.records import Context
    from dragoman.sources.streams import Stream

Reader = Callable[["Stream", "Context"], Iterator[Article | Problem]]

_SAMPLE = 1 << 16
_LINES = 50
_SNIFF_DEPTH = 1_000
_BLANK = b"\0 \t\r\n\v\f"

_NDJSON = frozenset((".jsonl", ".ndjson", ".jl"))
_FEEDS = frozenset(("rss", "feed", "rdf"))
_HTML = frozenset(
    (
        "html", "head", "body", "title", "meta", "link", "script", "style", "div", "main",
        "article", "section", "header", "nav", "p", "span", "table", "h1", "h2", "a", "center",
        "font", "base", "noscript", "b", "i", "em", "strong", "ul", "ol", "blockquote", "img",
    )
)  # fmt: skip
_FIRST_TAG = re.compile(
    r"(?:<\?[^>]{0,1000}>|<!--.{0,5000}?-->|<![^>\[]{0,1000}(?:\[[^\]]{0,5000}\]\s*)?>|\s+)*"
    r"<([A-Za-z][\w:.\-]{0,50})",
    re.DOTALL,
)
_DOCTYPE_HTML = re.compile(r"<!doctype\s+html", re.IGNORECASE)

# Control characters that texts have not, and what stands for bytes that are no text.
_JUNK = [chr(code) for code in range(32) if chr(code) not in "\t\n\r\f\x1b"] + ["\x7f", "\ufffd"]

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
    if kind := _not_text(sample):
        yield Problem(context.name, f"{kind}, which cannot be read")
    elif reader := _marked_up(sample):
        yield from reader(stream, context)
    else:
        text = as_utf8(stream)
        blank = not text.peek(_SAMPLE).strip(_BLANK)
        reader = _refuse_blank if blank else _textual(text, context)
        yield from reader(text, context)


def _not_text(sample: bytes) -> str | None:
    """What a person calls a format that is no text; None for what may be text."""
    for magic, kind in _NOT_TEXT.items():
        # A text may begin with "BM"; in a bitmap, what follows is no text.
        if sample.startswith(magic) and (len(magic) > 3 or b"\0" in sample[:100]):
            return kind
    return None


def _marked_up(sample: bytes) -> Reader | None:
    """The reader of a format that states its own encoding."""
    if sample.startswith(b"WARC/"):
        return _read_warc
    head = decode(sample).lstrip()
    if not head.startswith("<"):
        return None
    opening = _FIRST_TAG.match(head)
    name = opening[1].lower().rpartition(":")[2] if opening else ""
    if name in _FEEDS:
        return _read_feed
    if name in _HTML or _DOCTYPE_HTML.match(head):
        return _read_html
    return _refuse_xml if head.startswith("<?xml") else None


def _textual(text: Stream, context: Context) -> Reader:
    """The reader of a text, which is UTF-8 now and not blank."""
    sample = text.peek(_SAMPLE)
    lines = [line for line in sample.lstrip(_BLANK).split(b"\n")[:_LINES] if line.strip()]
    first = lines[0].lstrip()
    if re.match(rb"\[\s*[{\]]", sample.lstrip()):
        return read_json
    if context.suffix in _NDJSON or (not first.startswith(b"{") and any(map(_is_record, lines))):
        return read_ndjson
    if re.match(rb"\{\s*[\"}]", sample.lstrip()):
        return read_ndjson if _by_line(text, lines, context) else read_json
    head = sample.decode("utf-8", "replace")
    if sum(head.count(character) for character in _JUNK) * 10 > len(head):
        return _refuse_binary
    if is_table_name(context) or delimiter_of(lines[0].decode("utf-8", "replace"), context):
        return read_table
    return read_plain


def _by_line(text: Stream, lines: list[bytes], context: Context) -> bool:
    """Whether a text that starts with an object has one on each line."""
    first = lines[0].strip()
    if len(text.peek(_SAMPLE)) == _SAMPLE and len(lines) == 1:
        first, newline, _ = text.peek(context.limits.max_record_bytes).lstrip().partition(b"\n")
        if not newline:
            return False
    if _is_record(first):
        return True
    # The first line may be a broken record, or the first line of a document; a document goes
    # on with a name, unless a list starts at the end of the line.
    return not first.endswith((b"[", b":")) and any(map(_is_record, lines[1:]))


def _is_record(line: bytes) -> bool:
    line = line.strip()
    if not (line.startswith(b"{") and line.endswith(b"}")):
        return False
    try:
        return isinstance(parse(line.decode("utf-8", "replace"), _SNIFF_DEPTH), dict)
    except ValueError:
        return False


# These three readers are loaded when the first such input comes: they need heavy libraries.


def _read_html(stream: Stream, context: Context) -> Iterator[Article | Problem]:
    from dragoman.sources.html import read_html  # noqa: PLC0415

    return read_html(stream, context)


def _read_feed(stream: Stream, context: Context) -> Iterator[Article | Problem]:
    from dragoman.sources.feeds import read_feed  # noqa: PLC0415

    return read_feed(stream, context)


def _read_warc(stream: Stream, context: Context) -> Iterator[Article | Problem]:
    from dragoman.sources.warc import read_warc  # noqa: PLC0415

    return read_warc(stream, context)


def _refuse_blank(text: Stream, context: Context) -> Iterator[Article | Problem]:
    full = len(text.peek(_SAMPLE)) == _SAMPLE
    what = f"nothing in its first {_SAMPLE:,} bytes" if full else "the file is empty"
    yield Problem(context.name, what)


def _refuse_binary(_: Stream, context: Context) -> Iterator[Article | Problem]:
    yield Problem(context.name, "binary data of no known format")


def _refuse_xml(_: Stream, context: Context) -> Iterator[Article | Problem]:
    yield Problem(context.name, "XML that is neither a page nor a feed, which cannot be read")
