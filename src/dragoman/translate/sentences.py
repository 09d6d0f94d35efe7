"""Where the sentences of a text are, in any script, without a model.

A mark that only ends sentences (``。 ।  ؟ ۔ ። ។ ။ ։ ᱾``) ends one wherever it
stands. A mark with other uses (``. ! ? …``) needs white space behind it, and a
full stop must not be that of an abbreviation, an initial or an ordinal. Thai
and Lao hardly mark their sentences; there the spaces between clauses serve.

What is still too long for a model is cut: at punctuation, else at a space, else
between two characters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import regex

from dragoman.analysis import grapheme_floor
from dragoman.translate.abbreviations import before_numbers, titles

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 1000
"""The largest `cost` of a sentence. A subword model makes at most one token of a byte, so
that this fits a model of 1,024 tokens; 500 Latin or 333 Chinese letters are as many as models
have learnt from, and more."""

_SHORTEST = 0.4  # of the limit: a cut before this would leave scraps
_CLAUSES = 90  # letters that clauses may fill together where no mark ends a sentence
_CLAUSE = 45  # letters below which even a word that opens sentences opens none

_PARAGRAPH = regex.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_CLOSERS = r"(?:[\"'”’»›)\]}」』】〉》］）｣＂＇༽]|[“‟](?![\p{L}\p{N}]))"
# A French guillemet stands behind a space; a German one there opens.
_CLOSED = rf"(?:{_CLOSERS}*(?:[\u00a0\u202f ][»›](?=[\s.,;]|$))?{_CLOSERS}*)"
# Marks that are nothing but the end of a sentence.
_SURE = (
    r"[。！？｡．।॥৷؟۔؞።፧፨។៕။᱾᱿꯫᙮᠃᠉߹܀܁܂꧈꧉᭟᭞‼⁇⁈⁉]|፡፡|(?<=[\p{Ethiopic}\s])::"
    r"|(?<=\p{Devanagari}\p{M}{0,3}\s?)\|{1,2}(?=\s|$)|(?<=\p{Ol_Chiki}\s?)[|I](?=\s|$)"
)
_ENDS = regex.compile(
    rf"(?P<sure>(?:{_SURE})(?:{_SURE}|[.!?…])*)(?P<a>{_CLOSED})"
    rf"|(?P<maybe>[.!?…؟]+)(?P<b>{_CLOSED})(?=\s|$)"
    # White space left out behind a full stop, in scripts without abbreviations of this form.
    r"|(?P<tight>(?<=[\p{Arabic}\p{Hebrew}\p{Devanagari}\p{Bengali}]{2}\p{M}*)[.!]+)"
    r"(?=[\p{Arabic}\p{Hebrew}\p{Devanagari}\p{Bengali}]{2})"
    rf"|(?P<wide>(?<=[\p{{Han}}\p{{Hiragana}}\p{{Katakana}}])[!?…]+)(?P<c>{_CLOSED})"
    rf"|(?P<armenian>(?<=\p{{Armenian}}{_CLOSERS}?)[:։])(?P<d>{_CLOSED})(?=\s|$|\p{{Lu}})"
    rf"|(?P<greek>(?<=\p{{Greek}})[;\u037e])(?P<e>{_CLOSED})(?=\s|$)"
    rf"|(?P<tibetan>(?:།\s?){{2,}}|(?<=\p{{Tibetan}})[།༎])(?P<f>{_CLOSED})(?=\s|$|\P{{Tibetan}})"
    rf"|(?P<urdu>(?<=\p{{Arabic}})-)(?P<g>{_CLOSED})(?=\s|$)",
    regex.V1,
)
_OPENERS = r"[\"'“”‘’«»‹›„‚(\[{¿¡–—\-•*\s]*"
# Georgian letters count as small ones, but the language has no capitals.
_LOWER_NEXT = regex.compile(rf"\s+{_OPENERS}[\p{{Ll}}--\p{{Georgian}}]", regex.V1)
_DIGIT_NEXT = regex.compile(rf"\s+{_OPENERS}[\p{{Nd}}]")
# Read from its end, as only the word before the stop is wanted.
_LAST_WORD = regex.compile(r"(?r)(?:[\p{L}\p{M}\p{N}]+[.'’״/-])*[\p{L}\p{M}\p{N}]+$")
_INITIAL = regex.compile(
    r"[\p{Lu}\p{Arabic}\p{Hebrew}&&\p{L}]\p{M}*|(?:\p{L}\p{M}*\.)+\p{L}\p{M}*", regex.V1
)
_ORDINAL = regex.compile(r"\p{Nd}{1,3}|[IVXLC]{1,6}")
_CONTINUED = regex.compile(r"\s*[។]?ល[។]")  # Khmer "and so on"
_THAI = regex.compile(r"\p{Thai}")
_THAI_SPACE = regex.compile(r"(?<=\p{Thai}[^\s]{0,20})\s+(?=[^\s]*\p{Thai})")
# However, besides, thus, later, he, she, they, as for, meanwhile, when, this.
_THAI_OPENERS = tuple(
    "อย่างไรก็ตาม อย่างไรก็ดี นอกจากนี้ นอกจากนั้น ดังนั้น ต่อมา จากนั้น เขา เธอ พวกเขา ทั้งนี้ ส่วน ด้าน สำหรับ"
    " ขณะเดียวกัน ในขณะที่ เมื่อ ตาม หลังจาก ก่อนหน้านี้ ล่าสุด นี่คือ นี่เป็น".split()
)
# White space, and what is as invisible.
_BLANK = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)

# Where to cut what is too long, the best places first.
_CUTS = tuple(
    regex.compile(pattern)
    for pattern in (
        r"[.!?…;:；：؛፤፥።།][\"'”’»)\]」』）]*(?=\s)|[；：؛፤]|\s[–—-](?=\s)",
        r"[,،、，၊፣՝᠂߸‚][\"'”’»)\]」』）]*",
        r"[\s\u200b]",
    )
)
# Languages that write a full stop behind the number of a day or of a king.
_ORDINALS = frozenset(
    "bs cs da de dsb eo et fi fo hr hsb hu is lb lt lv mk nb nn no pl sk sl sq sr sv szl tr".split()
)

_DASHED = frozenset(("ur", "ks"))  # written with a hyphen where the Urdu full stop is not at hand


class Sentence(NamedTuple):
    """A stretch of a text, without white space at its ends."""

    start: int
    end: int
    """Offsets into the text, in code points."""
    paragraph: int
    """The number of its paragraph in the text."""


def sentences(text: str, language: str = "und", limit: int = LIMIT) -> list[Sentence]:
    """The sentences of a text, in order; whatever lies between them is white space.

    A line break always ends a sentence. None has a `cost` above `limit`, but for
    a single character that has so of itself.
    """
    found: list[Sentence] = []
    paragraph = 0
    for match in _PARAGRAPH.finditer(text):
        before = len(found)
        for start, end in _split(text, match.start(), match.end(), language):
            found += (Sentence(*piece, paragraph) for piece in _cut(text, start, end, limit))
        paragraph += len(found) > before
    return found


def cost(text: str) -> int:
    """How much of a model's input a text may take: its bytes in UTF-8, two at least a letter."""
    if text.isascii():
        return 2 * len(text)
    return len(text.encode("utf-8", "surrogatepass")) + len(text.encode("ascii", "ignore"))


def _split(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """The sentences of a paragraph, whatever their length."""
    for match in _ENDS.finditer(text, start, end):
        if match.start() < start or not _is_end(text, match, start, end, language):
            continue
        yield from _clauses(text, *_trim(text, start, match.end()))
        start = match.end()
    yield from _clauses(text, *_trim(text, start, end))


def _is_end(text: str, match: regex.Match[str], start: int, end: int, language: str) -> bool:
    """Whether a mark ends the sentence that began at `start`."""
    after = match.end()
    goes_on = bool(_LOWER_NEXT.match(text, after, end))
    if match["sure"]:
        # A quotation inside its sentence goes on behind the mark; so does "and so on" in Khmer.
        if _CONTINUED.match(text, after - 1, end) or _CONTINUED.match(text, after, end):
            return False
        return not (bool(match["a"]) and goes_on)
    if match["tibetan"]:
        return bool(match.start() - start >= _CLAUSE)
    if match["maybe"]:
        plain = match["maybe"] == "." and not match["b"]
        return not goes_on and not (plain and _is_abbreviation(text, start, after - 1, language))
    return not match["urdu"] or language in _DASHED


def _is_abbreviation(text: str, start: int, dot: int, language: str) -> bool:
    """Whether the full stop at `dot` belongs to the word before it."""
    last = _LAST_WORD.search(text, max(start, dot - 40), dot)
    if last is None:
        return False
    word = last[0]
    if _THAI.search(word):
        return True
    if _ORDINAL.fullmatch(word):
        is_first = not text[start : last.start()].strip()  # the number of an item
        return is_first or (language in _ORDINALS and word.isdecimal())
    if word.casefold() in titles(language) or _INITIAL.fullmatch(word):
        return True
    return word.casefold() in before_numbers(language) and bool(_DIGIT_NEXT.match(text, dot + 1))


def _clauses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentence, or where its script marks none, as many clauses as make about one."""
    if end - start > _CLAUSE and _THAI.search(text, start, end):
        for space in _THAI_SPACE.finditer(text, start, end):
            length = space.start() - start
            opens = text.startswith(_THAI_OPENERS, space.end())
            if length >= (_CLAUSE if opens else _CLAUSES) and end - space.end() >= _CLAUSE // 2:
                yield start, space.start()
                start = space.end()
    if start < end:
        yield start, end


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch without what is blank at its ends."""
    piece = text[start:end].lstrip(_BLANK)
    start = end - len(piece)
    return start, start + len(piece.rstrip(_BLANK))


def _cut(text: str, start: int, end: int, limit: int) -> Iterator[tuple[int, int]]:
    """A sentence in pieces that a model can take."""
    while start < end:
        reach = _reach(text, start, end, limit)
        if reach < end:
            reach = _cut_place(text, start, reach)
        low, high = _trim(text, start, reach)
        if low < high:
            yield low, high
        start = reach


def _reach(text: str, start: int, end: int, limit: int) -> int:
    """How far a piece may go that begins at `start`."""
    end = min(end, start + max(1, limit // 2))
    excess = cost(text[start:end]) - limit
    while excess > 0 and end > start + 1:
        # No character costs more than four, so that this never takes away too many.
        end -= max(1, excess // 4)
        excess = cost(text[start:end]) - limit
    return end


def _cut_place(text: str, start: int, reach: int) -> int:
    """The best place for a cut at or before `reach`."""
    earliest = start + int((reach - start) * _SHORTEST)
    for pattern in _CUTS:
        places = [match.end() for match in pattern.finditer(text, earliest, reach)]
        if places:
            return int(places[-1])
    floor = grapheme_floor(text, reach)
    return floor if floor > start else reach
