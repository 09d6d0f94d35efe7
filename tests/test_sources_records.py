"""JSON, NDJSON and tables: which name means what, and what becomes of bad records."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman import Article, InvalidValue
from dragoman.model import StoredArticle, Tag
from dragoman.render import article_json
from dragoman.sources import Limits, read_stream
from reading import one, read

PARAGRAPHS = "The river rose.\nMilitias carried sandbags."


# What each tool writes → the article that it means, without `origin` and `extra`.
TOOLS = {
    "news-please": (
        {
            "authors": ["Helen Marsh"], "date_download": "2020-09-01 08:00:00",
            "date_modify": None, "date_publish": "2020-08-31 10:00:00",
            "description": "A short text.", "filename": "a.html", "image_url": None,
            "language": "en", "localpath": "a", "maintext": PARAGRAPHS,
            "source_domain": "example.org", "title": "Flood in Basra",
            "title_page": None, "title_rss": None, "url": "https://example.org/flood",
        },
        Article(
            "Flood in Basra", PARAGRAPHS, url="https://example.org/flood",
            published="2020-08-31T10:00:00", source="example.org", authors=("Helen Marsh",),
            language="en",
        ),
    ),
    "trafilatura": (
        {
            "title": "Flood in Basra", "author": "Helen Marsh; Omar Aziz",
            "hostname": "example.org", "date": "2020-08-31", "fingerprint": "0a1b2c", "id": None,
            "license": None, "comments": "", "raw_text": "Home The river rose.",
            "text": PARAGRAPHS, "language": None, "image": None, "pagetype": "article",
            "filedate": "2020-09-01", "source": "https://example.org/flood",
            "source-hostname": "Basra Times", "excerpt": "A short text.",
            "categories": "World", "tags": "",
        },
        Article(
            "Flood in Basra", PARAGRAPHS, url="https://example.org/flood", published="2020-08-31",
            source="Basra Times", section="World", authors=("Helen Marsh", "Omar Aziz"),
        ),
    ),
    "newspaper4k": (
        {
            "url": "https://example.org/flood", "read_more_link": "", "language": "en",
            "title": "Flood in Basra", "top_image": "", "meta_img": "", "images": [],
            "movies": [], "keywords": ["flood"], "keyword_scores": {"flood": 1.5},
            "meta_keywords": [""], "tags": None, "authors": ["Helen Marsh"],
            "publish_date": "2020-08-31T10:00:00+03:00", "summary": "",
            "meta_description": "A short text.", "meta_lang": "ar", "meta_favicon": "",
            "meta_site_name": "Basra Times", "canonical_link": "https://example.org/flood",
            "text": PARAGRAPHS,
        },
        Article(
            "Flood in Basra", PARAGRAPHS, url="https://example.org/flood",
            published="2020-08-31T10:00:00+03:00", source="Basra Times",
            authors=("Helen Marsh",), language="ar",
        ),
    ),
    "fundus": (
        {
            "title": "Flood in Basra", "authors": ["Helen Marsh"],
            "body": {
                "summary": ["The river rose."],
                "sections": [{"headline": [], "paragraphs": ["Militias carried sandbags."]}],
            },
            "publishing_date": "2020-08-31 10:00:00+03:00", "topics": ["Floods"],
            "free_access": True, "lang": "en",
        },
        Article(
            "Flood in Basra", PARAGRAPHS, published="2020-08-31T10:00:00+03:00",
            authors=("Helen Marsh",), language="en",
        ),
    ),
    "NewsAPI": (
        {
            "source": {"id": None, "name": "Basra Times"}, "author": "Helen Marsh",
            "title": "Flood in Basra", "description": "A short text.",
            "url": "https://example.org/flood", "urlToImage": None,
            "publishedAt": "2020-08-31T07:00:00Z", "content": PARAGRAPHS,
        },
        Article(
            "Flood in Basra", PARAGRAPHS, url="https://example.org/flood",
            published="2020-08-31T07:00:00+00:00", source="Basra Times", authors=("Helen Marsh",),
        ),
    ),
    "schema.org": (
        {
            "@type": "NewsArticle", "headline": "Flood in Basra", "articleBody": PARAGRAPHS,
            "datePublished": "2020-08-31", "author": [{"@type": "Person", "name": "Helen Marsh"}],
            "publisher": {"@type": "Organization", "name": "Basra Times"},
            "articleSection": "World", "inLanguage": "en-GB",
        },
        Article(
            "Flood in Basra", PARAGRAPHS, published="2020-08-31", source="Basra Times",
            section="World", authors=("Helen Marsh",), language="en-GB",
        ),
    ),
    "MongoDB": (
        {
            "_id": {"$oid": "5f4c"}, "Title": "Flood in Basra", "Text": PARAGRAPHS,
            "date": {"$date": "2020-08-31T10:00:00Z"},
        },
        Article("Flood in Basra", PARAGRAPHS, id="5f4c", published="2020-08-31T10:00:00+00:00"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("record", "article"), TOOLS.values(), ids=TOOLS)
@pytest.mark.parametrize("shape", ["line", "document", "list", "wrapped"])
def test_the_records_of_known_tools_need_no_options(record, article, shape):
    """Every field of the article is found under the name that the tool gives it."""
    text = {
        "line": json.dumps(record),
        "document": json.dumps(record, indent=2),
        "list": json.dumps([record], indent=2),
        "wrapped": json.dumps({"status": "ok", "totalResults": 1, "articles": [record]}),
    }[shape]
    assert replace(one(text), origin=None, extra={}) == article


def test_what_has_no_field_of_its_own_is_kept_as_extra():
    """Plain values stay; lists, objects, empty and very long values do not."""
    record = {
        "title": "Flood", "fingerprint": "0a1b2c", "free_access": True, "words": 12, "none": None,
        "empty": "", "keywords": ["a"], "nested": {"a": 1}, "html": "<p>" * 3_000,
    }  # fmt: skip
    extra = one(json.dumps(record)).extra
    assert extra == {"fingerprint": "0a1b2c", "free_access": "true", "words": "12"}


@pytest.mark.parametrize(
    ("mapping", "record", "expected"),
    [
        ({"title": "kop", "body": "tekst"}, {"kop": "Flood", "tekst": "Rose."}, ("Flood", "Rose.")),
        ({"title": "headline"}, {"title": "Site", "headline": "Flood"}, ("Flood", "")),
        ({"body": "parts.1.p"}, {"title": "Flood", "parts": [{}, {"p": "R."}]}, ("Flood", "R.")),
        ({"title": "a.b"}, {"a.b": "Flood"}, ("Flood", "")),
        ({"title": "kop"}, {"headline": "Flood"}, ("Flood", "")),
    ],
)
def test_a_mapping_names_what_has_an_unusual_name(mapping, record, expected):
    """Mapped names come first, dots lead inside; other names still count."""
    article = one(json.dumps(record), mapping=mapping)
    assert (article.title, article.body) == expected


def test_a_mapping_to_no_article_field_is_refused_at_once():
    """The message names the fields that exist."""
    with pytest.raises(InvalidValue, match=r"'headline'.*title, body"):
        read_stream(io.BytesIO(b""), "a", mapping={"headline": "kop"})


@pytest.mark.parametrize(
    ("value", "language", "problems"),
    [
        ("ar", "ar", 0),
        ("zh-Hant", "zh-Hant", 0),
        ("pt_BR", "pt_BR", 0),
        ("Arabic", "ar", 0),
        ("Lao", "lo", 0),
        ("Ewe", "ee", 0),
        ("und", None, 0),
        ("", None, 0),
        ("all of them!", None, 1),
    ],
)
def test_the_language_of_a_record_is_a_tag_or_a_name(value, language, problems):
    """What is neither is reported and left empty."""
    articles, found = read(json.dumps({"title": "Flood", "language": value}))
    assert (articles[0].language, len(found)) == (language, problems)


def test_the_language_of_the_caller_wins():
    """One tag for the whole input."""
    assert one('{"title": "Flood", "language": "en"}', language="ar").language == "ar"


def test_an_unreadable_date_is_reported_and_left_empty():
    """The article goes in; the problem says where, and that nothing was lost."""
    articles, problems = read('{"title": "Flood", "date": "03/04/2018"}', "a.jsonl")
    assert articles[0].published is None
    assert [(p.where, p.lost) for p in problems] == [("a.jsonl:1", False)]
    assert "03/04/2018" in problems[0].what


def test_a_second_readable_date_stands_in_for_an_unreadable_one():
    """Records often have several dates."""
    assert (
        one('{"title": "F", "published": "soon", "date": "2020-08-31"}').published == "2020-08-31"
    )


ARTICLE = Article(
    title="Flood  in Basra", body="The river rose.\n\nMilitias", id="flood/1",
    url="https://example.org/flood", published="2020-08-31T10:00:00+03:00", source="Basra Times",
    section="World", authors=("Marsh, Helen", "Aziz; Omar"), language="en", origin="old.jsonl:7",
    extra={"title": "another", "summary": "short", "taken": "0", "language": "x", "origin": "o"},
)  # fmt: skip
WORDS = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff\ufffe\uffff"),
    max_size=20,
)
LINES = WORDS.filter(bool) | st.none()


def back(stored):
    """An article after export and reading."""
    return replace(one(json.dumps(article_json(stored)) + "\n"), origin=None)


@pytest.mark.parametrize(
    ("tag", "given", "expected"),
    [
        (Tag("en", "Latn", 1.0, "given"), "en", "en"),
        (Tag("ar", "Arab", 0.9), None, None),
        (Tag("ckb", "Arab", 1.0, "corrected"), None, "ckb"),
        (Tag("ckb", "Arab", 1.0, "corrected", (("en", 0.2),)), "ar", "ckb"),
    ],
)
def test_an_exported_article_comes_back_as_it_was(tag, given, expected):
    """A tag that a person gave or corrected comes along, a detected one is found anew."""
    article = replace(ARTICLE, language=given)
    assert back(StoredArticle(1, article, tag)) == replace(article, language=expected, origin=None)


@given(
    st.builds(
        Article, title=WORDS.map("a".__add__), body=WORDS, id=LINES, url=LINES, source=LINES,
        section=LINES, authors=st.lists(WORDS, max_size=3).map(tuple),
        extra=st.dictionaries(WORDS, WORDS, max_size=3),
    )
)  # fmt: skip
def test_any_article_survives_export(article):
    """No field is joined, cut, or taken for another."""
    assert back(StoredArticle(1, article, Tag("und", "Zyyy", 0.0))) == article


GOOD = '{"title": "Flood %d"}'


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ('{"title": "Flood', "broken JSON"),
        ('{"title": "Flood"} tail', "broken JSON"),
        ("no JSON", "broken JSON"),
        ("[1, 2]", "no record with named fields"),
        ("17", "no record with named fields"),
        ("{}", "no text"),
        ('{"title": "...", "body": "?!"}', "no text"),
        ('{"title": null, "published": "2020"}', "no text"),
        ("\x00\x01\x02\x03", "broken JSON"),
        ('{"a":' * 500 + "1" + "}" * 500, "nested too deeply"),
        ('{"title": ' + "[" * 100_000, "nested too deeply"),
        ('{"title": "' + "x" * 3_000 + '"}', "longer than 2,000 bytes"),
    ],
)
def test_a_bad_line_is_reported_and_the_rest_go_in(bad, says):
    """One problem, with file and line; the lines around it are taken."""
    text = f"{GOOD % 1}\n{bad}\n\n{GOOD % 3}\n"
    articles, problems = read(
        text, "a.jsonl", limits=Limits(max_record_bytes=2_000 if "xxx" in bad else 10**7)
    )
    assert [(a.title, a.origin) for a in articles] == [
        ("Flood 1", "a.jsonl:1"),
        ("Flood 3", "a.jsonl:4"),
    ]
    assert [(p.where, p.lost) for p in problems] == [("a.jsonl:2", True)]
    assert says in problems[0].what


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ('{"title": }', "broken JSON"),
        ('{"title" "Flood"}', "broken JSON"),
        ("17", "no record with named fields"),
        ("{}", "no text"),
        ('{"a":' * 500 + "1" + "}" * 500, "nested too deeply"),
        ('{"title": "' + "x" * 300_000 + '"}', "longer than 200,000 bytes"),
    ],
)
def test_a_bad_element_of_a_list_is_reported_and_the_rest_go_in(bad, says):
    """One problem, with file and number; the records around it are taken."""
    text = f"[{GOOD % 1},\n{bad},\n{GOOD % 3},\n{GOOD % 4}]"
    articles, problems = read(text, "a.json", limits=Limits(max_record_bytes=200_000))
    assert [a.title for a in articles] == ["Flood 1", "Flood 3", "Flood 4"]
    assert [(p.where, p.lost) for p in problems] == [("a.json#2", True)]
    assert says in problems[0].what


def test_a_document_that_breaks_off_gives_what_came_before():
    """The records before the end go in, the end is reported."""
    text = json.dumps([{"title": f"Flood {n}"} for n in range(10)])
    articles, problems = read(text[:-15])
    assert len(articles) == 9
    assert [p.where for p in problems] == ["a#10"]
    assert "breaks off" in problems[0].what


def test_records_one_after_another_are_read():
    """As jq writes them: objects over several lines, without a list."""
    text = "\n".join(json.dumps({"title": f"Flood {n}"}, indent=2) for n in range(3))
    assert [a.title for a in read(text)[0]] == ["Flood 0", "Flood 1", "Flood 2"]


def test_broken_characters_are_reported_and_the_article_goes_in():
    """Half a surrogate pair is dropped; bytes that are no text are named."""
    assert one(r'{"title": "Flood \ud83d"}').title == "Flood"
    articles, problems = read(
        '{"title": "Überflutung über größere Flächen"}\n'.encode() + b'{"title": "Flo\xffod"}\n'
    )
    assert articles[1].title == "Flo\ufffdod"
    assert [p.lost for p in problems] == [False]


MEDIA_CLOUD = """\
id,indexed_date,language,media_name,media_url,publish_date,title,url
1,2020-09-01 02:10:11,en,basratimes.com,basratimes.com,2020-08-31,Flood in Basra,https://b.com/1
2,2020-09-01 02:10:11,ar,basratimes.com,basratimes.com,2020-08-31,"فيضان ""كبير"", في البصرة",https://b.com/2
"""


def test_the_export_of_media_cloud_is_read():
    """Rows that have a title only are articles too."""
    articles, problems = read(MEDIA_CLOUD, "a.csv")
    assert problems == []
    assert articles[1] == Article(
        'فيضان "كبير", في البصرة', id="2", url="https://b.com/2", published="2020-08-31",
        source="basratimes.com", language="ar", origin="a.csv:3",
        extra={"indexed_date": "2020-09-01 02:10:11", "media_url": "basratimes.com"},
    )  # fmt: skip


@pytest.mark.parametrize("name", ["a.csv", "stdin"])
@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_the_delimiter_is_told_from_the_column_names(mark, name):
    """With or without a name that helps; line breaks and delimiters inside quotes are text."""
    text = f'title{mark}body{mark}date\r\nFlood{mark}"The river{mark}\nrose."{mark}2020-08-31\r\n'
    article = one("\ufeff" + text, name)
    assert (article.title, article.body) == ("Flood", f"The river{mark}\nrose.")
    assert (article.published, article.origin) == ("2020-08-31", f"{name}:2")


TABLES = {
    "more cells than columns": ("Flood,Rose.,x,y", "cells under"),
    "no text": (",,2020", "no text"),
    "no letters": ("---,...", "no text"),
    "an open quote": ('"Flood,Rose.', "not closed"),
    "a long line": ("x" * 3_000, "longer than 2,000 bytes"),
}


@pytest.mark.parametrize(("row", "says"), TABLES.values(), ids=TABLES)
def test_a_bad_row_is_reported_and_the_rest_go_in(row, says):
    """One problem, with file and line; the rows around it are taken."""
    text = f"title,body,date\nFlood 1,Rose.\n{row}\nFlood 3,Rose.\n"
    articles, problems = read(text, "a.csv", limits=Limits(max_record_bytes=2_000))
    assert [a.title for a in articles] == ["Flood 1", "Flood 3"]
    assert [(p.where, p.lost) for p in problems] == [("a.csv:3", True)]
    assert says in problems[0].what


def test_a_table_without_known_columns_says_how_to_map_them():
    """The columns that there are stand in the message; a mapping mends it."""
    text = "kop,tekst\nFlood,Rose.\n"
    _, problems = read(text, "a.csv")
    assert "title=COLUMN" in problems[0].what
    assert "kop, tekst" in problems[0].what
    assert one(text, "a.csv", mapping={"title": "kop"}).title == "Flood"
