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
