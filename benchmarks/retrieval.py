r"""How well the analysis lets articles be found in each language, beside two baselines.

    python benchmarks/retrieval.py [--languages fas,heb] [--json] [--data PATH]

On NTREX-128, each language by itself: the query is an article's headline, what is
indexed are the bodies, and the article is to be found: mean reciprocal rank, success
at 1, recall at 10. The contestants are Dragoman's own analysis, query expansion and
ranking, and plain BM25 (k1 1.2, b 0.75, each word of the query once) over the tokens of
Whoosh's StandardAnalyzer and over ``\\w+`` in lower case.
The words of a headline are taken as words: quotation marks and dashes are no operators.
Also counted: articles in which the analysis finds no token, and words that it cuts at a
combining mark; and the megabytes of text that it analyses in a second.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import time
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from whoosh.analysis import StandardAnalyzer

import ntrex
from dragoman.analysis import analyse, fold
from dragoman.analysis.zawgyi import to_unicode
from dragoman.engines import Request
from dragoman.expand import expand
from dragoman.query import any_of
from dragoman.rank import ranking
from dragoman.scoring import K1, B

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Postings = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]

MEASURES = ("mrr", "success@1", "recall@10")


@dataclass(frozen=True, slots=True)
class Collection:
    """What is to be searched in one language, and with what."""

    language: str
    documents: Sequence[str]
    queries: Sequence[str]
    """For each document, what it is to be found by."""


class Snapshot:
    """Documents of one language in memory: implements `scoring.Snapshot` and `Vocabulary`."""

    def __init__(self, language: str, documents: Iterable[Iterable[tuple[int, str]]]) -> None:
        self._held: dict[str, dict[int, list[int]]] = defaultdict(dict)
        lengths = []
        for number, document in enumerate(documents):
            last = -1
            for position, term in document:
                self._held[term].setdefault(number, []).append(position)
                last = max(last, position)
            lengths.append(last + 1)
        count = len(lengths)
        self.keys = np.arange(count)
        self.alive = np.ones(count, bool)
        self.languages = [language]
        self.sources = [""]
        self.language = self.source = self.published = np.zeros(count, np.int64)
        self.length = np.array(lengths, np.float32)

    def postings(self, field: str, terms: Sequence[str]) -> Postings:
        """Where terms occur: index into `terms`, document, frequency."""
        cells = [
            (which, number, len(set(positions)))
            for which, term in enumerate(terms)
            for number, positions in self._held.get(term, {}).items()
            if field == "body"
        ]
        which, record, count = np.array(cells, np.int64).reshape(-1, 3).T
        return which, record, count.astype(np.float32)

    def phrases(self, field: str, phrases: Sequence[tuple[tuple[str, ...], int]]) -> Postings:
        """Where terms stand in a row: index into `phrases`, document, frequency."""
        cells = []
        for which, (terms, gap) in enumerate(phrases):
            lists = [self._held.get(term, {}) for term in terms]
            for number in set(lists[0]).intersection(*lists[1:]) if field == "body" else ():
                starts = [{at - step for at in held[number]} for step, held in enumerate(lists)]
                count = len(starts[0].intersection(*starts[1:]))
                if count and not gap:
                    cells.append((which, number, count))
        which, record, count = np.array(cells, np.int64).reshape(-1, 3).T
        return which, record, count.astype(np.float32)

    def articles(self) -> Mapping[str, int]:
        """How many documents there are."""
        return {self.languages[0]: len(self.keys)}

    def starting(self, prefix: str) -> Iterator[str]:
        """The terms that start with this."""
        return (term for term in sorted(self._held) if term.startswith(prefix))

    def within(self, word: str, distance: int) -> Iterator[str]:
        """No headline asks for misspellings."""
        raise NotImplementedError(word, distance)


def _standard() -> Callable[[str], Iterable[str]]:
    analyzer = StandardAnalyzer()
    return lambda text: [token.text for token in analyzer(text)]


def _plain(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _ours(collection: Collection) -> Iterator[list[int]]:
    documents = (
        (
            (token.position, term)
            for token in analyse(text, collection.language)
            for term in token.terms
        )
        for text in collection.documents
    )
    snapshot = Snapshot(collection.language, documents)
    for text in collection.queries:
        query = any_of(text.split())
        expansions = expand(query.every_concept(), snapshot, ("original",))
        request = Request(query, expansions, limit=len(snapshot.keys))
        yield [int(key) for key in ranking(snapshot, request, fold)[0]]


def _theirs(
    analyzer: Callable[[str], Iterable[str]],
) -> Callable[[Collection], Iterator[list[int]]]:
    def rankings(collection: Collection) -> Iterator[list[int]]:
        snapshot = Snapshot(
            collection.language, (enumerate(analyzer(text)) for text in collection.documents)
        )
        yield from (_bm25(snapshot, analyzer(text)) for text in collection.queries)

    return rankings


CONTESTANTS: dict[str, Callable[[Collection], Iterator[list[int]]]] = {
    "dragoman": _ours,
    "standard": _theirs(_standard()),
    "words": _theirs(_plain),
}


def _bm25(snapshot: Snapshot, terms: Iterable[str]) -> list[int]:
    """The documents with any of these terms, each term once, by BM25 as it is usually written."""
    distinct = list(dict.fromkeys(terms))
    which, record, frequency = snapshot.postings("body", distinct)
    count = len(snapshot.keys)
    with_term = np.bincount(which, minlength=len(distinct))[which]
    idf = np.log1p((count - with_term + 0.5) / (with_term + 0.5))
    saturation = K1 * (1 - B + B * snapshot.length / snapshot.length.mean())
    scores = np.zeros(count)
    np.add.at(scores, record, idf * frequency * (K1 + 1) / (frequency + saturation[record]))
    order = np.argsort(-scores.round(5), kind="stable")
    return [int(key) for key in order if scores[key]]


def measure(rankings: Iterable[list[int]]) -> dict[str, float]:
    """The means over the queries of a collection; each wants the document of its number."""
    places = [
        ranking.index(number) + 1 if number in ranking else math.inf
        for number, ranking in enumerate(rankings)
    ]
    rows = [(1 / place, place == 1, place <= 10) for place in places]
    return dict(zip(MEASURES, np.mean(rows, axis=0).tolist(), strict=True))


def headlines(path: Path) -> Iterator[tuple[str, Collection]]:
    """Each language of NTREX with its name there: bodies, and the headline of each."""
    by_code: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for article in ntrex.load(path):
        by_code[article["lang"]].append(article)
    for code, articles in sorted(by_code.items()):
        bodies, titles = ([each[field] for each in articles] for field in ("body", "title"))
        yield code, Collection(ntrex.TAGS[code], bodies, titles)


def check(collections: Iterable[Collection]) -> dict[str, float]:
    """What the analysis misses or cuts, and how fast it is."""
    articles = empty = cut = size = 0
    elapsed = 0.0
    for collection in collections:
        for text in collection.documents:
            started = time.perf_counter()
            tokens = analyse(text, collection.language)
            elapsed += time.perf_counter() - started
            articles += 1
            size += len(text.encode())
            empty += not tokens
            # In Zawgyi a sign stands before its letter: what is cut is seen in Unicode.
            read = to_unicode(text)
            tokens = tokens if read == text else analyse(read, collection.language)
            cut += sum(_is_mark(read[token.end : token.end + 1]) for token in tokens)
            cut += sum(_is_mark(read[token.start]) for token in tokens)
    return {
        "articles": articles,
        "without a token": empty,
        "words cut at a mark": cut,
        "MB/s": size / elapsed / 1e6,
    }


def _is_mark(character: str) -> bool:
    return bool(character) and unicodedata.category(character)[0] == "M"


def groups(codes: Iterable[str]) -> dict[str, list[str]]:
    """The script groups that these languages fall into, and all of them."""
    present = list(codes)
    found = {
        name: [code for code in members if code in present]
        for name, members in ntrex.GROUPS.items()
    }
    return {name: members for name, members in found.items() if members} | {"mean": present}


def show(figures: dict[str, dict[str, dict[str, float]]]) -> None:
    """Print a table: languages, groups, and where a baseline is better."""
    head = "".join(f"{name:>26}" for name in CONTESTANTS)
    print(f"{'':44}{head}\n{'':44}{'mrr     s@1    r@10'.rjust(26) * len(CONTESTANTS)}")
    for code, by_name in figures.items():
        print(_row(code, by_name))
    print()
    for name, members in groups(figures).items():
        print(_row(name, mean(figures[code] for code in members)))
    print("\nMRR above the better baseline, the least ten:")
    for ahead, code in sorted((_ahead(by_name), code) for code, by_name in figures.items())[:10]:
        print(f"{code:12}{100 * ahead:>+7.1f}")


def mean(rows: Iterable[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """The mean of every measure of every contestant."""
    held = list(rows)
    return {
        name: {m: float(np.mean([row[name][m] for row in held])) for m in MEASURES}
        for name in CONTESTANTS
    }


def _row(label: str, by_name: dict[str, dict[str, float]]) -> str:
    cells = ("".join(f"{100 * row[m]:>8.1f}" for m in MEASURES) for row in by_name.values())
    return f"{label:44}" + "".join(cell.rjust(26) for cell in cells)


def _ahead(by_name: dict[str, dict[str, float]]) -> float:
    return by_name["dragoman"]["mrr"] - max(by_name[name]["mrr"] for name in ("standard", "words"))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--languages", default="", help="NTREX codes, with commas")
    parser.add_argument("--json", action="store_true", help="NDJSON instead of a table")
    parser.add_argument("--data", type=Path, default=ntrex.DEFAULT, help="ntrex-*.jsonl.gz")
    options = parser.parse_args()
    wanted = set(filter(None, options.languages.split(",")))
    collections = {
        code: collection
        for code, collection in headlines(options.data)
        if not wanted or code in wanted
    }
    figures = {
        code: {name: measure(rankings(collection)) for name, rankings in CONTESTANTS.items()}
        for code, collection in collections.items()
    }
    checks = check(collections.values())
    if not options.json:
        show(figures)
        print("\n" + ", ".join(f"{name}: {value:.5g}" for name, value in checks.items()))
        return
    for code, by_name in figures.items():
        print(json.dumps({"language": code, **by_name}))
    for name, members in groups(figures).items():
        print(json.dumps({"group": name, **mean(figures[code] for code in members)}))
    print(json.dumps(checks))


if __name__ == "__main__":
    main()
