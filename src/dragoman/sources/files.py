"""The files of a folder, in a fixed order."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from dragoman.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# What would move the cursor of a terminal, or turn a line around.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def shown(path: Path) -> str:
    """A path as text that can be stored and printed, whatever bytes it has."""
    text = os.fsencode(path).decode("utf-8", "replace")
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def files_in(folder: Path) -> Iterator[Path | Problem]:
    """The regular files below a folder, by name, and the problems of what cannot be read.

    Names that start with a dot are skipped. Links are followed, each folder is
    entered once.
    """
    seen: set[tuple[int, int]] = set()
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        try:
            status = path.stat()
            if path.is_dir():
                if (status.st_dev, status.st_ino) not in seen:
                    seen.add((status.st_dev, status.st_ino))
                    waiting.extend(_entries(path))
            elif path.is_file():
                yield path
            else:
                # To open a pipe would wait for ever.
                yield Problem(shown(path), "not a regular file")
        except OSError as error:
            yield Problem(shown(path), error.strerror or str(error))


def _entries(folder: Path) -> list[Path]:
    """What is in a folder, last name first."""
    names = sorted(os.listdir(folder), reverse=True)  # noqa: PTH208 - names are all it takes
    return [folder / name for name in names if not name.startswith(".")]
