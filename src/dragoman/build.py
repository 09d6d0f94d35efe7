"""The build path: articles → tag → store → analyse → engine."""

from __future__ import annotations

import json
import re
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Literal, TypeVar

from dragoman import languages, translations
from dragoman.dates import parse_date
from dragoman.engines.terms import PackedTerms
from dragoman.model import Article, Problem, Report
from dragoman.recording import record
from dragoman.store import corrected, digest, identify, parts
from dragoman.tag import default_tagger
from dragoman.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from dragoman.engines import Engine, Record
    from dragoman.model import StoredArticle, Tag
    from dragoman.store import Store
    from dragoman.tag import Tagger
    from dragoman.translations import Translation

    OnProgress = Callable[["Progress"], None]
    _Translated = tuple[StoredArticle, Sequence[Translation]]

_T = TypeVar("_T")

ANALYSIS_VERSION = 5
"""Raised when the same article would be analysed differently: the index is then made again."""

MAX_CHARACTERS = 16_000_000
MAX_PROBLEMS = 1000

_SURROGATE = re.compile("[\ud800-\udfff]")

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

    Each batch is durable in the store before the next is read, or with several
    `jobs` before much more is read; what a kill leaves unindexed is indexed the
    next time the library is opened. Many articles are tagged and analysed by so
    many `jobs`, or processes; what comes of it is the same. Raises `LibraryError`
    where one of them is killed.
    """
    tally = _Tally()
    waiting = 0
    with Workers(jobs) as workers:
        every = _with_tags(_checked(articles, tally), store, tagger, workers)
        for batch in _pieces(every, lambda each: len(each[0].body), *_BATCH):
            waiting += _store(batch, store, tagger, tally)
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


def rebuild(store: Store, engine: Engine, on_progress: OnProgress, jobs: int = 1) -> int:
    """Make the index again from the whole store; return the number of articles.

    It takes the place of the old one when it is done: until then, and where this
    is killed, a search finds what it found before. `jobs` is as in `add`.
    """
    keys = store.keys()
    with Workers(jobs) as workers:
        engine.rewrite(_every(keys, store, on_progress, workers), workers)
    # Only now: a kill before this line costs a second indexing, never an article.
    store.mark_clean()
    return len(keys)


def _every(
    keys: Sequence[int], store: Store, on_progress: OnProgress, workers: Workers
) -> Iterator[Record]:
    for start in range(0, len(keys), _COMMIT_ARTICLES):
        part = keys[start : start + _COMMIT_ARTICLES]
        yield from _records(part, store, workers)
        on_progress(Progress("indexed", start + len(part)))


def _index(store: Store, engine: Engine, on_progress: OnProgress, workers: Workers) -> int:
    done = 0
    while not store.is_clean():
        keys = store.dirty(_COMMIT_ARTICLES)
        removed = store.removed()
        engine.write(_records(keys, store, workers), removed, workers)
        # Only now: a kill before this line costs a second indexing, never an article.
        store.mark_clean(keys, removed)
        done += len(keys)
        on_progress(Progress("indexed", done))
    return done


def _records(keys: Sequence[int], store: Store, workers: Workers) -> Iterator[Record]:
    """The records of articles with their translations, a few of which are in memory at a time."""
    every = _with_translations(keys, store)
    workers, pieces = _shared(workers, every, lambda each: len(each[0].article.body))
    return chain.from_iterable(workers.map(_recorded, pieces))


def _with_translations(keys: Sequence[int], store: Store) -> Iterator[_Translated]:
    for part in parts(keys):
        found, translated = store.by_keys(part), translations.of(store, part)
        for key in part:
            yield found[key], translated.get(key, ())


def _recorded(piece: Sequence[_Translated]) -> list[Record]:
    return [_packed(record(stored, translated)) for stored, translated in piece]


def _packed(made: Record) -> Record:
    """The record as it is sent from a process to another."""
    fields = {name: PackedTerms.of(terms) for name, terms in made.fields.items()}
    return replace(made, fields=fields)


def _shared(
    workers: Workers, items: Iterable[_T], weight: Callable[[_T], int]
) -> tuple[Workers, Iterator[list[_T]]]:
    """Those who are to do the work on items of so many characters, and the items in pieces."""
    pieces = _pieces(items, weight, *_PIECE)
    ahead: list[list[_T]] = []
    left = _SHARED_CHARACTERS if workers.jobs > 1 else 0
    while left > 0:
        piece = next(pieces, None)
        if piece is None:
            return Workers(), iter(ahead)
        ahead.append(piece)
        left -= sum(map(weight, piece))
    return workers, chain(ahead, pieces)


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
    optional = (article.id, article.url, article.source, article.language, article.section,
                article.origin)  # fmt: skip
    given = (text for text in optional if text is not None)
    texts = (article.title, article.body, *article.authors, *given)
    if not all(isinstance(text, str) for text in texts):
        return "a field is not text"
    if not any(character.isalnum() for character in article.title + article.body):
        return "no text: neither title nor body has a letter or a digit"
    if len(article.title) + len(article.body) > MAX_CHARACTERS:
        return f"longer than {MAX_CHARACTERS:,} characters"
    try:
        extra = json.dumps(dict(article.extra), ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return "extra holds something that JSON has not"
    if _SURROGATE.search("".join((*texts, extra))):
        return "the text has broken characters (lone surrogates)"
    return ""


def _store(
    batch: Sequence[tuple[Article, Tag | None]], store: Store, tagger: Tagger, tally: _Tally
) -> int:
    """Store what is new or changed in a batch; return how many that were."""
    # The last of several with the same id wins, as it would if they came one by one.
    latest = {identify(article): (article, tag) for article, tag in batch}
    known = store.known(list(latest))
    tagged: list[tuple[Article, Tag]] = []
    updated = 0
    for id_, (article, found) in latest.items():
        held, correction = known.get(id_, (b"", None))
        if id_ in known and held == digest(article):
            continue
        # It has none yet if it was in the store until another with its id was put there.
        tag = found or tagger.tag(*_text(article))
        tagged.append((article, corrected(tag, correction) if correction else tag))
        tally.languages[tagged[-1][1].language] += 1
        updated += id_ in known
    store.put(tagged)
    tally.added += len(tagged) - updated
    tally.updated += updated
    tally.unchanged += len(batch) - len(tagged)
    return len(tagged)


def _with_tags(
    articles: Iterable[Article], store: Store, tagger: Tagger, workers: Workers
) -> Iterator[tuple[Article, Tag | None]]:
    """Articles with their tags; what the store holds already, as it is, has none."""
    if tagger is not default_tagger():  # the only one that other processes have
        yield from ((article, None) for article in articles)
        return
    workers, pieces = _shared(workers, articles, lambda each: len(each.body))
    asked: deque[list[tuple[Article, bool]]] = deque()

    def texts() -> Iterator[list[tuple[str, str | None]]]:
        for piece in pieces:
            asked.append(_with_news(piece, store))
            yield [_text(article) for article, is_new in asked[-1] if is_new]

    for found in workers.map(_tagged, texts()):
        tags = iter(found)
        yield from (
            (article, next(tags) if is_new else None) for article, is_new in asked.popleft()
        )


def _with_news(piece: Sequence[Article], store: Store) -> list[tuple[Article, bool]]:
    """Articles, and whether each is new to the store or not the same as there."""
    ids = [identify(article) for article in piece]
    known = store.known(ids)
    return [
        (article, id_ not in known or known[id_][0] != digest(article))
        for id_, article in zip(ids, piece, strict=True)
    ]


def _tagged(piece: Sequence[tuple[str, str | None]]) -> list[Tag]:
    tagger = default_tagger()
    return [tagger.tag(text, given) for text, given in piece]


def _text(article: Article) -> tuple[str, str | None]:
    """What an article is tagged by: its text, and the language given."""
    given = languages.canonical(article.language) if article.language else None
    return f"{article.title}\n{article.body}", given
