"""Which language a text is written in, among those of its script.

Naive Bayes over n-grams of letters, after Cavnar and Trenkle 1994 and Shuyo's
*langdetect* (2010). A profile is a table of n-gram counts. Ours come from sentences
that are parallel in all languages, so that relatives are told apart by their
language and not by their topics; langdetect's own profile, made of far more text,
is mixed in where it has one.

Sums are of whole numbers, and nothing is drawn at random: the same text gives the
same answer everywhere.
"""

from __future__ import annotations

import json
import threading
import unicodedata
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from dragoman import scripts
from dragoman.languages import LANGUAGES
from dragoman.vectors import borders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ORDERS: Final = (1, 2, 3, 4)
"""The lengths of n-grams, in letters; a word border counts as one."""

LONGEST: Final = ORDERS[-1]
"""The length of those that tell whether a text is in a language at all."""

# How much an n-gram of each length says; none of length 1 where letters are few, none
# of length 3 where a character is a word.
_WEIGHTS: Final = (0.0, 0.4, 0.8, 1.0)
_WEIGHTS_HAN: Final = (1.0, 1.0, 0.0, 0.0)
# Added to every count, so that an n-gram never seen is improbable, not impossible.
_ALPHA: Final = 0.2
# Log-odds are kept in whole numbers of this many to one.
_STEPS: Final = 22.0
# The part of langdetect's own profile where there is one.
_LANGDETECT_SHARE: Final = 0.2
# langdetect folds away the letters that these need (Vietnamese vowels, kanji, kana,
# hangul), so that its profiles do not fit ours.
_UNMIXABLE: Final = frozenset({"vi", "zh-cn", "zh-tw", "ja", "ko"})

_PRIME: Final = np.uint32(0x9E3779B1)
_SHIFT: Final = np.uint32(15)
_SPACE: Final = 32
# As langdetect has it: Romanian commas to cedillas, Persian yeh to Arabic. Yiddish
# ligatures to letters. Vowel signs and tatweel go.
_FOLDS: Final = {
    ord("ș"): "ş", ord("ț"): "ţ", ord("ی"): "ي", ord("İ"): "i", 0x640: None,
    **dict.fromkeys(range(0x64B, 0x653)), 0x670: None,
    0x5F0: "וו", 0x5F1: "וי", 0x5F2: "יי",
    **dict.fromkeys(range(0x591, 0x5BE)), **dict.fromkeys((0x5BF, 0x5C1, 0x5C2, 0x5C7)),
}  # fmt: skip
# Languages that tell i from ı: in capitals, I may be either.
_DOTLESS: Final = frozenset({"tr", "az", "crh"})


def weights(script: str) -> tuple[float, ...]:
    """The weight of each of `ORDERS` in a script; those of weight 0 are not kept."""
    return _WEIGHTS_HAN if script == "Hani" else _WEIGHTS


def fold(text: str) -> str:
    """A text in the form of which profiles are made: composed, small, no vowel signs."""
    return unicodedata.normalize("NFKC", text).translate(_FOLDS).lower()


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of the pieces of a text that are in one script."""

    keys: tuple[NDArray[np.uint32], ...]
    """Hashes; one array for each of `ORDERS`."""
    owners: tuple[NDArray[np.intp], ...]
    """The piece that each n-gram is of."""


def grams(pieces: Sequence[str], script: str) -> Grams:
    """The n-grams of folded texts, within words.

    Characters of other scripts, digits and signs are word borders.
    """
    points = scripts.code_points(" " + " ".join(pieces) + " ")
    owner = np.repeat(np.arange(len(pieces)), [len(each) + 1 for each in pieces])
    owner = np.concatenate((owner[:1], owner))
    number = scripts.numbers(points)
    border = (number != scripts.number(script)) & (number != scripts.MARK)
    keep = np.ones(len(points), bool)
    keep[1:] = ~(border[1:] & border[:-1])
    letters = np.where(border, np.uint32(_SPACE), points)[keep]
    border, owner = border[keep], owner[keep]
    keys: list[NDArray[np.uint32]] = []
    owners: list[NDArray[np.intp]] = []
    for order in ORDERS:
        count = max(len(letters) - order + 1, 0)
        whole = np.ones(count, bool)
        for offset in range(1, order - 1) if order > 1 else (0,):
            whole &= ~border[offset : offset + count]
        starts = np.flatnonzero(whole)
        keys.append(hashes(letters, starts, order))
        owners.append(owner[starts])
    return Grams(tuple(keys), tuple(owners))


def hashes(letters: NDArray[np.uint32], starts: NDArray[np.intp], order: int) -> NDArray[np.uint32]:
    """A 32-bit hash of each n-gram of a length that starts at the given places."""
    rolling = letters[starts] * _PRIME
    for offset in range(1, order):
        rolling = (rolling ^ (rolling >> _SHIFT)) * _PRIME
        rolling = (rolling + letters[starts + offset]) * _PRIME
    return rolling ^ np.uint32(order)


@dataclass(frozen=True, slots=True)
class Fit:
    """How well the pieces of a text fit each language of a script."""

    scores: NDArray[np.float64]
    """Log-likelihood of each piece (row) in each language (column)."""
    letters: NDArray[np.intp]
    """Number of letters of each piece."""
    known: NDArray[np.bool_]
    """Whether each language (column) has each n-gram of length `LONGEST` (row)."""
    owners: NDArray[np.intp]
    """The piece that each of these n-grams is of."""

    def coverage(self, column: int, pieces: NDArray[np.bool_] | None = None) -> float:
        """The share of the longest n-grams, of some pieces only, that a language has."""
        known = self.known[:, column]
        if pieces is not None:
            known = known[pieces[self.owners]]
        return float(known.mean()) if len(known) else 1.0


class Profiles:
    """The profiles of the languages of one script."""

    def __init__(self, script: str, data: dict[str, NDArray[np.generic]]) -> None:
        self.script = script
        self.names: tuple[str, ...] = tuple(str(data["names"]).split())
        self._keys = data["keys"].astype(np.uint32, copy=False)
        self._order = data["orders"].astype(np.intp)
        self._weights = np.array((0.0, *weights(script)))
        self._sizes = np.bincount(self._order, minlength=len(self._weights))
        self._starts, self._most = _buckets(self._keys)
        # One column more where that makes them even, and a row of zeros for n-grams never seen.
        self._matrix = np.zeros((len(self._keys) + 1, -(-len(self.names) // 2) * 2), np.uint8)
        self._floor = np.zeros((len(self._weights), len(self.names)))
        self.expected = data["expected"].astype(np.float64)
        """The `Fit.coverage` of each language by texts in it, on average."""
        self._dotless = [self.names.index(name) for name in _DOTLESS if name in self.names]
        ends = np.cumsum(data["sizes"].astype(np.intp))[:-1]
        rows = np.split(data["rows"].astype(np.intp), ends)
        counts = np.split(data["counts"].astype(np.float64), ends)
        for column, (row, count) in enumerate(zip(rows, counts, strict=True)):
            self._fill(column, np.cumsum(row), count)

    def fit(self, pieces: Sequence[str]) -> Fit:
        """How well the pieces of a text, as people wrote them, fit each language."""
        fit = self._fit([fold(piece) for piece in pieces])
        shouted = [index for index, piece in enumerate(pieces) if _in_capitals(piece)]
        if shouted and self._dotless:
            other = self._fit([fold(pieces[index].replace("I", "ı")) for index in shouted])
            cells = np.ix_(shouted, self._dotless)
            fit.scores[cells] = np.maximum(fit.scores[cells], other.scores[:, self._dotless])
        return fit

    def _fit(self, pieces: Sequence[str]) -> Fit:
        found = grams(pieces, self.script)
        scores = np.zeros((len(pieces), len(self.names)))
        known, owners = np.zeros((0, len(self.names)), bool), np.zeros(0, np.intp)
        for order, keys, owner in zip(ORDERS, found.keys, found.owners, strict=True):
            if not self._weights[order] or not len(keys):
                continue
            rows, has = self._find(keys)
            rows[~has] = len(self._keys)
            values = self._matrix.take(rows, axis=0)
            starts = borders(owner)
            sizes = np.append(starts[1:], len(owner)) - starts
            sums = _sums_of_rows(values, starts, sizes)[:, : len(self.names)] / _STEPS
            scores[owner[starts]] += sums + sizes[:, None] * self._floor[order]
            if order == LONGEST:
                known, owners = values[:, : len(self.names)] > 0, owner
        return Fit(scores, np.bincount(found.owners[0], minlength=len(pieces)), known, owners)

    def _find(self, keys: NDArray[np.uint32]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """The row of each key, and whether it has one."""
        rows = self._starts.take(keys >> _BUCKET)
        last = len(self._keys) - 1
        for _ in range(self._most):
            rows += self._keys.take(rows, mode="clip") < keys
        np.minimum(rows, last, out=rows)
        return rows, self._keys.take(rows) == keys

    def _fill(self, column: int, rows: NDArray[np.intp], counts: NDArray[np.float64]) -> None:
        """Write a language's column: log-odds above those of an n-gram never seen."""
        totals = _sums(self._order[rows], counts, len(self._weights))
        theirs = _langdetect(self.names[column], self.script)
        if theirs is not None:
            rows, counts = self._mixed(rows, counts, totals, *theirs)
        odds = np.log1p(counts / _ALPHA) * self._weights[self._order[rows]] * _STEPS
        self._matrix[rows, column] = np.minimum(np.rint(odds), 255)
        spread = np.maximum(totals + _ALPHA * self._sizes / 2, 1.0)
        self._floor[:, column] = self._weights * np.log(_ALPHA / spread)

    def _mixed(
        self,
        rows: NDArray[np.intp],
        counts: NDArray[np.float64],
        totals: NDArray[np.float64],
        keys: NDArray[np.uint32],
        theirs: NDArray[np.float64],
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Our counts with langdetect's, of which each order is scaled to our total."""
        found, has = self._find(keys)
        found, theirs = found[has], theirs[has]
        sums = _sums(self._order[found], theirs, len(totals))
        share = np.where(sums > 0, _LANGDETECT_SHARE, 0.0)
        scale = share * totals / np.maximum(sums, 1.0)
        mixed = _sums(found, theirs * scale[self._order[found]], len(self._keys))
        mixed[rows] += counts * (1 - share[self._order[rows]])
        rows = np.flatnonzero(mixed)
        return rows, mixed[rows]


_BUCKET: Final = np.uint32(14)  # bits of a key that its bucket does not tell


def _buckets(keys: NDArray[np.uint32]) -> tuple[NDArray[np.intp], int]:
    """Where the keys of each bucket begin among all, which are in order; the size of the largest.

    A key is found in its bucket several times faster than by a binary search.
    """
    counts = np.bincount(keys >> _BUCKET, minlength=1 << 32 - int(_BUCKET))
    return np.cumsum(counts) - counts, int(counts.max())


def _sums_of_rows(
    values: NDArray[np.uint8], starts: NDArray[np.intp], sizes: NDArray[np.intp]
) -> NDArray[np.unsignedinteger]:
    """The sums of stretches of rows; the number of columns is even."""
    if sizes.max() * 255 >= 1 << 16:
        return np.add.reduceat(values, starts, axis=0, dtype=np.uint32)
    # Two columns at a time: NumPy is slow where it has to widen what it adds.
    pairs: NDArray[np.uint16] = values.view("<u2")
    sums = np.empty((len(starts), values.shape[1]), np.uint16)
    sums[:, 0::2] = np.add.reduceat(pairs & 0xFF, starts, axis=0)
    sums[:, 1::2] = np.add.reduceat(pairs >> 8, starts, axis=0)
    return sums


def _sums(owners: NDArray[np.intp], values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """The sum of the values of each owner, of which there are `size`."""
    return np.bincount(owners, weights=values, minlength=size).astype(np.float64)


def _in_capitals(piece: str) -> bool:
    """Whether most letters of a piece are capitals, an I among them."""
    if "I" not in piece:
        return False
    capitals = sum(map(str.isupper, piece))
    return capitals > sum(map(str.islower, piece))


def _langdetect(name: str, script: str) -> tuple[NDArray[np.uint32], NDArray[np.float64]] | None:
    """The hashes and counts of langdetect's own profile of a language; None if it has none."""
    language = LANGUAGES[name]
    has = language.langdetect and language.langdetect not in _UNMIXABLE
    if not has or script != language.scripts[0]:
        return None
    import langdetect  # noqa: PLC0415 - takes 30 ms, and only detection needs it

    path = Path(langdetect.PROFILES_DIRECTORY) / language.langdetect
    counts: dict[str, int] = json.loads(path.read_text("utf-8"))["freq"]
    lengths = np.fromiter(map(len, counts), np.intp, len(counts))
    values = np.fromiter(counts.values(), np.float64, len(counts))
    letters = scripts.code_points("".join(counts).translate({ord("İ"): "i"}).lower())
    starts = np.cumsum(lengths) - lengths
    orders = [order for order in ORDERS if weights(script)[order - 1]]
    return (
        np.concatenate([hashes(letters, starts[lengths == order], order) for order in orders]),
        np.concatenate([values[lengths == order] for order in orders]),
    )


class Detector:
    """The profiles of all scripts, each read when a text first needs it. Thread-safe."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read the profiles of the package, or those of a folder."""
        self._folder = folder or files("dragoman").joinpath("data")
        self._lock = threading.Lock()
        self._profiles: dict[str, Profiles | None] = {}

    def profiles(self, script: str) -> Profiles | None:
        """The profiles of a script; None where its languages are not told apart here."""
        if script not in self._profiles:
            with self._lock:
                if script not in self._profiles:
                    self._profiles[script] = self._load(script)
        return self._profiles[script]

    def _load(self, script: str) -> Profiles | None:
        resource = self._folder.joinpath(f"profiles-{script}.npz")
        if not resource.is_file():
            return None
        with as_file(resource) as path, np.load(path, allow_pickle=False) as archive:
            return Profiles(script, {name: archive[name] for name in archive.files})
