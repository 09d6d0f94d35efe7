"""An article analysed: the record of it that an engine takes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from dragoman.analysis import STEM_MARK, is_unsegmented, positions
from dragoman.analysis.runs import names_unspaced
from dragoman.engines import Record
from dragoman.names_file import is_name_like

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dragoman.model import StoredArticle
    from dragoman.translations import Translation


def record(stored: StoredArticle, translated: Sequence[Translation] = ()) -> Record:
    """Analyse an article, with its translations, for the engine."""
    article = stored.article
    fields: dict[str, dict[str, list[int]]] = {}
    names: set[str] = set()
    lengths: dict[str, int] = {}
    for name, text in (("title", article.title), ("body", article.body)):
        fields[name], lengths[name] = positions(text, stored.tag.language)
        names |= names_unspaced(text)
        names.update([term for term in fields[name] if len(term) > 1 and _begins_word(term[0])])
    if translated:
        fields["translation"], lengths["translation"] = _translation(translated)
    return Record(
        key=stored.key,
        language=stored.tag.language,
        published=_day(article.published),
        source=article.source or "",
        fields=fields,
        lengths=lengths,
        names=frozenset(names),
    )


@lru_cache(maxsize=1 << 10)
def _begins_word(character: str) -> bool:
    """Whether a longer term that begins so is a whole word, which is looked for by its sound."""
    is_word = character != STEM_MARK and not is_unsegmented(character)
    return is_word and is_name_like(2 * character)


def _translation(translated: Sequence[Translation]) -> tuple[dict[str, list[int]], int]:
    """The terms of the sentences that the guard let through, each in its language."""
    every: dict[str, list[int]] = {}
    length = 0
    for translation in translated:
        for sentence in translation.good():
            found, words = positions(sentence.text, translation.target)
            for term, places in found.items():
                every.setdefault(term, []).extend(length + place for place in places)
            length += words
    return every, length


def _day(published: str | None) -> int:
    """The calendar day, as the article gives it, as YYYYMMDD."""
    digits = (published or "")[:10].replace("-", "")
    return int(digits.ljust(8, "0")) if digits.isdigit() else 0
