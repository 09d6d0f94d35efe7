"""Whether `--collapse` joins the copies of an article, and nothing else.

    python benchmarks/copies.py [--languages eng,zho-CN,...] [--json] [--data PATH]

On NTREX-128, in eight languages of seven scripts. Copies are made as papers make them of an
agency's text: another headline and agency line, the end cut off, paragraphs left out, words
changed. Not copies are: an update that keeps half of the text, the same story written anew
(by another translator, in the same or the closest language), and other stories in the same
language. The share of pairs joined is shown, spaced and unspaced scripts apart.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ntrex
from dragoman.collapse import Groups, Shingles, shingles
from dragoman.model import Article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Change = Callable[[Article, Article, random.Random], Article]

LANGUAGES = ("eng", "arb", "ckb-Arab", "rus", "hin", "zho-CN", "jpn", "tha")
RETOLD = (
    ("fra", "fra-CA"), ("por", "por-BR"), ("spa", "spa-MX"), ("bos", "hrv"), ("nob", "dan"),
    ("fas", "prs"), ("zho-CN", "zho-TW"), ("zho-TW", "yue"),
)  # fmt: skip


def _headed(article: Article, other: Article, _: random.Random) -> Article:
    """Another headline, another agency line."""
    return replace(article, title=other.title, body=f"BASRA, 3 (ANB) — {article.body}")


def _cut(article: Article, share: float) -> Article:
    """Only the beginning, to the end of a paragraph."""
    paragraphs = article.body.split("\n")
    kept = paragraphs[: max(1, round(share * len(paragraphs)))]
    return replace(article, body="\n".join(kept))


def _thinned(article: Article, other: Article, rng: random.Random) -> Article:
    """Another headline, and every third paragraph left out."""
    left_out = rng.randrange(3)
    paragraphs = article.body.split("\n")
    kept = [text for number, text in enumerate(paragraphs) if number % 3 != left_out]
    return replace(article, title=other.title, body="\n".join(kept))


def _edited(article: Article, other: Article, rng: random.Random, share: float) -> Article:
    """Such a share of the words, or of the characters of unspaced scripts, from another text."""
    spaced = article.body.count(" ") > len(article.body) / 20
    mine, theirs = ((text.split(" ") if spaced else list(text)) for text in _bodies(article, other))
    changed = [rng.choice(theirs) if rng.random() < share else unit for unit in mine]
    return replace(article, title=other.title, body=(" " if spaced else "").join(changed))


def _bodies(*articles: Article) -> list[str]:
    return [article.body for article in articles]


def _updated(article: Article, other: Article, _: random.Random) -> Article:
    """A new headline and a new beginning, as long as what is kept of the old: its second half."""
    old, new = article.body, other.body
    kept = old[len(old) // 2 :]
    begin = (new * (1 + len(kept) // len(new)))[: len(kept)]
    return replace(article, title=other.title, body=f"{begin}\n{kept}")


COPIES: dict[str, Change] = {
    "other headline and agency line": _headed,
    "the same, cut to two thirds": lambda a, b, rng: _cut(_headed(a, b, rng), 2 / 3),
    "the same, cut to one third": lambda a, b, rng: _cut(_headed(a, b, rng), 1 / 3),
    "every third paragraph left out": _thinned,
    "one word in twenty changed": lambda a, b, rng: _edited(a, b, rng, 0.05),
    "one word in ten changed": lambda a, b, rng: _edited(a, b, rng, 0.1),
    "one word in five changed": lambda a, b, rng: _edited(a, b, rng, 0.2),
}
OTHERS: dict[str, Change] = {"an update of which half is new": _updated}


@lru_cache(maxsize=1 << 12)
def _shingles(title: str, body: str) -> Shingles:
    return shingles(Article(title=title, body=body))


def joined(one: Article, other: Article) -> bool:
    """Whether the two would be one hit."""
    groups = Groups()
    first, second = (groups.join(_shingles(each.title, each.body)) for each in (one, other))
    return first == second


def run(path: Path, languages: Sequence[str]) -> Iterator[dict[str, Any]]:
    """A row for each kind of pair: how many there were, and the share that was joined."""
    by_code: dict[str, dict[str, Article]] = defaultdict(dict)
    for each in ntrex.load(path):
        article = Article(title=each["title"], body=each["body"], id=each["id"])
        by_code[each["lang"]][each["story"]] = article
    told = {code: list(by_code[code].values()) for code in languages}
    for wanted, changes in ((True, COPIES), (False, OTHERS)):
        for kind, change in changes.items():
            yield _row(kind, list(_changed(told, change)), copies=wanted)
    retold = [
        (_unspaced(b), joined(by_code[a][story], by_code[b][story]))
        for a, b in RETOLD
        for story in by_code[a]
    ]
    yield _row("the same story written anew", retold, copies=False)
    yield _row("any other story in the language", list(_different(told)), copies=False)


def _unspaced(code: str) -> bool:
    return code.partition("-")[0] in ntrex.UNSPACED


def _changed(told: dict[str, list[Article]], change: Change) -> Iterator[tuple[bool, bool]]:
    rng = random.Random(7)  # noqa: S311 - nothing secret
    for code, articles in told.items():
        for article, other in zip(articles, articles[1:] + articles[:1], strict=True):
            yield _unspaced(code), joined(article, change(article, other, rng))


def _different(told: dict[str, list[Article]]) -> Iterator[tuple[bool, bool]]:
    """Whether each story joins any of those before it."""
    for code, articles in told.items():
        groups = Groups()
        for number, article in enumerate(articles):
            yield _unspaced(code), groups.join(_shingles(article.title, article.body)) < number


def _row(kind: str, outcomes: list[tuple[bool, bool]], *, copies: bool) -> dict[str, Any]:
    """The figures of one kind; an outcome is whether the script is unspaced, and if it joined."""
    spaced, unspaced = (
        [made for without, made in outcomes if without is wanted] for wanted in (False, True)
    )
    return {
        "pairs": kind,
        "copies": copies,
        "count": len(outcomes),
        "spaced": sum(spaced) / len(spaced),
        "unspaced": sum(unspaced) / len(unspaced),
    }


def main() -> None:
    """Make the pairs, join them, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--languages", default=",".join(LANGUAGES), help="NTREX codes, by comma")
    parser.add_argument("--data", type=Path, default=ntrex.DEFAULT)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    for row in run(arguments.data, arguments.languages.split(",")):
        if arguments.json:
            print(json.dumps(row))
            continue
        should = "should be joined" if row["copies"] else "should be apart"
        print(
            f"{row['pairs']:40} {should:17} {row['count']:6} pairs   "
            f"joined: {row['spaced']:6.1%} spaced, {row['unspaced']:6.1%} unspaced"
        )


if __name__ == "__main__":
    main()
