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
_NOT_ASCII_WORD = regex.compile(r"[^a-z0-9]+")


def romanise(word: str) -> str:
    """The word in small ASCII letters and digits; empty where it cannot be read at all."""
    letters = word if word.isascii() else anyascii(word.translate(_ABJAD))
    roman: str = _NOT_ASCII_WORD.sub("", letters.lower())
    return roman
