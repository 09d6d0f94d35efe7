"""How a word sounds, coarsely enough to compare spellings across scripts.

A word becomes one or more *sound forms* over a small alphabet: five vowels, ``@`` for a vowel
that a syllabic script has to write after a consonant, the glides ``y w h``, and consonants, of
which ``T D c S C Z J j x G`` stand for *th, dh, ts, sh, ch, zh*, English *j*, an unclear *j*, *kh*
and *gh*. Rules are literal tables, in the order in which they apply.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import regex

from dragoman.analysis.fold import fold
from dragoman.analysis.romanise import romanise, romanise_alphabetic
from dragoman.analysis.syllables import is_chained, read, units

if TYPE_CHECKING:
    from collections.abc import Iterable

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


_Rules = tuple[tuple[re.Pattern[str], str], ...]


def _rules(text: str) -> _Rules:
    """Rules written as ``pattern>sound``, separated by blanks."""
    pairs = (rule.rpartition(">") for rule in text.split())
    return tuple((re.compile(pattern), sound) for pattern, _, sound in pairs)


_ENGLISH = _rules(
    "^kn>n ^wr>r ^wh>w ^ps>s ^x>z sch>S tch>C ch(?=[rl])>k ch>C sh>S ph>f th>T ck>k"
    " qu>kw q>k x>ks dge>J dg>J gh(?=[aeiou])>g augh|ough>o gh> ti(?=on)|ci(?=al|an|ous)>S"
    " c(?=[eiy])>s c>k g(?=[ey])>J j>J mb$>m ee|ea>i oo|ou>u ai|ay|ey>ei (?<=[^aeiou])e$>@"
    " y(?![aeiou])>i w(?![aeiou])> ts|tz>c (.)\\1+>\\1"
)
_LATIN_SPELLING = _rules(
    "tsch|tch|cz>C sch|sh|sz>S kh>x x>ks ^ks>s ch>C ph>f th>T dh>D gh>G bh>b zh>Z dj|dzh|jh>J"
    " ck>k qu>kw q>k c(?=[eiy])|c$>! c>k !>c ts|tz>c y(?![aeiou])>i (.)\\1+>\\1"
)
_ROMANISED = _rules(
    "shch>S dzh|dj>J zh>Z tsh|tch|ch>C sh>S kh>x ph>f th>T dh>D gh>G bh>b jh|j>J"
    " ck>k qu>kw ts|tz>c (.)\\1+>\\1"
)
_GREEK = _rules("^mp>b ^nt>d gk>g o[wy](?![aeiou])>u")
_ASPIRATED = _rules("th>t dh>d kh>k gh>g ph>f jh>J")
_PINYIN = _rules("x>s q>C zh>J j>J ch>C sh>S ng>n (?<![bcdfghjklmnpqrstwxyz])er>r")
_JOINED = _rules("tS>C dZ>J (.)\\1+>\\1")
_AFFRICATE = _rules("ts>c")
_KANA_SOUNDS = _rules("(?<=[kgszfpbmrhvc])u>@ (?<=[td])o>@ (?<=[SCJ])i>@ (?<=[SCJ])y> (.)\\1+>\\1")
_HANGUL_SOUNDS = _rules("(?<=[SCJ])i>@ sy|swi>S l[rl]>l ng>n (.)\\1+>\\1")

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
_PROCLITICS = regex.compile(r"^[وف]?(?:[بك]?ال|لل)(?=\p{Arabic}{3})|^[وف](?=ال\p{Arabic}{3})")

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
    return tuple(form for form in dict.fromkeys(_forms(word, english)) if len(form.sounds) > 1)


def _forms(word: str, english: bool) -> Iterable[Form]:
    if is_chained(word[:1]):
        yield Form("".join(map(read, units(word))), "southeast")
    elif _HAN.search(word):
        yield _run(word)
    elif _LATIN.fullmatch(word):
        roman = romanise(word)
        yield Form(_apply(_LATIN_SPELLING, roman), "latin")
        if english:
            yield Form(_apply(_ENGLISH, roman), "latin")
    elif _HANGUL.match(word):
        yield Form(_read_hangul(word), "hangul")
    elif _KANA.match(word):
        yield Form(_read_kana(word), "kana")
    elif _ARABIC.match(word):
        yield from _abjad(word, "arabic")
    elif _HEBREW.match(word):
        yield from _abjad(word, "hebrew")
    else:
        yield _alphabetic(word)


def _abjad(word: str, kind: Kind) -> Iterable[Form]:
    """With and without what is written onto a name, and with two ways to read ts."""
    for spelling in (word, _PROCLITICS.sub("", word)):
        sounds = _letters(spelling)
        yield Form(sounds, kind)
        yield Form(_apply(_AFFRICATE, sounds), kind)


def _alphabetic(word: str) -> Form:
    roman = romanise(word)
    if _CYRILLIC.match(word):
        return Form(_apply(_ROMANISED, roman), "cyrillic")
    if _ABUGIDA.match(word):
        return Form(_apply(_ROMANISED, _apply(_ASPIRATED, roman)), "abugida")
    rules = _GREEK if _GREEK_LETTER.match(word) else ()
    return Form(_apply(_ROMANISED, _apply(rules, roman)), "other")


def _letters(word: str) -> str:
    """The sounds of a word in a consonant script; what two letters make together is not kh."""
    return _apply(_JOINED, "".join(map(_read_letter, word)))


@lru_cache(maxsize=1 << 10)
def _read_letter(letter: str) -> str:
    return _apply(_ROMANISED, romanise(letter))


def _read_kana(word: str) -> str:
    roman = romanise(_SMALL_VOWEL.sub(_with_small, word.translate(_LENGTH)))
    return _apply(_KANA_SOUNDS, _apply(_ROMANISED, roman))


def _with_small(match: regex.Match[str]) -> str:
    base, small = romanise(match[1]), romanise(match[2])
    onset = "w" if base == "u" else base.rstrip("aeiou")
    return (onset + small) if onset else match[0]


def _read_hangul(word: str) -> str:
    """Each syllable by its letters; a final consonant before a vowel is heard as it is."""
    sounds = ""
    for character in word:
        number = ord(character) - 0xAC00
        if not 0 <= number < 11172:
            sounds += romanise(character)
            continue
        initial, medial, final = number // 588, number // 28 % 21, number % 28
        sounds += (_INITIALS[initial] + _MEDIALS[medial] + _FINALS[final]).replace("-", "")
    return _apply(_HANGUL_SOUNDS, sounds)


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
        return _TRANSLITERATED.get(character) or _apply(_PINYIN, romanise(character))
    return _read_kana(character)


def _apply(rules: _Rules, roman: str) -> str:
    for pattern, sound in rules:
        roman = pattern.sub(sound, roman)
    return roman


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
