"""Argos Translate itself, as it is installed: the reference that Dragoman is measured by.

It runs in a process of its own (`argos_child`), because it reads its settings and
makes folders when it is imported, fetches sentence splitters from the network,
goes through other languages without a word, and keeps hundreds of megabytes for
ever. There it is given one package and whole sentences, and is cut off the network.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from threading import Lock, Timer
from typing import TYPE_CHECKING

from dragoman.errors import MissingExtra, TranslationError
from dragoman.translate import Route
from dragoman.translate.argos import fingerprint, installed
from dragoman.translate.packages import listing
from dragoman.translate.tokens import encodable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dragoman.translate import Settings
    from dragoman.translate.packages import Package

# Two builds have the same import name: the original, and that of LibreTranslate.
_DISTRIBUTIONS = ("argostranslate", "argos-translate-lt")
_PER_REQUEST = 64


def available(folder: Path | None, settings: Settings) -> list[Route]:  # noqa: ARG001 - see Protocol
    """The directions of the packages in a folder."""
    packages = listing(folder).used() if folder else ()
    return [Route(package.source, package.target, "argostranslate") for package in packages]


def open_leg(route: Route, folder: Path | None, settings: Settings) -> UpstreamTranslator:
    """Open the newest package for a direction."""
    if find_spec("argostranslate") is None:
        raise MissingExtra("Argos Translate itself", "argostranslate", "argostranslate")
    return UpstreamTranslator(installed(route, folder), settings.timeout)


class UpstreamTranslator:
    """One package, translated by Argos Translate with its own settings, a sentence at a time."""

    def __init__(self, package: Package, timeout: float) -> None:
        self._package = package
        self._timeout = timeout
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._home: tempfile.TemporaryDirectory[str] | None = None

    @property
    def route(self) -> tuple[str, ...]:
        """The two languages of the package."""
        return self._package.source, self._package.target

    @property
    def version(self) -> str:
        """The release of Argos Translate, the package and its fingerprint."""
        package = self._package
        codes = "_".join(package.codes)
        return f"{_release()} {codes} {package.version} {fingerprint(package)}"

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """Translate. Raises TranslationError, after which the next call starts afresh."""
        texts: list[str] = []
        with self._lock:
            for start in range(0, len(sentences), _PER_REQUEST):
                # Argos takes every line for a paragraph of its own.
                part = sentences[start : start + _PER_REQUEST]
                texts += self._ask([" ".join(encodable(each).split()) for each in part])
        return texts

    def close(self) -> None:
        """End the process; it is started again if it is needed again."""
        with self._lock:
            self._end()

    def _ask(self, sentences: Sequence[str]) -> list[str]:
        process = self._process = self._process or self._start()
        if process.stdin is None or process.stdout is None:
            raise TranslationError("Argos Translate: its process has no pipes")
        # Killing it is what ends a read that would wait for ever.
        watchdog = Timer(self._timeout, process.kill)
        watchdog.start()
        try:
            process.stdin.write(json.dumps(sentences).encode() + b"\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline() or "{}")
        except (OSError, ValueError) as error:
            self._end()
            raise TranslationError(f"Argos Translate: {error}") from error
        except BaseException:
            # Interrupted: an answer that comes later must not be taken for another's.
            self._end()
            raise
        finally:
            watchdog.cancel()
        texts = answer.get("texts")
        if not isinstance(texts, list) or len(texts) != len(sentences):
            self._end()
            reason = answer.get("error", f"ended, or gave no answer in {self._timeout:g} s")
            raise TranslationError(f"Argos Translate, {self._package.name}: {reason}")
        return [str(text).strip() for text in texts]

    def _start(self) -> subprocess.Popen[bytes]:
        self._home = tempfile.TemporaryDirectory(prefix="dragoman-argos-")
        home = Path(self._home.name)
        packages = home / "packages"
        packages.mkdir()
        (packages / self._package.name).symlink_to(self._package.path.resolve())
        environment = {
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "ARGOS_PACKAGES_DIR": str(packages),
            "ARGOS_INTRA_THREADS": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "PYTHONIOENCODING": "utf-8",
        }
        return subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-m", "dragoman.translate.argos_child", *self._package.codes],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=home,
        )

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
        if self._home is not None:
            self._home.cleanup()
            self._home = None


def _release() -> str:
    for name in _DISTRIBUTIONS:
        try:
            return f"{name} {version(name)}"
        except PackageNotFoundError:
            continue
    return "argostranslate"
