"""An article → the query for its story: its salient words, as weighted concepts.

A word is the more salient the more often the article has it and the fewer articles of its
language do (tf·idf; Salton and Buckley 1988; as a query by example: Rocchio 1971). Words of
the headline and names count for more, since both survive translation best.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import regex

from dragoman import translations
from dragoman.alternatives import sequence
from dragoman.analysis import STEM_MARK, analyse, is_unsegmented
from dragoman.analysis.runs import name_runs
from dragoman.analysis.segment import pieces
from dragoman.analysis.zawgyi import to_unicode
from dragoman.query import ArticleFilter, Concept, Group, LanguageFilter, Query
from dragoman.search import answer, ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dragoman.analysis import Token
    from dragoman.engines import Engine, Vocabulary
    from dragoman.lexicon import Lexicon
    from dragoman.model import Results, StoredArticle
    from dragoman.query import Filter
    from dragoman.search import Options
    from dragoman.store import Store

MOST_CONCEPTS = 12
_CHARACTERS = 6000  # a story is told at the beginning of its article
_UNSPACED_CHARACTERS = 2000  # the same in scripts that say it in fewer, and cost more to cut
_SATURATION = 1.2  # as the k1 of BM25
_TITLE = 2.0
_NAME = 1.5
_NUMBER = 0.5
_LONGEST_NUMBER = 8

# In a small library nearly every word is in few articles. So many further articles are
# supposed, of which a word of one, two, three… letters is in these shares: common words are short.
_SUPPOSED = 10
_SHARE_BY_LENGTH = (0.5, 0.5, 0.35, 0.15, 0.08, 0.05, 0.03)

_MID_SENTENCE = regex.compile(r"[\p{L}\p{M}\p{N},]['’\"”»)]? [\"“«(]?\Z")
_APOSTROPHE = regex.compile(r"['’‘ʼ`´′＇]")
_CASED = regex.compile(r"\p{Lu}|\p{Lt}")

_Kind = Literal["word", "name", "number"]


@dataclass(slots=True)
class _Candidate:
    """A word of the article, all its inflections taken together."""

    text: str
    """As the article has it first."""
    terms: tuple[str, ...]
    """Its terms in the index, of which each must be in an article that has it."""
    place: int = 0
    """Its number among the words of the article."""
    occurrences: int = 0
    in_title: bool = False
    kind: _Kind = "word"
    small: bool = False
    """Whether it is written without a capital somewhere, and so is no name."""


def related(
    stored: StoredArticle,
    options: Options,
    store: Store,
    engine: Engine,
    lexicon: Lexicon,
    *,
    same_language: bool = False,
) -> Results:
    """Find the articles that tell the story of this one, in other languages.

    Languages that the options name are searched whichever they are.

    Raises `InvalidValue` for a date that is none.
    """
    query = about(
        stored,
        engine.vocabulary(),
        lexicon,
        same_language=same_language or bool(options.languages),
    )
    text = " ".join(concept.text for concept in query.concepts())
    request = ask(query, options, engine, lexicon, translations.targets(store))
    return answer(text, request, store, engine, collapsed=options.collapse)


def about(
    stored: StoredArticle, vocabulary: Vocabulary, lexicon: Lexicon, *, same_language: bool = False
) -> Query:
    """The query for the story of an article, without the article itself.

    Unless `same_language`, without all articles of its language.
    """
    concepts = _salient(stored, vocabulary, lexicon)
    if not concepts:
        none = ArticleFilter(frozenset())
        return Query(Group(must=(none,)), notice="the article has no word to search for")
    left_out: list[Filter] = [ArticleFilter(frozenset((stored.key,)))]
    language = stored.tag.language
    if not same_language and language != "und":
        left_out.append(LanguageFilter(frozenset((language,))))
    return Query(Group(should=concepts, must_not=tuple(left_out)))


def _salient(
    stored: StoredArticle, vocabulary: Vocabulary, lexicon: Lexicon
) -> tuple[Concept, ...]:
    """The most salient words of an article, in the order of the text."""
    language = stored.tag.language
    candidates = _candidates(stored, lexicon)
    rarity = _rarity(candidates, vocabulary, language)
    weights = [_weight(each) for each in candidates]
    by_salience = sorted(
        range(len(candidates)),
        key=lambda number: (-weights[number] * rarity[number], candidates[number].place),
    )
    chosen = by_salience[:MOST_CONCEPTS]
    most = max((weights[number] for number in chosen), default=1.0)
    return tuple(
        Concept(candidates[number].text, weight=round(weights[number] / most, 3))
        for number in sorted(chosen, key=lambda number: candidates[number].place)
    )


def _weight(candidate: _Candidate) -> float:
    weight = candidate.occurrences / (candidate.occurrences + _SATURATION)
    if candidate.in_title:
        weight *= _TITLE
    if candidate.kind == "name" and not candidate.small:
        weight *= _NAME
    if candidate.kind == "number":
        weight *= _NUMBER
    return weight


def _rarity(candidates: Sequence[_Candidate], vocabulary: Vocabulary, language: str) -> list[float]:
    """The inverse document frequency of each word within the language."""
    articles = vocabulary.articles().get(language, 0)
    terms = list(dict.fromkeys(term for each in candidates for term in each.terms))
    held = vocabulary.holding(terms)
    holding = {term: by.get(language, 0) for term, by in zip(terms, held, strict=True)}
    found = []
    for each in candidates:
        length = len(each.text) * (2 if is_unsegmented(each.text[0]) else 1)
        share = _SHARE_BY_LENGTH[min(length, len(_SHARE_BY_LENGTH)) - 1]
        with_it = min(holding[term] for term in each.terms) + _SUPPOSED * share
        found.append(math.log1p((articles + _SUPPOSED - with_it + 0.5) / (with_it + 0.5)))
    return found


def _candidates(stored: StoredArticle, lexicon: Lexicon) -> list[_Candidate]:
    article = stored.article
    language = stored.tag.language
    found: dict[str, _Candidate] = {}
    body = article.body[:_CHARACTERS]
    for text, in_title in ((article.title, True), (body, False)):
        spaced = _spaced(text, language, in_title=in_title)
        for word in (*spaced, *_unspaced(text, language, lexicon)):
            key = word.terms[-1].removeprefix(STEM_MARK) if len(word.terms) < 2 else word.text
            held = found.setdefault(key, replace(word, place=len(found)))
            held.occurrences += 1
            held.in_title |= in_title
            held.small |= word.small
            if word.kind == "name":
                held.kind = "name"
    return list(found.values())


def _spaced(text: str, language: str, *, in_title: bool) -> Iterator[_Candidate]:
    """The words of the scripts that set them apart; a compound is one."""
    for token in _words(text, language):
        word = text[token.start : token.end]
        if len(word) < 2 or is_unsegmented(word[0]):
            continue
        kind = _kind(text, token, in_title=in_title)
        if kind == "number" and not 2 <= len(word) <= _LONGEST_NUMBER:
            continue
        small = not in_title and not _CASED.search(word)
        yield _Candidate(word, token.terms[:2][-1:], kind=kind, small=small)


def _words(text: str, language: str) -> Iterator[Token]:
    """The words of a text, of which a compound is one: its longest part if all it adds is small.

    What an apostrophe sets off is an ending or an article: Indonesia's, Ankara'da, l'homme.
    """
    tokens = analyse(text, language)
    at = 0
    while at < len(tokens):
        whole = tokens[at]
        at += 1
        parts = []
        while at < len(tokens) and tokens[at].start < whole.end:
            parts.append(tokens[at])
            at += 1
        if parts and _APOSTROPHE.search(text, whole.start, whole.end):
            yield max(parts, key=lambda part: part.end - part.start)
        else:
            yield whole


def _kind(text: str, token: Token, *, in_title: bool) -> _Kind:
    word = text[token.start : token.end]
    if not any(character.isalpha() for character in word):
        return "number"
    before = text[max(0, token.start - 5) : token.start]
    if not in_title and _CASED.match(word) and _MID_SENTENCE.search(before):
        return "name"
    return "word"


def _unspaced(text: str, language: str, lexicon: Lexicon) -> Iterator[_Candidate]:
    """The names and the entries of the lexicon in runs of the scripts that set no word apart."""
    text = to_unicode(text[:_UNSPACED_CHARACTERS])
    runs = [run for _, run, kind in pieces(text) if kind]
    if not runs:
        return
    entries = [
        piece.text
        for piece in lexicon.pieces(text, (language,))
        if len(piece.text) > 1 and is_unsegmented(piece.text[0])
    ]
    names = {run for run in name_runs(text) if not _is_entry_and_more(run, entries)}
    for name in sorted(names):
        for _ in range(max(1, text.count(name))):
            yield _Candidate(name, _pairs(name), kind="name")
    for entry in entries:
        if entry not in names:
            yield _Candidate(entry, _pairs(entry))
    if not entries:
        for run in runs[:MOST_CONCEPTS]:
            if len(run) > 1:
                yield _Candidate(run, _pairs(run))


def _is_entry_and_more(run: str, entries: Sequence[str]) -> bool:
    """Whether what seems a name is a known one with a neighbour that could be part of one."""
    return any(len(entry) > 2 and len(entry) == len(run) - 1 and entry in run for entry in entries)


def _pairs(run: str) -> tuple[str, ...]:
    """The terms of a run in the index, without its last character alone."""
    terms = sequence(analyse(run))
    return terms[:-1] or terms
