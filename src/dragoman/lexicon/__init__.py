"""Query-side translation tables: what a word of a query is called in other languages."""

from __future__ import annotations

from dragoman.lexicon.folder import Added, Lexicons, add, listing, open_lexicon, remove, shipped
from dragoman.lexicon.lookup import Lexicon, Translation
from dragoman.lexicon.pieces import Piece
from dragoman.lexicon.table import Entry, Header

__all__ = [
    "Added",
    "Entry",
    "Header",
    "Lexicon",
    "Lexicons",
    "Piece",
    "Translation",
    "add",
    "listing",
    "open_lexicon",
    "remove",
    "shipped",
]
