"""The stamp of an index, ``index.json``: what store, engine and analysis it was made from.

An index whose stamp is not the expected one is of no use, and is made again from the store. The
file has a checksum, so that a damaged stamp is told from one of another version.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

from dragoman.errors import LibraryDamaged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SUM = "checksum"


def read(path: Path, names: frozenset[str]) -> Mapping[str, object] | None:
    """What the stamp says of these names; None where there is no stamp.

    Raises `LibraryDamaged`.
    """
    try:
        held = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise LibraryDamaged(f"{path}: cannot be read") from error
    # One of an earlier version has no checksum.
    if not isinstance(held, dict) or held.keys() - {_SUM} != names:
        raise LibraryDamaged(f"{path}: damaged")
    checksum = held.pop(_SUM, None)
    if checksum not in {None, _sum(held)}:
        raise LibraryDamaged(f"{path}: damaged")
    return held


def write(path: Path, stamp: Mapping[str, object]) -> None:
    """Write the stamp, all at once."""
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps({**stamp, _SUM: _sum(stamp)}), "utf-8")
    temporary.replace(path)


def _sum(stamp: Mapping[str, object]) -> str:
    return f"{zlib.crc32(json.dumps(stamp, sort_keys=True).encode()):08x}"
