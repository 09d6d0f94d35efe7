"""An article's story in other languages: what is searched for, and what is found."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pytest

import dragoman
from dragoman.analysis import analyse
from dragoman.errors import ArticleNotFound, InvalidValue
from dragoman.model import Article

DEMO = Path(dragoman.__path__[0]) / "data/demo.jsonl"
SPEECH = "demo/kawtharani-speech"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The demo library: thirteen events, each told in six or seven languages."""
    with dragoman.open_library(tmp_path_factory.mktemp("library")) as library:
        library.add(dragoman.read(DEMO))
        yield library


@pytest.fixture
def empty(tmp_path):
    """A library without articles."""
    with dragoman.open_library(tmp_path) as library:
        yield library


def ids(results):
    """The ids of the hits, in order."""
    return [hit.id for hit in results.hits]


def test_the_story_is_found_in_other_languages(library):
    """From any article, nearly always, the first hit tells the same event in another language."""
    by_event = defaultdict(list)
    for stored in library.articles():
        by_event[stored.id.rpartition("/")[0]].append(stored)
    asked = [(event, each) for event, told in by_event.items() for each in told]
    right = 0
    for event, each in asked[::7]:
        (hit,) = library.related(each.id, limit=1).hits
        assert hit.language != each.tag.language
        right += hit.id.startswith(event)
    assert right / len(asked[::7]) > 0.9


def test_a_hit_says_which_of_the_words_it_has(library):
    """The words are in the results, and the evidence of a hit names some of them."""
    results = library.related(f"{SPEECH}/en", limit=5)
    assert "Kawtharani" in results.query
    words = results.query.split()
    assert 1 < len(words) <= 12
    for hit in results.hits:
        assert {item.concept for item in hit.evidence} <= set(words)
        assert any("Kawtharani" in item.concept for item in hit.evidence)
        assert hit.score == pytest.approx(sum(item.score for item in hit.evidence), abs=1e-3)


@pytest.mark.parametrize(
    ("options", "languages"),
    [
        ({}, {"ar", "fa", "fr", "he", "tr"}),
        ({"languages": ["ar", "fa"]}, {"ar", "fa"}),
        ({"languages": ["en"]}, {"en"}),
        ({"same_language": True}, {"ar", "en", "fa", "fr", "he", "tr"}),
        ({"sources": ["asharq"], "since": "2020", "until": "2021"}, set()),
    ],
)
def test_languages_are_the_others_unless_said_otherwise(library, options, languages):
    """The article itself is never among its own relatives."""
    results = library.related(f"{SPEECH}/en", limit=100, **options)
    assert f"{SPEECH}/en" not in ids(results)
    assert languages <= set(results.facets.languages)
    assert ("en" in results.facets.languages) == ("en" in languages)
    assert len(results.hits) == results.total


def test_options_are_those_of_search(library):
    """A cap for each language, pages, collapsing."""
    all_ = library.related(f"{SPEECH}/en", limit=6)
    assert ids(library.related(f"{SPEECH}/en", limit=3, offset=3)) == ids(all_)[3:]
    capped = library.related(f"{SPEECH}/en", limit=50, per_language=1).hits
    assert len(capped) == len({hit.language for hit in capped})
    assert ids(library.related(f"{SPEECH}/en", limit=6, collapse=True)) == ids(all_)
    only_names = library.related(f"{SPEECH}/en", via=("name",))
    assert {via for hit in only_names.hits for via in hit.via} == {"name"}
    with pytest.raises(InvalidValue):
        library.related(f"{SPEECH}/en", since="tomorrow")


def test_an_unknown_id_is_an_error(library):
    """There is nothing to be related to."""
    with pytest.raises(ArticleNotFound):
        library.related("nobody")


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("Flood", "The water came. The men and the women saw Suleimani in Basra.", "Suleimani"),
        ("Flood", "Officials of Iraq's south said so, and Iraq’s north too.", "Iraq"),
        ("Sel", "Yağmur Ankara'da ve İstanbul'da yağdı, dedi.", "Ankara"),
        ("巴格达遭遇洪水", "苏莱曼尼说，洪水冲走了旧桥。", "苏莱曼尼"),
        ("バスラで洪水", "ソレイマニ氏は橋が流されたと述べた。", "ソレイマニ"),
        ("Budget 2021", "It was 7 more than in 1998, said the minister.", "2021"),
    ],
    ids=["name", "possessive", "Turkish ending", "Chinese name", "Japanese name", "number"],
)
def test_names_and_numbers_are_among_the_words(empty, title, body, expected):
    """Without their endings, in scripts without spaces too; single digits are left out."""
    empty.add([Article(title, body, id="1")])
    words = empty.related("1", same_language=True).query.split()
    assert expected in words
    assert "7" not in words


def test_common_words_are_left_out(empty):
    """What every article of the language has says nothing of the story."""
    rest = "spoke of the weather and of the prices in the market"
    names = "Halima Bashir Salman Qadir Rostam Shirin Dawood Yasmin Farouk Leila Karim".split()
    empty.add(Article(name, f"Today {name} {rest}.", id=name, language="en") for name in names)
    shown = empty.related("Halima", same_language=True)
    concepts = {item.concept: item.score for hit in shown.hits for item in hit.evidence}
    assert shown.query.split()[0] == "Halima"
    assert all(score < 0.5 for concept, score in concepts.items() if concept != "Halima")


def test_an_article_without_words_finds_nothing_and_says_so(empty):
    """A single digit is nothing to search for; the rest of the library is not the answer."""
    empty.add([Article("7", id="digit"), Article("Flood in Basra", id="flood")])
    results = empty.related("digit", same_language=True)
    assert (results.hits, results.total) == ((), 0)
    assert results.notices


def test_words_are_counted_within_the_language(library):
    """The engine's statistics: articles of the language with a term in the title or the body."""
    vocabulary = library._engine.vocabulary()
    for language in ("en", "ar", "zh"):
        holding = Counter(
            term
            for stored in library.articles("", languages=[language])
            for term in _terms(stored.article, language)
        )
        terms = [*sorted(holding), "nowhere"]
        held = vocabulary.holding(terms)
        assert [by.get(language, 0) for by in held] == [holding[term] for term in terms]
    assert "tlh" not in vocabulary.holding(["the"])[0]


def _terms(article, language):
    """The distinct terms of an article in the index."""
    texts = (article.title, article.body)
    return {term for text in texts for token in analyse(text, language) for term in token.terms}
