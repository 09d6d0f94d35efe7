"""Where the words of a text are, in any script.

Scripts that put spaces between words give *compounds*: a word, with the
further words that hyphens, apostrophes and the like tie to it. Scripts that do
not give *runs* of characters, from which overlapping pairs are taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

# Letters of scripts written without spaces between words. Tibetan marks syllables.
UNSEGMENTED = (
    r"[[\p{L}\p{Nl}]&&[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}"
    r"\p{Myanmar}\p{Tai_Le}\p{New_Tai_Lue}\p{Tai_Tham}\p{Tai_Viet}\p{Yi}\p{Javanese}\p{Balinese}"
    r"\p{Tangut}\p{Nushu}々〆ー\uff70\uff9e\uff9f]]"
)
_TIBETAN = r"[\p{L}&&\p{Tibetan}]"
# Invisible characters that may stand inside a word and are no part of it.
_INSIDE = r"\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_INVISIBLE = rf"[{_INSIDE}]"
_LETTER = rf"[\p{{L}}--{UNSEGMENTED}--\p{{Tibetan}}]"
_START = rf"[[\p{{L}}\p{{N}}]--{UNSEGMENTED}--{_TIBETAN}]"
_MORE = rf"[[\p{{L}}\p{{M}}\p{{N}}]--{UNSEGMENTED}--{_TIBETAN}]"

# Written inside words of these scripts as part of the word.
_QUOTES = "'’‘ʼ`´′＇"
_SILENT = (
    rf"(?<=[\p{{Cyrillic}}\p{{M}}])[{_QUOTES}](?=\p{{Cyrillic}})"
    rf"|(?<=[\p{{Hebrew}}\p{{M}}])[{_QUOTES}\"״׳“”](?=\p{{Hebrew}})"
)
# Longest stretches, so that no input makes a term, or the work on it, without bound.
_WORD = (
    rf"{_START}{_MORE}{{0,254}}\p{{M}}{{0,32}}"
    rf"(?:(?:(?:(?!\u200b){_INVISIBLE}){{1,4}}|{_SILENT}){_MORE}{{1,64}}){{0,8}}"
)
_ACRONYM = rf"(?:{_LETTER}\p{{M}}{{0,4}}\.){{1,9}}{_LETTER}\p{{M}}{{0,4}}(?!{_MORE})"
_UNIT = rf"(?:{_ACRONYM}|{_WORD})"
# Between the parts of a compound.
_JOINER = (
    rf"(?:\.?[{_QUOTES}\-‐‑–־֊﹣－_·‧&]|(?<=\p{{Nd}})[.,٫٬](?=\p{{Nd}}))"
)  # fmt: skip

# Cheap to find, and what lies between two of them never touches.
_CHUNKS = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:[^\s\p{L}\p{M}\p{N}]{1,3}[\p{L}\p{M}\p{N}]+)*+")
_PIECES = regex.compile(
    rf"(?P<run>{UNSEGMENTED}[{UNSEGMENTED}\p{{M}}{_INSIDE}]*)"
    rf"|(?P<syllables>{_TIBETAN}[{_TIBETAN}\p{{M}}{_INSIDE}\u0f0b\u0f0c]*)"
    rf"|({_UNIT})(?:{_JOINER}(?3)){{0,15}}",  # to call the group takes less compiling
    regex.V1,
)
_UNITS = regex.compile(_UNIT, regex.V1)
_IS_ACRONYM = regex.compile(_ACRONYM, regex.V1)
# A subjoined consonant belongs to the one before it, as do Thai and Lao AM.
_CLUSTER = regex.compile(
    rf"{UNSEGMENTED}(?:(?:{_INVISIBLE}*[\p{{M}}\u0e33\u0eb3\uff9e\uff9f])"
    rf"|(?<=[\u17d2\u1039\u1a60]){UNSEGMENTED}){{0,32}}",
    regex.V1,
)
_AM = regex.compile("[\u0e33\u0eb3\uff9e\uff9f]")
_SYLLABLE = regex.compile(rf"{_TIBETAN}[{_TIBETAN}\p{{M}}]{{0,32}}", regex.V1)

_IS_UNSEGMENTED = regex.compile(rf"{UNSEGMENTED}|{_TIBETAN}", regex.V1)

# Inside a word: scripts that glue their particles to foreign words and digits,
# names written as one (alKawtharani), and the non-joiner of Arabic script.
_ALPHABET = r"[\p{Latin}\p{Greek}\p{Cyrillic}\p{N}]"
_BORDERS = regex.compile(
    rf"(?<={_ALPHABET}\p{{M}}{{0,4}})(?=[\p{{L}}--{_ALPHABET}--\p{{Lm}}])"
    rf"|(?<=[\p{{L}}--{_ALPHABET}--\p{{Lm}}][\p{{M}}\u0640]{{0,4}})(?={_ALPHABET})"
    r"|(?<=\p{Ll}\p{Ll})(?=\p{Lu}\p{Ll}{2})"
    r"|(?<=\p{Arabic})\u200c+(?=\p{Arabic})",
    regex.V1,
)


_CASED = rf"{_ALPHABET}&&\p{{L}}"
_PLAIN = regex.compile(
    rf"(?:[{_CASED}&&\p{{Lu}}]\p{{M}}{{0,4}})?(?:[{_CASED}&&\p{{Ll}}]\p{{M}}{{0,4}})*+"
    rf"|(?:[{_CASED}&&\p{{Lu}}]\p{{M}}{{0,4}})*+"
    rf"|(?:[\p{{Lu}}--{_ALPHABET}]\p{{M}}{{0,4}})?"
    rf"(?:[[\p{{Lo}}\p{{Ll}}]--{_ALPHABET}--{UNSEGMENTED}--{_TIBETAN}]\p{{M}}{{0,4}})++",
    regex.V1,
)
_LONGEST_PLAIN = 64


def chunks(text: str) -> Iterator[regex.Match[str]]:
    """Stretches of a text that no word and no compound reaches across."""
    yield from _CHUNKS.finditer(text)


def chunk_texts(text: str) -> list[str]:
    """The texts of the same stretches."""
    found: list[str] = _CHUNKS.findall(text)
    return found


def is_plain(chunk: str) -> bool:
    """Whether a chunk, by a quick look, is a single word without borders inside."""
    if len(chunk) > _LONGEST_PLAIN:
        return False
    if chunk.isascii():
        return chunk.isalpha() and (chunk.islower() or chunk.istitle() or chunk.isupper())
    return _PLAIN.fullmatch(chunk) is not None


def pieces(text: str) -> Iterator[tuple[int, str, str]]:
    """The stretches of a text that are analysed each by itself.

    Each as its offset, its text and its kind: ``run`` or ``syllables`` where
    the script does not mark words, or empty for a compound.
    """
    for match in _PIECES.finditer(text):
        yield match.start(), match.group(), match.lastgroup or ""


def clusters(run: str, kind: str) -> list[tuple[int, int]]:
    """The characters of a run with their marks (``syllables``: its syllables), as offsets."""
    if kind == "run" and run.isalpha() and not _AM.search(run):
        return [(k, k + 1) for k in range(len(run))]
    pattern = _SYLLABLE if kind == "syllables" else _CLUSTER
    return [match.span() for match in pattern.finditer(run)]


def is_unsegmented(character: str) -> bool:
    """Whether a character belongs to a script from which pairs are taken, not words."""
    return _IS_UNSEGMENTED.match(character) is not None


def parts(compound: str) -> list[tuple[int, int]]:
    """The words of a compound, as offsets into it; one where it is a single word."""
    if is_plain(compound):
        return [(0, len(compound))]
    found: list[tuple[int, int]] = []
    for unit in _UNITS.finditer(compound):
        start, end = unit.span()
        if _IS_ACRONYM.fullmatch(unit.group()):
            found.append((start, end))
            continue
        for border in _BORDERS.finditer(compound, start, end):
            if border.start() > start:
                found.append((start, border.start()))
                start = border.end()
        found.append((start, end))
    return found
