"""The embedded engine: Whoosh's schema and readers on segments of our own.

Terms arrive analysed, so the text fields have a field type of their own that
takes them as they are, and `dragoman.engines.native` keeps them as arrays. Everything that
filters, sorts or normalises is a column of small numbers; the names behind the numbers are
part of each commit.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
from typing import TYPE_CHECKING

import numpy as np
from whoosh import columns, fields, formats

from dragoman.analysis import fold
from dragoman.engines import FIELDS
from dragoman.engines.codec import POSITION, FileIndex
from dragoman.engines.native.index import Index
from dragoman.engines.native.writing import Writer
from dragoman.engines.snapshot import Snapshot
from dragoman.engines.sounds import Sounds, check_words, keep_words, take_words
from dragoman.engines.wording import Wording
from dragoman.errors import LibraryDamaged, LibraryReadOnly
from dragoman.locks import WriteLock
from dragoman.rank import evaluate, ranking
from dragoman.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from dragoman.engines import Evaluation, Record, Request

_COLUMNS = {"key": "q", "language": "I", "source": "I", "published": "i", "length": "I"}
_NAMED = ("language", "source")
_MADE = "words.new"  # a folder, where an index that is made again has its words meanwhile


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

        Raises `LibraryDamaged`, and `LibraryReadOnly` where it cannot be made or read.
        """
        self._folder = folder
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._index = _open(folder)
        except OSError as error:
            raise LibraryReadOnly(f"{folder}: cannot be used ({error.strerror})") from error
        self._writing = WriteLock(folder)

    def write(
        self,
        records: Iterable[Record],
        removed: Sequence[int] = (),
        workers: Workers | None = None,
    ) -> None:
        """Add or replace these records and drop the removed keys, in one atomic commit.

        Some of it may be done by `workers`; what comes of it is the same. Raises
        `LibraryLocked` where another process is at it, and `LibraryReadOnly`.
        """
        with self._writer() as writer:
            names = self._add(writer, records, workers or Workers(), self._folder)
            writer.commit(names.known, "key", removed)
        self.refresh()

    def rewrite(self, records: Iterable[Record], workers: Workers | None = None) -> None:
        """Put these records in place of all others, in one atomic commit.

        Until then, and where it fails, what was found before is found. Raises
        `LibraryLocked` where another process is writing, and `LibraryReadOnly`.
        """
        with self._writer(anew=True) as writer:
            # Apart, so that no search finds by them until all are there.
            made = self._folder / _MADE
            made.mkdir()
            names = self._add(writer, records, workers or Workers(), made)
            words = take_words(self._folder, made)
            made.rmdir()
            writer.commit(names.known, "key", ())
            keep_words(self._folder, words)
        self.refresh()

    @contextlib.contextmanager
    def _writer(self, *, anew: bool = False) -> Iterator[Writer]:
        """The next commit, of which nothing is left where it fails."""
        with self._writing.held(0):
            self._tidy()
            writer = Writer(self._index.native, anew=anew)
            try:
                yield writer
            except BaseException as error:
                # Where the last commit cannot be read, what is left over waits for the next.
                with contextlib.suppress(LibraryDamaged):
                    writer.cancel()
                self._tidy()
                if isinstance(error, OSError):
                    raise LibraryReadOnly(
                        f"{self._folder}: cannot be written to ({error.strerror})"
                    ) from error
                raise

    def _tidy(self) -> None:
        """Delete what a killed process left of words that were to come."""
        shutil.rmtree(self._folder / _MADE, ignore_errors=True)
        for file in self._folder.glob("names-*.new"):
            file.unlink(missing_ok=True)

    def _add(
        self, writer: Writer, records: Iterable[Record], workers: Workers, folder: Path
    ) -> _Names:
        """Write records and, before they count, their words to a folder: alone they do no harm."""
        names = _Names(writer.names)
        with Wording(folder, workers) as words:
            for record in records:
                words.add(record.language, record.names)
                numbers = {
                    "key": record.key,
                    "language": names.code("language", record.language),
                    "source": names.code("source", record.source),
                    "published": record.published,
                    "length": sum(record.lengths.values()),
                }
                writer.add(record.fields, numbers)
            words.finish(writer.spill)
        return names

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

    def vocabulary(self) -> Snapshot:
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

    def _current(self) -> Snapshot:
        with self._lock:
            if self._snapshot is None:
                reader, names = self._index.open()
                self._snapshot = Snapshot(reader, names, Sounds(self._folder))
            return self._snapshot


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
