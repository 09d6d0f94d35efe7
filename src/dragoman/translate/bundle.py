"""Bundles: the packages of one machine as one file, for another without a network."""

from __future__ import annotations

import hashlib
import json
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING

from dragoman.errors import ModelError
from dragoman.translate.packages import MANIFEST, RECEIPT, Package, listing

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same packages make the same bytes


def bundle(out: Path, folder: Path, names: Collection[str] = ()) -> tuple[Package, ...]:
    """Write the packages in use, or those of these names, into one file.

    [`add`][dragoman.translate.packages.add] takes it as it takes a package file.
    Raises ModelError where there is none, or where the file cannot be written.
    """
    known = listing(folder)
    chosen = tuple(
        package
        for package in (known.packages if names else known.used())
        if not names or package.name in names or "_".join(package.codes) in names
    )
    if not chosen:
        asked = f" named {', '.join(names)}" if names else ""
        raise ModelError(f"{folder}: holds no package{asked}")
    partial = out.with_name(f"{out.name}.partial")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _write(partial, chosen)
        partial.replace(out)
    except OSError as error:
        raise ModelError(f"{out}: cannot be written: {error}") from error
    finally:
        with suppress(OSError):  # where nothing can be written, nothing is there
            partial.unlink()
    return chosen


def _write(path: Path, packages: Collection[Package]) -> None:
    """Weights hardly shrink, so nothing is compressed."""
    digests: dict[str, str] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for package in packages:
            for file in sorted(package.path.rglob("*")):
                if not file.is_file() or file.name == RECEIPT:
                    continue
                name = f"{package.name}/{file.relative_to(package.path).as_posix()}"
                digests[name] = _copy(archive, file, name)
        manifest = {"packages": [package.name for package in packages], "files": digests}
        archive.writestr(zipfile.ZipInfo(MANIFEST, _EPOCH), json.dumps(manifest, indent=1))


def _copy(archive: zipfile.ZipFile, file: Path, name: str) -> str:
    """Add one file under a name; its SHA-256."""
    digest = hashlib.sha256()
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.file_size = file.stat().st_size
    with file.open("rb") as source, archive.open(entry, "w") as target:
        while piece := source.read(1 << 20):
            digest.update(piece)
            target.write(piece)
    return digest.hexdigest()
