"""A rebuilding index: a reader in another process sees the old one or the new one, whole."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

import dragoman
from dragoman import build
from dragoman.model import Article

ARTICLES = 40

REBUILD = """
import os, signal, sys, time
import dragoman
from dragoman import build
from dragoman.engines.native import contents, writing
import dragoman.engines.whoosh

folder, dies = sys.argv[1:]
analyse = build.record

def slowly(*arguments):
    print("begun", flush=True)
    time.sleep(0.02)
    return analyse(*arguments)

def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)

with dragoman.open_library(folder) as library:
    build.record = slowly
    if dies == "before its words count":
        dragoman.engines.whoosh.take_words = killed
    if dies == "before the commit":
        contents.write = killed
    if dies == "before the stamp":
        library._engine.refresh = lambda: None
        dragoman.stamp.write = killed
    print(library.rebuild(), flush=True)
"""


@pytest.fixture
def folder(tmp_path):
    """A closed library whose articles all have one word."""
    with dragoman.open_library(tmp_path / "library") as library:
        library.add(
            Article(id=str(number), title=f"Flood {number}", body="The river rose in Basra.")
            for number in range(ARTICLES)
        )
    return tmp_path / "library"


def rebuilding(folder, dies=""):
    """Another process that rebuilds the library, slowly, once it has begun."""
    child = subprocess.Popen(
        [sys.executable, "-c", REBUILD, folder, dies], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout.readline() == "begun\n"
    return child


def files(folder):
    """The names of the index's files that a commit, its words or its locks are made of."""
    (toc,) = (folder / "whoosh").glob("_MAIN_*.toc")
    listed = json.loads(toc.read_bytes().partition(b"\n")[2])
    kept = {name for entry in listed["segments"] for name in (entry["file"], entry["gone"])}
    return {toc.name, "write.lock", *filter(None, kept)}


def test_a_search_while_another_process_rebuilds_finds_everything(folder):
    """Nothing is missing meanwhile, to those who have it open and those who open it."""
    with dragoman.open_library(folder) as reader, rebuilding(folder) as child:
        searches = 0
        while child.poll() is None:
            found = reader.search("basrah", via=["name"], limit=1)
            assert (found.total, found.notices) == (ARTICLES, ())
            searches += 1
            with dragoman.open_library(folder) as another:
                assert another.search("flood", limit=1).total == ARTICLES
        assert child.stdout.read().endswith(f"{ARTICLES}\n")
        assert searches > 3
        assert reader.search("flood", limit=1).total == ARTICLES


@pytest.mark.parametrize(
    "dies", ["while it reads", "before its words count", "before the commit", "before the stamp"]
)
def test_a_killed_rebuild_leaves_the_old_index_in_use(folder, dies):
    """What it had written goes away with the next addition."""
    words = sorted((folder / "whoosh").glob("names-*"))
    with rebuilding(folder, dies) as child:
        if dies == "while it reads":
            child.send_signal(signal.SIGKILL)
        child.communicate()
    assert child.returncode == -signal.SIGKILL
    if dies in {"while it reads", "before its words count"}:
        assert sorted((folder / "whoosh").glob("names-*")) == words
    with dragoman.open_library(folder) as library:
        found = library.search("flood", limit=1)
        assert (found.total, found.notices) == (ARTICLES, ())
        library.add([Article(id="new", title="Flood", body="Again.")])
        assert library.search("flood", limit=1).total == ARTICLES + 1
        names = {path.name for path in (folder / "whoosh").iterdir()}
        assert {name for name in names if not name.startswith("names-")} == files(folder)
        assert library.doctor() == ()
        assert library.rebuild() == ARTICLES + 1
        assert len(list((folder / "whoosh").glob("names-*"))) == 1


def test_a_damaged_index_is_rebuilt_without_reading_it(folder):
    """Whatever is left of the old one, the new one is whole."""
    with dragoman.open_library(folder) as library:
        for path in (folder / "whoosh").glob("*.arrays"):
            path.write_bytes(b"junk")
        assert library.rebuild() == ARTICLES
        assert library.search("flood", limit=1).total == ARTICLES
        assert library.doctor() == ()


def test_an_index_of_another_analysis_serves_until_it_is_made_again(folder, monkeypatch):
    """After an upgrade too, nobody finds a part of it."""
    with dragoman.open_library(folder) as reader:
        monkeypatch.setattr(build, "ANALYSIS_VERSION", build.ANALYSIS_VERSION + 1)
        seen = []

        def watch(_):
            seen.append(reader.search("flood", limit=1).total)

        with dragoman.open_library(folder, on_progress=watch) as library:
            assert library.search("flood", limit=1).total == ARTICLES
        assert seen == [ARTICLES, ARTICLES]


def test_an_index_that_must_be_made_from_nothing_says_so_meanwhile(folder):
    """A search that may miss articles tells how many are not there yet."""
    with dragoman.open_library(folder) as reader:
        reader._store.mark_dirty()
        (notice,) = reader.search("flood").notices
        assert notice.startswith(f"{ARTICLES} articles are not in the index yet")
        assert reader.related("1").notices
