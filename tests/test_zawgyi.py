"""Burmese in the Zawgyi encoding is analysed as if it were in Unicode, and nothing else is."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dragoman
from dragoman.analysis import analyse
from dragoman.analysis.runs import name_runs
from dragoman.analysis.zawgyi import decode, to_unicode
from dragoman.syntax import parse
from dragoman.tag import default_tagger
from dragoman.translations import normalised

SHARED = Path(__file__).resolve().parents[2] / "shared/data"
_RUN = re.compile("[\u1000-\u109f]+")

WORDS = {
    "ျမန္မာ": "မြန်မာ", "ႏိုင္ငံ": "နိုင်ငံ", "ရန္ကုန္": "ရန်ကုန်", "မႏၲေလး": "မန္တလေး",
    "ေနျပည္ေတာ္": "နေပြည်တော်", "ၿမိဳ႕": "မြို့", "တို႔": "တို့", "မ်ား": "များ", "ေပၚ": "ပေါ်",
    "လႊတ္ေတာ္": "လွှတ်တော်", "႐ုပ္ရွင္": "ရုပ်ရှင်", "ကုမၸဏီႏွင့္": "ကုမ္ပဏီနှင့်",
    "ႏွစ္": "နှစ်", "ကၽြန္ေတာ္": "ကျွန်တော်", "ျမႇင့္": "မြှင့်", "လူမႈေရး": "လူမှုရေး",
    "ေ႐ြးေကာက္ပြဲ": "ရွေးကောက်ပွဲ", "ႀကံဳ": "ကြုံ", "သိကၡာႏွင့္": "သိက္ခာနှင့်",
    # Signs above and below a consonant that Zawgyi has as one with it.
    "အဂၤလိပ္": "အင်္ဂလိပ်", "သႀကၤန္": "သင်္ကြန်", "ဗုဒၶ": "ဗုဒ္ဓ", "ကမ႓ာ": "ကမ္ဘာ",
    "ပ႑ိတ": "ပဏ္ဍိတ", "သတၱိ": "သတ္တိ", "႒ာန": "ဋ္ဌာန", "ဘဏ္ႏွင့္ ဥကၠ႒": "ဘဏ်နှင့် ဥက္ကဋ္ဌ",
    # Letters that are written with another and a sign, and digits that look like letters.
    "ဥာဏ္": "ဉာဏ်", "ယာဥ္": "ယာဉ်", "ဥပေဒႏွင့္": "ဥပဒေနှင့်", "ဥိးႏွင့္": "ဥိးနှင့်",
    "ဥႏွင့္": "ဥနှင့်", "ဦးႏု": "ဦးနု", "ေစ်း": "ဈေး", "ၾသဂုတ္": "ဩဂုတ်",
    "၀န္ႀကီး": "ဝန်ကြီး", "တာ၀န္": "တာဝန်", "၂၀၁၀ ခုႏွစ္": "၂၀၁၀ ခုနှစ်", "၄င္း": "၎င်း",
    "၎င္း": "၎င်း",
    # The asat of the consonant, and signs in the order in which they are drawn.
    "ေယာက္်ား": "ယောက်ျား", "ေယာက်ာ္း": "ယောက်ျား", "ကြၽႏ္ုပ္": "ကျွန်ုပ်", "ေက်ာ္": "ကျော်",
    "မျွဖစ္": "မှဖြစ်", "သံုး": "သုံး",
}  # fmt: skip
"""What words are in Zawgyi, and in Unicode."""

UNICODE = {
    "Burmese": "ဝန်ကြီးချုပ်သည် ရန်ကုန်မြို့သို့ ရောက်ရှိခဲ့ပြီး အခွင့်အရေးများအကြောင်း ပြောကြားခဲ့သည်။",
    "Burmese words": "ကျွန်ုပ် ယောက်ျား ကား ရေ နေ မနေ့က သား လက် ဂြိုဟ် ဥရောပ ဧပြီ အခြား",
    "Pali": "ဗုဒ္ဓံ သရဏံ ဂစ္ဆာမိ နမော တဿ ဘဂဝတော အရဟတော သမ္မာသမ္ဗုဒ္ဓဿ တသ္မိံ ပဉ္စ",
    "Shan": "မိူင်းတႆး ၵူၼ်းၵူႈၵေႃႉ ႁပ်ႉႁူႉ လႄႈ ၾၢႆႇ ၶိုၼ်ႈ မႂ်ႇသုင်ၶႃႈ ယိူဝ်းဢွၵ်ႇ",
    "Mon": "ဘာသာမန် ပ္ဍဲကဵု အရေဝ်ဘာသာ ဂကောံမန် တ္ၚဲ ဂၠံၚ် ဗၠာဲ ဒုၚ်လဝ်",
    "Karen": "ကညီကျိာ် တၢ်ကတိၤ မုၢ်လ့ၢ်ဧိၤ လဲၤကွၢ် ပှၤသူတၢ်ဖိ အိၣ်ဝဲဒီး ပျဲၤ မၤစၢၤ",
}
"""What is in the same characters and no Zawgyi."""

pieces = st.lists(
    st.one_of(
        st.text("\u1031\u103b\u103a\u1039\u1000\u1019\u102c\u1037\u1040\u1094 \n", max_size=6),
        st.text(st.characters(min_codepoint=0x1000, max_codepoint=0x109F), max_size=6),
        st.sampled_from([*WORDS, *WORDS.values(), *UNICODE.values(), "\n", " ", "The end."]),
    ),
    max_size=8,
).map("".join)


@pytest.mark.parametrize(("zawgyi", "word"), WORDS.items())
def test_a_word_in_zawgyi_is_read(zawgyi, word):
    """A word beside one that shows the encoding is read as what it is in Unicode."""
    read = to_unicode(f"ေအာင္ {zawgyi}").removeprefix("အောင် ")
    assert unicodedata.normalize("NFC", read) == unicodedata.normalize("NFC", word)


@pytest.mark.parametrize("text", UNICODE.values(), ids=UNICODE)
def test_other_text_stays_as_it_is(text):
    """Text in Unicode is left alone in whatever language, as a whole and word by word."""
    assert to_unicode(text) == text
    assert [word for word in text.split() if to_unicode(word) != word] == []


def test_most_words_alone_show_their_encoding():
    """A query of one word is mostly enough to tell the encoding."""
    read = [to_unicode(word) != word for word in WORDS]
    assert sum(read) > 0.85 * len(read)


def test_each_line_has_its_own_encoding():
    """A page may quote the other encoding; a line that does not tell is read as those near it."""
    page = "အသက္ ၂၈ ႏွစ္\nသမၼတ\nတက္ကသိုလ်မှ ဖြစ်သည်။\nThe end.\nမႏၲေလး\n"
    assert to_unicode(page) == ("အသက် ၂၈ နှစ်\nသမ္မတ\nတက္ကသိုလ်မှ ဖြစ်သည်။\nThe end.\nမန္တလေး\n")
    assert to_unicode("သမၼတ") == "သမၼတ"


@given(pieces)
def test_whatever_is_read_is_read_once(text):
    """No text fails, and what has been read stays as it is when it is read again."""
    once = to_unicode(text)
    assert to_unicode(once) == once


@given(pieces)
def test_offsets_lead_back_to_the_text_as_given(text):
    """Each character is of a stretch of the text as given, and the stretches follow each other."""
    found = decode(text)
    if found is None:
        return
    assert len(found.starts) == len(found.ends) == len(found.text)
    places = [0, *(place for pair in zip(found.starts, found.ends, strict=True) for place in pair)]
    assert all(start < end for start, end in zip(found.starts, found.ends, strict=True))
    assert all(start in {before, before_end} for start, before, before_end in zip(
        found.starts[1:], found.starts, found.ends, strict=False
    ))  # fmt: skip
    assert not places[1:] or (places[1], places[-1]) == (0, len(text))


@given(pieces)
def test_tokens_lie_in_the_text_as_given(text):
    """Every token is a stretch of the text as given, in whatever encoding."""
    for token in analyse(text, "my"):
        assert 0 <= token.start < token.end <= len(text)


@pytest.mark.parametrize("zawgyi", ["ေအာင္ဆန္းစုၾကည္သည္ ၿမိဳ႕သို႔ ေရာက္သည္", "(၂၀၁၅) ႏိုင္ငံေရး၊ ၀န္ႀကီး"])
def test_the_terms_are_those_of_unicode(zawgyi):
    """The terms are those of the text in Unicode, each at the place where it is written."""
    tokens, expected = analyse(zawgyi, "my"), analyse(to_unicode(zawgyi), "my")
    assert [token.terms for token in tokens] == [token.terms for token in expected]
    for token, other in zip(tokens, expected, strict=True):
        line = f"ေအာင္ {zawgyi[token.start : token.end]}"
        read = to_unicode(line).removeprefix("အောင် ")
        assert read == to_unicode(zawgyi)[other.start : other.end]


def test_names_tags_and_queries_are_read_too():
    """Names, the language and a query are told from what the text is in Unicode."""
    assert name_runs("ေအာင္ဆန္း") == name_runs("အောင်ဆန်း") != set()
    assert default_tagger().tag("ႏိုင္ငံေတာ္အစိုးရက ေၾကညာခဲ့သည္။").language == "my"
    assert parse("ေအာင္ဆန္း သမၼတ") == parse("အောင်ဆန်း သမ္မတ")


def test_an_article_in_zawgyi_is_found_and_shown_as_it_was_given(tmp_path):
    """Either encoding finds either; the text shown is the article's own, with the word marked."""
    given = "ျမန္မာႏိုင္ငံ၏ ျပည္ေထာင္စု၀န္ႀကီးသည္ ရန္ကုန္ၿမိဳ႕သို႔ ေရာက္ရွိခဲ့သည္။"
    articles = [
        dragoman.Article(id="zawgyi", title="ရန္ကုန္ၿမိဳ႕ သတင္း", body=given),
        dragoman.Article(id="unicode", title="သတင်း", body=to_unicode(given)),
    ]
    with dragoman.open_library(tmp_path) as library:
        assert library.add(articles).languages == {"my": 2}
        for query in ("ရန်ကုန်မြို့", "ရန္ကုန္ၿမိဳ႕"):
            hits = {hit.id: hit for hit in library.search(query, via=["original"]).hits}
            assert set(hits) == {"zawgyi", "unicode"}
            snippet = hits["zawgyi"].snippet
            assert snippet.text == given
            marked = [snippet.text[start:end] for start, end in snippet.highlights]
            assert "".join(marked) == "ရန္ကုန္ၿမိဳ႕"


_UNIT = re.compile(
    "(\u1004\u103a\u1039)?([\u1000-\u102a\u103f\u1091\u1092\u1097\u106e\u106f])"
    "((?:\u1039[\u1000-\u1021])?)(\u103a?)"
    "(\u103b?)(\u103c?)([\u103d\u103e]*)(\u1031?)([\u102b-\u1038\u103a]*)"
)
_JOINED = {"ဏ္ဍ": "\u1091", "ဋ္ဌ": "\u1092", "ဋ္ဋ": "\u1097", "ဍ္ဍ": "\u106e", "ဍ္ဎ": "\u106f"}
_STACKED = dict(zip(
    "ကခဂဃစဆဇဈဋဌဏတထဒဓနပဖဗဘမလ",
    "\u1060\u1061\u1062\u1063\u1065\u1066\u1068\u1069\u106c\u106d\u1070\u1071\u1073\u1075\u1076"
    "\u1077\u1078\u1079\u107a\u107b\u107c\u1085",
    strict=True,
))  # fmt: skip
_SIGNS = str.maketrans("\u103a\u103b\u103c\u103d\u103e", "\u1039\u103a\u103b\u103c\u103d")


def in_zawgyi(text):
    """A text in Unicode, without stacks that are letters of their own, as Zawgyi would have it."""

    def unit(match):
        kinzi, letter, stack, asat, ya, ra, below, vowel, after = match.groups()
        letter = {"\u103f": "\u1086", "\u1009": "\u1025" if asat else "\u1009"}.get(letter, letter)
        stacked = _STACKED.get(stack[1:], stack)
        signs = (asat + ya + below + after).translate(_SIGNS)
        if "\u102b\u1039" in signs:
            signs = signs.replace("\u102b\u1039", "\u105a")
        kinzi = "\u1064" if kinzi else ""
        return vowel + ("\u103b" if ra else "") + letter + stacked + kinzi + signs

    for letters, one in _JOINED.items():
        text = text.replace(letters, one)
    return _UNIT.sub(unit, text)


def test_what_was_put_into_zawgyi_is_read_back():
    """Of the words of 700 sentences 99.8 % come back as they were, and no sentence is missed."""
    path = SHARED / "flores-train.jsonl.gz"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines if '"mya_Mymr"' in line]
    told, words = 0, []
    for text in texts:
        # Spellings that look the same in both.
        text = unicodedata.normalize("NFC", text).replace("သြ", "ဩ").replace("စျ", "ဈ")  # noqa: PLW2901
        zawgyi = in_zawgyi(text)
        told += to_unicode(zawgyi) != zawgyi
        back = unicodedata.normalize("NFC", to_unicode(zawgyi))
        words += zip(_RUN.findall(text), _RUN.findall(back), strict=True)
    assert told == len(texts)
    assert sum(word == back for word, back in words) >= 0.998 * len(words)


@pytest.mark.parametrize("code", ["mya_Mymr", "shn_Mymr", "tico"])
def test_no_sentence_in_unicode_is_taken_for_zawgyi(code):
    """No false alarm in thousands of sentences of Burmese and Shan, alone and as one page."""
    name = "tico19-en-my.tsv.gz" if code == "tico" else "flores-train.jsonl.gz"
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        if code == "tico":
            texts = [line.split("\t")[2] for line in lines]
        else:
            texts = [json.loads(line)["text"] for line in lines if f'"{code}"' in line]
    assert len(texts) > 700
    assert [text for text in texts if decode(text)] == []
    assert decode("\n".join(texts)) is None


def test_translators_get_unicode():
    """A model is given what it was trained on."""
    assert normalised("ျမန္မာ  ႏိုင္ငံ") == "မြန်မာ နိုင်ငံ"
