"""Files, folders and streams → articles and the problems met on the way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from dragoman.errors import MissingExtra, SourceError
from dragoman.model import Article, Problem
from dragoman.sources.files import files_in, shown
from dragoman.sources.formats import reader_of
from dragoman.sources.limits import Limits
from dragoman.sources.records import Context, checked_mapping
from dragoman.sources.streams import BrokenStream, open_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    OnBytes = Callable[[int], None]

__all__ = ["Limits", "read", "read_stream", "total_bytes"]


def read(
    path: str | Path,
    *,
    mapping: Mapping[str, str] | None = None,
    language: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    on_bytes: OnBytes | None = None,
) -> Iterator[Article | Problem]:
    """Read the articles of a file, or of all the files of a folder, in a fixed order.

    The format is told from the content: JSON, NDJSON, CSV, TSV, plain text,
    Markdown, HTML, RSS, Atom or WARC, also compressed with gzip, bzip2, xz or
    zstd. ``mapping`` names the record field of an article field where it has an
    unusual name (``{"title": "kop"}``; dots lead into objects). ``language`` is
    the tag of all the articles, if the caller knows it. ``on_bytes`` is told how
    many bytes of input were read since it was last told.

    What cannot be taken comes out as a [`Problem`][dragoman.model.Problem] among
    the articles. Raises SourceError at once if the path is absent or may not be
    read, InvalidValue if the mapping names no field of an article, and, on
    reading a file whose format needs it, MissingExtra; within a folder that is a
    problem of the file.
    """
    path = Path(path)
    fields = checked_mapping(mapping)
    if path.is_dir():
        return _read_folder(path, fields, language, limits, on_bytes)
    try:
        stream = path.open("rb")
    except (OSError, ValueError) as error:
        raise SourceError(f"{shown(path)}: {_reason(error)}") from error
    return _closing(stream, _context(path, fields, language, limits), on_bytes)


def read_stream(
    stream: BinaryIO,
    name: str,
    *,
    mapping: Mapping[str, str] | None = None,
    language: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    on_bytes: OnBytes | None = None,
) -> Iterator[Article | Problem]:
    """Read the articles of an open binary stream, which may be a pipe; see `read`.

    ``name`` is what problems and articles say of where they come from. The
    stream is left open.
    """
    context = Context(name, checked_mapping(mapping), language, limits)
    return _read(stream, context, on_bytes)


def total_bytes(paths: Iterable[str | Path]) -> int:
    """The size of what `read` would read, as `on_bytes` counts it; pipes count as nothing."""
    total = 0
    for path in map(Path, paths):
        for file in files_in(path) if path.is_dir() else (path,):
            if isinstance(file, Path) and file.is_file():
                total += file.stat().st_size
    return total


def _read_folder(
    folder: Path,
    mapping: Mapping[str, str],
    language: str | None,
    limits: Limits,
    on_bytes: OnBytes | None,
) -> Iterator[Article | Problem]:
    for file in files_in(folder):
        if isinstance(file, Problem):
            yield file
            continue
        try:
            stream = file.open("rb")
        except OSError as error:
            yield Problem(shown(file), _reason(error))
            continue
        try:
            yield from _closing(stream, _context(file, mapping, language, limits), on_bytes)
        except MissingExtra as error:
            yield Problem(shown(file), str(error))


def _closing(
    stream: BinaryIO, context: Context, on_bytes: OnBytes | None
) -> Iterator[Article | Problem]:
    with stream:
        yield from _read(stream, context, on_bytes)


def _read(raw: BinaryIO, context: Context, on_bytes: OnBytes | None) -> Iterator[Article | Problem]:
    silent = True
    try:
        stream = open_stream(raw, context.limits, on_bytes)
        for item in reader_of(stream, context):
            silent = False
            yield item
    except BrokenStream as error:
        yield Problem(context.name, str(error))
    else:
        if silent:
            yield Problem(context.name, "it holds no article")


def _context(
    path: Path, mapping: Mapping[str, str], language: str | None, limits: Limits
) -> Context:
    return Context(shown(path), mapping, language, limits)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
