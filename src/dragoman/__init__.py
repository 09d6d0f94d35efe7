"""Offline, multilingual search index for news articles."""

from __future__ import annotations

from dragoman.model import Article, Problem, Report, Tag

__version__ = "0.1.0"

__all__ = ["Article", "Problem", "Report", "Tag", "__version__"]
