"""Whether the store is as it was written: every row of it is read."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from dragoman import schema, seals
from dragoman.database import RESTORE
from dragoman.errors import LibraryDamaged, LibraryError, LibraryReadOnly
from dragoman.store import digest, marks, parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dragoman.store import Store


def check(store: Store) -> list[str]:
    """What is wrong in the file; empty when it is sound.

    A bit changed in any article, translation, remembered sentence or setting is
    found; in space that holds none of them it is not, and changes nothing.
    """
    lines: list[str] = []
    for part in (_pages, _definitions, _seals):
        try:
            lines += part(store)
        except LibraryError as error:
            lines.append(f"cannot be read to its end: {error}")
    # A row that does not fit its seal would be named again.
    return lines or list(_digests(store))


def _pages(store: Store) -> list[str]:
    """What SQLite's own check finds."""
    found = [str(row[0]) for row in store.select("PRAGMA integrity_check(20)")]
    return [] if found == ["ok"] else [f"{line}; {RESTORE}" for line in found]


def _definitions(store: Store) -> list[str]:
    found = store.select("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    # Blanks have changed from version to version.
    held = {str(name): str(sql).split() for name, sql in found if name[:11] != "sqlite_stat"}
    made = {name: sql.split() for name, sql in schema.statements().items()}
    names = sorted({*held, *made})
    wrong = [name for name in names if held.get(name) != made.get(name)]
    return [f"{name!r} is not defined as it should be; {RESTORE}" for name in wrong]


def _seals(store: Store) -> list[str]:
    # Where nothing may be written, rows of an older version may have none.
    with suppress(LibraryReadOnly), store.transaction() as connection:
        seals.complete(connection)
    return list(seals.check(store.each))


def _digests(store: Store) -> Iterator[str]:
    """What was changed before there were seals: the digest of an article tells."""
    for part in parts(store.keys()):
        try:
            yield from _changed(store, part)
        except LibraryDamaged:
            for key in part:
                try:
                    yield from _changed(store, [key])
                except LibraryDamaged:
                    yield f"the article in row {key} cannot be read; {RESTORE}"


def _changed(store: Store, keys: Sequence[int]) -> list[str]:
    rows = store.select(
        f"SELECT key, digest FROM article WHERE key IN ({marks(keys)})",  # noqa: S608
        keys,
    )
    found = store.by_keys(keys)
    return [
        f"the article {found[key].id} (row {key}) is not what its digest says; "
        "delete it and add it again"
        for key, expected in rows
        if digest(found[key].article) != expected
    ]
