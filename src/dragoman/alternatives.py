"""What articles are looked for by: alternatives in units, made of weighted terms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from dragoman.analysis import analyse, is_unsegmented
from dragoman.senses import Sense

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dragoman.analysis import Token
    from dragoman.model import Via
    from dragoman.query import Concept

LONGEST_PHRASE = 24
"""Words of a phrase; a longer one is a quotation, which nothing else says word by word."""
_PHRASES = 27  # that one phrase may stand for in a language


class Alternative(NamedTuple):
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
class Way:
    """Units of which an article must have some to speak of a concept."""

    units: tuple[Unit, ...]
    needed: int = 1
    """How many units an article must have to match; more than there are: it never does."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """A concept with the ways to speak of it, of which one is enough."""

    concept: Concept
    ways: tuple[Way, ...]


Weights: TypeAlias = "dict[tuple[tuple[str, ...], float], list[str]]"
"""Terms with their weight → the languages in which they have it."""


Translated: TypeAlias = "Mapping[str, Sequence[Sense]]"
"""The translations of a word, by language."""


def translations(
    translated: Translated, gap: int = 0, unlike: tuple[str, ...] = ()
) -> list[Alternative]:
    """The translations of a word, without its own terms."""
    weights: Weights = {}
    for language, senses in translated.items():
        for terms, weight in senses:
            if terms != unlike:
                weights.setdefault((terms, weight), []).append(language)
    return weighted(weights, gap, "query-translation")


def weighted(weights: Weights, gap: int = 0, via: Via = "name") -> list[Alternative]:
    """Each of some terms once, for all its languages."""
    return [
        Alternative(terms, weight, via, frozenset(languages), gap)
        for (terms, weight), languages in sorted(weights.items())
        if terms
    ]


def one_unit(alternatives: Iterable[Alternative]) -> tuple[Way, ...]:
    """The only way, of one unit; none where it has no alternative."""
    found = tuple(alternatives)
    return (Way((Unit(found),)),) if found else ()


def sequence(tokens: list[Token]) -> tuple[str, ...]:
    """The surface term of each position, the parts of a compound rather than the whole."""
    return tuple(token.terms[0] for token in shortest(tokens))


def shortest(tokens: list[Token]) -> list[Token]:
    """The shortest token of each position, in order."""
    shortest: dict[int, Token] = {}
    for token in tokens:
        held = shortest.get(token.position)
        if held is None or token.end - token.start < held.end - held.start:
            shortest[token.position] = token
    return [shortest[position] for position in sorted(shortest)]


def likeliest(choices: Iterable[Sequence[Sense]]) -> list[Sense]:
    """The phrases that one sense of each choice makes, the best first.

    Word by word only the best beginnings are kept: all phrases of n words would be too many.
    """
    found = [Sense((), 1.0)]
    for senses in choices:
        further = [
            Sense((*begun.terms, *sense.terms), begun.weight * sense.weight)
            for begun in found
            for sense in senses
        ]
        further.sort(key=lambda phrase: (-phrase.weight, phrase.terms))
        found = further[:_PHRASES]
    return found


def terms_of(name: str) -> tuple[str, ...]:
    """The terms of the index that a folded word, or a stretch of an unspaced run, stands for."""
    return _terms_of_run(name) if _begins_run(name[0]) else (name,)


_begins_run = lru_cache(maxsize=1 << 12)(is_unsegmented)


@lru_cache(maxsize=1 << 13)
def _terms_of_run(run: str) -> tuple[str, ...]:
    # The last character alone is a term only where a run of the text ends with it.
    return sequence(list(analyse(run)))[:-1]
