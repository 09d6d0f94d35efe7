"""CSV, TSV and their relatives → articles."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from dragoman.model import Article, Problem
from dragoman.sources.records import Context, article_of, clean, field_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dragoman.sources.streams import Stream

_DELIMITERS = ",\t;|"
_SUFFIXES = frozenset((".csv", ".tsv", ".tab"))

# What Excel writes above the header.
_STATED = re.compile(r"sep=[,;|\t]", re.IGNORECASE)

_MAX_COLUMNS = 1_000
_MAX_NAME = 100

# Each costs reading up to the limit twice.
_MAX_RUNAWAYS = 20


def delimiter_of(line: str, context: Context) -> str | None:
    """What separates the columns, if a first line names columns of articles."""
    counts = {mark: _known(split(line, mark), context.mapping) for mark in _DELIMITERS}
    best = max(counts, key=lambda mark: counts[mark])
    enough = 1 if context.suffix in _SUFFIXES else 2
    return best if counts[best] >= enough else None


def _known(cells: list[str], mapping: Mapping[str, str]) -> int:
    """How many cells name fields of an article; none if none of these is text."""
    fields = {field_of(cell.strip(), mapping) for cell in cells if len(cell) <= _MAX_NAME} - {None}
    return len(fields) if fields & {"title", "body"} else 0


def split(line: str, delimiter: str) -> list[str]:
    """The cells of one line."""
    row = _Row(delimiter)
    row.feed(line)
    return row.cells()


def is_table_name(context: Context) -> bool:
    """Whether the name of the input says that it is a table."""
    return context.suffix in _SUFFIXES


def read_table(stream: Stream, context: Context) -> Iterator[Article | Problem]:
    """The articles in the rows under a line of column names; cells may hold line breaks."""
    header: list[str] = []
    for number, row in _rows(stream, context):
        if isinstance(row, Problem):
            yield row
        elif not header:
            header = [clean(cell) for cell in row]
            if not _known(header, context.mapping):
                yield Problem(context.name, _nameless(header))
                return
        elif len(row) > len(header):
            what = f"{len(row)} cells under {len(header)} columns: a quote or delimiter is amiss"
            yield Problem(context.at(number), what)
        elif list(map(clean, row)) != header:  # Tables that were joined repeat the header.
            record = {name: cell for name, cell in zip(header, row, strict=False) if name}
            yield from article_of(record, context.at(number), context)


def _nameless(header: list[str]) -> str:
    names = ", ".join(" ".join(name.split())[:_MAX_NAME] for name in header[:20])
    return f"no column is known as title or body; map one, such as title=COLUMN (there are {names})"


def _rows(stream: Stream, context: Context) -> Iterator[tuple[int, list[str] | Problem]]:
    """Each row, with the number of its first line."""
    limit = context.limits.max_record_bytes
    lines = _lines(stream, limit)
    delimiter = None
    runaways = 0
    while first := next(lines, None):
        number, line = first
        if line is None:
            yield number, Problem(context.at(number), f"the line is longer than {limit:,} bytes")
            continue
        if delimiter is None and _STATED.fullmatch(line.strip()):
            delimiter = line.strip()[-1]
            continue
        delimiter = delimiter or delimiter_of(line, context) or max(_DELIMITERS, key=line.count)
        row, following = _Row(delimiter), []
        complete, size = row.feed(line), len(line)
        while not complete and size <= limit:
            ahead = next(lines, None)
            if ahead is None:
                break
            following.append(ahead)
            if ahead[1] is None:
                break
            complete, size = row.feed(ahead[1]), size + len(ahead[1])
        if complete:
            yield number, row.cells()
            continue
        yield number, Problem(context.at(number), "a quote opens here that is not closed")
        runaways += 1
        if runaways == _MAX_RUNAWAYS:
            yield number, Problem(context.at(number), "too many such quotes; the rest is left out")
            return
        # What the quote swallowed may be sound rows.
        lines = chain(following, lines)


def _lines(stream: Stream, limit: int) -> Iterator[tuple[int, str | None]]:
    for number, line in enumerate(stream.lines(limit), 1):
        if line is None:
            yield number, None
        elif text := line.decode("utf-8", "replace").rstrip("\r"):
            yield number, text


class _Row:
    """Cells as RFC 4180 writes them, line by line; lenient about quotes inside a cell."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self._cells: list[str] = []
        self._open: list[str] | None = None
        """The parts of a quoted cell that goes on in the next line."""

    def cells(self) -> list[str]:
        """The cells, without the empty ones at the end."""
        cells = self._cells
        while len(cells) > 1 and not cells[-1].strip():
            cells.pop()
        return cells

    def feed(self, line: str) -> bool:
        """Take a line; say whether the row ends with it."""
        at = 0
        while at <= len(line) and len(self._cells) <= _MAX_COLUMNS:
            if self._open is not None or line.startswith('"', at):
                start = at if self._open is not None else at + 1
                end = self._closing(line, start)
                if end is None:
                    return False
                at = end
            else:
                end = line.find(self._delimiter, at)
                end = len(line) if end < 0 else end
                self._cells.append(line[at:end])
                at = end + 1
        return True

    def _closing(self, line: str, at: int) -> int | None:
        """Take a quoted cell; the place after its delimiter, or None if it goes on."""
        parts = self._open if self._open is not None else []
        end = line.find('"', at)
        while end >= 0 and line.startswith('"', end + 1):
            parts.append(line[at : end + 1])
            at = end + 2
            end = line.find('"', at)
        if end < 0:
            parts.append(line[at:] + "\n")
            self._open = parts
            return None
        after = line.find(self._delimiter, end + 1)
        after = len(line) if after < 0 else after
        self._cells.append("".join((*parts, line[at:end], line[end + 1 : after])))
        self._open = None
        return after + 1
