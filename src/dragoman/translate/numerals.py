"""Which numbers of a text its translation has lost.

Numbers are compared by their significant digits, so that 1,200,000 is found in
``1.2 million`` and in ``120万``. Those of fewer than three are not asked for:
translators write them as words.
"""

from __future__ import annotations

import unicodedata
from typing import Final

import regex

# Digits of any script, grouped in any way; a space groups by threes only.
_NUMBER = regex.compile(
    r"\p{Nd}{1,3}(?:[ \u00a0\u202f'’]\p{Nd}{3}(?!\p{Nd}))+(?:[.,٫]\p{Nd}+)?"
    r"|\p{Nd}+(?:[.,٫٬]\p{Nd}+)*"
)
_CLOCK = regex.compile(r"(?<![\p{Nd}.,])\p{Nd}{1,2}[:.h]\p{Nd}{2}(?![\p{Nd}.,]*\p{Nd})")
_DIGITS = regex.compile(r"\p{Nd}+")
_SIGNIFICANT = 3
_YEAR = 4  # digits

# By how much the same year differs between calendars: Ethiopian, Bikram Sambat, Thai, and the
# lunar and solar years of the Hijra, which come nearer to the Gregorian ones in time.
_CALENDARS: Final = frozenset((7, 8, 56, 57, *range(543, 545), *range(578, 623)))


def lost_numbers(source: str, translation: str) -> bool:
    """Whether a number of the source, of three significant digits or more, is not there.

    Times of day are not asked for, as half the world counts to twelve; a year
    may be that of another calendar.
    """
    wanted = [_ascii(match[0]) for match in _NUMBER.finditer(_CLOCK.sub(" ", source))]
    wanted = [number for number in wanted if len(number.strip("0")) >= _SIGNIFICANT]
    if not wanted:
        return False
    held = [_ascii(match[0]) for match in _DIGITS.finditer(translation)]
    run = "".join(held)
    return any(number.strip("0") not in run and not _is_year(number, held) for number in wanted)


def _is_year(number: str, held: list[str]) -> bool:
    """Whether a number is a year that is there by another calendar, or as a decade."""
    if len(number) != _YEAR:
        return False
    if number.endswith("0") and number[2:] in held:
        return True
    return any(
        len(other) == _YEAR and abs(int(number) - int(other)) in _CALENDARS for other in held
    )


def _ascii(text: str) -> str:
    """The digits of a text, in those of ASCII."""
    return "".join(str(unicodedata.decimal(c, "")) for c in text)
