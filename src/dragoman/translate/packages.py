"""Packages of translation models: the ``.argosmodel`` files of Argos Translate.

One is a zip file of one folder: ``metadata.json``, a CTranslate2 network in
``model/``, and ``sentencepiece.model`` or ``bpe.model``. Installed, it is that
folder, inside a folder of packages which Argos and Dragoman share. Whatever else
it holds (Argos's sentence splitters, pickles among them) is kept and never loaded.
"""

from __future__ import annotations

import glob
import hashlib
import json
import re
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from dragoman.errors import ModelError
from dragoman.translate.archive import Bounds, unpack
from dragoman.translate.tags import tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

METADATA = "metadata.json"
RECEIPT = "dragoman.json"
"""What Dragoman notes down in a package that it added: the SHA-256 of its files."""
MANIFEST = "bundle.json"
"""The file at the root of a bundle that names its packages and the SHA-256 of all files."""
TOKENIZERS = ("sentencepiece.model", "bpe.model")
"""The files of which a package has one, the preferred first."""

_MAX_JSON = 4_000_000
_LOCK_SECONDS = 60
_WORKING = ".dragoman-"
_CODE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,31}")
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,99}")


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package: one direction between two languages."""

    path: Path
    source: str
    """BCP 47 tag, as is `target`."""
    target: str
    codes: tuple[str, str]
    """The two languages in Argos's own codes."""
    version: str
    tokenizer: Path
    prefix: str = ""
    """A token that every translation has to begin with, or nothing."""
    size: int = 0
    """Bytes on disk."""
    checksum: str = ""
    """SHA-256 of the file it was added from; empty where another program installed it."""
    hidden_by: str = ""
    """The name of a package for the same languages that is used instead, being newer."""

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.path.name

    @property
    def model(self) -> Path:
        """The folder of the CTranslate2 network."""
        return self.path / "model"


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in a folder of packages."""

    packages: tuple[Package, ...]
    problems: tuple[str, ...]
    """What lies there and is no package for translation, each with the reason."""

    def used(self) -> tuple[Package, ...]:
        """The packages that no newer one hides."""
        return tuple(package for package in self.packages if not package.hidden_by)


def default_folder(environment: Mapping[str, str], home: Path) -> Path:
    """Where Argos Translate keeps its packages, by its own rules.

    ``ARGOS_PACKAGES_DIR`` if set, else ``argos-translate/packages`` in
    ``XDG_DATA_HOME`` or ``~/.local/share``, on every system.
    """
    if named := environment.get("ARGOS_PACKAGES_DIR"):
        return Path(named)
    if "SNAP" in environment and environment.get("SNAP_USER_DATA"):
        home = Path(environment["SNAP_USER_DATA"])
    data = environment.get("XDG_DATA_HOME")
    return (Path(data) if data else home / ".local" / "share") / "argos-translate" / "packages"


def listing(folder: Path) -> Listing:
    """The packages of a folder, by language; none where the folder is absent.

    Of several for the same two languages the newest is used, and the others say so.
    """
    found: list[Package] = []
    problems: list[str] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith(".") or not path.is_dir():
            continue
        try:
            found.append(read(path))
        except ModelError as error:
            problems.append(str(error))
    found.sort(key=lambda package: (package.source, package.target, *_newest_first(package)))
    first: dict[tuple[str, str], Package] = {}
    for package in found:
        first.setdefault((package.source, package.target), package)
    marked = (
        package if first[package.source, package.target] is package else
        replace(package, hidden_by=first[package.source, package.target].name)
        for package in found
    )  # fmt: skip
    return Listing(tuple(marked), tuple(problems))


def read(path: Path) -> Package:
    """The package in this folder. Raises ModelError where it is none that translates."""
    metadata = _json(path / METADATA)
    kind = metadata.get("type", "translate")
    if kind != "translate":
        raise ModelError(f"{path}: a package of type {kind!r:.40}, which does not translate")
    codes = _text(path, metadata, "from_code", _CODE), _text(path, metadata, "to_code", _CODE)
    if tag(codes[0]) == tag(codes[1]):
        raise ModelError(f"{path}: translates {codes[0]} into itself")
    prefix = metadata.get("target_prefix") or ""
    if not isinstance(prefix, str) or len(prefix) > 64:
        raise ModelError(f"{path}: target_prefix of {METADATA} is no token")
    if not (path / "model" / "model.bin").is_file():
        raise ModelError(f"{path}: has no model/model.bin")
    tokenizer = next((path / name for name in TOKENIZERS if (path / name).is_file()), None)
    if tokenizer is None:
        raise ModelError(f"{path}: has neither {' nor '.join(TOKENIZERS)}")
    receipt = _json(path / RECEIPT) if (path / RECEIPT).is_file() else {}
    return Package(
        path=path,
        source=tag(codes[0]),
        target=tag(codes[1]),
        codes=codes,
        version=_text(path, metadata, "package_version", _VERSION),
        tokenizer=tokenizer,
        prefix=prefix,
        size=sum(file.stat().st_size for file in path.rglob("*") if file.is_file()),
        checksum=str(receipt.get("sha256", "")),
    )


def add(file: Path, folder: Path, bounds: Bounds | None = None) -> tuple[Package, ...]:
    """Install a package file, or all packages of a bundle, into a folder.

    Everything is unpacked beside the folder, checked, and only then renamed into it;
    one of the same name is replaced. Raises ModelError, and leaves the folder as it
    was, where anything in the file is wrong.
    """
    with _working(folder) as scratch:
        digests = unpack(file, scratch / "new", bounds)
        root = scratch / "new"
        if MANIFEST in digests:
            _check_manifest(file, root / MANIFEST, digests)
        elif len({name.partition("/")[0] for name in digests}) != 1:
            raise ModelError(f"{file}: a package is a zip file of one folder")
        paths = [path for path in sorted(root.iterdir()) if path.is_dir()]
        if not paths:
            raise ModelError(f"{file}: holds no package")
        for path in paths:
            if not _NAME.fullmatch(path.name):
                raise ModelError(f"{file}: {path.name!r:.120} is no name for a package")
            _readable(file, path)
        checksum = _sha256(file)
        for path in paths:
            _write_receipt(path, file, checksum, digests)
            _install(path, folder / path.name, scratch)
        return tuple(read(folder / path.name) for path in paths)


def remove(name: str, folder: Path) -> tuple[str, ...]:
    """Remove a package by its name, or all of a pair such as ``de_en`` by their codes.

    Gives the names of those removed; raises ModelError where there is none.
    """
    packages = [
        package for package in listing(folder).packages
        if name in (package.name, "_".join(package.codes))
    ]  # fmt: skip
    if not packages:
        raise ModelError(f"{folder}: no package is named {name}")
    with _working(folder) as scratch:
        for package in packages:
            try:
                # Renamed first, so that no half of a package is ever seen.
                package.path.rename(scratch / package.name)
            except OSError as error:
                raise ModelError(f"{package.path}: cannot be removed: {error}") from error
    return tuple(package.name for package in packages)


def verify(package: Package) -> list[str]:
    """The files that are not as they were when Dragoman added the package.

    Raises ModelError where there is nothing to compare with.
    """
    path = package.path / RECEIPT
    if not path.is_file():
        raise ModelError(f"{package.path}: was not added by Dragoman; its files are not known")
    files = _json(path).get("files")
    if not isinstance(files, dict) or not files:
        raise ModelError(f"{path}: names no files")
    present = {
        file.relative_to(package.path).as_posix(): file
        for file in package.path.rglob("*")
        if file.is_file() and file != path
    }
    return sorted(
        name
        for name in present.keys() | files.keys()
        if name not in present or files.get(name) != _sha256(present[name])
    )


def _newest_first(package: Package) -> tuple[list[int], str]:
    """1.10 is newer than 1.9; names decide between equal versions."""
    return [-int(part) for part in re.findall(r"\d+", package.version)] + [1], package.name


def _json(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_JSON + 1)
        if len(data) > _MAX_JSON:
            raise ModelError(f"{path}: too large")
        value = json.loads(data)
    except FileNotFoundError as error:
        raise ModelError(f"{path.parent}: no package: it has no {path.name}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{path}: cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise ModelError(f"{path}: not a JSON object")
    return value


def _text(path: Path, metadata: Mapping[str, Any], key: str, form: re.Pattern[str]) -> str:
    value = metadata.get(key)
    text = str(value) if isinstance(value, str | int | float) else ""
    if not form.fullmatch(text):
        raise ModelError(f"{path}: {key} of {METADATA} is missing or malformed: {value!r:.60}")
    return text


def _readable(file: Path, path: Path) -> None:
    """Check an unpacked package; the message names the file that it came from."""
    try:
        read(path)
    except ModelError as error:
        told = str(error).replace(str(path), path.name)
        raise ModelError(f"{file}: {told}") from error


def _check_manifest(file: Path, manifest: Path, digests: Mapping[str, str]) -> None:
    files = _json(manifest).get("files")
    present = {name: digest for name, digest in digests.items() if name != MANIFEST}
    if files != present:
        raise ModelError(f"{file}: its files are not those that its {MANIFEST} names")


def _write_receipt(path: Path, file: Path, checksum: str, digests: Mapping[str, str]) -> None:
    files = {
        name.partition("/")[2]: digest
        for name, digest in digests.items()
        if name.startswith(f"{path.name}/") and name != f"{path.name}/{RECEIPT}"
    }
    receipt = {"file": file.name, "sha256": checksum, "files": files}
    (path / RECEIPT).write_text(json.dumps(receipt, indent=1), encoding="utf-8")


def _install(new: Path, place: Path, scratch: Path) -> None:
    try:
        if place.exists() or place.is_symlink():
            place.rename(scratch / place.name)
        new.rename(place)
    except OSError as error:
        raise ModelError(f"{place}: cannot be put in place: {error}") from error


@contextmanager
def _working(folder: Path) -> Iterator[Path]:
    """A folder to work in, on the same disk, while no other process changes the packages.

    It lies beside the folder of packages where that can be written to, since Argos
    takes every folder inside for a package.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"{_WORKING}lock", timeout=_LOCK_SECONDS):
            scratch = _scratch(folder.resolve())
            try:
                (scratch / "new").mkdir()
                yield scratch
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
    except Timeout as error:
        raise ModelError(f"{folder}: another process is changing its packages") from error
    except OSError as error:
        raise ModelError(f"{folder}: cannot be written to: {error}") from error


def _scratch(folder: Path) -> Path:
    """A new folder for work under the lock; those of processes that were killed are removed."""
    prefix = f"{_WORKING}{folder.name}-"
    for place in (folder.parent, folder):
        for dead in place.glob(f"{glob.escape(prefix)}*"):
            shutil.rmtree(dead, ignore_errors=True)
    try:
        return Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
    except PermissionError:
        return Path(tempfile.mkdtemp(prefix=prefix, dir=folder))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
