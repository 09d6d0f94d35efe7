"""One commit of the embedded engine, as arrays: what queries are evaluated and expanded on."""

from __future__ import annotations

from heapq import merge
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from dragoman.analysis import STEM_MARK
from dragoman.arrays import BadArrays
from dragoman.engines.native.inverted import Found
from dragoman.engines.native.nearness import within
from dragoman.engines.native.rows import FAR, in_a_row
from dragoman.scoring import statistics

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from dragoman.engines.codec import TermsReader
    from dragoman.engines.native.dictionary import Dictionary
    from dragoman.engines.sounds import Sounds
    from dragoman.names import Match

_NONE = np.zeros(0, np.int64)
_NOTHING = Found(_NONE, _NONE, _NONE.astype(np.float32))


class Snapshot:
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
            rows = {
                which: ([numbers[term] for term in terms], gap)
                for which, (terms, gap) in enumerate(phrases)
                if all(numbers[term] >= 0 for term in terms)
            }
            if not rows:
                continue
            held = zip(rows, in_a_row(part, list(rows.values())), strict=True)
            found += [
                (which, records + start, counts)
                for which, (records, counts) in held
                if len(records)
            ]
        if not found:
            return _NOTHING
        owner = np.array([which for which, _, _ in found])
        return Found(
            np.repeat(owner, [len(records) for _, records, _ in found]),
            np.concatenate([records for _, records, _ in found]),
            np.concatenate([counts for _, _, counts in found]).astype(np.float32),
        )

    # dragoman.engines.Vocabulary

    def articles(self) -> Mapping[str, int]:
        """Number of articles by language."""
        return statistics(self).named

    def holding(self, terms: Sequence[str]) -> Sequence[Mapping[str, int]]:
        """For each term, how many articles of each language have it in the title or the body."""
        places = [_NONE]
        for name in ("title", "body"):
            found = self.postings(name, terms)
            places.append((found.term * FAR + found.document)[self.alive[found.document]])
        term, record = np.divmod(np.unique(np.concatenate(places)), FAR)
        pairs, counts = np.unique(term * FAR + self.language[record], return_counts=True)
        held: list[dict[str, int]] = [{} for _ in terms]
        for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
            held[pair // FAR][self.languages[pair % FAR]] = count
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
