"""Work shared among processes: the results come in order, as if it were done by one.

The processes are new ones (*spawned*), which inherit neither locks nor open files. They end with
the process that started them, even if that is killed.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections import deque
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Self, TypeVar

from dragoman.errors import LibraryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future, ProcessPoolExecutor

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")

_AHEAD = 3  # pieces of work a process that wait or are done


class Workers:
    """So many processes, started when they are first needed; one works in this process."""

    def __init__(self, jobs: int = 1) -> None:
        self.jobs = max(jobs, 1)
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def map(self, work: Callable[[_Item], _Made], items: Iterable[_Item]) -> Iterator[_Made]:
        """What `work`, a function of a module, makes of each item, in order.

        Raises what the work raises, and `LibraryError` where a process was killed.
        """
        return self._shared(work, items) if self.jobs > 1 else map(work, items)

    def start(self, work: Callable[..., _Made], *arguments: object) -> Callable[[], _Made]:
        """Have something done meanwhile; what is returned waits for it, and returns what it made.

        One process does it only then. Raises as `map` does.
        """
        if self.jobs == 1:
            return partial(work, *arguments)
        return partial(_result, self._submit(work, *arguments))

    def _shared(self, work: Callable[[_Item], _Made], items: Iterable[_Item]) -> Iterator[_Made]:
        waiting: deque[Future[_Made]] = deque()
        try:
            for item in items:
                waiting.append(self._submit(work, item))
                if len(waiting) > _AHEAD * self.jobs:
                    yield _result(waiting.popleft())
            while waiting:
                yield _result(waiting.popleft())
        finally:
            for future in waiting:
                future.cancel()

    def _submit(self, work: Callable[..., _Made], *arguments: object) -> Future[_Made]:
        # First: what multiprocessing starts for itself lets interrupts in again.
        pool = self._started()
        with _told(), _uninterrupted():
            return pool.submit(work, *arguments)

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Only here: who works alone, or only reads, does without them.
            import multiprocessing  # noqa: PLC0415
            from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

            self._pool = ProcessPoolExecutor(
                self.jobs, multiprocessing.get_context("spawn"), _begin
            )
        return self._pool


def _result(future: Future[_Made]) -> _Made:
    with _told():
        return future.result()


@contextmanager
def _told() -> Iterator[None]:
    from concurrent.futures import BrokenExecutor  # noqa: PLC0415 - as above

    try:
        yield
    except BrokenExecutor as error:
        raise LibraryError(
            "a process that was sharing the work was killed, perhaps for want of memory: "
            "nothing that was stored is lost; try again with fewer jobs"
        ) from error


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """While processes may be started, which inherit it: interrupts wait.

    They are for the process that waits for the others, which says so in one line.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """Make a new process one of ours."""
    # For where they are not inherited.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.freeze()


def _end_with_parent() -> None:
    import multiprocessing  # noqa: PLC0415

    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)
