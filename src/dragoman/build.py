"""The build path: articles → tag → store → analyse → engine."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Literal, TypeVar

from dragoman import languages, translations
from dragoman.analysis import STEM_MARK, analyse, is_unsegmented
from dragoman.analysis.runs import links, name_runs
from dragoman.dates import parse_date
from dragoman.engines import Record
from dragoman.model import Article, Problem, Report
from dragoman.names_file import is_name_like
from dragoman.store import corrected, digest, identify, parts
from dragoman.tag import default_tagger
from dragoman.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from dragoman.engines import Engine
    from dragoman.model import StoredArticle, Tag
    from dragoman.store import Store
    from dragoman.tag import Tagger
    from dragoman.translations import Translation

    OnProgress = Callable[["Progress"], None]
    _Translated = tuple[StoredArticle, Sequence[Translation]]

_T = TypeVar("_T")

ANALYSIS_VERSION = 4
"""Raised when the same article would be analysed differently: the index is then made again."""

MAX_CHARACTERS = 16_000_000
MAX_PROBLEMS = 1000

_BATCH = 500, 8_000_000  # articles and characters that are stored at once
_COMMIT_ARTICLES = 20_000
_SHARED_CHARACTERS = 1_000_000  # fewer are not worth a second process
_PIECE = 50, 200_000  # articles and characters that one process gets at once


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an operation has come."""

    stage: Literal["stored", "indexed"]
    """``stored``: these articles are safe on disk. ``indexed``: they can be found."""
    articles: int
    """Articles that have passed the stage in this operation."""


@dataclass(slots=True)
class _Tally:
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    warnings: int = 0
    problems: list[Problem] = field(default_factory=list)
    languages: Counter[str] = field(default_factory=Counter)

    def note(self, problem: Problem) -> None:
        if problem.lost:
            self.failed += 1
        else:
            self.warnings += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)

    @property
    def seen(self) -> int:
        return self.added + self.updated + self.unchanged

    def report(self) -> Report:
        return Report(
            self.added,
            self.updated,
            self.unchanged,
            self.failed,
            tuple(self.problems),
            self.warnings,
            dict(self.languages.most_common()),
        )


def add(
    articles: Iterable[Article | Problem],
    store: Store,
    engine: Engine,
    tagger: Tagger,
    on_progress: OnProgress,
    jobs: int = 1,
) -> Report:
    """Store, tag and index articles; problems among them are counted and reported.

    Each batch is durable in the store before the next is read; what a kill
    leaves unindexed is indexed the next time the library is opened. Many
    articles are tagged and analysed by so many `jobs`, or processes; what
    comes of it is the same. Raises `LibraryError` where one of them is killed.
    """
    tally = _Tally()
    waiting = 0
    with Workers(jobs) as workers:
        for batch in _pieces(_checked(articles, tally), lambda each: len(each.body), *_BATCH):
            waiting += _store(batch, store, tagger, tally, workers)
            on_progress(Progress("stored", tally.seen))
            if waiting >= _COMMIT_ARTICLES:
                _index(store, engine, on_progress, workers)
                waiting = 0
        _index(store, engine, on_progress, workers)
    return tally.report()


def index(store: Store, engine: Engine, on_progress: OnProgress, jobs: int = 1) -> int:
    """Bring the index up to date with the store; return the number of articles indexed.

    `jobs` is as in `add`.
    """
    with Workers(jobs) as workers:
        return _index(store, engine, on_progress, workers)


def _index(store: Store, engine: Engine, on_progress: OnProgress, workers: Workers) -> int:
    done = 0
    while not store.is_clean():
        batch = store.dirty(_COMMIT_ARTICLES)
        removed = store.removed()
        engine.write(_records(batch, store, workers), removed)
        # Only now: a kill before this line costs a second indexing, never an article.
        store.mark_clean([stored.key for stored in batch], removed)
        done += len(batch)
        on_progress(Progress("indexed", done))
    return done


def _records(batch: list[StoredArticle], store: Store, workers: Workers) -> Iterator[Record]:
    """The records of articles with their translations, a few of which are in memory at a time."""
    every = _with_translations(batch, store)
    pieces = _pieces(every, lambda each: len(each[0].article.body), *_PIECE)
    workers = _sharing(workers, sum(len(stored.article.body) for stored in batch))
    return chain.from_iterable(workers.map(_recorded, pieces))


def _with_translations(batch: list[StoredArticle], store: Store) -> Iterator[_Translated]:
    for part in parts(batch):
        found = translations.of(store, [stored.key for stored in part])
        for stored in part:
            yield stored, found.get(stored.key, ())


def _recorded(piece: Sequence[_Translated]) -> list[Record]:
    return [record(stored, translated) for stored, translated in piece]


def _sharing(workers: Workers, characters: int) -> Workers:
    """Those who are to do the work on so many characters."""
    return workers if characters >= _SHARED_CHARACTERS else Workers()


def _pieces(
    items: Iterable[_T], weight: Callable[[_T], int], most: int, characters_enough: int
) -> Iterator[list[_T]]:
    """So many items at a time, or fewer that have characters enough."""
    piece: list[_T] = []
    characters = 0
    for item in items:
        piece.append(item)
        characters += weight(item)
        if len(piece) == most or characters > characters_enough:
            yield piece
            piece, characters = [], 0
    if piece:
        yield piece


def record(stored: StoredArticle, translated: Sequence[Translation] = ()) -> Record:
    """Analyse an article, with its translations, for the engine."""
    article = stored.article
    fields: dict[str, dict[str, list[int]]] = {}
    names: set[str] = set()
    lengths: dict[str, int] = {}
    for name, text in (("title", article.title), ("body", article.body)):
        fields[name], lengths[name] = _positions(text, stored.tag.language)
        names |= name_runs(text) | links(text)
        names.update(filter(_is_spaced_name, fields[name]))
    if translated:
        fields["translation"], lengths["translation"] = _translation(translated)
    return Record(
        key=stored.key,
        language=stored.tag.language,
        published=_day(article.published),
        source=article.source or "",
        fields=fields,
        lengths=lengths,
        names=frozenset(names),
    )


def _is_spaced_name(term: str) -> bool:
    """Whether a term is a whole word, with letters, which may be looked for by its sound."""
    return is_name_like(term) and term[0] != STEM_MARK and not is_unsegmented(term[0])


def _positions(text: str, language: str) -> tuple[dict[str, list[int]], int]:
    positions: dict[str, list[int]] = {}
    last = -1
    for token in analyse(text, language):
        last = max(last, token.position)
        for term in token.terms:
            positions.setdefault(term, []).append(token.position)
    for places in positions.values():
        if any(later <= earlier for earlier, later in pairwise(places)):
            places[:] = sorted(set(places))
    return positions, last + 1


def _translation(translated: Sequence[Translation]) -> tuple[dict[str, list[int]], int]:
    """The terms of the sentences that the guard let through, each in its language."""
    positions: dict[str, list[int]] = {}
    length = 0
    for translation in translated:
        for sentence in translation.good():
            found, words = _positions(sentence.text, translation.target)
            for term, places in found.items():
                positions.setdefault(term, []).extend(length + place for place in places)
            length += words
    return positions, length


def _day(published: str | None) -> int:
    """The calendar day, as the article gives it, as YYYYMMDD."""
    digits = (published or "")[:10].replace("-", "")
    return int(digits.ljust(8, "0")) if digits.isdigit() else 0


def _checked(articles: Iterable[Article | Problem], tally: _Tally) -> Iterator[Article]:
    for number, item in enumerate(articles, 1):
        if isinstance(item, Problem):
            tally.note(item)
            continue
        where = item.origin or (f"article {item.id}" if item.id else f"article {number}")
        what = _why_not(item)
        if what:
            tally.note(Problem(where, what))
            continue
        if item.published is not None:
            published = parse_date(item.published)
            if published is None:
                what = f"the date {item.published[:40]!r} cannot be read; it is left empty"
                tally.note(Problem(where, what, lost=False))
            item = replace(item, published=published)  # noqa: PLW2901
        yield item


def _why_not(article: Article) -> str:
    """Why an article cannot be taken, or nothing."""
    texts = (article.title, article.body, article.id, article.url, article.source, article.language)
    if not all(text is None or isinstance(text, str) for text in texts):
        return "a field is not text"
    if not any(character.isalnum() for character in article.title + article.body):
        return "no text: neither title nor body has a letter or a digit"
    if len(article.title) + len(article.body) > MAX_CHARACTERS:
        return f"longer than {MAX_CHARACTERS:,} characters"
    if any("\ud800" <= character <= "\udfff" for text in texts for character in text or ""):
        return "the text has broken characters (lone surrogates)"
    return ""


def _store(
    batch: list[Article], store: Store, tagger: Tagger, tally: _Tally, workers: Workers
) -> int:
    """Tag and store what is new or changed in a batch; return how many that were."""
    # The last of several with the same id wins, as it would if they came one by one.
    latest = {identify(article): article for article in batch}
    known = store.known(list(latest))
    changed = [
        article
        for id_, article in latest.items()
        if id_ not in known or known[id_][0] != digest(article)
    ]
    tagged: list[tuple[Article, Tag]] = []
    for article, tag in zip(changed, _tags(changed, tagger, workers), strict=True):
        correction = known.get(identify(article), (b"", None))[1]
        tagged.append((article, corrected(tag, correction) if correction else tag))
        tally.languages[tagged[-1][1].language] += 1
    store.put(tagged)
    updated = sum(identify(article) in known for article in changed)
    tally.added += len(changed) - updated
    tally.updated += updated
    tally.unchanged += len(batch) - len(changed)
    return len(changed)


def _tags(articles: Sequence[Article], tagger: Tagger, workers: Workers) -> Iterator[Tag]:
    texts = [(f"{article.title}\n{article.body}", _given(article)) for article in articles]
    if tagger is not default_tagger():  # the only one that other processes have
        return (tagger.tag(*text) for text in texts)
    workers = _sharing(workers, sum(len(text) for text, _ in texts))
    pieces = _pieces(texts, lambda each: len(each[0]), *_PIECE)
    return chain.from_iterable(workers.map(_tagged, pieces))


def _tagged(piece: Sequence[tuple[str, str | None]]) -> list[Tag]:
    tagger = default_tagger()
    return [tagger.tag(text, given) for text, given in piece]


def _given(article: Article) -> str | None:
    return languages.canonical(article.language) if article.language else None
