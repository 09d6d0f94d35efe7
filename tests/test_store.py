"""The store."""

from __future__ import annotations

import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from dragoman import store_check
from dragoman.errors import ArticleNotFound, LibraryDamaged
from dragoman.model import Article, Tag
from dragoman.store import Store, corrected, digest, identify

TAG = Tag("ckb", "Arab", 0.98, others=(("en", 0.2),))
FULL = Article(
    title="لافاو لە بەسرە",
    body="یەکەم\nدووەم",
    id="a",
    url="https://example.org/a",
    published="2020-08-31T10:00:00+03:00",
    source="Rojname",
    section="Iraq",
    authors=("Ş. Ehmed", "R. Ali"),
    language="ckb",
    origin="file:3",
    extra={"story": "7"},
)


@pytest.fixture
def store(tmp_path):
    """An empty store."""
    store = Store(tmp_path / "library.db")
    yield store
    store.close()


def test_an_article_comes_back_as_it_was_given(store):
    """Every field of an article and of its tag survives."""
    store.put([(FULL, TAG)])
    stored = store.get("a")
    assert stored.article == FULL
    assert stored.tag == TAG


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Article(id="x", body="a"), Article(id="x", body="b"), True),
        (Article(url="http://x", body="a"), Article(url=" http://x", body="b"), True),
        (Article(title="T", body="a  b"), Article(title="T", body="a b"), True),
        (Article(title="T", body="a"), Article(title="T", body="b"), False),
        (Article(id="x"), Article(id="y"), False),
    ],
)
def test_an_article_is_identified_by_id_then_url_then_content(one, other, same):
    """The first of these that is given decides whether two records are one article."""
    assert (identify(one) == identify(other)) is same


@pytest.mark.parametrize("field", ["title", "body", "url", "published", "source", "section"])
def test_a_change_of_any_field_changes_the_digest(field):
    """A digest tells whether an article must be stored again; where it was read does not count."""
    changed = Article(**{field: "other"})
    assert digest(changed) != digest(Article())
    assert digest(Article(origin="x")) == digest(Article(origin="y"))


def test_a_row_stays_dirty_until_it_is_marked_clean(store):
    """What was written is what the index lacks, until the engine has it."""
    store.put([(FULL, TAG)])
    (dirty,) = store.by_keys(store.dirty(10)).values()
    assert not store.is_clean()
    store.mark_clean([dirty.key])
    assert store.is_clean()
    store.put([(FULL, TAG)])
    assert store.dirty(10) == [dirty.key]


def test_an_interrupt_stays_one(store, monkeypatch):
    """One that comes while SQLite calls us for a seal is no error of the store; nothing is kept."""
    store.put([(FULL, TAG)])
    with store.transaction() as connection:
        connection.create_function(
            "dragoman_seal", -1, lambda *_: signal.raise_signal(signal.SIGINT)
        )
    with pytest.raises(KeyboardInterrupt):
        store.put([(Article(id="b", body="second"), TAG)])
    with pytest.raises(KeyboardInterrupt):
        list(store_check.check(store))
    assert [stored.article.id for stored in store.all()] == ["a"]


def test_a_deleted_key_waits_for_the_engine_and_is_not_used_again(store):
    """A deletion is remembered until the index forgot the article too."""
    store.put([(FULL, TAG)])
    key = store.get("a").key
    assert store.delete(["a", "absent"]) == 1
    assert store.removed() == [key]
    store.mark_clean([], [key])
    store.put([(FULL, TAG)])
    assert store.get("a").key > key


def test_a_corrected_tag_is_known_to_the_next_addition(store):
    """A correction is kept with the article."""
    store.put([(FULL, TAG)])
    store.correct("a", corrected(TAG, "kmr"))
    assert store.known(["a", "b"]) == {"a": (digest(FULL), "kmr")}
    assert store.get("a").tag.origin == "corrected"
    with pytest.raises(ArticleNotFound, match="'b'"):
        store.correct("b", TAG)


def test_many_threads_read_one_store(store):
    """Each thread reads through a connection of its own."""
    store.put([(Article(id=str(number), body="x"), TAG) for number in range(1200)])
    keys = store.keys()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: len(store.by_keys(keys)), range(16)))
    assert found == [1200] * 16
    assert len(list(store.all())) == 1200


@pytest.mark.parametrize("damage", [b"not a database, but long enough to be read as one" * 100])
def test_a_file_that_is_no_store_is_named(tmp_path, damage):
    """A damaged store is one clear error that names the file."""
    path = tmp_path / "library.db"
    path.write_bytes(damage)
    with pytest.raises(LibraryDamaged, match=r"library\.db"):
        Store(path)


@pytest.mark.parametrize(
    ("version", "said"), [(999, "newer version"), (1, r"library\.db: its version")]
)
def test_a_store_of_another_version_than_its_tables_is_refused(tmp_path, version, said):
    """An older Dragoman does not write into what it does not understand; the file is named."""
    path = tmp_path / "library.db"
    Store(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    with pytest.raises(LibraryDamaged, match=said):
        Store(path)
