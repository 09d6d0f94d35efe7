"""Burmese that was written for the Zawgyi-One font, as Unicode.

Until about 2019 most of the Burmese web was not in Unicode. Zawgyi gives many of its code points
other meanings, has several for the shapes of one letter, and writes signs in the order in which
they are seen (Unicode's FAQ on Myanmar scripts; what each code point stands for was checked with
CLDR's Zawgyi-my and with texts that exist in both). Text in it cannot be told by its characters,
only by what stands beside what: signs that the one encoding has everywhere and the other cannot
have are counted line by line, as a page may quote the other. A line that could be either is read
like its neighbours.
"""

from __future__ import annotations

import re
from array import array
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_BURMESE = re.compile("[\u1000-\u109f]")

_CONSONANT = "\u1000-\u1021"
_VOWEL = "\u102b-\u1030\u1032-\u1034\u1036"
# Letters of all languages of Unicode's script, without the independent vowels; with these, what a
# vowel E or a medial may follow: the medials, and what shows a sign alone.
_ANY_LETTER = (
    "\u1000-\u1020\u1022\u1028-\u102a\u103f\u1050-\u1055\u105a-\u105d\u1061\u1065\u1066"
    "\u106e-\u1070\u1075-\u1081\u108e\ua9e0-\ua9fe\uaa60-\uaa7f"
)
_NOT_ASTRAY = f"{_ANY_LETTER}\u103b-\u103e\u105e-\u1060\u1082\u25cc\u00a0\u200c\u200d"
# A sign's own character first and then what is around it: to find the next one is then cheap.
_SIGN = re.compile(
    "[\u1031\u1039-\u103b\u103e\u103f\u1060-\u106d\u1070-\u107c\u107e-\u1085\u108f-\u1097](?:"
    # Zawgyi: the vowel E and medial RA before their consonant, where none is before them.
    rf"(?<=\u1031)(?<![{_NOT_ASTRAY}\u1021].)(?=[{_CONSONANT}\u103b\u107e-\u1084\u108f\u1090])"
    rf"|(?<=\u103b)(?<![{_NOT_ASTRAY}].)(?=[{_CONSONANT}])"
    r"|(?:(?<=[\u107e-\u1080])|(?<![\u1000-\u109f].)(?<=[\u1082-\u1084]))"
    r"(?=[\u1000-\u1019\u101e-\u1021](?!\u103a))"
    # The asat, in Unicode what stacks the next consonant; medial YA, in Unicode the asat.
    rf"|(?<=\u1039)(?![{_ANY_LETTER}\u1021\u1023-\u1027])"
    rf"|(?<=[{_CONSONANT}]\u103a)(?=[\u102c-\u102e\u1032\u1033\u1036\u103c\u103d])"
    # Shapes of letters and signs, in Unicode tones, digits and consonants of other languages.
    rf"|(?<=[\u108f-\u1093\u1097])(?=[{_VOWEL}\u103a\u103c\u103d\u1071-\u1077\u1087-\u108e])"
    rf"|(?<=[{_CONSONANT}{_VOWEL}\u1037\u1039-\u103d\u1088][\u1094\u1095])"
    rf"|(?<=\u1064)(?=[{_VOWEL}])"
    r"|(?<=[\u100f\u1012-\u1014\u1017\u1018\u108f][\u1071-\u107c])"
    # Unicode: medial HA and great SA; the asat; medial YA; letters where nothing can be stacked.
    r"|(?P<unicode>(?<=[\u103e\u103f])"
    r"|(?<=\u103a)(?=[\u1037\u1038\u104a\u104b\u1087-\u108d]|[^\u1000-\u109f]|$)"
    r"|(?<=[\u102b\u102c\u1037]\u103a)|(?<=\u1004\u103a\u1039)"
    rf"|(?<=[{_CONSONANT}]\u103b)(?=\u1031)"
    rf"|(?<![{_CONSONANT}{_VOWEL}\u1025\u1029\u103c\u103d\u108f].)"
    r"(?<=[\u1060-\u1063\u1065-\u1069\u106c\u106d\u1070-\u107c\u1085])))",
    re.DOTALL,
)
_SURE = 12  # so many more signs of the one settle it, and what follows in the line is not read


def _points(codes: str) -> str:
    """Characters by the last two digits of each, U+10XX."""
    return "".join(chr(0x1000 + int(codes[k : k + 2], 16)) for k in range(0, len(codes), 2))


def _table(rows: str) -> dict[str, tuple[str, ...]]:
    """Rows of ``Unicode:Zawgyi``: signs that are one in Zawgyi are joined by ``+``."""
    pairs = (row.split(":") for row in rows.split())
    return {
        _points(code): tuple(map(_points, meaning.split("+")))
        for meaning, codes in pairs
        for code in codes.split(",")
    }


_SIGNS = _table(
    "31:31 3C:3B,7E,7F,80,81,82,83,84"  # these two before their consonant
    " 3B:3A,7D 3D:3C 3E:3D,87 3D+3E:8A 3E+2F:88 3E+30:89"
    " 2B:2B 2C:2C 2D:2D 2E:2E 2F:2F,33 30:30,34 32:32 36:36 2D+36:8E 2B+3A:5A"
    " 3A:39 37:37,94,95 38:38"
    " 043A39:64 043A39+2D:8B 043A39+2E:8C 043A39+36:8D"  # the kinzi, behind its consonant
    " 3900:60 3901:61 3902:62 3903:63 3905:65 3906:66,67 3907:68 3908:69 390B:6C 390C:6D 390F:70"
    " 3910:71,72 3910+3D:96 3911:73,74 3912:75 3913:76 3914:77 3915:78 3916:79 3917:7A"
    " 3918:7B,93 3919:7C 391C:85"
)
_LETTERS = _table(
    "25:6A 0A:6B 14:8F 1B:90,47 1D:40 3F:86 4E:44 4E043A38:4E"
    " 0D390D:6E 0D390E:6F 0F390D:91 0B390C:92 0B390B:97"
)
# What is around a consonant in the order of Unicode Technical Note 11; what is stacked comes first.
_ORDER = {
    _points(code): place
    for place, code in enumerate("3B 3C 3D 3E 31 2D 2E 32 2F 30 2B 2C 36 37 3A 38".split())
}
_KINZI, _E, _ASAT = map(_points, ("043A39", "31", "3A"))
# Where a sign goes with a vowel, the asat is before it: it is of the consonant, not of the vowel.
_AFTER_ASAT = tuple(tuple(map(_points, pair.split("+"))) for pair in ("3B+2C", "2F+2F"))
_U, _NYA = _points("25"), _points("09")
_MAKE_NYA = frozenset(map(_points, "2C 2F 30 3A".split()))
# Letters that Zawgyi writes with a sign.
_WHOLE = {tuple(map(_points, pair.split("+"))): _points(letter) for pair, letter in (
    ("25+2E", "26"), ("05+3B", "08"), ("1E+3C", "29"),
)}  # fmt: skip

_BEFORE = "\u1031\u103b\u107e-\u1084"
_AFTER = (
    "\u102b-\u1030\u1032-\u1034\u1036-\u103a\u103c\u103d\u105a\u1060-\u1069\u106c\u106d"
    "\u1070-\u107d\u1085\u1087-\u108e\u1093-\u1096"
)
_LETTER = "\u1000-\u102a\u103f\u106a\u106b\u106e\u106f\u1086\u108f-\u1092\u1097"
_CLUSTER = re.compile(
    rf"(?=[{_BEFORE}{_LETTER}{_AFTER}\u1040\u1044\u1047\u104e])(?P<before>[{_BEFORE}]{{0,8}}+)"
    rf"(?P<letter>[{_LETTER}]"
    # Digits that look like letters, where there is no number.
    rf"|(?<![\u1040-\u1049])(?:(?<=[{_LETTER}{_AFTER}\u1031])\u1040|\u1040(?=[{_LETTER}{_AFTER}])"
    rf"|\u1047(?=[{_AFTER}]))(?![\u1040-\u1049])"
    rf"|\u104e(?!\u1004\u1039\u1038)|\u1044(?=\u1004\u1039\u1038)|)"
    rf"(?P<after>[{_AFTER}]{{0,16}}+)"
)
# Typed in the order in which they are drawn, which looks the same: what is below a consonant
# behind what is before the next.
_ASTRAY = re.compile(
    rf"(?<![{_BEFORE}])([{_BEFORE}]{{1,8}}+)([\u103c\u103d\u1087\u108a]{{1,8}}+)(?=[{_LETTER}])"
)


class Decoded(NamedTuple):
    """A text in Unicode, and where each of its characters is in the text as given."""

    text: str
    starts: array[int]
    ends: array[int]
    """Of the consonant, with all its signs, to which the character belongs; in code points."""


def to_unicode(text: str) -> str:
    """The text with its lines in Zawgyi as Unicode; any other text as it is.

    Converting again changes nothing, and no text fails: what has no meaning in Zawgyi stays.
    """
    found = decode(text)
    return found.text if found else text


def decode(text: str) -> Decoded | None:
    """The text in Unicode with its offsets, or nothing where none of it is in Zawgyi."""
    if text.isascii() or not _BURMESE.search(text):
        return None
    lines = text.splitlines(keepends=True)
    balances = [_balance(line) for line in lines]
    if max(balances) <= 0:
        return None
    found = [
        None if balance < 0 else _better(line)
        for line, balance in zip(lines, balances, strict=True)
    ]
    verdicts = [
        0 if balance > 0 and not better else balance
        for balance, better in zip(balances, found, strict=True)
    ]
    first = next(filter(None, verdicts), -1)
    nearest: Iterator[int] = accumulate(verdicts, lambda before, own: own or before)
    chosen = [
        better if (verdict or first) > 0 else None
        for verdict, better in zip(nearest, found, strict=True)
    ]
    return _joined(lines, chosen) if any(chosen) else None


def _joined(lines: list[str], found: list[Decoded | None]) -> Decoded:
    """A text of lines, of which some were found to be in Zawgyi."""
    parts, starts, ends = [], array("L"), array("L")
    at = 0
    for line, better in zip(lines, found, strict=True):
        text, begin, end = better or (line, range(len(line)), range(1, len(line) + 1))
        parts.append(text)
        starts.extend(map(at.__add__, begin))
        ends.extend(map(at.__add__, end))
        at += len(line)
    return Decoded("".join(parts), starts, ends)


def _better(line: str) -> Decoded | None:
    """A line read as Zawgyi, if that makes it Unicode: what would be read again is in neither."""
    found = _decoded(line)
    return found if _balance(found.text) <= 0 else None


def _balance(line: str) -> int:
    """How many more signs of Zawgyi than of Unicode a line has, as far as it has to be read."""
    balance = 0
    for sign in _SIGN.finditer(line) if _BURMESE.search(line) else ():
        balance += -1 if sign.lastgroup else 1
        if abs(balance) >= _SURE:
            break
    return balance


def _decoded(line: str) -> Decoded:
    """A line in Zawgyi, in Unicode."""
    line = _ASTRAY.sub(r"\2\1", line)
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for match in _CLUSTER.finditer(line):
        start, end = match.span()
        converted = _converted(match)
        parts += line[at:start], converted
        starts += *range(at, start), *[start] * len(converted)
        ends += *range(at + 1, start + 1), *[end] * len(converted)
        at = end
    parts.append(line[at:])
    starts += range(at, len(line))
    ends += range(at + 1, len(line) + 1)
    return Decoded("".join(parts), array("L", starts), array("L", ends))


def _converted(cluster: re.Match[str]) -> str:
    """A consonant with its signs, or signs without one, in Unicode."""
    return _written(*cluster.groups())


@lru_cache(maxsize=1 << 14)
def _written(before: str, letter: str, after: str) -> str:
    signs = [part for sign in before + after for part in _SIGNS[sign]]
    if not letter:
        return "".join(signs)
    (letter,) = _LETTERS.get(letter, (letter,))
    for sign in signs:
        if whole := _WHOLE.get((letter, sign)):
            letter, signs = whole, [each for each in signs if each != sign]
    if letter == _U and any(sign in _MAKE_NYA or len(sign) > 1 for sign in signs):
        letter = _NYA
    ordered = _ordered([sign for sign in signs if sign != _KINZI])
    return f"{_KINZI if _KINZI in signs else ''}{letter}{ordered}"


def _ordered(signs: list[str]) -> str:
    """The signs of a consonant as Unicode orders them, each once."""
    kept = sorted(dict.fromkeys(signs), key=lambda sign: _ORDER.get(sign, -1))
    if _ASAT in kept and _E not in kept:
        for sign, vowel in _AFTER_ASAT:
            if sign in kept and vowel in kept:
                kept.remove(_ASAT)
                kept.insert(kept.index(sign), _ASAT)
                break
    return "".join(kept)
