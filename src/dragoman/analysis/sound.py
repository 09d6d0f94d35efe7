"""How a word sounds, coarsely enough to compare spellings across scripts.

A word becomes one or more *sound forms* over a small alphabet: five vowels, ``@`` for a vowel
that a syllabic script has to write after a consonant, the glides ``y w h``, and consonants, of
which ``T D c S C Z J j x G`` stand for *th, dh, ts, sh, ch, zh*, English *j*, an unclear *j*, *kh*
and *gh*. Rules are literal tables, in the order in which they apply.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import regex

from dragoman.analysis.fold import fold
from dragoman.analysis.romanise import romanise, romanise_alphabetic
from dragoman.analysis.spelling import (
    AFFRICATE,
    ASPIRATED,
    ENGLISH,
    GREEK,
    HANGUL_SOUNDS,
    JOINED,
    KANA_SOUNDS,
    LATIN_SPELLING,
    PINYIN,
    ROMANISED,
    apply,
)
from dragoman.analysis.syllables import is_chained, read, units

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from dragoman.analysis.spelling import Rules

Kind = Literal[
    "latin",
    "cyrillic",
    "arabic",
    "hebrew",
    "han",
    "kana",
    "hangul",
    "abugida",
    "southeast",
    "other",
]
"""How a form was written, which decides what a sound in it may stand for."""

KINDS: tuple[Kind, ...] = (
    "latin", "cyrillic", "arabic", "hebrew", "han", "kana", "hangul", "abugida",
    "southeast", "other",
)  # fmt: skip

ALPHABET = "aeiou@ywhpbfvtdTDszcSCZJjkgqxGmnrl0123456789"
LONGEST = 24
"""Sounds of a form that are compared."""


class Form(NamedTuple):
    """One way to hear a word."""

    sounds: str
    kind: Kind
    starts: tuple[int, ...] = ()
    """Where the characters of an unspaced run begin in `sounds`; empty for a word."""


_ARABIC = regex.compile(r"[\p{Arabic}\p{Syriac}]")
_HEBREW = regex.compile(r"\p{Hebrew}")
_HANGUL = regex.compile(r"\p{Hangul}")
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}ー]+")
_HAN = regex.compile(r"\p{Han}")
_LATIN = regex.compile(r"[\p{Latin}\d]+")
_CYRILLIC = regex.compile(r"\p{Cyrillic}")
_GREEK_LETTER = regex.compile(r"[\p{Greek}\p{Armenian}]")
_ABUGIDA = regex.compile(
    r"[\p{Devanagari}\p{Bengali}\p{Gurmukhi}\p{Gujarati}\p{Oriya}\p{Tamil}\p{Telugu}\p{Kannada}"
    r"\p{Malayalam}\p{Sinhala}]"
)
# Stretches of one kind in Chinese and Japanese. A change between katakana and other characters is
# where a foreign name begins or ends.
_STRETCHES = regex.compile(r"[\p{Katakana}ー]+|[\p{Han}]+|\p{Hiragana}+")
_HAN_OR_KANA = regex.compile(r"[\p{Han}\p{Katakana}\p{Hiragana}]")

# A small kana changes the one before it: ティ is ti, チャ is cha; ッ and ー only lengthen.
_SMALL_VOWEL = regex.compile("(.)([ァィゥェォャュョヮぁぃぅぇぉゃゅょ])")
_LENGTH = str.maketrans("", "", "ッっーｰ")
# Characters that transliteration uses for a consonant alone, or reads in another way.
_TRANSLITERATED = {
    character: sounds
    for row in (
        "斯s@ 思s@ 丝s@ 士s@ 司s@ 兹z@ 茨c@ 次c@ 特t@ 克k@ 德d@ 格g@ 布b@ 普p@ 卜b@ 夫f@ 弗f@"
        " 尔r 尓r 儿r 姆m@ 赫h@ 什S@ 奇C@ 齐C@ 吉J@ 治J@ 茜si 莎Sa 贾Ja 俄o 勒l@ 鲁ru 恩en"
        " 日J@ 伏f@ 柯k@ 厄e"
    ).split()
    for character, sounds in [(row[0], row[1:])]
}
# The article and the particles that Arabic and its neighbours write onto a name.
_PROCLITICS = regex.compile(
    r"^[وف]?(?:[بك]?ال|لل)(?=\p{Arabic}{3})|^[وف](?=ال\p{Arabic}{3})", regex.MULTILINE
)

# Hangul by its letters, in the order of Unicode.
_INITIALS = "g k n d t r m b p s s - J C C k t p h".split()
_MEDIALS = "a e ya ye o e yo ye o wa we we yo u wo we wi yu @ i i".split()
_FINALS = "- k k k n n n t l k m p l l p l m p p t t n J C k t p -".split()


def as_heard(word: str) -> str:
    """A word of a query, folded; in Latin letters where folding would lose vowels.

    Kurdish and Uyghur write *e* and *o* with letters that fold to those for *h* and *w*.
    """
    return romanise_alphabetic(word) or fold(word)


@lru_cache(maxsize=1 << 14)
def sound_forms(word: str, *, english: bool) -> tuple[Form, ...]:
    """The sound forms of a folded word or an unspaced run; none where it cannot be heard.

    `english` adds the form that English spelling gives a word in Latin letters.
    """
    reader = _reader(word, {word} if english else ())
    if reader:
        readings = dict.fromkeys(reader.read(f"\n{word}\n"))
        forms = [Form(each[1:-1], reader.kind) for each in readings]
    else:
        forms = [_run(word) if _HAN.search(word) else _chain(word)]
    return tuple(form for form in forms if len(form.sounds) > 1)


class Heard(NamedTuple):
    """Words of a script, heard together."""

    words: list[int]
    """Their numbers."""
    kind: Kind
    readings: list[str]
    """The sounds of all words, each between two line feeds, in all ways to hear them."""


def hear(words: Iterable[str], english: Collection[str]) -> tuple[list[Heard], list[int]]:
    """The sound forms of many words, in a fraction of the time that `sound_forms` takes.

    `english` holds the words that get the form of English spelling too. The numbers of those
    that are to be heard one by one come last.
    """
    groups: dict[_Reader, list[int]] = defaultdict(list)
    texts: dict[_Reader, list[str]] = defaultdict(list)
    alone = []
    for number, word in enumerate(words):
        if reader := _reader(word, english):
            groups[reader].append(number)
            texts[reader].append(word)
        else:
            alone.append(number)
    heard = [
        Heard(numbers, reader.kind, [*reader.read("\n".join(["", *texts[reader], ""]))])
        for reader, numbers in groups.items()
    ]
    return heard, alone


@dataclass(frozen=True, slots=True, eq=False)
class _Reader:
    """How words of a script are read."""

    kind: Kind
    read: Callable[[str], Iterable[str]]
    """Of words, each between two line feeds, all ways to hear them."""


def _reader(word: str, english: Collection[str]) -> _Reader | None:
    """Who reads a word with others; none for what is read character by character."""
    if not (word.isascii() and word.isalnum()):
        if _HAN.search(word) or is_chained(word[:1]):
            return None
        if not _LATIN.fullmatch(word):
            return _reader_of(word[:1])
    return _ENGLISH_TOO if word in english else _AS_LATIN


@lru_cache(maxsize=1 << 10)
def _reader_of(letter: str) -> _Reader:
    return next((reader for letters, reader in _READERS if letters.match(letter)), _OTHER)


def _chain(run: str) -> Form:
    return Form("".join(map(read, units(run))), "southeast")


def _latin(text: str) -> Iterable[str]:
    return (apply(LATIN_SPELLING, romanise(text)),)


def _latin_or_english(text: str) -> Iterable[str]:
    roman = romanise(text)
    return apply(LATIN_SPELLING, roman), apply(ENGLISH, roman)


def _abjad(text: str) -> Iterable[str]:
    """With and without what is written onto a name, and with two ways to read ts."""
    for spelling in (text, _PROCLITICS.sub("", text)):
        sounds = _letters(spelling)
        yield sounds
        yield apply(AFFRICATE, sounds)


def _alphabetic(*rules: Rules) -> Callable[[str], Iterable[str]]:
    every = tuple(rule for some in rules for rule in some)
    return lambda text: (apply(every, romanise(text)),)


class _Letters(dict[int, str]):
    """How each letter of a consonant script is read; found out when first met."""

    def __missing__(self, code: int) -> str:
        sounds = self[code] = apply(ROMANISED, romanise(chr(code)))
        return sounds


_LETTERS = _Letters()


def _letters(text: str) -> str:
    """The sounds of words in a consonant script; what two letters make together is not kh."""
    return apply(JOINED, text.translate(_LETTERS))


def _read_kana(text: str) -> str:
    roman = romanise(_SMALL_VOWEL.sub(_with_small, text.translate(_LENGTH)))
    return apply(KANA_SOUNDS, apply(ROMANISED, roman))


def _with_small(match: regex.Match[str]) -> str:
    base, small = romanise(match[1]), romanise(match[2])
    onset = "w" if base == "u" else base.rstrip("aeiou")
    return (onset + small) if onset else match[0]


def _read_hangul(text: str) -> str:
    """Each syllable by its letters; a final consonant before a vowel is heard as it is."""
    sounds = ""
    for character in text:
        number = ord(character) - 0xAC00
        if not 0 <= number < 11172:
            sounds += romanise(character)
            continue
        initial, medial, final = number // 588, number // 28 % 21, number % 28
        sounds += (_INITIALS[initial] + _MEDIALS[medial] + _FINALS[final]).replace("-", "")
    return apply(HANGUL_SOUNDS, sounds)


def _run(run: str) -> Form:
    """A run of characters, each of which is read by itself."""
    sounds, starts = "", []
    for character in run:
        starts.append(len(sounds))
        sounds += _read_character(character)
    return Form(sounds, "han", tuple(starts))


# Characters of a run that are compared at once, and those that two neighbouring stretches share,
# enough for any name.
_WINDOW, _OVERLAP = 8, 4


def stretches(word: str) -> list[str]:
    """A word by itself, or the parts of an unspaced run that are compared one by one."""
    if len(word) < 2 or not _HAN_OR_KANA.search(word):
        return [word]
    found = []
    for match in _STRETCHES.finditer(word):
        if _KANA.fullmatch(match[0]):
            found.append(match[0])
            continue
        run = match[0]
        last = max(len(run) - _OVERLAP, 1)
        found += [run[at : at + _WINDOW] for at in range(0, last, _WINDOW - _OVERLAP)]
    return found


@lru_cache(maxsize=1 << 14)
def _read_character(character: str) -> str:
    if _HAN.match(character):
        return _TRANSLITERATED.get(character) or apply(PINYIN, romanise(character))
    return _read_kana(character)


_AS_LATIN = _Reader("latin", _latin)
_ENGLISH_TOO = _Reader("latin", _latin_or_english)
_OTHER = _Reader("other", _alphabetic(ROMANISED))
_READERS = (
    (_HANGUL, _Reader("hangul", lambda text: (_read_hangul(text),))),
    (_KANA, _Reader("kana", lambda text: (_read_kana(text),))),
    (_ARABIC, _Reader("arabic", _abjad)),
    (_HEBREW, _Reader("hebrew", _abjad)),
    (_CYRILLIC, _Reader("cyrillic", _alphabetic(ROMANISED))),
    (_ABUGIDA, _Reader("abugida", _alphabetic(ASPIRATED, ROMANISED))),
    (_GREEK_LETTER, _Reader("other", _alphabetic(GREEK, ROMANISED))),
)


_CLASSES = {
    sound: cls
    for cls, sounds in {"p": "pbfv", "t": "tdTD", "s": "szcSCZJj", "k": "kgqxG"}.items()
    for sound in sounds
}
_SILENT = frozenset("aeiou@ywh")


def consonants(sounds: str) -> int:
    """How many consonants a sound form has, glides aside."""
    return sum(sound not in _SILENT for sound in sounds)


def skeleton(sounds: str) -> str:
    """The consonant classes of a sound form, without repetition; digits stand for themselves."""
    classes = [_CLASSES.get(sound, sound) for sound in sounds if sound not in _SILENT]
    return "".join(
        cls for place, cls in enumerate(classes) if not place or cls != classes[place - 1]
    )
