"""RSS and Atom → articles."""

from __future__ import annotations

import html
import io
import re
from typing import TYPE_CHECKING, Any

from dragoman.errors import MissingExtra
from dragoman.model import Article, Problem
from dragoman.sources.encodings import decode
from dragoman.sources.html import text_of
from dragoman.sources.records import Context, article_of

try:
    import feedparser
    from lxml import etree
except ImportError as error:
    raise MissingExtra("reading feeds", "readers", str(error.name)) from error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dragoman.sources.streams import Stream

_DECLARED = re.compile(rb"""<\?xml[^>]{0,500}?encoding\s*=\s*["']([\w-]+)""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,500}\?>")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_ENTITIES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_MAX_ATTRIBUTES = 50


def read_feed(stream: Stream, context: Context) -> Iterator[Article | Problem]:
    """The entries of a feed."""
    data = stream.read_all(context.limits.max_feed_bytes)
    if data is None:
        what = f"a feed longer than {context.limits.max_feed_bytes:,} bytes"
        yield Problem(context.name, what)
        return
    try:
        feed = _parsed(data)
    # Feeds are hostile and two large libraries read them: one must not end the reading.
    except Exception as error:  # noqa: BLE001
        yield Problem(context.name, f"the feed cannot be taken apart: {type(error).__name__}")
        return
    if not feed.entries:
        yield Problem(context.name, "a feed without entries")
    for number, entry in enumerate(feed.entries, 1):
        yield from article_of(_fields(entry, feed.feed), context.nth(number), context)


def _parsed(data: bytes) -> Any:  # noqa: ANN401 - feedparser has no types
    # Bytes in a file object: of a text, feedparser would ask whether it is an address to fetch.
    return feedparser.parse(
        io.BytesIO(_tamed(data)),
        sanitize_html=False,
        resolve_relative_uris=False,
        response_headers={"content-type": "application/xml; charset=utf-8"},
    )


def _tamed(data: bytes) -> bytes:
    """The feed as well-formed XML of bounded depth, without entities of its own.

    feedparser takes quadratic time for deep or broken XML, and for elements of
    thousands of attributes; libxml2 does not.
    """
    declared = tuple(found.decode("ascii", "replace") for found in _DECLARED.findall(data[:1_000]))
    text = _DECLARATION.sub("", decode(data, declared))
    text = _ENTITY.sub(_spelt_out, _NO_XML.sub("", text))
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    tree = etree.fromstring(text.encode(), parser=parser)
    for element in tree.iter(etree.Element):
        for name in list(element.attrib)[_MAX_ATTRIBUTES:]:
            del element.attrib[name]
    xml: bytes = etree.tostring(tree, encoding="utf-8", xml_declaration=True)
    return xml


def _spelt_out(match: re.Match[str]) -> str:
    """An HTML entity as its character, since XML knows but five."""
    return match[0] if match[1] in _XML_ENTITIES else html.unescape(match[0])


def _fields(entry: Any, feed: Any) -> dict[str, object]:  # noqa: ANN401 - feedparser has no types
    contents = [_text(content) for content in entry.get("content", ())]
    summary = _text(entry.get("summary_detail") or {})
    tags = [tag.get("label") or tag.get("term") for tag in entry.get("tags", ())]
    authors = [author.get("name") for author in entry.get("authors", ())] or entry.get("author")
    source = entry.get("source") or {}
    # feedparser makes a link of a guid that is none.
    link = entry.get("link") if "://" in entry.get("link", "") else None
    # Asked for a date that is not there, it warns and gives another.
    dates = [entry[name] for name in ("published", "created", "updated") if name in entry]
    return {
        "title": _text(entry.get("title_detail") or {}),
        "body": max(contents, key=len, default="") or summary,
        "url": link,
        # Where there is an address, it tells the same article elsewhere.
        ("entry_id" if link else "id"): entry.get("id"),
        "published": dates[0] if dates else None,
        "source": text_of(source.get("title") or feed.get("title") or ""),
        "section": next((tag for tag in tags if tag), None),
        "authors": authors,
        "feed_language": feed.get("language"),
    }


def _text(detail: Any) -> str:  # noqa: ANN401 - feedparser has no types
    value = detail.get("value") or ""
    return value if detail.get("type") == "text/plain" else text_of(value)
