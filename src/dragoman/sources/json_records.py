"""NDJSON and JSON → articles, one at a time however large the file is."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dragoman.model import Article, Problem
from dragoman.sources.exported import article_exported, is_exported
from dragoman.sources.records import Context, article_of, is_list_name

if TYPE_CHECKING:
    from dragoman.sources.streams import Stream

Items = Iterator[Article | Problem]

_LEVELS = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)
_STRUCTURE = re.compile(r'["\[\]{}]')
_IN_STRING = re.compile(r'(?:[^"\\]++|\\.)*+', re.DOTALL)
_BETWEEN_RECORDS = re.compile(r"\}\s*+,?\s*+(?=\{\s*+[\"}])")
_PLAIN_VALUE = re.compile(r"[^\s,\[\]{}\"]+")

_CHUNK = 1 << 18

# Each costs a search for the end of the record up to the limit.
_MAX_RUNAWAYS = 20


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
        yield Problem(where, _NO_RECORD)
    elif (listed := _listed(value)) is not None:
        for number, record in enumerate(listed, 1):
            yield from articles_of(record, f"{where}#{number}", context)
    else:
        # Search engines wrap each record once more.
        inner = value.get("_source")
        record = inner if isinstance(inner, Mapping) else value
        taken = article_exported if is_exported(record) else article_of
        yield from taken(record, where, context)


_NO_RECORD = "a JSON value that is no record with named fields"


def _listed(value: Mapping[str, object], levels: int = 3) -> list[object] | None:
    """The list of records inside an object that wraps it, such as an answer of a web service."""
    for name, inner in value.items():
        if not is_list_name(name):
            continue
        if isinstance(inner, list) and inner and isinstance(inner[0], Mapping):
            return inner
        if isinstance(inner, Mapping) and levels and (found := _listed(inner, levels - 1)):
            return found
    return None


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


def read_json(stream: Stream, context: Context) -> Items:
    """A JSON document: a list of records, an object that holds one, or records one by one.

    Only one record at a time is in memory.
    """
    cursor = _Cursor(stream, context)
    for piece in _pieces(cursor, context):
        if isinstance(piece, Problem):
            yield piece
        else:
            yield from articles_of(piece, context.nth(cursor.number), context)


Pieces = Iterator[Any]
"""JSON values, and Problems in place of those that cannot be read."""


def _pieces(cursor: _Cursor, context: Context) -> Pieces:
    while mark := cursor.next():
        if mark == "{":
            yield from _object(cursor, context)
        elif mark == "[":
            cursor.take()
            yield from _elements(cursor)
        elif mark in ",]}":
            cursor.take()
        else:
            yield cursor.problem("broken JSON: no record starts here")
            cursor.resume()


def _object(cursor: _Cursor, context: Context) -> Pieces:
    """A record; or, from an object around a list of records, these."""
    cursor.take()
    record: dict[str, Any] = {}
    wraps = False
    start = cursor.total
    while cursor.next() not in {"}", ""}:
        if cursor.next() == ",":
            cursor.take()
            continue
        try:
            name = cursor.name()
            if is_list_name(name) and cursor.next(2) in {"[{", "[]"}:
                cursor.take()
                yield from _elements(cursor)
                wraps = True
            else:
                record[name] = cursor.value()
        except ValueError as error:
            yield cursor.problem(str(error))
            cursor.resume()
            return
        if wraps or cursor.total - start > context.limits.max_record_bytes:
            # What stands beside the list is not wanted; nor is a record of endless fields.
            record.clear()
    broken_off = not cursor.next()
    cursor.take()
    if not wraps:
        cursor.number += 1
    if broken_off:
        yield cursor.problem(_BREAKS_OFF)
    elif not record and not wraps and cursor.total - start > context.limits.max_record_bytes:
        yield cursor.problem(_too_long(context))
    elif not wraps:
        yield record


def _elements(cursor: _Cursor) -> Pieces:
    while cursor.next() not in {"]", ""}:
        if cursor.next() == ",":
            cursor.take()
            continue
        cursor.number += 1
        try:
            yield cursor.value()
        except ValueError as error:
            yield cursor.problem(str(error))
            if cursor.lost:
                cursor.resume()
                if not cursor.next():
                    return
    if not cursor.next():
        yield cursor.problem(_BREAKS_OFF)
    cursor.take()


class _Cursor:
    """A place in a JSON text, of which only what is needed is held."""

    def __init__(self, stream: Stream, context: Context) -> None:
        self._stream = stream
        self._context = context
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._text = ""
        self._at = 0
        self._runaways = 0
        self.number = 0
        """Records met so far."""
        self.total = 0
        """Characters passed so far."""
        self.lost = False
        """Whether the last value failed so that its end is not known."""

    def problem(self, what: str) -> Problem:
        return Problem(self._context.nth(max(1, self.number)), what)

    def next(self, count: int = 1) -> str:
        """The next characters that are not blank, which stay; none at the end."""
        found: list[str] = []
        at = self._at
        while len(found) < count:
            if at >= len(self._text):
                if not found:
                    self._drop(at)
                    at = 0
                if not self._more():
                    break
            elif self._text[at] in " \t\r\n\0\ufeff":
                at += 1
            else:
                if not found:
                    self._at = at
                found.append(self._text[at])
                at += 1
        return "".join(found)

    def take(self) -> None:
        """Pass one character."""
        self._at += 1

    def name(self) -> str:
        """Read the name of a field and its colon, and pass them; ValueError as `value`."""
        name = self.value() if self.next() == '"' else None
        if name is None or self.next() != ":":
            self.lost = True
            raise ValueError("broken JSON: a field has no name")
        self.take()
        return str(name)

    def value(self) -> Any:  # noqa: ANN401 - JSON may be anything
        """Read one value and pass it.

        Raises ValueError where it cannot be read; `lost` then says whether it was passed.
        """
        self.lost = False
        first = self.next()
        if self._at > _CHUNK:
            self._drop(self._at)
        if first not in set('"[{'):
            self._need(64)
            match = _PLAIN_VALUE.match(self._text, self._at)
            if match is None:
                self.lost = True
                raise ValueError("broken JSON: a value is missing")
            return self._parsed(match.end())
        return self._parsed(self._end())

    def resume(self) -> None:
        """Go on at the next place where a record seems to start."""
        self.lost = False
        while True:
            if match := _BETWEEN_RECORDS.search(self._text, self._at):
                self._at = match.end()
                return
            self._drop(max(self._at, len(self._text) - 100))
            if not self._more():
                self._at = len(self._text)
                return

    def _parsed(self, end: int) -> Any:  # noqa: ANN401
        text = self._text[self._at : end]
        self._at = end
        self.total += len(text)
        return parse(text, self._context.limits.max_depth)

    def _end(self) -> int:
        """Where the string, list or object that starts here ends."""
        limit = self._context.limits.max_record_bytes
        depth, quoted, at, skipped = 0, False, self._at, 0
        while True:
            if quoted:
                at = _IN_STRING.match(self._text, at).end()  # type: ignore[union-attr]
                found = self._text[at : at + 1]
                quoted = found != '"'
            else:
                match = _STRUCTURE.search(self._text, at)
                at = match.start() if match else len(self._text)
                found = match[0] if match else ""
                depth += _STEPS.get(found, 0)
                quoted = found == '"'
            if found in {'"', "]", "}"} and depth == 0 and not quoted:
                at += 1
                if skipped or at - self._at > limit:
                    self._at = at
                    raise ValueError(_too_long(self._context))
                return at
            if found and found != "\\":
                at += 1
                continue
            if skipped or at - self._at > limit:
                skipped += at - self._at
                self._drop(at)
                at = 0
            if not self._more():
                self._runaway()

    def _runaway(self) -> None:
        self.lost = True
        self._runaways += 1
        if self._runaways >= _MAX_RUNAWAYS:
            self._at = len(self._text)
            raise ValueError("broken JSON: too many records without an end; the rest is left out")
        raise ValueError(_BREAKS_OFF)

    def _need(self, count: int) -> None:
        while len(self._text) - self._at < count and self._more():
            pass

    def _drop(self, at: int) -> None:
        self._text, self._at = self._text[at:], 0

    def _more(self) -> bool:
        chunk = self._stream.read(_CHUNK)
        self._text += self._decode(chunk, final=not chunk)
        return bool(chunk)


_BREAKS_OFF = "broken JSON: it breaks off here"
_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}


def _too_long(context: Context) -> str:
    return f"the record is longer than {_bytes(context)}"


def _integer(digits: str) -> int | str:
    # Python refuses to read numbers of thousands of digits, which take long.
    return int(digits) if len(digits) <= 300 else digits


_DECODER = json.JSONDecoder(strict=False, parse_int=_integer)


def _bytes(context: Context) -> str:
    return f"{context.limits.max_record_bytes:,} bytes"
