"""The language of a text: its script first, then the detector among that script's languages.

A script that one language has to itself answers at once. Where several share it,
the profiles decide; where no profile covers the text, the answer is ``und`` with
the script, never a neighbour's name. A tag that a person gives wins.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import regex

from dragoman import scripts
from dragoman.analysis.hanzi import SIMPLIFIED
from dragoman.detect import Detector, fold, grams
from dragoman.languages import UNDETERMINED, canonical
from dragoman.model import Tag

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dragoman.detect import Profiles

# The language of a script that only one language of today's press is written in.
_ONLY: Final = {
    "Grek": "el", "Thai": "th", "Laoo": "lo", "Khmr": "km", "Geor": "ka", "Armn": "hy",
    "Thaa": "dv", "Sinh": "si", "Guru": "pa", "Gujr": "gu", "Orya": "or", "Taml": "ta",
    "Telu": "te", "Knda": "kn", "Mlym": "ml", "Hang": "ko", "Kana": "ja", "Bopo": "zh",
    "Syrc": "syr", "Nkoo": "nqo", "Cher": "chr", "Mong": "mn", "Olck": "sat", "Adlm": "ff",
}  # fmt: skip
_EAST_ASIAN: Final = ("Hani", "Kana", "Hang", "Bopo")
# Letters of an article that are looked at; the script is told from all of these,
# the language from a sample.
_LOOKED_AT: Final = 20_000
_SAMPLE: Final = 1_000
_PIECE: Final = 240
# Fewer letters than this, in a script of many languages, say nothing.
_FEWEST_LETTERS: Final = 3
# Below this share of known trigrams the profile does not cover the text.
_COVERED: Final = 0.62
# A further language is named from this share of the letters on.
_WORTH_NAMING: Final = 0.05
# Languages that tell i from ı, for lines in capitals, where I may be either.
_DOTLESS: Final = frozenset({"tr", "az", "crh"})

_NOISE: Final = regex.compile(
    r"<[^<>]{1,400}>|&#?\w{2,8};|(?:https?://|www\.)\S{1,2000}|[\w.+-]{1,64}@[\w.-]{1,255}|[@#]\w{1,64}"
)
_TRADITIONAL: Final = frozenset(SIMPLIFIED)
_SIMPLE: Final = frozenset(ord(each) for each in SIMPLIFIED.values()) - _TRADITIONAL


@dataclass(frozen=True, slots=True)
class _Guess:
    """The language of the part of a text that is in one script."""

    language: str
    script: str
    confidence: float
    others: tuple[tuple[str, float], ...] = ()


class Tagger:
    """Tells the language of texts. Thread-safe; the same text always gives the same tag."""

    def __init__(self, detector: Detector | None = None) -> None:
        self._detector = detector or Detector()

    def tag(self, text: str, given: str | None = None) -> Tag:
        """The tag of a text, title and body together.

        A `given` tag wins, with confidence 1; script and further languages are
        still told from the text.
        """
        text = _NOISE.sub(" ", text[:_LOOKED_AT])
        shares = _script_shares(text)
        if not shares:
            found = Tag(UNDETERMINED, "Zyyy", 0.0)
        else:
            found = self._detected(text, shares)
        if given is None:
            return found
        language = canonical(given)
        others = tuple(each for each in found.others if each[0] != language)
        return Tag(language, found.script, 1.0, "given", others)

    def _detected(self, text: str, shares: dict[str, float]) -> Tag:
        main, *rest = (
            (share, self._guess(text, script))
            for script, share in shares.items()
            if share >= _WORTH_NAMING or script == next(iter(shares))
        )
        share, guess = main
        others = [(name, part * share) for name, part in guess.others]
        others += [(each.language, part) for part, each in rest if each.language != UNDETERMINED]
        named = tuple(
            sorted((each for each in others if each[1] >= _WORTH_NAMING), key=lambda e: -e[1])
        )
        return Tag(guess.language, guess.script, guess.confidence, "detected", named)

    def _guess(self, text: str, script: str) -> _Guess:
        if script == "Hani":
            return self._chinese(text)
        if script == "Jpan":
            return _Guess("ja", "Jpan", 0.99)
        if script in _ONLY:
            return _Guess(_ONLY[script], script, 0.99)
        profiles = self._detector.profiles(script)
        if profiles is None:
            return _Guess(UNDETERMINED, script, 0.0)
        return _told(profiles, text)

    def _chinese(self, text: str) -> _Guess:
        profiles = self._detector.profiles("Hani")
        points = frozenset(map(ord, text[:_SAMPLE]))
        written = "Hant" if len(points & _TRADITIONAL) > len(points & _SIMPLE) else "Hans"
        if profiles is None:
            return _Guess("zh", written, 0.9)
        guess = _told(profiles, text)
        language = guess.language.partition("-")[0]
        if language == "ja":
            return _Guess("ja", "Jpan", guess.confidence)
        return _Guess("zh" if language == UNDETERMINED else language, written, guess.confidence)


def _script_shares(text: str) -> dict[str, float]:
    """The share of each script in the letters of a text, largest first.

    Chinese characters among kana are Japanese.
    """
    numbers = scripts.numbers(scripts.code_points(text))
    counts = np.bincount(numbers, minlength=len(scripts.NAMES))
    counts[[scripts.OTHER, scripts.MARK]] = 0
    total = int(counts.sum())
    found = {scripts.NAMES[each]: int(counts[each]) for each in np.flatnonzero(counts)}
    kana, han = found.get("Kana", 0), found.get("Hani", 0)
    if kana > 0.05 * han:
        found["Jpan"] = found.pop("Kana", 0) + found.pop("Hani", 0)
    if not found.get("Jpan", 1):
        del found["Jpan"]
    return {
        script: count / total
        for script, count in sorted(found.items(), key=lambda e: (-e[1], e[0]))
    }


def _told(profiles: Profiles, text: str) -> _Guess:
    """The language that the profiles of a script tell."""
    pieces = _sample(text)
    folded = [fold(piece) for piece in pieces]
    owner = np.repeat(np.arange(len(folded)), [len(each) for each in folded])
    found = grams(scripts.code_points("".join(folded)), profiles.script, owner)
    total = profiles.scores(found, len(folded)).sum(axis=0)
    size = len(found.keys[0])
    if size < _FEWEST_LETTERS and profiles.script != "Hani":
        return _Guess(UNDETERMINED, profiles.script, 0.0)
    best = int(total.argmax())
    name = profiles.names[best]
    if profiles.script != "Hani" and profiles.coverage(found, name) < _COVERED:
        return _Guess(UNDETERMINED, profiles.script, 0.0)
    odds = (total - total[best]) / (1 + 0.1 * size) ** 0.5
    return _Guess(name, profiles.script, float(1 / np.exp(odds).sum()))


def _sample(text: str) -> list[str]:
    """Pieces from the start and, evenly spaced, from the rest of a text."""
    pieces = [
        line[start : start + _PIECE] + " "
        for line in text.split("\n")
        for start in range(0, len(line), _PIECE)
    ]
    wanted = _SAMPLE // _PIECE
    if sum(map(len, pieces)) <= _SAMPLE:
        return pieces
    half, taken = 0, 0
    while taken < _SAMPLE // 2:
        taken += len(pieces[half])
        half += 1
    rest = pieces[half:]
    return pieces[:half] + rest[:: max(1, len(rest) // wanted)][:wanted]


_DEFAULT_LOCK = threading.Lock()


@lru_cache(maxsize=1)
def _default() -> Tagger:
    return Tagger()


def default_tagger() -> Tagger:
    """The tagger that all libraries of a process share, built once."""
    with _DEFAULT_LOCK:
        return _default()
