"""A query as a tree of concepts, which rank, and constraints; `dragoman.syntax` reads one."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from dragoman import languages
from dragoman.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_CONCEPTS = 256

Kind = Literal["word", "phrase", "pattern", "fuzzy", "name"]


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing to look for: it ranks, and it can be required or forbidden."""

    text: str
    kind: Kind = "word"
    field: Literal["title", "body"] | None = None
    distance: int = 0
    """Words that may intervene in a phrase; letters that may differ in a fuzzy word."""
    weight: float = 1.0
    """What its score counts for, beside that of the other concepts."""


@dataclass(frozen=True, slots=True)
class LanguageFilter:
    """The article is in one of these languages."""

    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class SourceFilter:
    """All of these words, folded, are in the name of the article's source."""

    text: str


@dataclass(frozen=True, slots=True)
class DateFilter:
    """The article's calendar day, as YYYYMMDD, is within these bounds, both included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class ArticleFilter:
    """The article is one of these, by their keys in the store."""

    keys: frozenset[int]


Filter: TypeAlias = LanguageFilter | SourceFilter | DateFilter | ArticleFilter


@dataclass(frozen=True, slots=True)
class Group:
    """All of `must`, none of `must_not`, and at least one of `should` if `must` is empty."""

    must: tuple[Node, ...] = ()
    should: tuple[Node, ...] = ()
    must_not: tuple[Node, ...] = ()


Node: TypeAlias = Concept | LanguageFilter | SourceFilter | DateFilter | ArticleFilter | Group


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query."""

    root: Group
    notice: str | None = None
    """One line for the user, where the query was not taken as it was written."""

    def concepts(self) -> tuple[Concept, ...]:
        """The concepts that rank, in the order they were typed, each once."""
        return tuple(dict.fromkeys(_ranking(self.root)))

    def every_concept(self) -> tuple[Concept, ...]:
        """All concepts, those that are forbidden too, each once."""
        return tuple(dict.fromkeys(_all(self.root)))

    def admits(self, language: str) -> bool:
        """Whether its filters let an article in this language through."""
        return _admits(self.root, language)

    def where(self, *filters: Filter) -> Query:
        """The same query with further constraints."""
        if not filters:
            return self
        inner = (self.root,) if self.root != Group() else ()
        return replace(self, root=Group(must=(*inner, *filters)))


def _admits(node: Node, language: str) -> bool:
    if isinstance(node, LanguageFilter):
        return language in node.tags
    if not isinstance(node, Group):
        return True
    return (
        all(_admits(item, language) for item in node.must)
        and (not node.should or any(_admits(item, language) for item in node.should))
        and not any(
            isinstance(item, LanguageFilter) and language in item.tags for item in node.must_not
        )
    )


def any_of(words: Iterable[str]) -> Query:
    """At least one of these words, as they are: nothing in them is an operator."""
    concepts = [Concept(word) for word in words if any(map(str.isalnum, word))]
    return Query(merged(Group(should=tuple(concepts[:MAX_CONCEPTS]))))


def language_filter(tags: str | list[str] | tuple[str, ...]) -> LanguageFilter:
    """A filter for these languages; a macro-language (``ku``) stands for its members."""
    wanted = [tags] if isinstance(tags, str) else tags
    return LanguageFilter(frozenset().union(*(languages.members(tag) for tag in wanted)))


def date_filter(since: str | None, until: str | None) -> DateFilter:
    """A filter for calendar days; a year or a month stands for all its days.

    Raises `InvalidValue` for anything but ``YYYY``, ``YYYY-MM`` and ``YYYY-MM-DD``.
    """
    low = _day(since, "00", "00") if since else 0
    high = _day(until, "99", "99") if until else 99999999
    return DateFilter(low, high)


_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$", re.ASCII)


def _day(text: str, month: str, day: str) -> int:
    found = _DATE.match(text.strip())
    if (
        not found
        or not "01" <= (found[2] or "01") <= "12"
        or not "01" <= (found[3] or "01") <= "31"
    ):
        raise InvalidValue(f"{text!r} is no date: write 2020, 2020-08 or 2020-08-31")
    return int(found[1] + (found[2] or month) + (found[3] or day))


def _ranking(node: Node) -> list[Concept]:
    if isinstance(node, Concept):
        return [node]
    if isinstance(node, Group):
        return [concept for item in (*node.must, *node.should) for concept in _ranking(item)]
    return []


def _all(node: Node) -> list[Concept]:
    if isinstance(node, Group):
        items = (*node.must, *node.should, *node.must_not)
        return [concept for item in items for concept in _all(item)]
    return [node] if isinstance(node, Concept) else []


# What each repetition of a word adds to its weight, and the most that it comes to: words that
# are said again matter more, by less than twice (measured on running text of 60 languages).
_AGAIN = 0.5
_MOST = 2.0


def merged(root: Group) -> Group:
    """The tree with the repetitions of a word as one and the same concept."""
    keys = [(_as_word(concept), concept) for concept in _ranking(root)]
    times = Counter(key for key, _ in keys)
    if len(times) == len(keys):
        return root
    first: dict[Concept, Concept] = {}
    for key, concept in keys:
        weight = min(_MOST, 1 + _AGAIN * (times[key] - 1))
        first.setdefault(key, replace(concept, weight=weight))
    return _with(root, first)


def _as_word(concept: Concept) -> Concept:
    """What is the same for every way to write a concept that differs in case only."""
    # Accents are kept: in Vietnamese they make other words.
    lower = unicodedata.normalize("NFKC", concept.text).casefold()
    if concept.kind != "word":
        return concept
    return replace(concept, text="".join(filter(str.isalnum, lower)) or lower)


def _with(group: Group, first: dict[Concept, Concept]) -> Group:
    def each(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        kept = (
            _with(node, first)
            if isinstance(node, Group)
            else first[_as_word(node)]
            if isinstance(node, Concept)
            else node
            for node in nodes
        )
        return tuple(dict.fromkeys(kept))

    return Group(each(group.must), each(group.should), group.must_not)
