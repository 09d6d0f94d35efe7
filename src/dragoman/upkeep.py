"""The index of a library: opened, brought up to date with the store, checked, made again.

An old index serves until a new one is done, so that a search never finds a part of the library
without saying so. What is found wrong is kept for `Library.doctor`, even if it is mended at once.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from dragoman import build, stamp, store_check
from dragoman.database import KEPT_LOG, LOST
from dragoman.engines import open_engine
from dragoman.errors import LibraryDamaged, LibraryLocked, LibraryReadOnly
from dragoman.model import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from dragoman.engines import Engine
    from dragoman.locks import WriteLock
    from dragoman.store import Store

    OnProgress = Callable[[build.Progress], None]

ENGINE = "whoosh"


class Upkeep:
    """Keeps the index of a library in step with its store."""

    def __init__(self, path: Path, store: Store) -> None:
        """For the library in a folder."""
        self.folder = path / ENGINE
        self.findings: list[Finding] = []
        """What was found wrong when the library was opened, until `check` is asked."""
        self._stamp = path / "index.json"
        self._kept_log = path / KEPT_LOG
        self._store = store
        if store.damage:
            self.findings.append(Finding(store.damage, repaired=False))

    def open(self, lock: WriteLock, on_progress: OnProgress) -> Engine:
        """Open the engine, and index what it lacks where that can be done now.

        Raises `LibraryReadOnly` where there is no index, and none can be made.
        """
        stamped = self._is_stamped()
        if stamped and self._store.is_clean():
            try:
                return open_engine(ENGINE, self.folder)
            except LibraryDamaged:
                stamped = False
        try:
            with lock.held(0 if stamped else None):
                return self._mended(on_progress)
        except (LibraryLocked, LibraryReadOnly):
            # A search says how many articles wait to be indexed.
            if not stamped:
                what = "the index was not made by this version of Dragoman from this store"
                self.findings.append(Finding(f"{what}: run dragoman rebuild", repaired=False))
            return open_engine(ENGINE, self.folder)

    def rebuild(self, engine: Engine, on_progress: OnProgress, jobs: int = 1) -> int:
        """Make the index again, in place of one that serves until the new one is done."""
        done = build.rebuild(self._store, engine, on_progress, jobs)
        # The stamp comes last: a kill before it means that all this is done again.
        stamp.write(self._stamp, self._expected_stamp())
        return done

    def check(self, engine: Engine, on_progress: OnProgress) -> list[Finding]:
        """What is wrong with the store and the index, which is repaired; the store cannot be."""

        def repair() -> list[Finding]:
            try:
                return self._repair(engine, on_progress)
            except LibraryReadOnly:
                return self._left(engine)

        return self._examined(repair)

    def inspect(self, engine: Engine) -> list[Finding]:
        """What is wrong with the store and the index, both of which are left as they are."""
        return self._examined(lambda: self._left(engine))

    def _examined(self, index: Callable[[], list[Finding]]) -> list[Finding]:
        """What is wrong with the store, and what is found of the index."""
        findings, self.findings = self.findings, []
        if not self._store.damage and self._kept_log.exists():
            findings.append(Finding(LOST, repaired=False))
        stored = store_check.check(self._store)
        findings += [Finding(f"library.db: {line}", repaired=False) for line in stored]
        try:
            findings += index()
        except LibraryDamaged as error:
            # From the store, whose damage is in the findings already.
            findings.append(Finding(f"the index was not brought up to date: {error}", False))
        return findings

    def _mended(self, on_progress: OnProgress) -> Engine:
        """The engine, brought up to date, or made again where it does not fit the store."""
        stamped = self._is_stamped(note=True)
        try:
            engine = open_engine(ENGINE, self.folder)
        except LibraryDamaged as error:
            self.findings.append(_remade(str(error)))
            engine = self._start_over()
            stamped = True
        if self._store.select("SELECT 1 FROM article LIMIT 1"):
            on_progress(build.Progress("indexed", 0))
        try:
            if stamped:
                build.index(self._store, engine, on_progress)
            else:
                self.rebuild(engine, on_progress)
        except LibraryDamaged as error:
            if damaged := engine.check():
                self.findings += map(_remade, damaged)
                self.rebuild(engine, on_progress)
            else:
                # The store's: what is indexed can be found all the same.
                self.findings.append(Finding(str(error), repaired=False))
        return engine

    def _start_over(self) -> Engine:
        """An empty index, in place of one that cannot be opened."""
        # Before all else: from here on a search says that it may miss something.
        self._store.mark_dirty()
        self._stamp.unlink(missing_ok=True)
        shutil.rmtree(self.folder)
        engine = open_engine(ENGINE, self.folder)
        stamp.write(self._stamp, self._expected_stamp())
        return engine

    def _repair(self, engine: Engine, on_progress: OnProgress) -> list[Finding]:
        damaged = engine.check()
        if damaged:
            self.rebuild(engine, on_progress)
            return [_remade(line) for line in damaged]
        build.index(self._store, engine, on_progress)
        findings = self._compare(engine)
        build.index(self._store, engine, on_progress)
        return findings

    def _compare(self, engine: Engine) -> list[Finding]:
        missing, extra = self._differences(engine)
        if missing:
            self._store.mark_dirty(missing)
        if extra:
            engine.write((), extra)
        return _differing(missing, extra, repaired=True)

    def _left(self, engine: Engine) -> list[Finding]:
        """What is wrong with an index that cannot be mended now."""
        if damaged := engine.check():
            return [Finding(line, repaired=False) for line in damaged]
        return _differing(*self._differences(engine), repaired=False)

    def _differences(self, engine: Engine) -> tuple[list[int], list[int]]:
        """The articles that are only in the store, and those that are only in the index."""
        stored, indexed = set(self._store.keys()), set(engine.keys())
        return sorted(stored - indexed), sorted(indexed - stored)

    def _expected_stamp(self) -> dict[str, object]:
        """What the index must have been made from and by, to be used."""
        return {
            "library": self._store.identity,
            "engine": ENGINE,
            "analysis": build.ANALYSIS_VERSION,
        }

    def _is_stamped(self, *, note: bool = False) -> bool:
        """Whether the index was made from this store by this analysis."""
        expected = self._expected_stamp()
        try:
            held = stamp.read(self._stamp, frozenset(expected))
        except LibraryDamaged as error:
            if note:
                self.findings.append(_remade(str(error)))
            return False
        if note and held and held["library"] != expected["library"]:
            # SQLite makes an empty store of an empty file without a word.
            what = (
                "library.db: it is not the store that the index was made from; if it was "
                "emptied or replaced by mistake, restore it from a backup"
            )
            self.findings.append(Finding(what, repaired=False))
        return held == expected


def _remade(what: str) -> Finding:
    """Damage to the index, which was made again for it."""
    return Finding(
        f"{what.removesuffix(': run dragoman rebuild')} (the index was made again)", True
    )


def _differing(missing: Sequence[int], extra: Sequence[int], *, repaired: bool) -> list[Finding]:
    said = ((missing, "not in the index"), (extra, "in the index and not stored"))
    return [Finding(f"{_articles(keys)} {what}", repaired) for keys, what in said if keys]


def _articles(keys: Sequence[int]) -> str:
    return "1 article was" if len(keys) == 1 else f"{len(keys)} articles were"
