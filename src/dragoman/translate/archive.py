"""Zip files from strangers: looked through before, and bounded while, they are unpacked."""

from __future__ import annotations

import hashlib
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dragoman.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_PIECE = 1 << 20
_ENCRYPTED = 0x1

# One step of a path, good on every system: no separator, drive or stream, no control
# character, neither "." nor "..", and no dot or space at the end, which Windows drops.
_STEP = re.compile(r"(?! )[^\x00-\x1f\x7f/\\:*?\"<>|]*[^\x00-\x1f\x7f/\\:*?\"<>|. ]")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an archive may hold. One that breaks a bound is refused as a whole."""

    members: int = 5_000
    member_bytes: int = 8 << 30
    total_bytes: int = 64 << 30
    ratio: int = 100
    """How many bytes one byte of the archive may stand for; models seldom reach 3."""
    depth: int = 12
    name_bytes: int = 240


def unpack(archive: Path, into: Path, bounds: Bounds | None = None) -> dict[str, str]:
    """Unpack a zip file into an empty folder; the SHA-256 of each file by its path.

    Only plain files and folders whose paths stay inside are let through. Raises
    ModelError for anything else, for what breaks a bound and for damage; what was
    unpacked by then is left to the caller to remove.
    """
    bounds = bounds or Bounds()
    try:
        with zipfile.ZipFile(archive) as opened:
            members = opened.infolist()
            _look_through(archive, members, bounds)
            return {
                member.filename: _write(opened, member, into / member.filename)
                for member in members
                if not member.is_dir()
            }
    except FileNotFoundError as error:
        raise ModelError(f"{archive}: no such file") from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise ModelError(f"{archive}: not a sound zip file: {error}") from error
    except OSError as error:
        raise ModelError(f"{archive}: cannot be unpacked: {error}") from error


def _look_through(archive: Path, members: Iterable[zipfile.ZipInfo], bounds: Bounds) -> None:
    """Refuse an archive by its directory alone, before anything is written."""
    seen: set[str] = set()
    total = 0
    for count, member in enumerate(members, start=1):
        total += member.file_size
        reason = _objection(member, seen, bounds)
        if not reason and count > bounds.members:
            reason = f"more than {bounds.members:,} files"
        if not reason and total > bounds.total_bytes:
            reason = f"more than {bounds.total_bytes:,} bytes when unpacked"
        if reason:
            raise ModelError(f"{archive}: refused: {reason}")
    if total > bounds.ratio * archive.stat().st_size:
        raise ModelError(
            f"{archive}: refused: unpacks to more than {bounds.ratio} times its own size"
        )


def _objection(member: zipfile.ZipInfo, seen: set[str], bounds: Bounds) -> str:
    """Why a member is not let through, or nothing. Adds its path to those seen."""
    name = member.filename
    kind = stat.S_IFMT(member.external_attr >> 16)
    steps = name.removesuffix("/").split("/")
    # Systems that do not tell letter case apart would write two such files as one.
    folded = "/".join(steps).casefold()
    path_is_sound = all(_STEP.fullmatch(step) and not _DEVICE.fullmatch(step) for step in steps)
    if not path_is_sound:
        reason = "has a path that may lead outside"
    elif len(name.encode("utf-8", "surrogatepass")) > bounds.name_bytes or (
        len(steps) > bounds.depth
    ):
        reason = "has too long a path"
    elif folded in seen:
        reason = "is there twice"
    elif kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        reason = "is neither a file nor a folder"
    elif member.flag_bits & _ENCRYPTED:
        reason = "is encrypted"
    elif member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        reason = "is compressed in an unusual way"
    elif member.file_size > bounds.member_bytes:
        reason = f"has more than {bounds.member_bytes:,} bytes"
    else:
        reason = ""
    seen.add(folded)
    return f"{name!r:.120} {reason}" if reason else ""


def _write(opened: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> str:
    """Unpack one file, without the modes it asks for; its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    written = 0
    with opened.open(member) as source, path.open("xb") as target:
        while piece := source.read(_PIECE):
            written += len(piece)
            if written > member.file_size:
                raise zipfile.BadZipFile(f"{member.filename!r} is longer than it says")
            digest.update(piece)
            target.write(piece)
    if written != member.file_size:
        raise zipfile.BadZipFile(f"{member.filename!r} is shorter than it says")
    return digest.hexdigest()
