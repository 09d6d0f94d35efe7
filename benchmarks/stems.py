"""Whether the further forms of a language help, for tuning: NTREX must not be used for that.

    python benchmarks/stems.py [--languages pes_Arab,heb_Hebr] [--json] [--data PATH]

On FLORES-200, each language by itself: the query is a sentence, and what is to be
found are its neighbours, which mostly come from the same page, among all other
sentences: mean reciprocal rank with surface forms only, with the further forms of
`dragoman.analysis.stem` at the weight that the query expansion gives them, and with
the first five and six letters of each word as a plain rival that needs no knowledge.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import ntrex
from dragoman.analysis import analyse, fold
from dragoman.analysis.stem import forms, recipe
from dragoman.languages import LANGUAGES
from dragoman.scoring import K1, B

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

FLORES = ntrex.DEFAULT.with_name("flores-train.jsonl.gz")
WEIGHT = 0.5
_NEAR = 2  # sentences this far apart mostly come from one page


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of one language, as counts of their words."""

    code: str
    words: tuple[str, ...]
    """As written, each different spelling once."""
    counts: Matrix
    """Sentence × word."""
    near: NDArray[np.bool_]
    """Sentence × sentence: which are neighbours."""


def load(path: Path = FLORES, only: Iterable[str] = ()) -> Iterator[Sentences]:
    """Every language of FLORES, or only some."""
    wanted = set(only)
    texts: dict[str, list[tuple[int, str]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            if not wanted or line["lang"] in wanted:
                texts[line["lang"]].append((line["sentence"], line["text"]))
    for code, each in sorted(texts.items()):
        numbers = np.array([number for number, _ in each])
        apart = np.abs(numbers[:, None] - numbers[None, :])
        column: dict[str, int] = {}
        cells = [
            (row, column.setdefault(text[token.start : token.end], len(column)))
            for row, (_, text) in enumerate(each)
            for token in analyse(text)
        ]
        counts = np.zeros((len(each), len(column)), np.float32)
        np.add.at(counts, tuple(np.array(cells).T), 1)
        yield Sentences(code, tuple(column), counts, (apart > 0) & (apart <= _NEAR))


def score(
    data: Sentences, *forms_of: Callable[[str], Iterable[str]], weight: float = WEIGHT
) -> float:
    """The mean reciprocal rank with these further forms of a word as written, at this weight."""
    surface = [analyse(word)[0].terms[:1] for word in data.words]
    frequency, degree = _occurrences(data, surface, 1.0)
    for function in forms_of:
        tf, held = _occurrences(data, [tuple(function(word)) for word in data.words], weight)
        frequency += tf
        degree = np.maximum(degree, held)
    count = len(data.counts)
    df = degree.sum(axis=0)
    length = data.counts.sum(axis=1)
    saturation = K1 * (1 - B + B * length / length.mean())
    idf = np.log1p((count - df + 0.5) / (df + 0.5))
    scores = idf * frequency * (K1 + 1)
    scores /= frequency + saturation[:, None]
    # A word counts once for each way it is written in the query, as in the query expansion.
    against = (data.counts > 0).astype(np.float32) @ scores.T
    np.fill_diagonal(against, -1)
    return _reciprocal_rank(against, data.near)


def _occurrences(
    data: Sentences, terms: list[tuple[str, ...]], weight: float
) -> tuple[Matrix, Matrix]:
    """Sentence × word: how often a sentence has a term of the word, and whether it does."""
    column: dict[str, int] = {}
    pairs = [
        (word, column.setdefault(term, len(column)))
        for word, each in enumerate(terms)
        for term in each
    ]
    of_term = np.zeros((len(data.counts), len(column) + 1), np.float32)
    for word, term in pairs:
        of_term[:, term] += data.counts[:, word]
    frequency = np.zeros_like(data.counts)
    for word, term in pairs:
        frequency[:, word] += of_term[:, term]
    return frequency * weight, (frequency > 0) * np.float32(weight)


def _reciprocal_rank(scores: Matrix, near: NDArray[np.bool_]) -> float:
    asked = near.any(axis=1)
    best = np.where(near, scores, -1).max(axis=1, keepdims=True)
    # Of equal scores the middle place is taken, so that the order in the file has no say.
    rank = 1 + (scores > best).sum(axis=1) + (((scores == best) & ~near).sum(axis=1) / 2)
    return float((1 / rank)[asked].mean())


def first(letters: int) -> Callable[[str], Iterable[str]]:
    """The first letters of a word that has more."""
    return lambda word: (analyse(word)[0].terms[0][:letters],)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--languages", default="", help="FLORES codes, with commas")
    parser.add_argument("--json", action="store_true", help="NDJSON instead of a table")
    parser.add_argument("--data", type=Path, default=FLORES)
    options = parser.parse_args()
    tags = {code: row.tag for row in LANGUAGES.values() for code in row.flores}
    for data in load(options.data, filter(None, options.languages.split(","))):
        methods = recipe(tags.get(data.code, "und"))
        row = {
            "surface": score(data),
            "ours": score(data, lambda word, methods=methods: forms(word, fold(word), methods)),
            "first 5": score(data, first(5)),
            "first 6": score(data, first(6)),
        }
        if options.json:
            print(json.dumps({"language": data.code, "methods": methods, **row}))
        else:
            cells = "".join(f"{name:>10} {100 * value:5.1f}" for name, value in row.items())
            print(f"{data.code:10}{cells}  {' '.join(methods)}")


if __name__ == "__main__":
    main()
