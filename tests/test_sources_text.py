"""Plain text and Markdown: title, source, section, facts and body, told from the shape."""

from __future__ import annotations

import io

import pytest

from dragoman import Article
from dragoman.sources import Limits, read_stream

FOUNDING = """\
Iraq News - Local News - Baghdadpost

Militias parade in Basra as floods recede


The river fell in the night, and armed groups drove through the city at dawn.

Residents said that nobody had asked them to come.
"""
PROSE = "The river rose in the night, and nobody slept.\n\nMilitias carried sandbags to the bridge."
ARABIC = "ارتفع منسوب النهر ليلاً في المدينة.\n\nوحمل الأهالي أكياس الرمل إلى الجسر القديم."


def read(text, name="a.txt"):
    """The only item that a text gives."""
    items = list(read_stream(io.BytesIO(text.encode()), name))
    assert len(items) == 1
    return items[0]


# Name of the case → text, title, body, and what else is found.
TEXTS = {
    "site and section above the headline": (
        FOUNDING,
        "Militias parade in Basra as floods recede",
        ("The river fell in the night, and armed groups drove through the city at dawn.\n\n"
        "Residents said that nobody had asked them to come."),
        {"source": "Baghdadpost", "section": "Iraq News - Local News"},
    ),
    "windows line ends": (
        FOUNDING.replace("\n", "\r\n"),
        "Militias parade in Basra as floods recede",
        ("The river fell in the night, and armed groups drove through the city at dawn.\n\n"
        "Residents said that nobody had asked them to come."),
        {"source": "Baghdadpost", "section": "Iraq News - Local News"},
    ),
    "Arabic site and section": (
        f"أخبار العراق | محليات | بغداد بوست\n\nفيضان في البصرة\n\n{ARABIC}",
        "فيضان في البصرة",
        ARABIC,
        {"source": "بغداد بوست", "section": "أخبار العراق - محليات"},
    ),
    "just paragraphs": (PROSE, "", PROSE, {}),
    "just Arabic paragraphs": (ARABIC, "", ARABIC, {}),
    "one paragraph": ("The river rose in the night.", "", "The river rose in the night.", {}),
    "a headline": (f"Flood in Basra\n\n{PROSE}", "Flood in Basra", PROSE, {}),
    "an Arabic headline": (f"فيضان في البصرة\n\n{ARABIC}", "فيضان في البصرة", ARABIC, {}),
    "a headline without a blank line": (f"Flood in Basra\n{PROSE}", "Flood in Basra", PROSE, {}),
    "a headline that asks": (f"Who opened the dam?\n\n{PROSE}", "Who opened the dam?", PROSE, {}),
    "a Chinese headline": (
        "巴士拉发生洪灾\n\n河水在夜间上涨，没有人入睡。民兵把沙袋运到桥上。",
        "巴士拉发生洪灾",
        "河水在夜间上涨，没有人入睡。民兵把沙袋运到桥上。",
        {},
    ),
    "a Hindi headline": (
        "बसरा में बाढ़\n\nरात में नदी का जलस्तर बढ़ गया और कोई नहीं सोया।",
        "बसरा में बाढ़",
        "रात में नदी का जलस्तर बढ़ गया और कोई नहीं सोया।",
        {},
    ),
    "a date and an author": (
        f"Flood in Basra\n\n31 August 2020\nBy Helen Marsh\n\n{PROSE}",
        "Flood in Basra",
        PROSE,
        {"published": "2020-08-31", "authors": ("Helen Marsh",)},
    ),
    "a heading of Markdown": (f"# Flood in Basra\n\n{PROSE}", "Flood in Basra", PROSE, {}),
    "an underlined heading": (
        f"Flood in Basra\n==============\n\n{PROSE}",
        "Flood in Basra",
        PROSE,
        {},
    ),
    "front matter": (
        ('---\ntitle: "Flood: the river rose"\ndate: 2020-08-31\n'
        f"authors: [Helen Marsh, Omar Aziz]\nlang: en\nweight: 3\n---\n\n{PROSE}"),
        "Flood: the river rose",
        PROSE,
        {
            "published": "2020-08-31", "authors": ("Helen Marsh", "Omar Aziz"), "language": "en",
            "extra": {"weight": "3"},
        },
    ),
    "front matter with a list": (
        f"---\ntitle: Flood\nauthors:\n- Helen Marsh\n- Omar Aziz\n---\n{PROSE}",
        "Flood",
        PROSE,
        {"authors": ("Helen Marsh", "Omar Aziz")},
    ),
    "named lines": (
        f"Title: Flood in Basra\nSource: Basra Times\nDate: 2020-08-31\n\n{PROSE}",
        "Flood in Basra",
        PROSE,
        {"source": "Basra Times", "published": "2020-08-31"},
    ),
    "a line that only looks named": (
        f"Date: the fruit that feeds Basra\n\n{PROSE}",
        "Date: the fruit that feeds Basra",
        PROSE,
        {},
    ),
    "a list of short lines": ("Basra\n\nBaghdad\n\nMosul", "", "Basra\n\nBaghdad\n\nMosul", {}),
    "blank lines and a byte order mark above": (
        f"\ufeff\n\n\nFlood in Basra\n\n{PROSE}\n\n\n",
        "Flood in Basra",
        PROSE,
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "title", "body", "more"), TEXTS.values(), ids=TEXTS)
def test_the_parts_of_a_text_are_told_from_its_shape(text, title, body, more):
    """What stands where people put it is found; prose is never taken for a headline."""
    assert read(text) == Article(title, body, origin="a.txt", **more)


@pytest.mark.parametrize("text", [text for text, *_ in TEXTS.values()], ids=list(TEXTS))
def test_no_letter_of_a_text_is_lost(text):
    """Whatever the shape was taken for, every word is in some field of the article."""
    article = read(text.split("---\n\n")[-1])
    fields = (article.title, article.body, article.source, article.section, article.published)
    held = " ".join(filter(None, (*fields, *article.authors)))
    words = {word.strip(':[]"') for word in text.split("---\n\n")[-1].split()}
    marks = {"", "-", "|", "#", "---", "By", "Title", "Source", "Date", "31", "August", "\ufeff"}
    known = marks | {"title", "authors", "=" * 14}
    assert {word for word in words - known if word not in held} == set()


def test_a_text_that_is_too_long_is_one_problem():
    """The limit of a record counts for the whole file."""
    limits = Limits(max_record_bytes=1_000)
    items = list(read_stream(io.BytesIO(b"word " * 1_000), "a.txt", limits=limits))
    assert [item.what for item in items] == ["a text longer than 1,000 bytes"]


@pytest.mark.parametrize("text", ["", "\n\n \t\n", "...\n\n---\n", "\u200b\u200b", "\ufeff"])
def test_a_file_without_text_is_one_problem(text):
    """Nothing to search is no article."""
    assert read(text).lost
