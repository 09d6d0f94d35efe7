"""How well rankings of a story's variants in many languages are: by language, and as one list."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

import ntrex

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_DEPTHS = (100, 128, 200, 1000)
GROUP_OF = {code: group for group, codes in ntrex.GROUPS.items() for code in codes}


Ranking = list[tuple[str, str]]
"""The (story, code) of articles, best first."""


class Measure:
    """Collects rankings of story variants."""

    def __init__(self, held: Mapping[str, set[str]]) -> None:
        """`held`: story → the codes in which the library has it."""
        self._held = held
        self._ranks: dict[str, list[float]] = defaultdict(list)
        self._lists: list[dict[str, float]] = []
        self._places: dict[str, list[float]] = defaultdict(list)
        self.seconds: list[float] = []

    def add(self, story: str, ranking: Ranking, source: str) -> None:
        """A ranking of (story, code) for a query in the language `source`."""
        held = self._held[story]
        seen: Counter[str] = Counter()
        rank: dict[str, int] = {}
        for found, code in ranking:
            seen[code] += 1
            if found == story:
                rank[code] = seen[code]
        for code in held:
            if code.partition("-")[0] != source.partition("-")[0]:
                self._ranks[code].append(1 / rank[code] if code in rank else 0.0)
        at = {code: place for place, (found, code) in enumerate(ranking) if found == story}
        for code in held:
            self._places[code].append(at.get(code, math.inf))
        places = np.array(sorted(at.values()))
        ideal = sum(1 / math.log2(place + 2) for place in range(min(20, len(held))))
        self._lists.append({
            "ndcg@20": float((1 / np.log2(places[places < 20] + 2)).sum()) / ideal,
            **{f"r@{depth}": float((places < depth).sum()) / len(held) for depth in _DEPTHS},
            "fairness": fairness(at, held),
        })  # fmt: skip

    def figures(self) -> dict[str, Any]:
        """All the measures, of which percentages are from 0 to 100."""
        mrr = {code: 100 * float(np.mean(ranks)) for code, ranks in self._ranks.items()}
        at_10 = {
            code: 100 * float(np.mean([rank >= 0.1 for rank in ranks]))
            for code, ranks in self._ranks.items()
        }
        early = self._recall(200)
        by_group = _by_group(early)
        best = max(by_group.values(), default=0.0) or 1.0
        return {
            "mrr": {**_by_group(mrr), "all": float(np.mean([*mrr.values()]))},
            "recall@10": {**_by_group(at_10), "all": float(np.mean([*at_10.values()]))},
            "one list": {
                name: round(float(np.mean([each[name] for each in self._lists])), 4)
                for name in self._lists[0]
            }
            | {"spread": _spread(self._recall(1000)), "spread@200": _spread(early)},
            "r@200": by_group,
            "r@200 of the best": {group: value / best for group, value in by_group.items()},
            "ms": 1000 * float(np.median(self.seconds)),
            "languages": mrr,
            "r@200 by language": early,
        }

    def _recall(self, depth: int) -> dict[str, float]:
        """Code → the percentage of stories whose variant is that early in the one list."""
        return {
            code: 100 * float(np.mean([place < depth for place in places]))
            for code, places in self._places.items()
        }


def _spread(values: Mapping[str, float]) -> float:
    """The coefficient of variation."""
    each = np.array([*values.values()])
    return float(each.std() / max(each.mean(), 1e-9))


def _by_group(values: dict[str, float]) -> dict[str, float]:
    grouped: dict[str, list[float]] = defaultdict(list)
    for code, value in values.items():
        grouped[GROUP_OF.get(code, "other")].append(value)
    return {group: float(np.mean(grouped[group])) for group in ntrex.GROUPS if group in grouped}


def fairness(at: Mapping[str, int], held: Collection[str]) -> float:
    """How fairly the first 200 of one list share attention among groups of scripts, 0 to 1.

    `at`: code → the place of the variant that was found; `held`: the codes of all variants.
    One less the Jensen-Shannon divergence (base 2) between the attention that each group's
    variants get, 1 / log2(place + 2), and each group's share of the variants: AWRF of Raj and
    Ekstrand, *Measuring Fairness in Ranked Results* (SIGIR 2022), after Sapiezynski et al.
    (WWW 2019). 0 where nothing is found. The p-value of PEER (Yang et al., SIGIR 2024) tells
    nothing here: with 128 articles wanted of a list its test rejects every engine.
    """
    groups = [*ntrex.GROUPS]
    attention, target = np.zeros(len(groups)), np.zeros(len(groups))
    for code in (code for code, place in at.items() if place < 200):
        attention[groups.index(GROUP_OF[code])] += 1 / math.log2(at[code] + 2)
    for code in held:
        target[groups.index(GROUP_OF[code])] += 1 / len(held)
    if not attention.any():
        return 0.0
    attention /= attention.sum()
    middle = (attention + target) / 2

    def divergence(shares: np.ndarray[Any, Any]) -> float:
        some = shares > 0
        return float((shares[some] * np.log2(shares[some] / middle[some])).sum())

    return 1 - (divergence(attention) + divergence(target)) / 2


def by_size(recalls: Mapping[str, float], turn: int) -> dict[float, float]:
    """Share of the stories kept → the mean over the languages that keep it."""
    grouped: dict[float, list[float]] = defaultdict(list)
    for code, share in ntrex.shares(turn).items():
        grouped[share].append(recalls[code])
    return {share: float(np.mean(grouped[share])) for share in ntrex.SHARES}
