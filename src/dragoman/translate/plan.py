"""What a bulk run is asked to do, and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from dragoman.model import Problem

Stage = Literal["titles", "leads", "bodies"]
STAGES: tuple[Stage, ...] = ("titles", "leads", "bodies")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to translate, and how much of it."""

    target: str = "en"
    languages: Collection[str] = ()
    """Tags, or macro-languages such as ``ku``; none: all that the library has."""
    keys: Sequence[int] | None = None
    """The articles, the most wanted first; None: all, the newest first."""
    limit: int | None = None
    """At most so many articles, not counting those that are translated already."""
    budget: float | None = None
    """Seconds after which no further batch is begun."""
    again: bool = False
    """Whether to translate anew what another version of the translator has translated."""


@dataclass(frozen=True, slots=True)
class TranslationProgress:
    """How far a run has come."""

    stage: Stage
    language: str
    articles: int
    """Articles that this run has translated to their end."""
    total: int
    """Articles that this run is to translate."""
    characters: int
    """Characters of articles dealt with."""
    characters_per_second: float
    seconds_left: float | None
    """Until all is done, by the speed so far; None while there is none."""


@dataclass(frozen=True, slots=True)
class TranslationReport:
    """What a run did."""

    whole: int
    """Articles translated to their end."""
    part: int
    """Articles of which the title, or the title and the lead, were translated, and no more."""
    translated: int
    """Sentences that went through a translator, each leg of a pivot counted."""
    remembered: int
    """Sentences that the memory had from earlier runs or other articles, each leg counted."""
    marked: Mapping[str, int]
    """Sentences of these articles, by what the guard says against them."""
    characters: int
    seconds: float
    stopped: Literal["done", "budget", "limit"]
    waiting: int
    """Articles that this run was to translate and did not, or not to their end."""
    already: int
    """Articles that it came to and found translated to their end."""
    unreachable: Mapping[str, str]
    """By language: why nothing of it can be translated."""
    failed: int
    problems: tuple[Problem, ...]
    """The first thousand; `failed` counts the articles."""
