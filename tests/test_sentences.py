"""Where sentences end, in every script."""

from __future__ import annotations

import time

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from dragoman.translate.sentences import LIMIT, cost, sentences

# Each text with its sentences set apart by this.
BREAK = "|"

BLANK = regex.compile(r"[\s\x1c-\x1f\u200b\u2060\ufeff]*")

TEXTS = [
    ("en", "The river rose.| Who fled?| Nobody!| All stayed."),
    ("en", "Mr. Smith met J. K. Rowling in the U.S. capital on Jan. 5.| Then he left."),
    ("en", "It cost 3.5 million.| That is 0.7% of GDP, i.e. nothing."),
    ("en", "“Who is there?” she asked.| “Me.”| He came in."),
    ("en", '"Come in."| He sat down.| (It was late.)| She said "Go!" and left.'),
    ("en", "See www.example.org/a.b?c=d for more.| Write to a.b@example.org."),
    ("en", "1. First come the facts.| 2. Then come the views."),
    ("en", "He waited... and waited.| Nothing...| So he went."),
    ("de", "Am 3. Oktober kam Dr. Müller z.B. nach Köln.| Er blieb bis zum 5. Mai.| Dann ging er."),
    ("fr", "Il a dit : « Bonjour. »| Elle part.| Et alors ?| M. Dupont est resté."),
    ("es", "¿Quién es?| ¡Nadie!| El Sr. García salió."),
    ("ru", "В г. Москве живёт А. С. Иванов.| Он пришёл.| Кто он?"),
    ("el", "Ποιος ήρθε;| Κανείς.| Ο κ. Παπαδόπουλος έφυγε."),
    ("ka", "მდინარე ადიდდა.| ხალხი წავიდა."),
    ("hy", "Գետը վարարեց։| Մարդիկ գնացին:| Ո՞վ եկավ։"),
    ("ar", "قال د. أحمد إن الوضع سيئ.| هل هذا صحيح؟| نعم.|وقال آخرون لا!"),
    ("fa", "رودخانه بالا آمد.| چه کسی رفت؟| هیچ‌کس."),
    ("ur", "دریا چڑھ گیا۔| کون گیا؟| کوئی نہیں-| سب رہے۔"),
    ("he", "הנהר עלה.| מי הלך?| איש לא."),
    ("hi", "डॉ. के. एस. राव आए।| वे कब गए?| ठीक है.| अंत।"),
    ("bn", "ড. রহমান এলেন।| তিনি গেলেন।"),
    ("ta", "ஆறு உயர்ந்தது.| மக்கள் சென்றனர்."),
    ("zh", "河水上涨了。|谁走了？|“没有人。”|他说。|真的!|是的"),
    ("ja", "川が増水した。|「誰が？」|誰もいない。"),
    ("ko", "강물이 불었다.| 누가 갔나?| 아무도."),
    ("my", "မြစ်ရေတက်သည်။| လူများထွက်သွားသည်။"),
    ("km", "ទន្លេឡើង។| មនុស្ស សត្វ ។ល។| ពួកគេបានចេញទៅ។"),
    ("lo", "ແມ່ນ້ຳຂຶ້ນ.| ຄົນໄປ."),
    ("th", "แม่น้ำขึ้นในปี พ.ศ. 2554 และ ดร. สมชาย ก็มา"),
    ("am", "ወንዙ ሞላ።| ማን ሄደ?| ማንም፡፡| ሁሉም ቀሩ።"),
    ("sat", "ᱜᱟᱰᱟ ᱨᱟᱠᱟᱵ ᱮᱱᱟ᱾| ᱦᱚᱲ ᱠᱚ ᱪᱟᱞᱟᱣ ᱮᱱᱟ᱾"),
    ("en", "A headline without a full stop\n|Then a paragraph.| It goes on.\r\n|\n The last"),
]


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_sentences_end_where_a_reader_ends_them(language, text):
    """Marks of every script end sentences; abbreviations, numbers, quotations do not."""
    expected = [piece.strip() for piece in text.split(BREAK)]
    text = text.replace(BREAK, "")
    assert [text[start:end] for start, end, _ in sentences(text, language)] == expected


def test_thai_is_taken_apart_at_spaces_between_clauses():
    """A long text of a script without sentence marks is not one sentence."""
    clause = "แม่น้ำเพิ่มสูงขึ้นในตอนกลางคืนและผู้คนจำนวนมากต้องอพยพออกจากบ้านเรือนของตน"
    text = " ".join([clause] * 6)
    found = [text[start:end] for start, end, _ in sentences(text, "th")]
    assert len(found) > 1
    assert " ".join(found) == text


def test_paragraphs_are_numbered():
    """Each sentence knows its paragraph; empty lines make none."""
    found = sentences("One. Two.\n\n \nThree.\u2029Four.")
    assert [sentence.paragraph for sentence in found] == [0, 0, 1, 2]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("word " * 300 + "and, so on " * 40, "at a space, or behind a comma"),
        ("क्या " * 400, "at a space"),
        ("水" * 2000, "between characters"),
        ("e\u0301" * 1500, "between characters"),
    ],
)
def test_what_is_too_long_is_cut_where_it_hurts_least(text, pieces):
    """No sentence is more than a model can take, and no character is taken apart."""
    found = [text[start:end] for start, end, _ in sentences(text)]
    assert len(found) > 1, pieces
    assert all(cost(piece) <= LIMIT for piece in found)
    assert not any(piece.startswith("\u0301") for piece in found)
    if " " in text:
        words = set(text.split())
        assert all(set(piece.split()) <= words for piece in found)


def test_a_cut_prefers_the_end_of_a_clause():
    """A monster is cut behind a semicolon rather than a comma, behind a comma rather than not."""
    text = "a b, c " * 40 + "d; " + "e f, g " * 60
    first, second, *_ = sentences(text, limit=600)
    assert text[first.start : first.end].endswith("d;")
    assert text[second.start : second.end].endswith(",")


MARKS = st.sampled_from(list(".!?…。！？।؟۔።።:;,\"'“”«»()[] \n\t\u200bฯaBя١1水ا\u0301កགส།ගΑ"))


@given(st.text(MARKS | st.characters(), max_size=400), st.sampled_from(["en", "th", "bo", "ur"]))
def test_nothing_is_lost_between_sentences(text, language):
    """Sentences lie in order, and between them is nothing that can be seen."""
    at = 0
    paragraph = 0
    for sentence in sentences(text, language, limit=60):
        assert BLANK.fullmatch(text[at : sentence.start])
        assert sentence.start < sentence.end
        assert text[sentence.start : sentence.end].strip() == text[sentence.start : sentence.end]
        assert sentence.paragraph >= paragraph
        assert cost(text[sentence.start : sentence.end]) <= 60 or sentence.end == sentence.start + 1
        at, paragraph = sentence.end, sentence.paragraph
    assert BLANK.fullmatch(text[at:])


@pytest.mark.parametrize("part", ["a", ". ", "A. ", "1. ", '"', "…", "ส ", "ལ།", "a. «", "។ល", "|"])
def test_no_text_takes_for_ever(part):
    """The time grows with the length of a text and no faster."""
    text = part * (100_000 // len(part))
    began = time.perf_counter()
    sentences(text, "en")
    assert time.perf_counter() - began < 10
