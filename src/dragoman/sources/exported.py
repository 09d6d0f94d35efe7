"""Articles that ``dragoman export`` wrote → the same articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from dragoman.dates import parse_date
from dragoman.model import Article, Problem
from dragoman.sources.records import TEXTLESS, language_of, without_controls

if TYPE_CHECKING:
    from dragoman.sources.records import Context, Record

_MARKS = frozenset(("language", "script", "confidence", "tagged_by"))


def is_exported(record: Record) -> bool:
    """Whether a record is one of ours, whose names need no guessing."""
    return record.keys() >= _MARKS


def article_exported(record: Record, where: str, context: Context) -> Iterator[Article | Problem]:
    """The article as it was exported; its language only where a person said it.

    Nothing is joined, cut or looked for under other names. Control characters go all the
    same, since anybody can write such a file.
    """
    title, body = _text(record.get("title")), _text(record.get("body"))
    if not any(character.isalnum() for character in title + body):
        yield Problem(where, TEXTLESS)
        return
    stated = _line(record.get("published"))
    published = parse_date(stated) if stated else None
    if stated and not published:
        what = f"the date {stated[:40]!r} cannot be read for certain; it is left empty"
        yield Problem(where, what, lost=False)
    corrected = record["tagged_by"] == "corrected"
    given = _line(record["language"] if corrected else record.get("given_language"))
    authors, extra = record.get("authors"), record.get("extra")
    yield Article(
        title=title,
        body=body,
        id=_line(record.get("id")),
        url=_line(record.get("url")),
        published=published,
        source=_line(record.get("source")),
        section=_line(record.get("section")),
        authors=tuple(map(_text, authors)) if isinstance(authors, list) else (),
        language=context.language or (yield from language_of(given, where)),
        origin=where,
        extra={_text(name): _text(value) for name, value in extra.items()}
        if isinstance(extra, Mapping)
        else {},
    )


def _text(value: object) -> str:
    return without_controls(value) if isinstance(value, str) else ""


def _line(value: object) -> str | None:
    return _text(value) or None
