"""NDJSON and JSON → articles, one at a time however large the file is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dragoman.model import Article, Problem
from dragoman.sources.records import Context, article_of, is_list_name

if TYPE_CHECKING:
    from dragoman.sources.streams import Stream

Items = Iterator[Article | Problem]

_LEVELS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def read_ndjson(stream: Stream, context: Context) -> Items:
    """One JSON record on each line."""
    for number, line in enumerate(stream.lines(context.limits.max_record_bytes), 1):
        where = context.at(number)
        if line is None:
            yield Problem(where, f"the line is longer than {_bytes(context)}")
        elif line.strip():
            yield from _line(line, where, context)


def _line(line: bytes, where: str, context: Context) -> Items:
    try:
        record = parse(line.decode("utf-8", "replace"), context.limits.max_depth)
    except ValueError as error:
        yield Problem(where, str(error))
        return
    yield from articles_of(record, where, context)


def articles_of(value: object, where: str, context: Context) -> Items:
    """The article, or the list of them, in a JSON value."""
    if not isinstance(value, Mapping):
        yield Problem(where, "a JSON value that is no record with named fields")
        return
    for name, inner in value.items():
        if is_list_name(name) and isinstance(inner, list) and _all_records(inner):
            for number, record in enumerate(inner, 1):
                yield from article_of(record, f"{where}#{number}", context)
            return
    yield from article_of(value, where, context)


def _all_records(values: list[object]) -> bool:
    return bool(values) and all(isinstance(value, Mapping) for value in values)


def parse(text: str, max_depth: int) -> Any:  # noqa: ANN401 - JSON may be anything
    """One JSON value.

    Raises ValueError, with a line for a person, where it is broken or nested too deeply.
    """
    check_depth(text, max_depth)
    try:
        return _DECODER.decode(text.strip("\ufeff \t\r\n\0"))
    except json.JSONDecodeError as error:
        raise ValueError(f"broken JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None


_TOO_DEEP = "JSON nested too deeply"


def check_depth(text: str, max_depth: int) -> None:
    """Raise ValueError if brackets are nested deeper than they may be."""
    if text.count("[") + text.count("{") <= max_depth:
        return
    depth = 0
    for match in _LEVELS.finditer(text):
        if match[0] in "[{":
            depth += 1
            if depth > max_depth:
                raise ValueError(_TOO_DEEP)
        elif match[0] in "]}":
            depth -= 1


def _integer(digits: str) -> int | str:
    # Python refuses to read numbers of thousands of digits, which take long.
    return int(digits) if len(digits) <= 300 else digits


_DECODER = json.JSONDecoder(strict=False, parse_int=_integer)


def _bytes(context: Context) -> str:
    return f"{context.limits.max_record_bytes:,} bytes"
