"""Concept-grouped BM25 over arrays of postings, with statistics within the language.

For a unit of alternatives with weights w, in an article of language L::

    tf    = Σ w · boost(field) · occurrences
    df    = Σ over the articles of L of the largest w that occurs in each, at least 1
    idf   = ln(1 + (N − df + ½) / (df + ½))
    score = idf · tf · (k1 + 1) / (tf + k1 · (1 − b + b · length / mean))

N, df and the mean length are those of L (BM25: Robertson et al., TREC-3; the
variant of the logarithm keeps it positive). Constraints are masks.

A query that reaches into other languages finds more of its words in one than in
another. There the scores of each language are divided by √(best · √ideal): its
best article's score, and the best that an article of it could have, which is the
sum, over the concepts, of each one's highest score in the language. Undivided,
languages with few translations come last; divided by the whole of either, an
article that has the one word which its language knows would come first. (The
exponents were chosen on stories made of FLORES sentences, of which each language
has all, few, or a quarter.)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from dragoman import occurrences
from dragoman.engines import Evaluation, Scored
from dragoman.model import ALL_VIAS, Evidence, Facets
from dragoman.query import (
    ArticleFilter,
    Concept,
    DateFilter,
    Group,
    LanguageFilter,
    Node,
    SourceFilter,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dragoman.engines import Request
    from dragoman.expand import Alternative, Unit
    from dragoman.model import Via
    from dragoman.occurrences import Occurrences

    Mask = NDArray[np.bool_]
    Floats = NDArray[np.float32]
    Numbers = NDArray[np.int64]

K1 = 1.2
B = 0.75
SCORE_DECIMALS = 5  # scores that differ by less are ties, so that rounding cannot reorder hits


class Snapshot(occurrences.Snapshot, Protocol):
    """The records as of one commit, as arrays with one element a record."""

    keys: NDArray[np.int64]
    source: NDArray[np.int64]
    """Index into `sources`."""
    sources: list[str]
    published: NDArray[np.int64]
    length: Floats


@dataclass(frozen=True, slots=True)
class _Scored:
    """One unit, scored: parallel arrays over the records that have it."""

    unit: Unit
    occurrences: Occurrences
    records: Numbers
    frequency: Floats
    score: Floats
    articles_with: NDArray[np.float64]
    """By language."""


def evaluate(snapshot: Snapshot, request: Request, fold: Callable[[str], str]) -> Evaluation:
    """Find, rank and count the records that match.

    `fold` is the folding of the analysis, for the names of sources.
    """
    return _Evaluator(snapshot, request, fold).run()


def ranking(
    snapshot: Snapshot, request: Request, fold: Callable[[str], str]
) -> tuple[Numbers, Floats]:
    """Only the keys of the records that match and their scores, in order; for measuring."""
    return _Evaluator(snapshot, request, fold).ranking()


class _Evaluator:
    def __init__(self, snapshot: Snapshot, request: Request, fold: Callable[[str], str]) -> None:
        self._snapshot = snapshot
        self._request = request
        self._fold = fold
        alive = snapshot.alive
        count = len(snapshot.languages)
        self._articles = np.bincount(snapshot.language[alive], minlength=count)
        total = np.bincount(
            snapshot.language[alive], weights=snapshot.length[alive], minlength=count
        )
        mean = (total / np.maximum(self._articles, 1)).astype(np.float32)
        self._saturation = (
            K1 * (1 - B + B * snapshot.length / np.maximum(mean, 1)[snapshot.language])
        ).astype(np.float32)
        units = [
            (unit, item.concept)
            for item in request.expansions
            for way in item.ways
            for unit in way.units
        ]
        found = iter(occurrences.occurrences(snapshot, units))
        # Concept → its ways, each as what is needed and the units that were scored.
        self._ways: dict[Concept, tuple[tuple[int, tuple[_Scored, ...]], ...]] = {
            item.concept: tuple(
                (way.needed, tuple(self._score(unit, next(found)) for unit in way.units))
                for way in item.ways
            )
            for item in request.expansions
        }

    def run(self) -> Evaluation:
        snapshot = self._snapshot
        found, scores, chosen = self._ordered()
        return Evaluation(
            hits=tuple(
                Scored(
                    key=int(snapshot.keys[record]),
                    language=snapshot.languages[snapshot.language[record]],
                    score=float(score),
                    evidence=self._evidence(int(record)),
                    balance=float(self._balance[snapshot.language[record]]),
                )
                for record, score in zip(found[chosen], scores[chosen], strict=True)
            ),
            total=len(found),
            facets=self._facets(found),
            articles=self._by_language(snapshot.alive),
            matched=self._by_language(found),
            reached=self._reached(),
        )

    def ranking(self) -> tuple[Numbers, Floats]:
        found, scores, chosen = self._ordered()
        return self._snapshot.keys[found[chosen]], scores[chosen]

    def _ordered(self) -> tuple[Numbers, Floats, Numbers]:
        """The records that match, their scores, and which of them to show, in order."""
        found = np.flatnonzero(self._mask(self._request.query.root) & self._snapshot.alive)
        scores = self._sum_scores()[found]
        return found, scores, self._choose(found, scores)

    # Scoring

    def _score(self, unit: Unit, found: Occurrences) -> _Scored:
        snapshot = self._snapshot
        weights = np.array([each.weight for each in unit.alternatives], np.float32)
        records, begins = np.unique(found.record, return_index=True)
        if len(records):
            tf = np.add.reduceat(found.frequency, begins)
            degree = np.maximum.reduceat(weights[found.alternative], begins)
        else:
            tf = degree = np.zeros(0, np.float32)
        language = snapshot.language[records]
        articles_with = np.bincount(
            language, weights=degree, minlength=len(snapshot.languages)
        ).astype(np.float64)
        # One article at least, or what only sounds like the query would seem the rarer.
        articles_with = np.maximum(articles_with, np.minimum(self._articles, 1))
        idf = np.log1p((self._articles - articles_with + 0.5) / (articles_with + 0.5))
        score = idf[language] * tf * (K1 + 1) / (tf + self._saturation[records])
        return _Scored(unit, found, records, tf, score.astype(np.float32), articles_with)

    def _scored(self, concept: Concept) -> list[_Scored]:
        return [scored for _, units in self._ways[concept] for scored in units]

    def _sum_scores(self) -> Floats:
        return (self._total * self._balance[self._snapshot.language]).round(SCORE_DECIMALS)

    @cached_property
    def _total(self) -> Floats:
        """The sum of each record's scores, before languages are made comparable."""
        total = np.zeros(len(self._snapshot.keys), np.float32)
        for concept in self._request.query.concepts():
            for unit in self._scored(concept):
                total[unit.records] += unit.score * np.float32(concept.weight)
        return total

    @cached_property
    def _balance(self) -> Floats:
        """By language, the factor that makes its scores comparable with those of others."""
        language = self._snapshot.language
        ideal, best = np.zeros((2, len(self._snapshot.languages)), np.float32)
        if self._reaches_further():
            for concept in self._request.query.concepts():
                for unit in self._scored(concept):
                    highest = np.zeros_like(ideal)
                    np.maximum.at(highest, language[unit.records], unit.score)
                    ideal += highest * np.float32(concept.weight)
            np.maximum.at(best, language, self._total)
        measure = np.where(best > 0, best * np.sqrt(ideal), np.float32(1))
        return np.reciprocal(np.sqrt(measure))

    def _reaches_further(self) -> bool:
        """Whether a concept is looked for in other words than those that were typed."""
        return any(
            alternative.via != "original"
            for concept in self._request.query.concepts()
            for unit in self._scored(concept)
            for alternative in unit.unit.alternatives
        )

    def _choose(self, found: Numbers, scores: Floats) -> Numbers:
        """Which of the found records to show, in order."""
        request = self._request
        keys = self._snapshot.keys[found]
        day = self._snapshot.published[found]
        orders: dict[str, tuple[NDArray[Any], ...]] = {
            "score": (keys, -day, -scores),
            "newest": (keys, -scores, -day),
            # A record without a date is neither old nor new: it comes last.
            "oldest": (keys, -scores, np.where(day > 0, day, np.iinfo(np.int64).max)),
        }
        order = np.lexsort(orders[request.sort])
        if request.per_language:
            language = self._snapshot.language[found][order]
            by_language = np.argsort(language, kind="stable")
            first = np.searchsorted(language[by_language], language[by_language])
            rank = np.empty(len(order), np.int64)
            rank[by_language] = np.arange(len(order)) - first
            order = order[rank < request.per_language]
        return order[request.offset : request.offset + request.limit]

    # Constraints

    def _mask(self, node: Node) -> Mask:
        snapshot = self._snapshot
        if isinstance(node, Concept):
            return self._speaks_of(node)
        if isinstance(node, Group):
            return self._group(node)
        if isinstance(node, LanguageFilter):
            allowed = [tag in node.tags for tag in snapshot.languages]
            return _look_up(allowed, snapshot.language)
        if isinstance(node, SourceFilter):
            wanted = self._fold(node.text).split()
            allowed = [
                bool(name) and all(word in self._fold(name) for word in wanted)
                for name in snapshot.sources
            ]
            return _look_up(allowed, snapshot.source)
        if isinstance(node, ArticleFilter):
            return np.isin(snapshot.keys, list(node.keys))
        return self._dates(node)

    def _speaks_of(self, concept: Concept) -> Mask:
        mask = np.zeros(len(self._snapshot.keys), bool)
        for needed, units in self._ways[concept]:
            held = np.zeros(len(mask), np.int64)
            for unit in units:
                held[unit.records] += 1
            mask |= held >= needed
        return mask

    def _dates(self, node: DateFilter) -> Mask:
        day = self._snapshot.published
        return (day > 0) & (day >= node.low) & (day <= node.high)

    def _group(self, group: Group) -> Mask:
        mask = np.ones(len(self._snapshot.keys), bool)
        for node in group.must:
            mask &= self._mask(node)
        # A filter narrows; it does not make the words beside it optional.
        if group.should and not any(_has_concept(node) for node in group.must):
            some = np.zeros_like(mask)
            for node in group.should:
                some |= self._mask(node)
            mask &= some
        for node in group.must_not:
            mask &= ~self._mask(node)
        return mask

    # Counts and evidence

    def _by_language(self, records: Mask | Numbers) -> dict[str, int]:
        names = self._snapshot.languages
        counts = np.bincount(self._snapshot.language[records], minlength=len(names))
        return {name: int(count) for name, count in zip(names, counts, strict=True) if count}

    def _facets(self, found: Numbers) -> Facets:
        snapshot = self._snapshot
        sources = np.bincount(snapshot.source[found], minlength=len(snapshot.sources))
        months, counts = np.unique(snapshot.published[found] // 100, return_counts=True)
        return Facets(
            languages=_largest_first(self._by_language(found)),
            sources=_largest_first(
                {
                    name: int(count)
                    for name, count in zip(snapshot.sources, sources, strict=True)
                    if name and count
                }
            ),
            months={
                f"{month // 100:04}-{month % 100:02}" if month % 100 else f"{month // 100:04}": n
                for month, n in zip(months.tolist(), counts.tolist(), strict=True)
                if month
            },
        )

    def _reached(self) -> dict[str, frozenset[Via]]:
        reached: dict[str, set[Via]] = {}
        for concept in self._request.query.concepts():
            for scored in self._scored(concept):
                found = scored.occurrences
                vias = np.array([ALL_VIAS.index(each.via) for each in scored.unit.alternatives])
                language = self._snapshot.language[found.record]
                pairs = np.unique(language * len(ALL_VIAS) + vias[found.alternative])
                for code, via in zip(*np.divmod(pairs, len(ALL_VIAS)), strict=True):
                    reached.setdefault(self._snapshot.languages[code], set()).add(ALL_VIAS[via])
        return {name: frozenset(vias) for name, vias in reached.items()}

    def _evidence(self, record: int) -> tuple[Evidence, ...]:
        language = self._snapshot.language[record]
        evidence = []
        for concept in self._request.query.concepts():
            for scored in self._scored(concept):
                at = int(np.searchsorted(scored.records, record))
                if at == len(scored.records) or scored.records[at] != record:
                    continue
                here = _alternatives(scored, record)
                evidence.append(
                    Evidence(
                        concept=concept.text,
                        via=_ordered({alternative.via for alternative in here}),
                        terms=tuple(dict.fromkeys(alternative.terms for alternative in here)),
                        score=float(scored.score[at] * self._balance[language]) * concept.weight,
                        frequency=float(scored.frequency[at]),
                        articles_with=float(scored.articles_with[language]),
                        articles=int(self._articles[language]),
                    )
                )
        return tuple(evidence)


def _alternatives(scored: _Scored, record: int) -> list[Alternative]:
    """Those that occur in a record, the weightiest first."""
    low, high = np.searchsorted(scored.occurrences.record, (record, record + 1))
    numbers = np.unique(scored.occurrences.alternative[low:high]).tolist()
    here = [scored.unit.alternatives[number] for number in numbers]
    return sorted(here, key=lambda alternative: (-alternative.weight, alternative.terms))


def _has_concept(node: Node) -> bool:
    if isinstance(node, Group):
        return any(_has_concept(item) for item in (*node.must, *node.should))
    return isinstance(node, Concept)


def _look_up(allowed: list[bool], codes: NDArray[np.int64]) -> Mask:
    return np.asarray(allowed or [False])[codes] if len(codes) else np.zeros(0, bool)


def _ordered(vias: set[Via]) -> tuple[Via, ...]:
    return tuple(via for via in ALL_VIAS if via in vias)


def _largest_first(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
