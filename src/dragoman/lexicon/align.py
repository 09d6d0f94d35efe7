"""Which units of two parallel texts translate each other, from their sentences alone.

IBM Model 1 (Brown et al., Computational Linguistics 1993) with a prior for links near
the diagonal (Dyer, Chahuneau and Smith, NAACL 2013). Pairs of units are then scored by
the Dice coefficient of their links, which is low for a common unit that merely stands
beside everything. Units are numbers here; what they are (words, stems, pieces of an
unspaced script) is the caller's to say, and a stretch of text may give several.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int32]
    Floats = NDArray[np.float32]

ROUNDS = 6
"""How often the links are estimated again; the score hardly moves after that."""

_TENSION = 1.5  # how fast links lose credit away from the diagonal
_NULL = 0.1  # the share of units without a counterpart
_DOUBT = 1.0  # added to what was seen, so that units seen once are believed less
_TINY = 1e-12


class Unit(NamedTuple):
    """One unit of a sentence."""

    number: int
    """Which unit, counted from zero."""
    place: float
    """Where it stands in its sentence, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of linked units, as parallel arrays."""

    left: Ints
    right: Ints
    dice: Floats
    """How nearly the two are each other's only counterpart, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class _Side:
    number: Ints
    sentence: Ints
    place: Floats
    size: int


def align(left: Sequence[Sequence[Unit]], right: Sequence[Sequence[Unit]]) -> Links:
    """The links between the units of sentences that translate each other, pair by pair.

    Each unit of the right is explained by one unit of the left, or by none. The
    same input gives the same links.
    """
    here, there = _side(left), _side(right)
    one, other = _crossed(here, there, len(left))
    keys, slot = np.unique(
        here.number[one].astype(np.int64) * there.size + there.number[other],
        return_inverse=True,
    )
    slot = slot.astype(np.int32)
    slot_left, slot_right = (part.astype(np.int32) for part in np.divmod(keys, there.size or 1))
    prior = np.exp(-_TENSION * np.abs(here.place[one] - there.place[other]))
    null = _NULL * np.bincount(there.number, minlength=there.size) / max(1, len(there.number))
    count = np.bincount(slot, prior, len(keys))
    for _ in range(ROUNDS):
        table = count / np.maximum(np.bincount(slot_left, count), _TINY)[slot_left]
        likely = table[slot] * prior
        whole = np.bincount(other, likely, len(there.number)) + null[there.number]
        count = np.bincount(slot, likely / whole[other], len(keys))
    ours, theirs = np.bincount(here.number)[slot_left], np.bincount(there.number)[slot_right]
    # One unit of the left may explain several that stand together on the right.
    dice = 2 * np.minimum(count, ours) / (ours + theirs + _DOUBT)
    return Links(slot_left, slot_right, dice.astype(np.float32))


def _side(sentences: Sequence[Sequence[Unit]]) -> _Side:
    units = [unit for sentence in sentences for unit in sentence]
    number = np.array([unit.number for unit in units], np.int32)
    lengths = [len(sentence) for sentence in sentences]
    return _Side(
        number,
        np.repeat(np.arange(len(sentences), dtype=np.int32), lengths),
        np.array([unit.place for unit in units], np.float32),
        int(number.max(initial=-1)) + 1,
    )


def _crossed(here: _Side, there: _Side, sentences: int) -> tuple[Ints, Ints]:
    """Every unit of each sentence beside every unit of its translation."""
    sizes = np.bincount(here.sentence, minlength=sentences)
    starts = np.cumsum(sizes) - sizes
    times = sizes[there.sentence]
    other = np.repeat(np.arange(len(there.number), dtype=np.int32), times)
    ends = np.cumsum(times)
    within = np.arange(len(other)) - np.repeat(ends - times, times)
    one = np.repeat(starts[there.sentence], times) + within
    return one.astype(np.int32), other
