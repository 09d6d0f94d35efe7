"""Web pages, feeds and crawls."""

from __future__ import annotations

import time

import pytest

import hostile
from dragoman import Article
from dragoman.dates import parse_date
from dragoman.sources import Limits
from reading import one, read

ENGLISH, ARABIC, PERSIAN = hostile.SAMPLE[:3]


@pytest.mark.parametrize("record", hostile.SAMPLE[:20], ids=lambda record: record["id"])
def test_the_article_is_taken_out_of_a_page(record):
    """Title, site, date and paragraphs; no navigation, no footer, nothing of the words lost."""
    article = one(hostile.page(record))
    assert article.title == record["title"]
    assert article.body.split("\n") == record["body"].split("\n")
    assert article.source == record["source"]
    assert article.published == parse_date(record["published"])
    assert article.language is None


@pytest.mark.parametrize(
    ("charset", "declared"),
    [
        ("cp1256", "windows-1256"),
        ("cp1256", None),
        ("utf-8", "windows-1256"),  # left over from a template
        ("utf-8", "utf-7"),
        ("cp1256", "iso-8859-1"),
    ],
)
def test_the_encoding_of_a_page_is_declared_or_detected(charset, declared):
    """What is declared is believed unless the bytes are UTF-8; unknown names are not used."""
    article = one(hostile.page(ARABIC, charset=charset, declared=declared))
    expected = ARABIC["title"]
    if declared == "iso-8859-1":
        expected = expected.encode("cp1256").decode("cp1252")
    assert article.title == expected


DATES = {
    '<meta property="article:published_time" content="2020-08-31T10:00:00+03:00">':
        "2020-08-31T10:00:00+03:00",
    '<meta itemprop="datePublished" content="2020-08-31">': "2020-08-31",
    '<meta name="pubdate" content="31 Aug 2020 10:00 GMT">': "2020-08-31T10:00:00+00:00",
    '<script type="application/ld+json">{"datePublished": "2020-08-31T10:00:00Z"}</script>':
        "2020-08-31T10:00:00+00:00",
    '<link rel="x"><time datetime="2020-08-31">a</time>': "2020-08-31",
    '<meta name="date" content="soon"><meta name="pubdate" content="2020-08-31">': "2020-08-31",
    "": None,
}  # fmt: skip


@pytest.mark.parametrize(("head", "published"), DATES.items())
def test_the_date_is_the_one_stated_for_machines(head, published):
    """Dates in running text are left alone."""
    body = "<p>The river rose in the night of 3 January 2019, and nobody slept in Basra.</p>" * 3
    article = one(f"<html><head><title>Flood</title>{head}</head><body>{body}</body></html>")
    assert article.published == published


def test_a_date_of_a_page_in_doubt_is_reported():
    """The page goes in without it."""
    page = hostile.page({**ENGLISH, "published": "03/04/2018"})
    articles, problems = read(page)
    assert articles[0].published is None
    assert "03/04/2018" in problems[0].what
    assert not problems[0].lost


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("<html><body></body></html>", "no article text"),
        ("<html><body><script>alert('x')</script></body></html>", "no article text"),
        ("<html><body>" + "<i></i>" * 30_000, "more than 40,000 tags"),
        ("<html>" + "x" * 5_000_000, "longer than 4,000,000 bytes"),
    ],
)
def test_a_page_without_an_article_is_one_problem(page, says):
    """Empty pages, and pages that would take too long."""
    articles, problems = read(page, "a.html")
    assert articles == []
    assert [p.where for p in problems] == ["a.html"]
    assert says in problems[0].what


@pytest.mark.parametrize(
    "page",
    [
        "<html><body>" + "<div>" * 15_000 + "The river rose in the night.",
        "<html><body>" + "<table><tr><td>" * 5_000 + "The river rose in the night.",
        "<html><body><p " + "a='b' " * 100_000 + ">The river rose in the night.</p>",
        "<html><body>" + "<!--" * 30_000,
        "<html><body>" + "&lt;" * 500_000,
        "<html><body><p>" + "a" * 3_000_000,
        "<html><head>" + "<meta charset=" * 30_000,
    ],
    ids=["deep", "tables", "attributes", "comments", "entities", "word", "metas"],
)
def test_a_page_made_to_take_long_does_not(page):
    """It ends in an article or a problem within seconds."""
    began = time.monotonic()
    articles, problems = read(page)
    assert len(articles) + len(problems) >= 1
    assert time.monotonic() - began < 10


def test_joiners_of_persian_words_stay():
    """The extraction would drop what is invisible."""
    page = hostile.page(
        {**PERSIAN, "title": "می‌روند", "body": "گروه‌ها می‌روند و کسی نمی‌داند کجا. " * 5}
    )
    assert one(page).title == "می‌روند"
    assert "گروه‌ها می‌روند" in one(page).body
    spelt = page.decode().replace("\u200c", "&zwnj;").encode()
    assert one(spelt) == one(page)


RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Basra Times</title><language>ar</language>
<item><title>Flood &amp; fear in Basra</title><link>https://example.org/flood</link>
<guid isPermaLink="false">tag:1</guid><dc:creator>Helen Marsh</dc:creator>
<category>World</category><pubDate>Mon, 31 Aug 2020 10:00:00 +0300</pubDate>
<description>A short text.</description>
<content:encoded><![CDATA[<p>The river <b>rose</b>.</p><script>x()</script><p>Caf&eacute;.</p>]]>
</content:encoded></item>
<item><title>Only a summary</title><guid isPermaLink="false">tag:2</guid>
<description>&lt;p&gt;The river fell.&lt;/p&gt;</description></item>
<item><description></description></item>
</channel></rss>"""


def test_the_entries_of_a_feed_are_articles():
    """Full text before the summary, the zone of the date, the feed as the source."""
    articles, problems = read(RSS, "a.rss")
    assert articles[0] == Article(
        "Flood & fear in Basra", "The river rose.\nCafé.", url="https://example.org/flood",
        published="2020-08-31T10:00:00+03:00", source="Basra Times", section="World",
        authors=("Helen Marsh",), origin="a.rss#1",
        extra={"entry_id": "tag:1", "feed_language": "ar"},
    )  # fmt: skip
    assert (articles[1].title, articles[1].body) == ("Only a summary", "The river fell.")
    assert (articles[1].id, articles[1].url) == ("tag:2", None)
    assert [(p.where, p.lost) for p in problems] == [("a.rss#3", True)]


def test_atom_and_rdf_are_read_too():
    """The three families of feeds."""
    articles, problems = read(hostile.atom(), "a.atom")
    assert [a.title for a in articles] == [r["title"] for r in hostile.RECORDS]
    assert articles[0].published == "2020-09-19T08:15:00+03:00"
    assert articles[0].authors == ("Helen Marsh",)
    assert problems == []
    rdf = """<?xml version="1.0"?><rdf:RDF xmlns="http://purl.org/rss/1.0/"
    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><channel><title>Basra Times</title>
    </channel><item rdf:about="https://example.org/1"><title>Flood</title>
    <link>https://example.org/1</link></item></rdf:RDF>"""
    assert one(rdf).title == "Flood"


def test_a_feed_in_a_legacy_encoding_is_read():
    """The declaration of XML is believed."""
    feed = hostile.rss((ARABIC,)).decode().replace("utf-8", "windows-1256", 1).encode("cp1256")
    assert one(feed).title == ARABIC["title"]


BILLION = (
    "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'ha'>"
    + "".join(
        f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(12)
    )
    + "]><rss version='2.0'><channel><item><title>Flood &m; in Basra</title></item></channel></rss>"
)  # fmt: skip
EXTERNAL = (
    "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
    "<rss version='2.0'><channel><item><title>Flood &a; in Basra</title></item></channel></rss>"
)


@pytest.mark.parametrize("feed", [BILLION, EXTERNAL], ids=["billion laughs", "external"])
def test_entities_of_a_feed_are_not_unfolded(feed):
    """They cost nothing and read no other file; the entry is taken without them."""
    began = time.monotonic()
    article = one(feed)
    assert article.title.startswith("Flood")
    assert len(article.title) < 30
    assert "root" not in article.title + article.body
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "feed",
    [
        "<rss>" + "<item>" * 50_000,
        "<rss><channel>" + "<a>" * 50_000,
        "<rss " + " ".join(f"a{n}='b'" for n in range(30_000)) + "><channel/></rss>",
        "<rss><channel><title>" + "<![CDATA[" * 30_000,
        "<rss version='2.0'><channel><item><title>" + "&lt;" * 300_000,
        "<feed/>",
        "<rss",
    ],
    ids=["items", "depth", "attributes", "cdata", "entities", "empty", "broken"],
)
def test_a_feed_made_to_take_long_does_not(feed):
    """It ends in counted problems within seconds."""
    began = time.monotonic()
    articles, problems = read(feed, "a.rss")
    assert len(articles) + len(problems) >= 1
    assert time.monotonic() - began < 10


def test_a_crawl_gives_its_pages_alone():
    """No requests, pictures or error pages; the address and the time of the crawl are kept."""
    articles, problems = read(hostile.warc((ENGLISH, ARABIC)), "a.warc")
    assert problems == []
    assert [a.title for a in articles] == [ENGLISH["title"], ARABIC["title"]]
    assert [a.url for a in articles] == [ENGLISH["url"], ARABIC["url"]]
    assert articles[0].published == parse_date(ENGLISH["published"])
    assert articles[0].extra["fetched"] == "2020-09-19T09:00:00Z"


def record(title, **options):
    """A response with a page."""
    return hostile.warc_record(
        hostile.page({**ENGLISH, "title": title}), "https://b.com/", **options
    )


BROKEN = {
    "no length": (
        record("two").replace(b"Content-Length", b"Content-Lenght", 1), "without a length",
    ),
    "a length that is none": (
        record("two").replace(b"Content-Length: ", b"Content-Length: x", 1), "without a length",
    ),
    "too long": (
        record("two").replace(b"Content-Length: ", b"Content-Length: 9999", 1), "longer than",
    ),
    "junk": (b"\0\1\2 junk\r\n\r\n", "belong to no WARC record"),
    "no HTTP": (
        hostile.warc_record(b"junk", "https://b.com/", kind="metadata").replace(
            b"metadata", b"response"
        ),
        "without HTTP headers",
    ),
    "empty page": (hostile.warc_record(b"<html></html>", "https://b.com/"), "no article text"),
}  # fmt: skip


@pytest.mark.parametrize(("bad", "says"), BROKEN.values(), ids=BROKEN)
def test_a_broken_record_of_a_crawl_is_reported_and_the_rest_go_in(bad, says):
    """The records around it are taken, unless its stated length covers them."""
    articles, problems = read(
        record("one") + bad + record("three"), "a.warc", limits=Limits(max_record_bytes=50_000)
    )
    titles = [a.title for a in articles]
    assert titles[0] == "one"
    assert titles[-1] == "three" or says == "longer than"
    assert all(p.where.startswith("a.warc#") for p in problems)
    assert any(says in p.what for p in problems)


def test_a_wrong_length_does_not_swallow_the_next_record():
    """The record that the length reaches into is given back."""
    bad = record("two")
    length = bad.split(b"Content-Length: ")[1].split(b"\r\n")[0]
    bad = bad.replace(b"Content-Length: " + length, b"Content-Length: %d" % (int(length) + 300), 1)
    articles, problems = read(record("one") + bad + record("three"), "a.warc")
    assert [a.title for a in articles] == ["one", "three"]
    assert "wrong length" in problems[0].what


def test_a_crawl_that_breaks_off_gives_what_came_before():
    """The last record is one problem."""
    articles, problems = read((record("one") + record("two"))[:-300], "a.warc")
    assert [a.title for a in articles] == ["one"]
    assert "breaks off" in problems[0].what


def test_a_body_compressed_inside_a_crawl_is_read_and_bounded():
    """Servers compress pages; a bomb is a page that is too long."""
    for page, found in ((hostile.page(ENGLISH), 1), (b"<html>" + b"a" * 50_000_000, 0)):
        packed = hostile.COMPRESSORS["gz"](page)
        mime = "text/html\r\nContent-Encoding: gzip"
        articles, problems = read(hostile.warc_record(packed, "https://b.com/", mime=mime))
        assert (len(articles), len(problems)) == (found, 1 - found)
