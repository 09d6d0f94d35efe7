"""The tables of the store, version by version: each step brings an older store to the next."""

from __future__ import annotations

import sqlite3
from typing import Final

from dragoman import seals

_ARTICLES = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE article (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        digest BLOB NOT NULL,
        title TEXT NOT NULL,
        body TEXT NOT NULL,
        url TEXT,
        published TEXT,
        source TEXT,
        section TEXT,
        authors TEXT NOT NULL,
        given TEXT,
        origin TEXT,
        extra TEXT NOT NULL,
        language TEXT NOT NULL,
        script TEXT NOT NULL,
        confidence REAL NOT NULL,
        tagged_by TEXT NOT NULL,
        others TEXT NOT NULL,
        dirty INTEGER NOT NULL DEFAULT 1
    )""",
    "CREATE INDEX article_dirty ON article (key) WHERE dirty",
    "CREATE TABLE removed (key INTEGER PRIMARY KEY)",
)

_TRANSLATIONS = (
    # Every sentence ever translated, by `translations.sentence_key`.
    """CREATE TABLE sentence (
        key BLOB PRIMARY KEY,
        translation TEXT NOT NULL,
        faults TEXT NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE translation (
        article INTEGER NOT NULL,
        target TEXT NOT NULL,
        route TEXT NOT NULL,
        version TEXT NOT NULL,
        stage INTEGER NOT NULL,
        sentences TEXT NOT NULL,
        faults TEXT NOT NULL,
        PRIMARY KEY (article, target)
    ) WITHOUT ROWID""",
    "CREATE INDEX translation_target ON translation (target)",
    # What was translated is no longer what the article says: nobody may forget to drop it.
    """CREATE TRIGGER translation_outdated AFTER UPDATE OF title, body, language ON article
        WHEN old.title <> new.title OR old.body <> new.body OR old.language <> new.language
        BEGIN DELETE FROM translation WHERE article = old.key; END""",
    """CREATE TRIGGER translation_orphaned AFTER DELETE ON article
        BEGIN DELETE FROM translation WHERE article = old.key; END""",
)

STEPS: Final[tuple[tuple[str, ...], ...]] = (_ARTICLES, _TRANSLATIONS, seals.TABLES)
"""The statements of each step, the first of which makes a store from nothing."""

VERSION: Final = len(STEPS)
"""The version of the tables that this Dragoman writes."""


def statements() -> dict[str, str]:
    """What a store of this version is made of: the name of each table, index and trigger → SQL."""
    made = sqlite3.connect(":memory:")
    try:
        seals.prepare(made)
        for step in STEPS:
            for statement in step:
                made.execute(statement)
        return dict(made.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))
    finally:
        made.close()
