"""The facade that owns store, engine and locks."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from dragoman import build, translations
from dragoman.errors import ArticleNotFound, LibraryError, LibraryReadOnly
from dragoman.languages import canonical, stated
from dragoman.lexicon import Lexicons
from dragoman.locks import WriteLock
from dragoman.model import ALL_VIAS, Finding, Stats
from dragoman.related import related
from dragoman.search import Options, search
from dragoman.store import Store, corrected
from dragoman.tag import default_tagger
from dragoman.upkeep import Upkeep

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from dragoman.model import Article, Problem, Report, Results, StoredArticle, Via
    from dragoman.search import Sort
    from dragoman.translate import Translator
    from dragoman.translate.plan import TranslationProgress, TranslationReport
    from dragoman.translations import LanguageStatus, Translation

_EXPORT_BATCH = 500


def _size(file: Path) -> int:
    """In bytes; none of a file that a writer has just deleted."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


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

    Where the folder may not be written to, or the disk is full, a library can be
    searched all the same.

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
        # A change of the working folder must not lead to another library.
        self._path = path = path.absolute()
        if not create and not (path / "library.db").exists():
            raise LibraryError(f"{path}: there is no library here; add articles to make one")
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(f"{path}: cannot be made a folder ({error.strerror})") from error
        self._lock_timeout = lock_timeout
        self._lock = WriteLock(path)
        self._store = Store(path / "library.db")
        self.lexicons = Lexicons(path / "lexicons")
        """The dictionaries by which words of a query find articles in other languages."""
        self._upkeep = Upkeep(path, self._store)
        self._engine = self._upkeep.open(self._lock, on_progress)

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
            writing=partial(self._lock.held, None),
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

        `jobs` is as in `add`. The new index takes the place of the old one when it is
        done: until then, and where this is killed, a search finds what it found before.
        Raises `LibraryLocked`.
        """
        with self._writing():
            return self._upkeep.rebuild(self._engine, on_progress or _silent, jobs)

    def doctor(
        self, *, on_progress: Callable[[build.Progress], None] | None = None
    ) -> tuple[Finding, ...]:
        """Check every file, store and index against each other, and repair the index.

        What was found wrong, and mended, when the library was opened is told too. A
        damaged store is not mended: there is nothing to mend it from. Where nothing
        may be written, nothing is.

        Raises `LibraryLocked`.
        """
        try:
            with self._writing():
                findings = self._upkeep.check(self._engine, on_progress or _silent)
        except LibraryReadOnly:
            findings = self._upkeep.inspect(self._engine)
        findings += [Finding(line, repaired=False) for line in self.lexicons.check()]
        return tuple(findings)

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
        wrong is searched as plain words; `Results.notices` says so, and what could not be
        searched: articles that are not indexed yet, lexicons that are damaged.
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
        waiting = self._store.waiting()
        found = search(query, options, self._store, self._engine, self.lexicons.lookup)
        return self._noting(found, waiting)

    def _noting(self, found: Results, waiting: int) -> Results:
        """With what a search, begun when so many articles waited, may have missed."""
        notices = self.lexicons.notices()
        notices += tuple(each.what for each in self._upkeep.findings if not each.repaired)
        if waiting := max(waiting, self._store.waiting()):
            them = "article is" if waiting == 1 else "articles are"
            notice = (
                f"{waiting} {them} not in the index yet, or only as before; "
                "another process may be at it"
            )
            notices = (*notices, notice)
        return replace(found, notices=found.notices + notices) if notices else found

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
        waiting = self._store.waiting()
        found = related(
            self._store.get(id),
            options,
            self._store,
            self._engine,
            self.lexicons.lookup,
            same_language=same_language,
        )
        return self._noting(found, waiting)

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
            store_bytes=sum(map(_size, self._path.glob("library.db*"))),
            index_bytes=sum(map(_size, self._upkeep.folder.iterdir())),
        )

    def _writing(self) -> AbstractContextManager[None]:
        return self._lock.held(self._lock_timeout)
