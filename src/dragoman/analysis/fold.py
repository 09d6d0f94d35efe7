"""A word's surface form: one spelling for all the ways in which people write it.

Folding looks at the characters alone, never at a language tag, so that a wrong
tag cannot hide a word. What is dropped or merged in each script is told by the
tables below; everything else is Unicode normalisation and case folding.
"""

from __future__ import annotations

import unicodedata

import regex

from dragoman.analysis.hanzi import SIMPLIFIED

# Marks that a writer may leave out. Vowel signs and viramas of Indic and South-East
# Asian scripts, Thaana vowels and the voicing marks of kana are part of the word.
_OPTIONAL_MARKS = regex.compile(
    r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"  # European, phonetic
    r"\u0483-\u0489"  # Church Slavonic
    r"\u0591-\u05c7"  # Hebrew points and accents
    r"\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0898-\u089f\u08ca-\u08ff"  # Arabic
    r"\u0711\u0730-\u074a"  # Syriac
    r"\u093c\u0abc\u0cbc"  # nukta where it is often left out: Devanagari, Gujarati, Kannada
    r"\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"  # variation selectors
    r"--[\u05be\u05c0\u05c3\u06dd\u06de\u06e9]]",
    regex.V1,
)

# Composed letters of which the mark is no option.
_WITH_MARK = dict.fromkeys("йїўѓќ")

_NOT_WORD = regex.compile(r"[^\p{L}\p{M}\p{N}]+")

# Hindi and its neighbours write a nasal before a stop as a letter or as a dot.
_NASAL = regex.compile(
    "ङ्(?=[क-घ])|ञ्(?=[च-झ])|ण्(?=[ट-ढ])|न्(?=[त-ध])|म्(?=[प-भ])"
)  # fmt: skip
_VIRAMA = "\u094d"


def _table(**groups: str) -> dict[int, str]:
    """Rows of ``target="variants"`` as a table for str.translate."""
    return {ord(c): target for target, variants in groups.items() for c in variants}


_LATIN = _table(
    l="łƚɫ", o="øɵɔ", d="đðɖɗ", t="ŧƭʈ", h="ħɦ", n="ŋɲƞɳ", i="ıɨɩ", u="ʉʊ", b="ɓƀ",
    k="ƙĸ", y="ƴ", g="ɠɣǥ", e="ɛəǝɘ", v="ʋ", f="ƒ", p="ƥ", s="ʃ", z="ʒƶ", c="ƈ",
    ae="æ", oe="œ", th="þ", ss="ß",
)  # fmt: skip
_DROPPED: dict[int, str] = dict.fromkeys(
    (
        *range(0x02B9, 0x02E0),  # ʿayn, hamza, ʻokina, primes, stress and tone letters
        *range(0x02EC, 0x0300),
        0xA78B, 0xA78C,  # saltillo
        0x0640, 0x0621, 0x0674, 0x06E5, 0x06E6,  # tatweel, hamza on the line, Quranic letters
        0x07FA,  # N'Ko lajanyalan
    ),
    "",
)  # fmt: skip
_ARABIC = _table(
    ا="ٱٲٳ", ك="کڪګڬڮ", ي="یىېێےۍۑ", ه="ةەہھۃۂۀۿ", و="ۆۄ", ر="ڕ", ل="ڵ", ن="ں", ب="ٮ", ف="ڡ", ق="ٯ",
)  # fmt: skip
_ARABIC[ord("ګ")] = "گ"  # the Pashto gaf
_HEBREW = _table(כ="ך", מ="ם", נ="ן", פ="ף", צ="ץ", וו="װ", וי="ױ", יי="ײ")
_CYRILLIC = _table(г="ґ")
_INDIC = {
    0x0D7A: "ണ്", 0x0D7B: "ന്", 0x0D7C: "ര്", 0x0D7D: "ല്", 0x0D7E: "ള്", 0x0D7F: "ക്",  # chillu
    0x09CE: "ত্",  # khanda ta
    0x0901: "ं",  # candrabindu
    0x1008: "စျ", 0x1029: "သြ", 0x102A: "သြော်",  # Burmese letters that are also typed as two
}  # fmt: skip


def _ethiopic() -> dict[int, str]:
    """Amharic letters that sound alike and are used for one another, in all their orders."""
    rows = ((0x1210, 0x1200), (0x1280, 0x1200), (0x1220, 0x1230), (0x12D0, 0x12A0),
            (0x1340, 0x1338))  # fmt: skip
    return {source + k: chr(target + k) for source, target in rows for k in range(7)}


_VARIANTS: dict[int, str] = {
    **_LATIN, **_DROPPED, **_ARABIC, **_HEBREW, **_CYRILLIC, **_INDIC, **_ethiopic(), **SIMPLIFIED,
}  # fmt: skip


class _Characters(dict[int, str]):
    """What each character is folded to; worked out when first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _character(chr(code))
        return folded


def letters(word: str) -> str:
    """A word without whatever is no letter, mark or digit."""
    kept: str = _NOT_WORD.sub("", word)
    return kept


def _character(character: str) -> str:
    """The folded form of one composed character."""
    lower = character.casefold()
    if lower in _WITH_MARK:
        return lower
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    plain = _OPTIONAL_MARKS.sub("", plain).translate(_VARIANTS)
    digits = (str(unicodedata.decimal(c, "")) or c for c in plain)
    return unicodedata.normalize("NFC", letters("".join(digits)))


_CHARACTERS = _Characters()


def fold(word: str) -> str:
    """The surface form of a word: letters, marks and digits only.

    Case, optional diacritics, letter variants, presentation forms and width are
    folded; digits of all scripts become ASCII digits. Folding a surface form
    again changes nothing. A word that consists only of characters that are
    otherwise dropped keeps them; what holds no letter, mark or digit gives the
    empty string.
    """
    if word.isascii():
        return word.lower() if word.isalnum() else letters(word.lower())
    plain = unicodedata.normalize("NFC", word).translate(_CHARACTERS)
    plain = unicodedata.normalize("NFC", plain)
    if _VIRAMA in plain:
        plain = _NASAL.sub("ं", plain)
    return plain or letters(unicodedata.normalize("NFKC", word))
