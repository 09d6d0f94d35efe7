"""Every error Dragoman raises on purpose, in one hierarchy.

::

    DragomanError
    ├── LibraryError          the library on disk cannot be used
    │   ├── LibraryLocked     another process is writing; try again later
    │   ├── LibraryReadOnly   it may not be written to, or the disk is full
    │   └── LibraryDamaged    the store or the index cannot be read, or a newer version wrote it
    ├── SourceError           an input as a whole cannot be read
    ├── ArticleNotFound       no article has this id
    ├── InvalidValue          an argument has a value that cannot be understood
    ├── MissingExtra          an optional dependency is not installed
    ├── LexiconError          a dictionary file cannot be used
    └── TranslationError      no way between two languages is there, or a translator fails
        └── ModelError        a package of translation models cannot be added, read or removed

A bad *record* in a good input is not an error: it is a
[`Problem`][dragoman.model.Problem], counted and reported.
"""

from __future__ import annotations


class DragomanError(Exception):
    """The base of all errors that Dragoman raises on purpose."""


class LibraryError(DragomanError):
    """The library on disk cannot be used as asked."""


class LibraryLocked(LibraryError):
    """Another process holds the write lock and did not let go in time."""


class LibraryReadOnly(LibraryError):
    """The library may not be written to, or there is no room on the disk; it may be searched."""


class LibraryDamaged(LibraryError):
    """The store cannot be read, or was written by a newer version of Dragoman."""


class SourceError(DragomanError):
    """An input as a whole cannot be read: it is absent, forbidden or of no known format."""


class ArticleNotFound(DragomanError):
    """No article of the library has the id that was asked for."""


class InvalidValue(DragomanError, ValueError):
    """An argument has a value that cannot be understood, such as an impossible date."""


class MissingExtra(DragomanError, ImportError):
    """A feature needs an optional dependency that is not installed."""

    def __init__(self, feature: str, extra: str, missing: str = "") -> None:
        absent = f" ({missing} is not installed)" if missing else ""
        super().__init__(
            f"{feature} needs an optional part: pip install 'dragoman[{extra}]'{absent}"
        )
        self.feature = feature
        self.extra = extra


class LexiconError(DragomanError):
    """A dictionary file cannot be used."""


class TranslationError(DragomanError):
    """No way between two languages is there, or a translator fails."""


class ModelError(TranslationError):
    """A package of translation models cannot be added, read or removed."""
