"""Query words find articles in other languages by what they are called there."""

from __future__ import annotations

from dataclasses import replace

import pytest

import dragoman
from dragoman.analysis import STEM_MARK
from dragoman.lexicon import Entry, Header, Lexicon
from dragoman.lexicon.table import write
from dragoman.model import Article
from dragoman.senses import Senses
from dragoman.testing import DictionaryTranslator

ARTICLES = [
    Article(id="en", title="Parliament passes a law on water", body="The government agreed."),
    Article(id="ar", title="البرلمان يقر قانون المياه", body="وافقت الحكومة على ذلك."),
    Article(id="de", title="Das Parlament beschließt ein Gesetz", body="Es geht um Wasser."),
    Article(id="tr", title="Meclis su kanununu kabul etti", body="Hükümet bunu destekledi."),
    Article(id="zh", title="议会通过水法", body="政府同意了。"),
    Article(id="ru", title="Парламент принял закон о воде", body="Правительство согласилось."),
    Article(id="fa", title="مجلس قانون آب را تصویب کرد", body="دولت موافقت کرد."),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The same story in seven languages, and another in each."""
    others = [
        Article(id=f"other-{language}", title=title, body=title, language=language)
        for language, title in {
            "en": "The team won the match in the evening",
            "ar": "فاز الفريق بالمباراة في المساء",
            "de": "Die Mannschaft gewann am Abend das Spiel",
            "tr": "Takım akşam maçı kazandı",
            "zh": "球队晚上赢得了比赛",
            "ru": "Команда выиграла матч вечером",
            "fa": "تیم شب مسابقه را برد",
        }.items()
    ]
    with dragoman.open_library(tmp_path_factory.mktemp("senses")) as library:
        library.add([*(replace(each, language=each.id) for each in ARTICLES), *others])
        yield library


@pytest.mark.parametrize(
    "query",
    [
        "government water law",
        "الحكومة المياه قانون",
        "hükümet su kanun",
        "правительство вода закон",
        "政府水法",
        "Regierung Wasser Gesetz",
    ],
)
def test_a_query_in_any_language_finds_the_story_in_all(library, query):
    """Seven languages, each by words of its own; the other story of each comes after, if at all."""
    hits = library.search(query, limit=20).hits
    first = [hit.id for hit in hits[: len(ARTICLES)]]
    assert sorted(first) == sorted(article.id for article in ARTICLES)
    assert all(hit.title_highlights or hit.snippet.highlights for hit in hits[: len(ARTICLES)])


def test_evidence_says_which_translation_matched(library):
    """The concept as typed, the way, and the terms of the article's language."""
    (hit,) = library.search("government", languages=["ru"]).hits
    assert hit.via == ("query-translation",)
    (evidence,) = hit.evidence
    assert evidence.concept == "government"
    assert ("правительство",) in evidence.terms
    assert hit.snippet.text[slice(*hit.snippet.highlights[0])] == "Правительство"
    assert evidence.score == pytest.approx(hit.score, abs=1e-4)


def test_parts_of_a_score_add_up_to_it(library):
    """Whatever the language, the concepts' shares are its score."""
    for hit in library.search("government water law parliament").hits:
        assert sum(item.score for item in hit.evidence) == pytest.approx(hit.score, abs=1e-4)


def test_translations_can_be_switched_off(library):
    """`via` without query-translation reaches no further than words and names."""
    only = library.search("government", via=["original"])
    assert {hit.language for hit in only.hits} == {"en"}
    assert all(hit.balance == 1 for hit in only.hits)


@pytest.mark.parametrize(
    ("query", "languages"),
    [
        ('"water law"', {"fa"}),
        ('"prime minister"', set()),
        ("+government +match", set()),
        ("government -water", set()),
        ("+government +water", {"en", "ar", "de", "tr", "ru", "fa"}),
    ],
)
def test_constraints_hold_across_languages(library, query, languages):
    """What must, must not or must stand together does so by its translations too."""
    found = library.search(query, limit=20).hits
    assert {hit.language for hit in found} >= languages
    assert bool(found) == bool(languages)


@pytest.mark.parametrize(
    ("query", "tag"),
    [("hükümet su kanun", "tr"), ("the government passes a law", "en"), ("دولت قانون آب", "fa")],
)
def test_the_language_of_a_query_is_heard_in_the_library(library, query, tag):
    """All its words together say which language it is in, so that its homographs are read in it."""
    senses = Senses(library.lexicons.lookup, library._engine.vocabulary())
    senses.listen(query.split())
    assert senses._sources == {tag}


def test_what_everybody_writes_in_the_language_of_the_query_is_common(tmp_path):
    """A word in more than a tenth of its articles is; few articles say nothing."""
    bodies = [f"the river {'Basra' if n == 3 else 'rose'} {n} metres" for n in range(20)]
    with dragoman.open_library(tmp_path / "library") as library:
        library.add(dragoman.Article(body=body, language="en") for body in bodies)
        library.add([dragoman.Article(body="die Flut die Elbe", language="de")])
        senses = Senses(library.lexicons.lookup, library._engine.vocabulary())
        for words, word, common in (
            (("the", "river"), "the", {"en"}),
            (("the", "Basra"), "basra", set()),
            (("die", "Flut"), "die", set()),
        ):
            senses.listen(words)
            assert senses.common_in(word) == common


def test_coverage_says_what_reached_each_language(library):
    """By words as typed, or by names and lexicon only; the numbers add up to the library."""
    coverage = {entry.language: entry for entry in library.search("government law").coverage}
    assert sum(entry.articles for entry in coverage.values()) == 14
    assert coverage["en"].note.startswith("2 English articles: the words as typed")
    assert coverage["ru"].note == "2 Russian articles: lexicon only, no translation"


def test_an_entry_of_two_words_counts_for_both(library, tmp_path):
    """What translates several words together stands for each of them."""
    path = tmp_path / "test.lexicon"
    write(path, Header("test", "made up", "CC0"), [Entry("en", "New York", "ar", "نيويورك")])
    senses = Senses(Lexicon([path]), library._engine.vocabulary())
    assert list(senses.entries(["in", "New", "York"])) == [(1, 3, "New York")]
    assert senses.of_word("New York")["ar"][0].terms == ("نيويورك",)


def test_weights_fall_from_the_likeliest_translation(library, tmp_path):
    """Ten translations weigh no more, at the top, than one; the unlikely ones are left out."""
    path = tmp_path / "test.lexicon"
    entries = [Entry("en", "bank", "de", f"Wort{'abcdefghij'[n]}", 10 / (n + 1)) for n in range(10)]
    write(path, Header("test", "made up", "CC0"), [*entries, Entry("en", "river", "de", "Fluss")])
    senses = Senses(Lexicon([path]), library._engine.vocabulary())
    many = senses.of_word("bank")["de"]
    (one, *_) = senses.of_word("river")["de"]
    assert many[0].weight == one.weight
    exact = [sense.weight for sense in many if sense.terms[0][0] != STEM_MARK]
    assert 1 < len(exact) < 10
    assert exact == sorted(exact, reverse=True)


def test_a_whole_query_is_translated_once_for_good(tmp_path):
    """What the lexicon lacks is found by the translated query, whose translation is remembered."""
    opened = []

    def open_translator(source, target):
        if (source, target) != ("de", "en"):
            raise dragoman.TranslationError(f"nothing from {source} to {target}")
        text = "Talsperrenverwaltung prüft Hochwasserrückhaltebecken"
        known = {text: "The dam authority inspects the retention basin"}
        opened.append(DictionaryTranslator(known, route=("de", "en")))
        return opened[-1]

    with dragoman.open_library(tmp_path) as library:
        library.add(
            [
                Article(id="en", body="A retention basin was inspected.", language="en"),
                Article(id="de", body="Die Verwaltung prüft das Becken.", language="de"),
            ]
        )
        query = "Talsperrenverwaltung prüft Hochwasserrückhaltebecken"
        assert "en" not in {hit.id for hit in library.search(query).hits}
        for _ in range(2):
            found = {hit.id: hit for hit in library.search(query, translator=open_translator).hits}
            assert found["en"].via == ("query-translation",)
    asked = [sentence for each in opened for batch in each.asked for sentence in batch]
    assert asked == [query]


@pytest.mark.parametrize(
    "query",
    [
        'name:"' + " ".join(["Hezbollah"] * 24) + '"',
        '"' + " ".join(["government"] * 24) + '"',
        'name:"Hezbollah Kataib Soleimani" ' * 10,
    ],
)
def test_a_phrase_of_many_words_has_no_more_phrases_than_can_be_looked_for(library, query):
    """Each word may be said in several ways; not all of their combinations are tried."""
    library.search(query)


@pytest.mark.parametrize(("words", "found"), [(24, {"en", "ru"}), (25, {"en"})])
def test_a_quotation_is_looked_for_as_it_is_typed(tmp_path, words, found):
    """A phrase of more than 24 words is not heard, nor translated word by word."""
    with dragoman.open_library(tmp_path) as library:
        said = {"en": "Basra ", "ru": "Басра "}
        library.add(
            Article(id=tag, title=tag, body=name * words, language=tag)
            for tag, name in said.items()
        )
        hits = library.search('"' + "Basra " * words + '"').hits
        assert {hit.id for hit in hits} == found


@pytest.mark.parametrize("options", [{"via": ("foo",)}, {"sort": "foo"}, {"limit": -1}])
def test_what_there_is_not_is_refused(library, options):
    """A way, an order or a number that makes no sense is an error, not an empty answer."""
    with pytest.raises(dragoman.InvalidValue):
        library.search("government", **options)


@pytest.mark.parametrize(
    ("query", "told"), [("🎉", True), ("… —", True), ("+++", True), ("", False)]
)
def test_a_query_without_a_word_says_so(library, query, told):
    """All articles are listed, and why."""
    found = library.search(query)
    assert found.total == 14
    assert bool(found.notices) == told


def test_names_are_heard_in_scripts_without_spaces(tmp_path):
    """By sound alone, a name typed in katakana is found in Latin letters and in its own."""
    with dragoman.open_library(tmp_path / "library") as library:
        library.add(
            dragoman.Article(body=body, language=tag)
            for tag, body in (("en", "A quake in Sulaymaniyah."), ("ja", "スレイマニヤで地震"))
        )
        found = library.search("name:スレイマニヤ").hits
    assert {hit.language for hit in found} == {"en", "ja"}
