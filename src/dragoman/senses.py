"""What the words of a query are called in the languages of a library, as terms of its index.

Texts of a lexicon are written as people write them; here they go through the
same analysis as articles do, so that what the lexicon says and what the index
holds are the same terms.
"""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from dragoman.analysis import analyse, is_unsegmented
from dragoman.analysis.stem import recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from dragoman.analysis import Token
    from dragoman.engines import Vocabulary
    from dragoman.lexicon import Lexicon, Translation

    Translated = Callable[[str, str, Collection[str]], Mapping[str, str]]

LEAST_PROBABILITY = 0.08
"""Translations that are less likely add noise and work."""
_MOST = 4
_TRUST = 0.8  # the likeliest translation may be wrong; the word itself is not
_STEM_WEIGHT = 0.6
_MOST_PAIRS = 100
_PAIR_WEIGHT = 0.5  # the character may be part of quite another word

_COMMON = 0.1  # share of the articles: chosen on FLORES
_ENOUGH = 20  # articles that say what is common

_LISTED = 10.0  # articles that a lexicon counts for
_ENTRY = 0.02  # share of them that have a word of the lexicon
_NONE = 0.0005  # and another word
_HEARD = 200  # words that tell the language of a query well enough
_LEAST_LIKELY = 0.05  # of the likeliest language


class Sense(NamedTuple):
    """One way to say a word in some languages."""

    terms: tuple[str, ...]
    """A term of the index, or several that follow each other."""
    weight: float
    """That of the word as it was typed is 1."""


class Senses:
    """The lexicon, asked for the languages of one library."""

    def __init__(
        self,
        lexicon: Lexicon,
        vocabulary: Vocabulary,
        targets: Collection[str] = (),
        translated: Translated | None = None,
    ) -> None:
        """`targets`: languages that are wanted beside those of the articles.

        `translated` puts a whole text, in the language named, into others.
        """
        self._lexicon = lexicon
        self._vocabulary = vocabulary
        self._languages = tuple(sorted({*vocabulary.articles(), *targets}))
        self._translate = translated
        self._sources: frozenset[str] | None = None
        self._held: dict[str, Mapping[str, int]] = {}
        self._read: dict[str, dict[str, tuple[Sense, ...]]] = {}

    def listen(self, words: Sequence[str]) -> None:
        """Tell from all the words of a query which languages it may be in."""
        likely = self._heard(words)
        least = max(likely.values(), default=0.0) + math.log(_LEAST_LIKELY)
        self._sources = frozenset(tag for tag, chance in likely.items() if chance >= least) or None
        if self._translate and likely:
            source = max(likely, key=lambda tag: (likely[tag], tag))
            texts = self._translate(" ".join(words), source, self._languages)
            self._read = _shared_out(
                {language: _words(text, language) for language, text in texts.items()},
                {word: self.of_word(word) for word in words},
            )

    def _heard(self, words: Sequence[str]) -> dict[str, float]:
        """How likely each language is, by naive Bayes over the library's own articles.

        A lexicon's entries count as a few articles more, so that a language that the
        library has not is heard too. Empty where no word is known anywhere.
        """
        heard = (token.terms[0] for word in words for token in analyse(word))
        terms = list(islice(dict.fromkeys(heard), _HEARD))
        held = self._vocabulary.holding(terms)
        self._held.update(zip(terms, held, strict=True))
        articles = self._vocabulary.articles()
        if len(articles) == 1 and all(held):
            return dict.fromkeys(articles, 0.0)
        spoken = [self._lexicon.spoken(term) for term in terms]
        known = [pair for pair in zip(held, spoken, strict=True) if any(pair)]
        if not known:
            return {}
        likely: dict[str, float] = {}
        for language in sorted(set().union(*(pair[1] for pair in known), articles)):
            count = articles.get(language, 0)
            likely[language] = math.log(count + 1) / 2 + sum(
                math.log(
                    (has.get(language, 0) + _LISTED * (_ENTRY if language in tongues else _NONE))
                    / (count + _LISTED)
                )
                for has, tongues in known
            )
        return likely

    def _is_alone(self) -> bool:
        """Whether the query is in the only language there is."""
        return len(self._languages) == 1 and self._sources == frozenset(self._languages)

    def holding(self, term: str) -> Mapping[str, int]:
        """How many articles of each language have a term."""
        if term not in self._held:
            self._held[term] = self._vocabulary.holding([term])[0]
        return self._held[term]

    def common_in(self, term: str) -> frozenset[str]:
        """The languages of the query in which a term is an everyday word."""
        articles, held = self._vocabulary.articles(), self.holding(term)
        return frozenset(
            tag
            for tag in self._sources or ()
            if articles.get(tag, 0) >= _ENOUGH and held.get(tag, 0) > _COMMON * articles[tag]
        )

    def of_word(self, word: str) -> Mapping[str, Sequence[Sense]]:
        """The translations of a word, or of an entry of several words, by language."""
        if self._is_alone():
            return {}
        found = self._lexicon.translations(word, self._languages, self._sources, most=_MOST)
        senses = {
            language: self._in_runs(_as_terms(language, tuple(translations)))
            for language, translations in found.items()
        }
        for language, read in self._read.get(word, {}).items():
            known = {terms for terms, _ in read}
            others = (sense for sense in senses.get(language, ()) if sense.terms not in known)
            senses[language] = (*read, *others)
        return senses

    def _in_runs(self, senses: tuple[Sense, ...]) -> tuple[Sense, ...]:
        """The same, with a single character of an unspaced script as part of what it begins."""
        if not any(len(terms[0]) == 1 and is_unsegmented(terms[0]) for terms, _ in senses):
            return senses
        widened = list(senses)
        for terms, weight in senses:
            if len(terms[0]) == 1 and is_unsegmented(terms[0]):
                pairs = islice(self._vocabulary.starting(terms[0]), _MOST_PAIRS)
                widened += [Sense((pair,), weight * _PAIR_WEIGHT) for pair in pairs]
        return tuple(widened)

    def in_run(self, run: str) -> Iterator[str]:
        """The entries in a stretch of a script without spaces; itself, if it was translated."""
        if run in self._read:
            yield run
        for piece in self._lexicon.pieces(run):
            yield piece.text

    def entries(self, words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        """The entries of several words in a query: first word, the word after the last, text."""
        if self._is_alone():
            return
        starts: dict[int, int] = {}
        ends: dict[int, int] = {}
        at = 0
        for number, word in enumerate(words):
            starts[at] = number
            ends[at + len(word)] = number + 1
            at += len(word) + 1
        for piece in self._lexicon.pieces(" ".join(words)):
            first, last = starts.get(piece.start), ends.get(piece.end)
            if first is not None and last is not None and last - first > 1:
                yield first, last, piece.text


def _words(text: str, language: str) -> list[tuple[Sense, ...]]:
    """The words of a translated query, each as the terms by which it is found."""
    return [
        tuple(Sense(terms, round(_TRUST * part, 3)) for terms, part in _terms(word, language))
        for word in text.split()
    ]


def _shared_out(
    texts: Mapping[str, list[tuple[Sense, ...]]],
    known: Mapping[str, Mapping[str, Sequence[Sense]]],
) -> dict[str, dict[str, tuple[Sense, ...]]]:
    """By word of the query and language: which words of its translation stand for it.

    Those that the lexicon knows for a word are its own. The rest are shared by
    the words that have none, each weighing the less the more they are.
    """
    found: dict[str, dict[str, tuple[Sense, ...]]] = {word: {} for word in known}
    for language, translated in texts.items():
        left = list(translated)
        for word, senses in known.items():
            terms = {sense.terms for sense in senses.get(language, ())}
            own = [each for each in translated if any(sense.terms in terms for sense in each)]
            if own:
                found[word][language] = tuple(sense for each in own for sense in each)
                left = [each for each in left if each not in own]
        rest = tuple(
            Sense(terms, round(weight / len(left), 3)) for each in left for terms, weight in each
        )
        for word in known:
            if rest and language not in found[word]:
                found[word][language] = rest
    return found


def _as_terms(language: str, translations: tuple[Translation, ...]) -> tuple[Sense, ...]:
    """Translations into one language as terms, each once, with its greatest weight."""
    weights: dict[tuple[str, ...], float] = {}
    for each in translations:
        if each.probability >= LEAST_PROBABILITY:
            share = _TRUST * each.probability / translations[0].probability
            for terms, part in _terms(each.text, language):
                weights[terms] = max(share * part, weights.get(terms, 0.0))
    return tuple(Sense(terms, round(weight, 3)) for terms, weight in weights.items())


# The memo holds plain tuples of strings, which the garbage collector need not look through.
_REMEMBERED: dict[tuple[str, tuple[str, ...]], tuple[tuple[tuple[str, ...], float], ...]] = {}
_MOST_REMEMBERED = 1 << 15


def _terms(text: str, language: str) -> tuple[tuple[tuple[str, ...], float], ...]:
    """The same as `_analysed`, which languages of the same methods share."""
    asked = text, recipe(language)
    found = _REMEMBERED.get(asked)
    if found is None:
        if len(_REMEMBERED) >= _MOST_REMEMBERED:
            _REMEMBERED.clear()
        found = _REMEMBERED[asked] = tuple(_analysed(text, language))
    return found


def _analysed(text: str, language: str) -> Iterator[tuple[tuple[str, ...], float]]:
    """A translation as it is written, and by its stem, each with what it counts."""
    by_position: dict[int, Token] = {}
    for token in analyse(text, language):
        held = by_position.get(token.position)
        # The parts of a compound rather than the whole.
        if held is None or token.end - token.start < held.end - held.start:
            by_position[token.position] = token
    tokens = [by_position[position] for position in sorted(by_position)]
    if tokens and is_unsegmented(text[tokens[-1].start]):
        # The last character alone is a term only where a run of the text ends with it.
        tokens = tokens[:-1] or tokens
    if len(tokens) == 1:
        surface, *stems = tokens[0].terms
        yield (surface,), 1.0
        yield from (((stem,), _STEM_WEIGHT) for stem in stems)
    elif tokens:
        # A phrase is looked for by stems where there are any: they find the words too.
        yield tuple(token.terms[-1] for token in tokens), 1.0
