"""The analysis: every token of a text is found by typing it, in any script and spelling."""

from __future__ import annotations

import gzip
import json
import unicodedata
from collections import defaultdict
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from dragoman.analysis import (
    ACCENTED_MARK,
    STEM_MARK,
    analyse,
    fold,
    is_unsegmented,
    positions,
    stems,
)
from dragoman.analysis.light import METHODS, TABLES
from dragoman.analysis.light import stems as light_stems
from dragoman.analysis.stem import forms
from dragoman.languages import LANGUAGES

FLORES = Path(__file__).resolve().parents[2] / "shared/data/flores-train.jsonl.gz"
TAGS = [*LANGUAGES, "und"]

# Pieces of many scripts with what joins, marks and hides inside words.
_PIECES = (
    "the İstanbul ıssız Straße ΣΊΣΥΦΟΣ ὀδυσσεύς Ґ ё й й café naïve l'homme COVID-19 A'saib al-Kaw "
    'كتاب‌ها كِتَاب ـــ هٔ ۀ لا ﷲ ١٢٣ ۱۲۳ שָׁלוֹם צה"ל ज़ क्‍ष ന്‍ ൻ ক্ত ৎ தமிழ் 東京 とうきょう ガ ｶﾞ ﾊﾟ '
    "ประเทศไทย น้ำ ລາວ កម្ពុជា မြန်မာ བོད་ཡིག 한국어 ﬁn Ａ１ 3.14 U.S. ʻokina ߒߞߏ 𞤀𞤣 ቋንቋ ⴰⵎ"
).split()
texts = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            [*_PIECES, " ", "-", "'", ".", "\u200c", "\u200d", "\u0301", "\u0651", "\u0640", "\n"]
        ),
        max_size=10,
    ).map("".join),
)


def terms(text, language="und"):
    """All terms of a text."""
    return {term for token in analyse(text, language) for term in token.terms}


def is_mark(character):
    """Whether a character is a combining mark."""
    return unicodedata.category(character)[0] == "M"


@pytest.fixture(scope="module")
def flores():
    """Sentences of every language of FLORES-200, by its code."""
    if not FLORES.exists():
        pytest.skip(f"{FLORES} is not there")
    sentences = defaultdict(list)
    with gzip.open(FLORES, "rt", encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            if len(sentences[line["lang"]]) < 30:
                sentences[line["lang"]].append(line["text"])
    return sentences


def check_tokens(text, language="und"):
    """Assert what holds for the tokens of any text."""
    tokens = analyse(text, language)
    found = terms(text, language)
    last = 0
    for token in tokens:
        assert 0 <= token.start < token.end <= len(text)
        assert token.position in {last, last + 1} or token.position == 0 == last
        last = token.position
        written = text[token.start : token.end]
        surface, *further = token.terms
        assert surface
        assert not surface.startswith(STEM_MARK)
        assert all(form.startswith(STEM_MARK) and len(form) > 1 for form in further)
        assert fold(surface) == surface
        assert terms(written) & found, f"{written!r} cannot be found"
        if not is_unsegmented(written[0]):
            assert fold(written) == surface
    return tokens


@given(texts, st.sampled_from(TAGS))
def test_every_token_is_found_by_typing_it(text, language):
    """Offsets, order, surface forms and reachability hold for any text and any tag."""
    check_tokens(text, language)


@given(texts)
def test_a_text_with_a_letter_or_a_digit_has_a_token(text):
    """No text is beyond reach."""
    if any(character.isalpha() or character.isdecimal() for character in text):
        assert analyse(text)


@given(texts)
def test_no_word_is_cut_at_a_combining_mark(text):
    """What follows a token is never a mark, unless the stretch is longer than any word."""
    for token in analyse(text):
        following = text[token.end : token.end + 1]
        assert not following or not is_mark(following) or token.end - token.start > 32


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(word):
    """A surface form is its own surface form, and holds letters, marks and digits only."""
    once = fold(word)
    assert fold(once) == once
    assert not regex.search(r"[^\p{L}\p{M}\p{N}]", once)


@given(texts, st.sampled_from(TAGS), st.sampled_from(TAGS))
def test_positions_are_those_of_the_tokens(text, one, other):
    """Each term once at each place, in order; the words are as many as there are places."""
    for language in (one, other):
        expected: dict[str, set[int]] = defaultdict(set)
        tokens = analyse(text, language)
        for token in tokens:
            for term in token.terms:
                expected[term].add(token.position)
        found, words = positions(text, language)
        assert found == {term: sorted(places) for term, places in expected.items()}
        assert words == max((token.position + 1 for token in tokens), default=0)


@given(texts, st.sampled_from(TAGS), st.sampled_from(TAGS))
def test_the_tag_adds_forms_only(text, one, other):
    """Whatever the tag, the same words are found at the same places."""

    def surfaces(language):
        return [token._replace(terms=token.terms[:1]) for token in analyse(text, language)]

    assert surfaces(one) == surfaces(other)


@given(texts, texts)
def test_analysis_does_not_depend_on_what_came_before(first, second):
    """The memo of words changes no answer."""
    alone = analyse(second, "fa")
    analyse(first, "fa")
    assert analyse(second, "fa") == alone


def test_every_language_keeps_its_words_whole(flores):
    """In real sentences of every language: no empty one, no cut at a mark, all reachable."""
    for code, sentences in flores.items():
        for text in sentences:
            tokens = check_tokens(text)
            assert tokens, f"{code}: {text}"
            for token in tokens:
                assert not is_mark(text[token.start]), (code, text, token)
                assert not is_mark(text[token.end : token.end + 1] or " "), (code, text, token)


def test_every_word_typed_alone_is_in_the_text(flores):
    """In every language, a word between spaces gives only terms that its sentence has."""
    for code, sentences in flores.items():
        for text in sentences[:8]:
            found = terms(text)
            for word in text.split():
                typed = analyse(word)
                missed = {token.terms[0] for token in typed} - found
                assert not missed, (code, word, missed)


SAME = {
    "dotted and dotless i": "istanbul İstanbul ISTANBUL İSTANBUL ıstanbul",
    "sharp s": "strasse Straße STRASSE STRAẞE straſse",
    "final sigma": "οδος ΟΔΟΣ οδοσ ὁδός ὉΔΌΣ",
    "diacritics": "cafe café CAFÉ cafe\u0301",
    "stroke letters": "Lodz Łódź łódź",
    "Vietnamese": "Dang Đặng đặng",
    "ligatures": "final ﬁnal",
    "width": "ABC12 ＡＢＣ１２ abc12",
    "Romanian cedilla and comma": "şi și si",
    "schwa and open e": "ezerbaycan əzerbaycan",
    "Arabic kaf": "كتاب کتاب ڪتاب",
    "Arabic yeh": "علي علی على",
    "Arabic heh": "مكتبة مكتبه مكتبە",
    "hamza seats": "أحمد إحمد آحمد احمد ٱحمد",
    "harakat": "كتاب كِتَاب كِتابٌ",
    "tatweel": "محمد محـــمد محمـد",
    "non-joiner": "كتابها كتاب\u200cها کتاب‌ها",
    "presentation forms": "سلام ﺳﻼﻡ",
    "Arabic digits": "2020 ٢٠٢٠ ۲۰۲۰",
    "digits of India": "2020 २०२० ২০২০ ௨௦௨௦",
    "Urdu heh and yeh": "هي ہے ہی",
    "Hebrew points": "שלום שָׁלוֹם",
    "Hebrew presentation forms": "שלום \ufb2aלום",
    "Hebrew gershayim": 'צהל צה"ל צה״ל צה׳ל',
    "Devanagari nukta": "जरूर ज़रूर ज़रूर",
    "Hindi nasals": "हिंदी हिन्दी",
    "chillu": "അവൻ അവന്‍ അവന്\u200d",
    "khanda ta": "হঠাৎ হঠাত্",
    "burmese ja": "ဈေး စျေး",
    "burmese o": "ဩဂုတ် သြဂုတ်",
    "half-width kana": "ガス ｶﾞｽ",
    "Amharic homophones": "ሀገር ሐገር ኀገር",
    "apostrophes": "A'saib A’saib Aʼsaib Aʿsaib Asaib",
    "hyphens": "al-Kawtharani al‐Kawtharani al–Kawtharani alkawtharani",
    "dots below": "Hizb Ḥizb ḥizb",
    "elision": "l'homme l’homme L’HOMME lhomme",
    "Ukrainian apostrophe": "пять п'ять п’ять",
    "Cyrillic io": "елка ёлка",
    "soft hyphen": "militias mili\u00adtias",
    "traditional and simplified": "中国东方 中國東方",
    "compatibility ideographs": "金中 \uf90a中",
    "Church Slavonic marks": "слово сло\u0483во",
}


@pytest.mark.parametrize("spellings", SAME.values(), ids=SAME)
def test_spellings_of_a_word_share_a_surface_form(spellings):
    """Any spelling finds every other."""
    words = spellings.split()
    wanted = terms(words[0])
    for word in words[1:]:
        assert terms(word) & wanted, f"{word!r} does not find {words[0]!r}"
    joined = [analyse(word)[0].terms[0] for word in words]
    assert len(set(joined)) == 1, joined


DIFFERENT = ["был бил", "й и", "ガ カ", "は ば", "กา กำ", "که كي", "מים ים", "किताब कतब", "ї і"]


@pytest.mark.parametrize("words", DIFFERENT)
def test_letters_that_tell_words_apart_are_kept(words):
    """Folding does not merge what readers of a script see as different letters."""
    one, other = words.split()
    assert fold(one) != fold(other)


WORDS = {
    "A'saib Ahl al-Haq": ["asaib", "a", "saib", "ahl", "alhaq", "al", "haq"],
    "COVID-19 cases": ["covid19", "covid", "19", "cases"],
    "U.S. troops": ["us", "troops"],
    "1,234.5 tons": ["12345", "1", "234", "5", "tons"],
    "iPhone's": ["iphones", "iphone", "s"],
    "alKawtharani said": ["alkawtharani", "al", "kawtharani", "said"],
    "كتاب‌ها را": ["كتابها", "كتاب", "ها", "را"],
    "中國東方": ["中国", "国东", "东方", "方"],
    "東京タワー": ["东京", "京タ", "タワ", "ワー", "ー"],
    "ประเทศ": ["ปร", "ระ", "ะเ", "เท", "ทศ", "ศ"],
    "น้ำท่วม": ["น้ําท่", "ท่ว", "วม", "ม"],
    "བོད་ཡིག": ["བོདཡིག", "ཡིག"],
    "北京 2022": ["北京", "京", "2022"],
}


@pytest.mark.parametrize(("text", "expected"), WORDS.items(), ids=WORDS)
def test_words_compounds_and_pairs(text, expected):
    """Compounds give their joined form and their parts; runs give pairs, then the last one."""
    assert [token.terms[0] for token in analyse(text)] == expected


@pytest.mark.parametrize("run", ["កម្ពុជា", "မြန်မာနိုင်ငံ", "ພາສາລາວ", "བོད་ཡིག", "ภาษาไทย"])
def test_runs_are_cut_between_characters_with_their_marks(run):
    """Each pair starts at a base character, and the pairs cover the run."""
    tokens = analyse(run)
    assert tokens[0].start == 0
    assert tokens[-1].end == len(run)
    assert [token.position for token in tokens] == list(range(len(tokens)))
    assert not any(is_mark(run[token.start]) for token in tokens)


def test_the_parts_of_a_compound_follow_each_other():
    """The joined form stands where its first part does; a phrase runs through the parts."""
    places = {token.terms[0]: token.position for token in analyse("in al-Basra now")}
    assert places == {"in": 0, "albasra": 1, "al": 1, "basra": 2, "now": 3}


RELATED = {
    "ar": "كتاب والكتاب بالكتاب للكتاب كتابها",
    "he": "ממשלה והממשלה בממשלה שהממשלה",
    "fa": "کتاب کتاب‌ها کتابهای کتابی",
    "prs": "کتاب کتاب‌ها کتابهای",
    "ckb": "کتێب کتێبەکە کتێبەکان کتێبێک",
    "kmr": "welat welatê welatan welatekî",
    "az": "kitab kitablar kitabın kitablarda",
    "uk": "школа школи школі школу",
    "ko": "정부 정부는 정부가 정부의 정부에서",
    "sk": "mesto mesta meste mestom",
    "hr": "grad grada gradovi gradu",
    "kk": "қалалар қалаларда қалаларын",
    "en": "militia militias",
    "ru": "город города городов",
}


@pytest.mark.parametrize(("language", "words"), RELATED.items())
def test_inflections_share_a_further_form(language, words):
    """A word is found by its other forms in articles tagged with its language."""
    first, *others = words.split()
    wanted = {term for term in terms(first, language) if term.startswith(STEM_MARK)}
    for word in others:
        assert terms(word, language) & wanted, f"{word!r} does not meet {first!r}"


@given(st.sampled_from(_PIECES), st.sampled_from(TAGS))
def test_a_query_asks_for_the_forms_that_articles_have(word, language):
    """The further forms of a typed word are those that the same word has in an article."""
    tokens = analyse(word, language)
    if len(tokens) == 1 and not is_unsegmented(word[0]):
        further = set(tokens[0].terms[1:])
        assert stems(word, [language]) == dict.fromkeys(further, frozenset({language}))


def test_every_stemmer_of_the_table_is_known():
    """Each language's method gives a form of a plain word."""
    for row in LANGUAGES.values():
        if row.stemmer:
            assert forms("abcdefg", "abcdefg", (row.stemmer,)), row.tag


@pytest.mark.parametrize("name", TABLES)
def test_a_light_stem_is_part_of_the_word(name):
    """Enough letters are left, and nothing is put in."""
    table = TABLES[name]
    for affix in map(fold, table.suffixes.split()):
        word = "x" * table.least + affix
        for stem in light_stems(name, word):
            assert stem in word
            assert table.least <= len(stem) < len(word)
        assert light_stems(name, affix[:1]) == (affix[:1],)
    for prefix in map(fold, table.prefixes.split()):
        assert "x" * table.least in light_stems(name, prefix + "x" * table.least)


def test_first_letters_are_a_method():
    """A word of no more letters is its own form."""
    assert "first-5" in METHODS
    assert light_stems("first-5", "helsingissa") == light_stems("first-5", "helsinki") == ("helsi",)
    assert light_stems("first-5", "oslo") == ("oslo",)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece", ["a-", "a'", "\u0301", "ا\u200c", "中", "་", "a.", "x1", "aB", "\u200b", "ا\u0651"]
)
def test_no_text_makes_a_term_or_the_work_without_bound(piece):
    """A hundred thousand repetitions take no more than time in proportion."""
    tokens = analyse(piece * 100_000, "ar")
    assert all(len(term) <= 320 for token in tokens for term in token.terms)


@given(st.text(max_size=20))
def test_a_word_with_its_accents_is_a_form_that_folds_to_its_surface(word):
    """Vietnamese words keep their accents, in lower case and composed, beside the folded form."""
    for token in analyse(word, "vi"):
        for form in token.terms[1:]:
            assert form.startswith(ACCENTED_MARK)
            assert fold(form.removeprefix(ACCENTED_MARK)) == token.terms[0]


@pytest.mark.parametrize(
    ("word", "form"),
    [("Nguyễn", "nguyễn"), ("NGUYỄN", "nguyễn"), ("Đa\u0323ng", "đạng"), ("Ha", "ha")],
)
def test_the_accents_of_a_vietnamese_word_are_kept(word, form):
    """Whatever the case and the composition; the query gives the term of the article."""
    ((_, _, _, terms),) = analyse(word, "vi")
    assert terms == (fold(word), ACCENTED_MARK + form)
    assert stems(word, ["vi", "yo"]) == {ACCENTED_MARK + form: frozenset({"vi"})}
