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
from dragoman.scoring import units_of
from dragoman.vectors import borders, common, places_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from dragoman.scoring import Numbers, ScoredUnit, Snapshot, Ways

    Mask = NDArray[np.bool_]

_FEW = 16  # a part of all records so small is sorted faster than marked among them


class Held(NamedTuple):
    """Some of the records of a unit, and where they are among the candidates."""

    rows: Numbers | None
    """None stands for all."""
    places: Numbers


class Candidates(NamedTuple):
    """The records to look at: those that hold some word of the query, unless it finds others."""

    records: Numbers
    """Ascending."""
    held: Mapping[ScoredUnit, Held]


def candidates(snapshot: Snapshot, root: Node, ways: Ways, *, every: bool) -> Candidates:
    """The records that may be what a query asks for.

    With `every`, all that hold some word, also where the query asks for several.
    """
    units = [unit for each in ways.values() for way in each for unit in way.units]
    size = len(snapshot.keys)
    if not _needs_concept(root):
        return Candidates(np.arange(size), {unit: Held(None, unit.records) for unit in units})
    needed = [] if every else _needed(root)
    if len(needed) > 1:
        records = common([_holding(ways, concept, size) for concept in needed])
        return Candidates(records, {unit: _held(unit, records) for unit in units})
    if len(units) == 1:
        (only,) = units
        return Candidates(only.records, {only: Held(None, np.arange(len(only.records)))})
    records, places = _union([unit.records for unit in units], size)
    held = {unit: Held(None, each) for unit, each in zip(units, places, strict=True)}
    return Candidates(records, held)


def _needed(node: Node) -> list[Concept]:
    """Concepts that any record must speak of."""
    if isinstance(node, Concept):
        return [node]
    return [each for item in node.must for each in _needed(item)] if isinstance(node, Group) else []


def _holding(ways: Ways, concept: Concept, size: int) -> Numbers:
    """The records that have some word of a concept."""
    parts = [unit.records for unit in units_of(ways, concept)]
    return parts[0] if len(parts) == 1 else _union(parts, size)[0]


def _held(unit: ScoredUnit, records: Numbers) -> Held:
    at, held = places_in(unit.records, records)
    return Held(at[held], np.flatnonzero(held))


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


def _union(parts: Sequence[Numbers], size: int) -> tuple[Numbers, list[Numbers]]:
    """The numbers below a size that are in any of these, ascending; and where all of these are."""
    if _FEW * sum(map(len, parts)) < size:
        every = np.concatenate([np.zeros(0, np.int64), *parts])
        order = np.argsort(every, kind="stable")
        every = every[order]
        begins = borders(every)
        places = np.empty(len(every), np.int64)
        places[order] = np.repeat(np.arange(len(begins)), np.diff(begins, append=len(every)))
        return every[begins], np.split(places, np.cumsum(list(map(len, parts))))[:-1]
    found = np.zeros(size, bool)
    for part in parts:
        found[part] = True
    upto = np.cumsum(found)
    return np.flatnonzero(found), [upto[part] - 1 for part in parts]


class Constraints:
    """Tells which of some records are what a node of a query asks for."""

    def __init__(
        self, snapshot: Snapshot, ways: Ways, among: Candidates, fold: Callable[[str], str]
    ) -> None:
        """`fold` is the folding of the analysis, for the names of sources."""
        self._snapshot = snapshot
        self._ways = ways
        self._records, self._held = among
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
                    mask[self._held[unit].places] = True
                continue
            held = np.zeros(len(mask), np.int64)
            for unit in units:
                held[self._held[unit].places] += 1
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
