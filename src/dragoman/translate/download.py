"""Packages from Argos's public list: the one thing in Dragoman that looks for a network."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dragoman.errors import ModelError, TranslationError
from dragoman.translate import http
from dragoman.translate.packages import Package, add
from dragoman.translate.tags import likeness, tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

INDEX = "https://raw.githubusercontent.com/argosopentech/argospm-index/main/index.json"
"""The list of packages that Argos Translate itself downloads from."""

_MAX_BYTES = 8 << 30
_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Offer:
    """A package that can be downloaded."""

    source: str
    """BCP 47 tag, as is `target`."""
    target: str
    version: str
    links: tuple[str, ...]


def offers(index: str = INDEX) -> tuple[Offer, ...]:
    """What the list has. Raises TranslationError where it cannot be fetched or read."""
    rows = http.get(index, _TIMEOUT)
    if not isinstance(rows, list):
        raise TranslationError(f"{index}: not a list of packages")
    return tuple(offer for row in rows if (offer := _offer(row)))


def download(
    source: str,
    target: str,
    folder: Path,
    *,
    index: str = INDEX,
    on_progress: Callable[[int], None] | None = None,
) -> tuple[Package, ...]:
    """Download the newest package from one language to another, and install it.

    `on_progress` is told the bytes received so far. The file is checked as one
    that is added by hand. Raises TranslationError where there is none, or where no
    link to it works.
    """
    chosen = _choose(tag(source), tag(target), offers(index))
    if chosen is None:
        raise ModelError(f"{index}: lists no package from {tag(source)} to {tag(target)}")
    failures: list[str] = []
    with tempfile.TemporaryDirectory(prefix="dragoman-") as scratch:
        file = Path(scratch) / f"{chosen.source}_{chosen.target}.argosmodel"
        for link in chosen.links:
            try:
                _fetch(link, file, on_progress)
                return add(file, folder)
            except TranslationError as error:
                failures.append(str(error))
    raise ModelError("; ".join(failures) or f"{index}: gives no link to the package")


def _offer(row: Any) -> Offer | None:  # noqa: ANN401 - JSON
    """A row of the list, or nothing where it is of no use here."""
    if not isinstance(row, dict) or row.get("type", "translate") != "translate":
        return None
    codes, links = (row.get("from_code"), row.get("to_code")), row.get("links")
    if not all(isinstance(code, str) and code for code in codes) or not isinstance(links, list):
        return None
    web = tuple(
        link for link in links if isinstance(link, str) and link.startswith(("https:", "http:"))
    )
    return Offer(tag(str(codes[0])), tag(str(codes[1])), str(row.get("package_version", "")), web)


def _choose(source: str, target: str, known: Iterable[Offer]) -> Offer | None:
    def merit(offer: Offer) -> tuple[int, int, list[int]]:
        parts = [int(part) for part in re.findall(r"\d+", offer.version)]
        return likeness(source, offer.source), likeness(target, offer.target), parts

    return max((offer for offer in known if all(merit(offer)[:2])), key=merit, default=None)


def _fetch(link: str, file: Path, on_progress: Callable[[int], None] | None) -> None:
    received = 0
    try:
        with file.open("wb") as out:
            for piece in http.pieces(link, _TIMEOUT, _MAX_BYTES, other_hosts=True):
                out.write(piece)
                received += len(piece)
                if on_progress:
                    on_progress(received)
    except OSError as error:
        raise ModelError(f"{file}: cannot be written: {error}") from error
