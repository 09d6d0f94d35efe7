"""Where the alternatives of a query occur: all of them are looked up at once.

A query of a few words has thousands of alternatives, many of them in several of its units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary

import numpy as np

from dragoman.vectors import ordered, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from numpy.typing import NDArray

    from dragoman.alternatives import Alternative, Unit
    from dragoman.query import Concept

    Floats = NDArray[np.float32]
    Numbers = NDArray[np.int64]
    Found = tuple[Numbers, Numbers, Floats]

BOOST = {"title": 1.5, "body": 1.0, "translation": 1.0}
"""What an occurrence in each field counts."""


class Snapshot(Protocol):
    """The records as of one commit, as arrays with one element a record."""

    alive: NDArray[np.bool_]
    language: Numbers
    """Index into `languages`."""
    languages: list[str]

    def postings(self, field: str, terms: Sequence[str]) -> Found:
        """Where terms occur, as parallel arrays: index into `terms`, record, frequency."""

    def phrases(self, field: str, phrases: Sequence[tuple[tuple[str, ...], int]]) -> Found:
        """The same for terms that follow each other, with so many words between them at most."""


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where the alternatives of a unit occur: parallel arrays, ordered by record."""

    alternative: Numbers
    """Index into the unit's alternatives."""
    record: Numbers
    frequency: Floats
    """Occurrences, times the boost of their field, times the alternative's weight."""


# What was found lately in each snapshot: a query is repeated for its next page or with a filter.
_FOUND: WeakKeyDictionary[Snapshot, dict[Hashable, list[Occurrences]]] = WeakKeyDictionary()
_QUERIES = 8
_MOST = 1 << 18  # occurrences of a query that is remembered


def occurrences(snapshot: Snapshot, units: Sequence[tuple[Unit, Concept]]) -> list[Occurrences]:
    """Where the alternatives of each unit occur, in the articles they may stand for.

    Each unit comes with its concept, which may ask for a field.
    """
    remembered = _FOUND.setdefault(snapshot, {})
    asked = tuple((unit, concept.field) for unit, concept in units)
    found = remembered.get(asked)
    if found is None:
        found = _occurrences(snapshot, units)
        if sum(len(each.record) for each in found) <= _MOST:
            if len(remembered) >= _QUERIES:
                remembered.clear()
            remembered[asked] = found
    return found


def _occurrences(snapshot: Snapshot, units: Sequence[tuple[Unit, Concept]]) -> list[Occurrences]:
    every = [each for unit, _ in units for each in unit.alternatives]
    sizes = [len(unit.alternatives) for unit, _ in units]
    weights = np.array([each.weight for each in every], np.float32)
    narrowed = any(each.languages is not None for each in every)
    allowed = _allowed(every, snapshot.languages) if narrowed else None
    none = np.zeros(0, np.int64)
    parts: list[Found] = [(none, none, np.zeros(0, np.float32))]
    for field, asked in _asked(units).items():
        for found in _read(snapshot, field, every, asked):
            owner, record, frequency = _let_in(snapshot, found, allowed)
            counted = frequency * weights.take(owner) * np.float32(BOOST[field])
            parts.append((owner, record, counted))
    owner, record, frequency = (np.concatenate(column) for column in zip(*parts, strict=True))
    begins = len(snapshot.alive) * np.arange(len(units) + 1)
    place = np.repeat(begins[:-1], sizes).take(owner) + record
    order = ordered(place)
    owner, place, frequency = owner.take(order), place.take(order), frequency.take(order)
    borders = np.searchsorted(place, begins).tolist()
    firsts = np.cumsum([0, *sizes[:-1]]).tolist()
    return [
        Occurrences(owner[low:high] - first, place[low:high] - begin, frequency[low:high])
        for low, high, first, begin in zip(borders, borders[1:], firsts, begins, strict=False)
    ]


def _let_in(snapshot: Snapshot, found: Found, allowed: NDArray[np.bool_] | None) -> Found:
    """What is in articles that are there and, if that is told, that it may stand for."""
    owner, record, frequency = found
    keep = snapshot.alive.take(record)
    if allowed is not None:
        keep &= allowed.take(owner * allowed.shape[1] + snapshot.language.take(record))
    if keep.all():
        return found
    kept = np.flatnonzero(keep)
    return owner.take(kept), record.take(kept), frequency.take(kept)


def _asked(units: Sequence[tuple[Unit, Concept]]) -> dict[str, list[int]]:
    """By field, the alternatives that are looked for there, all units' numbered through."""
    asked: dict[str, list[int]] = {field: [] for field in BOOST}
    at = 0
    for unit, concept in units:
        for number, each in enumerate(unit.alternatives, at):
            if each.via != "translation":
                for field in (concept.field,) if concept.field else ("title", "body"):
                    asked[field].append(number)
            elif not concept.field:
                asked["translation"].append(number)
        at += len(unit.alternatives)
    return asked


def _read(
    snapshot: Snapshot, field: str, every: Sequence[Alternative], asked: Sequence[int]
) -> list[Found]:
    """Number of the alternative, record and frequency of each occurrence in a field."""
    found = []
    single = {k: every[k].terms[0] for k in asked if len(every[k].terms) == 1}
    if single:
        found.append(_each_once(single, lambda terms: snapshot.postings(field, terms)))
    several = {k: (every[k].terms, every[k].gap) for k in asked if len(every[k].terms) > 1}
    if several:
        found.append(_each_once(several, lambda phrases: snapshot.phrases(field, phrases)))
    return found


def _each_once(asked: Mapping[int, Any], look_up: Callable[[list[Any]], Found]) -> Found:
    """Look up what is asked, what is asked for twice only once."""
    place: dict[Hashable, int] = {}
    places = np.array([place.setdefault(what, len(place)) for what in asked.values()])
    which, record, frequency = look_up(list(place))
    if len(place) == len(asked):
        return np.fromiter(asked, np.int64)[which], record, frequency
    counts = np.bincount(which, minlength=len(place))
    ends = np.cumsum(counts)
    rows = ordered(which).take(spread((ends - counts)[places], ends[places]))
    owner = np.repeat(np.fromiter(asked, np.int64), counts[places])
    return owner, record.take(rows), frequency.take(rows)


def _allowed(every: Sequence[Alternative], languages: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each alternative (row) may stand for an article of each language (column)."""
    # A column more, for languages of no record.
    codes, other = {name: code for code, name in enumerate(languages)}, len(languages)
    allowed = np.zeros((len(every), other + 1), bool)
    allowed[[row for row, each in enumerate(every) if each.languages is None]] = True
    rows, columns = [], []
    for row, each in enumerate(every):
        if each.languages is not None:
            columns += [codes.get(tag, other) for tag in each.languages]
            rows += [row] * len(each.languages)
    allowed[rows, columns] = True
    return allowed
