"""The facade that owns store, engine and locks."""

from __future__ import annotations

import json
import shutil
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from filelock import FileLock, Timeout

from dragoman import build, translations
from dragoman.engines import open_engine
from dragoman.errors import ArticleNotFound, LibraryDamaged, LibraryError, LibraryLocked
from dragoman.languages import canonical, stated
from dragoman.lexicon import Lexicons
from dragoman.model import ALL_VIAS, Finding, Stats
from dragoman.related import related
from dragoman.search import Options, search
from dragoman.store import Store, corrected
from dragoman.tag import default_tagger

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from dragoman.engines import Engine
    from dragoman.model import Article, Problem, Report, Results, StoredArticle, Via
    from dragoman.search import Sort
    from dragoman.translate import Translator
    from dragoman.translate.plan import TranslationProgress, TranslationReport
    from dragoman.translations import LanguageStatus, Translation

_ENGINE = "whoosh"
_EXPORT_BATCH = 500


def _silent(_: build.Progress) -> None:
    """Report to nobody."""


def open_library(
    path: str | os.PathLike[str],
    *,
    create: bool = True,
    lock_timeout: float = 10.0,
    on_progress: Callable[[build.Progress], None] | None = None,
) -> Library:
    """Open the library in a folder, making it where there is none.

    What a killed process left stored but not indexed is indexed now, unless
    another process is writing. `lock_timeout` is how many seconds a write
    waits for another process. `on_progress` hears of that indexing.

    Raises `LibraryError` when there is no library and `create` is False, and
    `LibraryDamaged` when the store cannot be read.
    """
    return Library(
        Path(path), create=create, lock_timeout=lock_timeout, on_progress=on_progress or _silent
    )


class Library:
    """A folder of articles that can be searched.

    Searching is safe from several threads and processes. One process writes at
    a time; another waits, and raises `LibraryLocked` when it has waited long
    enough. What one process commits, the others see at their next search.
    """

    def __init__(
        self,
        path: Path,
        *,
        create: bool,
        lock_timeout: float,
        on_progress: Callable[[build.Progress], None],
    ) -> None:
        self._path = path
        self._folder = path / _ENGINE
        self._stamp = path / "index.json"
        if not create and not (path / "library.db").exists():
            raise LibraryError(f"{path}: there is no library here; add articles to make one")
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(f"{path}: cannot make the folder ({error.strerror})") from error
        self._lock_timeout = lock_timeout
        self._file_lock = FileLock(path / "write.lock", thread_local=False)
        # The file lock is held by the process; this one tells its threads apart.
        self._thread_lock = threading.Lock()
        self._store = Store(path / "library.db")
        self.lexicons = Lexicons(path / "lexicons")
        """The dictionaries by which words of a query find articles in other languages."""
        self._engine = self._recover(on_progress)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release files and memory."""
        self._engine.close()
        self.lexicons.close()
        self._store.close()

    # Writing

    def add(
        self,
        articles: Iterable[Article | Problem],
        *,
        on_progress: Callable[[build.Progress], None] | None = None,
        jobs: int = 1,
    ) -> Report:
        """Add articles; one that is there already is left, one that changed is replaced.

        Problems among the articles, as `dragoman.read` yields them, are counted
        and reported. Every call of `on_progress` with stage ``stored`` means
        that the articles so far are safe on disk, whatever happens next.

        Many articles are tagged and analysed by so many `jobs`, or processes, with
        the same result; a script that asks for several must be safe to import.

        Raises `LibraryLocked`, and `LibraryError` where one of the processes is killed.
        """
        with self._writing():
            return build.add(
                articles, self._store, self._engine, default_tagger(), on_progress or _silent, jobs
            )

    def translate(  # noqa: PLR0913 - one keyword for each thing a person may choose
        self,
        target: str = "en",
        *,
        languages: Sequence[str] = (),
        query: str = "",
        limit: int | None = None,
        budget: float | None = None,
        again: bool = False,
        translator: Callable[[str, str], Translator] | None = None,
        models: str | os.PathLike[str] | None = None,
        on_progress: Callable[[TranslationProgress], None] | None = None,
    ) -> TranslationReport:
        """Translate articles by machine, so that they are found and read in another language.

        The newest come first, or those that a `query` finds, best first; their
        titles, then their leads, then the rest. `languages` holds BCP 47 tags,
        `limit` a number of articles, `budget` seconds. What is done stays done
        when this is stopped or killed; no sentence is translated twice by the same
        model. `again` translates anew what another version of the model did.

        `translator` opens a translator for two languages; without it, the Argos
        packages in the folder `models` are used (None: where Argos Translate keeps
        them). Searching meanwhile works. Languages that no model translates are in
        the report.

        Raises `MissingExtra` where the extra ``argos`` is not installed, and
        `LibraryLocked`.
        """
        from dragoman.translate import open_translator, packages, plan, run  # noqa: PLC0415

        keys = [self._store.get(each.id).key for each in self.articles(query)] if query else None
        folder = Path(models) if models else packages.default_folder({}, Path.home())
        return run.translate(
            self._store,
            translator or partial(open_translator, folder=folder),
            plan.Plan(canonical(target), tuple(languages), keys, limit, budget, again),
            reindex=lambda: build.index(self._store, self._engine, _silent),
            writing=self._waiting,
            on_progress=on_progress or (lambda _: None),
        )

    def translations(self, id: str) -> tuple[Translation, ...]:  # noqa: A002 - the field's name
        """The translations of an article, sentence by sentence; none where it has none.

        Raises `ArticleNotFound`.
        """
        key = self._store.get(id).key
        return translations.of(self._store, [key]).get(key, ())

    def targets(self) -> tuple[str, ...]:
        """The languages into which any article is translated."""
        return translations.targets(self._store)

    def translated(self, target: str = "en") -> tuple[LanguageStatus, ...]:
        """How far the articles of each language are translated, most articles first."""
        return translations.status(self._store, canonical(target))

    def delete(self, ids: Sequence[str]) -> int:
        """Delete the articles with these ids; return how many there were.

        Raises `LibraryLocked`.
        """
        with self._writing():
            deleted = self._store.delete(ids)
            build.index(self._store, self._engine, _silent)
            return deleted

    def tag(self, id: str, language: str) -> StoredArticle:  # noqa: A002 - the field's name
        """Correct the language of an article for good: it survives re-adding and rebuilding.

        Raises `InvalidValue`, `ArticleNotFound` and `LibraryLocked`.
        """
        tag = stated(language)
        with self._writing():
            stored = self._store.get(id)
            self._store.correct(id, corrected(stored.tag, tag))
            build.index(self._store, self._engine, _silent)
            return self._store.get(id)

    def rebuild(
        self, *, on_progress: Callable[[build.Progress], None] | None = None, jobs: int = 1
    ) -> int:
        """Make the search index again from the store; return the number of articles.

        `jobs` is as in `add`. Until it is done, a search finds what is indexed so far.
        Raises `LibraryLocked`.
        """
        with self._writing():
            self._start_over(self._engine)
            return build.index(self._store, self._engine, on_progress or _silent, jobs)

    def doctor(
        self, *, on_progress: Callable[[build.Progress], None] | None = None
    ) -> tuple[Finding, ...]:
        """Check store and index against each other, and repair the index from the store.

        Raises `LibraryLocked`.
        """
        with self._writing():
            findings = [
                Finding(f"library.db: {line}", repaired=False) for line in self._store.check()
            ]
            damaged = self._engine.check()
            if damaged:
                self._start_over(self._engine)
                findings += [
                    Finding(f"{line} (the index was made again)", True) for line in damaged
                ]
            else:
                findings += self._compare()
            build.index(self._store, self._engine, on_progress or _silent)
            return tuple(findings)

    def _compare(self) -> list[Finding]:
        if not self._store.is_clean():
            return []  # what is missing is known, and is about to be indexed
        stored, indexed = set(self._store.keys()), set(self._engine.keys())
        findings = []
        if missing := sorted(stored - indexed):
            self._store.mark_dirty(missing)
            findings.append(Finding(f"{len(missing)} articles were not in the index", True))
        if extra := sorted(indexed - stored):
            self._engine.write((), extra)
            findings.append(Finding(f"{len(extra)} deleted articles were in the index", True))
        return findings

    # Reading

    def search(  # noqa: PLR0913 - one keyword for each thing a person may narrow
        self,
        query: str,
        *,
        limit: int = 10,
        offset: int = 0,
        languages: Sequence[str] = (),
        sources: Sequence[str] = (),
        since: str | None = None,
        until: str | None = None,
        sort: Sort = "score",
        via: Collection[Via] | None = None,
        per_language: int = 0,
        collapse: bool = False,
        translator: Callable[[str, str], Translator] | None = None,
    ) -> Results:
        """Find articles in every language; `dragoman.query` describes the query's syntax.

        `languages` holds BCP 47 tags, or macro-languages such as ``ku``; `since`
        and `until` are ``2020``, ``2020-08`` or ``2020-08-31``, both included;
        `via` names the ways to use (None: all); `per_language` caps the hits of
        each language. With `collapse`, one hit stands for all near-identical copies
        of its text, such as those of an agency report (`Hit.copies`), and the page
        is filled with others; the total and the facets still count every article.
        `translator` opens a translator for two languages (as
        `dragoman.translate.open_translator` does): the whole query is then translated
        into each language that it reaches, beside what the lexicons say of its words.

        Raises `InvalidValue` for a date that is none. A query whose syntax is
        wrong is searched as plain words; `Results.notices` says so.
        """
        self._engine.refresh()
        options = Options(
            limit=limit,
            offset=offset,
            languages=languages,
            sources=sources,
            since=since,
            until=until,
            sort=sort,
            via=ALL_VIAS if via is None else via,
            per_language=per_language,
            collapse=collapse,
            translator=translator,
        )
        return search(query, options, self._store, self._engine, self.lexicons.lookup)

    def related(  # noqa: PLR0913 - one keyword for each thing a person may narrow
        self,
        id: str,  # noqa: A002 - the field's name
        *,
        limit: int = 10,
        offset: int = 0,
        languages: Sequence[str] = (),
        sources: Sequence[str] = (),
        since: str | None = None,
        until: str | None = None,
        sort: Sort = "score",
        via: Collection[Via] | None = None,
        per_language: int = 0,
        collapse: bool = False,
        same_language: bool = False,
    ) -> Results:
        """Find the articles that tell the story of this one in other languages.

        The article's most salient words are looked for as those of a query are;
        `Results.query` holds them, and each hit's evidence says which it has. The
        article itself is left out, and so are the others in its language, unless
        `same_language` is set or `languages` names it. The other options are those
        of `search`.

        Raises `ArticleNotFound`, and `InvalidValue` for a date that is none.
        """
        self._engine.refresh()
        options = Options(
            limit=limit,
            offset=offset,
            languages=languages,
            sources=sources,
            since=since,
            until=until,
            sort=sort,
            via=ALL_VIAS if via is None else via,
            per_language=per_language,
            collapse=collapse,
        )
        return related(
            self._store.get(id),
            options,
            self._store,
            self._engine,
            self.lexicons.lookup,
            same_language=same_language,
        )

    def get(self, id: str) -> StoredArticle:  # noqa: A002 - the field's name
        """The article with this id.

        Raises `ArticleNotFound`.
        """
        return self._store.get(id)

    def __contains__(self, id: str) -> bool:  # noqa: A002 - the field's name
        try:
            self._store.get(id)
        except ArticleNotFound:
            return False
        return True

    def articles(self, query: str = "", **options: Any) -> Iterator[StoredArticle]:  # noqa: ANN401
        """Every article that a query and its options find, or every one there is.

        The options are those of `search`, but for `limit` and `offset`.
        """
        if not query and not options:
            yield from self._store.all()
            return
        offset = 0
        while True:
            hits = self.search(query, limit=_EXPORT_BATCH, offset=offset, **options).hits
            yield from (self._store.get(hit.id) for hit in hits)
            if len(hits) < _EXPORT_BATCH:
                return
            offset += _EXPORT_BATCH

    def stats(self) -> Stats:
        """What the library holds."""
        counts = tuple(self._store.tag_counts())
        return Stats(
            articles=sum(count.articles for count in counts),
            languages=counts,
            store_bytes=sum(file.stat().st_size for file in self._path.glob("library.db*")),
            index_bytes=sum(file.stat().st_size for file in self._folder.iterdir()),
        )

    # Locks and recovery

    def _waiting(self) -> _Writing:
        """The same, waited for as long as it takes."""
        return _Writing(self._path, self._thread_lock, self._file_lock, None)

    def _writing(self) -> _Writing:
        return _Writing(self._path, self._thread_lock, self._file_lock, self._lock_timeout)

    def _recover(self, on_progress: Callable[[build.Progress], None]) -> Engine:
        """Open the engine, and index what it lacks unless somebody else is at it."""
        stamped = self._read_stamp() == self._expected_stamp()
        if stamped and self._store.is_clean():
            try:
                return open_engine(_ENGINE, self._folder)
            except LibraryDamaged:
                stamped = False
        try:
            with _Writing(self._path, self._thread_lock, self._file_lock, 0 if stamped else None):
                engine = self._open_for_recovery()
                build.index(self._store, engine, on_progress)
                return engine
        except LibraryLocked:
            return open_engine(_ENGINE, self._folder)

    def _open_for_recovery(self) -> Engine:
        try:
            engine = open_engine(_ENGINE, self._folder)
        except LibraryDamaged:
            shutil.rmtree(self._folder)
            self._stamp.unlink(missing_ok=True)
            engine = open_engine(_ENGINE, self._folder)
        if self._read_stamp() != self._expected_stamp():
            self._start_over(engine)
        return engine

    def _start_over(self, engine: Engine) -> None:
        # The stamp comes last: a kill before it means that all this is done again.
        self._stamp.unlink(missing_ok=True)
        engine.clear()
        self._store.mark_dirty()
        temporary = self._stamp.with_suffix(".new")
        temporary.write_text(json.dumps(self._expected_stamp()), "utf-8")
        temporary.replace(self._stamp)

    def _expected_stamp(self) -> dict[str, object]:
        """What the index must have been made from and by, to be used."""
        return {
            "library": self._store.identity,
            "engine": _ENGINE,
            "analysis": build.ANALYSIS_VERSION,
        }

    def _read_stamp(self) -> object:
        try:
            return json.loads(self._stamp.read_text("utf-8"))
        except (OSError, ValueError):
            return None


class _Writing:
    """The right to write, waited for within bounds."""

    def __init__(
        self, path: Path, threads: threading.Lock, processes: FileLock, timeout: float | None
    ) -> None:
        self._path = path
        self._threads = threads
        self._processes = processes
        self._timeout = -1 if timeout is None else timeout

    def __enter__(self) -> None:
        if not self._threads.acquire(timeout=self._timeout):
            raise LibraryLocked(self._message())
        try:
            self._processes.acquire(timeout=self._timeout)
        except Timeout as error:
            self._threads.release()
            raise LibraryLocked(self._message()) from error

    def __exit__(self, *_: object) -> None:
        self._processes.release()
        self._threads.release()

    def _message(self) -> str:
        return (
            f"{self._path}: another process is writing to this library; try again when it is done"
        )
