"""Small real files of every format that is read, and ways to spoil them."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import random
from importlib.resources import files
from typing import TYPE_CHECKING

import zstandard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Record = dict[str, object]

SAMPLE: tuple[Record, ...] = tuple(
    json.loads(line)
    for line in files("dragoman").joinpath("data/demo.jsonl").read_text("utf-8").splitlines()
)
"""The sample that comes with the package."""

RECORDS = SAMPLE[:12]
"""Articles in several scripts."""

JAPANESE = tuple(record for record in SAMPLE if str(record["id"]).endswith("/ja"))

COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "bz2": bz2.compress,
    "xz": lambda data: lzma.compress(data, preset=1),
    "zst": lambda data: zstandard.ZstdCompressor().compress(data),
}
"""Ending of a compressed file → what makes it."""


def ndjson(records: tuple[Record, ...] = RECORDS) -> bytes:
    """One record a line."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def document(records: tuple[Record, ...] = RECORDS) -> bytes:
    """A JSON document around a list of records."""
    return json.dumps({"status": "ok", "articles": records}, indent=1).encode()


def table(delimiter: str, records: tuple[Record, ...] = RECORDS) -> bytes:
    """A table with a line of column names; cells hold line breaks."""
    out = io.StringIO()
    columns = ("id", "title", "body", "url", "published", "source")
    writer = csv.DictWriter(out, columns, delimiter=delimiter, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue().encode()


def page(record: Record, *, charset: str = "utf-8", declared: str | None = None) -> bytes:
    """A web page with navigation, metadata and the article."""
    paragraphs = "".join(f"<p>{line}</p>\n" for line in str(record["body"]).split("\n"))
    return f"""<!DOCTYPE html>
<html><head><meta charset="{declared or charset}">
<title>{record["title"]} | {record.get("source", "")}</title>
<meta property="og:title" content="{record["title"]}">
<meta property="og:site_name" content="{record.get("source", "")}">
<meta property="article:published_time" content="{record.get("published", "")}">
</head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav>
<article><h1>{record["title"]}</h1>
{paragraphs}</article>
<footer><p>All rights reserved.</p></footer>
</body></html>
""".encode(charset, "xmlcharrefreplace")


def rss(records: tuple[Record, ...] = RECORDS) -> bytes:
    """An RSS 2.0 feed with full text."""
    items = "".join(
        f"<item><title>{record['title']}</title><link>{record.get('url', '')}</link>"
        f"<guid isPermaLink='false'>{record['id']}</guid>"
        "<pubDate>Sat, 19 Sep 2020 08:15:00 +0300</pubDate>"
        f"<content:encoded><![CDATA[<p>{record['body']}</p>]]></content:encoded></item>\n"
        for record in records
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>The Levant Courier</title><link>https://example.org/</link><language>en</language>
{items}</channel></rss>
""".encode()


def atom(records: tuple[Record, ...] = RECORDS) -> bytes:
    """An Atom feed."""
    entries = "".join(
        f"<entry><title>{record['title']}</title><id>urn:{number}</id>"
        f"<link href='{record.get('url', 'https://example.org/')}'/>"
        "<published>2020-09-19T08:15:00+03:00</published><author><name>Helen Marsh</name></author>"
        f"<content type='html'>&lt;p&gt;{record['body']}&lt;/p&gt;</content></entry>\n"
        for number, record in enumerate(records)
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>The Levant Courier</title>
{entries}</feed>
""".encode()


def warc_record(
    payload: bytes, url: str, *, kind: str = "response", status: str = "200 OK", mime: str = ""
) -> bytes:
    """One record of a WARC file; a response has the headers of HTTP."""
    if kind == "response":
        head = f"HTTP/1.1 {status}\r\nContent-Type: {mime or 'text/html; charset=utf-8'}\r\n"
        payload = f"{head}Content-Length: {len(payload)}\r\n\r\n".encode() + payload
    return (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\n"
        "WARC-Date: 2020-09-19T09:00:00Z\r\n"
        "WARC-Record-ID: <urn:uuid:5e1bbf0b-9a41-4b8a-9b1c-1d6a43a0c111>\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(payload)}\r\n\r\n"
    ).encode() + payload + b"\r\n\r\n"  # fmt: skip


def warc(records: tuple[Record, ...] = RECORDS, *, pack: Callable[[bytes], bytes] = bytes) -> bytes:
    """A crawl, in the manner of CC-NEWS: some requests, some pictures, and the pages."""
    parts = [warc_record(b"software: test\r\n", "", kind="warcinfo")]
    for record in records:
        url = str(record.get("url") or "https://example.org/")
        parts += [
            warc_record(b"GET / HTTP/1.1\r\n\r\n", url, kind="request"),
            warc_record(page(record), url),
        ]
    parts += [
        warc_record(b"\x89PNG", "https://example.org/a.png", mime="image/png"),
        warc_record(page(SAMPLE[0]), "https://example.org/gone", status="404 Not Found"),
    ]
    return b"".join(map(pack, parts))


def markdown(record: Record) -> bytes:
    """An article with front matter."""
    return (
        f'---\ntitle: "{record["title"]}"\ndate: 2020-09-19\n'
        f"authors: [Helen Marsh, Omar Aziz]\n---\n\n# {record['title']}\n\n{record['body']}\n"
    ).encode()


def text(record: Record) -> bytes:
    """An article as people save it: site and section, headline, paragraphs."""
    body = str(record["body"]).replace("\n", "\n\n")
    return f"Iraq News - Local News - Courier\n\n{record['title']}\n\n\n{body}\n".encode()


def samples() -> dict[str, bytes]:
    """A sound file of each format, by name."""
    plain = {
        "a.jsonl": ndjson(), "a.json": document(), "a.csv": table(","), "a.tsv": table("\t"),
        "a.html": page(RECORDS[0]), "ar.html": page(RECORDS[1]), "a.rss": rss(), "a.atom": atom(),
        "a.warc": warc(RECORDS[:3]), "a.md": markdown(RECORDS[0]), "a.txt": text(RECORDS[0]),
        "ar.txt": str(RECORDS[1]["body"]).encode("cp1256", "replace"),
        "utf16.txt": text(RECORDS[1]).decode().encode("utf-16"),
        "shiftjis.csv": table(",", JAPANESE).decode().encode("cp932", "replace"),
    }  # fmt: skip
    packed = {
        f"{name}.{ending}": compress(plain[name])
        for name, (ending, compress) in zip(
            ("a.jsonl", "a.csv", "a.json", "a.rss"), COMPRESSORS.items(), strict=True
        )
    }
    members = {"a.warc.gz": warc(RECORDS[:3], pack=COMPRESSORS["gz"])}
    return {**plain, **packed, **members}


def flip(data: bytes, chance: random.Random) -> bytes:
    """Change some bytes."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20, 200))):
        if out:
            out[chance.randrange(len(out))] = chance.choice(_NASTY)
    return bytes(out)


def truncate(data: bytes, chance: random.Random) -> bytes:
    """Break off, or begin too late."""
    at = chance.randrange(len(data) + 1)
    return data[:at] if chance.random() < 0.7 else data[at:]


def duplicate(data: bytes, chance: random.Random) -> bytes:
    """Repeat a piece, perhaps very often."""
    start = chance.randrange(len(data) + 1)
    end = min(len(data), start + chance.choice((1, 4, 30, 300, 5_000)))
    piece = data[start:end]
    times = min(chance.choice((1, 2, 50, 5_000)), 200_000 // (len(piece) + 1))
    return data[:end] + piece * times + data[end:]


def insert(data: bytes, chance: random.Random) -> bytes:
    """Put something in that means much to some reader."""
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(_INSERTS) + data[at:]


def splice(data: bytes, chance: random.Random) -> bytes:
    """Go on in the middle of a file of any format."""
    other = chance.choice(list(samples().values()))
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other)) :]


_NASTY = tuple(b"\0\n\r\"'{}[]<>&,;:\\-\t\x1b\x80\xbf\xc3\xe0\xf0\xff") + tuple(range(256))
_INSERTS = (
    b"\0" * 100, b"[" * 5_000, b'{"a":' * 2_000, b"<div>" * 2_000, b"<![CDATA[", b"]]>", b'"',
    b"<!DOCTYPE a [<!ENTITY b 'cc'><!ENTITY d '&b;&b;'>]>", b"&d;&nbsp;&#x0;&#xd800;&#1114112;",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\\ud800", b"\\u0000", b"9" * 6_000, b"1e999",
    b"NaN", b"\r\n\r\n", b"\x1f\x8b\x08", b"WARC/1.0\r\n", b"Content-Length: -1\r\n", b"---\n",
    b"Content-Length: 99999999999999\r\n", b"charset=utf-7", b"\n" * 5_000, b" " * 50_000,
    "\u202e\u200d\u0301\U000e0001".encode() * 50, b"a" * 50_000, b"<a b" * 3_000, b"<!--", b"-->",
    b"sep=;\n", b",," * 3_000, b'""' * 3_000, b'"published": "yesterday", ', b"%PDF-", b"PK\3\4",
)  # fmt: skip
_MUTATIONS = (flip, flip, truncate, duplicate, insert, insert, splice)


def mutated(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Names and contents of spoilt files; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    sound = samples()
    for _ in range(count):
        name, data = chance.choice(list(sound.items()))
        ending = name.rpartition(".")[2]
        inner = ending in COMPRESSORS and name != "a.warc.gz" and chance.random() < 0.5
        if inner:
            # What is compressed may be spoilt too, under a sound shell.
            name = name.removesuffix(f".{ending}")
            data = sound[name]
        for _ in range(chance.choice((1, 1, 2, 4))):
            data = chance.choice(_MUTATIONS)(data, chance)
        yield (f"{name}.{ending}", COMPRESSORS[ending](data)) if inner else (name, data)
