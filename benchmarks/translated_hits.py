"""Whether a translated hit shows the sentence that it was found by, and the right original.

    python benchmarks/translated_hits.py [--hits N] [--library FOLDER] [--json] [--data PATH]

On NTREX-128, whose variants are aligned line by line: the bodies are translated into English
by an oracle that knows the reference (oracle.py). A query is some words of an English line;
its story is looked for, by translations alone, in one other variant at a time. A hit is right
where the original that it shows is the line beside the one that the query was taken from, or
beside another one with as many of its words.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import ntrex
import oracle
from crosslingual import build
from dragoman.analysis import analyse
from dragoman.languages import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dragoman import Hit, Library

_WORDS = (2, 3, 4)
_LEAST_LETTERS = 4


class Trial(NamedTuple):
    """A query, and the article that it is to find."""

    query: str
    code: str
    story: str
    line: int
    """That of the body from which the query was taken."""


def trials(articles: Sequence[dict[str, Any]], count: int) -> Iterator[Trial]:
    """As many trials, always the same ones, every variant in its turn."""
    chance = random.Random(7)  # noqa: S311
    english = {
        each["story"]: each["body"].split("\n") for each in articles if each["lang"] == "eng"
    }
    codes = sorted({each["lang"] for each in articles if canonical(each["lang"]) != "en"})
    for number in range(count):
        story = chance.choice(sorted(english))
        line = chance.randrange(len(english[story]))
        words = [word for word in english[story][line].split() if word.isalpha()]
        words = [word for word in dict.fromkeys(words) if len(word) >= _LEAST_LETTERS]
        start = chance.randrange(max(1, len(words) - max(_WORDS) + 1))
        query = " ".join(words[start : start + chance.choice(_WORDS)])
        if query:
            yield Trial(query, codes[number % len(codes)], story, line)


def verdict(hit: Hit | None, trial: Trial, article: dict[str, Any], english: str) -> str:
    """What is to be said of a hit."""
    if hit is None:
        return "not found"
    if hit.original is None:
        return "original shown"
    field, start = hit.original.field, hit.original.start
    shown = article[field].count("\n", 0, start)
    if article[field][start : start + len(hit.original.text)] != hit.original.text:
        return "text not in the article"
    lines = english.split("\n")
    asked = _terms(trial.query)
    as_good = shown == trial.line or (
        len(asked & _terms(lines[shown])) >= len(asked & _terms(lines[trial.line]))
    )
    return "right" if as_good else "wrong sentence"


def _terms(text: str) -> set[str]:
    return {term for token in analyse(text, "en") for term in token.terms}


def measure(library: Library, articles: Sequence[dict[str, Any]], count: int) -> Counter[str]:
    """Verdict → the number of trials."""
    by_id = {each["id"]: each for each in articles}
    verdicts: Counter[str] = Counter()
    for trial in trials(articles, count):
        id_ = f"{trial.story}/{trial.code}"
        results = library.search(
            trial.query, languages=[trial.code], limit=1000, via=["translation"]
        )
        hit = next((each for each in results.hits if each.id == id_), None)
        english = by_id[f"{trial.story}/eng"]["body"]
        verdicts[verdict(hit, trial, by_id[id_], english)] += 1
    return verdicts


def main() -> None:
    """Build, translate, search, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--hits", type=int, default=500)
    parser.add_argument("--stories", type=int, help="only so many stories, for a quick look")
    parser.add_argument("--library", type=Path, help="keep the library here for the next run")
    parser.add_argument("--data", type=Path, default=ntrex.DEFAULT)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    articles = ntrex.some(ntrex.load(arguments.data), arguments.stories)
    with (
        tempfile.TemporaryDirectory() as temporary,
        build(arguments.library or Path(temporary), articles) as library,
    ):
        library.translate(translator=oracle.opener("oracle", articles), again=True)
        verdicts = measure(library, articles, arguments.hits)
    found = verdicts.total() - verdicts["not found"]
    figures = {"trials": verdicts.total(), **verdicts, "right of found": verdicts["right"] / found}
    if arguments.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:24} {value:.4g}")


if __name__ == "__main__":
    main()
