"""How words sound, and what hearing one as another costs."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.analysis import fold
from dragoman.analysis.costs import CODE, LEARNED, costs
from dragoman.analysis.distance import compare, encode
from dragoman.analysis.romanise import romanise
from dragoman.analysis.runs import links, name_runs
from dragoman.analysis.skeletons import signature, signatures
from dragoman.analysis.sound import (
    ALPHABET,
    KINDS,
    LONGEST,
    Form,
    as_heard,
    consonants,
    hear,
    skeleton,
    sound_forms,
    stretches,
)
from dragoman.analysis.syllables import SCRIPTS, is_chained, joined, read, units
from dragoman.analysis.zawgyi import to_unicode

WORDS = st.text(
    st.characters(codec="utf-8", categories=["L", "M", "Nd"]), min_size=1, max_size=40
) | st.text("abcdefghijklmnopqrstuvwxyzابتثجحخسшщцчトンプラ특朗普ทรัม", min_size=1, max_size=30)


def heard(word: str, *, english: bool = True) -> set[str]:
    """The forms of a word, as sounds."""
    return {form.sounds for form in sound_forms(fold(word), english=english)}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("هارینگتۆن", "harington"),
        ("لیڤینگستۆن", "livingston"),
        ("لەندەن\u200cدەری", "lendenderi"),
        ("ئۆباما", "obama"),
        ("ئەردۆغان", "erdoghan"),
        ("ۋاشىنگتون", "washington"),
        ("حىزبۇللاھ", "hizbullah"),
        ("کوردستان", "كوردستان"),
        ("حزب\u200cالله", "حزبالله"),
        ("Kata'ib", "kataib"),
        ("Гарри", "гарри"),
        ("ۆ", "o"),
        ("ئ", fold("ئ")),
    ],
)
def test_words_of_a_full_alphabet_keep_their_vowels(word, expected):
    """Kurdish and Uyghur words are heard with every vowel; others as they are folded."""
    assert as_heard(word) == expected


@given(WORDS | st.text("ەێۆڕڵۇۈۋڭېىوئيابپتجچحخدر\u200c", max_size=20))
def test_any_word_is_heard_in_ascii_or_folded(word):
    """There is no word that cannot be read."""
    assert as_heard(word).isascii() or as_heard(word) == fold(word)


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("Zelensky", "zelenski"),
        ("natsumi", "nacumi"),
        ("Schröder", "Sroder"),
        ("Knight", "nit"),
        ("Сулеймани", "suleymani"),
        ("الكوثراني", "kwTrany"),
        ("سليماني", "slymany"),
        ("סולימאני", "swlymany"),
        ("トランプ", "t@ranp@"),
        ("チャヴィッチ", "CaviC@"),
        ("ウィキ", "wiki"),
        ("트럼프", "t@romp@"),
        ("特朗普", "t@lanp@"),
        ("ทรัมป์", "tramp"),
        ("สุไลมานี", "sulaimani"),
        ("Μπάιντεν", "bainten"),
        ("Սուլեյմանի", "suleymani"),
        ("ट्रम्प", "trmp"),
    ],
)
def test_a_word_is_heard_by_the_rules_of_its_script(word: str, sounds: str) -> None:
    """Each script has its own rules of reading."""
    assert sounds in heard(word)


def test_only_english_gets_the_form_of_english_spelling() -> None:
    """Soft c and silent letters are read only where they are asked for."""
    assert heard("Knight", english=False) == {"kniGt"}
    assert heard("Knight") == {"kniGt", "nit"}


def test_a_run_is_cut_where_the_writing_changes() -> None:
    """Katakana among other characters stands by itself; long runs are cut with an overlap."""
    assert stretches("トランプ大統領は") == ["トランプ", "大統領", "は"]
    run = "美国总统特朗普宣布伊朗将军苏莱曼尼"
    parts = stretches(run)
    assert all(len(part) <= 8 for part in parts)
    assert all(any(run[at : at + 4] in part for part in parts) for at in range(len(run) - 3))
    assert stretches("soleimani") == ["soleimani"]


@pytest.mark.parametrize(
    ("run", "read_as"),
    [
        ("ทรัมป์", "t ra m p"),
        ("ไลมานี", "lai ma ni"),
        ("เมา", "mau"),
        ("ຣູມານີ", "ru ma ni"),
        ("ທຣຳ", "t ram"),
        ("ស្តេហ្វិន", "ste fi n"),
        ("ខូលប៊ើត", "ku l be t"),
        ("ဂျွန်ဆန်", "Jun s@n"),
        ("ဘိုင်ဒန်", "bai d@n"),
        ("မက္ကာ", "m ka"),
        ("ၵၢၼ်", "kan"),
        ("པུ་ཁ་རེ་སིད", "pu k re sid"),
        ("ཀོལ྄བེརྟ྄", "kolbert"),
    ],
)
def test_units_of_a_run_are_read_one_by_one(run: str, read_as: str) -> None:
    """A vowel in front is read after its consonant, stacks as one, silenced letters as written."""
    assert [read(unit) for unit in units(run)] == read_as.split()


CHAINED = st.text("กรัเมาปไ์ะขຣູມນີເສស្តេហិនខូဂျွန်ဆိုတ္ကာཀོལ྄བེརྟ་པ\u200b ab", max_size=30)


@settings(max_examples=300)
@given(CHAINED)
def test_a_link_is_cut_as_the_run_it_is_from(text: str) -> None:
    """Stretches of a run have two or three units, the same as the run has there."""
    for link in links(text):
        row = units(link)
        assert 2 <= len(row) <= 3
        assert joined(row) == link
        if to_unicode(link) == link:  # what is left of some runs could be Zawgyi
            assert links(link) == {link}
        assert set("".join(map(read, row))) <= set(ALPHABET)


def test_what_is_invisible_ends_no_run() -> None:
    """A zero-width space between words is no border for a name, a blank is."""
    assert links("ខូល\u200bប៊ើ ត") == {"ខូលប៊ើ"}
    assert name_runs("ខូល\u200bប៊ើ") == {"ខូលប៊ើ"}
    assert links("trump, 特朗普, トランプ") == set()


@settings(max_examples=300)
@given(WORDS)
def test_forms_use_only_the_alphabet(word: str) -> None:
    """Whatever the word, its forms are sounds, of a known kind, and always the same."""
    for form in sound_forms(fold(word), english=True):
        assert set(form.sounds) <= set(ALPHABET)
        assert form.kind in KINDS
        assert sorted(form.starts) == list(form.starts)
        assert consonants(form.sounds) >= len(skeleton(form.sounds))
        assert signature(form).length <= LONGEST
    assert all(stretches(part) == [part] for part in stretches(fold(word)))


@settings(max_examples=300)
@given(st.lists(WORDS.map(fold), unique=True), st.integers(1, 4))
def test_words_are_heard_together_as_alone(words: list[str], every: int) -> None:
    """What stands on the line before or after a word does not change how it is heard."""
    english = words[::every]
    forms: list[list[Form]] = [[] for _ in words]
    together, alone = hear(words, english)
    for numbers, kind, readings in together:
        for reading in readings:
            for number, sounds in zip(numbers, reading[1:-1].split("\n"), strict=True):
                forms[number].append(Form(sounds, kind))
    for number in alone:
        forms[number] += sound_forms(words[number], english=False)
    for word, found in zip(words, forms, strict=True):
        distinct = tuple(form for form in dict.fromkeys(found) if len(form.sounds) > 1)
        assert distinct == sound_forms(word, english=word in english)


@settings(max_examples=300)
@given(st.lists(st.text(ALPHABET, max_size=LONGEST), max_size=20), st.booleans())
def test_many_forms_are_signed_as_one(forms: list[str], is_run: bool) -> None:
    """The arrays have the signature of each form."""
    sounds = np.zeros((len(forms), LONGEST), np.uint8)
    for row, form in zip(sounds, forms, strict=True):
        row[: len(form)] = encode(form)
    pairs, firsts = signatures(sounds, np.full(len(forms), is_run))
    starts = (0,) if is_run else ()
    expected = [signature(Form(form, "han", starts)) for form in forms]
    assert pairs.tolist() == [each.pairs for each in expected]
    assert firsts.tolist() == [each.first for each in expected]


def test_no_character_of_a_chained_script_is_overlooked() -> None:
    """The quick look at the blocks of these scripts finds every one of their characters."""
    pattern = regex.compile("|".join(rf"\p{{{script}}}" for script in SCRIPTS))
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    assert [each for each in pattern.findall(every) if not is_chained(each)] == []
    assert not is_chained("ა𝔸中あ한ا")


def test_what_cannot_be_read_has_no_form() -> None:
    """Marks alone and single letters are not heard."""
    assert sound_forms("", english=True) == ()
    assert sound_forms("\u0301", english=True) == ()
    assert romanise("\u0301") == ""


@pytest.mark.parametrize("query", KINDS)
@pytest.mark.parametrize("form", KINDS)
def test_costs_are_finite_and_never_negative(query: str, form: str) -> None:
    """Every pair of kinds has a whole table of costs."""
    for table in costs(query, form):  # type: ignore[arg-type]
        assert np.isfinite(table).all()
        assert (table >= -1e-6).all()


@pytest.mark.parametrize("kind", LEARNED)
def test_likelier_sounds_cost_less(kind: str) -> None:
    """What was learned agrees with what anyone would expect."""
    table = costs("latin", kind).substitution  # type: ignore[arg-type]
    for near, far in (("mm", "mk"), ("ss", "sm"), ("kk", "kn"), ("ll", "lt")):
        assert table[CODE[near[0]], CODE[near[1]]] < table[CODE[far[0]], CODE[far[1]]]


@settings(max_examples=100)
@given(st.text(ALPHABET, min_size=2, max_size=LONGEST), st.text(ALPHABET, min_size=2, max_size=24))
def test_no_form_is_nearer_than_the_same_one(query: str, other: str) -> None:
    """A form of Latin letters compared with itself is as near as can be."""
    rows = np.zeros((2, LONGEST), np.uint8)
    for row, sounds in zip(rows, (query, other), strict=True):
        row[: len(sounds)] = encode(sounds)
    found = compare(
        Form(query, "latin"),
        rows,
        np.array([len(query), len(other)], np.uint8),
        np.zeros(2, np.uint8),
        np.zeros(2, np.uint32),
    )
    assert found.similarity[0] == 1
    assert found.similarity[1] <= 1


def _plain_distance(query: str, other: str) -> float:
    """The least cost of making one form of Latin letters of another, written out cell by cell."""
    table = costs("latin", "latin")
    row = [0.25 * place for place in range(len(other) + 1)]
    for sound in map(CODE.__getitem__, query):
        new = [row[0] + table.deletion[sound]]
        for place, heard in enumerate(map(CODE.__getitem__, other), 1):
            substituted = row[place - 1] + table.substitution[sound, heard]
            inserted = new[-1] + table.insertion[heard]
            new.append(min(row[place] + table.deletion[sound], substituted, inserted))
        row = new
    left = [len(other) - place for place in range(len(other) + 1)]
    return min(
        cost + 0.12 * min(rest, 5) + 0.5 * max(rest - 5, 0)
        for cost, rest in zip(row, left, strict=True)
    )


@settings(max_examples=50)
@given(
    st.text(ALPHABET, min_size=2, max_size=9),
    st.lists(st.text(ALPHABET, min_size=2, max_size=LONGEST), min_size=1, max_size=8),
)
def test_forms_are_compared_by_the_cheapest_edits(query: str, others: list[str]) -> None:
    """Many at once give what an edit distance written out gives for each."""
    rows = np.zeros((len(others), LONGEST), np.uint8)
    for row, sounds in zip(rows, others, strict=True):
        row[: len(sounds)] = encode(sounds)
    lengths = np.array([len(other) for other in others], np.uint8)
    none = np.zeros(len(others), np.uint8)
    found = compare(Form(query, "latin"), rows, lengths, none, none.astype(np.uint32))
    worth = costs("latin", "latin").worth[encode(query)].sum()
    expected = [1 - _plain_distance(query, other) / worth for other in others]
    assert found.similarity.tolist() == pytest.approx(expected, abs=0.02)
