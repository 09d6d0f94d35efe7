"""Concept-grouped BM25 over arrays of postings, with statistics within the language.

For a unit of alternatives with weights w, in an article of language L::

    tf    = Σ w · boost(field) · occurrences
    df    = Σ over the articles of L of the largest w that occurs in each, at least 1
    idf   = ln(1 + (N − df + ½) / (df + ½))
    score = idf · tf · (k1 + 1) / (tf + k1 · (1 − b + b · length / mean))

N, df and the mean length are those of L (BM25: Robertson et al., TREC-3; the
variant of the logarithm keeps it positive).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol
from weakref import WeakKeyDictionary

import numpy as np

from dragoman import occurrences
from dragoman.vectors import borders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from dragoman.alternatives import Alternative, Expansion, Unit
    from dragoman.occurrences import Occurrences
    from dragoman.query import Concept

    Floats = NDArray[np.float32]
    Numbers = NDArray[np.int64]

K1 = 1.2
B = 0.75


class Snapshot(occurrences.Snapshot, Protocol):
    """The records as of one commit, as arrays with one element a record."""

    keys: NDArray[np.int64]
    source: NDArray[np.int64]
    """Index into `sources`."""
    sources: list[str]
    published: NDArray[np.int64]
    length: Floats


@dataclass(frozen=True, slots=True)
class Statistics:
    """What every query needs to know of a snapshot."""

    articles: Numbers
    """By language."""
    saturation: Floats
    """By record: the term of the formula that its length is in."""
    named: Mapping[str, int]
    """Number of articles by the name of their language."""


_KNOWN: WeakKeyDictionary[Snapshot, Statistics] = WeakKeyDictionary()


def statistics(snapshot: Snapshot) -> Statistics:
    """Those of a snapshot, found once."""
    known = _KNOWN.get(snapshot)
    if known is None:
        language, length = snapshot.language[snapshot.alive], snapshot.length[snapshot.alive]
        count = len(snapshot.languages)
        articles = np.bincount(language, minlength=count)
        total = np.bincount(language, weights=length, minlength=count)
        mean = (total / np.maximum(articles, 1)).astype(np.float32)
        saturation = K1 * (1 - B + B * snapshot.length / np.maximum(mean, 1)[snapshot.language])
        named = by_name(snapshot.languages, articles)
        known = _KNOWN[snapshot] = Statistics(articles, saturation.astype(np.float32), named)
    return known


@dataclass(frozen=True, eq=False)
class ScoredUnit:
    """One unit, scored: parallel arrays over the records that have it, ascending."""

    unit: Unit
    occurrences: Occurrences
    begins: Numbers
    """Where the occurrences of each record begin, and where the last one's end."""
    records: Numbers
    frequency: Floats
    language: Numbers
    saturation: Floats
    """Of every record, whether it has the unit or not: see `Statistics`."""
    idf: NDArray[np.float64]
    """By language."""
    articles_with: NDArray[np.float64]
    """By language."""
    occurs: NDArray[np.bool_]
    """By language, whether an article has it."""

    @cached_property
    def score(self) -> Floats:
        """That of each record."""
        return self._scores(slice(None))

    def scores(self, rows: Numbers | None) -> Floats:
        """The scores of some of the records, or of all."""
        return self.score if rows is None else self._scores(rows)

    def _scores(self, rows: Numbers | slice) -> Floats:
        tf, saturation = self.frequency[rows], self.saturation[self.records[rows]]
        found = self.idf[self.language[rows]] * tf * (K1 + 1) / (tf + saturation)
        return found.astype(np.float32)

    def held(self, place: int) -> list[Alternative]:
        """The alternatives that occur in the record at this place, the weightiest first."""
        low, high = self.begins[place : place + 2].tolist()
        numbers = sorted(set(self.occurrences.alternative[low:high].tolist()))
        here = [self.unit.alternatives[number] for number in numbers]
        return sorted(here, key=lambda alternative: (-alternative.weight, alternative.terms))


class ScoredWay(NamedTuple):
    """One way of saying a concept."""

    needed: int
    """How many of the units an article must have."""
    units: tuple[ScoredUnit, ...]


Ways = dict["Concept", tuple[ScoredWay, ...]]


def score(snapshot: Snapshot, expansions: Sequence[Expansion]) -> Ways:
    """Score each unit of each concept, in the records that have it."""
    units = [(unit, item.concept) for item in expansions for way in item.ways for unit in way.units]
    found = iter(occurrences.occurrences(snapshot, units))
    return {
        item.concept: tuple(
            ScoredWay(way.needed, tuple(_scored(snapshot, unit, next(found)) for unit in way.units))
            for way in item.ways
        )
        for item in expansions
    }


def units_of(ways: Ways, concept: Concept) -> Iterator[ScoredUnit]:
    """The units of all ways of saying a concept."""
    return (unit for way in ways[concept] for unit in way.units)


def _scored(snapshot: Snapshot, unit: Unit, found: Occurrences) -> ScoredUnit:
    known = statistics(snapshot)
    weights = np.array([each.weight for each in unit.alternatives], np.float32)
    begins = borders(found.record)
    records, tf, degree = found.record, found.frequency, weights[found.alternative]
    if len(begins) < len(records):
        records = records[begins]
        tf, degree = np.add.reduceat(tf, begins), np.maximum.reduceat(degree, begins)
    language = snapshot.language[records]
    articles_with = np.bincount(language, degree, len(snapshot.languages)).astype(np.float64)
    occurs = articles_with > 0
    # One article at least, or what only sounds like the query would seem the rarer.
    articles_with = np.maximum(articles_with, np.minimum(known.articles, 1))
    idf = np.log1p((known.articles - articles_with + 0.5) / (articles_with + 0.5))
    return ScoredUnit(
        unit=unit,
        occurrences=found,
        begins=np.append(begins, len(found.record)),
        records=records,
        frequency=tf,
        language=language,
        saturation=known.saturation,
        idf=idf,
        articles_with=articles_with,
        occurs=occurs,
    )


def by_name(names: Sequence[str], counts: Numbers) -> dict[str, int]:
    """How often each name occurs, of those that do."""
    found = np.flatnonzero(counts)
    return {
        names[code]: count
        for code, count in zip(found.tolist(), counts[found].tolist(), strict=True)
    }
