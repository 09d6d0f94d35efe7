"""The right to write to a folder: one thread of one process at a time."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dragoman.errors import LibraryLocked, LibraryReadOnly

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path


class WriteLock:
    """The lock of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # The file lock is held by the process; this one tells its threads apart.
        self._threads = threading.Lock()

    @contextmanager
    def held(self, timeout: float | None) -> Iterator[None]:
        """The right to write, waited for so many seconds, or (None) as long as it takes.

        Raises `LibraryLocked` when they are over, and `LibraryReadOnly`.
        """
        seconds = -1 if timeout is None else timeout
        if not self._threads.acquire(timeout=seconds):
            raise self._locked()
        try:
            with self._processes(seconds):
                yield
        finally:
            self._threads.release()

    def _processes(self, seconds: float) -> AbstractContextManager[object]:
        # Only here: who only reads does without it.
        from filelock import FileLock, Timeout  # noqa: PLC0415

        try:
            return FileLock(self._folder / "write.lock", seconds, thread_local=False).acquire()
        except Timeout as error:
            raise self._locked() from error
        except OSError as error:
            raise LibraryReadOnly(
                f"{self._folder}: cannot be written to ({error.strerror})"
            ) from error

    def _locked(self) -> LibraryLocked:
        return LibraryLocked(
            f"{self._folder}: another process is writing to this library; try again when it is done"
        )
