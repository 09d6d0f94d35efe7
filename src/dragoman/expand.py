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
from itertools import islice, product
from typing import TYPE_CHECKING, TypeAlias

from dragoman.analysis import analyse, fold, is_unsegmented, stems
from dragoman.analysis.runs import name_runs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from dragoman.analysis import Token
    from dragoman.engines import Vocabulary
    from dragoman.model import Via
    from dragoman.names import Match
    from dragoman.query import Concept

MAX_PATTERN_TERMS = 200
"""How many terms of the dictionary one prefix, wild card or fuzzy word may stand for."""

_STEM_WEIGHT = 0.6
_PHRASE_OF_PARTS_WEIGHT = 0.6
_PART_WEIGHT = 0.3
_SHORTEST_PART = 4

# A word that sounds alike counts for a power of its similarity; what is far below the best of
# its language adds only noise and work.
_NAME_POWER = 8
_NAME_LEAST = 0.05
_NAMES_IN_PHRASE = 3


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


def expand(
    concepts: Iterable[Concept], vocabulary: Vocabulary, vias: Collection[Via]
) -> tuple[Expansion, ...]:
    """The ways to speak of each concept, by the vias that are switched on."""
    expander = _Expander(vocabulary, vias)
    return tuple(map(expander.expand, concepts))


class _Expander:
    """Knows the library's vocabulary and the ways that are switched on."""

    def __init__(self, vocabulary: Vocabulary, vias: Collection[Via]) -> None:
        self._vocabulary = vocabulary
        self._languages = frozenset(vocabulary.articles())
        self._vias = vias

    def expand(self, concept: Concept) -> Expansion:
        """All the ways to speak of a concept."""
        if concept.kind == "name":
            return Expansion(concept, self._spoken(concept))
        if concept.kind in {"pattern", "fuzzy"}:
            return Expansion(concept, self._listed(concept))
        tokens = list(analyse(concept.text))
        if concept.kind == "phrase":
            return Expansion(concept, self._phrase(concept, tokens))
        return Expansion(concept, self._word(concept, tokens))

    def _listed(self, concept: Concept) -> tuple[Way, ...]:
        """What the dictionary has for a pattern or a misspelled word."""
        if "original" not in self._vias:
            return ()
        find = _matching if concept.kind == "pattern" else _similar
        return _one_unit(
            Alternative((term,), 1.0, "original")
            for term in islice(find(concept, self._vocabulary), MAX_PATTERN_TERMS)
        )

    def _phrase(self, concept: Concept, tokens: list[Token]) -> tuple[Way, ...]:
        """These words in this order, or names that sound like them in this order."""
        words = sequence(tokens)
        alternatives: list[Alternative] = []
        if words and "original" in self._vias:
            alternatives.append(Alternative(words, 1.0, "original", gap=concept.distance))
        if "name" in self._vias:
            spoken = self._name_phrases(words, concept.distance)
            alternatives += [each for each in spoken if each.terms != words]
        return _one_unit(alternatives)

    def _spoken(self, concept: Concept) -> tuple[Way, ...]:
        """Only by sound, whatever the spelling."""
        words = sequence(list(analyse(concept.text)))
        return _one_unit(self._name_phrases(words, concept.distance) if words else ())

    def _name_phrases(self, words: tuple[str, ...], gap: int) -> list[Alternative]:
        by_word = [self._vocabulary.sounding_like(word, self._languages) for word in words]
        if len(by_word) == 1:
            return self._names(by_word[0])
        weights: _Weights = {}
        for language in set.intersection(*(set(found) for found in by_word)) if by_word else ():
            choices = [found[language][:_NAMES_IN_PHRASE] for found in by_word]
            for matches in product(*choices):
                weight = math.prod(match.similarity for match in matches) ** _NAME_POWER
                terms = tuple(term for match in matches for term in _terms(match.term))
                if weight >= _NAME_LEAST:
                    weights.setdefault((terms, round(weight, 3)), set()).add(language)
        return _weighted(weights, gap)

    def _names(self, found: Mapping[str, Sequence[Match]]) -> list[Alternative]:
        weights: _Weights = {}
        for language, matches in found.items():
            best = matches[0].similarity
            for term, similarity in matches:
                if (similarity / best) ** _NAME_POWER < _NAME_LEAST:
                    break
                weight = round(similarity**_NAME_POWER, 3)
                weights.setdefault((_terms(term), weight), set()).add(language)
        return _weighted(weights)

    def _word(self, concept: Concept, tokens: list[Token]) -> tuple[Way, ...]:
        """A word as it was typed: usually one token, else a compound or an unspaced run."""
        runs = [token for token in tokens if is_unsegmented(concept.text[token.start])]
        spaced = [token for token in tokens if token not in runs]
        ways: list[Way] = []
        if runs and "original" in self._vias:
            units = [_unit_of_run(token, concept.text, self._vocabulary) for token in runs]
            ways.append(Way(tuple(units), _needed(len(units))))
        if runs and "name" in self._vias:
            ways += [
                Way((Unit(tuple(self._heard(run))),)) for run in sorted(name_runs(concept.text))
            ]
        if spaced:
            ways += _one_unit(self._compound(spaced, concept.text))
        return tuple(ways)

    def _heard(self, run: str) -> list[Alternative]:
        found = self._vocabulary.sounding_like(run, self._languages)
        own = _terms(run)
        return [each for each in self._names(found) if each.terms != own]

    def _compound(self, tokens: list[Token], text: str) -> list[Alternative]:
        parts = sequence(tokens)
        longest = max(tokens, key=lambda token: token.end - token.start)
        whole, typed = longest.terms[0], text[longest.start : longest.end]
        found: list[Alternative] = []
        if "original" in self._vias:
            found += self._spelled(whole, parts, typed)
        if "name" in self._vias:
            own = {alternative.terms for alternative in found}
            spoken = self._vocabulary.sounding_like(whole, self._languages)
            found += [each for each in self._names(spoken) if each.terms not in own]
        return found

    def _spelled(self, whole: str, parts: tuple[str, ...], typed: str) -> Iterable[Alternative]:
        yield Alternative((whole,), 1.0, "original")
        if len(parts) > 1:
            yield Alternative(parts, _PHRASE_OF_PARTS_WEIGHT, "original")
            for part in dict.fromkeys(parts):
                if len(part) >= _SHORTEST_PART and part != whole:
                    yield Alternative((part,), _PART_WEIGHT, "original")
        else:
            for stem, tongues in stems(typed, self._languages).items():
                yield Alternative((stem,), _STEM_WEIGHT, "original", tongues)


_Weights: TypeAlias = "dict[tuple[tuple[str, ...], float], set[str]]"
"""Terms with their weight → the languages in which they have it."""


def _weighted(weights: _Weights, gap: int = 0) -> list[Alternative]:
    return [
        Alternative(terms, weight, "name", frozenset(languages), gap)
        for (terms, weight), languages in sorted(weights.items())
        if terms
    ]


def _one_unit(alternatives: Iterable[Alternative]) -> tuple[Way, ...]:
    """The only way, of one unit; none where it has no alternative."""
    found = tuple(alternatives)
    return (Way((Unit(found),)),) if found else ()


def _matching(concept: Concept, vocabulary: Vocabulary) -> Iterable[str]:
    parts = re.split(r"([*?])", concept.text)
    folded = [part if part in "*?" else fold(part) for part in parts]
    expression = re.compile(
        "".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in folded), re.DOTALL
    )
    return (term for term in vocabulary.starting(folded[0]) if expression.fullmatch(term))


def _similar(concept: Concept, vocabulary: Vocabulary) -> Iterable[str]:
    return vocabulary.within(fold(concept.text), concept.distance)


def sequence(tokens: list[Token]) -> tuple[str, ...]:
    """The surface term of each position, the parts of a compound rather than the whole."""
    shortest: dict[int, Token] = {}
    for token in tokens:
        held = shortest.get(token.position)
        if held is None or token.end - token.start < held.end - held.start:
            shortest[token.position] = token
    return tuple(shortest[position].terms[0] for position in sorted(shortest))


def _terms(name: str) -> tuple[str, ...]:
    """The terms of the index that a folded word, or a stretch of an unspaced run, stands for."""
    if not is_unsegmented(name[0]):
        return (name,)
    # The last character alone is a term only where a run of the text ends with it.
    return sequence(list(analyse(name)))[:-1]


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
