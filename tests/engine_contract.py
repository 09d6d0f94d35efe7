"""What every engine promises; a new engine passes it in a few lines (see test_engine_whoosh)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from dragoman.build import record
from dragoman.engines import Request
from dragoman.expand import expand
from dragoman.model import Article, StoredArticle, Tag, Via
from dragoman.syntax import parse

ARTICLES = {
    1: Article("Flood in Basra", "The river rose. Militias helped.", published="2020-08-31"),
    2: Article("Basra market", "Traders speak of the flood.", published="2020-09-01", source="One"),
    3: Article("Football", "Basra won in the final minute.", published="2021", source="The Two"),
    4: Article("فيضان في البصرة", "ارتفع النهر وقال السكان إن الماء كثير."),
    5: Article("巴士拉洪水", "河水上涨。"),
}
LANGUAGES = {1: "en", 2: "en", 3: "en", 4: "ar", 5: "zh"}


def stored(key: int, article: Article | None = None) -> StoredArticle:
    """An article as the store would hand it over."""
    return StoredArticle(key, article or ARTICLES[key], Tag(LANGUAGES.get(key, "en"), "", 1.0))


class EngineContract:
    """Subclass it with a fixture `make` that opens the engine on a folder."""

    @pytest.fixture
    def make(self):
        """Open the engine on a folder: given by the subclass."""
        raise NotImplementedError

    @pytest.fixture
    def engine(self, make, tmp_path):
        """An engine that holds `ARTICLES`."""
        engine = make(tmp_path / "engine")
        engine.write(record(stored(key)) for key in ARTICLES)
        yield engine
        engine.close()

    @staticmethod
    def run(engine, text: str, vias: tuple[Via, ...] = ("original",), **options):
        """Parse, expand and evaluate a query."""
        query = parse(text)
        expansions = expand(query.every_concept(), engine.vocabulary(), vias)
        return engine.evaluate(Request(query, expansions, **options))

    def found(self, engine, text: str, **options) -> list[int]:
        """The keys of the hits, in order."""
        return [hit.key for hit in self.run(engine, text, **options).hits]

    @pytest.mark.parametrize(
        ("text", "keys"),
        [
            ("basra", {1, 2, 3}),
            ("BASRA flood", {1, 2, 3}),
            ("flood AND river", {1}),
            ("flood -river", {2}),
            ("+flood football", {1, 2}),
            ("(river OR market) AND flood", {1, 2}),
            ('"of the flood"', {2}),
            ('"the of flood"', set()),
            ('"speak flood"', set()),
            ('"speak flood"~2', {2}),
            ("title:basra", {1, 2}),
            ("body:basra", {3}),
            ("milit*", {1}),
            ("b?sra", {1, 2, 3}),
            ("footbal~1", {3}),
            ("lang:ar", {4}),
            ("lang:en -basra", set()),
            ("date:2020", {1, 2}),
            ("date:2020-09..2021-12 basra", {2, 3}),
            ('source:"two" basra', {3}),
            ("trader", {2}),
            ("بصره", {4}),
            ("البصرة", {4}),
            ("洪水", {5}),
            ("洪", {5}),
            ("absent", set()),
            ("-basra", {4, 5}),
        ],
    )
    def test_a_query_finds_what_it_says(self, engine, text, keys):
        """Words, phrases, operators, patterns, fields and filters all select rightly."""
        evaluation = self.run(engine, text)
        assert {hit.key for hit in evaluation.hits} == keys
        assert evaluation.total == len(keys)

    def test_the_article_with_more_of_the_query_comes_first(self, engine):
        """Concepts add up, and a rare word weighs more than a common one."""
        assert self.found(engine, "basra river")[0] == 1
        assert self.found(engine, "market flood basra")[0] == 2

    def test_hits_can_be_ordered_by_date(self, engine):
        """An article without a date comes last, whichever way time runs."""
        assert self.found(engine, "basra", sort="newest") == [3, 2, 1]
        assert self.found(engine, "basra", sort="oldest") == [1, 2, 3]
        assert self.found(engine, "basra OR 洪水", sort="oldest")[-1] == 5

    def test_a_page_is_a_slice_of_the_whole_list(self, engine):
        """Limit and offset cut the same order."""
        whole = self.found(engine, "basra flood")
        paged = [
            key
            for offset in range(3)
            for key in self.found(engine, "basra flood", limit=1, offset=offset)
        ]
        assert paged == whole

    def test_hits_of_one_language_can_be_capped(self, engine):
        """No language takes more places than it was given."""
        found = self.found(engine, "basra OR البصرة OR 洪水", per_language=1)
        assert sorted(LANGUAGES[key] for key in found) == ["ar", "en", "zh"]

    def test_counts_are_of_all_that_match(self, engine):
        """Facets and totals do not depend on the page."""
        evaluation = self.run(engine, "basra OR البصرة", limit=1)
        assert evaluation.total == 4
        assert evaluation.facets.languages == {"en": 3, "ar": 1}
        assert evaluation.facets.months == {"2020-08": 1, "2020-09": 1, "2021": 1}
        assert evaluation.facets.sources == {"One": 1, "The Two": 1}
        assert evaluation.articles == {"en": 3, "ar": 1, "zh": 1}
        assert evaluation.reached == {"en": {"original"}, "ar": {"original"}}

    def test_the_evidence_adds_up_to_the_score(self, engine):
        """Every hit carries what matched and the arithmetic behind its score."""
        for hit in self.run(engine, "basra flood river").hits:
            assert hit.score == pytest.approx(sum(item.score for item in hit.evidence), abs=1e-4)
            assert all(item.terms and item.via == ("original",) for item in hit.evidence)
            assert {item.articles for item in hit.evidence} == {3}

    def test_the_vocabulary_counts_the_articles_that_hold_a_term(self, engine):
        """By language, those that have it in the title or the body, each once."""
        terms = ["basra", "البصره", "absent", "flood", "basra"]
        held = engine.vocabulary().holding(terms)
        assert held == [{"en": 3}, {"ar": 1}, {}, {"en": len(self.found(engine, "flood"))}, held[0]]
        engine.write((), removed=[3])
        assert engine.vocabulary().holding(["basra"]) == [{"en": 2}]

    def test_a_query_that_is_asked_again_is_answered_again(self, engine):
        """Pages and filters do not change what is found; a commit does."""
        first = self.run(engine, "basra flood")
        assert self.run(engine, "basra flood") == first
        assert self.run(engine, "basra flood", limit=1, offset=1).hits == first.hits[1:2]
        engine.write([record(stored(6, Article("Flood", "In Basra.")))])
        assert {hit.key for hit in self.run(engine, "basra flood").hits} == {
            6, *(hit.key for hit in first.hits)
        }  # fmt: skip

    def test_writing_a_key_again_replaces_its_record(self, engine):
        """There is one record for a key, the last one written."""
        engine.write([record(stored(1, Article("Drought", "The river fell.")))], removed=[3])
        assert self.found(engine, "drought") == [1]
        assert self.found(engine, "basra") == [2]
        assert engine.keys() == [1, 2, 4, 5]

    def test_a_failed_write_leaves_the_last_commit(self, engine):
        """A record that cannot be analysed half-way takes nothing with it."""

        def failing():
            yield record(stored(6, Article("Flood", "flood")))
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            engine.write(failing())
        assert engine.keys() == [1, 2, 3, 4, 5]
        engine.write([record(stored(6, Article("Flood", "flood")))])
        assert engine.keys() == [1, 2, 3, 4, 5, 6]

    def test_another_engine_on_the_folder_sees_commits_after_refresh(self, make, tmp_path):
        """Readers follow writers of other processes."""
        writer, reader = make(tmp_path / "e"), make(tmp_path / "e")
        assert self.found(reader, "basra") == []
        writer.write([record(stored(1))])
        reader.refresh()
        assert self.found(reader, "basra") == [1]

    def test_segments_do_not_change_the_ranking(self, make, tmp_path):
        """One commit or five: the same hits, order and scores."""
        whole, parts = make(tmp_path / "whole"), make(tmp_path / "parts")
        whole.write(record(stored(key)) for key in ARTICLES)
        for key in ARTICLES:
            parts.write([record(stored(key))])
        for text in ("basra flood river", "البصرة", "洪水", '"the flood"'):
            assert self.run(whole, text).hits == self.run(parts, text).hits

    def test_a_rewritten_engine_holds_only_what_was_written_anew(self, engine):
        """Other records are gone, words by their sound too, and writing goes on."""
        engine.rewrite([])
        assert engine.keys() == []
        assert self.found(engine, "basra") == []
        assert not engine.vocabulary().sounding_like("basra", ["en", "ar", "zh"])
        engine.rewrite([record(stored(2))])
        engine.write([record(stored(3))])
        assert engine.keys() == [2, 3]
        assert engine.check() == []

    def test_a_rewriting_counts_as_a_whole_or_not_at_all(self, make, tmp_path):
        """Meanwhile, and where it fails, the records of before are found."""
        writer, reader = make(tmp_path / "e"), make(tmp_path / "e")
        writer.write([record(stored(1)), record(stored(2))])
        seen = []

        def watched(fails):
            for key in (2, 3):
                yield record(stored(key))
                reader.refresh()
                seen.append(reader.keys())
            if fails:
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            writer.rewrite(watched(fails=True))
        reader.refresh()
        assert reader.keys() == writer.keys() == [1, 2]
        writer.rewrite(watched(fails=False))
        assert seen == [[1, 2]] * 4
        reader.refresh()
        assert reader.keys() == writer.keys() == [2, 3]

    def test_threads_search_one_engine(self, engine):
        """Readers share an engine without harm."""
        expected = self.found(engine, "basra flood")
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: self.found(engine, "basra flood"), range(64)))
        assert found == [expected] * 64

    def test_a_sound_engine_has_nothing_to_report(self, engine):
        """Its own check passes on what it wrote."""
        assert engine.check() == []
