"""The guard against failed translations."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.translate.guard import FAULTS, faults, stuck

# Shapes in which translators fail: source, what came of it, the languages, and the faults. Most
# are outputs that users of Argos Translate and LibreTranslate reported, cut short where they went
# on for ever; where a report has only a picture or a description, an example is made after it.
FAILURES = [
    # One word, said three times, or for ever.
    ("enrolled", "matriculados matriculados matriculados", "en", "pt", "loop"),
    ("Black", "Schwarz Schwarz Schwarz", "sv", "de", "loop"),
    ("défavorable", "adverse " * 60, "fr", "en", "loop long"),
    ("colorido", "colorful " * 12, "pt", "en", "loop long"),
    ("Cześć", "no " * 200, "pl", "en", "loop long"),
    # Loops with variations.
    ("never", "nunca jamás " * 9 + "jamás nunca jamás " * 8, "en", "es", "loop long"),
    ("increasingly", "cada vez " * 25 + "cada " * 7 + "cada vez cada", "en", "es", "loop long"),
    ("no\n", "no no no no nobody no no no no nobody no no", "pl", "en", "loop"),
    ("dressed", "vest vestida vest vest vest vest vest vest vest vest", "en", "es", "loop"),
    # Syllables and letters.
    ("заранее", "pre-pre- pre-pre- " + "pre- " * 30, "ru", "en", "loop long"),
    ("Hello World", "З " * 60 + "З! " + "З " * 40, "en", "ru", "loop long"),
    ("Good to see you", "У! " + "До! " * 60, "en", "ru", "loop long"),
    ("مرحبا بالعالم", "heeeeeeeeeeeeello", "ar", "en", "loop"),
    ("What is it?", "这是这是这是这是这是这是", "en", "zh", "loop"),
    ("Man fordert 500 Kubikmeter.", "There are 5000000000000s of them.", "de", "en", "loop"),
    # A sentence again and again, instead of another.
    ("Halo, halo semuanya.", "I'm sorry I'm sorry I'm sorry I'm sorry", "id", "en", "loop"),
    (
        "Bonjour, bonjour.",
        "I'm going to kill you. I'm going to kill you. I'm going to the hospital.",
        "fr",
        "en",
        "loop",
    ),
    # Subtitles, learnt by heart.
    (
        "What It Is: Think of it like a smart trick to uncover stuff on the internet.",
        "(笑声) " + "(掌声) " * 40,
        "en",
        "zh",
        "loop long invented",
    ),
    ("Πού είναι το σπίτι;", "(Laughter)", "el", "en", "invented"),
    ("буквально час два и все будет у вас)", "♪", "ru", "en", "empty"),
    ("да, я видел :)", "_", "ru", "en", "empty"),
    ("نعم هذا صحيح", "", "ar", "en", "empty"),
    # Web pages, learnt by heart.
    (
        "Καλημέρα σε όλους",
        (
            "Contact Home Request A Quote This website uses cookies to improve your experience"
            " while you navigate through the website."
        ),
        "el",
        "en",
        "long invented",
    ),
    ("CUT", "www.some-videos.com", "en", "tr", "invented"),
    (
        "Οι πλημμύρες κατέστρεψαν δεκάδες σπίτια στα βόρεια της χώρας το βράδυ της Τρίτης.",
        "Home",
        "el",
        "en",
        "short",
    ),
    # Left as it was, in whole or in part.
    ("Hello World", "Hello World", "en", "zh", "copy"),
    ("hello how are you", "hello how are you", "en", "zh", "copy"),
    ("La casa es muy grande hoy.", "La casa es muy grande hoy.", "es", "en", "copy"),
    (
        (
            "Borrower will pay Bank the unpaid principal amount of all Credit Extensions and"
            " interest on the unpaid principal amount of the Credit Extensions ."
        ),
        (
            "Borrower va payer Bank the unpaid principal amount of all Credit Extensions and"
            " interest on the unpaid principal amount of the Credit Extensions ."
        ),
        "en",
        "fr",
        "copy",
    ),
    ("ارتفع منسوب النهر ليلاً", "ارتفع منسوب النهر ليلاً", "ar", "en", "copy"),
    # Another script than the language's.
    ("Gummispanner und Seile", "резиновый зажим", "de", "fr", "script"),
    ("Die Lage ist ernst", "The situation is grave and serious", "de", "ar", "script"),
    # Numbers gone.
    ("قتل 1250 شخصا في عام ٢٠١٤", "Many people were killed in 2014", "ar", "en", "numbers"),
    ("Im Jahr 1987 kamen 345 Menschen.", "That year many people came here.", "de", "en", "numbers"),
]


@pytest.mark.parametrize(("source", "text", "one", "other", "expected"), FAILURES)
def test_failures_are_caught(source, text, one, other, expected):
    """Each failure is marked, and named as what it is."""
    assert set(expected.split()) <= set(faults(source, text, one, other))


@pytest.mark.parametrize(
    ("source", "text", "one", "other"),
    [
        ("Bonjour", "Hello", "fr", "en"),
        ("نعم", "Yes", "ar", "en"),
        ("Angela Merkel", "Angela Merkel", "de", "en"),
        ("https://example.org/a", "https://example.org/a", "ar", "en"),
        ("@UNICEF #COVID19", "@UNICEF #COVID19", "en", "ar"),
        ("Taxi", "Taxi", "de", "en"),
        ("2020", "", "ar", "en"),
        ("***", "***", "ar", "en"),
        ("Non, non, non !", "No, no, no!", "fr", "en"),
        ("哈哈哈哈", "Ha ha ha ha", "zh", "en"),
        ("非常非常非常好", "Very, very, very good", "zh", "en"),
        ("一百二十万", "1.2 million", "zh", "en"),
        ("1,200,000 personnes", "1.2 million people", "fr", "en"),
        ("120万人", "1.2 million people", "zh", "en"),
        ("٢٠١٤", "2014", "ar", "en"),
        ("1 250 000 habitants", "1,250,000 inhabitants", "fr", "en"),
        ("ใน พ.ศ. 2563", "in 2020", "th", "en"),
        ("در سال ۱۳۵۷ بود", "it was in 1978", "fa", "en"),
        ("سنة 1441 هـ", "the year 2020", "ar", "en"),
        ("um 19:30 Uhr", "at 7.30 p.m.", "de", "en"),
        ("in the 1980s", "二十世纪80年代", "en", "zh"),
        ("12 Menschen", "Twelve people", "de", "en"),
        ("fünf Milliarden", "5000000000, some 99999999 more", "de", "en"),
        ("Konto 1000000000000000", "account 1000000000000000", "de", "en"),
        ("Coles and Woolworths agreed.", "Coles和Woolworths同意了。", "en", "zh"),
        ("Ministar je rekao da nije istina.", "Ministar je rekao da nije istina.", "hr", "bs"),
        ("Das ist so.", "これはそうです。", "de", "ja"),
        ("The value of α is small.", "α的值很小。", "en", "zh"),
    ],
)
def test_what_looks_odd_and_is_right_is_let_through(source, text, one, other):
    """Names, addresses, repetitions of the source, other numerals and calendars are no faults."""
    assert faults(source, text, one, other) == ()


def test_the_same_answer_to_everything_is_noticed():
    """A model that has one translation for many different sentences says nothing of any."""
    asked = [f"Satz {number} sagt wieder etwas anderes" for number in range(6)]
    assert stuck([(sentence, "Home page.") for sentence in asked]) == {"Home page."}
    assert stuck([(sentence, "Home page.") for sentence in asked[:4]]) == frozenset()
    assert stuck([(f"Foto {name}", "Photo") for name in "abcdefgh"]) == frozenset()


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_can_be_compared(source, text):
    """Faults come in their order, each once, for whatever texts and languages."""
    found = faults(source, text, "xx", "en")
    assert list(found) == [fault for fault in FAULTS if fault in found]


@pytest.mark.parametrize("part", ["a", "a ", "ab", "1", "1 ", "水", "a.", "(a) ", "www.", "a-"])
def test_no_translation_takes_for_ever(part):
    """A monster is judged in reasonable time."""
    assert faults("short text", part * (20_000 // len(part)), "de", "en")


BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
TICO = BENCHMARKS.parents[1] / "shared/data/tico19-en-ar.tsv.gz"


@pytest.mark.skipif(not TICO.exists(), reason=f"{TICO.name} is not here")
def test_good_translations_raise_hardly_any_alarm():
    """Over all languages of TICO-19 and FLORES together, fewer than 1 in 200."""
    output = subprocess.run(
        [sys.executable, str(BENCHMARKS / "guard.py"), "--json", "--every", "211"],
        check=False,  # a single alarm among so few pairs is one too many for a language
        capture_output=True,
        text=True,
    ).stdout
    *corpora, spoilt, _ = (json.loads(line) for line in output.splitlines())
    alarms = sum(row["false alarms"] * row["pairs"] for row in corpora)
    assert alarms < sum(row["pairs"] for row in corpora) / 200
    assert len(corpora) > 250
    assert min(spoilt["loop"], spoilt["copy"], spoilt["nothing"]) > 0.97
