"""Reading content that a test makes."""

from __future__ import annotations

import io

from dragoman.model import Article, Problem
from dragoman.sources import read_stream


def read(data, name="a", **options):
    """Articles and problems of some content."""
    content = data.encode() if isinstance(data, str) else data
    items = list(read_stream(io.BytesIO(content), name, **options))
    articles = [item for item in items if isinstance(item, Article)]
    return articles, [item for item in items if isinstance(item, Problem)]


def one(data, name="a", **options):
    """The only article of some content that has no problem."""
    articles, problems = read(data, name, **options)
    assert problems == []
    assert len(articles) == 1
    return articles[0]
