"""What is wrong with a machine translation, as far as its form shows.

Neural translators fail in a few shapes: they loop, fall silent, speak of
something else, leave the source as it was, or drop its numbers. Each is told
here from the two texts alone, so sparingly that a good translation hardly ever
is suspected; whether a well-formed sentence is *right* cannot be told at all.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Final, Literal, get_args

import regex

from dragoman.languages import LANGUAGES
from dragoman.scripts import code_points
from dragoman.translate.numerals import lost_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

Fault = Literal["empty", "loop", "long", "short", "script", "numbers", "copy", "invented", "stuck"]
"""A shape of failure.

``empty``: no words. ``loop``: the same words over and over. ``long``, ``short``:
out of all proportion to the source. ``script``: in a script the language is not
written in. ``numbers``: figures of the source are missing. ``copy``: the source,
not translated. ``invented``: a stock phrase or an address that the source does
not have. ``stuck``: the same for many different sources.
"""

FAULTS: Final[tuple[Fault, ...]] = get_args(Fault)

# How many letters of English one letter carries.
_WEIGHTS: Final[tuple[tuple[str, float], ...]] = (
    (r"\p{Han}", 3.0),
    (r"[\p{Hiragana}\p{Katakana}\p{Hangul}]", 1.9),
    (r"\p{Ethiopic}", 1.45),
    (r"[\p{Hebrew}\p{Arabic}]", 1.15),
    (r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]", 0.85),
)
_WEIGHED = tuple((regex.compile(pattern), weight) for pattern, weight in _WEIGHTS)
_COUNTED = regex.compile(r"[\p{L}\p{M}\p{N}]")

# A translation longer than `_LONG` times its source and `_LONG_MORE` letters is too long.
_LONG, _LONG_MORE = 2.4, 40
_SHORT, _SHORT_LESS = 0.33, 16

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’ʼ-][\p{L}\p{M}\p{N}]+)*")
_LETTER = regex.compile(r"[\p{L}\p{M}]")
_HOST = r"(?P<host>(?:[a-z0-9-]{1,63}\.){1,8}[a-z0-9-]{1,63})"
_ADDRESS = regex.compile(
    rf"(?:https?://|www\.){_HOST}[^\s<>\"()（），。、]*"
    rf"|(?<![a-z0-9_.+-])[a-z0-9_.+-]{{1,64}}@{_HOST}"
    r"|(?<![a-z0-9@.-])(?P<host>(?:[a-z0-9-]{1,63}\.){1,8}(?:com|org|net|info|biz|xxx))\b"
    r"(?:/[^\s]*)?",
    regex.IGNORECASE | regex.ASCII,
)
_HANDLE = regex.compile(r"[@#]\w+")
_MAYBE_ADDRESS = regex.compile(r"[@#/]|[a-zA-Z0-9]\.[a-zA-Z0-9]")
# A character, or a few, that come again at once; compared with the source.
_CHARACTERS = regex.compile(r"([^\s\p{N}\p{P}\p{S}])\1{5,}")
_FIGURES = regex.compile(r"(\p{Nd})\1{9,}")  # a thousand million may well be written out
_LONGEST_PERIOD = 24
_PIECES = regex.compile(r"([\p{L}\p{M}'’.,!?\s()\-]{2,24}?)\1{3,}")
_UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
)
_LONGEST_GRAM = 12
_TIMES = 3  # a phrase said three times in a row, when the source says nothing twice
_MOST_OF = 0.5  # of the words of a long sentence, one word

# Subtitles and web pages that models have learnt by heart.
_STOCK: Final = regex.compile(
    r"♪|uses cookies to (?:improve|ensure|give|provide)|cookies that help us analyze"
    r"|Amara\.org|subtitles? (?:by|created by) |(?:Sous-titr|Untertitel|Субтитр)\S* (?:par|von|от)"
    r"|[(\[（](?:Laughter|Applause|Music|笑声|掌声|笑|拍手|拍手喝采|音乐|Смех|Аплодисменты"
    r"|Gelächter|Beifall|Applaus|Rires|Applaudissements|Risas|Aplausos|Risos|ضحك|تصفيق"
    r"|Kahkahalar|Alkış|Gülüşmeler)[)\]）]",
    regex.IGNORECASE,
)
_STOCK_SOURCE: Final = regex.compile(r"♪|cookie|Amara|[(\[（]\s*\p{L}+\s*[)\]）]", regex.IGNORECASE)

# ISO 15924 codes that stand for several scripts, by Unicode's names; others are one script.
_WRITTEN: Final[dict[str, str]] = {
    "Jpan": r"\p{Han}\p{Hiragana}\p{Katakana}",
    "Hans": r"\p{Han}",
    "Hant": r"\p{Han}",
    "Hang": r"\p{Hangul}\p{Han}",
    "Laoo": r"\p{Lao}",
    "Nkoo": r"\p{Nko}",
}
# Translators write the others, where they have another script, in that one alone.
_ALSO_LATIN: Final = frozenset(("sr", "uz", "ff", "shi"))
_COMMON: Final = r"\p{Script=Common}\p{Script=Inherited}"
_OWN_LETTERS: Final[dict[str, regex.Pattern[str]]] = {}

_FOREIGN = 0.3  # of the letters, in a script of neither the language nor a word of the source
_FOREIGN_LETTERS = 4
_COPIED = 0.7  # of the source's ordinary words
_COPIED_WORDS = 4
_STUCK_SOURCES = 5
_STUCK_WORDS = 4


def faults(
    source: str, translation: str, source_language: str, target_language: str
) -> tuple[Fault, ...]:
    """What is wrong with a translation, in the order of `FAULTS`; nothing for a good one.

    Languages are BCP 47 tags. A source without letters has no faults: nothing
    of it can go wrong.
    """
    if not _LETTER.search(source):
        return ()
    if not _LETTER.search(translation) and has_words(source):
        return ("empty",)
    found: set[Fault] = set()
    if _loops(source, translation):
        found.add("loop")
    expected, actual = _weight(source), _weight(translation)
    if actual > expected * _LONG + _LONG_MORE:
        found.add("long")
    if actual < expected * _SHORT - _SHORT_LESS:
        found.add("short")
    if _is_foreign(source, translation, target_language):
        found.add("script")
    if lost_numbers(source, translation):
        found.add("numbers")
    if _is_copy(source, translation, source_language, target_language):
        found.add("copy")
    if _is_invented(source, translation):
        found.add("invented")
    return tuple(fault for fault in FAULTS if fault in found)


def has_words(text: str) -> bool:
    """Whether something is left to translate without addresses, handles and figures."""
    return bool(_LETTER.search(_without_addresses(text)))


def stuck(pairs: Sequence[tuple[str, str]]) -> frozenset[str]:
    """The translations that many different sentences of a batch share.

    A broken model answers everything with the same words, whatever it is asked.
    `pairs` holds sources, each different, with their translations.
    """
    said = Counter(
        translation for source, translation in pairs if len(_WORD.findall(source)) >= _STUCK_WORDS
    )
    return frozenset(text for text, times in said.items() if text and times >= _STUCK_SOURCES)


def _without_addresses(text: str) -> str:
    if not _MAYBE_ADDRESS.search(text):
        return text
    return str(_HANDLE.sub("", _ADDRESS.sub("", text)))


def _weight(text: str) -> float:
    """The length of a text in letters of English."""
    total = float(len(_COUNTED.findall(text)))
    if text.isascii():
        return total
    for pattern, weight in _WEIGHED:
        total += (weight - 1) * len(pattern.findall(text))
    return total


def _loops(source: str, translation: str) -> bool:
    if _character_loop(source, translation):
        return True
    words = [word.casefold() for word in _WORD.findall(translation)]
    times = _most_repeats(words)
    if times < _TIMES and len(words) < 10:
        return False
    before = [word.casefold() for word in _WORD.findall(source)]
    if times >= _TIMES and times > _most_repeats(before) and not _says_again(source):
        return True
    # Loops with variations: hardly any word is new.
    return len(words) >= 10 and _monotony(words) > max(_MOST_OF, _monotony(before) + 0.2)


def _says_again(source: str) -> bool:
    """Whether an unspaced source repeats itself, so that its translation may."""
    return bool(_UNSPACED.search(source) and regex.search(r"(\p{L}{1,12})\W?\1\W?\1", source))


def _character_loop(source: str, translation: str) -> bool:
    if not _is_periodic(translation):
        return False
    for pattern in (_CHARACTERS, _FIGURES, _PIECES):
        for match in pattern.finditer(translation):
            if pattern is _PIECES and not _LETTER.search(match[1]):
                continue
            if pattern.search(source) is None:
                return True
    return False


def _is_periodic(text: str) -> bool:
    """Whether some piece comes four times in a row: a quick look, before a close one."""
    points = code_points(text)
    return any(
        b"\1" * (3 * period) in (points[period:] == points[:-period]).tobytes()
        for period in range(1, min(_LONGEST_PERIOD, len(text) // 4) + 1)
    )


def _most_repeats(words: Sequence[str]) -> int:
    """How many times in a row a phrase is said; long ones that come twice count as three."""
    most = 1
    for size in range(1, min(_LONGEST_GRAM, len(words) // 2) + 1):
        run = 0
        for at in range(size, len(words)):
            run = run + 1 if words[at] == words[at - size] else 0
            if run % size == 0 and run:
                times = run // size + 1
                if any(_LETTER.search(word) for word in words[at - size + 1 : at + 1]):
                    most = max(most, times + (times == 2 and size >= 5))
    return most


def _monotony(words: Sequence[str]) -> float:
    """The share of words that have been said before."""
    return 1 - len(set(words)) / len(words) if words else 0.0


def _is_foreign(source: str, translation: str, language: str) -> bool:
    """Whether letters of the wrong script stand in a translation, not counting quoted words."""
    own = _letters_of(language)
    if own is None:
        return False
    text = _without_addresses(translation)
    if not own.sub("", text):
        return False
    held = source.casefold()
    foreign = total = 0
    for word in _WORD.findall(text):
        total += len(_LETTER.findall(word))
        # A single letter is a symbol.
        pieces = (piece.casefold() for piece in own.split(word) if len(piece) > 1)
        foreign += sum(len(_LETTER.findall(piece)) for piece in pieces if piece not in held)
    return foreign >= _FOREIGN_LETTERS and foreign > _FOREIGN * total


def _letters_of(language: str) -> regex.Pattern[str] | None:
    """What a language is written with, or None where that is not known."""
    row = LANGUAGES.get(language)
    if row is None:
        return None
    if language not in _OWN_LETTERS:
        codes = [code for code in row.scripts if code != "Latn" or language in _ALSO_LATIN]
        codes = codes or ["Latn"]
        scripts = "".join(_WRITTEN.get(code, rf"\p{{Script={code}}}") for code in codes)
        _OWN_LETTERS[language] = regex.compile(rf"[{scripts}{_COMMON}]+")
    return _OWN_LETTERS[language]


def _is_copy(source: str, translation: str, source_language: str, target_language: str) -> bool:
    """Whether the source was left as it was; close relatives may well write the same."""
    first, second = LANGUAGES.get(source_language), LANGUAGES.get(target_language)
    if source_language == target_language or (
        first and second and first.group and first.group == second.group
    ):
        return False
    before = _without_addresses(source)
    plain = [word for word in _WORD.findall(before) if _is_ordinary(word)]
    if _squeezed(before) == _squeezed(_without_addresses(translation)):
        own = _letters_of(target_language)
        alien = own is not None and len(_LETTER.findall(own.sub("", before))) > 1
        words = len(_WORD.findall(before))
        return len(plain) >= 3 or (alien and words >= 2)
    if len(plain) < _COPIED_WORDS:
        return False
    held = Counter(_WORD.findall(translation))
    kept = sum(min(times, held[word]) for word, times in Counter(plain).items())
    return kept >= _COPIED * len(plain)


def _is_ordinary(word: str) -> bool:
    """Whether a word is neither a figure nor, by its capital, a name."""
    return len(word) > 1 and word[0].isalpha() and word[0] == word[0].lower()


def _squeezed(text: str) -> str:
    return "".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _is_invented(source: str, translation: str) -> bool:
    if _STOCK.search(translation) and not _STOCK_SOURCE.search(source):
        return True
    if not _MAYBE_ADDRESS.search(translation):
        return False
    held = source.casefold()
    return any(
        match["host"].casefold().removeprefix("www.").rstrip(".") not in held
        for match in _ADDRESS.finditer(translation)
    )
