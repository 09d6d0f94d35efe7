"""The right to write to a library: one thread of one process at a time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from dragoman.errors import LibraryLocked

if TYPE_CHECKING:
    from pathlib import Path


class WriteLock:
    """The lock of a library's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes = FileLock(folder / "write.lock", thread_local=False)
        # The file lock is held by the process; this one tells its threads apart.
        self._threads = threading.Lock()

    def held(self, timeout: float | None) -> Writing:
        """The right to write, waited for so many seconds, or (None) as long as it takes."""
        return Writing(self._folder, self._threads, self._processes, timeout)


class Writing:
    """The right to write, waited for within bounds; entering raises `LibraryLocked`."""

    def __init__(
        self, folder: Path, threads: threading.Lock, processes: FileLock, timeout: float | None
    ) -> None:
        self._folder = folder
        self._threads = threads
        self._processes = processes
        self._timeout = -1 if timeout is None else timeout

    def __enter__(self) -> None:
        if not self._threads.acquire(timeout=self._timeout):
            raise LibraryLocked(self._message())
        try:
            self._processes.acquire(timeout=self._timeout)
        except Timeout as error:
            self._threads.release()
            raise LibraryLocked(self._message()) from error

    def __exit__(self, *_: object) -> None:
        self._processes.release()
        self._threads.release()

    def _message(self) -> str:
        return (
            f"{self._folder}: another process is writing to this library; try again when it is done"
        )
