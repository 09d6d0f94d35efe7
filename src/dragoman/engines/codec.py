"""A codec that gives Whoosh its term dictionaries and postings as arrays in one mapped file.

Whoosh keeps its schema, segments, commits, merges, columns and locks; only the inverted index
is stored differently: per field the terms in order, a table of their hashes, and for all
postings together the documents, the frequencies and the positions, one after the other. Nothing
is decoded when read, many terms are looked up at once, and nothing in the folder is unpickled
but the list of segments, for which only the classes named below are let through.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from array import array
from bisect import bisect_left
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from whoosh.codec import base
from whoosh.codec.whoosh3 import W3Codec, W3PerDocReader, W3Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo, TermNotFound

from dragoman.arrays import BadArrays, read_arrays, spread, write_arrays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

_EXTENSION = ".arrays"
_POSITION = "<u4"


def _hash(term: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(term, digest_size=8).digest(), "little")


class Found(NamedTuple):
    """Postings of several terms, as parallel arrays."""

    term: NDArray[np.int64]
    """Index into the terms that were asked for."""
    document: NDArray[np.int64]
    frequency: NDArray[np.float32]


class Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's own codec but for the inverted index."""

    length_stats = False

    def field_writer(self, storage: FileStorage, segment: Segment) -> _FieldWriter:
        """A writer of the inverted index."""
        return _FieldWriter(_path(storage, segment))

    def terms_reader(self, storage: FileStorage, segment: Segment) -> TermsReader:
        """A reader of the inverted index."""
        return TermsReader(_path(storage, segment))

    def per_document_reader(self, storage: FileStorage, segment: Segment) -> _PerDocumentReader:
        """A reader of the columns."""
        return _PerDocumentReader(storage, segment)

    def new_segment(self, _: FileStorage, indexname: str) -> Segment:
        """A segment without documents yet."""
        return Segment(self, indexname)


class Segment(W3Segment):  # type: ignore[misc]
    """A segment that is written by this codec."""


def _path(storage: FileStorage, segment: Segment) -> Path:
    return Path(storage.folder, segment.make_filename(_EXTENSION))


class _PerDocumentReader(W3PerDocReader):  # type: ignore[misc]
    def stored_fields(self, _: int) -> dict[str, object]:
        """Nothing: Whoosh would read stored fields as pickles, and we have none."""
        return {}


# Opening without running code

_SAFE = {(cls.__module__, cls.__qualname__): cls for cls in (Codec, Segment, defaultdict, int, set)}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - whatever it is of
        """Only what a list of segments is made of."""
        if (module, name) not in _SAFE:
            raise pickle.UnpicklingError(f"{module}.{name} does not belong in an index")
        return _SAFE[module, name]


class _File(StructFile):  # type: ignore[misc]
    def read_pickle(self) -> Any:  # noqa: ANN401 - whatever was written
        """The list of segments."""
        return _Unpickler(self.file).load()


class Storage(FileStorage):  # type: ignore[misc]
    """A folder in which no file can make Whoosh run code."""

    def open_file(self, name: str, **options: Any) -> _File:  # noqa: ANN401 - Whoosh is untyped
        """Read the whole file, so that none stays open when Whoosh cannot make sense of it."""
        return _File(io.BytesIO(Path(self._fpath(name)).read_bytes()), name=name, **options)


# Writing


class _FieldWriter(base.FieldWriter):  # type: ignore[misc]
    """Gathers the postings, which come sorted by field, term and document."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._arrays: dict[str, NDArray[Any]] = {}
        self._fields: list[str] = []
        self.is_closed = False

    def add_postings(
        self, _: object, __: object, items: Iterable[tuple[str, bytes, int, float, bytes]]
    ) -> None:
        field: _Gathered | None = None
        name = ""
        for fieldname, term, document, _weight, positions in items:
            if field is None or fieldname != name:
                self._finish(name, field)
                field, name = _Gathered(), fieldname
            field.add(term, document, positions)
        self._finish(name, field)

    def _finish(self, name: str, field: _Gathered | None) -> None:
        if field is not None:
            self._fields.append(name)
            self._arrays.update({f"{name}.{key}": each for key, each in field.arrays().items()})

    def close(self) -> None:
        write_arrays(self._path, self._arrays, {"fields": self._fields})
        self.is_closed = True


class _Gathered:
    """One field's postings."""

    def __init__(self) -> None:
        self._terms: list[bytes] = []
        self._last: bytes | None = None
        self._posting_ends = array("Q")
        self._documents = array("I")
        self._frequencies = array("I")
        self._positions = bytearray()

    def add(self, term: bytes, document: int, positions: bytes) -> None:
        if term != self._last:
            self._terms.append(term)
            self._posting_ends.append(len(self._documents))
            self._last = term
        self._documents.append(document)
        self._frequencies.append(len(positions) // 4)
        self._positions += positions

    def arrays(self) -> dict[str, NDArray[Any]]:
        hashes = np.array([_hash(term) for term in self._terms], np.uint64)
        order = np.argsort(hashes, kind="stable")
        frequencies = np.frombuffer(self._frequencies, np.uint32)
        ends = np.append(np.frombuffer(self._posting_ends, np.uint64), len(self._documents))[1:]
        return {
            "term_ends": np.cumsum([len(term) for term in self._terms]).astype("<u8"),
            "term_bytes": np.frombuffer(b"".join(self._terms), np.uint8),
            "hashes": hashes[order].astype("<u8"),
            "hash_terms": order.astype("<u4"),
            "posting_ends": ends.astype("<u8"),
            "documents": np.frombuffer(self._documents, np.uint32).astype("<u4"),
            "position_ends": np.cumsum(frequencies, dtype=np.uint64).astype("<u8"),
            "positions": np.frombuffer(bytes(self._positions), _POSITION),
        }


# Reading


def _before(ends: NDArray[Any], number: int) -> int:
    """Where the stretch of this number begins: at the end of the one before."""
    return int(ends[number - 1]) if number else 0


class _Field:
    """The terms and postings of one field."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], name: str) -> None:
        self._term_ends = arrays[f"{name}.term_ends"]
        self._term_bytes = arrays[f"{name}.term_bytes"]
        self._hashes = arrays[f"{name}.hashes"]
        self._hash_terms = arrays[f"{name}.hash_terms"]
        self._posting_ends = arrays[f"{name}.posting_ends"]
        self._documents = arrays[f"{name}.documents"]
        self._position_ends = arrays[f"{name}.position_ends"]
        self._positions = arrays[f"{name}.positions"]

    def __len__(self) -> int:
        return len(self._term_ends)

    def term(self, number: int) -> bytes:
        return self._term_bytes[
            _before(self._term_ends, number) : self._term_ends[number]
        ].tobytes()

    def find(self, terms: Sequence[bytes]) -> NDArray[np.int64]:
        """The number of each term, or -1."""
        hashes = np.array([_hash(term) for term in terms], np.uint64)
        at = np.searchsorted(self._hashes, hashes)
        at[at == len(self._hashes)] = 0
        numbers = np.full(len(terms), -1, np.int64)
        if not len(self._hashes):
            return numbers
        for place in np.flatnonzero(self._hashes[at] == hashes).tolist():
            number = int(self._hash_terms[at[place]])
            if self.term(number) == terms[place]:
                numbers[place] = number
        return numbers

    def first(self, term: bytes) -> int:
        """The number of the first term that is not before this one."""
        return bisect_left(range(len(self)), term, key=self.term)

    def span(self, number: int) -> tuple[int, int]:
        """Where the postings of a term are."""
        return _before(self._posting_ends, number), int(self._posting_ends[number])

    def documents(self, number: int) -> NDArray[np.uint32]:
        begin, end = self.span(number)
        found: NDArray[np.uint32] = self._documents[begin:end]
        return found

    def frequencies(self, begin: int, end: int) -> NDArray[np.int64]:
        """How often the terms of these postings occur."""
        ends = self._position_ends[begin:end].astype(np.int64)
        first = _before(self._position_ends, begin)
        return ends - np.concatenate(([first], ends[:-1])).astype(np.int64)

    def positions(self, number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Document and position of each occurrence of a term, in order."""
        begin, end = self.span(number)
        first, last = (_before(self._position_ends, each) for each in (begin, end))
        document = np.repeat(
            self._documents[begin:end].astype(np.int64), self.frequencies(begin, end)
        )
        return document, self._positions[first:last].astype(np.int64)

    def postings(self, terms: Sequence[bytes]) -> Found:
        """The postings of several terms, of those that there are."""
        numbers = self.find(terms)
        owner = np.flatnonzero(numbers >= 0)
        numbers = numbers[owner]
        ends = self._posting_ends[numbers].astype(np.int64)
        begins = np.where(numbers > 0, self._posting_ends[numbers - 1], 0).astype(np.int64)
        at = spread(begins, ends)
        upto = self._position_ends[at].astype(np.int64)
        since = np.where(at > 0, self._position_ends[at - 1], 0).astype(np.int64)
        return Found(
            np.repeat(owner, ends - begins),
            self._documents[at].astype(np.int64),
            (upto - since).astype(np.float32),
        )


class TermsReader(base.TermsReader):  # type: ignore[misc]
    """Whoosh's view of the inverted index, and a faster one."""

    def __init__(self, path: Path) -> None:
        """Map a file.

        Raises `dragoman.arrays.BadArrays` and `OSError`.
        """
        held = read_arrays(path)
        try:
            self._fields = {str(name): _Field(held.arrays, name) for name in held.facts["fields"]}
        except (KeyError, TypeError) as error:
            raise BadArrays(f"{path}: it lacks {error}") from error

    def field(self, name: str) -> _Field | None:
        """The terms and postings of a field; None where no document has it."""
        return self._fields.get(name)

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        field = self._fields.get(term[0])
        return field is not None and int(field.find([term[1]])[0]) >= 0

    def _at(self, fieldname: str, term: bytes) -> tuple[_Field, int]:
        field = self._fields.get(fieldname)
        number = int(field.find([term])[0]) if field else -1
        if field is None or number < 0:
            raise TermNotFound(f"No term {fieldname}:{term!r}")
        return field, number

    def indexed_field_names(self) -> Iterable[str]:
        return self._fields.keys()

    def cursor(self, fieldname: str, fieldobj: Any) -> _Cursor:  # noqa: ANN401
        return _Cursor(self._fields.get(fieldname), fieldobj.from_bytes)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        for name in sorted(self._fields):
            yield from self.terms_from(name, b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        field = self._fields.get(fieldname)
        if field:
            for number in range(field.first(prefix), len(field)):
                yield fieldname, field.term(number)

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, term: bytes) -> TermInfo:
        field, number = self._at(fieldname, term)
        documents = field.documents(number)
        frequencies = field.frequencies(*field.span(number))
        return TermInfo(
            weight=float(frequencies.sum()),
            df=len(documents),
            minlength=1,
            maxlength=1,
            maxweight=float(frequencies.max()),
            minid=int(documents[0]),
            maxid=int(documents[-1]),
        )

    def frequency(self, fieldname: str, term: bytes) -> float:
        return float(self.term_info(fieldname, term).weight())

    def doc_frequency(self, fieldname: str, term: bytes) -> int:
        field, number = self._at(fieldname, term)
        return len(field.documents(number))

    def matcher(
        self, fieldname: str, term: bytes, format_: object, scorer: object = None
    ) -> ListMatcher:
        field, number = self._at(fieldname, term)
        document, position = field.positions(number)
        documents, begins = np.unique(document, return_index=True)
        values = [part.astype(_POSITION).tobytes() for part in np.split(position, begins[1:])]
        return ListMatcher(
            documents.tolist(),
            [float(len(value) // 4) for value in values],
            values,
            format_,
            scorer=scorer,
            term=(fieldname, term),
            terminfo=self.term_info(fieldname, term),
        )

    def close(self) -> None:
        self._fields = {}


class _Cursor(base.FieldCursor):  # type: ignore[misc]
    """A place among the terms of a field."""

    def __init__(self, field: _Field | None, decode: Callable[[bytes], str]) -> None:
        self._field = field
        self._decode = decode
        self._number = 0

    def first(self) -> str | None:
        self._number = 0
        return self.text()

    def find(self, term: str | bytes) -> str | None:
        encoded = term.encode() if isinstance(term, str) else term
        self._number = self._field.first(encoded) if self._field else 0
        return self.text()

    def next(self) -> str | None:
        self._number += 1
        return self.text()

    def text(self) -> str | None:
        if not self.is_valid() or self._field is None:
            return None
        return self._decode(self._field.term(self._number))

    def is_valid(self) -> bool:
        return self._field is not None and self._number < len(self._field)
