"""HTML pages → articles: the main text, without what surrounds it."""

from __future__ import annotations

import html
import logging
import re
from typing import TYPE_CHECKING, Any

from dragoman.dates import parse_date
from dragoman.errors import MissingExtra
from dragoman.model import Article, Problem
from dragoman.sources.encodings import decode
from dragoman.sources.records import Context, article_of

try:
    from lxml import etree
    from lxml.html import HtmlElement, HTMLParser, document_fromstring
    from trafilatura import bare_extraction
except ImportError as error:
    raise MissingExtra("reading HTML, feeds and WARC", "readers", str(error.name)) from error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dragoman.sources.streams import Stream

# They log what they discard, and Python prints what nobody listens to.
for _name in ("trafilatura", "htmldate"):
    logging.getLogger(_name).addHandler(logging.NullHandler())

# What a page says of its encoding stands near its beginning.
_HEAD_BYTES = 4_096
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,500}?(?:charset|encoding)\s*=\s*["']?([\w-]+)""", re.IGNORECASE
)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,500}\?>")

# The extraction drops what is invisible, and with it the joiners that Persian, Indian and other
# words are written with. They pass it as letters of a script that died out long ago.
_JOINERS = {"\u200c": "\U000102a0", "\u200d": "\U000102a1"}
_JOINER = re.compile("[\u200c\u200d]|&(?:zwn?j|#820[45]|#[xX]200[cCdD]);")

# Where pages state when the article was published, the surest first.
_DATES = (
    etree.XPath("//meta[@property='article:published_time']/@content"),
    etree.XPath("//meta[@itemprop='datePublished']/@content"),
    etree.XPath("//*[@itemprop='datePublished']/@datetime"),
    etree.XPath("//meta[contains($names, concat(' ', @name, ' ')) and @name]/@content"),
    etree.XPath("//time[@pubdate]/@datetime"),
)
_DATE_NAMES = (
    " article:published_time og:published_time parsely-pub-date sailthru.date pubdate publishdate"
    " publish_date publish-date dc.date.issued DC.date.issued dcterms.created dc.date DC.date date "
)
_LINKED_DATA = etree.XPath("//script[@type='application/ld+json']/text()")
_LINKED_DATE = re.compile(r'"datePublished"\s*:\s*"([^"\\]{4,60})"')
_TIMES = etree.XPath("//time/@datetime")
_SECTION = etree.XPath("//meta[@property='article:section']/@content")

_BREAKING = frozenset(
    (
        "p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6",
        "blockquote", "section", "article", "header", "footer", "figure", "figcaption", "pre",
        "hr", "dt", "dd",
    )
)  # fmt: skip
_SILENT = frozenset(("script", "style", "noscript", "template", "iframe", "object"))


def read_html(stream: Stream, context: Context) -> Iterator[Article | Problem]:
    """The article of an HTML file."""
    data = stream.read_all(context.limits.max_page_bytes)
    if data is None:
        what = f"a page longer than {context.limits.max_page_bytes:,} bytes"
        yield Problem(context.name, what)
        return
    yield from article_in(data, context.name, context)


def article_in(
    page: bytes,
    where: str,
    context: Context,
    *,
    url: str | None = None,
    charset: str = "",
    **extra: str,
) -> Iterator[Article | Problem]:
    """The article of a page that was fetched from ``url`` with a ``charset`` header, if known.

    The language that a page declares is that of its template as often as that
    of its text, so it is not taken.
    """
    declared = [found.decode("ascii", "replace") for found in _DECLARED.findall(page[:_HEAD_BYTES])]
    text = decode(page, (charset, *declared))
    if text.count("<") > context.limits.max_tags:
        yield Problem(where, f"a page of more than {context.limits.max_tags:,} tags")
        return
    try:
        fields = _fields(text, url)
    # Pages are hostile and two large libraries read them: one page must not end the reading.
    except Exception as error:  # noqa: BLE001
        yield Problem(where, f"the page cannot be taken apart: {type(error).__name__}")
        return
    if fields is None:
        yield Problem(where, "no article text was found in the page")
        return
    yield from article_of({**fields, **extra}, where, context)


def _fields(text: str, url: str | None) -> dict[str, object] | None:
    text = _XML_DECLARATION.sub("", text.replace("\0", ""))
    tree = document_fromstring(
        _JOINER.sub(lambda joiner: _JOINERS[html.unescape(joiner[0])], text),
        parser=HTMLParser(remove_comments=True),
    )
    # Taken first: the extraction takes the tree apart.
    stated: dict[str, object] = {"published": _published(tree), "section": _first(_SECTION(tree))}
    found = bare_extraction(
        tree,
        url=url,
        fast=True,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if found is None or not found.text:  # type: ignore[union-attr]
        return None
    named: Any = found
    # The headline stands above the text, and is taken with it.
    head, _, rest = named.text.partition("\n")
    fields = {
        "title": named.title,
        "body": rest if rest and head.strip() == (named.title or "").strip() else named.text,
        "url": url or named.url,
        "sitename": named.sitename,
        "hostname": named.hostname,
        "authors": named.author,
        **stated,
    }
    return {name: _with_joiners(value) for name, value in fields.items() if value}


def _with_joiners(text: str) -> str:
    for joiner, letter in _JOINERS.items():
        text = text.replace(letter, joiner)
    return text


def _published(tree: HtmlElement) -> str | None:
    """The date that the page states for machines; dates in running text are left alone."""
    stated = [str(value) for path in _DATES for value in path(tree, names=_DATE_NAMES)]
    stated += [
        value for data in _LINKED_DATA(tree) for value in _LINKED_DATE.findall(str(data)[:100_000])
    ]
    # Other articles on the page have their times too, so that several say nothing.
    if not stated and len(times := {str(value) for value in _TIMES(tree)}) == 1:
        stated.extend(times)
    readable = (value for value in stated[:50] if parse_date(value))
    return next(readable, stated[0] if stated else None)


def _first(values: list[Any]) -> str | None:
    return str(values[0]) if values else None


def text_of(fragment: str) -> str:
    """The text of a piece of HTML, with a line for each block."""
    if "<" not in fragment and "&" not in fragment:
        return fragment
    try:
        tree = document_fromstring(f"<div>{fragment}</div>", parser=HTMLParser())
    except (etree.LxmlError, ValueError):
        return re.sub(r"<[^<>]*>", " ", fragment)
    pieces: list[str] = []
    silent = 0
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        starts = event == "start"
        name = element.tag if isinstance(element.tag, str) else ""
        if name in _SILENT:
            silent += 1 if starts else -1
        if name in _BREAKING:
            pieces.append("\n")
        inner = element.text if starts else element.tail
        if inner and not silent:
            pieces.append(re.sub(r"\s+", " ", inner))
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)
