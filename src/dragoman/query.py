"""What the user typed → a tree of concepts and constraints.

::

    hezbollah militias            either word; articles with both come first
    "al-Kawtharani said"          these words in this order    ("…"~3: three words may intervene)
    hezbollah AND iraq            both            hezbollah OR iraq   at least one
    +hezbollah iraq -football     must, may, must not                 (NOT as well as -)
    (basra OR mosul) AND flood    parentheses
    milit*  m?litia  hizbulah~1   prefix, wild card, one letter wrong (~ alone: up to two)
    title:flood  body:flood       in one field only
    name:"Qasim Suleymany"        whatever sounds like it, in any script
    lang:ckb  source:"Asharq al-Awsat"  date:2020-08..2021-01

A query that cannot be parsed is searched as plain words, and says so. So is what
looks like pasted running text rather than a query, as far as + and - go: six words
or more of which the first has no sign, one inside has (``Still Game -sarjan``) and
a later one has none, without parentheses, AND, OR, NOT or a field.

A word that comes again, if in another case, is one concept, which weighs more.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Literal, TypeAlias

from dragoman import languages
from dragoman.analysis import is_unsegmented
from dragoman.analysis.zawgyi import to_unicode
from dragoman.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_CHARACTERS = 10_000
MAX_UNSPACED = 512  # of those, in scripts without spaces, where two or three are a word
MAX_CONCEPTS = 256
MAX_DEPTH = 24

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


def parse(text: str) -> Query:
    """Parse a query; never raises on its syntax (see `Query.notice`)."""
    notices = []
    searched = _searched(text)
    if len(text) > searched:
        text = text[:searched]
        notices.append(f"only the first {searched} characters of the query were searched")
    text = to_unicode(text)
    has_signs = not _is_running_text(text)
    if not has_signs:
        notices.append(
            "the text was taken as a sentence, + and - as part of it (NOT excludes a word)"
        )
    try:
        root = _merged(_Parser(text, has_signs=has_signs).parse())
    except _SyntaxError as error:
        words = re.sub(r'[()"*?~^+]|(?<!\S)-', " ", text).split()
        root = any_of(word for word in words if word not in _OPERATORS).root
        notices.append(f"searched as plain words: {error}")
    if text.strip() and root == Group():
        notices.append("there is no word in the query to search for: all articles are listed")
    return Query(root, "; ".join(notices) or None)


def _searched(text: str) -> int:
    """How many of its characters are searched, so that an answer takes seconds at most."""
    unspaced = (at for at, each in enumerate(text[:MAX_CHARACTERS]) if is_unsegmented(each))
    return next(islice(unspaced, MAX_UNSPACED, None), MAX_CHARACTERS)


def any_of(words: Iterable[str]) -> Query:
    """At least one of these words, as they are: nothing in them is an operator."""
    concepts = [Concept(word) for word in words if any(map(str.isalnum, word))]
    return Query(_merged(Group(should=tuple(concepts[:MAX_CONCEPTS]))))


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


def _merged(root: Group) -> Group:
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


class _SyntaxError(Exception):
    """Why a query cannot be parsed, for the user."""


_OPERATORS = frozenset({"AND", "OR", "NOT"})
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "「": "」", "『": "』"}
_FIELDS = {
    "title": "title",
    "body": "body",
    "lang": "language",
    "language": "language",
    "source": "source",
    "date": "date",
    "name": "name",
}
_FIELD = re.compile(r"(\w+):(?=\S)")
_SLOP = re.compile(r"~(\d{1,3})")
_FUZZY = re.compile(r"(.*\w.*)~([12]?)$", re.DOTALL)
# A quotation mark between letters belongs to the word, as in the Hebrew צה"ל.
_BARE = re.compile(r'(?:[^\s()"“„«「『]|(?<=\w)["“„«「『](?=\w))+')

_SENTENCE = 6  # words from which on a text may have been pasted
_SIGNED = re.compile(r"[+-][^\s+-]")
_IS_QUERY = re.compile(rf"[()]|(?<!\S)(?:AND|OR|NOT)(?!\S)|(?<!\w)(?:{'|'.join(_FIELDS)}):\S")


def _is_running_text(text: str) -> bool:
    """Whether its + and - are part of the words: a query's come at either end."""
    words = [word for word in text.split() if any(map(str.isalnum, word))]
    signed = [_SIGNED.match(word) is not None for word in words]
    if len(words) < _SENTENCE or not any(signed) or signed[0] or signed[-1]:
        return False
    return not _IS_QUERY.search(text)


_Occur = Literal["must", "should", "must_not"]


class _Parser:
    """Recursive descent over the text; AND binds tighter than OR."""

    def __init__(self, text: str, *, has_signs: bool = True) -> None:
        self._text = text
        self._signs = "+-" if has_signs else ""
        self._at = 0
        self._concepts = 0

    def parse(self) -> Group:
        group = self._group(depth=0)
        if self._at < len(self._text):
            raise _SyntaxError("a parenthesis is closed that was not opened")
        return group

    def _group(self, depth: int) -> Group:
        if depth > MAX_DEPTH:
            raise _SyntaxError("too many parentheses inside each other")
        chains: list[list[tuple[_Occur, Node]]] = []
        has_or = False
        operator = ""
        while not self._ends():
            word = self._operator()
            if word in {"AND", "OR"}:
                if operator or not chains:
                    raise _SyntaxError(f"{word} needs something before it")
                operator = word
                has_or = has_or or word == "OR"
                continue
            item = self._item(depth, negated=word == "NOT")
            if item:
                self._join(chains, item, operator)
                operator = ""
        if operator:
            raise _SyntaxError(f"{operator} needs something after it")
        return _either(chains) if has_or else _together(chains)

    def _join(
        self, chains: list[list[tuple[_Occur, Node]]], item: tuple[_Occur, Node], operator: str
    ) -> None:
        if operator == "AND":
            chains[-1].append(item)
        else:
            chains.append([item])

    def _ends(self) -> bool:
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1
        return self._at >= len(self._text) or self._text[self._at] == ")"

    def _operator(self) -> str:
        found = re.compile(r"(AND|OR|NOT)(?=[\s(]|$)").match(self._text, self._at)
        if not found:
            return ""
        self._at = found.end()
        return found[1]

    def _item(self, depth: int, *, negated: bool) -> tuple[_Occur, Node] | None:
        if negated and self._ends():
            raise _SyntaxError("NOT needs something after it")
        occur: _Occur = "must_not" if negated else "should"
        sign = self._text[self._at]
        following = self._text[self._at + 1 : self._at + 2]
        if sign in self._signs and following and not following.isspace():
            self._at += 1
            occur = "must" if sign == "+" and not negated else "must_not"
        if self._text[self._at] == "(":
            self._at += 1
            group = self._group(depth + 1)
            if self._at >= len(self._text):
                raise _SyntaxError("a parenthesis is not closed")
            self._at += 1
            return (occur, group) if group != Group() else None
        leaf = self._leaf()
        return (occur, leaf) if leaf else None

    def _leaf(self) -> Node | None:
        found = _FIELD.match(self._text, self._at)
        name = _FIELDS.get(found[1].lower(), "") if found else ""
        if found and name:
            self._at = found.end()
        text, quoted = self._value()
        if name == "language":
            return language_filter([tag for tag in re.split(r"[,|]", text) if tag])
        if name == "source":
            return SourceFilter(text)
        if name == "date":
            return self._dates(text)
        concept = self._concept(text, quoted=quoted)
        if concept is None:
            return None
        self._concepts += 1
        if self._concepts > MAX_CONCEPTS:
            raise _SyntaxError(f"more than {MAX_CONCEPTS} words")
        if name == "name":
            return replace(concept, kind="name")
        return replace(concept, field="title" if name == "title" else "body" if name else None)

    def _value(self) -> tuple[str, bool]:
        closing = _QUOTES.get(self._text[self._at])
        if closing:
            end = self._text.find(closing, self._at + 1)
            if end < 0:
                raise _SyntaxError("a quotation mark is not closed")
            text = self._text[self._at + 1 : end]
            self._at = end + 1
            return text, True
        found = _BARE.match(self._text, self._at)
        if not found:
            raise _SyntaxError(f"{self._text[self._at]!r} is out of place")
        self._at = found.end()
        return found[0], False

    def _concept(self, text: str, *, quoted: bool) -> Concept | None:
        if quoted:
            slop = _SLOP.match(self._text, self._at)
            if slop:
                self._at = slop.end()
            return Concept(text, "phrase", distance=int(slop[1]) if slop else 0)
        if not any(character.isalnum() for character in text):
            return None
        fuzzy = _FUZZY.match(text)
        if fuzzy:
            return Concept(fuzzy[1], "fuzzy", distance=int(fuzzy[2] or 2))
        # A question mark that ends a word ends a question.
        pattern = text.rstrip("?")
        return Concept(pattern, "pattern" if re.search(r"[*?]", pattern) else "word")

    def _dates(self, text: str) -> DateFilter:
        low, dots, high = text.partition("..")
        try:
            return date_filter(low or None, (high or None) if dots else low)
        except InvalidValue as error:
            raise _SyntaxError(str(error)) from error


def _either(chains: list[list[tuple[_Occur, Node]]]) -> Group:
    """Chains of which at least one holds; the members of each must all hold."""
    return _of(
        [chain[0] if len(chain) == 1 else ("should", _together([chain])) for chain in chains]
    )


def _together(chains: list[list[tuple[_Occur, Node]]]) -> Group:
    """Items side by side: what AND joins is required, filters constrain."""
    items: list[tuple[_Occur, Node]] = []
    filters: dict[type, list[Node]] = {}
    for chain in chains:
        for occur, node in chain:
            if occur == "should" and len(chain) > 1:
                items.append(("must", node))
            elif occur == "should" and isinstance(node, LanguageFilter | SourceFilter | DateFilter):
                filters.setdefault(type(node), []).append(node)
            else:
                items.append((occur, node))
    for alternatives in filters.values():  # lang:ar lang:fa means either
        node = alternatives[0] if len(alternatives) == 1 else Group(should=tuple(alternatives))
        items.append(("must", node))
    return _of(items)


def _of(items: list[tuple[_Occur, Node]]) -> Group:
    return Group(
        must=tuple(node for occur, node in items if occur == "must"),
        should=tuple(node for occur, node in items if occur == "should"),
        must_not=tuple(node for occur, node in items if occur == "must_not"),
    )
