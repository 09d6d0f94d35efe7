"""Which language a text is written in, among those of its script.

Naive Bayes over n-grams of two to four letters, after Cavnar and Trenkle 1994
and Shuyo's *langdetect* (2010). A profile is a table of n-gram counts. Ours come
from sentences that are parallel in all languages, so that relatives are told
apart by their language and not by their topics; where langdetect has a profile
of its own, made of far more text, the two are mixed.

All the arithmetic up to the sum over a text is in whole numbers, and nothing is
drawn at random: the same text gives the same answer everywhere.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from dragoman import scripts
from dragoman.languages import LANGUAGES

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORDERS: Final = (1, 2, 3, 4)
"""The lengths of the n-grams of a profile, in letters; a word border counts as one."""

_PRIME: Final = np.uint32(0x9E3779B1)
_SPACE: Final = 32
# Weight of each order, and steps of the whole numbers into which log-odds are cut.
_WEIGHTS: Final = {1: 0.0, 2: 0.5, 3: 1.0, 4: 1.0}
# Where a character is a syllable or a word, one alone already tells much.
_WEIGHTS_DENSE: Final = {1: 1.0, 2: 1.0, 3: 0.0, 4: 0.0}
_DENSE: Final = frozenset({"Hani"})
_STEPS: Final = 22.0
# Added to every count, so that an n-gram never seen is improbable, not impossible.
_ALPHA: Final = 0.2
# The part of langdetect's own profile in a mixed one.
_LANGDETECT_SHARE: Final = 0.2
# langdetect folds these away (Vietnamese vowels; kanji, kana, hangul), so its
# profiles of the languages that need them cannot be mixed with ours.
_UNMIXABLE: Final = frozenset({"vi", "zh-cn", "zh-tw", "ja", "ko"})
# As langdetect folds: Romanian commas to cedillas, Persian yeh to Arabic.
FOLDS: Final = {
    ord("ș"): "ş", ord("ț"): "ţ", ord("ی"): "ي", ord("İ"): "i", 0x640: None,
    **dict.fromkeys(range(0x64B, 0x653)), 0x670: None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of a text in one script."""

    keys: tuple[NDArray[np.uint32], ...]
    """Hashes, one array for each of `ORDERS`."""
    pieces: tuple[NDArray[np.intp], ...]
    """For each of `ORDERS`, the piece of the text that each n-gram is of."""


def grams(points: NDArray[np.uint32], script: str, pieces: NDArray[np.intp] | None = None) -> Grams:
    """The n-grams of a folded text, within its words.

    Characters of other scripts, digits and signs are word borders.
    """
    number = scripts.numbers(points)
    letters = np.where(
        (number == scripts.number(script)) | (number == scripts.MARK), points, _SPACE
    )
    letters = np.concatenate(([_SPACE], letters, [_SPACE])).astype(np.uint32)
    owner = np.zeros(len(letters), np.intp)
    if pieces is not None:
        owner[1:-1] = pieces
        owner[-1] = pieces[-1] if len(pieces) else 0
    border = letters == _SPACE
    keep = np.ones(len(letters), bool)
    keep[1:] = ~(border[1:] & border[:-1])
    letters, border, owner = letters[keep], border[keep], owner[keep]
    size = len(letters)
    keys: list[NDArray[np.uint32]] = []
    owners: list[NDArray[np.intp]] = []
    rolling = letters * _PRIME
    for order in ORDERS:
        count = max(size - order + 1, 0)
        if order > 1:
            rolling = (rolling[:count] ^ (rolling[:count] >> np.uint32(15))) * _PRIME
            rolling = (rolling + letters[order - 1 :]) * _PRIME
        whole = ~border[:count] if order == 1 else np.ones(count, bool)
        for offset in range(1, order - 1):
            whole &= ~border[offset : offset + count]
        keys.append(rolling[whole] ^ np.uint32(order))
        owners.append(owner[:count][whole])
    return Grams(tuple(keys), tuple(owners))


def fold(text: str) -> str:
    """A text in the form of which profiles are made: small letters, no vowel signs."""
    return text.translate(FOLDS).lower()


class Profiles:
    """The profiles of the languages of one script, and how well a text fits each."""

    def __init__(self, script: str, data: dict[str, NDArray[np.generic]]) -> None:
        self.script = script
        self.names: tuple[str, ...] = tuple(str(data["names"]).split())
        self._keys = data["keys"].astype(np.uint32, copy=False)
        self._order = data["orders"].astype(np.uint8, copy=False)
        counts = data["counts"].astype(np.intp)
        rows = data["rows"].astype(np.intp)
        ends = np.cumsum(data["sizes"].astype(np.intp))
        weights = _WEIGHTS_DENSE if script in _DENSE else _WEIGHTS
        self._weight = np.array([weights.get(order, 0.0) for order in range(max(ORDERS) + 1)])
        self._matrix = np.zeros((len(self._keys), len(self.names)), np.uint8)
        self._floor = np.zeros((len(ORDERS), len(self.names)))
        self._sizes = np.array([(self._order == order).sum() for order in ORDERS])
        for column, name in enumerate(self.names):
            part = slice(ends[column - 1] if column else 0, ends[column])
            self._fill(column, name, np.cumsum(rows[part]), counts[part])

    def _fill(
        self, column: int, name: str, rows: NDArray[np.intp], counts: NDArray[np.intp]
    ) -> None:
        """Write one language's column: steps of weighted log-odds above its floor."""
        mass = counts.astype(np.float64)
        totals = np.bincount(self._order[rows], mass, minlength=len(self._weight))
        own = _langdetect(name, self.script)
        if own is not None:
            rows, mass = self._mixed(rows, mass, totals, own)
        order = self._order[rows]
        odds = np.log1p(mass / _ALPHA) * _STEPS * self._weight[order]
        self._matrix[rows, column] = np.minimum(np.rint(odds), 255).astype(np.uint8)
        for index, length in enumerate(ORDERS):
            spread = totals[length] + _ALPHA * self._sizes[index] / 2
            self._floor[index, column] = self._weight[length] * np.log(_ALPHA / max(spread, 1.0))

    def _mixed(
        self,
        rows: NDArray[np.intp],
        mass: NDArray[np.float64],
        totals: NDArray[np.float64],
        own: tuple[NDArray[np.uint32], NDArray[np.float64]],
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Our counts with langdetect's, scaled to the same total for each order."""
        keys, theirs = own
        found, known = self._find(keys)
        found, theirs = found[known], theirs[known]
        order = self._order[found]
        scale = totals / np.maximum(np.bincount(order, theirs, minlength=len(totals)), 1.0)
        dense = np.zeros(len(self._keys))
        dense[rows] = mass * (1 - _LANGDETECT_SHARE)
        np.add.at(dense, found, theirs * scale[order] * _LANGDETECT_SHARE)
        rows = np.flatnonzero(dense)
        return rows, dense[rows]

    def _find(self, keys: NDArray[np.uint32]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """The row of each key, and whether it has one."""
        rows = np.searchsorted(self._keys, keys)
        rows[rows == len(self._keys)] = 0
        return rows, self._keys[rows] == keys

    def scores(self, found: Grams, pieces: int = 1) -> NDArray[np.float64]:
        """Log-likelihood of each piece of a text (rows) in each language (columns)."""
        total = np.zeros((pieces, len(self.names)))
        for index, (keys, owner) in enumerate(zip(found.keys, found.pieces, strict=True)):
            if not self._weight[ORDERS[index]] or not len(keys):
                continue
            sizes = np.bincount(owner, minlength=pieces)
            total += sizes[:, None] * self._floor[index]
            rows, known = self._find(keys)
            rows, owner = rows[known], owner[known]
            if len(rows):
                starts = np.flatnonzero(np.diff(owner, prepend=-1))
                sums = np.add.reduceat(self._matrix[rows], starts, axis=0, dtype=np.uint32)
                total[owner[starts]] += sums / _STEPS
        return total

    def coverage(self, found: Grams, name: str) -> float:
        """The share of a text's trigrams that the profile of a language has."""
        keys = found.keys[ORDERS.index(3)]
        if not len(keys):
            return 1.0
        rows, known = self._find(keys)
        return float((known & (self._matrix[rows, self.names.index(name)] > 0)).mean())


def _langdetect(name: str, script: str) -> tuple[NDArray[np.uint32], NDArray[np.float64]] | None:
    """langdetect's own profile of a language, as keys and counts; None if it has none."""
    language = LANGUAGES.get(name.partition("-")[0])
    if language is None or not language.langdetect or language.langdetect in _UNMIXABLE:
        return None
    if script != language.scripts[0]:
        return None
    import langdetect  # noqa: PLC0415 - only when something is detected, as it takes 30 ms

    path = Path(langdetect.PROFILES_DIRECTORY) / language.langdetect
    counts: dict[str, int] = json.loads(path.read_text("utf-8"))["freq"]
    lengths = np.fromiter(map(len, counts), np.intp, len(counts))
    values = np.fromiter(counts.values(), np.float64, len(counts))
    points = scripts.code_points("".join(counts).translate({ord("İ"): "i"}).lower())
    starts = np.cumsum(lengths) - lengths
    all_keys: list[NDArray[np.uint32]] = []
    all_values: list[NDArray[np.float64]] = []
    for order in (2, 3):
        these = np.flatnonzero(lengths == order)
        rolling = points[starts[these]] * _PRIME
        for offset in range(1, order):
            rolling = (rolling ^ (rolling >> np.uint32(15))) * _PRIME
            rolling = (rolling + points[starts[these] + offset]) * _PRIME
        all_keys.append(rolling ^ np.uint32(order))
        all_values.append(values[these])
    return np.concatenate(all_keys), np.concatenate(all_values)


class Detector:
    """The profiles of all scripts, each read when a text first needs it. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._profiles: dict[str, Profiles | None] = {}

    def profiles(self, script: str) -> Profiles | None:
        """The profiles of a script; None where its languages are not told apart here."""
        if script not in self._profiles:
            with self._lock:
                if script not in self._profiles:
                    self._profiles[script] = _load(script)
        return self._profiles[script]


def _load(script: str) -> Profiles | None:
    resource = files("dragoman").joinpath("data", f"profiles-{script}.npz")
    if not resource.is_file():
        return None
    with as_file(resource) as path, np.load(path, allow_pickle=False) as archive:
        return Profiles(script, {name: archive[name] for name in archive.files})
