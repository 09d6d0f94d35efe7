"""What an engine found → hits with the passage, the highlights and the evidence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import regex

from dragoman.analysis import analyse, grapheme_ceil, grapheme_floor
from dragoman.model import ALL_VIAS, Hit, Snippet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dragoman.analysis import Token
    from dragoman.engines import Scored
    from dragoman.model import StoredArticle
    from dragoman.translations import TranslatedSentence, Translation

    _Field = Literal["title", "body", "translation"]

SNIPPET_CHARACTERS = 260

_SENTENCE = regex.compile(r"[^\n]*?(?:[.!?؟…։።]+[\"'»”’)\]]*(?=\s)|[。！？।॥]+|\n|$)\s*")


@dataclass(frozen=True, slots=True)
class _Mark:
    """A matched word of a text."""

    start: int
    end: int
    concept: int
    score: float


def present(
    scored: Scored, stored: StoredArticle | None, translated: Sequence[Translation] = ()
) -> Hit | None:
    """A hit as the caller sees it, or None if its article was deleted meanwhile.

    `translated` are the translations in which it was found: the best sentence of
    them is shown, beside that of the original, where it has as much of the query.
    """
    if stored is None:
        return None
    article = stored.article
    language = stored.tag.language
    title_marks = _marks(article.title, language, scored)
    body_marks = _marks(article.body, language, scored)
    snippet, original = _snippet(article.body, body_marks, "body"), None
    if found := _translated(translated, scored):
        score, sentence, passage = found
        if score >= _worth(body_marks, snippet.start, snippet.start + len(snippet.text)):
            in_title = sentence.field == "title"
            text, marks = (article.title, title_marks) if in_title else (article.body, body_marks)
            snippet = passage
            original = _cut(text, marks, sentence.field, sentence.start, sentence.end)
    return Hit(
        id=stored.id,
        score=scored.score,
        language=language,
        title=article.title,
        url=article.url,
        published=article.published,
        source=article.source,
        via=tuple(via for via in ALL_VIAS if any(via in item.via for item in scored.evidence)),
        snippet=snippet,
        original=original,
        title_highlights=_spans(title_marks),
        evidence=scored.evidence,
        balance=scored.balance,
    )


def _marks(text: str, language: str, scored: Scored) -> list[_Mark]:
    """Where the alternatives that matched occur in a text."""
    single: dict[str, tuple[int, float]] = {}
    phrases: dict[tuple[str, ...], tuple[int, float]] = {}
    for number, item in enumerate(scored.evidence):
        for terms in item.terms:
            if len(terms) == 1:
                single.setdefault(terms[0], (number, item.score))
            else:
                phrases.setdefault(terms, (number, item.score))
    tokens = list(analyse(text, language)) if single or phrases else []
    marks = [
        _Mark(token.start, token.end, *single[term])
        for token in tokens
        for term in token.terms
        if term in single
    ]
    if phrases:
        marks += _phrase_marks(tokens, phrases)
    return sorted(marks, key=lambda mark: (mark.start, mark.end))


def _phrase_marks(
    tokens: Sequence[Token], phrases: dict[tuple[str, ...], tuple[int, float]]
) -> Iterable[_Mark]:
    at: dict[tuple[str, int], Token] = {
        (term, token.position): token for token in tokens for term in token.terms
    }
    for terms, (concept, score) in phrases.items():
        for (term, position), first in at.items():
            if term != terms[0]:
                continue
            rest = [at.get((word, position + step)) for step, word in enumerate(terms[1:], 1)]
            if all(rest):
                for token in (first, *rest):
                    if token:
                        yield _Mark(token.start, token.end, concept, score)


def _translated(
    translated: Sequence[Translation], scored: Scored
) -> tuple[float, TranslatedSentence, Snippet] | None:
    """The translated sentence that has most of the query, the first of equals."""
    best: tuple[float, TranslatedSentence, Snippet] | None = None
    for translation in translated:
        for sentence in translation.good():
            marks = _marks(sentence.text, translation.target, scored)
            score = _worth(marks, 0, len(sentence.text))
            if score > (best[0] if best else 0.0):
                passage = _cut(sentence.text, marks, "translation", 0, len(sentence.text))
                best = score, sentence, passage
    return best


def _worth(marks: Iterable[_Mark], start: int, end: int) -> float:
    """How much of the query a stretch of a text has."""
    return sum({m.concept: m.score for m in marks if start <= m.start and m.end <= end}.values())


def _spans(marks: Iterable[_Mark], start: int = 0) -> tuple[tuple[int, int], ...]:
    """Spans of the marks, relative to a start, the overlapping ones joined."""
    joined: list[tuple[int, int]] = []
    for mark in marks:
        low, high = mark.start - start, mark.end - start
        if joined and low < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return tuple(joined)


def _snippet(text: str, marks: list[_Mark], field: Literal["body"]) -> Snippet:
    """The sentence with the most of the query, or a piece of it around the matches."""
    return _cut(text, marks, field, *_best_sentence(text, marks))


def _cut(text: str, marks: list[_Mark], field: _Field, start: int, end: int) -> Snippet:
    """A sentence, or a piece of it around the matches where it is long."""
    inside = [mark for mark in marks if start <= mark.start and mark.end <= end]
    if end - start > SNIPPET_CHARACTERS:
        start, end = _window(text, start, end, inside)
        inside = [mark for mark in inside if start <= mark.start and mark.end <= end]
    return Snippet(text[start:end], _spans(inside, start), field, start)


def _best_sentence(text: str, marks: list[_Mark]) -> tuple[int, int]:
    best = (0.0, 0, 0)
    found = False
    waiting = iter(marks)
    mark = next(waiting, None)
    for sentence in _SENTENCE.finditer(text):
        start, end = sentence.start(), sentence.start() + len(sentence[0].rstrip())
        if start == end:
            continue
        if not found:
            best, found = (0.0, start, end), True
        concepts: dict[int, float] = {}
        while mark and mark.start < end:
            concepts[mark.concept] = mark.score
            mark = next(waiting, None)
        if sum(concepts.values()) > best[0]:
            best = (sum(concepts.values()), start, end)
        if not mark:
            break
    return best[1], best[2]


def _window(text: str, start: int, end: int, marks: list[_Mark]) -> tuple[int, int]:
    """A piece of a long sentence: the one with the most distinct concepts, cut between words."""
    low = start
    if marks:
        best = _fullest(marks) - SNIPPET_CHARACTERS // 4
        low = max(start, min(best, end - SNIPPET_CHARACTERS))
    if low > start:
        space = text.find(" ", low, low + 30)
        low = space + 1 if space >= 0 else grapheme_floor(text, low)
    high = min(end, low + SNIPPET_CHARACTERS)
    if high < end:
        space = text.rfind(" ", high - 30, high)
        high = space if space > low else grapheme_ceil(text, high)
    return low, high


def _fullest(marks: list[_Mark]) -> int:
    """Where the first mark begins from which on a snippet holds the most distinct concepts."""
    by_end = sorted(marks, key=lambda mark: mark.end)
    held: Counter[int] = Counter()
    first = last = most = best = 0
    for mark in marks:
        while last < len(by_end) and by_end[last].end <= mark.start + SNIPPET_CHARACTERS:
            held[by_end[last].concept] += 1
            last += 1
        while first < last and by_end[first].end < mark.start:
            concept = by_end[first].concept
            held[concept] -= 1
            if not held[concept]:
                del held[concept]
            first += 1
        if len(held) > most:
            most, best = len(held), mark.start
    return best
