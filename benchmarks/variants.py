"""Whether Arabic-script spellings of a word find the same articles, whatever the tags say.

    python benchmarks/variants.py [--words 2000] [--json] [--data PATH]

Words are taken from the Arabic-script sentences of FLORES-200. Rules make of each
the other spellings in which people write it: another language's keyboard, marks
left out or put in, stretched letters, presentation forms. A library holds an
article for each word as written and one for each spelling, under tags that are
right, wrong and unknown in turn; every pair of spellings must find identical sets.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import dragoman
import ntrex

if TYPE_CHECKING:
    from collections.abc import Iterator

FLORES = ntrex.DEFAULT.with_name("flores-train.jsonl.gz")
_TAGS = ("ar", "fa", "ckb", "ur", "ps", "ug", "en", "und")
_LETTER = r"(?<=[\u0621-\u064a\u066e-\u06d3])"

RULES: dict[str, tuple[str, str]] = {
    "kaf, Persian": ("ك", "ک"),
    "kaf, Arabic": ("ک", "ك"),
    "yeh, Persian": ("ي", "ی"),
    "yeh, Arabic": ("ی", "ي"),
    "yeh, dotless": ("[يی]$", "ى"),
    "teh marbuta as heh": ("ة$", "ه"),
    "teh marbuta as ae": ("ة$", "ە"),
    "heh, Sorani": ("ه$", "ە"),
    "heh, Urdu": ("ه", "ہ"),
    "ae as heh": ("ە", "ه"),
    "hamza left out": ("[أإآ]", "ا"),
    "hamza put in": ("^ا", "أ"),
    "alef wasla": ("^ا", "ٱ"),
    "harakat": (r"(?<=[بتدرسكلمن])(?=[\u0621-\u064a])", "\u064e"),
    "shadda": (r"(?<=[بتدرسكلمن])(?=[\u0621-\u064a])", "\u0651"),
    "sukun at the end": (f"{_LETTER}$", "\u0652"),
    "tatweel": (r"(?<=[بتسكلمنيیک])(?=[\u0621-\u064a])", "\u0640"),
    "non-joiner at the end": (f"{_LETTER}$", "\u200c"),
    "left-to-right mark": (f"{_LETTER}$", "\u200e"),
    "lam-alef ligature": ("لا", "\ufefb"),
    "presentation form of meem": ("م", "\ufee3"),
    "presentation form of seen": ("س", "\ufeb3"),
}
"""Name → what is replaced, and by what."""


def spellings(word: str) -> Iterator[tuple[str, str]]:
    """The other spellings of a word, each with the name of the rule that makes it."""
    for name, (pattern, replacement) in RULES.items():
        other = re.sub(pattern, replacement, word)
        if other != word:
            yield name, other


def words(path: Path, count: int) -> list[str]:
    """Different words of the Arabic-script languages in turn, at least four letters long."""
    by_language: dict[str, dict[str, None]] = defaultdict(dict)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            if line["lang"].endswith("_Arab"):
                found = re.findall(r"[\u0621-\u064a\u0671-\u06d5]{4,}", line["text"])
                by_language[line["lang"]].update(dict.fromkeys(found))
    each = max(1, count // len(by_language))
    chosen = (word for held in by_language.values() for word in list(held)[:: len(held) // each])
    return list(dict.fromkeys(chosen))[:count]


def pairs(path: Path, count: int) -> list[tuple[str, str, str]]:
    """Rule, word and other spelling."""
    return [(rule, word, other) for word in words(path, count) for rule, other in spellings(word)]


def run(wanted: list[tuple[str, str, str]], folder: str) -> dict[str, Counter[str]]:
    """By rule: how many pairs there are, find the same and find both articles."""
    texts = list(dict.fromkeys(text for _, *both in wanted for text in both))
    number = {text: str(place) for place, text in enumerate(texts)}
    articles = (
        dragoman.Article(id=number[text], body=text, language=_TAGS[place % len(_TAGS)])
        for place, text in enumerate(texts)
    )
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    with dragoman.open_library(folder) as library:
        library.add(articles)

        def found(text: str) -> frozenset[str]:
            hits = library.search(text, limit=len(texts), via=("original",)).hits
            return frozenset(hit.id for hit in hits)

        sets = {text: found(text) for text in texts}
    for rule, word, other in wanted:
        counts[rule]["pairs"] += 1
        counts[rule]["identical"] += sets[word] == sets[other]
        counts[rule]["both found"] += {number[word], number[other]} <= sets[word] & sets[other]
    return counts


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--words", type=int, default=2000)
    parser.add_argument("--json", action="store_true", help="NDJSON instead of a table")
    parser.add_argument("--data", type=Path, default=FLORES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = run(pairs(options.data, options.words), folder)
    total: Counter[str] = sum(counts.values(), Counter())
    for rule, row in (*sorted(counts.items()), ("all", total)):
        if options.json:
            print(json.dumps({"rule": rule, **row}))
        else:
            print(f"{rule:28}" + "".join(f"{name:>14} {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()
