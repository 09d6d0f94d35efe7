"""Search engines: they store analysed records and evaluate expanded queries.

An engine never tags, translates, analyses or formats. Each one keeps the
promises of `Engine`, and passes the same contract suite.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from dragoman.errors import InvalidValue, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from dragoman.alternatives import Expansion
    from dragoman.model import Evidence, Facets, Via
    from dragoman.names import Match
    from dragoman.query import Query
    from dragoman.workers import Workers

FIELDS = ("title", "body", "translation")
"""The text fields of a record."""


@dataclass(frozen=True, slots=True)
class Record:
    """An analysed article."""

    key: int
    """The article's row in the store; writing a key again replaces its record."""
    language: str
    published: int
    """Calendar day as YYYYMMDD; 0 where none is known, 00 for an unknown month or day."""
    source: str
    fields: Mapping[str, Mapping[str, Sequence[int]]]
    """Field → term → its word positions, ascending."""
    lengths: Mapping[str, int]
    """Field → number of words."""
    names: frozenset[str] = frozenset()
    """Words and stretches of unspaced scripts that may be looked for by their sound."""


@dataclass(frozen=True, slots=True)
class Request:
    """What an engine is asked to evaluate."""

    query: Query
    expansions: Sequence[Expansion]
    """One for each concept of the query that occurs anywhere in it, negated ones too."""
    limit: int = 10
    offset: int = 0
    sort: Literal["score", "newest", "oldest"] = "score"
    per_language: int = 0
    """If not 0, at most this many hits of each language."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One article that an engine found."""

    key: int
    language: str
    score: float
    evidence: tuple[Evidence, ...]
    balance: float = 1.0
    """The factor, in `score`, that makes it comparable with those in other languages."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an engine found."""

    hits: tuple[Scored, ...]
    total: int
    facets: Facets
    articles: Mapping[str, int]
    """Number of articles of the library by language."""
    reached: Mapping[str, frozenset[Via]] = field(default_factory=dict)
    """The vias through which some word of the query occurs in a language at all."""


class Vocabulary(Protocol):
    """The term dictionary, for expanding prefixes, wild cards and misspellings."""

    def articles(self) -> Mapping[str, int]:
        """Number of articles by language."""

    def holding(self, terms: Sequence[str]) -> Sequence[Mapping[str, int]]:
        """For each term, how many articles of each language have it in the title or the body."""

    def starting(self, prefix: str) -> Iterator[str]:
        """The surface terms that start with this, in code point order."""

    def within(self, word: str, distance: int) -> Iterator[str]:
        """The surface terms that differ from a word by at most this many letters (1 or 2)."""

    def sounding_like(self, word: str, languages: Collection[str]) -> Mapping[str, Sequence[Match]]:
        """By language, the names of its records that sound like a folded word, best first."""


class Engine(Protocol):
    """Stores records durably and evaluates queries over them."""

    def write(
        self,
        records: Iterable[Record],
        removed: Sequence[int] = (),
        workers: Workers | None = None,
    ) -> None:
        """Add or replace these records and drop the removed keys, in one atomic commit.

        Some of it may be done by `workers`; what comes of it is the same.
        """

    def rewrite(self, records: Iterable[Record], workers: Workers | None = None) -> None:
        """Put these records in place of all others, in one atomic commit.

        Until then, and where it fails, what was found before is found. `workers` is as in `write`.
        """

    def refresh(self) -> None:
        """See what other processes have committed."""

    def keys(self) -> list[int]:
        """The keys of all records, ascending."""

    def vocabulary(self) -> Vocabulary:
        """The term dictionary as of the last `refresh`."""

    def evaluate(self, request: Request) -> Evaluation:
        """Find, rank and count."""

    def check(self) -> list[str]:
        """What is wrong with the files on disk; empty when they are sound."""

    def close(self) -> None:
        """Release files and memory."""


class _Known(NamedTuple):
    module: str
    extra: str


_ENGINES: dict[str, _Known] = {
    "whoosh": _Known("dragoman.engines.whoosh:WhooshEngine", ""),
}


def open_engine(name: str, folder: Path) -> Engine:
    """Open the engine of this name on its folder.

    Raises `InvalidValue` for an unknown name and `MissingExtra` when the
    engine's own dependencies are not installed.
    """
    known = _ENGINES.get(name)
    if known is None:
        raise InvalidValue(f"no engine is called {name!r}; there is {', '.join(_ENGINES)}")
    module, _, attribute = known.module.partition(":")
    try:
        factory: Any = getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as error:
        raise MissingExtra(f"the engine {name}", known.extra, str(error.name)) from error
    engine: Engine = factory(folder)
    return engine
