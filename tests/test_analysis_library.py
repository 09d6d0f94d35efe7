"""Spellings of Arabic-script words, through a whole library with right and wrong tags."""

from __future__ import annotations

import pytest

import dragoman

# Each row: one word as Arabic, Persian, Kurdish, Urdu and Pashto keyboards, careful and
# careless writers put it.
SPELLINGS = [
    row.split()
    for row in (
        "كربلاء کربلاء کربلا كربلا كَرْبَلاء كربـــلاء ﻛﺮﺑﻼﺀ",
        "علي علی على عَلِيّ علــي ﻋﻠﻲ",
        "مكتبة مكتبه مکتبە مکتبہ مَكْتَبَة مکتبة",
        "أحمد احمد إحمد آحمد ٱحمد أَحْمَد",
        "الكويت الکویت الكـويت الکویـت",
        "إيران ایران ايران إیران",
        "کتاب‌ها كتابها کتابها كِتاب‌ها",
        "کوردستان كوردستان کوردســتان",
        "هەولێر ههولێر ھەولێر هہولێر",
        "پاکستان پاكستان پاکــستان پَاکِستَان",
        "لڑکے لڑكے لڑکي لڑکی",
        "ولسمشر ولسمشر\u200f وَلسمشر",
        "١٤٤٢ ۱۴۴۲ 1442",
    )
]
TAGS = ("ar", "fa", "ckb", "ur", "he", "en", "und")


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """One article for each spelling under each of several tags."""
    with dragoman.open_library(tmp_path_factory.mktemp("library")) as library:
        library.add(
            dragoman.Article(id=f"{row} {place} {tag}", body=f"{word} xyz", language=tag)
            for row, spellings in enumerate(SPELLINGS)
            for place, word in enumerate(spellings)
            for tag in TAGS
        )
        yield library


@pytest.mark.parametrize("row", range(len(SPELLINGS)), ids=[each[0] for each in SPELLINGS])
def test_every_spelling_finds_every_spelling_whatever_the_tag(library, row):
    """All spellings of a word find one and the same set, which holds all its articles."""
    own = {f"{row} {place} {tag}" for place in range(len(SPELLINGS[row])) for tag in TAGS}
    found = {
        word: frozenset(hit.id for hit in library.search(word, limit=1000, via=("original",)).hits)
        for word in SPELLINGS[row]
    }
    assert len(set(found.values())) == 1, {word: len(ids) for word, ids in found.items()}
    assert own <= found[SPELLINGS[row][0]]
    assert len(own) >= len(TAGS) * 3
