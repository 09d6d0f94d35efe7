"""Text into searchable terms: the same function for articles and for queries.

A term is a *surface form* (letters, marks and digits, folded by script) or,
marked with `STEM_MARK`, a further form that a language adds at the same
position. Every surface form of a text can be reached by typing it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from dragoman.analysis.fold import fold
from dragoman.analysis.graphemes import boundaries, grapheme_ceil, grapheme_floor
from dragoman.analysis.segment import clusters, is_unsegmented, parts, pieces
from dragoman.analysis.stem import STEM_MARK, forms, recipe, stems

__all__ = [
    "STEM_MARK",
    "Token",
    "analyse",
    "boundaries",
    "fold",
    "grapheme_ceil",
    "grapheme_floor",
    "is_unsegmented",
    "stems",
]

_LONGEST = 255  # a joined form beyond this is no word that anyone types


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
    """
    methods = recipe(language)
    tokens: list[Token] = []
    add = tokens.append
    position = 0
    for start, piece, kind in pieces(text):
        if kind:
            for token in _pairs(start, piece, kind, position):
                add(token)
                position = token.position + 1
            continue
        words, width = _compound(piece, methods)
        for first, last, place, terms in words:
            add(Token(start + first, start + last, position + place, terms))
        position += width
    return tokens


def _pairs(start: int, run: str, kind: str, position: int) -> list[Token]:
    """The overlapping pairs of a run, and its last character."""
    spans = [(a, b, fold(run[a:b])) for a, b in clusters(run, kind)]
    tokens = []
    for place, ((a, b, first), (_, end, second)) in enumerate(
        zip(spans, [*spans[1:], (0, 0, "")], strict=True), position
    ):
        tokens.append(Token(start + a, start + (end or b), place, (first + second,)))
    return tokens


@lru_cache(maxsize=1 << 16)
def _compound(
    compound: str, methods: tuple[str, ...]
) -> tuple[tuple[tuple[int, int, int, tuple[str, ...]], ...], int]:
    """Tokens of a compound, offsets and positions counted from its own beginning, and its width."""
    spans = [(a, b) for a, b in parts(compound) if fold(compound[a:b])]
    words = [
        (a, b, place, (fold(compound[a:b]), *forms(compound[a:b], methods)))
        for place, (a, b) in enumerate(spans)
    ]
    joined = fold(compound)
    if len(words) > 1 and len(joined) <= _LONGEST:
        there = words[0][3]
        further = (form for form in forms(compound, methods) if form not in there)
        words.insert(0, (spans[0][0], spans[-1][1], 0, (joined, *further)))
    return tuple(words), len(spans)
