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
from dataclasses import replace
from itertools import islice
from typing import Literal

from dragoman.analysis import is_unsegmented
from dragoman.analysis.zawgyi import to_unicode
from dragoman.errors import InvalidValue
from dragoman.query import (
    MAX_CONCEPTS,
    Concept,
    DateFilter,
    Group,
    LanguageFilter,
    Node,
    Query,
    SourceFilter,
    any_of,
    date_filter,
    language_filter,
    merged,
)

MAX_CHARACTERS = 10_000
MAX_UNSPACED = 512  # of those, in scripts without spaces, where two or three are a word
MAX_DEPTH = 24


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
        root = merged(_Parser(text, has_signs=has_signs).parse())
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
