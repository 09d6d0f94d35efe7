"""A library in a place where nothing may be written, or where there is no room."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

import dragoman

resource = pytest.importorskip("resource", reason="POSIX only")

ARTICLES = [
    dragoman.Article(id="flood", title="Flood in Basra", body="The river rose in the night."),
    dragoman.Article(id="vote", title="Parliament votes", body="Hezbollah deputies left."),
]
NOBODY = 65534


@pytest.fixture
def folder():
    """A library, in a folder that everybody may reach."""
    made = Path(tempfile.mkdtemp(prefix="dragoman-"))
    made.chmod(0o755)
    with dragoman.open_library(made / "library") as library:
        library.add(ARTICLES)
        library.search("flood")  # whatever is loaded at the first search
    yield made / "library"
    shutil.rmtree(made)


@contextmanager
def read_only(folder):
    """While nobody may write to the folder, whoever runs the tests."""
    folders = [folder, folder / "whoosh"]
    modes = [each.stat().st_mode for each in folders]
    for each in folders:
        each.chmod(0o555)
    if os.geteuid() == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(os.getuid())
        for each, mode in zip(folders, modes, strict=True):
            each.chmod(mode)


@contextmanager
def full():
    """While no file can grow, as where the disk is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("place", ["read only", "full"])
def test_a_search_needs_neither_leave_nor_room(folder, place):
    """The articles are found, and read; what would write says why it cannot; nothing is lost."""
    with read_only(folder) if place == "read only" else full():
        with dragoman.open_library(folder, create=False) as library:
            assert [hit.id for hit in library.search("flood").hits] == ["flood"]
            assert library.get("vote").article.title == "Parliament votes"
            assert library.doctor() == ()
            with pytest.raises(dragoman.LibraryReadOnly, match=r"cannot be written|may not be"):
                library.add([dragoman.Article(title="News", body="More of it")])
            with pytest.raises(dragoman.LibraryReadOnly, match="cannot be written"):
                library.rebuild()
        with pytest.raises(dragoman.LibraryError):
            dragoman.open_library(folder / "new")
    with dragoman.open_library(folder, create=False) as library:
        library.add([dragoman.Article(id="news", title="News", body="More of it")])
        assert [hit.id for hit in library.search("flood OR news", sort="oldest").hits]
        assert library.doctor() == ()


def test_what_cannot_be_indexed_yet_is_said(folder):
    """A killed process left an article that the index lacks, and nobody may write now."""
    with sqlite3.connect(folder / "library.db") as store:
        store.execute("UPDATE article SET dirty = 1 WHERE id = 'vote'")
    store.close()
    with read_only(folder), dragoman.open_library(folder, create=False) as library:
        results = library.search("flood")
        assert [hit.id for hit in results.hits] == ["flood"]
        assert "1 article is not in the index yet" in str(results.notices)


def test_the_doctor_says_what_it_may_not_mend(folder):
    """An article that the index lacks, and an index of another version, are told and left."""
    with sqlite3.connect(folder / "library.db") as store:
        columns = [row[1] for row in store.execute("PRAGMA table_info(article)")]
        values = {"key": "99", "id": "'more'", "dirty": "1"}
        chosen = ", ".join(values.get(name, name) for name in columns)
        copied = f"INSERT INTO article SELECT {chosen} FROM article WHERE id = 'vote'"  # noqa: S608
        store.execute(copied)
    store.close()
    (folder / "index.json").unlink()
    with read_only(folder), dragoman.open_library(folder, create=False) as library:
        assert any("this version" in notice for notice in library.search("flood").notices)
        found = {finding.what: finding.repaired for finding in library.doctor()}
    assert found.pop("1 article was not in the index") is False
    assert any("this version" in what for what in found)
    assert not any(found.values())


def test_the_doctor_names_damage_that_it_may_not_mend(folder):
    """A changed byte of the index is told, and left, where nothing may be written."""
    (segment,) = (folder / "whoosh").glob("MAIN*.arrays")
    content = segment.read_bytes()
    segment.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
    with read_only(folder), dragoman.open_library(folder, create=False) as library:
        (finding,) = library.doctor()
        assert segment.name in finding.what
        assert not finding.repaired


def test_a_log_that_cannot_be_read_is_told(folder):
    """What was written last is in a log that only a writer can read: an error, not old answers."""
    connection = sqlite3.connect(folder / "library.db")
    connection.execute("UPDATE article SET title = 'Another' WHERE id = 'vote'")
    connection.commit()
    log = (folder / "library.db-wal").read_bytes()
    connection.close()
    (folder / "library.db-wal").write_bytes(log)
    with (
        read_only(folder),
        pytest.raises(dragoman.LibraryReadOnly, match="once where you may write"),
    ):
        dragoman.open_library(folder, create=False)
