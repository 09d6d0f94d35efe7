"""Words of the index that sound like those of a query, as alternatives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dragoman.alternatives import (
    LONGEST_PHRASE,
    Unit,
    Way,
    likeliest,
    one_unit,
    shortest,
    terms_of,
    weighted,
)
from dragoman.analysis import analyse, is_unsegmented
from dragoman.analysis.runs import name_runs
from dragoman.analysis.sound import as_heard
from dragoman.senses import Sense

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from dragoman.alternatives import Alternative, Weights
    from dragoman.analysis import Token
    from dragoman.engines import Vocabulary
    from dragoman.names import Match

# A word that sounds alike counts for a power of its similarity; what is far below the best of
# its language adds only noise and work.
_NAME_POWER = 8
_NAME_LEAST = 0.05
_NAMES_IN_PHRASE = 3
_NAME_BESIDE_WORD = 0.3  # in a language that has the word, or a translation of it


def worth(similarity: float) -> float:
    """What a word counts that sounds so much like the one that was typed."""
    return round(similarity**_NAME_POWER, 3)


class Heard:
    """The words of a library by their sound."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._languages = frozenset(vocabulary.articles())
        self._found: dict[str, Mapping[str, Sequence[Match]]] = {}

    def ways(self, text: str, gap: int) -> tuple[Way, ...]:
        """Only by sound, whatever the spelling: spaced words in their order, or any run."""
        spaced = [token for token in analyse(text) if not is_unsegmented(text[token.start])]
        heard = [Way((Unit(tuple(names)),)) for _, names in self.runs(text)]
        return (*heard, *one_unit(self.phrases(text, spaced, gap)))

    def phrases(self, text: str, tokens: list[Token], gap: int = 0) -> list[Alternative]:
        """What sounds like some words of a text in their order, with so many others between.

        Of more words than a name has, only the first ones are heard.
        """
        words = [text[token.start : token.end] for token in shortest(tokens)[:LONGEST_PHRASE]]
        by_word = [self._sounding_like(as_heard(word)) for word in words]
        if len(by_word) == 1:
            return self.alternatives(by_word[0])
        weights: Weights = {}
        for language in set.intersection(*(set(found) for found in by_word)) if by_word else ():
            choices = [
                [
                    Sense(terms_of(term), similarity**_NAME_POWER)
                    for term, similarity in found[language][:_NAMES_IN_PHRASE]
                ]
                for found in by_word
            ]
            for terms, weight in likeliest(choices):
                if weight >= _NAME_LEAST:
                    weights.setdefault((terms, round(weight, 3)), []).append(language)
        return weighted(weights, gap)

    def alternatives(
        self, found: Mapping[str, Sequence[Match]], served: Collection[str] = ()
    ) -> list[Alternative]:
        """Words that sound alike; they count for less in the languages that are served already."""
        # Many languages have the same word: what is dear is done once for them all.
        spoken: dict[float, dict[Match, list[str]]] = {1.0: {}, _NAME_BESIDE_WORD: {}}
        for language, matches in found.items():
            best = matches[0].similarity
            here = spoken[_NAME_BESIDE_WORD if language in served else 1.0]
            for match in matches:
                if (match.similarity / best) ** _NAME_POWER < _NAME_LEAST:
                    break
                if match in here:
                    here[match].append(language)
                else:
                    here[match] = [language]
        weights: Weights = {}
        for trust, by_match in spoken.items():
            for (term, similarity), languages in by_match.items():
                weight = round(trust * similarity**_NAME_POWER, 3)
                weights.setdefault((terms_of(term), weight), []).extend(languages)
        return weighted(weights)

    def _sounding_like(self, word: str) -> Mapping[str, Sequence[Match]]:
        if word not in self._found:
            self._found[word] = self._vocabulary.sounding_like(word, self._languages)
        return self._found[word]

    def runs(self, text: str) -> Iterator[tuple[tuple[str, ...], list[Alternative]]]:
        """The terms of each name in unspaced runs, and all that sounds like it."""
        for run in sorted(name_runs(text)):
            found = self._sounding_like(run)
            yield terms_of(run), self.alternatives(found)
