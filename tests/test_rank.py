"""Ranking: the arithmetic, against a plain reading of the formula."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.alternatives import Alternative, Expansion, Unit, Way
from dragoman.engines import Request
from dragoman.occurrences import BOOST
from dragoman.query import Concept
from dragoman.rank import evaluate
from dragoman.scoring import K1, B
from dragoman.syntax import parse

NONE = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))


class Arrays:
    """A snapshot made by hand: each record is (language, body words)."""

    def __init__(self, records):
        self.keys = np.arange(1, len(records) + 1)
        self.alive = np.ones(len(records), bool)
        self.languages = sorted({language for language, _ in records})
        self.language = np.array([self.languages.index(language) for language, _ in records])
        self.sources = [""]
        self.source = np.zeros(len(records), np.int64)
        self.published = np.zeros(len(records), np.int64)
        self.length = np.array([len(words) for _, words in records], np.float32)
        self._words = [list(words) for _, words in records]

    def postings(self, field, terms):
        """The records that hold terms in their body."""
        if field != "body":
            return NONE
        counts = np.array([[words.count(term) for words in self._words] for term in terms])
        term, record = np.nonzero(counts)
        return term, record, counts[term, record].astype(np.float32)

    def phrases(self, field, phrases):
        """No phrases here."""
        return NONE


def run(records, units, **options):
    """Evaluate one concept that stands for these units of (term, weight, languages)."""
    query = parse("concept")
    expansion = Expansion(
        Concept("concept"),
        (
            Way(
                tuple(
                    Unit(tuple(Alternative((t,), w, "original", tongues) for t, w, tongues in unit))
                    for unit in units
                )
            ),
        ),
    )
    return evaluate(Arrays(records), Request(query, (expansion,), **options), str.casefold)


def expected(records, unit, index):
    """The score of one record, straight from the formula."""
    language = records[index][0]
    mine = [words for tongue, words in records if tongue == language]

    def frequency(words):
        return sum(w * list(words).count(t) for t, w, tongues in unit if allowed(tongues))

    def allowed(tongues):
        return tongues is None or language in tongues

    def degree(words):
        return max((w for t, w, tongues in unit if allowed(tongues) and t in words), default=0)

    tf = frequency(records[index][1])
    if not tf:
        return 0
    df = max(1, sum(degree(words) for words in mine))
    mean = max(1, sum(map(len, mine)) / len(mine))
    idf = math.log(1 + (len(mine) - df + 0.5) / (df + 0.5))
    norm = K1 * (1 - B + B * len(records[index][1]) / mean)
    return idf * tf * (K1 + 1) / (tf + norm)


words = st.lists(st.sampled_from("abcd"), min_size=1, max_size=12)
collections = st.lists(st.tuples(st.sampled_from(["ar", "en"]), words), min_size=1, max_size=12)
units = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from([1.0, 0.6, 0.1]),
        st.sampled_from([None, frozenset({"en"}), frozenset({"ar"})]),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda item: item[0],
)


@given(collections, units)
def test_scores_are_bm25_with_statistics_of_the_language(records, unit):
    """Any collection and any unit give the scores of the documented formula."""
    found = run(records, [unit], limit=100)
    scores = {hit.key: hit.score for hit in found.hits}
    for index in range(len(records)):
        assert scores.get(index + 1, 0) == pytest.approx(expected(records, unit, index), abs=2e-4)


def test_a_concept_counts_once_however_many_ways_it_matches():
    """Ten alternatives in one article weigh less than two concepts in another."""
    records = [("en", ["a", "b", "c", "d"]), ("en", ["a", "z"]), *[("en", ["x"])] * 8]
    synonyms = [(term, 1.0, None) for term in "abcd"]
    one = run(records, [synonyms, [("z", 1.0, None)]])
    assert one.hits[0].key == 2


def test_a_small_language_is_not_drowned_by_a_large_one():
    """The same word in the same share of articles scores alike in any size of collection."""
    records = [("en", ["a"] if n % 10 == 0 else ["x"]) for n in range(1000)]
    records += [("ckb", ["a"] if n % 10 == 0 else ["x"]) for n in range(100)]
    found = run(records, [[("a", 1.0, None)]], limit=1000)
    by_language = {hit.language: hit.score for hit in found.hits}
    assert by_language["ckb"] == pytest.approx(by_language["en"], rel=0.05)


def test_equal_scores_are_ordered_by_age_in_the_library():
    """Ties do not depend on chance."""
    found = run([("en", ["a"])] * 5, [[("a", 1.0, None)]])
    assert [hit.key for hit in found.hits] == [1, 2, 3, 4, 5]


def test_an_article_needs_as_many_units_as_the_expansion_says():
    """A short unspaced run matches only where most of it stands."""
    records = [("zh", ["a"]), ("zh", ["a", "b"])]
    expansion = Expansion(
        Concept("concept"),
        (Way(tuple(Unit((Alternative((term,), 1.0, "original"),)) for term in "ab"), needed=2),),
    )
    found = evaluate(Arrays(records), Request(parse("concept"), (expansion,)), str)
    assert [hit.key for hit in found.hits] == [2]


def test_a_term_of_several_units_counts_in_each():
    """Terms are looked up once for all units, and each unit has its own weight and languages."""
    records = [("en", ["a", "b"]), ("en", ["c"]), ("fi", ["a"])]
    one, other = [("a", 1.0, None)], [("b", 1.0, None), ("a", 0.5, frozenset(["fi"]))]
    scores = {
        key: [
            {hit.key: hit.score for hit in run(records, units).hits}.get(key, 0.0)
            for units in ([one], [other], [one, other])
        ]
        for key in (1, 2, 3)
    }
    for alone, beside, both in scores.values():
        assert both == pytest.approx(alone + beside, abs=1e-4)
    assert scores[1][1] > 0
    assert scores[3][1] > 0


def test_the_body_is_not_boosted():
    """The formula above holds for the body; the title counts more."""
    assert BOOST["body"] == 1.0
    assert BOOST["title"] > 1.0
