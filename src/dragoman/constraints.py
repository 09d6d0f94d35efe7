"""Which records a query asks for: its words, what must and must not be there, and its filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dragoman.query import (
    ArticleFilter,
    Concept,
    DateFilter,
    Group,
    LanguageFilter,
    Node,
    SourceFilter,
)
from dragoman.scoring import borders

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from dragoman.scoring import Numbers, ScoredUnit, Snapshot, Ways

    Mask = NDArray[np.bool_]

_FEW = 16  # a part of all records so small is sorted faster than marked among them


class Candidates(NamedTuple):
    """The records to look at: those that hold some word of the query, unless it finds others."""

    records: Numbers
    """Ascending."""
    places: Mapping[ScoredUnit, Numbers]
    """Where those of each unit are among them."""


def candidates(snapshot: Snapshot, root: Node, ways: Ways) -> Candidates:
    """The records that may be what a query asks for."""
    units = [unit for each in ways.values() for way in each for unit in way.units]
    size = len(snapshot.keys)
    if not _needs_concept(root):
        return Candidates(np.arange(size), {unit: unit.records for unit in units})
    if len(units) == 1:
        (only,) = units
        return Candidates(only.records, {only: np.arange(len(only.records))})
    records = _union([unit.records for unit in units], size)
    return Candidates(records, {unit: np.searchsorted(records, unit.records) for unit in units})


def _needs_concept(node: Node) -> bool:
    """Whether only records with some word of the query can be what a node asks for."""
    if not isinstance(node, Group):
        return isinstance(node, Concept)
    if any(_needs_concept(item) for item in node.must):
        return True
    return bool(_counting(node)) and all(_needs_concept(item) for item in node.should)


def _counting(group: Group) -> Sequence[Node]:
    """Those of the optional parts of a group one of which must be there."""
    # A filter narrows; it does not make the words beside it optional.
    return () if any(_has_concept(item) for item in group.must) else group.should


def _has_concept(node: Node) -> bool:
    if isinstance(node, Group):
        return any(_has_concept(item) for item in (*node.must, *node.should))
    return isinstance(node, Concept)


def _union(parts: Sequence[Numbers], size: int) -> Numbers:
    """The numbers below a size that are in any of these, ascending."""
    if _FEW * sum(map(len, parts)) < size:
        every = np.sort(np.concatenate([np.zeros(0, np.int64), *parts]), kind="stable")
        return every[borders(every)]
    found = np.zeros(size, bool)
    for part in parts:
        found[part] = True
    return np.flatnonzero(found)


class Constraints:
    """Tells which of some records are what a node of a query asks for."""

    def __init__(
        self, snapshot: Snapshot, ways: Ways, among: Candidates, fold: Callable[[str], str]
    ) -> None:
        """`fold` is the folding of the analysis, for the names of sources."""
        self._snapshot = snapshot
        self._ways = ways
        self._records, self._places = among
        self._fold = fold

    def mask(self, node: Node) -> Mask:
        """By candidate, whether it is."""
        snapshot = self._snapshot
        if isinstance(node, Concept):
            return self._speaks_of(node)
        if isinstance(node, Group):
            return self._group(node)
        if isinstance(node, LanguageFilter):
            allowed = [tag in node.tags for tag in snapshot.languages]
            return _look_up(allowed, snapshot.language[self._records])
        if isinstance(node, SourceFilter):
            wanted = self._fold(node.text).split()
            allowed = [
                bool(name) and all(word in self._fold(name) for word in wanted)
                for name in snapshot.sources
            ]
            return _look_up(allowed, snapshot.source[self._records])
        if isinstance(node, ArticleFilter):
            return np.isin(snapshot.keys[self._records], list(node.keys))
        return self._dates(node)

    def _speaks_of(self, concept: Concept) -> Mask:
        mask = np.zeros(len(self._records), bool)
        for needed, units in self._ways[concept]:
            if needed == 1:
                for unit in units:
                    mask[self._places[unit]] = True
                continue
            held = np.zeros(len(mask), np.int64)
            for unit in units:
                held[self._places[unit]] += 1
            mask |= held >= needed
        return mask

    def _dates(self, node: DateFilter) -> Mask:
        day = self._snapshot.published[self._records]
        return (day > 0) & (day >= node.low) & (day <= node.high)

    def _group(self, group: Group) -> Mask:
        mask = np.ones(len(self._records), bool)
        for node in group.must:
            mask &= self.mask(node)
        counting = _counting(group)
        if counting:
            some = np.zeros_like(mask)
            for node in counting:
                some |= self.mask(node)
            mask &= some
        for node in group.must_not:
            mask &= ~self.mask(node)
        return mask


def _look_up(allowed: list[bool], codes: Numbers) -> Mask:
    return np.asarray(allowed or [False])[codes] if len(codes) else np.zeros(0, bool)
