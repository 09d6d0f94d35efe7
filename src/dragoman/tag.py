"""The language of a text: its script first, then the detector among that script's languages.

A script that one language has to itself answers at once. Where several share it,
the profiles decide; where no profile covers the text, the answer is ``und`` with
the script, never a neighbour's name. A tag that a person gives wins.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import regex

from dragoman import scripts
from dragoman.analysis.hanzi import SIMPLIFIED
from dragoman.analysis.zawgyi import to_unicode
from dragoman.detect import Detector
from dragoman.languages import LANGUAGES, UNDETERMINED, canonical
from dragoman.model import Tag

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dragoman.detect import Fit, Profiles

# The language of a script that only one language of today's press is written in.
_ONLY: Final = {
    "Grek": "el", "Thai": "th", "Laoo": "lo", "Khmr": "km", "Geor": "ka", "Armn": "hy",
    "Thaa": "dv", "Sinh": "si", "Guru": "pa", "Gujr": "gu", "Orya": "or", "Taml": "ta",
    "Telu": "te", "Knda": "kn", "Mlym": "ml", "Hang": "ko", "Jpan": "ja", "Syrc": "syr",
    "Nkoo": "nqo", "Cher": "chr", "Mong": "mn", "Olck": "sat", "Adlm": "ff",
}  # fmt: skip
# A character says as much as this many letters of an alphabet: a Chinese headline
# with two names in Latin letters is Chinese.
_WORTH: Final = {"Hani": 3.0, "Kana": 3.0, "Bopo": 3.0, "Hang": 2.0}

# How much of an article is looked at: for its scripts, for its language, and for its
# language again when parts of it disagree; in characters.
_LOOKED_AT: Final = 20_000
_SAMPLE: Final = 720
_LARGE_SAMPLE: Final = 3_600
_PIECE: Final = 120

# Languages that the daily press is seldom or never written in, and the log-odds
# against them and against those that have no profile in langdetect. Chosen on parts
# of FLORES held out and on TICO-19.
_SELDOM: Final = frozenset(
    "ace ak ast awa ay ban bho bjn bug cjk crh din dyu fon fur hne kab kac kam kbp kg ki kmb kr ks"
    " li lij lmo ltg lua luo lus mag min mni mos nus oc pag sa sc scn sg shn szl taq tum tw tzm umb"
    " vec war".split()
)
_AGAINST_SELDOM: Final = -10.0
_AGAINST_OTHERS: Final = -3.0
# Dari is hard to tell from the rest of Persian and, we take it, ten times rarer in the press.
# A compromise: of six sentences of TICO-19, 97 % in Persian and 63 % in Dari are named rightly;
# without it, 92 % and 77 %.
_AGAINST_TWIN: Final = {"prs": -20.0}
# Overlapping n-grams count the same evidence many times, the more the longer the text:
# log-odds are scaled by a / sqrt(1 + letters / c). Fitted on the same.
_SCALE: Final = 0.28
_SCALE_LETTERS: Final = 20.0

# Fewer letters than this, in a script of many languages, say nothing.
_FEWEST_LETTERS: Final = 3
# How much of a text's long n-grams may be new to its language: so much for foreign names, so
# many times what is new on average, and for chance so much over the square root of the
# letters. Of TICO-19, whose subject is far from that of FLORES, half a percent is then `und`.
_NEW_IN_NAMES: Final = 0.06
_NEW: Final = 2.0
_NEW_BY_CHANCE: Final = 1.8
# Scripts of few languages, and of so many characters that new n-grams are common, or
# (Burmese) of two encodings: whoever fits best is right.
_UNCHECKED: Final = frozenset({"Ethi", "Mymr", "Hani", "Tibt"})

# A further language is named if it has this share of the letters, this many letters,
# and this confidence; in the script of the first, in pieces with that confidence. In
# another script only passages count, as names are often left in their own.
_OTHER_SHARE: Final = 0.05
_OTHER_LETTERS: Final = 40
_PASSAGE: Final = 25
_OTHER_CONFIDENCE: Final = 0.9
_PIECE_CONFIDENCE: Final = 0.97

_NOISE: Final = regex.compile(
    r"<[^<>]{1,400}>|&#?\w{2,8};|(?:https?://|www\.)\S{1,2000}"
    r"|[\w.+-]{1,64}@[\w.-]{1,255}|[@#]\w{1,64}"
)
_NOISY: Final = regex.compile(r"[<&@#]|://|www\.")
# Cyrillic words typed with Latin letters that look the same are common in Serbian news.
_LOOK_ALIKE: Final = str.maketrans("aceopxyijsABCEHKMOPTXIJS", "асеорхуіјѕАВСЕНКМОРТХІЈЅ")
_CYRILLIC_WORD: Final = regex.compile(r"\p{Latin}*\p{Cyrillic}[\p{Latin}\p{Cyrillic}]*+")
# The scripts of which a mixed one is made.
_PARTS: Final = {"Jpan": ("Hani", "Kana", "Bopo"), "Hani": ("Hani", "Bopo")}
_KANA_SHARE: Final = 0.05
_TRADITIONAL: Final = frozenset(SIMPLIFIED)
_SIMPLE: Final = frozenset(ord(each) for each in SIMPLIFIED.values()) - _TRADITIONAL
# Written in Cantonese and not in standard Chinese.
_CANTONESE: Final = frozenset(map(ord, "嘅唔喺咗啲嚟佢冇哋嘢乜噉咁嗰攞睇嗮俾畀嘞"))
_CANTONESE_SHARE: Final = 0.01
_CANTONESE_CONFIDENCE: Final = 0.9
# Japanese seldom goes on without kana: log-odds for each Chinese character that it does.
_WITHOUT_KANA: Final = -0.6


@dataclass(frozen=True, slots=True)
class _Guess:
    """The language of the part of a text that is in one script."""

    language: str
    script: str
    confidence: float
    others: tuple[tuple[str, float], ...] = ()
    """Further languages of that part, with their share of it."""


class Tagger:
    """Tells the language of texts. Thread-safe; the same text always gets the same tag."""

    def __init__(self, detector: Detector | None = None) -> None:
        self._detector = detector or Detector()

    def tag(self, text: str, given: str | None = None) -> Tag:
        """The tag of a text, its title and body together.

        A `given` tag wins, with confidence 1; the script and further languages are
        still told from the text.
        """
        found = self._detected(_cleaned(text))
        if given is None or canonical(given) == UNDETERMINED:
            return found
        language = canonical(given)
        others = tuple(each for each in found.others if each[0] != language)
        return Tag(language, found.script, 1.0, "given", others)

    def _detected(self, text: str) -> Tag:
        points, counts = _read(text)
        if {"Cyrl", "Latn"} <= counts.keys():
            text = _with_one_alphabet(text)
            points, counts = _read(text)
        if not counts:
            return Tag(UNDETERMINED, "Zyyy", 0.0)
        total = sum(counts.values())
        main, *further = counts
        guess = self._guess(_only(main, points, " ") if further else text, main)
        others = {name: part * counts[main] / total for name, part in guess.others}
        for script in further:
            if counts[script] < max(_OTHER_SHARE * total, _OTHER_LETTERS):
                continue
            lines = _only(script, points, "\n").split("\n")
            passages = "\n".join(line for line in lines if len(line) >= _PASSAGE)
            other = self._guess(passages, script)
            if other.confidence >= _OTHER_CONFIDENCE and other.language != guess.language:
                part = len(passages) * _WORTH.get(script, 1.0) / total
                others[other.language] = others.get(other.language, 0.0) + part
        named = [(name, round(part, 3)) for name, part in others.items() if part >= _OTHER_SHARE]
        named.sort(key=lambda each: (-each[1], each[0]))
        return Tag(guess.language, guess.script, guess.confidence, "detected", tuple(named))

    def _guess(self, text: str, script: str) -> _Guess:
        """The language of a text that is all in one script."""
        if script in _ONLY:
            return _Guess(_ONLY[script], script, 0.99)
        profiles = self._detector.profiles(script)
        if profiles is None:
            return _Guess(UNDETERMINED, script, 0.0)
        guess = _told(profiles, text)
        return _chinese(text, guess) if script == "Hani" else guess


_LOCK = threading.Lock()


def default_tagger() -> Tagger:
    """The tagger that all libraries of a process share, built when first asked for."""
    with _LOCK:
        return _built()


@cache
def _built() -> Tagger:
    return Tagger()


def _cleaned(text: str) -> str:
    """The part of a text that is looked at, in Unicode, without addresses and mark-up."""
    text = to_unicode(text[:_LOOKED_AT])
    return _NOISE.sub(" ", text) if _NOISY.search(text) else text


def _read(text: str) -> tuple[NDArray[np.uint32], dict[str, float]]:
    """The code points of a text, and its letters by script, weighed, most first.

    Chinese characters among kana are Japanese.
    """
    points = scripts.code_points(text)
    counts = np.bincount(scripts.numbers(points), minlength=len(scripts.NAMES))
    counts[[scripts.OTHER, scripts.MARK]] = 0
    found = {scripts.NAMES[each]: float(counts[each]) for each in np.flatnonzero(counts)}
    found = {script: count * _WORTH.get(script, 1.0) for script, count in found.items()}
    kana = found.pop("Kana", 0.0)
    han = found.pop("Hani", 0.0) + found.pop("Bopo", 0.0)
    if kana + han:
        found["Jpan" if kana > _KANA_SHARE * han else "Hani"] = kana + han
    return points, dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def _with_one_alphabet(text: str) -> str:
    """A text whose Cyrillic words have none of the Latin letters that look the same."""
    return str(_CYRILLIC_WORD.sub(lambda word: word[0].translate(_LOOK_ALIKE), text))


def _only(script: str, points: NDArray[np.uint32], gap: str) -> str:
    """The letters of one script, with a gap for the letters of others."""
    numbers = scripts.numbers(points)
    its_own = np.isin(numbers, [scripts.number(name) for name in _PARTS.get(script, (script,))])
    blank = (numbers == scripts.OTHER) & (points != ord("\n"))
    kept = np.where(its_own | (numbers == scripts.MARK) | (points == ord("\n")), points, ord(gap))
    kept[blank] = ord(" ")
    text = kept.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
    return "\n".join(" ".join(line.split()) for line in text.split("\n"))


def _chinese(text: str, guess: _Guess) -> _Guess:
    """Chinese characters without kana: which of their languages, which of their scripts."""
    points = [ord(each) for each in text if each.isalpha()]
    spoken = sum(point in _CANTONESE for point in points)
    is_cantonese = spoken > _CANTONESE_SHARE * len(points)
    if guess.language == "ja" and not is_cantonese:
        return _Guess("ja", "Jpan", guess.confidence)
    used = frozenset(points)
    script = "Hant" if len(used & _TRADITIONAL) > len(used & _SIMPLE) else "Hans"
    # The profiles know no Cantonese: what they make of it says nothing.
    confidence = max(guess.confidence, _CANTONESE_CONFIDENCE) if is_cantonese else guess.confidence
    return _Guess("yue" if is_cantonese else "zh", script, confidence)


def _told(profiles: Profiles, text: str) -> _Guess:
    """The language that the profiles of a script tell, with the others found."""
    pieces = _pieces(text)
    fit = profiles.fit(_sample(pieces, _SAMPLE))
    guess = _first(profiles, fit)
    if guess.language == UNDETERMINED:
        return guess
    shares = _shares(profiles, fit, guess.language)
    if len(shares) > 1 and sum(map(len, pieces)) > _SAMPLE:
        shares = _shares(profiles, profiles.fit(_sample(pieces, _LARGE_SAMPLE)), guess.language)
    main, *others = shares or {guess.language: 1.0}
    if main != guess.language:
        guess = _Guess(main, profiles.script, shares[main])
    others_named = tuple((name, shares[name]) for name in others)
    return _Guess(guess.language, guess.script, guess.confidence, others_named)


def _first(profiles: Profiles, fit: Fit) -> _Guess:
    """The language that fits the whole of a text best."""
    letters = int(fit.letters.sum())
    unknown = _Guess(UNDETERMINED, profiles.script, 0.0)
    if letters < _FEWEST_LETTERS and profiles.script not in _UNCHECKED:
        return unknown
    best, confidence = _best(profiles, fit.scores.sum(axis=0, keepdims=True), letters)
    if profiles.script not in _UNCHECKED and not _covers(profiles, fit, int(best[0])):
        return unknown
    return _Guess(profiles.names[int(best[0])], profiles.script, float(confidence[0]))


def _covers(profiles: Profiles, fit: Fit, column: int) -> bool:
    """Whether a text, or the greater part of a mixed one, can be in the language of a column.

    Every text has n-grams that its language's profile lacks, as any sample lacks some
    (Good 1953); a text in a further language has several times as many.
    """

    def enough(share: float, letters: int) -> bool:
        new = _NEW_IN_NAMES + _NEW * (1 - float(profiles.expected[column]))
        return bool(1 - share <= new + _NEW_BY_CHANCE / max(letters, 1) ** 0.5)

    letters = int(fit.letters.sum())
    if enough(fit.coverage(column), letters):
        return True
    best, confidence = _best(profiles, fit.scores, fit.letters)
    its_own = (best == column) & (confidence >= _PIECE_CONFIDENCE)
    part = int(fit.letters[its_own].sum())
    return 2 * part >= letters > part and enough(fit.coverage(column, its_own), part)


def _best(
    profiles: Profiles, scores: NDArray[np.float64], letters: NDArray[np.intp] | int
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The best column of each row of scores, and the probability that it is right."""
    odds = scores + _prior(profiles.names)
    if profiles.script == "Hani":
        odds[:, profiles.names.index("ja")] += _WITHOUT_KANA * letters
    best = odds.argmax(axis=1)
    odds -= odds.max(axis=1, keepdims=True)
    scale = _SCALE / np.sqrt(1 + np.atleast_1d(letters) / _SCALE_LETTERS)
    return best, 1 / np.exp(odds * scale[:, None]).sum(axis=1)


@cache
def _prior(names: tuple[str, ...]) -> NDArray[np.float64]:
    """The log-odds of each language before anything is read."""
    return np.array([
        _AGAINST_TWIN[name] if name in _AGAINST_TWIN
        else _AGAINST_SELDOM if name in _SELDOM
        else 0.0 if LANGUAGES[name].langdetect
        else _AGAINST_OTHERS
        for name in names
    ])  # fmt: skip


def _shares(profiles: Profiles, fit: Fit, main: str) -> dict[str, float]:
    """The share of each language in the letters of a text, largest first.

    A piece is of the main language unless it is surely of another, which is no
    close relative.
    """
    best, confidence = _best(profiles, fit.scores, fit.letters)
    group = LANGUAGES[main].group
    shares: dict[str, float] = {main: 0.0}
    total = max(int(fit.letters.sum()), 1)
    for column, sure, letters in zip(best, confidence, fit.letters, strict=True):
        name = profiles.names[int(column)]
        related = bool(group) and LANGUAGES[name].group == group
        is_other = sure >= _PIECE_CONFIDENCE and letters >= _OTHER_LETTERS and not related
        owner = name if is_other and name not in _SELDOM else main
        shares[owner] = shares.get(owner, 0.0) + int(letters) / total
    return dict(sorted(shares.items(), key=lambda each: (-each[1], each[0])))


def _pieces(text: str) -> list[str]:
    """The lines of a text, long ones cut."""
    return [
        line[start : start + _PIECE]
        for line in text.split("\n")
        for start in range(0, len(line) or 1, _PIECE)
    ]


def _sample(pieces: list[str], size: int) -> list[str]:
    """As many pieces as have about that many characters, evenly spaced from the first."""
    wanted = size // _PIECE
    if sum(map(len, pieces)) <= size:
        return pieces
    long = [piece for piece in pieces if len(piece) >= _PIECE // 3]
    pieces = long or pieces
    return [pieces[index * len(pieces) // wanted] for index in range(wanted)]
