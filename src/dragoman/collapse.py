"""Near-identical copies among the hits of a search: one stands for all.

Agencies sell one text to many papers, which change its headline and agency line and cut it from
the end. Two texts are copies when nearly all the shingles (Broder 1997: stretches of a few
consecutive terms) of the shorter are in the longer, which must not be many times as long.

The comparison is exact. A sketch such as MinHash pays when millions of texts are compared with
each other; here a page of hits is compared with the few better ones of the same words.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from dragoman.alternatives import sequence
from dragoman.analysis import analyse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dragoman.engines import Engine, Evaluation, Request, Scored
    from dragoman.model import Article
    from dragoman.store import Store

SHARED = 0.65
"""The share of the shorter text's shingles that the longer must have.

One word in ten may differ; an update of which half is new text is an article by itself, and so
is the same story told by another writer (`benchmarks/copies.py`; chosen on FLORES-200).
"""
LONGER = 4
"""How many times as long the longer may be."""

_TERMS = 2  # in a shingle: words, or overlapping pairs of characters, that is three characters
_FEW = 20  # shingles; a body with fewer is compared together with its headline
_CHARACTERS = 20_000  # beyond which two texts that begin alike are no longer told apart
_AHEAD = 2  # hits looked at for each one shown, before there is need of more

Shingles: TypeAlias = frozenset[tuple[str, ...]]


def shingles(article: Article) -> Shingles:
    """The stretches of consecutive terms of an article's text."""
    found = _shingles(article.body)
    return found if len(found) >= _FEW else _shingles(f"{article.title}\n{article.body}")


def _shingles(text: str) -> Shingles:
    terms = sequence(analyse(text[:_CHARACTERS]))
    if len(terms) < _TERMS:
        return frozenset((terms,)) if terms else frozenset()
    return frozenset(zip(*(terms[first:] for first in range(_TERMS)), strict=False))


class Groups:
    """Texts taken one after the other; each joins the first group whose first text it copies.

    Only the first text of a group is compared, or a chain of small changes
    would join texts that have little in common.
    """

    def __init__(self) -> None:
        self._having: dict[tuple[str, ...], list[int]] = {}
        self._sizes: list[int] = []

    def join(self, text: Shingles) -> int:
        """The number of the text's group: that of its likeness, else a new one."""
        shared = Counter(group for shingle in text for group in self._having.get(shingle, ()))
        for group in sorted(shared):
            if alike(shared[group], self._sizes[group], len(text)):
                return group
        group = len(self._sizes)
        self._sizes.append(len(text))
        for shingle in text:
            self._having.setdefault(shingle, []).append(group)
        return group


def alike(shared: int, one: int, other: int) -> bool:
    """Whether texts with so many shingles, of which they share some, are copies."""
    shorter, longer = sorted((one, other))
    return shared >= SHARED * shorter and longer <= LONGER * shorter


@dataclass(slots=True)
class _Group:
    first: Scored
    copies: list[str]
    """The ids of the others, best first."""


def collapse(
    request: Request, store: Store, engine: Engine
) -> tuple[Evaluation, Mapping[int, tuple[str, ...]]]:
    """Evaluate with one hit for each group of copies, its best.

    Beside that, by the key of each hit, the ids of the copies it stands for, as far as they are
    among the hits that were looked at: all down to the end of the page, and as many again. Where
    `Request.per_language` is set, it counts groups. The totals and facets count every article.
    """
    wanted = request.offset + request.limit
    depth, most = wanted, request.per_language
    while True:
        depth, most = _AHEAD * depth, _AHEAD * most
        deeper = replace(request, offset=0, limit=depth, per_language=most)
        evaluation = engine.evaluate(deeper)
        groups = _capped(_grouped(evaluation.hits, store), request.per_language)
        enough = len(groups) >= wanted or len(evaluation.hits) < depth
        if enough and not _cut_short(evaluation.hits, groups, most, request.per_language):
            break
    page = groups[request.offset : wanted]
    copies = {group.first.key: tuple(group.copies) for group in page}
    return replace(evaluation, hits=tuple(group.first for group in page)), copies


def _grouped(hits: Sequence[Scored], store: Store) -> list[_Group]:
    """The groups among hits, in the order of their best."""
    stored = store.by_keys([scored.key for scored in hits])
    groups = Groups()
    found: list[_Group] = []
    for scored in hits:
        held = stored.get(scored.key)
        if held is None:
            continue  # deleted meanwhile
        number = groups.join(shingles(held.article))
        if number == len(found):
            found.append(_Group(scored, []))
        else:
            found[number].copies.append(held.id)
    return found


def _capped(groups: list[_Group], most: int) -> list[_Group]:
    """At most so many groups of each language; 0: all."""
    seen: Counter[str] = Counter()
    kept = []
    for group in groups:
        seen[group.first.language] += 1
        if not most or seen[group.first.language] <= most:
            kept.append(group)
    return kept


def _cut_short(hits: Sequence[Scored], groups: list[_Group], most: int, wanted: int) -> bool:
    """Whether a language, of which only so many hits were asked for, may have further groups."""
    seen = Counter(scored.language for scored in hits)
    held = Counter(group.first.language for group in groups)
    return any(count == most and held[language] < wanted for language, count in seen.items())
