"""Seals: a checksum for each row of the store, by which a changed bit in any of them is found.

SQLite's own check sees that its pages hang together, not that a letter of an article is still
the one that was written. So each row that holds what people gave us, or what was costly to
make, has a seal in a table beside its own. Triggers of each writing connection keep them up to
date, so that no statement may forget to; they live in the connection, not in the file, since
they call a function of ours and a file that somebody sends may not.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Sequence

_FUNCTION = "dragoman_seal"
_SHOWN = 10
_NUMBERS = frozenset({"key", "article", "confidence", "stage"})  # but for a key that is a hash


class _Sealed(NamedTuple):
    """A table whose rows are sealed."""

    table: str
    what: str
    """What a row of it is, for a person."""
    remedy: str
    label: str
    """Its key in SQL, for a person."""
    key: tuple[str, ...]
    rest: tuple[str, ...]
    """The other columns that matter."""

    def columns(self, row: str) -> str:
        """The arguments of the function that makes the seal of a row."""
        return ", ".join(
            # As bytes: text whose encoding is damaged could not be handed over.
            f"CASE typeof({each}) WHEN 'text' THEN CAST({each} AS BLOB) ELSE {each} END"
            if name in _NUMBERS and self.table != "sentence"
            else f"typeof({each}), CAST({each} AS BLOB)"
            for name in (*self.key, *self.rest)
            for each in (f"{row}.{name}",)
        )

    def same(self, one: str, other: str) -> str:
        """The condition that two rows have the same key."""
        return " AND ".join(f"{one}.{name} = {other}.{name}" for name in self.key)


_ARTICLE_COLUMNS = (
    "id", "digest", "title", "body", "url", "published", "source", "section", "authors", "given",
    "origin", "extra", "language", "script", "confidence", "tagged_by", "others",
)  # fmt: skip
_BACKUP = "restore library.db from a backup"
_SEALED: Final = (
    _Sealed("meta", "the setting", _BACKUP, "name", ("name",), ("value",)),
    _Sealed(
        "article",
        "the article",
        f"delete it and add it again, or {_BACKUP}",
        "'(row ' || key || ')'",
        ("key",),
        _ARTICLE_COLUMNS,
    ),
    _Sealed(
        "sentence",
        "the remembered sentence",
        _BACKUP,
        "hex(key)",
        ("key",),
        ("translation", "faults"),
    ),
    _Sealed(
        "translation",
        "the translation of the article in row",
        _BACKUP,
        "article || ' into ' || target",
        ("article", "target"),
        ("route", "version", "stage", "sentences", "faults"),
    ),
)


def seal(*values: object) -> bytes:
    """A hash of the values of a row."""
    held = hashlib.blake2b(digest_size=8)
    for value in values:
        encoded = value if isinstance(value, bytes) else repr(value).encode()
        held.update(len(encoded).to_bytes(8, "little") + encoded)
    return held.digest()


TABLES: Final = (
    "CREATE TABLE meta_seal (name TEXT PRIMARY KEY, sum BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE article_seal (key INTEGER PRIMARY KEY, sum BLOB NOT NULL)",
    "CREATE TABLE sentence_seal (key BLOB PRIMARY KEY, sum BLOB NOT NULL) WITHOUT ROWID",
    """CREATE TABLE translation_seal (
        article INTEGER NOT NULL,
        target TEXT NOT NULL,
        sum BLOB NOT NULL,
        PRIMARY KEY (article, target)
    ) WITHOUT ROWID""",
    # The rows that an older version has written.
    *(
        f"INSERT INTO {each.table}_seal SELECT {', '.join(each.key)}, "  # noqa: S608 - our own names
        f"{_FUNCTION}({each.columns(each.table)}) FROM {each.table}"
        for each in _SEALED
    ),
)
"""The statements that make the tables of seals, and seal what is there already."""


def prepare(connection: sqlite3.Connection) -> None:
    """Give a connection the function that the statements here call."""
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.create_function(_FUNCTION, -1, seal, deterministic=True)


def keep(connection: sqlite3.Connection) -> None:
    """Have a connection that was prepared seal whatever it writes from now on."""
    for each in _SEALED:
        table = f"{each.table}_seal"
        gone = f"DELETE FROM {table} WHERE {each.same(table, 'old')};"  # noqa: S608
        # Not INSERT OR REPLACE: the statement that fires a trigger overrules its OR.
        made = (
            f"DELETE FROM {table} WHERE {each.same(table, 'new')}; "  # noqa: S608
            f"INSERT INTO {table} VALUES ({', '.join(f'new.{name}' for name in each.key)}, "
            f"{_FUNCTION}({each.columns('new')}));"
        )
        columns = ", ".join((*each.key, *each.rest))
        for event, work in (
            ("INSERT", made),
            (f"UPDATE OF {columns}", gone + made),
            ("DELETE", gone),
        ):
            connection.execute(
                f"CREATE TEMP TRIGGER IF NOT EXISTS {each.table}_{event[:6]} AFTER {event} "
                f"ON main.{each.table} BEGIN {work} END"
            )


def complete(connection: sqlite3.Connection) -> None:
    """Seal the rows that an older version has written since the tables of seals were made."""
    for each in _SEALED:
        connection.execute(
            f"INSERT INTO {each.table}_seal SELECT {', '.join(each.key)}, "  # noqa: S608
            f"{_FUNCTION}({each.columns(each.table)}) FROM {each.table} WHERE NOT EXISTS "
            f"(SELECT 1 FROM {each.table}_seal AS held WHERE {each.same(each.table, 'held')})"
        )


def check(read: Callable[[str], Iterable[Sequence[object]]]) -> Iterator[str]:
    """What does not fit its seal, line by line, with what to do about it.

    `read` gives the rows of a statement, on a connection that was prepared.
    """
    for each in _SEALED:
        label = f"CAST({each.label} AS BLOB)"
        name = f"CAST(id AS BLOB), {label}" if each.table == "article" else label
        bad = read(
            f"SELECT {name} FROM {each.table} LEFT JOIN {each.table}_seal "  # noqa: S608
            f"USING ({', '.join(each.key)}) "
            f"WHERE sum IS NOT {_FUNCTION}({each.columns(each.table)})"
        )
        yield from _lines(each, bad, "is not as it was stored")
        lost = read(
            f"SELECT {label} FROM {each.table}_seal AS held "  # noqa: S608
            f"WHERE NOT EXISTS (SELECT 1 FROM {each.table} WHERE {each.same(each.table, 'held')})"
        )
        yield from _lines(each, lost, "is gone, and nobody deleted it")


def _lines(each: _Sealed, rows: Iterable[Sequence[object]], what: str) -> Iterator[str]:
    """The first of the rows, each in words, and how many more there are."""
    number = 0
    for number, row in enumerate(rows, 1):
        if number <= _SHOWN:
            # NULL where a damaged row has lost its id.
            words = (part if isinstance(part, bytes) else b"?" for part in row)
            name = " ".join(word.decode("utf-8", "replace") for word in words)
            yield f"{each.what} {name} {what}; {each.remedy}"
    if number > _SHOWN:
        more = number - _SHOWN
        yield f"{more} more rows of the table {each.table}: each {what}; {each.remedy}"
