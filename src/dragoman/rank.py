"""Which records a query finds, and in what order: scores of languages made comparable.

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

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from dragoman.constraints import Constraints, candidates
from dragoman.engines import Evaluation, Scored
from dragoman.evidence import evidence, facets, reached
from dragoman.scoring import score, statistics, units_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dragoman.engines import Request
    from dragoman.scoring import Floats, Numbers, Snapshot

SCORE_DECIMALS = 5  # scores that differ by less are ties, so that rounding cannot reorder hits


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
        self._root = request.query.root
        self._concepts = request.query.concepts()
        self._ways = score(snapshot, request.expansions)
        self._further = any(
            alternative.via != "original"
            for concept in self._concepts
            for unit in units_of(self._ways, concept)
            for alternative in unit.unit.alternatives
        )
        self._among = candidates(snapshot, self._root, self._ways, every=self._further)
        self._constraints = Constraints(snapshot, self._ways, self._among, fold)

    def run(self) -> Evaluation:
        snapshot = self._snapshot
        found, scores, chosen = self._ordered()
        hits = found[chosen]
        return Evaluation(
            hits=tuple(
                Scored(key, snapshot.languages[language], points, why, balance)
                for key, language, points, why, balance in zip(
                    snapshot.keys[hits].tolist(),
                    snapshot.language[hits].tolist(),
                    scores[chosen].tolist(),
                    evidence(snapshot, self._ways, self._concepts, hits, self._balance),
                    self._balance[snapshot.language[hits]].tolist(),
                    strict=True,
                )
            ),
            total=len(found),
            facets=facets(snapshot, found),
            articles=dict(statistics(snapshot).named),
            reached=reached(snapshot, self._ways, self._concepts),
        )

    def ranking(self) -> tuple[Numbers, Floats]:
        found, scores, chosen = self._ordered()
        return self._snapshot.keys[found[chosen]], scores[chosen]

    def _ordered(self) -> tuple[Numbers, Floats, Numbers]:
        """The records that match, their scores, and which of them to show, in order."""
        records = self._among.records
        mask = self._constraints.mask(self._root) & self._snapshot.alive[records]
        balance = self._balance[self._snapshot.language[records]]
        scores = (self._total * balance).round(SCORE_DECIMALS)[mask]
        found = records[mask]
        return found, scores, self._choose(found, scores)

    @cached_property
    def _total(self) -> Floats:
        """The sum of each candidate's scores, before languages are made comparable."""
        total = np.zeros(len(self._among.records), np.float32)
        for concept in self._concepts:
            for unit in units_of(self._ways, concept):
                held = self._among.held[unit]
                total[held.places] += unit.scores(held.rows) * np.float32(concept.weight)
        return total

    @cached_property
    def _balance(self) -> Floats:
        """By language, the factor that makes its scores comparable with those of others."""
        language = self._snapshot.language
        ideal, best = np.zeros((2, len(self._snapshot.languages)), np.float32)
        if self._further:
            for concept in self._concepts:
                for unit in units_of(self._ways, concept):
                    highest = np.zeros_like(ideal)
                    np.maximum.at(highest, unit.language, unit.score)
                    ideal += highest * np.float32(concept.weight)
            np.maximum.at(best, language[self._among.records], self._total)
        measure = np.where(best > 0, best * np.sqrt(ideal), np.float32(1))
        return np.reciprocal(np.sqrt(measure))

    def _choose(self, found: Numbers, scores: Floats) -> Numbers:
        """Which of the found records to show, in order."""
        request = self._request
        if request.sort == "score" and not request.per_language:
            first = _foremost(scores, request.offset + request.limit)
            if len(first) < len(found):
                return first[self._choose(found[first], scores[first])]
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
            by_code = np.argsort(language, kind="stable")
            first = np.searchsorted(language[by_code], language[by_code])
            place = np.empty(len(order), np.int64)
            place[by_code] = np.arange(len(order)) - first
            order = order[place < request.per_language]
        return order[request.offset : request.offset + request.limit]


def _foremost(scores: Floats, wanted: int) -> Numbers:
    """Those that may be among so many of the highest."""
    if len(scores) <= 4 * wanted:
        return np.arange(len(scores))
    least = np.partition(scores, len(scores) - wanted)[len(scores) - wanted] if wanted else np.inf
    return np.flatnonzero(scores >= least)
