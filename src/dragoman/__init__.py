"""Offline, multilingual search index for news articles.

>>> import dragoman
>>> with dragoman.open_library("index") as library:          # doctest: +SKIP
...     library.add(dragoman.read("articles/"))
...     for hit in library.search("hezbollah militias").hits:
...         print(hit.language, hit.title)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dragoman.errors import (
    ArticleNotFound,
    DragomanError,
    InvalidValue,
    LexiconError,
    LibraryDamaged,
    LibraryError,
    LibraryLocked,
    LibraryReadOnly,
    MissingExtra,
    ModelError,
    SourceError,
    TranslationError,
)
from dragoman.model import (
    Article,
    Coverage,
    Evidence,
    Facets,
    Finding,
    Hit,
    LanguageCount,
    Problem,
    Report,
    Results,
    Snippet,
    Stats,
    StoredArticle,
    Tag,
)

if TYPE_CHECKING:
    from dragoman.library import Library, open_library
    from dragoman.sources import read

__version__ = "0.1.0"

__all__ = [
    "Article",
    "ArticleNotFound",
    "Coverage",
    "DragomanError",
    "Evidence",
    "Facets",
    "Finding",
    "Hit",
    "InvalidValue",
    "LanguageCount",
    "LexiconError",
    "Library",
    "LibraryDamaged",
    "LibraryError",
    "LibraryLocked",
    "LibraryReadOnly",
    "MissingExtra",
    "ModelError",
    "Problem",
    "Report",
    "Results",
    "Snippet",
    "SourceError",
    "Stats",
    "StoredArticle",
    "Tag",
    "TranslationError",
    "__version__",
    "open_library",
    "read",
]

_LAZY = {
    "Library": "dragoman.library",
    "open_library": "dragoman.library",
    "read": "dragoman.sources",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Load the heavier names when they are first used, so that importing stays fast."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)
