"""A word of any script → how it is read, roughly, in the letters of ASCII."""

from __future__ import annotations

import regex
from anyascii import anyascii

# anyascii leaves out what is silent in a consonant script; a reader still needs a place for
# the vowel, and waw is a vowel as often as a consonant.
_ABJAD = {
    ord(letter): roman
    for roman, letters in {"a": "اىعאע", "w": "وו", "": "ء'"}.items()
    for letter in letters
}
# Kurdish and Uyghur write every vowel. Waw and yeh are vowels where no other stands beside them;
# a hamza only bears a vowel.
_ALPHABETIC = {
    letter: roman
    for pair in (
        "اa بb پp تt جj چch حh خkh دd رr ڕr زz ژzh سs شsh عʔ غgh فf ڤv قq كk کk گg لl ڵl مm نn ۆo"
        " هh ھh ەe ێe وw یy يy ىy ئʔ"
    ).split()
    for letter, roman in [(pair[0], pair[1:])]
}
_UYGHUR = _ALPHABETIC | {"و": "o", "ۇ": "u", "ۈ": "u", "ۋ": "w", "ې": "e", "ى": "i", "ڭ": "ng"}
_HAS_VOWELS = regex.compile("[ەێۆڕڵۇۈۋڭ]")
_HAS_UYGHUR = regex.compile("[ۇۈۋڭ]")
_U = regex.compile("(?<=[^aeiouwy])w(?![aeiou])")
_I = regex.compile("(?<=[^aeiouw])y(?![aeiou])")
_NOT_ASCII_WORD = regex.compile(r"[^a-z0-9\n]+")


class _Letters(dict[int, str]):
    """How each character is read; found out when first met."""

    def __missing__(self, code: int) -> str:
        roman = self[code] = anyascii(chr(code).translate(_ABJAD))
        return roman


_LETTERS = _Letters()


def romanise(word: str) -> str:
    """The word in small ASCII letters and digits; empty where it cannot be read at all.

    Of many words, each on a line, it is the same in one go.
    """
    letters = word if word.isascii() else word.translate(_LETTERS)
    roman: str = _NOT_ASCII_WORD.sub("", letters.lower())
    return roman


def romanise_alphabetic(word: str) -> str:
    """A word as Kurdish or Uyghur spell it, in Arabic letters of which some are theirs alone.

    Empty for any other word.
    """
    if not _HAS_VOWELS.search(word):
        return ""
    table = _UYGHUR if _HAS_UYGHUR.search(word) else _ALPHABETIC
    roman = "".join(table.get(letter, "") for letter in word)
    vowels = _I.sub("i", _U.sub("u", roman.replace("ww", "u")))
    heard: str = _NOT_ASCII_WORD.sub("", vowels)
    return heard
