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
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dragoman.analysis.costs import SIZE, costs
from dragoman.analysis.distance import Hearing, encode
from dragoman.analysis.sound import consonants
from dragoman.analysis.syllables import joined, read, units
from dragoman.arrays import BadArrays, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from dragoman.analysis.costs import Costs
    from dragoman.analysis.sound import Form, Kind
    from dragoman.arrays import Arrays

    Floats = NDArray[np.float32]
    Places = NDArray[np.intp]

LONGEST_UNIT = 8
"""Sounds of a unit that are compared."""

ROWS = (
    ("unit_sounds", "unit_ends"),
    ("unit_bytes",),
    ("link_language", "link_first", "link_second", "chain_ends"),
    ("chain_next",),
)
"""Arrays that have one row a unit, a link, or a pair of links that follow each other."""

TYPES = {
    "unit_sounds": "u1", "unit_ends": "<u4", "unit_bytes": "u1", "link_language": "<u2",
    "link_first": "<u4", "link_second": "<u4", "chain_ends": "<u4", "chain_next": "<u4",
}  # fmt: skip


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


def pack_chains(vocabulary: Mapping[int, Collection[str]]) -> dict[str, NDArray[Any]]:
    """The arrays of the stretches of runs of each language, by its number."""
    rows = [units(term) for terms in vocabulary.values() for term in terms]
    names = sorted({unit for each in rows for unit in each})
    number = {unit: place for place, unit in enumerate(names)}
    counts = np.array([len(terms) for terms in vocabulary.values()], np.int64)
    language = np.repeat(np.array(list(vocabulary), np.int64), counts)
    sizes = np.array(list(map(len, rows)), np.int64)
    row = np.repeat(np.arange(len(rows)), sizes)
    numbers = np.array([number[unit] for each in rows for unit in each], np.int64)
    links, before, after = _linked(row, language[row], numbers, len(names))
    sounds = np.zeros((len(names), LONGEST_UNIT), np.uint8)
    for place, unit in enumerate(names):
        code = encode(read(unit)[:LONGEST_UNIT])
        sounds[place, : len(code)] = code
    encoded = [name.encode("utf-8", "surrogatepass") for name in names]
    return {
        "unit_sounds": sounds,
        "unit_ends": np.cumsum([len(name) for name in encoded]).astype("<u4"),
        "unit_bytes": np.frombuffer(b"".join(encoded), np.uint8),
        "link_language": links[0].astype("<u2"),
        "link_first": links[1].astype("<u4"),
        "link_second": links[2].astype("<u4"),
        "chain_ends": np.cumsum(np.bincount(before, minlength=len(links[0]))).astype("<u4"),
        "chain_next": after.astype("<u4"),
    }


def _linked(
    row: Places, language: Places, unit: Places, count: int
) -> tuple[tuple[Places, Places, Places], Places, Places]:
    """The distinct links, by language and units, and those of which one follows the other.

    Given are the row of each unit, its language, and its number among so many.
    """
    has_next = row[1:] == row[:-1]
    keys = ((language[:-1] * count + unit[:-1]) * count + unit[1:])[has_next]
    links, found = np.unique(keys, return_inverse=True)
    place = np.zeros(len(has_next), np.intp)
    place[has_next] = found.reshape(-1)
    follows = has_next[1:] & has_next[:-1]
    pairs = np.unique(place[:-1][follows] * len(links) + place[1:][follows])
    before, after = np.divmod(pairs, max(len(links), 1))
    rest, second = np.divmod(links, max(count, 1))
    return (*np.divmod(rest, max(count, 1)), second), before, after


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
        self, path: Path, held: Arrays, languages: int, *, effort: Effort = Effort(),  # noqa: B008
        costs_of: Callable[[Kind, Kind], Costs] = costs,
    ) -> None:  # fmt: skip
        """`languages` is how many the file has."""
        self._path, self._arrays, self._languages = path, held.arrays, languages
        self._effort, self._costs_of = effort, costs_of
        self._read: dict[int, str] = {}

    def __len__(self) -> int:
        """How many pairs and triples of neighbours there are."""
        return len(self._arrays["link_first"]) + len(self._arrays["chain_next"])

    @cached_property
    def _held(self) -> _Held:
        arrays = self._arrays
        sounds, reading = _longest_first(arrays["unit_sounds"])
        language, first, second, ends, following = (
            arrays[name].astype(np.intp)
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
        group = np.flatnonzero(np.diff(key, prepend=-1))
        return _Held(
            sounds, reading, language, first, second, begins, ends, following,
            group, np.append(group[1:], len(key)),
        )  # fmt: skip

    def vocabulary(self, code: int) -> set[str]:
        """The stretches of three units of a language, and of two where there are no more.

        Raises `dragoman.arrays.BadArrays`.
        """
        held = self._held
        links = np.flatnonzero(held.language == code)
        found = set()
        for link in links.tolist():
            pair = [self._unit(int(held.first[link])), self._unit(int(held.second[link]))]
            found.add(joined(pair))
            for after in held.following[held.begins[link] : held.ends[link]]:
                found.add(joined([*pair, self._unit(int(held.second[after]))]))
        return found

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
            begin, end = int(ends[number - 1]) if number else 0, int(ends[number])
            try:
                unit = text[begin:end].tobytes().decode("utf-8", "surrogatepass")
            except UnicodeDecodeError as error:
                raise self._damaged() from error
            self._read[number] = unit
        return unit

    def _damaged(self) -> BadArrays:
        return BadArrays(f"{self._path}: damaged")


def _longest_first(unit_sounds: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], Places]:
    """The distinct readings of units, and the number of that of each unit."""
    sounds, reading = np.unique(unit_sounds, axis=0, return_inverse=True)
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
