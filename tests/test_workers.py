"""Work shared among processes: the same results in the same order, and deaths are told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

import dragoman
from dragoman import build
from dragoman.engines import open_engine, wording
from dragoman.errors import LibraryError
from dragoman.store import Store
from dragoman.tag import default_tagger
from dragoman.workers import Workers

TEXTS = (
    "The river rose in the night, and the bridge at Kasungu was closed.",
    "Der Fluss stieg in der Nacht, und die Brücke von Kasungu wurde gesperrt.",
    "Река поднялась ночью, и мост в Касунгу закрыли.",
    "ارتفع النهر ليلا وأغلق الجسر في كاسونغو.",
)
ARTICLES = [
    dragoman.Article(id=f"a{number}", title=f"Story {number}", body=TEXTS[number % len(TEXTS)])
    for number in range(130)
]


def die(_: object) -> None:
    """End the process at once, as a kill does."""
    os._exit(9)


def fail(number: int) -> int:
    """Fail as ordinary code does."""
    return 1 // number


@pytest.fixture
def shared(monkeypatch):
    """However little work there is, it is shared."""
    monkeypatch.setattr(build, "_SHARED_CHARACTERS", 1)
    monkeypatch.setattr(wording, "_SHARED", 1)


@pytest.fixture
def workers():
    """Two processes."""
    with Workers(2) as made:
        yield made


def test_results_come_in_order(workers):
    """Whoever is done first, and however much there is; and what fails there fails here."""
    assert list(workers.map(abs, range(-40, 0))) == list(range(40, 0, -1))
    assert list(workers.map(abs, [])) == []
    with pytest.raises(ZeroDivisionError):
        list(workers.map(fail, [1, 0, 1]))
    assert list(workers.map(abs, [-1])) == [1]


@pytest.mark.parametrize("jobs", [1, 2])
def test_something_is_done_meanwhile(jobs):
    """What is waited for is what it made, or what it failed with."""
    with Workers(jobs) as workers:
        wait = workers.start(divmod, 7, 2)
        assert wait() == (3, 1)
        with pytest.raises(ZeroDivisionError):
            workers.start(fail, 0)()


def test_a_killed_process_is_told(workers):
    """It does not hang, and it says what to do."""
    with pytest.raises(LibraryError, match="try again with fewer jobs"):
        list(workers.map(die, [1, 2, 3]))
    with pytest.raises(LibraryError, match="try again with fewer jobs"):
        workers.start(die, 1)()


@pytest.mark.parametrize("seconds", [0.1, 0.3, 0.6, 1.0])
def test_an_interrupt_is_one_line(tmp_path, seconds):
    """Whenever it comes, also to the processes that are just starting."""
    line = (
        b'{"title": "Flood", "body": "The river rose in the night, and the bridge was closed."}\n'
    )
    text = b"".join(line.replace(b"Flood", b"Flood %d" % number) for number in range(30_000))
    (tmp_path / "news.jsonl").write_bytes(text)
    command = ["--index", "library", "add", "news.jsonl", "--jobs", "2"]
    adding = subprocess.Popen(
        [sys.executable, "-m", "dragoman", *command],
        cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    while not (tmp_path / "library/whoosh").exists():
        time.sleep(0.01)
    time.sleep(seconds)
    os.killpg(adding.pid, signal.SIGINT)
    _, told = adding.communicate(timeout=60)
    assert told.splitlines()[-1:] == ["dragoman: stopped; what was stored is kept"]
    assert "Traceback" not in told
    assert adding.returncode == 130


def test_one_job_needs_no_process():
    """The work is done where it is asked for."""
    with Workers(1) as workers:
        assert set(workers.map(_process, range(3))) == {os.getpid()}


def _process(_: int) -> int:
    return os.getpid()


def _add(folder, jobs):
    """Add the articles; the report, and every file of the index."""
    store, engine = Store(folder / "library.db"), open_engine("whoosh", folder / "index")
    try:
        report = build.add(ARTICLES, store, engine, default_tagger(), lambda _: None, jobs)
        tags = [(stored.id, stored.tag) for stored in store.all()]
    finally:
        engine.close()
        store.close()
    files = {path.name: path.read_bytes() for path in (folder / "index").iterdir()}
    return report, tags, files


def test_any_number_of_jobs_makes_the_same_index(tmp_path, shared):
    """Report, tags and index are the same, bit by bit."""
    found = []
    for jobs in (1, 2):
        (tmp_path / str(jobs)).mkdir()
        found.append(_add(tmp_path / str(jobs), jobs))
    assert found[0] == found[1]
    assert found[0][0].added == len(ARTICLES)


@pytest.mark.parametrize("jobs", [1, 2])
def test_words_in_several_files_become_one(tmp_path, shared, monkeypatch, jobs):
    """An index made again has one file of words, the same however few are in memory at once."""
    held = []
    for at_once in (10, 200_000):
        monkeypatch.setattr(wording, "_AT_ONCE", at_once)
        folder = tmp_path / str(at_once)
        with dragoman.open_library(folder, create=True) as library:
            library.add(ARTICLES)
            library.add([replace(ARTICLES[0], body="Mzimba")])
            library.rebuild(jobs=jobs)
            assert any(hit.id == "a0" for hit in library.search("mzimba").hits)
        held.append([path.read_bytes() for path in (folder / "whoosh").glob("names-*")])
    assert held[0] == held[1]
    assert len(held[0]) == 1


def test_an_article_given_twice_is_stored_as_it_came_last(tmp_path, shared, monkeypatch):
    """However many were read before another with its id was stored."""
    monkeypatch.setattr(build, "_BATCH", (50, 1_000_000))
    monkeypatch.setattr(build, "_PIECE", (20, 1_000_000))
    earlier = [replace(article, body=TEXTS[0]) for article in ARTICLES[:3]]
    for jobs in (1, 2):
        store, engine = Store(tmp_path / f"{jobs}.db"), open_engine("whoosh", tmp_path / str(jobs))
        for given in (earlier, [*earlier, *ARTICLES, *earlier]):
            report = build.add(given, store, engine, default_tagger(), lambda _: None, jobs)
        found = {stored.id: stored.article.body for stored in store.all()}
        engine.close()
        store.close()
        assert [found[article.id] for article in earlier] == [TEXTS[0]] * 3
        assert (report.added, report.updated) == (
            len(ARTICLES) - 3,
            4,
        )  # of three, one was the same


def test_a_kill_loses_nothing(tmp_path, shared, monkeypatch):
    """What was stored before a process died is indexed when the library is opened again."""
    with dragoman.open_library(tmp_path):
        pass
    store = Store(tmp_path / "library.db")
    engine = open_engine("whoosh", tmp_path / "whoosh")
    with monkeypatch.context() as patch:
        patch.setattr(build, "_recorded", die)
        with pytest.raises(LibraryError, match="nothing that was stored is lost"):
            build.add(ARTICLES, store, engine, default_tagger(), lambda _: None, 2)
    engine.close()
    store.close()
    with dragoman.open_library(tmp_path) as library:
        assert library.stats().articles == len(ARTICLES)
        assert library.search("Kasungu").total > len(ARTICLES) // 2
        assert library.doctor() == ()
