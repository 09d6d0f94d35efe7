"""The bulk run: what it translates, keeps, marks, repeats and survives."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman import build, schema, translations
from dragoman.errors import LibraryDamaged, ModelError, TranslationError
from dragoman.model import Article, Tag
from dragoman.store import Store, corrected
from dragoman.testing import DictionaryTranslator, EchoTranslator
from dragoman.translate import Pivot, batches
from dragoman.translate.plan import Plan
from dragoman.translate.run import translate

WORDS = {
    "Der Fluss steigt.": "The river rises.",
    "Alle gehen.": "All leave.",
    "Wer bleibt?": "Who stays?",
    "Niemand bleibt hier.": "Nobody stays here.",
    "Am Morgen scheint die Sonne.": "In the morning the sun shines.",
}
TAG = Tag("de", "Latn", 1.0)


def article(number, title="Der Fluss steigt.", body="Alle gehen. Wer bleibt?", **more):
    """An article with this number."""
    day = f"2020-01-{number % 28 + 1:02}"
    return Article(id=f"a{number}", title=title, body=body, published=day, **more)


@pytest.fixture
def store(tmp_path):
    """An empty store."""
    store = Store(tmp_path / "library.db")
    yield store
    store.close()


class Counting:
    """Opens one translator again and again, and keeps what it was asked."""

    def __init__(self, translator=None):
        self.translator = translator or DictionaryTranslator(WORDS, route=("de", "en"))
        self.opened = []

    def __call__(self, source, target):
        """The translator, whatever the target."""
        self.opened.append((source, target))
        if source != self.translator.route[0]:
            raise TranslationError(f"no model translates {source} into {target}")
        return self.translator

    @property
    def asked(self):
        """Every sentence given to the translator, in order."""
        return [sentence for batch in self.translator.asked for sentence in batch]


class Failing(EchoTranslator):
    """Cannot take sentences with a certain word."""

    def __init__(self, word):
        super().__init__(("de", "en"), mark="translated ")
        self.word = word

    def translate(self, sentences):
        """Raise, or else echo."""
        if any(self.word in sentence for sentence in sentences):
            raise TranslationError("out of memory")
        return super().translate(sentences)


def only(store, id_="a1", target="en"):
    """The one translation of an article."""
    (translation,) = translations.of(store, [store.get(id_).key], target)[store.get(id_).key]
    return translation


def test_an_article_is_translated_sentence_by_sentence(store):
    """Each sentence is linked to its place in the original, and the article is to be indexed."""
    store.put([(article(1), TAG)])
    store.mark_clean([1])
    report = translate(store, Counting(), Plan())
    assert (report.whole, report.part, report.translated, report.stopped) == (1, 0, 3, "done")
    translation = only(store)
    assert (translation.route, translation.stage) == (("de", "en"), translations.WHOLE)
    original = store.get("a1").article
    assert [
        (sentence.field, getattr(original, sentence.field)[sentence.start : sentence.end],
         sentence.text)
        for sentence in translation.sentences
    ] == [
        ("title", "Der Fluss steigt.", "The river rises."),
        ("body", "Alle gehen.", "All leave."),
        ("body", "Wer bleibt?", "Who stays?"),
    ]  # fmt: skip
    assert store.dirty(9) == [1]


def test_titles_come_before_leads_and_leads_before_bodies(store):
    """The newest first, within each stage; a sentence met twice is translated once."""
    body = "Alle gehen.\nAm Morgen scheint die Sonne.\nAlle gehen."
    store.put([(article(n, f"Titel nummer {n} ist da.", body), TAG) for n in range(3)])
    opener = Counting()
    translate(store, opener, Plan())
    assert [sorted(batch) for batch in opener.translator.asked] == [
        [f"Titel nummer {n} ist da." for n in range(3)],
        ["Alle gehen."],
        ["Am Morgen scheint die Sonne."],
    ]


def test_a_second_run_repeats_nothing(store):
    """What is translated is not translated again, but for another version on request."""
    store.put([(article(n), TAG) for n in range(5)])
    first = translate(store, Counting(), Plan())
    assert (first.whole, first.already, first.translated, first.remembered) == (5, 0, 3, 0)
    again = Counting()
    report = translate(store, again, Plan())
    assert (report.whole, report.already, report.translated, again.asked) == (0, 5, 0, [])
    newer = EchoTranslator(("de", "en"), mark="new: ")
    assert translate(store, Counting(newer), Plan()).whole == 0
    assert translate(store, Counting(newer), Plan(again=True)).whole == 5
    assert only(store, "a0").sentences[0].text == "new: Der Fluss steigt."
    assert translate(store, Counting(newer), Plan(again=True)).whole == 0


def test_a_deleted_translation_comes_back_from_the_memory(store):
    """The memory outlives articles and their translations."""
    store.put([(article(1), TAG)])
    translate(store, Counting(), Plan())
    assert translations.drop(store, "en", ["fr"]) == 0
    assert translations.drop(store, "en", ["de"]) == 1
    report = translate(store, Counting(), Plan())
    assert (report.whole, report.translated, report.remembered) == (1, 0, 3)


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (lambda store: store.put([(article(1, section="x"), TAG)]), True),
        (lambda store: store.put([(article(1, "Neu"), TAG)]), False),
        (lambda store: store.put([(article(1, body="Neu"), TAG)]), False),
        (lambda store: store.correct("a1", corrected(TAG, "nl")), False),
        (lambda store: store.correct("a1", corrected(TAG, "de")), True),
        (lambda store: store.delete(["a1"]), False),
    ],
)
def test_a_translation_lives_as_long_as_its_text(store, change, kept):
    """It is gone when the article is deleted, changed, or said to be in another language."""
    store.put([(article(1), TAG)])
    translate(store, Counting(), Plan())
    change(store)
    assert bool(translations.of(store, [1])) is kept


def test_an_article_changed_during_the_run_is_left_alone(store):
    """A translation of what is no longer there is not kept."""
    store.put([(article(1), TAG)])
    changed = article(1, body="Niemand bleibt hier.")
    translator = DictionaryTranslator(WORDS, route=("de", "en"))
    original = translator.translate

    def meanwhile(sentences):
        if "Alle gehen." in sentences:
            store.put([(changed, TAG)])
        return original(sentences)

    translator.translate = meanwhile
    translate(store, Counting(translator), Plan())
    assert only(store).stage == translations.WHOLE
    assert [s.text for s in only(store).sentences] == ["The river rises.", "Nobody stays here."]


def test_what_the_guard_suspects_is_marked_counted_and_kept_out(store):
    """A marked sentence is stored with its marks; the text shows the original in its place."""
    broken = {**WORDS, "Alle gehen.": "all " * 40}
    store.put([(article(1, body="Alle gehen. Wer bleibt?\n\nNiemand bleibt hier."), TAG)])
    translator = DictionaryTranslator(broken, route=("de", "en"))
    report = translate(store, Counting(translator), Plan())
    assert report.marked == {"loop": 1, "long": 1}
    translation = only(store)
    assert [sentence.faults for sentence in translation.sentences] == [
        (),
        ("loop", "long"),
        (),
        (),
    ]
    text, pieces = translations.readable(store.get("a1").article, translation, "body")
    assert text == "Alle gehen. Who stays?\n\nNobody stays here."
    assert [piece.translated for piece in pieces] == [False, True, True]
    (state,) = translations.status(store, "en")
    assert (state.language, state.articles, state.whole, state.waiting) == ("de", 1, 1, 0)
    assert state.marked == {"loop": 1, "long": 1}
    record = build.record(store.get("a1"), (translation,))
    assert "all" not in record.fields["translation"]
    assert record.fields["translation"][
        "stay" if "stay" in record.fields["translation"] else "stays"
    ]
    assert record.lengths["translation"] == 8


def test_positions_go_on_from_sentence_to_sentence(store):
    """A translated word is indexed where it stands in the whole of the translation."""
    store.put([(article(1), TAG)])
    translate(store, Counting(), Plan())
    fields = build.record(store.get("a1"), (only(store),)).fields["translation"]
    assert [fields[word] for word in ("river", "leave", "who", "stays")] == [[1], [4], [5], [6]]


def test_limit_budget_languages_and_keys_bound_a_run(store):
    """A run does what it is asked, in the order it is asked, and says what is left."""
    store.put([(article(n, f"Titel {n} der Zeitung."), TAG) for n in range(10)])
    store.put([(article(n), Tag("fr", "Latn", 1.0)) for n in range(20, 22)])
    store.put([(article(30), Tag("en", "Latn", 1.0))])
    report = translate(store, Counting(), Plan(limit=3))
    assert (report.whole, report.stopped, report.waiting) == (3, "limit", 0)
    assert {f"a{n}" for n in range(10) if translations.of(store, [n + 1])} == {"a7", "a8", "a9"}
    assert "no model translates fr" in report.unreachable["fr"]
    report = translate(store, Counting(), Plan(budget=0))
    assert (report.whole, report.stopped, report.waiting) == (0, "budget", 7)
    assert translate(store, Counting(), Plan(languages=["fr"])).whole == 0
    assert translate(store, Counting(), Plan(keys=[4, 1], limit=1)).whole == 1
    assert translations.of(store, [1, 4]).keys() == {4}
    statuses = {each.language: each for each in translations.status(store, "en")}
    assert (statuses["de"].whole, statuses["de"].waiting) == (4, 6)
    assert (statuses["fr"].whole, statuses["fr"].waiting) == (0, 2)
    assert "en" not in statuses


def test_a_budget_that_ends_midway_leaves_titles(store):
    """What was done in time is kept, and the next run goes on from there."""
    store.put([(article(n, f"Titel {n} der Zeitung.", f"Text {n} der Zeitung."), TAG)
               for n in range(4)])  # fmt: skip
    opener = Counting()
    ask = opener.translator.translate

    def slow(sentences):
        time.sleep(0.3)
        return ask(sentences)

    opener.translator.translate = slow
    report = translate(store, opener, Plan(budget=0.2))
    assert (report.whole, report.part, report.stopped) == (0, 4, "budget")
    (state,) = translations.status(store, "en")
    assert (state.whole, state.part, state.waiting) == (0, 4, 0)
    report = translate(store, opener, Plan())
    assert report.whole == 4
    assert max(Counter(opener.asked).values()) == 1


def test_one_bad_sentence_costs_its_article_only(store):
    """What a translator cannot take is reported, and tried again by the next run."""
    store.put([(article(n, f"Titel {n} ist hier.", "Ein Gift." if n == 3 else "Ein Tag."), TAG)
               for n in range(6)])  # fmt: skip
    report = translate(store, Counting(Failing("Gift")), Plan())
    assert (report.whole, report.failed, report.waiting) == (5, 1, 1)
    (problem,) = report.problems
    assert problem.where == "article a3"
    assert "'Ein Gift.'" in problem.what
    assert "out of memory" in problem.what
    assert only(store, "a3").stage == 1
    assert translate(store, Counting(Failing("nothing")), Plan()).whole == 1


def test_a_translator_that_only_fails_is_given_up(store):
    """It is not tried on every sentence there is; its language is reported."""
    store.put([(article(n, f"Titel {n} ist hier."), TAG) for n in range(200)])
    report = translate(store, Counting(Failing("Titel")), Plan())
    assert report.whole == 0
    assert report.unreachable == {"de": "out of memory"}


def test_a_model_that_cannot_be_used_is_not_tried_again(store):
    """It is no sentence's fault, so that halving the batch would not help."""
    tried = []

    class Broken(EchoTranslator):
        def translate(self, sentences):
            tried.append(len(sentences))
            raise ModelError("model.bin: cannot be loaded")

    store.put([(article(n, f"Titel {n} ist hier."), TAG) for n in range(9)])
    report = translate(store, Counting(Broken(("de", "en"))), Plan())
    assert (tried, report.waiting, report.failed) == ([9], 9, 0)
    assert report.unreachable == {"de": "model.bin: cannot be loaded"}


def test_pivots_share_the_first_leg(store):
    """Through English, the sentences that were put into English before are not done again."""
    store.put([(article(1), TAG)])
    first = DictionaryTranslator(WORDS, route=("de", "en"))
    translate(store, Counting(first), Plan())
    second = EchoTranslator(("en", "fr"), mark="en français: ")
    first.asked.clear()
    report = translate(store, lambda *_: Pivot([first, second]), Plan(target="fr"))
    assert (report.whole, first.asked) == (1, [])
    translation = only(store, target="fr")
    assert translation.route == ("de", "en", "fr")
    assert translation.sentences[1].text == "en français: All leave."


def test_a_sentence_spoilt_by_the_first_leg_does_not_take_the_second(store):
    """The marks of any leg are the sentence's own."""
    store.put([(article(1), TAG)])
    first = DictionaryTranslator({**WORDS, "Alle gehen.": "go " * 50}, route=("de", "en"))
    second = EchoTranslator(("en", "fr"), mark="le ")
    translate(store, lambda *_: Pivot([first, second]), Plan(target="fr"))
    spoilt = only(store, target="fr").sentences[1]
    assert (spoilt.text, spoilt.faults) == ("", ("loop", "long"))
    assert sorted(second.asked[0] + second.asked[1]) == ["The river rises.", "Who stays?"]


def test_progress_and_indexing_are_told(store):
    """The caller hears of each batch, and indexes under the right to write."""
    store.put([(article(n), TAG) for n in range(3)])
    heard, doing = [], []

    class Writing:
        def __enter__(self):
            doing.append("enter")

        def __exit__(self, *_):
            doing.append("exit")

    translate(
        store,
        Counting(),
        Plan(),
        reindex=lambda: doing.append("index"),
        writing=Writing,
        on_progress=heard.append,
    )
    assert doing[-3:] == ["enter", "index", "exit"]
    assert doing.count("index") == 1
    last = heard[-1]
    assert (last.stage, last.language, last.articles, last.total) == ("leads", "de", 3, 3)
    assert last.characters == 3 * len("Der Fluss steigt.Alle gehen.Wer bleibt?")
    assert last.characters_per_second > 0
    assert last.seconds_left < 1


@pytest.mark.parametrize("pivot", [False, True])
def test_progress_moves_with_every_batch(store, monkeypatch, pivot):
    """Also while the articles in hand are not complete, and half a way at each leg of a pivot."""
    monkeypatch.setattr(batches, "_BATCH_SENTENCES", 1)
    store.put([(article(n, f"Titel nummer {n} ist da.", ""), TAG) for n in range(4)])
    size = len("Titel nummer 0 ist da.")
    first, second = (EchoTranslator(way, mark="so ") for way in (("de", "en"), ("en", "fr")))
    translator = Pivot([first, second]) if pivot else first
    heard = []
    plan = Plan(target="fr" if pivot else "en")
    translate(store, lambda *_: translator, plan, on_progress=heard.append)
    told = [each.characters for each in heard]
    assert len(told) == (9 if pivot else 5)  # each batch, and the end
    assert told == sorted(told)
    assert told[3] == (2 * size if pivot else 4 * size)
    assert told[-1] == 4 * size


def test_what_has_no_words_needs_no_translator(store):
    """Figures, addresses and rules go through as they are."""
    store.put([(article(1, "2020", "https://example.org\n***\n@UNICEF #COVID19"), TAG)])
    opener = Counting()
    assert translate(store, opener, Plan()).whole == 1
    assert opener.asked == []
    assert only(store).sentences[1].text == "https://example.org"


def test_a_library_of_the_first_version_opens_by_itself(tmp_path):
    """Its articles are there, and can be translated."""
    path = tmp_path / "library.db"
    store = Store(path)
    store.put([(article(1), TAG)])
    store.close()
    with sqlite3.connect(path) as connection:
        for name in ("translation_outdated", "translation_orphaned"):
            connection.execute(f"DROP TRIGGER {name}")
        for name in ("sentence", "translation"):
            connection.execute(f"DROP TABLE {name}")
        for name in ("meta", "article", "sentence", "translation"):
            connection.execute(f"DROP TABLE {name}_seal")
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    store = Store(path)
    assert store.select("PRAGMA user_version")[0][0] == schema.VERSION
    assert translate(store, Counting(), Plan()).whole == 1
    store.close()


def test_a_damaged_translation_is_named(store):
    """What cannot be read is a clear error."""
    store.put([(article(1), TAG)])
    translate(store, Counting(), Plan())
    with store.transaction() as connection:
        connection.execute("UPDATE translation SET sentences = '[[7]]'")
    with pytest.raises(LibraryDamaged, match="article 1"):
        translations.of(store, [1])


SENTENCES = st.lists(
    st.sampled_from([*WORDS, "2020", "Ein neuer Satz steht hier!", "\n", "  ", "\n\n"]),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(SENTENCES, SENTENCES), min_size=1, max_size=6), st.randoms())
def test_any_interruptions_come_to_the_same(tmp_path_factory, texts, chance):
    """However often a run is stopped, no sentence is asked for twice, and nothing is lost."""
    store = Store(tmp_path_factory.mktemp("store") / "library.db")
    store.put([(article(n, " ".join(t), " ".join(b)), TAG) for n, (t, b) in enumerate(texts)])
    opener = Counting()
    ask = opener.translator.translate
    committed = set()
    stops = []

    def interrupted(sentences):
        assert not committed & set(sentences)
        if len(stops) < 10 and chance.random() < 0.4:
            stops.append(sentences)
            raise KeyboardInterrupt
        return ask(sentences)

    opener.translator.translate = interrupted
    while True:
        try:
            translate(store, opener, Plan())
            break
        except KeyboardInterrupt:
            committed = set(opener.asked)
    assert max(Counter(opener.asked).values(), default=1) == 1
    for item in store.all():
        stored = item.article
        (translation,) = translations.of(store, [item.key])[item.key]
        assert translation.stage == translations.WHOLE
        for field in ("title", "body"):
            original = getattr(stored, field)
            text, pieces = translations.readable(stored, translation, field)
            rest = original
            for piece in reversed(pieces):
                found = text[piece.start : piece.end]
                source = original[piece.original_start : piece.original_end]
                assert found == WORDS.get(source, found)
                rest = rest[: piece.original_start] + rest[piece.original_end :]
            assert not rest.strip()
            assert text.count("\n") == original.count("\n")
    store.close()


KILLER = Path(__file__).parents[1] / "benchmarks/kill_translate.py"


def test_kills_lose_nothing_and_repeat_nothing():
    """A real process, killed again and again, comes to the same end as an undisturbed one."""
    output = subprocess.run(
        [sys.executable, str(KILLER), "--json", "--kills", "3", "--articles", "40"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    row = json.loads(output)
    assert row["kills"] == 3
    assert (row["repeated"], row["lost"], row["unindexed"], row["errors"]) == (0, 0, 0, 0)
