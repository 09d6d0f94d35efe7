"""Whether the store is as it was written: every row of it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dragoman import schema, seals
from dragoman.errors import LibraryDamaged
from dragoman.store import RESTORE, digest, marks, parts

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
        except LibraryDamaged as error:
            lines.append(f"cannot be read to its end: {error}")
    # A row that does not fit its seal would be named again.
    return lines or list(_digests(store))


def _pages(store: Store) -> list[str]:
    """What SQLite's own check finds."""
    found = [str(row[0]) for row in store.select("PRAGMA integrity_check(20)")]
    return [] if found == ["ok"] else [f"{line}; {RESTORE}" for line in found]


def _definitions(store: Store) -> list[str]:
    found = store.select("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    held = {str(name): str(sql) for name, sql in found if not name.startswith("sqlite_stat")}
    wrong = sorted({name for name, _ in held.items() ^ schema.statements().items()})
    return [f"{name!r} is not defined as it should be; {RESTORE}" for name in wrong]


def _seals(store: Store) -> list[str]:
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
