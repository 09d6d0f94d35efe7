"""The demo sample that the package ships."""

from __future__ import annotations

import importlib.util
import json
import unicodedata
from collections import Counter, defaultdict
from datetime import date, datetime
from importlib.resources import files
from typing import Any

import pytest
import regex

from dragoman.languages import LANGUAGES

LINES = (files("dragoman") / "data" / "demo.jsonl").read_text(encoding="utf-8").splitlines()
RECORDS: list[dict[str, Any]] = [json.loads(line) for line in LINES]
FIELDS = {"id", "title", "body", "url", "published", "source", "section", "authors"}

SCRIPTS = {
    "Arab": r"\p{Script=Arab}",
    "Cyrl": r"\p{Script=Cyrl}",
    "Deva": r"\p{Script=Deva}",
    "Hans": r"\p{Script=Han}",
    "Hant": r"\p{Script=Han}",
    "Hebr": r"\p{Script=Hebr}",
    "Jpan": r"[\p{Script=Han}\p{Script=Hira}\p{Script=Kana}]",
    "Latn": r"\p{Script=Latn}",
}

# Letters of an alphabet: some that every text of the language must show, and
# some that only its neighbours write.
ALPHABETS: dict[str, tuple[str, str]] = {
    "ar": ("ةيى", "پچژگکیەێۆڵ"),
    "az": ("əğ", "wêß"),
    "ckb": ("ەێۆ", "يكىةثذضظصط"),
    "fa": ("یک", "يكىةەێۆڵټڼٹںے"),
    "kmr": ("êî", "ığöəß"),
    "ps": ("ېۍښځړ", "ٹڈںەێ"),
    "ru": ("ыэъё", "іїєґ"),
    "tr": ("ığşüö", "êəßqx"),
    "uk": ("іїє", "ыэъё"),
    "ur": ("ےںہٹ", "يكىةەێۆ"),
}


def language(record: dict[str, Any]) -> str:
    """The language that the record's id says."""
    return record["id"].split("/")[2]


def text(record: dict[str, Any]) -> str:
    """The title and the body."""
    return f"{record['title']}\n{record['body']}"


each = pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["id"])


def test_sample_is_large_and_varied() -> None:
    """The sample holds many articles and languages, the neighbours in the Middle East well."""
    by_language = Counter(map(language, RECORDS))
    assert len(RECORDS) >= 56
    assert len(by_language) >= 16
    assert all(by_language[tag] >= 4 for tag in ("ar", "ckb", "kmr", "fa", "tr", "he"))


def test_every_event_is_told_in_several_languages() -> None:
    """Each event is told in four languages or more, English among them, each once."""
    events = defaultdict(list)
    for record in RECORDS:
        events[record["id"].split("/")[1]].append(language(record))
    assert len(events) >= 12
    for slug, languages in events.items():
        assert len(languages) >= 4, slug
        assert "en" in languages, slug
        assert len(set(languages)) == len(languages), slug


@pytest.mark.parametrize("key", ["id", "url", "title", "body"])
def test_no_value_stands_twice(key: str) -> None:
    """No two articles share an id, an address, a title or a body."""
    assert [value for value, n in Counter(r[key] for r in RECORDS).items() if n > 1] == []


@each
def test_fields_are_complete(record: dict[str, Any]) -> None:
    """Every article has the same fields, none of which names its language."""
    assert set(record) == FIELDS
    assert regex.fullmatch(r"demo/[a-z]+(?:-[a-z]+)*/[a-z]{2,3}", record["id"])
    assert language(record) in LANGUAGES
    assert record["url"].startswith("https://example.org/")
    assert all(isinstance(author, str) and author for author in record["authors"])
    for key in FIELDS - {"authors"}:
        assert record[key] == record[key].strip() != ""


@each
def test_date_is_iso_and_in_range(record: dict[str, Any]) -> None:
    """The date is an ISO date, or a date and time with its offset, of 2019 to 2021."""
    said = record["published"]
    if "T" in said:
        moment = datetime.fromisoformat(said)
        assert moment.tzinfo is not None
        assert 2019 <= moment.year <= 2021
    else:
        assert 2019 <= date.fromisoformat(said).year <= 2021


@each
def test_text_is_a_short_article(record: dict[str, Any]) -> None:
    """The title is one line, the body two to four paragraphs, all in composed characters."""
    assert "\n" not in record["title"]
    paragraphs = record["body"].split("\n")
    assert 2 <= len(paragraphs) <= 4
    assert all(part == part.strip() != "" for part in paragraphs)
    assert unicodedata.is_normalized("NFC", text(record))


@each
def test_script_fits_the_language(record: dict[str, Any]) -> None:
    """Every letter belongs to a script of the article's language."""
    # The first script is the commonest, and the sample's: Arabic also has a Latin one.
    own = SCRIPTS[LANGUAGES[language(record)].scripts[0]]
    # Letters of several scripts, as ー and the tatweel, are in the script "Common".
    letters = regex.findall(r"[\p{L}--\p{Script=Zyyy}]", text(record), flags=regex.V1)
    assert [letter for letter in letters if not regex.match(own, letter)] == []


@pytest.mark.parametrize(
    "record",
    [record for record in RECORDS if language(record) in ALPHABETS],
    ids=lambda record: record["id"],
)
def test_letters_fit_the_alphabet(record: dict[str, Any]) -> None:
    """An article shows letters of its own alphabet and none that only its neighbours write."""
    typical, foreign = ALPHABETS[language(record)]
    letters = set(text(record).lower())
    assert letters & set(typical)
    assert not letters & set(foreign)


def test_chinese_is_given_in_both_scripts() -> None:
    """One Chinese article is in traditional characters, the others in simplified ones."""
    chinese = [set(text(record)) for record in RECORDS if language(record) == "zh"]
    traditional = [bool(characters & set("這國電鹽車東")) for characters in chinese]
    simplified = [bool(characters & set("这国电盐车东")) for characters in chinese]
    assert sum(traditional) == 1
    assert simplified == [not other for other in traditional]


@pytest.mark.parametrize(
    ("slug", "tag", "spelling"),
    [
        ("kawtharani-speech", "ar", "الكوثراني"),
        ("kawtharani-speech", "fa", "حزب\u200cالله"),
        ("kawtharani-speech", "he", "חיזבאללה"),
        ("kawtharani-speech", "tr", "Hizbullah"),
        ("baghdad-parade", "ar", "عصائب أهل الحق"),
        ("baghdad-parade", "ckb", "حزبوڵڵا"),
        ("baghdad-parade", "en", "A'saib Ahl al-Haq"),
        ("baghdad-parade", "zh", "真主党"),
        ("asharq-interview", "ja", "ヒズボラ"),
        ("asharq-interview", "ru", "Хезболлы"),
    ],
)
def test_names_are_spelled_as_the_press_does(slug: str, tag: str, spelling: str) -> None:
    """A name stands in each language as its press spells it."""
    (found,) = (record for record in RECORDS if record["id"] == f"demo/{slug}/{tag}")
    assert spelling in text(found)


@pytest.mark.skipif(
    importlib.util.find_spec("dragoman.tag") is None, reason="the tagger is not there"
)
@each
def test_language_is_detected(record: dict[str, Any]) -> None:
    """The tagger finds the language that the id says, or (Persian, Dari) its twin."""
    from dragoman.languages import LANGUAGES, members
    from dragoman.tag import default_tagger

    expected = language(record)
    twins = members(LANGUAGES[expected].group) if LANGUAGES[expected].group == "fas" else {expected}
    assert default_tagger().tag(text(record)).language in twins
