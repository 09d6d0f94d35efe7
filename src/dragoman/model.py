"""The frozen values that pass between the steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Via = Literal["original", "translation", "query-translation", "name"]
"""How a concept of the query reached an article; see `Match`."""

ALL_VIAS: tuple[Via, ...] = ("original", "translation", "query-translation", "name")


@dataclass(frozen=True, slots=True)
class Article:
    """One news article, as a source or a caller gives it."""

    title: str = ""
    body: str = ""
    """Paragraphs, separated by line breaks."""
    id: str | None = None
    """The caller's own identifier. Without one, the URL or else the content identifies."""
    url: str | None = None
    published: str | None = None
    """ISO 8601 date or date and time, with its offset where the source gave one."""
    source: str | None = None
    """Who published it: a site, a newspaper, an agency."""
    section: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    """A tag the caller vouches for; None lets Dragoman detect it."""
    origin: str | None = None
    """Where it was read: a path, with the line or record number where there is one."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Other fields of the source, kept as they were."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the input that could not be taken."""

    where: str
    """``path``, ``path:line`` or a description such as ``article 17``."""
    what: str
    """One line for a person: what is wrong, and what to do where that is known."""
    lost: bool = True
    """Whether the whole record was left out (True) or only one of its fields."""


@dataclass(frozen=True, slots=True)
class Tag:
    """The language of a text, how sure that is, and who said so."""

    language: str
    """BCP 47 primary subtag, ``und`` where it is not known."""
    script: str
    """ISO 15924 code of the main script; ``Zyyy`` where there are no letters."""
    confidence: float
    """Probability, calibrated, that ``language`` is right; 1.0 where a person said so."""
    origin: Literal["given", "detected", "corrected"] = "detected"
    others: tuple[tuple[str, float], ...] = ()
    """Further languages of a mixed text with their share of its letters, largest first."""


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as the library holds it."""

    key: int
    """Row number in the store, never used twice; the engine knows the article by it."""
    article: Article
    """With its `id` filled in."""
    tag: Tag

    @property
    def id(self) -> str:
        """The article's identifier."""
        return self.article.id or ""


@dataclass(frozen=True, slots=True)
class Report:
    """What an operation on many articles did."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    """Records left out; `problems` says why."""
    problems: tuple[Problem, ...] = ()
    """The first thousand; `failed` and `warnings` count them all."""
    warnings: int = 0
    """Records taken, but with a field left out."""
    languages: Mapping[str, int] = field(default_factory=dict)
    """Articles added or updated, by language."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """How one concept of the query matched one article."""

    concept: str
    """As the user typed it."""
    via: tuple[Via, ...]
    terms: tuple[tuple[str, ...], ...]
    """The alternatives that occur in the article, the weightiest first; a phrase has many terms."""
    score: float
    """The concept's share of the article's score."""
    frequency: float
    """Weighted number of occurrences."""
    articles_with: float
    """Weighted number of articles in the same language that have the concept."""
    articles: int
    """Number of articles in the same language."""


@dataclass(frozen=True, slots=True)
class Facets:
    """Number of matching articles by language, source and month (``YYYY-MM``)."""

    languages: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, int] = field(default_factory=dict)
    months: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a query reached into the articles of one language."""

    language: str
    articles: int
    matched: int
    via: tuple[Via, ...]
    """The ways by which some word of the query occurs in this language; none: it cannot match."""
    note: str
    """One line for a person."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """The passage of an article that shows best why it was found."""

    text: str
    """A piece of the article as it is stored."""
    highlights: tuple[tuple[int, int], ...]
    """Start and end, in code points of `text`, of each word that matched."""
    field: Literal["title", "body", "translation"]
    start: int
    """Where `text` starts in the field, in code points."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One article that was found. It holds no open file or cursor."""

    id: str
    score: float
    language: str
    title: str
    url: str | None
    published: str | None
    source: str | None
    via: tuple[Via, ...]
    """All the ways by which the query reached it."""
    snippet: Snippet
    title_highlights: tuple[tuple[int, int], ...]
    evidence: tuple[Evidence, ...]
    balance: float = 1.0
    """The factor, in `score` and its parts, that makes them comparable with other languages'."""
    original: Snippet | None = None
    """The sentence of the article that `snippet` translates, where it is a translation."""
    copies: tuple[str, ...] = ()
    """The ids of the near-identical articles that it stands for, where a search collapses them."""


@dataclass(frozen=True, slots=True)
class Results:
    """What a search found."""

    query: str
    hits: tuple[Hit, ...]
    total: int
    """Number of articles that match, of which `hits` are some."""
    facets: Facets
    coverage: tuple[Coverage, ...]
    """One entry for each language that the filters let through, most articles first; none
    where the query has no word to look for."""
    notices: tuple[str, ...] = ()
    """What the user should know of how the query was taken."""


@dataclass(frozen=True, slots=True)
class LanguageCount:
    """How many articles of a library carry one tag."""

    language: str
    script: str
    origin: Literal["given", "detected", "corrected"]
    articles: int


@dataclass(frozen=True, slots=True)
class Stats:
    """What a library holds."""

    articles: int
    languages: tuple[LanguageCount, ...]
    """Most articles first; they add up to `articles`."""
    store_bytes: int
    index_bytes: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something `Library.doctor` found wrong."""

    what: str
    repaired: bool
    """Whether it is right again now."""
