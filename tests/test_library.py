"""The library: what it promises to people who embed it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

import dragoman
from dragoman import build
from dragoman.model import Article, Problem

FLOOD = Article(
    id="flood",
    title="Flood in Basra",
    body="The river rose in the night.\nMilitias carried sandbags to the old bridge.",
    url="https://example.org/flood",
    published="2020-08-31T10:00:00+03:00",
    source="Basra Times",
)
MARKET = Article(id="market", title="Market day", body="Traders of Basra speak about prices.")
ARABIC = Article(id="arabic", title="فيضان في البصرة", body="ارتفع منسوب النهر ليلاً في المدينة.")


@pytest.fixture
def library(tmp_path):
    """A library with three articles."""
    with dragoman.open_library(tmp_path / "index") as library:
        library.add([FLOOD, MARKET, ARABIC])
        yield library


def ids(results):
    """The ids of the hits, in order."""
    return [hit.id for hit in results.hits]


def test_adding_the_same_again_changes_nothing(library):
    """A second addition reports everything as unchanged, and the hits stay the same."""
    before = library.search("basra")
    report = library.add([FLOOD, MARKET, ARABIC])
    assert (report.added, report.updated, report.unchanged, report.failed) == (0, 0, 3, 0)
    assert library.search("basra") == before


def test_a_changed_article_replaces_the_old_one(library):
    """The old words find it no more, the new ones do."""
    report = library.add([Article(id="flood", title="Drought", body="The river fell.")])
    assert report.updated == 1
    assert ids(library.search("sandbags")) == []
    assert ids(library.search("drought")) == ["flood"]
    assert library.stats().articles == 3


def test_a_hit_shows_where_and_why_it_matched(library):
    """A hit carries the metadata, the best sentence, the highlights and the evidence."""
    (hit,) = library.search("militias bridge").hits
    assert (hit.id, hit.url, hit.source) == ("flood", FLOOD.url, "Basra Times")
    assert hit.published == FLOOD.published
    assert hit.language == "en"
    assert hit.via == ("original",)
    assert hit.snippet.text == "Militias carried sandbags to the old bridge."
    assert [hit.snippet.text[a:b] for a, b in hit.snippet.highlights] == ["Militias", "bridge"]
    assert FLOOD.body[hit.snippet.start :].startswith(hit.snippet.text)
    assert [item.concept for item in hit.evidence] == ["militias", "bridge"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("البصره", ["البصرة"]),
        ("بصرة", ["البصرة"]),
        ('"فيضان في"', ["فيضان", "في"]),
    ],
)
def test_highlights_fall_on_the_words_as_they_stand(library, text, words):
    """Highlights are spans of the stored text, not of its folded form."""
    (hit,) = library.search(text, via=["original"]).hits
    assert [hit.title[a:b] for a, b in hit.title_highlights] == words


def test_coverage_says_which_articles_the_query_could_not_reach(library):
    """Per language, the coverage adds up to the library."""
    coverage = {entry.language: entry for entry in library.search("sandbags").coverage}
    assert sum(entry.articles for entry in coverage.values()) == 3
    assert coverage["en"].via == ("original",)
    assert coverage["en"].matched == 1
    assert coverage["ar"].via == ()
    assert "no word of the query" in coverage["ar"].note


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("basra", {"flood", "market", "arabic"}),
        ("البصرة", {"flood", "market", "arabic"}),
        ("Басра", {"flood", "market", "arabic"}),
        ('name:"Basrah"', {"flood", "market", "arabic"}),
    ],
)
def test_a_name_is_found_in_every_script(library, text, found):
    """A name is matched by its sound, whichever script it is typed and written in."""
    results = library.search(text, via=["original", "name"])
    assert set(ids(results)) == found
    other = [hit for hit in results.hits if hit.via == ("name",)]
    assert other
    assert all(hit.title_highlights for hit in other if hit.id != "market")
    assert library.search(text, via=["translation"]).total == (3 if "name:" in text else 0)


def test_filters_narrow_a_search(library):
    """Languages, sources and dates can be given beside the query."""
    assert ids(library.search("basra", since="2020-08", until="2020-08")) == ["flood"]
    assert ids(library.search("basra", sources=["basra times"])) == ["flood"]
    assert ids(library.search("basra البصرة", languages=["ar"])) == ["arabic"]
    with pytest.raises(dragoman.InvalidValue):
        library.search("basra", since="last week")


def test_a_query_of_constraints_alone_lists_what_they_allow(library):
    """An empty query finds everything; filters narrow that."""
    assert library.search("").total == 3
    assert ids(library.search("lang:ar")) == ["arabic"]


def test_switching_off_every_via_finds_nothing(library):
    """Only the ways that are switched on are used."""
    assert library.search("basra", via=["translation"]).total == 0


def test_a_bad_record_never_stops_a_good_one(library):
    """Bad articles are counted and named; the others go in."""
    report = library.add(
        [
            Article(id="empty"),
            Article(id="junk", body="\ud800 broken"),
            Problem("file.jsonl:3", "no JSON"),
            Article(id="good", title="Good", body="News", published="2020-01-01"),
            Article(id="undated", title="Undated", body="News", published="last Tuesday-ish"),
        ]
    )
    assert (report.added, report.failed, report.warnings) == (2, 3, 1)
    assert [problem.where for problem in report.problems] == [
        "article empty",
        "article junk",
        "file.jsonl:3",
        "article undated",
    ]
    assert library.get("undated").article.published is None


def test_the_last_of_several_records_with_one_id_wins(library):
    """Within one addition as between two."""
    library.add([Article(id="x", body="first"), Article(id="x", body="second")])
    assert library.get("x").article.body == "second"


def test_a_deleted_article_is_overwritten(tmp_path):
    """Nothing of it is left in any file of the store, and after a rebuild in none at all."""

    def holding(words):
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        return {path.name for path in files if words in path.read_bytes()}

    secret = replace(FLOOD, body="The witness lives in Zubair. " * 2000)
    with dragoman.open_library(tmp_path) as library:
        library.add([secret, MARKET])
    assert "library.db" in holding(b"Zubair")
    with dragoman.open_library(tmp_path) as library:
        assert library.delete(["flood"]) == 1
    assert not {name for name in holding(b"Zubair") if name.startswith("library.db")}
    with dragoman.open_library(tmp_path) as library:
        library.rebuild()
    assert not holding(b"Zubair") | holding(b"zubair")


def test_a_deleted_article_is_gone_everywhere(library):
    """It is neither shown nor found, and may be added again."""
    assert library.delete(["flood", "absent"]) == 1
    assert ids(library.search("basra", languages=["en"])) == ["market"]
    with pytest.raises(dragoman.ArticleNotFound):
        library.get("flood")
    assert library.add([FLOOD]).added == 1
    assert "flood" in library


def test_a_corrected_tag_survives_readding_and_rebuilding(library):
    """What a person said of a language is never overruled by detection."""
    library.tag("arabic", "ckb")
    library.add([Article(id="arabic", title="فيضان", body="نص جديد تماماً عن النهر")])
    library.rebuild()
    tag = library.get("arabic").tag
    assert (tag.language, tag.origin, tag.confidence) == ("ckb", "corrected", 1.0)
    assert ids(library.search("lang:ckb")) == ["arabic"]


def test_a_given_tag_wins_over_detection(library):
    """The caller vouches for it."""
    library.add([Article(id="given", body="The river rose in the night.", language="kmr")])
    tag = library.get("given").tag
    assert (tag.language, tag.origin) == ("kmr", "given")


def test_a_rebuild_needs_no_sources_and_changes_no_result(library):
    """The store is the truth; the index is made from it."""
    before = library.search("basra flood")
    assert library.rebuild() == 3
    assert library.search("basra flood") == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: [file.unlink() for file in folder.iterdir()],
        lambda folder: [file.write_bytes(b"junk") for file in folder.iterdir()],
        lambda folder: [file.write_bytes(file.read_bytes()[:50]) for file in folder.iterdir()],
    ],
)
def test_a_damaged_index_is_made_again_from_the_store(tmp_path, damage):
    """No damage to the index costs an article or needs a hand."""
    with dragoman.open_library(tmp_path) as library:
        library.add([FLOOD, ARABIC])
    damage(tmp_path / "whoosh")
    with dragoman.open_library(tmp_path) as library:
        library.doctor()
        assert ids(library.search("sandbags")) == ["flood"]
        assert library.doctor() == ()


@pytest.mark.parametrize("part", ["names", "MAIN"])
@pytest.mark.parametrize("damage", [lambda data: data[:200], lambda _: b"", lambda _: b"x" * 500])
def test_a_damaged_part_of_the_index_is_named_and_mended(tmp_path, part, damage):
    """A search that meets it says what to do, and the doctor does it."""
    with dragoman.open_library(tmp_path) as library:
        library.add([FLOOD, ARABIC])
    (file,) = (tmp_path / "whoosh").glob(f"{part}*.arrays")
    file.write_bytes(damage(file.read_bytes()))
    with dragoman.open_library(tmp_path) as library:
        with pytest.raises(dragoman.LibraryDamaged, match="run dragoman rebuild"):
            library.search("sandbags")
        assert all(finding.repaired for finding in library.doctor())
        assert ids(library.search("sandbags")) == ["flood"]


def test_what_a_kill_left_unindexed_is_indexed_on_opening(tmp_path):
    """Stored but unindexed articles are found as soon as the library is opened again."""
    script = """
import os, sys, dragoman
from dragoman.engines.whoosh import WhooshEngine
WhooshEngine.write = lambda *_: os._exit(9)     # die where the engine would commit
with dragoman.open_library(sys.argv[1]) as library:
    library.add([dragoman.Article(id="flood", title="Flood", body="The river rose.")])
"""
    run = subprocess.run([sys.executable, "-c", script, tmp_path], check=False)
    assert run.returncode == 9
    with dragoman.open_library(tmp_path) as library:
        assert ids(library.search("river")) == ["flood"]


def test_an_index_of_another_analysis_is_made_again(library, tmp_path, monkeypatch):
    """A change of the analysis is a rebuild on opening, not a migration."""
    library.close()
    monkeypatch.setattr(build, "ANALYSIS_VERSION", build.ANALYSIS_VERSION + 1)
    seen = []
    with dragoman.open_library(tmp_path / "index", on_progress=seen.append) as again:
        assert [progress.articles for progress in seen] == [0, 3]
        assert again.search("basra", languages=["en"]).total == 2


def test_the_doctor_finds_and_repairs_disagreement(library):
    """Articles missing from the index, or left in it, are set right and named."""
    engine, store = library._engine, library._store
    engine.write([build.record(store.get("market"))], removed=[store.get("flood").key])
    engine.write([build.record(dragoman.StoredArticle(99, FLOOD, store.get("flood").tag))])
    findings = library.doctor()
    assert [finding.what for finding in findings] == [
        "1 article was not in the index",
        "1 article was in the index and not stored",
    ]
    assert all(finding.repaired for finding in findings)
    assert library.doctor() == ()
    assert ids(library.search("sandbags")) == ["flood"]


def test_a_second_writer_waits_and_then_says_who_is_in_the_way(tmp_path):
    """One writer at a time, across threads and processes; reading goes on."""
    with (
        dragoman.open_library(tmp_path) as first,
        dragoman.open_library(tmp_path, lock_timeout=0.1) as second,
    ):
        entered, leave = threading.Event(), threading.Event()

        def slowly():
            entered.set()
            leave.wait(10)
            yield FLOOD

        writer = threading.Thread(target=first.add, args=(slowly(),))
        writer.start()
        entered.wait(10)
        with pytest.raises(dragoman.LibraryLocked, match="another process"):
            second.add([MARKET])
        assert second.search("basra").total == 0
        leave.set()
        writer.join()
        assert second.add([MARKET]).added == 1
        assert sorted(ids(second.search("basra"))) == ["flood", "market"]


def test_readers_see_what_another_process_commits(library, tmp_path):
    """An open library finds what was added elsewhere."""
    script = """
import sys, dragoman
with dragoman.open_library(sys.argv[1]) as library:
    library.add([dragoman.Article(id="new", title="Earthquake", body="The ground shook.")])
"""
    assert library.search("earthquake").total == 0
    subprocess.run([sys.executable, "-c", script, tmp_path / "index"], check=True)
    assert ids(library.search("earthquake")) == ["new"]


def test_threads_search_while_one_adds(library):
    """Readers never fail while a writer commits."""
    with ThreadPoolExecutor(6) as pool:
        searches = [pool.submit(lambda: library.search("basra").total) for _ in range(60)]
        for number in range(5):
            library.add([Article(id=f"n{number}", title="Basra", body=f"News {number}")])
        assert all(search.result() >= 2 for search in searches)
    assert library.search("basra", via=["original"]).total == 7


def test_every_article_can_be_taken_out_again(library):
    """Export yields each stored article once, or those that a query finds."""
    assert [stored.id for stored in library.articles()] == ["flood", "market", "arabic"]
    assert [stored.id for stored in library.articles("basra", languages=["en"])] == [
        hit.id for hit in library.search("basra", languages=["en"]).hits
    ]


def test_opening_without_creating_needs_a_library(tmp_path):
    """Searching an empty folder is an error that says what to do."""
    with pytest.raises(dragoman.LibraryError, match="add articles"):
        dragoman.open_library(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()


def test_progress_tells_what_is_safe(tmp_path):
    """Each stored batch is announced only when it is durable."""
    seen = []

    def check(progress):
        if progress.stage == "stored":
            with dragoman.open_library(tmp_path, lock_timeout=0) as other:
                seen.append((progress.articles, other.stats().articles))

    articles = (Article(id=str(n), title=f"Article {n}", body="text") for n in range(1100))
    with dragoman.open_library(tmp_path) as library:
        library.add(articles, on_progress=check)
    assert seen == [(500, 500), (1000, 1000), (1100, 1100)]


def test_the_same_input_gives_the_same_results_in_every_process(tmp_path):
    """Tags, order and scores do not depend on the run."""
    script = """
import sys, json, dragoman
with dragoman.open_library(sys.argv[1]) as library, open(sys.argv[2], "rb") as demo:
    from dragoman.sources import read_stream
    library.add(read_stream(demo, "demo"))
    for query in ("Hezbollah Baghdad", "البصرة", "zelzele", "地震"):
        for hit in library.search(query, limit=50).hits:
            print(json.dumps([hit.id, hit.score, hit.language]))
"""
    demo = dragoman.__path__[0] + "/data/demo.jsonl"
    runs = {
        subprocess.run(
            [sys.executable, "-c", script, tmp_path / str(n), demo],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": str(n)},
        ).stdout
        for n in range(3)
    }
    assert len(runs) == 1
    assert len(runs.pop().splitlines()) >= 5


def test_importing_is_fast_and_loads_nothing_optional():
    """`import dragoman` loads no NumPy, no Whoosh, no reader and opens nothing."""
    script = "import json, sys, dragoman; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    loaded = set(json.loads(run.stdout))
    assert not loaded & {"numpy", "whoosh", "sqlite3", "trafilatura", "click", "langdetect"}


def test_the_public_names_are_exactly_those_announced():
    """`__all__` is what a user may rely on, and every name of it is there."""
    assert all(hasattr(dragoman, name) for name in dragoman.__all__)
    assert sorted(dragoman.__all__) == dragoman.__all__


@pytest.mark.parametrize(
    ("harmed", "told"),
    [
        ({"section": "News\ud800"}, "broken characters"),
        ({"origin": "\udfff:1"}, "broken characters"),
        ({"authors": ("Layla\ud83d",)}, "broken characters"),
        ({"extra": {"deep": [{"note": "\udc00"}]}}, "broken characters"),
        ({"extra": {"\udc00": 1}}, "broken characters"),
        ({"extra": {"when": object()}}, "JSON"),
        ({"authors": ("Layla", 7)}, "not text"),
        ({"section": 7}, "not text"),
        ({"section": 0}, "not text"),
        ({"title": None}, "not text"),
    ],
)
def test_an_article_that_cannot_be_kept_is_told(library, harmed, told):
    """Whichever field it is, the article is left out and counted, and the others go in."""
    articles = [replace(FLOOD, id="harmed", **harmed), replace(FLOOD, id="sound")]
    report = library.add(articles)
    assert (report.added, report.failed) == (1, 1)
    assert told in report.problems[0].what
    assert "harmed" not in library
    assert [stored.id for stored in library.articles() if stored.id == "sound"] == ["sound"]


def test_a_library_stays_the_one_that_was_opened(tmp_path, monkeypatch):
    """A relative path, another working folder with a library of that name, another thread."""
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        with dragoman.open_library(tmp_path / name / "index") as made:
            made.add([replace(FLOOD, id=name)])
    monkeypatch.chdir(tmp_path / "here")
    with dragoman.open_library("index") as opened, ThreadPoolExecutor(1) as other:
        monkeypatch.chdir(tmp_path / "there")
        for call in (lambda work: work(), lambda work: other.submit(work).result()):
            assert call(lambda: [hit.id for hit in opened.search("flood").hits]) == ["here"]
            assert call(lambda: "there" in opened) is False
        other.submit(lambda: opened.add([replace(FLOOD, id="late")])).result()
    with dragoman.open_library(tmp_path / "here" / "index") as opened:
        assert "late" in opened
