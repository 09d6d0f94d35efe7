"""Damaged files of a library: the doctor names every one in which a bit has changed."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

import dragoman
from dragoman.errors import DragomanError
from dragoman.model import Article, Tag
from dragoman.schema import STEPS
from dragoman.store import Store
from dragoman.store_check import check
from dragoman.testing import EchoTranslator

TRIES = 12
TRIES_IN_STORE = 80  # much of a small one is empty
FILES = (
    "index.json",
    "library.db",
    "lexicons/*.lexicon",
    "whoosh/_MAIN_*.toc",
    "whoosh/MAIN_*.arrays",
    "whoosh/MAIN_*.gone",
    "whoosh/names-*.arrays",
)


def echo(source, target):
    """A translator that needs no model."""
    return EchoTranslator((source, target), mark="In English: ")


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A closed library that has something of everything."""
    folder = tmp_path_factory.mktemp("damage") / "library"
    words = folder.with_name("words.tsv")
    words.write_text("en\tfr\twater\teau\nen\tde\tschool\tSchule\n", "utf-8")
    demo = Path(dragoman.__file__).with_name("data") / "demo.jsonl"
    with dragoman.open_library(folder) as library:
        library.add(islice(dragoman.read(demo), 30))
        library.translate(languages=["ar", "fr"], translator=echo)
        first, *_, last = [stored.id for stored in library.articles()]
        library.tag(first, "fr")
        library.delete([last])
        library.lexicons.add(words)
        assert library.doctor() == ()
    return folder


def held(folder):
    """All that a library holds which could not be made again."""
    with dragoman.open_library(folder) as library:
        store = library._store
        return (
            [(stored, library.translations(stored.id)) for stored in library.articles()],
            [tuple(row) for row in store.select("SELECT * FROM sentence ORDER BY key")],
            store.identity,
        )


def findings(folder):
    """What the doctor says, or the error by which the library cannot even be opened."""
    try:
        with dragoman.open_library(folder) as library:
            return [finding.what for finding in library.doctor()]
    except DragomanError as error:
        return [str(error)]


@pytest.mark.parametrize("pattern", FILES)
def test_the_doctor_names_a_file_with_a_flipped_bit(sound, tmp_path, pattern):
    """Wherever the bit is; in the store it may also be one that nothing reads."""
    chance = random.Random(pattern)  # noqa: S311
    before = held(sound)
    (file, *_) = sorted(sound.glob(pattern), key=lambda path: -path.stat().st_size)
    data = file.read_bytes()
    named = 0
    for number in range(TRIES_IN_STORE if pattern == "library.db" else TRIES):
        folder = tmp_path / str(number)
        shutil.copytree(sound, folder)
        at, bit = chance.randrange(len(data)), chance.randrange(8)
        changed = data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
        (folder / file.relative_to(sound)).write_bytes(changed)
        found = findings(folder)
        if any(file.name in line for line in found):
            named += 1
        else:
            assert pattern == "library.db", (at, bit, found)
            assert not found
            assert held(folder) == before, (at, bit)
    assert named > (5 if pattern == "library.db" else TRIES - 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE article SET body = body || '.' WHERE key = 1", "the article .* (row 1)"),
        ("UPDATE article SET confidence = confidence - 1e-15 WHERE key = 2", "(row 2)"),
        ("UPDATE article SET title = CAST(title AS BLOB) WHERE key = 3", "(row 3)"),
        ("UPDATE article SET title = CAST(X'ff61' AS TEXT) WHERE key = 3", "(row 3)"),
        ("UPDATE article SET confidence = CAST(X'ff61' AS TEXT) WHERE key = 3", "(row 3)"),
        ("UPDATE article SET extra = '{' WHERE key = 4", "(row 4)"),
        ("DELETE FROM article WHERE key = 5", "(row 5) is gone"),
        ("UPDATE sentence SET translation = 'x' WHERE key = (SELECT min(key) FROM sentence)",
         "remembered sentence"),
        ("UPDATE translation SET sentences = replace(sentences, 'In', 'in')", "the translation of"),
        ("UPDATE meta SET value = 'another'", "the setting library"),
        ("UPDATE article_seal SET sum = X'00' WHERE key = 6", "(row 6)"),
        ("UPDATE article SET url = 'x' || key", "more rows of the table article"),
        ("DROP TRIGGER translation_outdated", "'translation_outdated' is not defined"),
    ],
)  # fmt: skip
def test_the_doctor_names_what_was_changed_behind_our_back(sound, tmp_path, change, said):
    """A row that is not as it was stored is named; the rest of the library goes on."""
    folder = tmp_path / "library"
    shutil.copytree(sound, folder)
    connection = sqlite3.connect(folder / "library.db")
    with connection:
        connection.execute(change)
    connection.close()
    with dragoman.open_library(folder) as library:
        found = library.doctor()
        assert library.search("river").total >= 0
    words = said.split(" .* ")
    assert any(all(word in finding.what for word in words) for finding in found), found
    told = [finding for finding in found if finding.what.startswith("library.db: ")]
    assert told
    assert not any(finding.repaired for finding in told)


def test_a_damaged_article_can_be_deleted_and_added_again(sound, tmp_path):
    """As the doctor says; after that there is nothing to find."""
    folder = tmp_path / "library"
    shutil.copytree(sound, folder)
    with dragoman.open_library(folder) as library:
        stored = next(library.articles())
        with sqlite3.connect(folder / "library.db") as connection:
            connection.execute("UPDATE article SET body = X'ff' WHERE key = ?", (stored.key,))
        connection.close()
        assert f"the article {stored.id} (row {stored.key})" in library.doctor()[0].what
        assert library.delete([stored.id]) == 1
        assert library.add([stored.article]).added == 1
        assert library.doctor() == ()


def test_a_store_from_before_there_were_seals_gets_them(tmp_path):
    """An older store is sealed on opening, even one with damaged text, which its digest tells."""
    path = tmp_path / "library.db"
    tag = Tag("en", "Latn", 1.0)
    store = Store(path)
    store.put((Article(id=str(number), body=f"River {number}"), tag) for number in range(9))
    store.close()
    connection = sqlite3.connect(path)
    for name in ("meta", "article", "sentence", "translation"):
        connection.execute(f"DROP TABLE {name}_seal")
    connection.execute("UPDATE article SET body = 'Rover 7' WHERE id = '7'")
    connection.execute(f"PRAGMA user_version = {len(STEPS) - 1}")
    connection.commit()
    connection.close()
    store = Store(path)
    try:
        (line,) = check(store)
        assert line.startswith("the article 7 (row 8) is not what its digest says")
        store.delete(["7"])
        assert check(store) == []
    finally:
        store.close()


KILLED = """
import os, signal, sys, dragoman
with dragoman.open_library(sys.argv[1]) as library:
    for number in range(3):
        library.add([dragoman.Article(id=str(number), title="Flood", body="River " * 200)])
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A library whose last process was killed: most of it is in SQLite's log."""
    folder = tmp_path_factory.mktemp("killed") / "library"
    subprocess.run([sys.executable, "-c", KILLED, folder], check=False)
    (folder / "library.db-shm").unlink()
    return folder


# In the header, in the salts of a frame, in pages.
@pytest.mark.parametrize("place", [0, 9, 17, 30, 32 + 8, 32 + 4120 * 3 + 13, 0.3, 0.6, 0.9, 0.9999])
def test_a_flipped_bit_in_the_log_of_a_killed_process_is_told(killed, tmp_path, place):
    """SQLite drops what follows it without a word; a search and the doctor say so."""
    folder = tmp_path / "library"
    shutil.copytree(killed, folder)
    log = folder / "library.db-wal"
    data = bytearray(log.read_bytes())
    data[place if isinstance(place, int) else int(place * len(data))] ^= 4
    log.write_bytes(data)
    with dragoman.open_library(folder) as library:
        assert "library.db-wal: damaged" in library.search("flood").notices[0]
        found = library.doctor()
        assert any("library.db-wal: damaged" in each.what for each in found)
        assert library.search("flood").notices == ()
    with dragoman.open_library(folder) as library:
        (found,) = library.doctor()
        assert "library.db-wal: damaged" in found.what
    (folder / "library.db-wal.damaged").unlink()
    with dragoman.open_library(folder) as library:
        assert not library.doctor()


WRITING = """
import sys, dragoman
with dragoman.open_library(sys.argv[1]) as library:
    print("ready", flush=True)
    number = 0
    while True:
        number += 1
        library.add([dragoman.Article(id=str(number % 50), title="Flood", body=f"River {number}")])
"""


def test_a_log_that_is_being_written_is_sound(tmp_path):
    """However often a library is opened while another process commits to it."""
    folder = tmp_path / "library"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITING, folder], stdout=subprocess.PIPE, text=True
    )
    try:
        assert writer.stdout.readline() == "ready\n"
        for _ in range(150):
            store = Store(folder / "library.db")
            damage = store.damage
            store.close()
            assert not damage
    finally:
        writer.kill()
        writer.communicate()
    assert not (folder / "library.db-wal.damaged").exists()


SECOND_WRITER = """
import sqlite3, sys
sqlite3.connect(sys.argv[1], timeout=0).execute("BEGIN IMMEDIATE")
"""


def test_opening_a_store_leaves_the_locks_of_its_process(tmp_path):
    """A second process cannot write while a transaction is open, whatever was opened since."""
    path = tmp_path / "library.db"
    store = Store(path)
    with store.transaction() as connection:
        connection.execute("INSERT INTO meta VALUES ('a', 'b')")
    with store.transaction() as connection:
        connection.execute("INSERT INTO meta VALUES ('c', 'd')")
        Store(path).close()
        second = subprocess.run(
            [sys.executable, "-c", SECOND_WRITER, path], check=False, capture_output=True, text=True
        )
        assert "locked" in second.stderr
    store.close()


def test_the_log_of_a_killed_process_is_read(killed, tmp_path):
    """Nothing is lost, and nothing is said."""
    folder = tmp_path / "library"
    shutil.copytree(killed, folder)
    with dragoman.open_library(folder) as library:
        found = library.search("flood")
        assert (found.total, found.notices) == (3, ())
        assert library.doctor() == ()
        with dragoman.open_library(folder) as another:
            assert another.search("flood") == found


@pytest.mark.parametrize("cut", [0, 1, 4096, 40_000])
def test_a_store_that_was_cut_short_is_told(sound, tmp_path, cut):
    """Even where SQLite would make a new one of what is left."""
    folder = tmp_path / "library"
    shutil.copytree(sound, folder)
    file = folder / "library.db"
    file.write_bytes(file.read_bytes()[:cut])
    assert any("library.db" in line for line in findings(folder))


def test_an_open_library_with_a_damaged_row_still_indexes_the_rest(sound, tmp_path):
    """A row that cannot be read, and waits for the index, does not keep the library closed."""
    folder = tmp_path / "library"
    shutil.copytree(sound, folder)
    connection = sqlite3.connect(folder / "library.db")
    with connection:
        connection.execute("UPDATE article SET authors = '[', dirty = 1 WHERE key = 2")
    connection.close()
    with dragoman.open_library(folder) as library:
        assert "1 article is not in the index" in library.search("river").notices[-1]
        found = [finding.what for finding in library.doctor()]
    assert any("(row 2)" in line for line in found)
