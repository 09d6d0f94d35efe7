"""Concept → the alternatives by which an article can speak of it.

Alternatives of one unit are synonyms of one pseudo-term: their weighted
frequencies add up before saturation (structured queries: Pirkola, SIGIR 1998;
with probabilities: Darwish and Oard, SIGIR 2003), so a concept counts once
however many ways it matched.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from dragoman.analysis import analyse, fold, is_unsegmented, stems

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from dragoman.analysis import Token
    from dragoman.engines import Vocabulary
    from dragoman.model import Via
    from dragoman.query import Concept

MAX_PATTERN_TERMS = 200
"""How many terms of the dictionary one prefix, wild card or fuzzy word may stand for."""

_STEM_WEIGHT = 0.6
_PHRASE_OF_PARTS_WEIGHT = 0.6
_PART_WEIGHT = 0.3
_SHORTEST_PART = 4


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to say a concept."""

    terms: tuple[str, ...]
    """A term of the index, or several that follow each other."""
    weight: float
    via: Via
    languages: frozenset[str] | None = None
    """Articles it may stand for; None means any."""
    gap: int = 0
    """Words that may intervene between the terms."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One pseudo-term: all its alternatives count as the same word."""

    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Expansion:
    """A concept with the units that stand for it."""

    concept: Concept
    units: tuple[Unit, ...]
    needed: int
    """How many units an article must have to match; more than there are: it never does."""


def expand(
    concepts: Iterable[Concept], vocabulary: Vocabulary, vias: Collection[Via]
) -> tuple[Expansion, ...]:
    """The alternatives of each concept, by the vias that are switched on."""
    known = frozenset(vocabulary.articles())
    return tuple(_expand(concept, vocabulary, known, vias) for concept in concepts)


def _expand(
    concept: Concept, vocabulary: Vocabulary, known: frozenset[str], vias: Collection[Via]
) -> Expansion:
    if "original" not in vias:
        return Expansion(concept, (), needed=1)
    if concept.kind == "pattern":
        return _any_of(concept, _matching(concept.text, vocabulary))
    if concept.kind == "fuzzy":
        return _any_of(concept, _similar(concept, vocabulary))
    tokens = list(analyse(concept.text))
    if concept.kind == "phrase":
        return _phrase(concept, tokens)
    return _word(concept, tokens, vocabulary, known)


def _any_of(concept: Concept, terms: Iterable[str]) -> Expansion:
    alternatives = tuple(
        Alternative((term,), 1.0, "original") for term in islice(terms, MAX_PATTERN_TERMS)
    )
    return Expansion(concept, (Unit(alternatives),) if alternatives else (), needed=1)


def _matching(pattern: str, vocabulary: Vocabulary) -> Iterable[str]:
    parts = re.split(r"([*?])", pattern)
    folded = [part if part in "*?" else fold(part) for part in parts]
    expression = re.compile(
        "".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in folded), re.DOTALL
    )
    return (term for term in vocabulary.starting(folded[0]) if expression.fullmatch(term))


def _similar(concept: Concept, vocabulary: Vocabulary) -> Iterable[str]:
    return vocabulary.within(fold(concept.text), concept.distance)


def _phrase(concept: Concept, tokens: list[Token]) -> Expansion:
    words = _sequence(tokens)
    if not words:
        return Expansion(concept, (), needed=1)
    exact = Alternative(words, 1.0, "original", gap=concept.distance)
    return Expansion(concept, (Unit((exact,)),), needed=1)


def _sequence(tokens: list[Token]) -> tuple[str, ...]:
    """The surface term of each position, the parts of a compound rather than the whole."""
    shortest: dict[int, Token] = {}
    for token in tokens:
        held = shortest.get(token.position)
        if held is None or token.end - token.start < held.end - held.start:
            shortest[token.position] = token
    return tuple(shortest[position].terms[0] for position in sorted(shortest))


def _word(
    concept: Concept, tokens: list[Token], vocabulary: Vocabulary, known: frozenset[str]
) -> Expansion:
    """A word as it was typed: usually one token, else a compound or an unspaced run."""
    runs = [token for token in tokens if is_unsegmented(concept.text[token.start])]
    spaced = [token for token in tokens if token not in runs]
    units = [_unit_of_run(token, concept.text, vocabulary) for token in runs]
    if spaced:
        units.append(_unit_of_compound(spaced, known))
    return Expansion(concept, tuple(units), _needed(len(units)))


def _needed(units: int) -> int:
    """How many pieces of an unspaced run must occur for it to match.

    A short run is one word or name, so most of it must be there; a long one is
    a sentence without spaces, of which any piece may match, as with spaced words.
    """
    if units <= 2:
        return max(1, units)
    return math.ceil(0.6 * units) if units <= 6 else 1


def _unit_of_run(token: Token, text: str, vocabulary: Vocabulary) -> Unit:
    surface, *others = token.terms
    alternatives = [Alternative((surface,), 1.0, "original")]
    alternatives += [Alternative((term,), _STEM_WEIGHT, "original") for term in others]
    if len(text) == 1:
        # Runs are indexed as overlapping pairs: one character is the start of some of them.
        alternatives += [
            Alternative((term,), 1.0, "original")
            for term in islice(vocabulary.starting(surface), MAX_PATTERN_TERMS)
            if term != surface
        ]
    return Unit(tuple(alternatives))


def _unit_of_compound(tokens: list[Token], known: frozenset[str]) -> Unit:
    parts = _sequence(tokens)
    whole = max(tokens, key=lambda token: token.end - token.start).terms[0]
    found: dict[tuple[str, ...], Alternative] = {}

    def add(alternative: Alternative) -> None:
        found.setdefault(alternative.terms, alternative)

    add(Alternative((whole,), 1.0, "original"))
    if len(parts) > 1:
        add(Alternative(parts, _PHRASE_OF_PARTS_WEIGHT, "original"))
        for part in parts:
            if len(part) >= _SHORTEST_PART:
                add(Alternative((part,), _PART_WEIGHT, "original"))
    else:
        for stem, tongues in stems(whole, known).items():
            add(Alternative((stem,), _STEM_WEIGHT, "original", tongues))
    return Unit(tuple(found.values()))
