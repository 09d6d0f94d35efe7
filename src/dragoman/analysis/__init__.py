"""Text into searchable terms: the same function for articles and for queries.

A term is a *surface form* (letters, marks and digits, folded by script) or,
marked with `STEM_MARK`, a further form that a language adds at the same
position. Every surface form of a text can be reached by typing it.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import NamedTuple

from dragoman.analysis.fold import fold
from dragoman.analysis.graphemes import boundaries, grapheme_ceil, grapheme_floor
from dragoman.analysis.segment import (
    chunk_texts,
    chunks,
    clusters,
    is_plain,
    is_unsegmented,
    parts,
    pieces,
)
from dragoman.analysis.stem import ACCENTED_MARK, STEM_MARK, forms, recipe, stems
from dragoman.analysis.zawgyi import decode

__all__ = [
    "ACCENTED_MARK",
    "STEM_MARK",
    "Token",
    "analyse",
    "boundaries",
    "fold",
    "grapheme_ceil",
    "grapheme_floor",
    "is_unsegmented",
    "positions",
    "stems",
]

_LONGEST = 255  # a joined form beyond this is no word that anyone types
_SHORT = 48  # longer chunks hardly ever come twice
_REMEMBERED = 1 << 18  # chunks that the memos hold together before they start anew
_SELDOM = 1 << 8  # chunks of a memo after which they are counted
# Chunks analysed before, by the methods; languages that have the same ones share a memo.
_MEMOS: defaultdict[tuple[str, ...], dict[str, _Chunk]] = defaultdict(dict)
_new = tuple.__new__  # half the cost of calling the class

_Found = tuple[int, int, int, tuple[str, ...]]  # a Token in all but name
_Chunk = tuple[str, ...] | tuple[_Found, ...]


class Token(NamedTuple):
    """A stretch of text and the terms by which it is found."""

    start: int
    end: int
    """Offsets into the text as given, in code points."""
    position: int
    """The number of the word in the text; words of a phrase have consecutive ones."""
    terms: tuple[str, ...]
    """The surface form, then the further forms, each marked with `STEM_MARK`."""


def analyse(text: str, language: str = "und") -> list[Token]:
    """The searchable words of a text, in order.

    A compound (al-Kawtharani, l'homme, COVID-19) gives first its joined form,
    over its whole extent and at the position of its first part, then its parts
    at consecutive positions. A run of a script without spaces gives the pairs
    of its neighbouring characters (Tibetan: syllables) at consecutive
    positions, then its last character alone, so that any single character is
    the beginning of some term.

    `language` adds further forms only; the surface forms do not depend on it.
    Burmese in Zawgyi gives the terms of the same text in Unicode.
    """
    methods = recipe(language)
    decoded = decode(text)
    if decoded is None:
        return _tokens(text, methods)
    starts, ends = decoded.starts, decoded.ends
    return [
        _new(Token, (starts[start], ends[end - 1], position, terms))
        for start, end, position, terms in _tokens(decoded.text, methods)
    ]


def positions(text: str, language: str = "und") -> tuple[dict[str, list[int]], int]:
    """The terms that `analyse` gives, each with its positions, ascending; and how many words."""
    methods = recipe(language)
    decoded = decode(text)
    memo = _MEMOS[methods]
    found: defaultdict[str, list[int]] = defaultdict(list)
    at = 0
    for chunk in chunk_texts(decoded.text if decoded else text):
        tokens = memo.get(chunk)
        if tokens is None:
            tokens = _remembered(chunk, methods, memo)
        if not tokens:
            continue
        if isinstance(tokens[0], str):
            for term in tokens:
                found[term].append(at)
            at += 1
            continue
        for _, _, place, terms in tokens:
            for term in terms:
                places = found[term]
                # A compound may be spelled like its only part.
                if not places or places[-1] != at + place:
                    places.append(at + place)
        at += tokens[-1][2] + 1
    return dict(found), at


def _tokens(text: str, methods: tuple[str, ...]) -> list[Token]:
    memo = _MEMOS[methods]
    tokens: list[Token] = []
    add = tokens.append
    position = 0
    for match in chunks(text):
        chunk = match.group()
        at = match.start()
        found = memo.get(chunk)
        if found is None:
            found = _remembered(chunk, methods, memo)
        if not found:
            continue
        if isinstance(found[0], str):
            add(_new(Token, (at, at + len(chunk), position, found)))
            position += 1
        else:
            for start, end, place, terms in found:
                add(_new(Token, (at + start, at + end, position + place, terms)))
            position = tokens[-1].position + 1
    return tokens


def _remembered(chunk: str, methods: tuple[str, ...], memo: dict[str, _Chunk]) -> _Chunk:
    found = _chunk(chunk, methods)
    if len(chunk) <= _SHORT:
        memo[chunk] = found
        if not len(memo) % _SELDOM:
            memos = list(_MEMOS.values())
            if sum(map(len, memos)) > _REMEMBERED:
                for each in memos:
                    each.clear()
    return found


def _chunk(chunk: str, methods: tuple[str, ...]) -> _Chunk:
    """The terms of a chunk that is a single word, else its tokens."""
    if is_plain(chunk):
        surface = fold(chunk)
        return (surface, *forms(chunk, surface, methods))
    tokens: list[_Found] = []
    width = 0
    for at, piece, kind in pieces(chunk):
        found = _pairs(piece, kind) if kind else _compound(piece, methods)
        tokens += [
            (at + start, at + end, width + place, terms) for start, end, place, terms in found
        ]
        if found:
            width = tokens[-1][2] + 1
    return tuple(tokens)


_fold_one = lru_cache(maxsize=1 << 14)(fold)  # of one character with its marks


def _pairs(run: str, kind: str) -> list[_Found]:
    """The overlapping pairs of a run, and its last character."""
    spans = clusters(run, kind)
    folded = [_fold_one(run[start:end]) for start, end in spans]
    pairs = zip(spans, spans[1:] + spans[-1:], folded, [*folded[1:], ""], strict=True)
    return [
        (start, end, place, (first + second,))
        for place, ((start, _), (_, end), first, second) in enumerate(pairs)
    ]


def _compound(compound: str, methods: tuple[str, ...]) -> list[_Found]:
    """The joined form of a compound and its parts, or its only word."""
    words: list[_Found] = []
    for place, (start, end) in enumerate(parts(compound)):
        part = compound[start:end]
        surface = fold(part)
        words.append((start, end, place, (surface, *forms(part, surface, methods))))
    # Folded as a whole: a part that is nothing but an optional character keeps it, alone.
    joined = fold("".join(terms[0] for _, _, _, terms in words))
    if len(words) > 1 and len(joined) <= _LONGEST:
        start, end, there = words[0][0], words[-1][1], words[0][3]
        further = forms(compound[start:end], joined, methods)
        words.insert(0, (start, end, 0, (joined, *(form for form in further if form not in there))))
    return words
