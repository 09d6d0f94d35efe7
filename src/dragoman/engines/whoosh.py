"""The embedded engine: Whoosh's schema, segments, commits and locks.

Terms arrive analysed, so the text fields have a field type of their own that
takes them as they are, and the codec keeps them as arrays. Everything that filters,
sorts or normalises is a column of small numbers; the names behind the numbers are
in ``names.json``.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from functools import cached_property
from heapq import merge
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
from whoosh import columns, fields, formats, index

from dragoman.analysis import STEM_MARK, fold
from dragoman.engines import FIELDS
from dragoman.engines.codec import Codec, Found, Storage, TermsReader
from dragoman.engines.sounds import Sounds, add_words
from dragoman.errors import LibraryDamaged
from dragoman.rank import evaluate, ranking

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from dragoman.engines import Evaluation, Record, Request
    from dragoman.names import Match

_MEMORY_MB = 256


class _Positions(formats.Format):  # type: ignore[misc]
    """Positions of a term in a document, as an array of 32-bit numbers."""

    def decode_positions(self, value: bytes) -> NDArray[np.uint32]:
        return np.frombuffer(value, "<u4")

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

    def index(
        self, value: Mapping[str, Sequence[int]], **_: object
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        for term, positions in value.items():
            count = len(positions)
            yield term.encode(), count, float(count), np.asarray(positions, "<u4").tobytes()


_COLUMNS = {"key": "I", "language": "I", "source": "I", "published": "i", "length": "I"}


def _schema() -> fields.Schema:
    schema = fields.Schema()
    for name in FIELDS:
        schema.add(name, _Analysed())
    for name, typecode in _COLUMNS.items():
        schema.add(name, fields.COLUMN(columns.NumericColumn(typecode)))
    return schema


def _open(folder: Path) -> index.FileIndex:
    """Open or make the index; what Whoosh offers to find out would unpickle the schema."""
    storage = Storage(str(folder))
    if not any(folder.glob("_MAIN_*.toc")):
        return storage.create_index(_schema())
    try:
        return index.FileIndex(storage, schema=_schema())
    except Exception as error:  # a broken file can raise anything in Whoosh
        raise LibraryDamaged(f"{folder} is damaged: run dragoman rebuild") from error


class WhooshEngine:
    """Implements `dragoman.engines.Engine` on a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._snapshot: _Snapshot | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._index = _open(folder)

    def write(self, records: Iterable[Record], removed: Sequence[int] = ()) -> None:
        """Add or replace these records and drop the removed keys, in one atomic commit."""
        self.refresh()
        names = _Names.load(self._folder)
        writer = self._index.writer(limitmb=_MEMORY_MB, codec=Codec(), compound=False)
        dropped = list(removed)
        words: dict[str, set[str]] = {}
        try:
            for record in records:
                dropped.append(record.key)
                words.setdefault(record.language, set()).update(record.names)
                writer.add_document(
                    key=record.key,
                    language=names.code("language", record.language),
                    source=names.code("source", record.source),
                    published=record.published,
                    length=sum(record.lengths.values()),
                    **{name: terms for name, terms in record.fields.items() if terms},
                )
            snapshot = self._current()
            old = np.flatnonzero(np.isin(snapshot.keys, dropped) & snapshot.alive)
            for number in old.tolist():
                writer.delete_document(number)
            names.save(self._folder)
            if words:
                # Before the commit: a word without a record does no harm.
                add_words(self._folder, words)
        except BaseException:
            writer.cancel()
            raise
        writer.commit()
        self.refresh()

    def clear(self) -> None:
        """Drop every record."""
        with self._lock:
            self._close_snapshot()
            shutil.rmtree(self._folder)
            self._folder.mkdir()
            self._index = Storage(str(self._folder)).create_index(_schema())

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
        """What is wrong with the files on disk; empty when they are sound."""
        try:
            snapshot = self._open_snapshot()
            for name in FIELDS:
                terms = [term.decode() for term in snapshot.reader.lexicon(name)]
                snapshot.postings(name, terms)
        except Exception as error:  # noqa: BLE001 - a broken file can raise anything in Whoosh
            return [f"{self._folder}: {type(error).__name__}: {error}"]
        return []

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
                self._snapshot = self._open_snapshot()
            return self._snapshot

    def _open_snapshot(self) -> _Snapshot:
        return _Snapshot(self._index.reader(), _Names.load(self._folder), Sounds(self._folder))


class _Names:
    """The strings behind the numbers of the columns; a name keeps its number for ever."""

    def __init__(self, names: dict[str, list[str]]) -> None:
        self._names = names
        self._codes = {
            column: {name: code for code, name in enumerate(known)}
            for column, known in names.items()
        }

    @classmethod
    def load(cls, folder: Path) -> _Names:
        path = folder / "names.json"
        if not path.exists():
            return cls({"language": [], "source": []})
        try:
            held = json.loads(path.read_text("utf-8"))
            names = {
                column: [str(name) for name in held[column]] for column in ("language", "source")
            }
        except (ValueError, KeyError, TypeError) as error:
            raise LibraryDamaged(f"{path} is damaged: run dragoman rebuild") from error
        return cls(names)

    def code(self, column: str, name: str) -> int:
        codes = self._codes[column]
        if name not in codes:
            codes[name] = len(codes)
            self._names[column].append(name)
        return codes[name]

    def of(self, column: str) -> list[str]:
        return list(self._names[column])

    def save(self, folder: Path) -> None:
        """Write before the commit: a number without a name must never be read."""
        temporary = folder / "names.json.new"
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(self._names, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(folder / "names.json")


class _Snapshot:
    """One commit, as arrays; implements `dragoman.rank.Snapshot` and `Vocabulary`."""

    def __init__(self, reader: Any, names: _Names, sounds: Sounds) -> None:  # noqa: ANN401
        self.reader = reader
        self._sounds = sounds
        self.generation = reader.generation()
        self.languages = names.of("language")
        self.sources = names.of("source")
        self._leaves = [leaf for leaf, _ in reader.leaf_readers() if leaf.doc_count_all()]
        sizes = [leaf.doc_count_all() for leaf in self._leaves]
        self._starts = [sum(sizes[:place]) for place in range(len(sizes))]
        self.keys = self._column("key")
        self.language = self._column("language")
        self.source = self._column("source")
        self.published = self._column("published")
        self.length = self._column("length").astype(np.float32)
        self.alive = np.ones(len(self.keys), bool)
        for leaf, start in zip(self._leaves, self._starts, strict=True):
            if leaf.has_deletions():
                gone = [number for number in range(leaf.doc_count_all()) if leaf.is_deleted(number)]
                self.alive[[start + number for number in gone]] = False

    def _column(self, name: str) -> NDArray[np.int64]:
        parts = [
            np.fromiter(leaf.column_reader(name, translate=False), np.int64, leaf.doc_count_all())
            for leaf in self._leaves
        ]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    # dragoman.rank.Snapshot

    def postings(self, field: str, terms: Sequence[str]) -> Found:
        """The records that hold each of these terms, and how often."""
        encoded = [term.encode() for term in terms]
        parts = [
            (start, part.postings(encoded))
            for leaf, start in zip(self._leaves, self._starts, strict=True)
            if (part := _terms(leaf).field(field))
        ]
        if not parts:
            return Found(_NONE, _NONE, _NONE.astype(np.float32))
        return Found(
            np.concatenate([found.term for _, found in parts]),
            np.concatenate([found.document + start for start, found in parts]),
            np.concatenate([found.frequency for _, found in parts]),
        )

    def phrase(
        self, field: str, terms: tuple[str, ...], gap: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The records that hold these terms in a row, and how often each does."""
        encoded = [term.encode() for term in terms]
        records, counts = [_NONE], [_NONE]
        for leaf, start in zip(self._leaves, self._starts, strict=True):
            part = _terms(leaf).field(field)
            numbers = part.find(encoded).tolist() if part else [-1]
            if part and min(numbers) >= 0:
                found, count = _in_a_row([part.positions(number) for number in numbers], gap)
                records.append(found + start)
                counts.append(count)
        return np.concatenate(records), np.concatenate(counts).astype(np.float32)

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

    def articles_with(self, terms: Sequence[str], language: str) -> Sequence[int]:
        """In how many articles of a language each of these terms is in the title or the body."""
        codes = [code for code, name in enumerate(self.languages) if name == language]
        mine = self.alive & np.isin(self.language, codes)
        places = [_NONE]
        for name in ("title", "body"):
            found = self.postings(name, terms)
            keep = mine[found.document]
            places.append(found.term[keep] * _FAR + found.document[keep])
        owner = np.unique(np.concatenate(places)) // _FAR
        counts: list[int] = np.bincount(owner, minlength=len(terms)).tolist()
        return counts

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
        lists = (self.reader.expand_prefix(name, prefix.encode()) for name in ("title", "body"))
        for term, _ in groupby(merge(*lists)):
            if not term.startswith(STEM_MARK.encode()):
                yield term.decode()

    def within(self, word: str, distance: int) -> Iterator[str]:
        """The surface terms that differ from a word by at most this many letters (1 or 2)."""
        found = {
            term
            for name in ("title", "body")
            for term in self.reader.terms_within(name, word, maxdist=distance)
        }
        return (term for term in sorted(found) if not term.startswith(STEM_MARK))

    def sounding_like(self, word: str, languages: Collection[str]) -> Mapping[str, Sequence[Match]]:
        """By language, the names of its records that sound like a folded word, best first."""
        return self._sounds.find(word, languages)


def _terms(leaf: Any) -> TermsReader:  # noqa: ANN401 - Whoosh is untyped
    terms: TermsReader = leaf._terms  # noqa: SLF001 - the reader that our codec gave it
    return terms


_NONE = np.zeros(0, np.int64)
_FAR = 1 << 32  # beyond any position in a record


def _in_a_row(
    occurrences: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]], gap: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The records in which terms follow each other, with at most `gap` between all, how often."""
    places = [record * _FAR + position for record, position in occurrences]
    starts = ends = places[0]
    for step, column in enumerate(places[1:], 1):
        if gap == 0:
            starts = starts[np.isin(starts + step, column, assume_unique=True)]
            continue
        after = np.searchsorted(column, ends, side="right")
        there = after < len(column)
        starts, ends = starts[there], column[after[there]]
    if gap:
        starts = starts[ends - starts - (len(places) - 1) <= gap]
    records, counts = np.unique(starts // _FAR, return_counts=True)
    return records, counts
