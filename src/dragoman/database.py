"""The SQLite file of the store: how it is opened, and what its failures mean.

Where nobody may write, or the disk is full, SQLite cannot make the files that the readers of a
write-ahead log share. The store is then read as a file that does not change, which is right as
long as there is no log.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
import uuid
from typing import TYPE_CHECKING, TypeVar

from dragoman import schema, seals, wal
from dragoman.errors import LibraryDamaged, LibraryError, LibraryReadOnly

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_T = TypeVar("_T")

KEPT_LOG = "library.db-wal.damaged"
LOST = (
    "library.db-wal: damaged, and what a process that was killed had stored last is lost; "
    f"add it again, then delete {KEPT_LOG}"
)
"""What is said of a damaged log."""

RESTORE = "restore it from a backup"
"""What is to be done about a damaged store."""

# What SQLite says where the file is sound and the machine does not let it work.
_OUTSIDE = ("readonly", "unable to open", "disk I/O error", "is full")


class Database:
    """One file, with a connection for each thread."""

    def __init__(self, path: Path) -> None:
        """Open the file, making it where there is none.

        Raises `LibraryDamaged`, and `LibraryReadOnly` where it cannot even be read.
        """
        # The connections of later threads are to the same file, wherever the process works then.
        self._path = path = path.absolute()
        self._log = path.with_name(path.name + "-wal")
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._is_still = False  # nobody writes, and it is read without a log
        self.damage = ""
        """What was lost when this opened the file, in words."""
        try:
            self.run(self._prepare)
        except LibraryReadOnly:
            self.close()
            if not path.exists():
                raise
            self._is_still = True
            self.run(self._see_version)

    def run(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """What some reading makes of this thread's connection.

        Raises `LibraryDamaged` and `LibraryReadOnly`.
        """
        try:
            return work(self._connection())
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            # The latter where SQLite quotes a damaged name in its message.
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise
            if _is_interrupt(error):
                raise KeyboardInterrupt from error
            if _is_outside(error):
                raise LibraryReadOnly(
                    f"{self._path}: cannot be used ({error}); see that there is room on the disk, "
                    "and that you may write there"
                ) from error
            raise LibraryDamaged(
                f"{self._path}: the store cannot be used ({_brief(error)}); {RESTORE}"
            ) from error

    def transaction(self) -> Transaction:
        """A transaction that holds the write lock; its connection is this thread's.

        Raises `LibraryReadOnly`.
        """
        if self._is_still:
            raise LibraryReadOnly(f"{self._path}: may not be written to, or the disk is full")
        connection = self._connection()
        if not getattr(self._local, "seals", False):
            seals.keep(connection)
            self._local.seals = True
        return Transaction(connection)

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._guard:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
        self._local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        if self._is_still:
            self._see_no_log()
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            where = self._path.as_uri()
            connection = sqlite3.connect(
                f"{where}?mode=ro&immutable=1" if self._is_still else where,
                timeout=30, isolation_level=None, check_same_thread=False, uri=True,
            )  # fmt: skip
            connection.row_factory = sqlite3.Row
            # A sent file must not run functions of its own through views or triggers.
            connection.execute("PRAGMA trusted_schema = OFF")
            # What is deleted is overwritten, also where SQLite was not built to do so.
            connection.execute("PRAGMA secure_delete = ON")
            seals.prepare(connection)
            self._local.connection = connection
            with self._guard:
                self._connections.append(connection)
        return connection

    def _see_no_log(self) -> None:
        try:
            has_log = self._log.stat().st_size > 0
        except FileNotFoundError:
            has_log = False
        if has_log:
            raise LibraryReadOnly(
                f"{self._log}: what was written last cannot be read where nothing may be written; "
                "wait for the process that writes, or open the library once where you may write"
            )

    def _see_version(self, connection: sqlite3.Connection) -> int:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > schema.VERSION:
            raise LibraryDamaged(
                f"{self._path}: written by a newer version of Dragoman; upgrade to open it"
            )
        if version < schema.VERSION and self._is_still:
            what = "of an older version" if version else "no library yet, or an emptied one"
            raise LibraryReadOnly(f"{self._path}: {what}; open it once where you may write")
        return version

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if wal.is_damaged(self._path):
            self.damage = LOST
            self._keep_log()
        version = self._see_version(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        if version < schema.VERSION:
            self._migrate(connection)

    def _keep_log(self) -> None:
        """Copy a damaged log, which SQLite will do away with, beside the store."""
        kept = self._path.with_name(KEPT_LOG)
        try:
            if not kept.exists():
                shutil.copyfile(self._log, kept)
        except OSError:
            # What is lost is told now all the same, if not again.
            kept.unlink(missing_ok=True)

    def _migrate(self, connection: sqlite3.Connection) -> None:
        """Bring the tables of an older version, or of none, to this one."""
        with Transaction(connection):
            # Another process may have been first while this one waited for the lock.
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            try:
                for step in schema.STEPS[version:]:
                    for statement in step:
                        connection.execute(statement)
            except sqlite3.OperationalError as error:
                if "already exists" not in str(error):
                    raise
                raise LibraryDamaged(
                    f"{self._path}: its version is not that of its tables ({error}); {RESTORE}"
                ) from error
            seals.keep(connection)
            if version == 0:
                connection.execute("INSERT INTO meta VALUES ('library', ?)", (str(uuid.uuid4()),))
            connection.execute(f"PRAGMA user_version = {max(version, schema.VERSION)}")


class Transaction:
    """An immediate transaction: it takes SQLite's write lock at once, or waits for it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if _is_outside(error):
                raise LibraryReadOnly(f"the store cannot be written: {error}") from error
            raise
        return self._connection

    def __exit__(
        self, raised: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        if raised is None:
            try:
                self._connection.execute("COMMIT")
            except sqlite3.Error as failure:
                error = failure
            else:
                return
        # A full disk has rolled back already.
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error):
            if _is_interrupt(error):
                raise KeyboardInterrupt from error
            kind = LibraryReadOnly if _is_outside(error) else LibraryError
            raise kind(f"the store could not be written: {error}") from error


def _is_outside(error: Exception) -> bool:
    return any(reason in str(error) for reason in _OUTSIDE)


def _is_interrupt(error: Exception) -> bool:
    """Whether this is what SQLite makes of an interrupt that comes while a seal is made.

    Seals do not fail by themselves, but for want of memory, which is told in other words.
    """
    return "user-defined function raised" in str(error)


def _brief(error: Exception) -> str:
    """What SQLite says, without the text of an article that it may quote."""
    return str(error).partition(" with text ")[0]
