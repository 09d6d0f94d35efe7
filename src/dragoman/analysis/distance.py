"""How like one sound form is to many others: a weighted edit distance in NumPy.

The ends of a form cost less than its middle, for the particles and endings that languages put
there; inside an unspaced run a name may begin and end at any character.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dragoman.analysis.costs import CODE, SIZE, costs_to_all
from dragoman.analysis.sound import LONGEST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dragoman.analysis.costs import Costs
    from dragoman.analysis.sound import Form

    Floats = NDArray[np.float32]

_PREFIX, _SUFFIX, _FAR_SUFFIX, _NEAR = 0.25, 0.12, 0.5, 5
_AROUND, _INSIDE = 0.06, 0.5  # what is left of a run, and a cut through a character of it
# Costs are whole numbers, so that the place where a match in a run begins fits below them.
_UNIT = 1 << 10
_PLACE = 5
_FAR = np.int32(1 << 29)
_BATCH = 2048  # forms compared at once, few enough for the cache


class Compared(NamedTuple):
    """How each form compares to the query."""

    similarity: NDArray[np.float32]
    """At most 1, where 1 is the same sounds; below 0 for what is farther than nothing at all."""
    begin: NDArray[np.uint8]
    """Where in a run the best match begins, in sounds; a word is compared as a whole."""
    end: NDArray[np.uint8]


def encode(sounds: str) -> NDArray[np.uint8]:
    """The codes of the first sounds of a form."""
    return np.array([CODE[sound] for sound in sounds[:LONGEST]], np.uint8)


def compare(
    form: Form,
    sounds: NDArray[np.uint8],
    lengths: NDArray[np.uint8],
    kinds: NDArray[np.uint8],
    starts: NDArray[np.uint32],
) -> Compared:
    """Compare a form with others: rows of sound codes padded with 0, of the kinds given."""
    query = encode(form.sounds)
    table = costs_to_all(form.kind)
    worth = np.maximum(table.worth[:, query].sum(1), 0.01)
    edits = _Edits.of(table, query)
    cost = np.zeros(len(sounds), np.int32)
    begin, end = np.zeros(len(sounds), np.uint8), lengths.copy()
    order = np.lexsort((lengths, starts > 0))
    runs = int(np.count_nonzero(starts))
    words = len(order) - runs
    borders = [*range(0, words, _BATCH), *range(words, len(order), _BATCH), len(order)]
    for at, stop in pairwise(borders):
        rows = order[at:stop]
        length = lengths[rows].astype(np.int32)
        width = int(length[-1])
        codes = np.ascontiguousarray(sounds.take(rows, axis=0)[:, :width].T, np.intp)
        codes += kinds[rows].astype(np.intp) * SIZE
        rest = length - np.arange(width + 1, dtype=np.int32)[:, None]
        if at < words:
            row = edits.costs(codes, kinds[rows], _WORD_HEAD[: width + 1, None])
            row += _WORD_TAIL.take(rest)
            cost[rows] = row.min(axis=0) >> _PLACE
            continue
        head, tail = _ends_in_run(rest, starts[rows])
        row = edits.costs(codes, kinds[rows], head)
        row += tail
        last = row.argmin(axis=0)
        best = row[last, np.arange(len(rows))]
        cost[rows], begin[rows], end[rows] = best >> _PLACE, best & ((1 << _PLACE) - 1), last
    similarity = (1 - cost / _UNIT / worth[kinds]).astype(np.float32)
    return Compared(similarity, begin, end)


class _Edits(NamedTuple):
    """What it costs to make forms of a query."""

    substitution: NDArray[np.int32]
    """For each sound of the query and each of a form, less what it costs to insert the latter."""
    insertion: NDArray[np.int32]
    deletion: NDArray[np.int32]
    """For each sound of the query and each kind of form."""

    @classmethod
    def of(cls, table: Costs, query: NDArray[np.uint8]) -> _Edits:
        """The costs of a query's sounds."""
        insertion = _whole(table.insertion)
        substitution = _whole(table.substitution[query])
        return cls(substitution - insertion, insertion, _whole(table.deletion[:, query].T))

    def costs(
        self, codes: NDArray[np.intp], kinds: NDArray[np.uint8], head: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """The costs of the whole query at each place of each form, given those of beginning there.

        `codes` has one column a form. On the way, costs are held less those of inserting all
        sounds before a place: then to insert a sound is no more than to look back.
        """
        inserted = np.zeros((len(codes) + 1, codes.shape[1]), np.int32)
        self.insertion.take(codes, mode="clip", out=inserted[1:])
        # Here and below, row by row is faster than NumPy's own running sums and minima.
        for before, after in pairwise(inserted):
            np.add(after, before, out=after)
        row = head - inserted
        changed = np.empty_like(row[1:])
        for substitution, left_out in zip(self.substitution, self.deletion, strict=True):
            substitution.take(codes, mode="clip", out=changed)
            changed += row[:-1]
            row += left_out.take(kinds)
            np.minimum(row[1:], changed, out=row[1:])
            for before, after in pairwise(row):
                np.minimum(after, before, out=after)
        row += inserted
        return row


def _ends_in_run(
    rest: NDArray[np.int32], starts: NDArray[np.uint32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """What it costs to begin and to end a match where so many sounds are left of each run."""
    place = np.arange(len(rest), dtype=np.int32)[:, None]
    between = ((starts >> place.astype(np.uint32)) & 1).astype(bool) | (rest == 0)
    cut = np.where(between, 0, _INSIDE)
    first = _whole(cut + _AROUND * np.minimum(place, _NEAR)) | place
    last = _whole(cut + _AROUND * np.clip(rest, 0, _NEAR))
    last[rest < 0] = _FAR
    return first, last


def _whole(table: NDArray[np.floating]) -> NDArray[np.int32]:
    """Costs as whole numbers above the place where a match begins."""
    return np.round(table * _UNIT).astype(np.int32) << _PLACE


# By the place in a word, and by how many sounds of it are left: those that are less than none,
# behind its end, count from the back.
_PLACES = np.arange(LONGEST + 1, dtype=np.int32)
_WORD_HEAD = _whole(_PLACES * _PREFIX)
_WORD_TAIL = np.concatenate(
    (
        _whole(_SUFFIX * np.minimum(_PLACES, _NEAR) + _FAR_SUFFIX * np.maximum(_PLACES - _NEAR, 0)),
        np.full(LONGEST, _FAR, np.int32),
    )
)


class Hearing:
    """A query that is compared with chains: a column of costs for each, by what of it is heard."""

    def __init__(self, form: Form, table: Costs, least: float) -> None:
        """`least` is the similarity that a chain must reach."""
        query = encode(form.sounds[:LONGEST])
        worth = table.worth[query]
        self._total = max(float(worth.sum()), 0.01)
        self.may_lose = (1 - least) * self._total
        """What the least similarity leaves for differences."""
        self._due = ((1 - least) * _sums(worth)).astype(np.float32)
        self._lost = _sums(table.deletion[query])
        self._substitution = np.ascontiguousarray(table.substitution[query])
        self._insertion = table.insertion

    def nothing(self, chains: int) -> Floats:
        """The costs before the first sound."""
        return np.repeat(self._lost, chains, axis=1)

    def after(self, rows: Floats, sounds: NDArray[np.uint8]) -> Floats:
        """The costs after the sounds of a further unit of each chain, the longest units first.

        `rows` is used up.
        """
        for codes, going in zip(sounds.T, np.count_nonzero(sounds, axis=0).tolist(), strict=True):
            if not going:
                break
            sound, old = codes[:going].astype(np.intp), rows[:, :going]
            changed = self._substitution.take(sound, axis=1)
            changed += old[:-1]
            old += self._insertion.take(sound)
            np.minimum(old[1:], changed, out=old[1:])
        rows -= self._lost
        for before, row in pairwise(rows):
            np.minimum(row, before, out=row)
        rows += self._lost
        return rows

    def similarity(self, rows: Floats) -> Floats:
        """How like the whole query each chain is."""
        found: Floats = np.clip(1 - rows[-1] / self._total, 0, 1)
        return found

    def hope(self, rows: Floats) -> Floats:
        """How much more than its due the best beginning of the query costs in each chain."""
        over = rows[1:] - self._due[1 : len(rows)]
        found: Floats = over.min(axis=0, initial=np.inf)
        return found


def _sums(costs_of_each: Floats) -> Floats:
    """The sums of beginnings, as a column."""
    return np.concatenate((np.zeros(1, np.float32), np.cumsum(costs_of_each)))[:, None]
