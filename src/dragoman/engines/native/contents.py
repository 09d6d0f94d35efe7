"""The table of contents of an index: what a commit makes count, all of it at once.

A file for each commit, ``_MAIN_<generation>.toc``: a line with a magic word, a checksum and a
length, then JSON. The latest one counts; nothing in it is run.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from dragoman.errors import LibraryDamaged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMAT = 1
"""Raised when files are written differently: an index of before is then made again."""

_MAGIC = f"dragoman index {FORMAT}"
_FILE = re.compile(r"_MAIN_([0-9]{1,18})\.toc")
_SEGMENT = re.compile(r"MAIN_[0-9]+_[0-9]+\.arrays")
_GONE = re.compile(r"(MAIN_[0-9]+_[0-9]+\.[0-9]+\.gone)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """A segment that counts."""

    file: str
    documents: int
    """How many it holds, deleted ones too."""
    seal: int
    """The file's checksum, so that no other one takes its place."""
    gone: str = ""
    """The file that lists its deleted documents, if any are."""
    gone_seal: int = 0
    deleted: int = 0
    """How many are deleted."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What an index holds as of one commit."""

    generation: int
    schema: Mapping[str, str]
    """Field or column → what it is."""
    names: Mapping[str, list[str]] = field(default_factory=dict)
    """Column → the strings that its numbers stand for, for those that stand for any."""
    segments: tuple[Entry, ...] = ()


def latest(folder: Path) -> int:
    """The generation of the last commit; -1 where there is none."""
    found = (_FILE.fullmatch(path.name) for path in folder.iterdir())
    return max((int(match[1]) for match in found if match), default=-1)


def path_of(folder: Path, generation: int) -> Path:
    """The file of a commit."""
    return folder / f"_MAIN_{generation}.toc"


def read(folder: Path) -> Contents:
    """What the last commit holds.

    Raises `LibraryDamaged`, and `OSError` where the file has just been replaced by a later one.
    """
    path = path_of(folder, latest(folder))
    data = path.read_bytes()
    head, _, body = data.partition(b"\n")
    if head != _head(body):
        raise LibraryDamaged(f"{path} is damaged or of another version: run dragoman rebuild")
    try:
        return _parse(json.loads(body))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LibraryDamaged(f"{path} is damaged ({error}): run dragoman rebuild") from error


def _head(body: bytes) -> bytes:
    return f"{_MAGIC} {zlib.crc32(body):08x} {len(body)}".encode()


def _parse(held: dict[str, Any]) -> Contents:
    found = Contents(**held)
    entries = tuple(Entry(**each) for each in held["segments"])
    numbers = [found.generation]
    for entry in entries:
        if not _SEGMENT.fullmatch(entry.file) or not _GONE.fullmatch(entry.gone):
            raise ValueError("the name of a segment")
        numbers += [entry.documents, entry.seal, entry.gone_seal, entry.deleted]
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise ValueError("a number")
    schema = {str(name): str(kind) for name, kind in found.schema.items()}
    names = {str(name): [str(each) for each in known] for name, known in found.names.items()}
    return Contents(found.generation, schema, names, entries)


def write(folder: Path, contents: Contents) -> None:
    """Make it count, durably and all at once."""
    body = json.dumps(asdict(contents), ensure_ascii=False).encode()
    path = path_of(folder, contents.generation)
    temporary = path.with_name(path.name + ".new")
    with temporary.open("wb") as file:
        file.write(_head(body) + b"\n" + body)
        file.flush()
        os.fsync(file.fileno())
    sync(folder)  # the files that it names come first
    temporary.replace(path)
    sync(folder)


def sync(folder: Path) -> None:
    """Make the names of a folder's files durable, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
