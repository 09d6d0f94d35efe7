"""Whoosh's view of our segments, so that its readers, queries and sorting work on them.

Whoosh gives the schema and its own view of the index; storage is `dragoman.engines.native`:
nothing is decoded before it is asked for, many terms are looked up at once, and no file is
unpickled.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
from whoosh import columns, index
from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo, TermNotFound

from dragoman.engines.native import contents
from dragoman.engines.native.postings import Postings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray
    from whoosh.fields import Schema

    from dragoman.engines.native.index import Index, Part
    from dragoman.engines.native.inverted import Field

POSITION = "<u4"


class Codec(base.Codec):  # type: ignore[misc]
    """Reads our segments; they are written by `dragoman.engines.native.writing`."""

    length_stats = False

    def terms_reader(self, _: FileStorage, segment: Segment) -> TermsReader:
        return TermsReader(segment.part.segment.fields)

    def per_document_reader(self, _: FileStorage, segment: Segment) -> _PerDocumentReader:
        return _PerDocumentReader(segment.part)

    def automata(self, _: FileStorage, __: Segment) -> base.Automata:
        return base.Automata()


class Segment(base.Segment):  # type: ignore[misc]
    """A segment of a commit."""

    def __init__(self, indexname: str, part: Part) -> None:
        super().__init__(indexname)
        self.part = part

    def codec(self) -> Codec:
        return Codec()

    def segment_id(self) -> str:
        return self.part.entry.file.removesuffix(".arrays")

    def doc_count_all(self) -> int:
        return self.part.entry.documents

    def deleted_count(self) -> int:
        return self.part.entry.deleted


class FileIndex(index.FileIndex):  # type: ignore[misc]
    """An index that Whoosh can read."""

    def __init__(self, native: Index, schema: Schema) -> None:
        """Wrap an open index."""
        self.native = native
        self.storage = FileStorage(str(native.folder))
        self.indexname = "MAIN"
        self._schema = schema

    def latest_generation(self) -> int:
        return contents.latest(self.native.folder)

    def _read_toc(self) -> SimpleNamespace:
        found, parts = self.native.open()
        return SimpleNamespace(
            schema=self._schema,
            segments=[Segment(self.indexname, part) for part in parts],
            generation=found.generation,
            names=found.names,
        )

    def open(self) -> tuple[Any, Mapping[str, list[str]]]:
        """A reader of the last commit, and the names of its columns' numbers.

        Raises `LibraryDamaged`.
        """
        toc = self._read_toc()
        reader = self._reader(self.storage, self._schema, toc.segments, toc.generation)
        return reader, toc.names


class _PerDocumentReader(base.PerDocumentReader):  # type: ignore[misc]
    """Deletions and columns; there are no stored fields, lengths and vectors."""

    def __init__(self, part: Part) -> None:
        self._part = part

    def doc_count(self) -> int:
        return int(self._part.alive.sum())

    def doc_count_all(self) -> int:
        return len(self._part.alive)

    def has_deletions(self) -> bool:
        return not self._part.alive.all()

    def is_deleted(self, number: int) -> bool:
        # Whoosh also asks about the number after the last.
        return number < len(self._part.alive) and not self._part.alive[number]

    def deleted_docs(self) -> list[int]:
        gone: list[int] = np.flatnonzero(~self._part.alive).tolist()
        return gone

    def supports_columns(self) -> bool:
        return True

    def has_column(self, name: str) -> bool:
        return self._part.segment.has_column(name)

    def column_reader(self, name: str, _: columns.Column) -> _ColumnReader:
        return _ColumnReader(self._part.segment.column(name))

    def doc_field_length(self, _: int, __: str, default: int = 0) -> int:
        return default

    def field_length(self, _: str) -> int:
        return 0

    def min_field_length(self, _: str) -> int:
        return 0

    def max_field_length(self, _: str) -> int:
        return 0

    def stored_fields(self, _: int) -> dict[str, object]:
        return {}


class _ColumnReader(columns.ColumnReader):  # type: ignore[misc]
    """A column of numbers, for sorting and grouping."""

    def __init__(self, numbers: NDArray[np.int64]) -> None:
        self._numbers = numbers
        self._sign = 1

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, number: int) -> int:
        return int(self._numbers[number])

    def __iter__(self) -> Iterator[int]:
        return iter(self._numbers.tolist())

    def load(self) -> list[int]:
        return list(self)

    def set_reverse(self) -> None:
        self._sign = -1

    def sort_key(self, number: int) -> int:
        return self._sign * self[number]


class TermsReader(base.TermsReader):  # type: ignore[misc]
    """The inverted index of a segment."""

    def __init__(self, fields: dict[str, Field]) -> None:
        self._fields = fields

    def field(self, name: str) -> Field | None:
        """The terms and postings of a field; None where no document has it."""
        return self._fields.get(name)

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        field = self._fields.get(term[0])
        return field is not None and int(field.find([term[1]])[0]) >= 0

    def _at(self, fieldname: str, term: bytes) -> tuple[Field, int]:
        field = self._fields.get(fieldname)
        number = int(field.find([term])[0]) if field else -1
        if field is None or number < 0:
            raise TermNotFound(f"No term {fieldname}:{term!r}")
        return field, number

    def indexed_field_names(self) -> Iterable[str]:
        return self._fields.keys()

    def cursor(self, fieldname: str, _: object) -> _Cursor:
        return _Cursor(self._fields.get(fieldname))

    def terms(self) -> Iterator[tuple[str, bytes]]:
        for name in sorted(self._fields):
            yield from self.terms_from(name, b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        field = self._fields.get(fieldname)
        if field:
            for term in field.dictionary.onward(field.dictionary.first(prefix)):
                yield fieldname, term

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, term: bytes) -> TermInfo:
        field, number = self._at(fieldname, term)
        _, documents, frequencies, _ = field.read(np.array([number]))
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
        return float(self._postings(fieldname, term).frequencies.sum())

    def doc_frequency(self, fieldname: str, term: bytes) -> int:
        return len(self._postings(fieldname, term).documents)

    def _postings(self, fieldname: str, term: bytes) -> Postings:
        """Those of a term that there may not be in this segment."""
        field = self._fields.get(fieldname)
        numbers = field.find([term]) if field else np.zeros(0, np.int64)
        return field.read(numbers[numbers >= 0]) if field else Postings(*[numbers] * 4)

    def matcher(
        self, fieldname: str, term: bytes, format_: object, scorer: object = None
    ) -> ListMatcher:
        field, number = self._at(fieldname, term)
        found = field.whole(number)
        ends = np.cumsum(found.frequencies)[:-1]
        values = [part.astype(POSITION).tobytes() for part in np.split(found.positions, ends)]
        return ListMatcher(
            found.documents.tolist(),
            found.frequencies.astype(float).tolist(),
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

    def __init__(self, field: Field | None) -> None:
        self._field = field
        self._number = 0

    def first(self) -> str | None:
        self._number = 0
        return self.text()

    def find(self, term: str | bytes) -> str | None:
        encoded = term.encode() if isinstance(term, str) else term
        self._number = self._field.dictionary.first(encoded) if self._field else 0
        return self.text()

    def next(self) -> str | None:
        self._number += 1
        return self.text()

    def text(self) -> str | None:
        if not self.is_valid() or self._field is None:
            return None
        return self._field.dictionary.text(self._number)

    def is_valid(self) -> bool:
        return self._field is not None and self._number < len(self._field)
