"""Concept → the alternatives by which an article can speak of it.

Alternatives of one unit are synonyms of one pseudo-term: their weighted
frequencies add up before saturation (structured queries: Pirkola, SIGIR 1998;
with probabilities: Darwish and Oard, SIGIR 2003), so a concept counts once
however many ways it matched.
"""

from __future__ import annotations

import math
import re
from itertools import islice
from typing import TYPE_CHECKING

from dragoman.alternatives import (
    LONGEST_PHRASE,
    Alternative,
    Expansion,
    Unit,
    Way,
    likeliest,
    one_unit,
    sequence,
    shortest,
    terms_of,
    translations,
    weighted,
)
from dragoman.analysis import ACCENTED_MARK, analyse, fold, is_unsegmented, stems
from dragoman.analysis.sound import as_heard
from dragoman.heard import Heard, worth

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from dragoman.alternatives import Translated, Weights
    from dragoman.analysis import Token
    from dragoman.engines import Vocabulary
    from dragoman.model import Via
    from dragoman.names import Match
    from dragoman.query import Concept
    from dragoman.senses import Senses

MAX_PATTERN_TERMS = 200
"""How many terms of the dictionary one prefix, wild card or fuzzy word may stand for."""

_STEM_WEIGHT = 0.5
# Where a language takes the accents for part of the word: the folded form of one that was
# typed with accents, and of one typed without, which may be how its user always types.
_FOLDED_WEIGHT = 0.1
_UNACCENTED_WEIGHT = 0.8
# The parts of a compound count as words; that they stand together adds a little.
_COMPOUND_WEIGHT = 0.1
_COMPOUND_FOR_PART_WEIGHT = 0.5
_FINDS = 4  # letters of a part by which articles are found
_RANKS = 2  # letters of a part that ranks what is found

_SENSES_IN_PHRASE = 2
_NAMES_IN_TRANSLATION = 4


def expand(
    concepts: Sequence[Concept],
    vocabulary: Vocabulary,
    vias: Collection[Via],
    senses: Senses | None = None,
    targets: Collection[str] = (),
) -> tuple[Expansion, ...]:
    """The ways to speak of each concept, by the vias that are switched on.

    `senses` says what words are called in the languages of the library; without
    it there is no ``query-translation``. `targets` are the languages into which
    articles of the library are translated.
    """
    expander = _Expander(vocabulary, vias, senses, targets)
    expander.listen(concepts)
    return tuple(map(expander.expand, concepts))


class _Expander:
    """Knows the library's vocabulary and the ways that are switched on."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        vias: Collection[Via],
        senses: Senses | None,
        targets: Collection[str],
    ) -> None:
        self._vocabulary = vocabulary
        self._heard = Heard(vocabulary)
        self._languages = frozenset(vocabulary.articles())
        self._vias = vias
        self._targets = sorted(targets) if "translation" in vias else []
        self._all_senses = senses
        self._senses = senses if "query-translation" in vias else None
        self._joined: dict[str, list[Translated]] = {}

    def listen(self, concepts: Iterable[Concept]) -> None:
        """Note the query's language, and words that have one entry together: New York."""
        if not self._all_senses:
            return
        typed = [each.text for each in concepts if each.kind in {"word", "phrase"}]
        self._all_senses.listen(typed)
        if not self._senses:
            return
        words = [concept.text for concept in concepts if concept.kind == "word"]
        for first, last, text in self._senses.entries(words):
            for word in words[first:last]:
                self._joined.setdefault(word, []).append(self._senses.of_word(text))

    def expand(self, concept: Concept) -> Expansion:
        """All the ways to speak of a concept."""
        if concept.kind == "name":
            return Expansion(concept, self._heard.ways(concept.text, concept.distance))
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
        terms = list(islice(find(concept, self._vocabulary), MAX_PATTERN_TERMS))
        vias: tuple[Via, ...] = ("original", "translation") if self._targets else ("original",)
        return one_unit(Alternative((term,), 1.0, via) for via in vias for term in terms)

    def _phrase(self, concept: Concept, tokens: list[Token]) -> tuple[Way, ...]:
        """These words in this order, or what translates them, or names that sound like them."""
        words = sequence(tokens)
        is_quotation = len(words) > LONGEST_PHRASE
        alternatives: list[Alternative] = []
        if words and "original" in self._vias:
            alternatives.append(Alternative(words, 1.0, "original", gap=concept.distance))
        if words and self._targets:
            alternatives.append(Alternative(words, 1.0, "translation", gap=concept.distance))
            alternatives += self._in_translations(concept.text, concept.distance)
        if self._senses:
            alternatives += translations(self._translated(concept.text), concept.distance)
            if not is_quotation:
                alternatives += self._translated_words(concept)
        if "name" in self._vias and not is_quotation:
            own = {each.terms for each in alternatives}
            spoken = self._heard.phrases(concept.text, tokens, concept.distance)
            alternatives += [each for each in spoken if each.terms not in own]
        return one_unit(alternatives)

    def _translated_words(self, phrase: Concept) -> list[Alternative]:
        """What the words of a phrase are called in other languages, in their order."""
        by_word = [self._translated(word) for word in phrase.text.split()]
        if len(by_word) < 2:
            return []
        weights: Weights = {}
        for language in set.intersection(*map(set, by_word)):
            choices = [each[language][:_SENSES_IN_PHRASE] for each in by_word]
            # Elsewhere the adjective may follow its noun.
            for ordered in (choices, choices[::-1]) if len(choices) == 2 else (choices,):
                for terms, weight in likeliest(ordered):
                    weights.setdefault((terms, round(weight, 2)), []).append(language)
        return weighted(weights, phrase.distance, "query-translation")

    def _word(self, concept: Concept, tokens: list[Token]) -> tuple[Way, ...]:
        """A word as it was typed: usually one token, else a compound or an unspaced run."""
        runs = [token for token in tokens if is_unsegmented(concept.text[token.start])]
        spaced = [token for token in tokens if not is_unsegmented(concept.text[token.start])]
        ways: list[Way] = []
        if runs and "original" in self._vias:
            units = [_unit_of_run(token, concept.text, self._vocabulary) for token in runs]
            ways.append(Way(tuple(units), _needed(len(units))))
        if runs and "name" in self._vias:
            for own, names in self._heard.runs(concept.text):
                ways.append(Way((Unit(tuple(each for each in names if each.terms != own)),)))
        if runs and self._all_senses:
            for entry in self._all_senses.in_run(concept.text):
                found = translations(self._senses.of_word(entry)) if self._senses else []
                ways += one_unit(found + self._in_translations(entry))
        if spaced:
            ways += one_unit(self._compound(spaced, concept.text))
            if "original" in self._vias:
                ways += self._parts(spaced, concept.text)
        return tuple(ways)

    def _compound(self, tokens: list[Token], text: str) -> list[Alternative]:
        parts = sequence(tokens)
        longest = max(tokens, key=lambda token: token.end - token.start)
        whole, typed = longest.terms[0], text[longest.start : longest.end]
        found: list[Alternative] = []
        if "original" in self._vias:
            found += self._spelled(whole, parts, typed)
        translated = self._translated(typed)
        for each in (translated, *self._joined.get(text, ())):
            found += translations(each, unlike=(whole,))
        spoken: Mapping[str, Sequence[Match]] = {}
        if "name" in self._vias:
            own = {alternative.terms for alternative in found}
            # A language that has the word itself has less need of what sounds like it, and
            # what everybody writes is seldom a name.
            common = self._all_senses.common_in(whole) if self._all_senses else frozenset[str]()
            served = self._languages if common else {*translated, *self._holding(whole)}
            languages = self._languages - common
            spoken = self._vocabulary.sounding_like(as_heard(typed), languages)
            found += [
                each for each in self._heard.alternatives(spoken, served) if each.terms not in own
            ]
        if self._targets:
            found += self._read_in_translations(whole, typed, spoken)
        return found

    def _read_in_translations(
        self, whole: str, typed: str, spoken: Mapping[str, Sequence[Match]]
    ) -> Iterable[Alternative]:
        """The word, what it is called and what sounds like it, in the articles' translations."""
        weights: dict[tuple[str, ...], float] = {(whole,): 1.0}
        for stem in stems(typed, self._targets):
            weights[stem,] = _STEM_WEIGHT
        for target in self._targets:
            for match in spoken.get(target, ())[:_NAMES_IN_TRANSLATION]:
                weights.setdefault(terms_of(match.term), worth(match.similarity))
        yield from (Alternative(terms, weight, "translation") for terms, weight in weights.items())
        yield from (each for each in self._in_translations(typed) if each.terms not in weights)

    def _in_translations(self, text: str, gap: int = 0) -> list[Alternative]:
        """What a word or an entry is called in the languages that articles are translated into."""
        if not (self._targets and self._all_senses):
            return []
        called = self._all_senses.of_word(text)
        weights: dict[tuple[str, ...], float] = {}
        for target in self._targets:
            for terms, weight in called.get(target, ()):
                weights[terms] = max(weight, weights.get(terms, 0.0))
        return [
            Alternative(terms, weight, "translation", gap=gap) for terms, weight in weights.items()
        ]

    def _holding(self, term: str) -> Mapping[str, int]:
        if self._all_senses:
            return self._all_senses.holding(term)
        return self._vocabulary.holding([term])[0]

    def _translated(self, word: str) -> Translated:
        return self._senses.of_word(word) if self._senses else {}

    def _spelled(self, whole: str, parts: tuple[str, ...], typed: str) -> Iterable[Alternative]:
        if len(parts) > 1:
            weight = _COMPOUND_WEIGHT if any(len(part) >= _RANKS for part in parts) else 1.0
            yield Alternative((whole,), weight, "original")
            yield Alternative(parts, weight, "original")
            return
        further = stems(typed, self._languages)
        accented = frozenset[str]().union(
            *(tongues for form, tongues in further.items() if form.startswith(ACCENTED_MARK))
        )
        if accented:
            weight = _UNACCENTED_WEIGHT if ACCENTED_MARK + whole in further else _FOLDED_WEIGHT
            yield Alternative((whole,), weight, "original", accented)
            yield Alternative((whole,), 1.0, "original", self._languages - accented)
        else:
            yield Alternative((whole,), 1.0, "original")
        for form, tongues in further.items():
            weight = 1.0 if form.startswith(ACCENTED_MARK) else _STEM_WEIGHT
            yield Alternative((form,), weight, "original", tongues)

    def _parts(self, tokens: list[Token], text: str) -> list[Way]:
        """The parts of a compound: long ones find articles, short ones only rank what is found."""
        parts = {token.terms[0]: text[token.start : token.end] for token in shortest(tokens)}
        if len(tokens) == 1:
            return []
        whole = max(tokens, key=lambda token: token.end - token.start).terms[0]
        compound = Alternative((whole,), _COMPOUND_FOR_PART_WEIGHT, "original")
        units: dict[bool, list[Unit]] = {True: [], False: []}
        for part, typed in parts.items():
            if len(part) >= _RANKS and part != whole:
                alternatives = (*self._spelled(part, (part,), typed), compound)
                units[len(part) >= _FINDS].append(Unit(alternatives))
        return [
            Way(tuple(held), needed=1 if finds else len(held) + 1)
            for finds, held in units.items()
            if held
        ]


def _matching(concept: Concept, vocabulary: Vocabulary) -> Iterable[str]:
    parts = re.split(r"([*?])", concept.text)
    folded = [part if part in "*?" else fold(part) for part in parts]
    expression = re.compile(
        "".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in folded), re.DOTALL
    )
    return (term for term in vocabulary.starting(folded[0]) if expression.fullmatch(term))


def _similar(concept: Concept, vocabulary: Vocabulary) -> Iterable[str]:
    return vocabulary.within(fold(concept.text), concept.distance)


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
