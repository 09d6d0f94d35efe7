"""The engines that `speed_peers.py` measures: each on the same articles, as rows of terms."""

from __future__ import annotations

import importlib.util
import sqlite3
import sys
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from dragoman.alternatives import Alternative, Expansion, Unit, Way
from dragoman.engines import Record, Request
from dragoman.engines.terms import PackedTerms
from dragoman.expand import MAX_PATTERN_TERMS
from dragoman.query import Concept, DateFilter, Group, LanguageFilter, Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

KINDS = ("1 term", "5 terms OR", "5 terms AND", "phrase of 2", "prefix", "1 term, filtered")
_BEST = 10
_LONGEST = 60  # characters of a term that Xapian takes, whatever the bytes of each


class Made(NamedTuple):
    """An article as rows of terms."""

    key: int
    language: str
    day: int
    title: list[str]
    body: list[str]
    size: int
    """Bytes of its text."""


class Asked(NamedTuple):
    """A query."""

    kind: str
    terms: list[str]
    language: str
    low: int
    """First day that counts."""
    high: int
    """Last day that counts."""


class Peer(Protocol):
    """An engine to be measured, on a folder of its own.

    Making one imports what it needs, which is not measured.
    """

    kinds: Sequence[str]

    def form(self, made: Made) -> Any:  # noqa: ANN401 - whatever it takes
        """An article in the form that it takes, the making of which is not measured."""

    def build(self, forms: Iterable[Any]) -> None:
        """Index."""

    def open(self) -> Callable[[Asked], int]:
        """Open for searching; what is given answers a query with how many hits it shows."""


class Ours:
    """Dragoman's engine, without its store."""

    kinds = KINDS

    def __init__(self, folder: Path) -> None:
        from dragoman.engines.whoosh import WhooshEngine  # noqa: PLC0415 - here and below: see Peer

        self._open, self._folder = WhooshEngine, folder

    def form(self, made: Made) -> Record:
        """A record, its terms packed as they are when articles are added."""
        fields = {
            "title": PackedTerms.of(_positions(made.title)),
            "body": PackedTerms.of(_positions(made.body)),
        }
        lengths = {"title": len(made.title), "body": len(made.body)}
        return Record(made.key, made.language, made.day, "", fields, lengths)

    def build(self, forms: Iterable[Record]) -> None:
        """Commit all at once."""
        engine = self._open(self._folder)
        engine.write(forms)
        engine.close()

    def open(self) -> Callable[[Asked], int]:
        """Open the engine; a query goes through the whole of its evaluation."""
        engine = self._open(self._folder)
        vocabulary = engine.vocabulary()

        def search(asked: Asked) -> int:
            groups = [[(term,)] for term in asked.terms]
            if asked.kind == "phrase of 2":
                groups = [[tuple(asked.terms)]]
            elif asked.kind == "prefix":
                found = islice(vocabulary.starting(asked.terms[0]), MAX_PATTERN_TERMS)
                groups = [[(each,) for each in found]]
            concepts = [Concept(f"{number}") for number in range(len(groups))]
            expansions = [
                Expansion(concept, (Way((Unit(tuple(_alternatives(group))),)),))
                for concept, group in zip(concepts, groups, strict=True)
            ]
            root = Group(should=tuple(concepts))
            if asked.kind == "5 terms AND":
                root = Group(must=tuple(concepts))
            elif asked.kind == "1 term, filtered":
                narrow = LanguageFilter(frozenset({asked.language}))
                root = Group(must=(*concepts, narrow, DateFilter(asked.low, asked.high)))
            return len(engine.evaluate(Request(Query(root), expansions, _BEST)).hits)

        return search


def _positions(terms: Iterable[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, term in enumerate(terms):
        found.setdefault(term, []).append(place)
    return found


def _alternatives(terms: Iterable[tuple[str, ...]]) -> Iterable[Alternative]:
    return (Alternative(each, 1.0, "original") for each in terms)


class Tantivy:
    """Tantivy with one thread."""

    kinds = KINDS

    def __init__(self, folder: Path) -> None:
        import tantivy  # noqa: PLC0415

        self._tantivy, self._folder = tantivy, folder
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("key", fast=True)
        builder.add_text_field("language", tokenizer_name="raw", index_option="basic")
        builder.add_unsigned_field("day", fast=True, indexed=True)
        for name in ("title", "body"):
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
        self._schema = builder.build()

    def form(self, made: Made) -> Any:  # noqa: ANN401 - Tantivy's own
        """A document."""
        document = self._tantivy.Document()
        document.add_unsigned("key", made.key)
        document.add_text("language", made.language)
        document.add_unsigned("day", made.day)
        document.add_text("title", " ".join(made.title))
        document.add_text("body", " ".join(made.body))
        return document

    def build(self, forms: Iterable[Any]) -> None:
        """Commit all at once, and wait for merges."""
        self._folder.mkdir()
        writer = self._tantivy.Index(self._schema, str(self._folder)).writer(512_000_000, 1)
        for document in forms:
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def open(self) -> Callable[[Asked], int]:
        """Open a searcher."""
        make, occur = self._tantivy.Query, self._tantivy.Occur
        searcher = self._tantivy.Index(self._schema, str(self._folder)).searcher()

        def either(each: Callable[[str], Any]) -> Any:  # noqa: ANN401
            return make.boolean_query([(occur.Should, each(name)) for name in ("title", "body")])

        def term(text: str) -> Any:  # noqa: ANN401
            return either(lambda name: make.term_query(self._schema, name, text))

        def search(asked: Asked) -> int:
            terms = asked.terms
            if asked.kind == "phrase of 2":
                query = either(lambda name: make.phrase_query(self._schema, name, terms))
            elif asked.kind == "prefix":
                query = either(lambda name: make.regex_query(self._schema, name, f"{terms[0]}.*"))
            else:
                how = occur.Must if asked.kind == "5 terms AND" else occur.Should
                query = make.boolean_query([(how, term(each)) for each in terms])
            if asked.kind == "1 term, filtered":
                language = make.term_query(self._schema, "language", asked.language)
                days = make.range_query(
                    self._schema, "day", self._tantivy.FieldType.Unsigned, asked.low, asked.high
                )
                query = make.boolean_query([(occur.Must, each) for each in (query, language, days)])
            return len(searcher.search(query, _BEST).hits)

        return search


class Fts5:
    """SQLite's full-text search, without the texts."""

    kinds = KINDS

    def __init__(self, folder: Path) -> None:
        self._path = folder / "fts5.db"

    def form(self, made: Made) -> tuple[Any, ...]:
        """A row of both tables."""
        return made.key, made.language, made.day, " ".join(made.title), " ".join(made.body)

    def build(self, forms: Iterable[tuple[Any, ...]]) -> None:
        """One transaction, then SQLite's own merge of all."""
        self._path.parent.mkdir()
        connection = sqlite3.connect(self._path)
        with connection:
            connection.execute("CREATE TABLE facts (key INTEGER PRIMARY KEY, language, day)")
            connection.execute(
                "CREATE VIRTUAL TABLE terms USING fts5 (title, body, content='', tokenize='ascii')"
            )
            for key, language, day, title, body in forms:
                connection.execute("INSERT INTO facts VALUES (?, ?, ?)", (key, language, day))
                connection.execute(
                    "INSERT INTO terms (rowid, title, body) VALUES (?, ?, ?)", (key, title, body)
                )
            connection.execute("INSERT INTO terms (terms) VALUES ('optimize')")
        connection.close()

    def open(self) -> Callable[[Asked], int]:
        """Open the file."""
        connection = sqlite3.connect(self._path)

        def search(asked: Asked) -> int:
            quoted = [f'"{term}"' for term in asked.terms]
            text = {
                "5 terms AND": " AND ".join(quoted),
                "phrase of 2": f'"{" ".join(asked.terms)}"',
                "prefix": f"{quoted[0]} *",
            }.get(asked.kind, " OR ".join(quoted))
            narrow, values = "", tuple[object, ...]((text,))
            if asked.kind == "1 term, filtered":
                narrow = (
                    "AND rowid IN"
                    " (SELECT key FROM facts WHERE language = ? AND day BETWEEN ? AND ?)"
                )
                values += (asked.language, asked.low, asked.high)
            found = connection.execute(
                "SELECT rowid FROM terms"  # noqa: S608 - both parts are ours
                f" WHERE terms MATCH ? {narrow} ORDER BY rank LIMIT {_BEST}",
                values,
            )
            return len(found.fetchall())

        return search


class Bm25s:
    """bm25s, on title and body as one."""

    kinds = KINDS[:2]

    def __init__(self, folder: Path) -> None:
        import bm25s  # noqa: PLC0415

        self._bm25s, self._folder = bm25s, folder

    def form(self, made: Made) -> list[str]:
        """A list of terms."""
        return made.title + made.body

    def build(self, forms: Iterable[list[str]]) -> None:
        """Index and save."""
        index = self._bm25s.BM25()
        index.index(list(forms), show_progress=False)
        index.save(self._folder)

    def open(self) -> Callable[[Asked], int]:
        """Map the arrays."""
        index = self._bm25s.BM25.load(self._folder, mmap=True)

        def search(asked: Asked) -> int:
            return int(index.retrieve([asked.terms], k=_BEST, show_progress=False)[0].size)

        return search


class Xapian:
    """Xapian, fields and languages as prefixes of terms."""

    kinds = KINDS

    def __init__(self, folder: Path) -> None:
        import xapian  # noqa: PLC0415

        self._xapian, self._folder = xapian, folder

    def form(self, made: Made) -> Any:  # noqa: ANN401 - Xapian's own
        """A document; the title comes a hundred places before the body."""
        document = self._xapian.Document()
        for place, term in enumerate(made.title):
            document.add_posting(term[:_LONGEST], place)
        for place, term in enumerate(made.body, len(made.title) + 100):
            document.add_posting(term[:_LONGEST], place)
        document.add_boolean_term(f"XL{made.language}")
        document.add_value(0, self._xapian.sortable_serialise(made.day))
        return document

    def build(self, forms: Iterable[Any]) -> None:
        """Commit all at once."""
        create = self._xapian.DB_CREATE_OR_OPEN
        database = self._xapian.WritableDatabase(str(self._folder), create)
        for document in forms:
            database.add_document(document)
        database.commit()
        database.close()

    def open(self) -> Callable[[Asked], int]:
        """Open the database."""
        module, query = self._xapian, self._xapian.Query
        database = module.Database(str(self._folder))

        def search(asked: Asked) -> int:
            kind = {"5 terms AND": query.OP_AND, "phrase of 2": query.OP_PHRASE}
            terms = [term[:_LONGEST] for term in asked.terms]
            if asked.kind == "prefix":
                limit = query.WILDCARD_LIMIT_ERROR
                wanted = query(query.OP_WILDCARD, terms[0], 0, limit, query.OP_SYNONYM)
            else:
                wanted = query(kind.get(asked.kind, query.OP_OR), terms)
            if asked.kind == "1 term, filtered":
                low, high = map(module.sortable_serialise, (asked.low, asked.high))
                days = query(query.OP_VALUE_RANGE, 0, low, high)
                wanted = query(query.OP_FILTER, wanted, query(f"XL{asked.language}"))
                wanted = query(query.OP_FILTER, wanted, days)
            enquire = module.Enquire(database)
            enquire.set_query(wanted)
            return int(enquire.get_mset(0, _BEST).size())

        return search


class StockWhoosh:
    """Whoosh with its own codec."""

    kinds = KINDS

    def __init__(self, folder: Path) -> None:
        from whoosh import fields, index, query  # noqa: PLC0415
        from whoosh.analysis import SpaceSeparatedTokenizer  # noqa: PLC0415

        self._index, self._query, self._folder = index, query, folder
        text = {name: fields.TEXT(analyzer=SpaceSeparatedTokenizer()) for name in ("title", "body")}
        self._schema = fields.Schema(
            key=fields.STORED(), language=fields.ID(), day=fields.NUMERIC(), **text
        )

    def form(self, made: Made) -> dict[str, Any]:
        """The fields of a document."""
        title, body = " ".join(made.title), " ".join(made.body)
        facts = {"key": made.key, "language": made.language, "day": made.day}
        return facts | {"title": title, "body": body}

    def build(self, forms: Iterable[dict[str, Any]]) -> None:
        """Commit all at once."""
        self._folder.mkdir()
        writer = self._index.create_in(self._folder, self._schema).writer(limitmb=512)
        for form in forms:
            writer.add_document(**form)
        writer.commit()

    def open(self) -> Callable[[Asked], int]:
        """Open a searcher."""
        query = self._query
        searcher = self._index.open_dir(self._folder).searcher()

        def either(make: Callable[[str], Any]) -> Any:  # noqa: ANN401
            return query.Or([make("title"), make("body")])

        def search(asked: Asked) -> int:
            terms = asked.terms
            if asked.kind == "phrase of 2":
                found = either(lambda name: query.Phrase(name, terms))
            elif asked.kind == "prefix":
                found = either(lambda name: query.Prefix(name, terms[0]))
            else:
                words = [either(lambda name, each=each: query.Term(name, each)) for each in terms]
                found = (query.And if asked.kind == "5 terms AND" else query.Or)(words)
            if asked.kind == "1 term, filtered":
                days = query.NumericRange("day", asked.low, asked.high)
                found = query.And([found, query.Term("language", asked.language), days])
            return len(searcher.search(found, limit=_BEST).top_n)

        return search


PEERS: Mapping[str, tuple[str, Callable[[Path], Peer]]] = {
    "dragoman": ("dragoman", Ours),
    "tantivy": ("tantivy", Tantivy),
    "fts5": ("sqlite3", Fts5),
    "bm25s": ("bm25s", Bm25s),
    "xapian": ("xapian", Xapian),
    "whoosh": ("whoosh", StockWhoosh),
}
"""Each engine by name: the module that it needs, and how to make it."""


def present(chosen: str) -> list[str]:
    """The names, with commas between, of engines that are here; ``all`` means all of them."""
    wanted = [*PEERS] if chosen == "all" else chosen.split(",")
    for unknown in set(wanted) - set(PEERS):
        print(f"no engine {unknown}: there are {', '.join(PEERS)}", file=sys.stderr)
    found = []
    for name in (name for name in PEERS if name in wanted):
        if importlib.util.find_spec(PEERS[name][0]):
            found.append(name)
        else:
            print(f"without {name}: the module {PEERS[name][0]} is absent", file=sys.stderr)
    return found
