"""Dictionaries as a table: one translation a line, columns between tabs.

The columns are source language, target language, term, translation and, if known, a
probability. A first line with the names of the columns, empty lines and lines that
begin with ``#`` are passed over.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from dragoman.languages import UNDETERMINED, canonical
from dragoman.lexicon.table import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LONGEST_LINE = 10_000
_TAG = re.compile(r"[a-z]{2,8}")


def read(path: Path) -> Iterator[Entry | str]:
    """The entries of a table.

    What cannot be used is given as a text that says where and why.
    """
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        number = 0
        while line := file.readline(_LONGEST_LINE):
            number += 1
            columns = [column.strip() for column in line.rstrip("\r\n").split("\t")]
            if not line.strip() or line.startswith("#"):
                continue
            if number == 1 and columns[0].lower().startswith("source"):
                continue
            read = _entry(columns)
            yield read if isinstance(read, Entry) else f"{path}:{number}: {read}"


def _entry(columns: list[str]) -> Entry | str:
    if len(columns) not in (4, 5):
        return "expected 4 or 5 columns: source language, target language, term, translation"
    source, target = canonical(columns[0]), canonical(columns[1])
    if UNDETERMINED in (source, target) or not (_TAG.fullmatch(source) and _TAG.fullmatch(target)):
        return "not a language tag"
    if source == target or not (columns[2] and columns[3]):
        return f"both languages are {source}" if source == target else "no term or no translation"
    try:
        weight = float(columns[4]) if len(columns) == 5 and columns[4] else 1.0
    except ValueError:
        return "the probability is not a number"
    if not (math.isfinite(weight) and 0 < weight <= 1):
        return "the probability is not above 0 and at most 1"
    return Entry(source, columns[2], target, columns[3], weight)
