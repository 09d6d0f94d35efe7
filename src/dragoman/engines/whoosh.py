"""The embedded engine: Whoosh's schema and readers on segments of our own.

Terms arrive analysed, so the text fields have a field type of their own that
takes them as they are, and `dragoman.engines.native` keeps them as arrays. Everything that
filters, sorts or normalises is a column of small numbers; the names behind the numbers are
part of each commit.
"""

from __future__ import annotations

import contextlib
import threading
from functools import cached_property
from heapq import merge
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from filelock import FileLock, Timeout
from whoosh import columns, fields, formats

from dragoman.analysis import STEM_MARK, fold
from dragoman.arrays import BadArrays
from dragoman.engines import FIELDS
from dragoman.engines.codec import POSITION, FileIndex, TermsReader
from dragoman.engines.native.index import Index
from dragoman.engines.native.inverted import Found
from dragoman.engines.native.nearness import within
from dragoman.engines.native.writing import Writer
from dragoman.engines.sounds import Sounds, add_words, check_words, drop_words, replace_words
from dragoman.errors import LibraryDamaged, LibraryLocked
from dragoman.rank import evaluate, ranking

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from dragoman.engines import Evaluation, Record, Request
    from dragoman.engines.native.dictionary import Dictionary
    from dragoman.engines.native.inverted import Field
    from dragoman.names import Match
    from dragoman.workers import Workers

_COLUMNS = {"key": "q", "language": "I", "source": "I", "published": "i", "length": "I"}
_NAMED = ("language", "source")
_SHARED_WORDS = 50_000  # fewer are not worth a second process

_Made = TypeVar("_Made")


class _Positions(formats.Format):  # type: ignore[misc]
    """Positions of a term in a document, as an array of 32-bit numbers."""

    def decode_positions(self, value: bytes) -> list[int]:
        positions: list[int] = np.frombuffer(value, POSITION).tolist()
        return positions

    def decode_frequency(self, value: bytes) -> int:
        return len(value) // 4

    def decode_weight(self, value: bytes) -> float:
        return float(len(value) // 4)


class _Analysed(fields.FieldType):  # type: ignore[misc]
    """A field whose value is already analysed: term → positions."""

    analyzer = None
    column_type = None
    indexed = True
    scorable = False
    stored = False
    unique = False
    vector = None

    def __init__(self) -> None:
        self.format = _Positions()


def _schema() -> fields.Schema:
    schema = fields.Schema()
    for name in FIELDS:
        schema.add(name, _Analysed())
    for name, typecode in _COLUMNS.items():
        schema.add(name, fields.COLUMN(columns.NumericColumn(typecode)))
    return schema


def _open(folder: Path) -> FileIndex:
    described = dict.fromkeys(FIELDS, "terms with positions") | dict.fromkeys(_COLUMNS, "number")
    return FileIndex(Index(folder, described, tuple(_COLUMNS)), _schema())


class WhooshEngine:
    """Implements `dragoman.engines.Engine` on a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Open the folder, making it where there is none.

        Raises `LibraryDamaged`.
        """
        self._folder = folder
        self._lock = threading.Lock()
        self._snapshot: _Snapshot | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._file_lock = FileLock(folder / "write.lock", timeout=0)
        self._index = _open(folder)

    def write(
        self,
        records: Iterable[Record],
        removed: Sequence[int] = (),
        workers: Workers | None = None,
    ) -> None:
        """Add or replace these records and drop the removed keys, in one atomic commit.

        Some of it may be done by `workers`; what comes of it is the same. Raises
        `LibraryLocked` where another process is at it.
        """
        with _Locked(self._file_lock):
            writer = Writer(self._index.native)
            try:
                names, words = _add(writer, records)
                if words:
                    # Before the commit: a word without a record does no harm.
                    _meanwhile(writer, words, workers, add_words, self._folder)
                writer.commit(names.known, "key", removed)
            except BaseException:
                writer.cancel()
                raise
        self.refresh()

    def rewrite(self, records: Iterable[Record], workers: Workers | None = None) -> None:
        """Put these records in place of all others, in one atomic commit.

        Until then, and where it fails, what was found before is found. Raises
        `LibraryLocked` where another process is writing.
        """
        with _Locked(self._file_lock):
            writer = Writer(self._index.native, anew=True)
            try:
                names, words = _add(writer, records)
                file = _meanwhile(writer, words, workers, replace_words, self._folder)
                writer.commit(names.known, "key", ())
            except BaseException:
                # Where the last commit cannot be read, what is left over waits for the next.
                with contextlib.suppress(LibraryDamaged):
                    writer.cancel()
                raise
            drop_words(self._folder, but=file)
        self.refresh()

    def refresh(self) -> None:
        """See what other processes have committed."""
        with self._lock:
            if self._snapshot and self._snapshot.generation != self._index.latest_generation():
                self._snapshot = None

    def keys(self) -> list[int]:
        """The keys of all records, ascending."""
        snapshot = self._current()
        found: list[int] = np.sort(snapshot.keys[snapshot.alive]).tolist()
        return found

    def vocabulary(self) -> _Snapshot:
        """The term dictionary as of the last `refresh`."""
        return self._current()

    def evaluate(self, request: Request) -> Evaluation:
        """Find, rank and count."""
        return evaluate(self._current(), request, fold)

    def ranking(self, request: Request) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The keys of all records that match, and their scores, in order."""
        return ranking(self._current(), request, fold)

    def check(self) -> list[str]:
        """What is wrong with the files on disk, each of which is read as a whole."""
        return self._index.native.check() + check_words(self._folder)

    def close(self) -> None:
        """Release files and memory."""
        with self._lock:
            self._close_snapshot()
            self._index.close()

    def _close_snapshot(self) -> None:
        if self._snapshot:
            self._snapshot.reader.close()
            self._snapshot = None

    def _current(self) -> _Snapshot:
        with self._lock:
            if self._snapshot is None:
                reader, names = self._index.open()
                self._snapshot = _Snapshot(reader, names, Sounds(self._folder))
            return self._snapshot


class _Locked:
    """The right to write to a folder."""

    def __init__(self, lock: FileLock) -> None:
        self._lock = lock

    def __enter__(self) -> None:
        try:
            self._lock.acquire()
        except Timeout as error:
            raise LibraryLocked(
                f"{self._lock.lock_file}: another process is writing to this index"
            ) from error

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _add(writer: Writer, records: Iterable[Record]) -> tuple[_Names, dict[str, set[str]]]:
    """Write records; return the names behind their numbers, and their words by language."""
    names = _Names(writer.names)
    words: dict[str, set[str]] = {}
    for record in records:
        words.setdefault(record.language, set()).update(record.names)
        numbers = {
            "key": record.key,
            "language": names.code("language", record.language),
            "source": names.code("source", record.source),
            "published": record.published,
            "length": sum(record.lengths.values()),
        }
        writer.add(record.fields, numbers)
    return names, words


def _meanwhile(
    writer: Writer,
    words: Mapping[str, Collection[str]],
    workers: Workers | None,
    work: Callable[[Path, Mapping[str, Collection[str]]], _Made],
    folder: Path,
) -> _Made:
    """Do something with the words; where they are many, while the records are written."""
    if not workers or sum(map(len, words.values())) < _SHARED_WORDS:
        return work(folder, words)
    wait = workers.start(work, folder, words)
    try:
        writer.spill()
    finally:
        made = wait()  # even so: nobody is to write words behind the back of the next commit
    return made


class _Names:
    """The strings behind the numbers of the columns; a name keeps its number for ever."""

    def __init__(self, known: Mapping[str, Sequence[str]]) -> None:
        self.known = {column: list(known.get(column, ())) for column in _NAMED}
        self._codes = {
            column: {name: code for code, name in enumerate(names)}
            for column, names in self.known.items()
        }

    def code(self, column: str, name: str) -> int:
        codes = self._codes[column]
        if name not in codes:
            codes[name] = len(codes)
            self.known[column].append(name)
        return codes[name]


class _Snapshot:
    """One commit, as arrays; implements `dragoman.scoring.Snapshot` and `Vocabulary`."""

    def __init__(self, reader: Any, names: Mapping[str, list[str]], sounds: Sounds) -> None:  # noqa: ANN401
        """Read the columns.

        Raises `LibraryDamaged`.
        """
        self.reader = reader
        self._sounds = sounds
        self.generation = reader.generation()
        self._leaves = [leaf for leaf, _ in reader.leaf_readers() if leaf.doc_count_all()]
        sizes = [leaf.doc_count_all() for leaf in self._leaves]
        self._starts = [sum(sizes[:place]) for place in range(len(sizes))]
        self.keys = self._column("key")
        self.languages, self.language = self._named("language", names)
        self.sources, self.source = self._named("source", names)
        self.published = self._column("published")
        self.length = self._column("length").astype(np.float32)
        self.alive = np.concatenate(
            [np.ones(0, bool), *(leaf.segment().part.alive for leaf in self._leaves)]
        )

    def _column(self, name: str) -> NDArray[np.int64]:
        parts = [leaf.segment().part.segment.column(name) for leaf in self._leaves]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    def _named(
        self, name: str, names: Mapping[str, list[str]]
    ) -> tuple[list[str], NDArray[np.int64]]:
        known, numbers = list(names.get(name, ())), self._column(name)
        if len(numbers) and not (numbers.min() >= 0 and numbers.max() < len(known)):
            raise BadArrays(f"damaged (a number without a name in the column {name})")
        return known, numbers

    # dragoman.scoring.Snapshot

    def postings(self, field: str, terms: Sequence[str]) -> Found:
        """The records that hold each of these terms, and how often."""
        encoded = [term.encode() for term in terms]
        parts = [
            (start, part.postings(encoded))
            for leaf, start in zip(self._leaves, self._starts, strict=True)
            if (part := _terms(leaf).field(field))
        ]
        if not parts:
            return _NOTHING
        return Found(
            np.concatenate([found.term for _, found in parts]),
            np.concatenate([found.document + start for start, found in parts]),
            np.concatenate([found.frequency for _, found in parts]),
        )

    def phrases(self, field: str, phrases: Sequence[tuple[tuple[str, ...], int]]) -> Found:
        """The records that hold terms in a row, and how often; each phrase with its gap."""
        words = list(dict.fromkeys(term for terms, _ in phrases for term in terms))
        encoded = [word.encode() for word in words]
        found: list[tuple[int, NDArray[np.int64], NDArray[np.int64]]] = []
        for leaf, start in zip(self._leaves, self._starts, strict=True):
            part = _terms(leaf).field(field)
            if not part:
                continue
            numbers = dict(zip(words, part.find(encoded).tolist(), strict=True))
            rows = [
                (which, [numbers[term] for term in terms], gap)
                for which, (terms, gap) in enumerate(phrases)
                if all(numbers[term] >= 0 for term in terms)
            ]
            if not rows:
                continue
            places = _places(part, {number for _, row, _ in rows for number in row})
            for which, row, gap in rows:
                records, counts = _in_a_row([places[number] for number in row], gap)
                if len(records):
                    found.append((which, records + start, counts))
        if not found:
            return _NOTHING
        owner = np.array([which for which, _, _ in found])
        return Found(
            np.repeat(owner, [len(records) for _, records, _ in found]),
            np.concatenate([records for _, records, _ in found]),
            np.concatenate([counts for _, _, counts in found]).astype(np.float32),
        )

    # dragoman.engines.Vocabulary

    @cached_property
    def _counts(self) -> dict[str, int]:
        counts = np.bincount(self.language[self.alive], minlength=len(self.languages))
        return {
            name: int(count) for name, count in zip(self.languages, counts, strict=True) if count
        }

    def articles(self) -> Mapping[str, int]:
        """Number of articles by language."""
        return self._counts

    def holding(self, terms: Sequence[str]) -> Sequence[Mapping[str, int]]:
        """For each term, how many articles of each language have it in the title or the body."""
        places = [_NONE]
        for name in ("title", "body"):
            found = self.postings(name, terms)
            places.append((found.term * _FAR + found.document)[self.alive[found.document]])
        term, record = np.divmod(np.unique(np.concatenate(places)), _FAR)
        pairs, counts = np.unique(term * _FAR + self.language[record], return_counts=True)
        held: list[dict[str, int]] = [{} for _ in terms]
        for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
            held[pair // _FAR][self.languages[pair % _FAR]] = count
        return held

    def starting(self, prefix: str) -> Iterator[str]:
        """The surface terms that start with this, in code point order."""
        lists = [dictionary.starting(prefix) for dictionary in self._dictionaries()]
        for term, _ in groupby(merge(*lists)):
            if not term.startswith(STEM_MARK):
                yield term

    def _dictionaries(self) -> list[Dictionary]:
        """Those in which a word of the query is looked for."""
        return [
            part.dictionary
            for leaf in self._leaves
            for name in ("title", "body")
            if (part := _terms(leaf).field(name))
        ]

    def within(self, word: str, distance: int) -> Iterator[str]:
        """The surface terms that differ from a word by at most this many letters (1 or 2)."""
        found = {
            term
            for dictionary in self._dictionaries()
            for term in within(dictionary, word, distance)
        }
        return (term for term in sorted(found) if not term.startswith(STEM_MARK))

    def sounding_like(self, word: str, languages: Collection[str]) -> Mapping[str, Sequence[Match]]:
        """By language, the names of its records that sound like a folded word, best first."""
        return self._sounds.find(word, languages)


def _terms(leaf: Any) -> TermsReader:  # noqa: ANN401 - Whoosh is untyped
    terms: TermsReader = leaf._terms  # noqa: SLF001 - the reader that our codec gave it
    return terms


_NONE = np.zeros(0, np.int64)
_NOTHING = Found(_NONE, _NONE, _NONE.astype(np.float32))
_FAR = 1 << 32  # beyond any position in a record


def _places(part: Field, numbers: Collection[int]) -> dict[int, NDArray[np.int64]]:
    """Where each of these terms occurs, as one number for record and position, ascending."""
    ordered = np.array(sorted(numbers), np.int64)
    read = part.read(ordered, positions=True)
    places = np.repeat(read.documents, read.frequencies) * _FAR + read.positions
    upto = np.cumsum(read.frequencies)[np.cumsum(read.counts) - 1]
    return dict(zip(ordered.tolist(), np.split(places, upto[:-1]), strict=True))


def _in_a_row(
    places: Sequence[NDArray[np.int64]], gap: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The records in which terms follow each other, with at most `gap` between all, how often."""
    starts = _with_gaps(places, gap) if gap else _side_by_side(places)
    if not len(starts):
        return _NONE, _NONE
    records, counts = np.unique(starts // _FAR, return_counts=True)
    return records, counts


def _side_by_side(places: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Where each term stands right after the one before, looked for from the rarest term on."""
    rarest, *others = sorted(range(len(places)), key=lambda step: len(places[step]))
    starts = places[rarest] - rarest
    for step in others:
        if not len(starts):
            break
        wanted, column = starts + step, places[step]
        starts = starts[column.take(np.searchsorted(column, wanted), mode="clip") == wanted]
    return starts


def _with_gaps(places: Sequence[NDArray[np.int64]], gap: int) -> NDArray[np.int64]:
    starts = ends = places[0]
    for column in places[1:]:
        after = np.searchsorted(column, ends, side="right")
        there = after < len(column)
        starts, ends = starts[there], column[after[there]]
    return starts[ends - starts - (len(places) - 1) <= gap]
