"""The truth: articles, their language tags and translations, in one SQLite file.

The search index can be made again from here at any time. A row is *dirty* from
the moment it is written until the engine's commit that contains it; so after a
kill at any instant the dirty rows are exactly what the index lacks.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from dragoman.database import Database
from dragoman.errors import ArticleNotFound, LibraryDamaged
from dragoman.model import Article, LanguageCount, StoredArticle, Tag

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from dragoman.database import Transaction

_T = TypeVar("_T")

_VARIABLES = 500  # SQLite's oldest limit on bound variables is 999

_COLUMNS = (
    "key, id, title, body, url, published, source, section, authors, given, origin, extra, "
    "language, script, confidence, tagged_by, others"
)

_TEXTS = tuple(name for name in _COLUMNS.split(", ") if name not in {"key", "confidence"})


def identify(article: Article) -> str:
    """The article's own id, else a hash of its URL, else of its normalised content."""
    if article.id:
        return article.id
    if article.url:
        return "url-" + _hash(article.url.strip()).hex()
    return "text-" + _hash(" ".join(f"{article.title}\n{article.body}".split())).hex()


def digest(article: Article) -> bytes:
    """A hash of everything the caller gave, but for where it was read."""
    return _hash(
        json.dumps(
            [
                article.title,
                article.body,
                article.url,
                article.published,
                article.source,
                article.section,
                list(article.authors),
                article.language,
                sorted(article.extra.items()),
            ]
        )
    )


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).digest()


class Store:
    """One SQLite file; safe to use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        """Open the file, making it where there is none.

        Raises `LibraryDamaged` and `LibraryReadOnly`.
        """
        self._path = path
        self._database = Database(path)
        self.damage = self._database.damage
        """What was lost when this opened the store, in words."""

    def close(self) -> None:
        """Close the connections of all threads."""
        self._database.close()

    @property
    def identity(self) -> str:
        """A name for this store that no other store has."""
        row = self._database.run(
            lambda c: c.execute("SELECT value FROM meta WHERE name = 'library'").fetchone()
        )
        if row is None:
            raise LibraryDamaged(f"{self._path}: it has lost its name; restore it from a backup")
        return str(row[0])

    # Writing

    def known(self, ids: Sequence[str]) -> dict[str, tuple[bytes, str | None]]:
        """For each of these ids that is stored: its digest, and its tag if that was corrected."""
        found: dict[str, tuple[bytes, str | None]] = {}
        for part in parts(ids):
            rows = self.select(
                "SELECT id, digest, CASE tagged_by WHEN 'corrected' THEN language END "  # noqa: S608
                f"FROM article WHERE id IN ({marks(part)})",
                part,
            )
            found.update({row[0]: (row[1], row[2]) for row in rows})
        return found

    def put(self, articles: Iterable[tuple[Article, Tag]]) -> None:
        """Write these articles in one transaction, in place of any with the same id."""
        rows = [_row(article, tag) for article, tag in articles]
        if not rows:
            return
        names = list(rows[0])
        updates = ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
        with self.transaction() as connection:
            connection.executemany(
                f"INSERT INTO article ({', '.join(names)}) "  # noqa: S608 - our own names
                f"VALUES ({', '.join(':' + name for name in names)}) "
                f"ON CONFLICT (id) DO UPDATE SET dirty = 1, {updates}",
                rows,
            )

    def delete(self, ids: Sequence[str]) -> int:
        """Delete these articles; return how many there were."""
        deleted = 0
        with self.transaction() as connection:
            for part in parts(ids):
                chosen = f"FROM article WHERE id IN ({marks(part)})"
                connection.execute(f"INSERT INTO removed SELECT key {chosen}", part)
                deleted += connection.execute(f"DELETE {chosen}", part).rowcount
        return deleted

    def correct(self, id_: str, tag: Tag) -> None:
        """Replace an article's tag for good.

        Raises `ArticleNotFound`.
        """
        with self.transaction() as connection:
            done = connection.execute(
                "UPDATE article SET language = ?, script = ?, confidence = ?, tagged_by = ?, "
                "others = ?, dirty = 1 WHERE id = ?",
                (*_tag_values(tag), id_),
            ).rowcount
        if not done:
            raise ArticleNotFound(f"no article has the id {id_!r}")

    def mark_clean(self, keys: Sequence[int] | None = None, removed: Sequence[int] = ()) -> None:
        """Note that the engine's last commit holds these rows, and no longer the removed ones.

        Without `keys` it holds all rows, and none that was removed.
        """
        with self.transaction() as connection:
            if keys is None:
                connection.execute("UPDATE article SET dirty = 0 WHERE dirty")
                connection.execute("DELETE FROM removed")
                return
            connection.executemany(
                "UPDATE article SET dirty = 0 WHERE key = ?", ((key,) for key in keys)
            )
            connection.executemany("DELETE FROM removed WHERE key = ?", ((key,) for key in removed))

    def mark_dirty(self, keys: Sequence[int] | None = None) -> None:
        """Note that the index lacks these rows (None: all), so that they are indexed again."""
        with self.transaction() as connection:
            if keys is None:
                connection.execute("UPDATE article SET dirty = 1")
                connection.execute("DELETE FROM removed")
            else:
                connection.executemany(
                    "UPDATE article SET dirty = 1 WHERE key = ?", ((key,) for key in keys)
                )

    def transaction(self) -> Transaction:
        """A transaction that holds the write lock; its connection is this thread's."""
        return self._database.transaction()

    # Reading

    def select(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """The rows that a statement finds."""
        rows: list[sqlite3.Row] = self._database.run(lambda c: c.execute(sql, values).fetchall())
        return rows

    def each(self, sql: str, values: Sequence[object] = ()) -> Iterator[sqlite3.Row]:
        """The rows that a statement finds, never all in memory at once.

        To be read to the end, or closed, before this thread writes.
        """
        rows: sqlite3.Cursor = self._database.run(lambda c: c.execute(sql, values))
        try:
            while found := self._database.run(lambda _: rows.fetchmany(_VARIABLES)):
                yield from found
        finally:
            rows.close()

    def is_clean(self) -> bool:
        """Whether the index holds all that the store holds."""
        return not self.select(
            "SELECT EXISTS (SELECT 1 FROM article WHERE dirty) OR EXISTS (SELECT 1 FROM removed)"
        )[0][0]

    def waiting(self) -> int:
        """How many rows the index lacks, or has as they were before."""
        return int(self.select("SELECT count(*) FROM article WHERE dirty")[0][0])

    def dirty(self, limit: int) -> list[int]:
        """Keys of the first articles that the index lacks, in the order they were first added."""
        rows = self.select("SELECT key FROM article WHERE dirty ORDER BY key LIMIT ?", (limit,))
        return [row[0] for row in rows]

    def removed(self) -> list[int]:
        """Keys of deleted articles that the index may still hold."""
        return [row[0] for row in self.select("SELECT key FROM removed ORDER BY key")]

    def get(self, id_: str) -> StoredArticle:
        """The article with this id.

        Raises `ArticleNotFound`.
        """
        rows = self.select(f"SELECT {_COLUMNS} FROM article WHERE id = ?", (id_,))  # noqa: S608
        if not rows:
            raise ArticleNotFound(f"no article has the id {id_!r}")
        return _stored(rows[0])

    def by_keys(self, keys: Sequence[int]) -> dict[int, StoredArticle]:
        """The articles with these keys; a key that is gone is left out."""
        found: dict[int, StoredArticle] = {}
        for part in parts(keys):
            rows = self.select(
                f"SELECT {_COLUMNS} FROM article WHERE key IN ({marks(part)})",  # noqa: S608
                part,
            )
            found.update({row["key"]: _stored(row) for row in rows})
        return found

    def keys(self) -> list[int]:
        """The keys of all articles, ascending."""
        return [row[0] for row in self.select("SELECT key FROM article ORDER BY key")]

    def all(self) -> Iterator[StoredArticle]:
        """Every article, in the order they were first added."""
        keys = self.keys()
        for part in parts(keys):
            found = self.by_keys(part)
            yield from (found[key] for key in part if key in found)

    def tag_counts(self) -> list[LanguageCount]:
        """Number of articles by language, script and who said so."""
        return [
            LanguageCount(*row)
            for row in self.select(
                "SELECT language, script, tagged_by, count(*) FROM article "
                "GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3"
            )
        ]


def parts(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """The items in pieces that one statement can take as its values."""
    for start in range(0, len(items), _VARIABLES):
        yield items[start : start + _VARIABLES]


def marks(items: Sequence[object]) -> str:
    """The place-holders for these values."""
    return ", ".join("?" * len(items))


def _tag_values(tag: Tag) -> tuple[object, ...]:
    return tag.language, tag.script, tag.confidence, tag.origin, json.dumps(tag.others)


def _row(article: Article, tag: Tag) -> dict[str, object]:
    language, script, confidence, tagged_by, others = _tag_values(tag)
    return {
        "id": identify(article),
        "digest": digest(article),
        "title": article.title,
        "body": article.body,
        "url": article.url,
        "published": article.published,
        "source": article.source,
        "section": article.section,
        "authors": json.dumps(article.authors),
        "given": article.language,
        "origin": article.origin,
        "extra": json.dumps(dict(article.extra)),
        "language": language,
        "script": script,
        "confidence": confidence,
        "tagged_by": tagged_by,
        "others": others,
    }


def _stored(row: sqlite3.Row) -> StoredArticle:
    try:
        return _parsed(row)
    except (ValueError, TypeError, AttributeError) as error:
        raise LibraryDamaged(
            f"library.db: the article in row {row['key']} cannot be read ({error}): "
            "run dragoman doctor"
        ) from error


def _parsed(row: sqlite3.Row) -> StoredArticle:
    if not all(isinstance(row[name], str | None) for name in _TEXTS):
        raise TypeError("bytes in place of text")
    article = Article(
        title=row["title"],
        body=row["body"],
        id=row["id"],
        url=row["url"],
        published=row["published"],
        source=row["source"],
        section=row["section"],
        authors=tuple(json.loads(row["authors"])),
        language=row["given"],
        origin=row["origin"],
        extra=json.loads(row["extra"]),
    )
    tag = Tag(
        language=row["language"],
        script=row["script"],
        confidence=row["confidence"],
        origin=row["tagged_by"],
        others=tuple((code, share) for code, share in json.loads(row["others"])),
    )
    return StoredArticle(row["key"], article, tag)


def corrected(tag: Tag, language: str) -> Tag:
    """The tag after a person said which language it is."""
    return replace(tag, language=language, confidence=1.0, origin="corrected")
