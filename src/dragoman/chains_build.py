"""The chains of units of each language (`dragoman.chains`), as arrays: made, and merged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dragoman.analysis.distance import encode
from dragoman.analysis.syllables import read, units
from dragoman.arrays import BadArrays
from dragoman.names_file import LONGEST_UNIT, spelled

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from dragoman.arrays import Guarded

    Numbers = NDArray[np.int64]


def pack_chains(vocabulary: Mapping[int, Collection[str]]) -> dict[str, NDArray[Any]]:
    """The arrays of the stretches of runs of each language, by its number."""
    rows = [units(term) for terms in vocabulary.values() for term in terms]
    names = sorted({unit for each in rows for unit in each})
    number = {unit: place for place, unit in enumerate(names)}
    counts = [len(terms) for terms in vocabulary.values()]
    language = np.repeat(np.array(list(vocabulary), np.int64), counts)
    row = np.repeat(np.arange(len(rows)), np.array(list(map(len, rows)), np.int64))
    unit = np.array([number[unit] for each in rows for unit in each], np.int64)
    has_next = row[1:] == row[:-1]
    follows = np.flatnonzero(has_next[1:] & has_next[:-1])
    keys = _keys(len(names), language[row[:-1]], unit[:-1], unit[1:])
    return _packed(names, keys[has_next], keys[follows], keys[follows + 1])


class Source(NamedTuple):
    """The chains of a file."""

    arrays: Mapping[str, Guarded]
    languages: Numbers
    """The new number of each of its languages."""


def merge_chains(sources: Sequence[Source]) -> dict[str, NDArray[Any]]:
    """The arrays of all chains.

    Raises `BadArrays` where a file is damaged.
    """
    units_of = [_units(source.arrays) for source in sources]
    names = sorted(set().union(*units_of))
    number = {unit: place for place, unit in enumerate(names)}
    found: list[tuple[Numbers, Numbers, Numbers]] = []
    for source, held in zip(sources, units_of, strict=True):
        language, first, second, ends, following = (
            source.arrays[name].whole().astype(np.int64)
            for name in ("link_language", "link_first", "link_second", "chain_ends", "chain_next")
        )
        numbers = np.array([number[unit] for unit in held], np.int64)
        counts = np.diff(ends, prepend=0)
        if counts.min(initial=0) < 0 or counts.sum() != len(following):
            raise BadArrays("damaged (the chains of names)")
        try:
            links = _keys(len(names), source.languages[language], numbers[first], numbers[second])
            found.append((links, np.repeat(links, counts), links[following]))
        except IndexError as error:
            raise BadArrays("damaged (the chains of names)") from error
    return _packed(names, *(np.concatenate(column) for column in zip(*found, strict=True)))


def _keys(count: int, language: Numbers, first: Numbers, second: Numbers) -> Numbers:
    """A number for each link, by its language and units, of which there are so many."""
    return (language * count + first) * count + second


def _packed(
    names: Sequence[str], links: Numbers, before: Numbers, after: Numbers
) -> dict[str, NDArray[Any]]:
    """The arrays of units, of links by their keys, and of those of which one follows another."""
    links = np.unique(links)
    pairs = np.unique(np.searchsorted(links, before) * len(links) + np.searchsorted(links, after))
    before, after = np.divmod(pairs, max(len(links), 1))
    rest, second = np.divmod(links, max(len(names), 1))
    language, first = np.divmod(rest, max(len(names), 1))
    encoded = [name.encode("utf-8", "surrogatepass") for name in names]
    return {
        "unit_sounds": _sounds(names),
        "unit_ends": np.cumsum([len(name) for name in encoded]).astype("<u4"),
        "unit_bytes": np.frombuffer(b"".join(encoded), np.uint8),
        "link_language": language.astype("<u2"),
        "link_first": first.astype("<u4"),
        "link_second": second.astype("<u4"),
        "chain_ends": np.cumsum(np.bincount(before, minlength=len(links))).astype("<u4"),
        "chain_next": after.astype("<u4"),
    }


def _sounds(names: Sequence[str]) -> NDArray[np.uint8]:
    sounds = np.zeros((len(names), LONGEST_UNIT), np.uint8)
    for place, unit in enumerate(names):
        code = encode(read(unit)[:LONGEST_UNIT])
        sounds[place, : len(code)] = code
    return sounds


def _units(arrays: Mapping[str, Guarded]) -> list[str]:
    ends = arrays["unit_ends"]
    return spelled(ends, arrays["unit_bytes"], np.arange(len(ends)))
