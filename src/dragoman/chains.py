"""Names inside the runs of unspaced scripts, as chains of units that follow each other.

Where words are not set apart a name may begin and end at any unit (`dragoman.analysis.syllables`),
and to keep every stretch of every run would take more room than the texts. Kept are the distinct
units of a language, which of them follow each other (*links*), and which follow a link: of each,
a new text brings ever fewer. A query is looked for by a beam search over what follows what, with
the costs of an edit distance, a row of it for each chain; so every three neighbours of a chain
that is found are neighbours in some text.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dragoman.analysis.costs import SIZE, costs
from dragoman.analysis.distance import Hearing
from dragoman.analysis.sound import consonants
from dragoman.analysis.syllables import joined
from dragoman.arrays import BadArrays
from dragoman.names_file import LONGEST_UNIT, spelled
from dragoman.vectors import borders, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from dragoman.analysis.costs import Costs
    from dragoman.analysis.sound import Form, Kind
    from dragoman.arrays import Guarded

    Floats = NDArray[np.float32]
    Places = NDArray[np.intp]


class Effort(NamedTuple):
    """How widely chains are looked for."""

    least: tuple[float, float, float, float] = (0.85, 0.8, 0.74, 0.68)
    """The least similarity, for queries of one, two, three and more consonants."""
    starts: int = 60
    """Units of a language that a chain may begin with."""
    beam: int = 24
    """Chains of a language that are made longer."""
    slack: float = 0.15
    """How far a chain may be below the least similarity on the way, as a share of what is lost."""
    kept: int = 8
    """Chains of a language that are found."""


_MOST_UNITS, _SLACK = 12, 0.1


class _Held(NamedTuple):
    """The arrays of a file, checked."""

    sounds: NDArray[np.uint8]
    """The distinct readings of units."""
    reading: Places
    """The reading of each unit."""
    language: Places
    first: Places
    second: Places
    """Of each link."""
    begins: Places
    ends: Places
    """Where the links that follow each link are in `following`."""
    following: Places
    group_begins: Places
    group_ends: Places
    """Where the links of one language and one first unit are."""


class Chains:
    """The chains of units of each language, as one file holds them."""

    def __init__(
        self, path: Path, held: Mapping[str, Guarded], languages: int, *, effort: Effort = Effort(),  # noqa: B008
        costs_of: Callable[[Kind, Kind], Costs] = costs,
    ) -> None:  # fmt: skip
        """`languages` is how many the file has."""
        self._path, self._arrays, self._languages = path, held, languages
        self._effort, self._costs_of = effort, costs_of
        self._read: dict[int, str] = {}

    def __len__(self) -> int:
        """How many pairs and triples of neighbours there are."""
        return len(self._arrays["link_first"]) + len(self._arrays["chain_next"])

    @cached_property
    def _held(self) -> _Held:
        arrays = self._arrays
        sounds, reading = _longest_first(arrays["unit_sounds"].whole())
        language, first, second, ends, following = (
            arrays[name].whole().astype(np.intp)
            for name in ("link_language", "link_first", "link_second", "chain_ends", "chain_next")
        )
        begins = np.concatenate((np.zeros(1, np.intp), ends))[:-1]
        for numbers, size in (
            (language, self._languages), (first, len(reading)), (second, len(reading)),
            (following, len(first)), (sounds, SIZE), (ends, len(following) + 1),
        ):  # fmt: skip
            if numbers.size and numbers.max() >= size:
                raise self._damaged()
        if (ends < begins).any():
            raise self._damaged()
        key = language * len(reading) + first
        group = borders(key)
        return _Held(
            sounds, reading, language, first, second, begins, ends, following,
            group, np.append(group[1:], len(key)),
        )  # fmt: skip

    def find(
        self, forms: Iterable[Form], wanted: NDArray[np.bool_]
    ) -> dict[int, list[tuple[str, float]]]:
        """By language, of those wanted, the stretches that sound like some form, best first.

        Raises `dragoman.arrays.BadArrays`.
        """
        found: dict[int, dict[str, float]] = {}
        if len(self):
            for form in forms:
                self._follow(form, wanted, found)
        return {code: self._shortest(terms) for code, terms in found.items()}

    def _follow(
        self, form: Form, wanted: NDArray[np.bool_], found: dict[int, dict[str, float]]
    ) -> None:
        """Add the chains that sound like a form to those found."""
        held, effort = self._held, self._effort
        least = effort.least[min(max(consonants(form.sounds), 1), 4) - 1]
        heard = Hearing(form, self._costs_of(form.kind, "southeast"), least)
        most = effort.slack * heard.may_lose + _SLACK
        alone = heard.after(heard.nothing(len(held.sounds)), held.sounds)
        group = held.group_begins
        hope = heard.hope(alone)[held.reading[held.first[group]]]
        chosen = np.flatnonzero(wanted[held.language[group]] & (hope <= most))
        chosen = _least(chosen, held.language[group[chosen]], hope[chosen], effort.starts)
        links = spread(held.group_begins[chosen], held.group_ends[chosen])
        rows = alone.take(held.reading[held.first[links]], axis=1)
        parent = np.arange(len(links))
        path = [(held.first[links], parent)]
        before = heard.similarity(rows)
        while len(links) and len(path) < _MOST_UNITS:
            order = np.argsort(held.reading[held.second[links]], kind="stable")
            links, parent, before = links[order], parent[order], before[order]
            sounds = held.sounds.take(held.reading[held.second[links]], axis=0)
            rows = heard.after(rows.take(order, axis=1), sounds)
            path.append((held.second[links], parent))
            similarity = heard.similarity(rows)
            good = np.flatnonzero((similarity >= least) & (similarity > before))
            good = _least(good, held.language[links[good]], -similarity[good], effort.kept)
            heard_here = zip(
                held.language[links[good]].tolist(),
                self._spelled(path, good),
                similarity[good].tolist(),
                strict=True,
            )
            for code, term, near in heard_here:
                terms = found.setdefault(code, {})
                terms[term] = max(terms.get(term, 0.0), near)
            hope = heard.hope(rows[:-1])
            alive = np.flatnonzero(hope <= most)
            alive = _least(alive, held.language[links[alive]], hope[alive], effort.beam)
            begins, ends = held.begins[links[alive]], held.ends[links[alive]]
            parent = np.repeat(alive, ends - begins)
            links = held.following[spread(begins, ends)]
            rows, before = rows.take(parent, axis=1), similarity[parent]

    def _spelled(self, path: list[tuple[Places, Places]], places: Places) -> list[str]:
        rows = []
        for unit, parent in reversed(path):
            rows.append(map(self._unit, unit[places].tolist()))
            places = parent[places]
        return [joined(list(row)) for row in zip(*rows[::-1], strict=True)]

    def _shortest(self, terms: Mapping[str, float]) -> list[tuple[str, float]]:
        """The best, without those that hold another: they are in no text that it is not in."""
        kept: list[tuple[str, float]] = []
        for term, similarity in sorted(terms.items(), key=lambda item: (-item[1], item[0])):
            if len(kept) == self._effort.kept:
                break
            if not any(other in term for other, _ in kept):
                kept.append((term, similarity))
        return kept

    def _unit(self, number: int) -> str:
        unit = self._read.get(number)
        if unit is None:
            ends, text = self._arrays["unit_ends"], self._arrays["unit_bytes"]
            unit = self._read[number] = spelled(ends, text, np.array([number]))[0]
        return unit

    def _damaged(self) -> BadArrays:
        return BadArrays(f"{self._path}: damaged")


def _longest_first(unit_sounds: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], Places]:
    """The distinct readings of units, and the number of that of each unit."""
    # A row as one number: eight bytes, of which the first counts most.
    numbers, reading = np.unique(
        unit_sounds.view(">u8").ravel().astype(np.uint64), return_inverse=True
    )
    sounds = numbers.astype(">u8").view(np.uint8).reshape(-1, LONGEST_UNIT)
    order = np.argsort(-np.count_nonzero(sounds, axis=1), kind="stable")
    place = np.empty(len(order), np.intp)
    place[order] = np.arange(len(order))
    return sounds[order], place[reading.reshape(-1)]


def _least(items: Places, group: Places, value: Floats, most: int) -> Places:
    """Of each group, so many items of the least value."""
    order = np.lexsort((value, group))
    group = group[order]
    # Among the first is what has another group so many places before it.
    first = np.ones(len(order), bool)
    np.not_equal(group[most:], group[:-most], out=first[most:])
    return items[order[first]]
