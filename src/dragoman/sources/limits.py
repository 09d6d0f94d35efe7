"""How much a reader takes on before it gives up on a record or an input."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what is read. What breaks one is reported as a problem, and reading goes on."""

    max_record_bytes: int = 16_000_000
    """One record: a line of NDJSON, an element of a JSON list, a row of a table, a text file."""
    max_page_bytes: int = 4_000_000
    """One HTML page; taking the article out of larger ones takes too long."""
    max_feed_bytes: int = 16_000_000
    """One RSS or Atom file, which is held in memory whole."""
    max_depth: int = 100
    """Levels of nesting in a JSON record."""
    max_tags: int = 40_000
    """Tags in one HTML page; taking out the article takes some 0.1 ms for each."""
    max_ratio: int = 200
    """How many bytes a compressed one may stand for, over the whole input read so far;
    text seldom reaches 30."""
    max_window_bytes: int = 1 << 28
    """Memory that a decompressor may ask for."""
