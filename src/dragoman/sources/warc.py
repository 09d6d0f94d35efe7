"""WARC → articles: the HTML pages that a crawl fetched with success."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from dragoman.errors import MissingExtra
from dragoman.model import Article, Problem
from dragoman.sources.html import article_in

try:
    from fastwarc.warc import ArchiveIterator, WarcRecordType
except ImportError as error:
    raise MissingExtra("reading WARC", "readers", str(error.name)) from error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dragoman.sources.records import Context
    from dragoman.sources.streams import Stream

_MAX_HEADER_BYTES = 65_536
_PAGES = frozenset(("text/html", "application/xhtml+xml"))
_END = b"\r\n\r\n"


def read_warc(stream: Stream, context: Context) -> Iterator[Article | Problem]:
    """The pages of an archive; responses that are no HTML or no success are passed over."""
    for number, record in enumerate(_responses(stream, context), 1):
        where = context.nth(number)
        if isinstance(record, str):
            yield Problem(where, record)
        elif record:
            yield from _page(record, where, context)


def _responses(stream: Stream, context: Context) -> Iterator[bytes | str | None]:
    """Each record: a response as it stands, None for another kind, a text for what is broken.

    fastwarc stops at the first broken record. Cut out one by one, each can fail alone.
    """
    while line := stream.line(_MAX_HEADER_BYTES):
        if not line.strip():
            continue
        if not line.startswith(b"WARC/"):
            while (ahead := stream.peek(5)) and ahead != b"WARC/":
                stream.line(_MAX_HEADER_BYTES)
            yield "bytes that belong to no WARC record"
            continue
        header, fields = _header(line, stream)
        length = fields.get(b"content-length", b"")
        if not (length.isdigit() and len(length) < 16):
            yield "a WARC record without a length"
        elif fields.get(b"warc-type") != b"response":
            stream.skip(int(length))
            yield None
        elif int(length) > context.limits.max_record_bytes:
            stream.skip(int(length))
            yield f"a response longer than {context.limits.max_record_bytes:,} bytes"
        else:
            yield _block(header, int(length), stream)


def _header(first: bytes, stream: Stream) -> tuple[bytes, dict[bytes, bytes]]:
    lines = [first]
    fields: dict[bytes, bytes] = {}
    size = 0
    while size < _MAX_HEADER_BYTES and (line := stream.line(_MAX_HEADER_BYTES)):
        lines.append(line)
        size += len(line)
        if not line.strip():
            break
        name, _, value = line.partition(b":")
        fields[name.strip().lower()] = value.strip()
    return b"".join(lines), fields


def _block(header: bytes, length: int, stream: Stream) -> bytes | str:
    block = stream.read_exactly(length)
    if len(block) < length:
        return "the archive breaks off inside this record"
    if stream.peek(2) not in {b"\r\n", b"\n\r", b"\n", b"\n\n", b""}:
        # The length is wrong; records that it swallowed are given back.
        start = block.find(b"\r\nWARC/1.")
        if start >= 0:
            stream.unread(block[start + 2 :])
        return "a WARC record of wrong length"
    return header + block + _END


def _page(record: bytes, where: str, context: Context) -> Iterator[Article | Problem]:
    limit = context.limits.max_page_bytes
    try:
        response = next(
            iter(
                ArchiveIterator(
                    io.BytesIO(record),
                    record_types=WarcRecordType.response,
                    parse_http=True,
                    auto_decode="all",
                    stream_detect=False,
                )
            ),
            None,
        )
        if response is None or getattr(response.http_headers, "status_code", None) is None:
            yield Problem(where, "a response without HTTP headers")
            return
        if response.http_headers.status_code != 200 or response.http_content_type not in _PAGES:
            return
        body = response.reader.read(limit + 1)
        url = (response.headers.get("WARC-Target-URI") or "").strip("<>") or None
        charset = response.http_charset or ""
        fetched = response.headers.get("WARC-Date") or ""
    except (OSError, ValueError, EOFError) as error:
        yield Problem(where, f"a broken response: {error}"[:200])
        return
    if len(body) > limit:
        yield Problem(where, f"a page longer than {limit:,} bytes")
        return
    yield from article_in(body, where, context, url=url, charset=charset, fetched=fetched)
