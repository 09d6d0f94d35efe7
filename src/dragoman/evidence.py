"""What is said of the records that were found: why each was, how many there are of what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dragoman.model import ALL_VIAS, Evidence, Facets
from dragoman.scoring import by_name, statistics, units_of
from dragoman.vectors import places_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dragoman.model import Via
    from dragoman.query import Concept
    from dragoman.scoring import Floats, Numbers, ScoredUnit, Snapshot, Ways

_SPAN = 10_000  # months between the first and the last that are counted without sorting


def evidence(
    snapshot: Snapshot, ways: Ways, concepts: Sequence[Concept], hits: Numbers, balance: Floats
) -> list[tuple[Evidence, ...]]:
    """How each of some records was found; `balance` is, by language, a factor of its score."""
    found: list[list[Evidence]] = [[] for _ in hits]
    languages = snapshot.language[hits].tolist()
    articles = statistics(snapshot).articles[languages].tolist()
    balances = balance[languages]
    for concept in concepts:
        for unit in units_of(ways, concept):
            at, is_holder = places_in(unit.records, hits)
            holders, rows = np.flatnonzero(is_holder), at[is_holder]
            scores = (unit.scores(rows) * balances[holders]).tolist()
            for hit, place, score in zip(holders.tolist(), rows.tolist(), scores, strict=True):
                found[hit].append(
                    _evidence(unit, place, concept, score, languages[hit], articles[hit])
                )
    return [tuple(each) for each in found]


def _evidence(
    unit: ScoredUnit, place: int, concept: Concept, score: float, language: int, articles: int
) -> Evidence:
    here = unit.held(place)
    vias = {alternative.via for alternative in here}
    return Evidence(
        concept=concept.text,
        via=tuple(via for via in ALL_VIAS if via in vias),
        terms=tuple(dict.fromkeys(alternative.terms for alternative in here)),
        score=score * concept.weight,
        frequency=float(unit.frequency[place]),
        articles_with=float(unit.articles_with[language]),
        articles=articles,
    )


def reached(
    snapshot: Snapshot, ways: Ways, concepts: Sequence[Concept]
) -> dict[str, frozenset[Via]]:
    """By language, how words of the query occur in it at all."""
    table = np.zeros((len(snapshot.languages), len(ALL_VIAS)), bool)
    for concept in concepts:
        for unit in units_of(ways, concept):
            vias = [ALL_VIAS.index(each.via) for each in unit.unit.alternatives]
            if len(set(vias)) == 1:
                table[:, vias[0]] |= unit.occurs
            else:
                where = unit.occurrences
                codes = np.array(vias, np.int64)[where.alternative]
                table[snapshot.language[where.record], codes] = True
    found: dict[str, set[Via]] = {}
    for language, via in zip(*(each.tolist() for each in np.nonzero(table)), strict=True):
        found.setdefault(snapshot.languages[language], set()).add(ALL_VIAS[via])
    return {name: frozenset(vias) for name, vias in found.items()}


def facets(snapshot: Snapshot, records: Numbers) -> Facets:
    """How many of some records there are by language, source and month."""
    languages = by_name(snapshot.languages, np.bincount(snapshot.language[records]))
    sources = by_name(snapshot.sources, np.bincount(snapshot.source[records]))
    sources.pop("", None)
    months, counts = _counted(snapshot.published[records] // 100)
    return Facets(
        languages=_largest_first(languages),
        sources=_largest_first(sources),
        months={
            f"{month // 100:04}-{month % 100:02}" if month % 100 else f"{month // 100:04}": count
            for month, count in zip(months.tolist(), counts.tolist(), strict=True)
        },
    )


def _counted(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Each positive number that occurs, ascending, and how often."""
    numbers = numbers[numbers > 0]
    if not len(numbers):
        return numbers, numbers
    low = int(numbers.min())
    if int(numbers.max()) - low > _SPAN:
        found, counts = np.unique(numbers, return_counts=True)
        return found, counts
    counts = np.bincount(numbers - low)
    found = np.flatnonzero(counts)
    return found + low, counts[found]


def _largest_first(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
