"""One query, every language: how well a story is found across tongues and scripts.

    python benchmarks/crosslingual.py [--query-language eng] [--vias original,name] [--uneven]
                                      [--library FOLDER] [--json] [--data PATH]

On NTREX-128: the bodies of 61 stories in 128 language variants are one library, without
their headlines. A query is a story's headline in one language, its keywords (English only:
the four headline words that are rarest in the English bodies), or the names in it. Then

- *per language*: among the bodies in one language variant, the rank of the story: mean
  reciprocal rank and recall at 10, by script group and over all other languages;
- *one list*: all 128 variants of the story are wanted from one ranking of all articles:
  nDCG@20, recall at 100, 128 and 1000, the spread (coefficient of variation) of recall at 1000
  between languages, and each script group's recall at 200.

``--uneven`` keeps in each language only a share of the stories, from all down to a tenth.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import regex

import dragoman
import ntrex
from dragoman.model import ALL_VIAS
from dragoman.search import Options, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dragoman import Library

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_KEYWORDS = 4
_ENGLISH = ("eng", "eng-GB", "eng-IN", "eng-US")
GROUP_OF = {code: group for group, codes in ntrex.GROUPS.items() for code in codes}


def build(folder: Path, articles: Sequence[dict[str, Any]], *, uneven: bool) -> Library:
    """The library of the bodies; a folder that holds it already is used again."""
    library = dragoman.open_library(folder)
    if not library.stats().articles:
        kept = (each for each in articles if not uneven or _kept(each))
        library.add(
            dragoman.Article(id=each["id"], body=each["body"], language=each["lang"])
            for each in kept
        )
    return library


def _kept(article: dict[str, Any]) -> bool:
    """Whether an article is in the uneven library: by language, from all to a tenth."""
    codes = sorted(ntrex.TAGS)
    share = (1.0, 0.7, 0.4, 0.2, 0.1)[codes.index(article["lang"]) % 5]
    place = int(article["id"].encode().hex(), 16) % 997
    return place < share * 997


class Queries:
    """The headlines of a language, and for English their keywords and names."""

    def __init__(self, articles: Sequence[dict[str, Any]], code: str) -> None:
        self.headlines = {each["story"]: each["title"] for each in articles if each["lang"] == code}
        bodies = [each["body"] for each in articles if each["lang"] == code]
        self._holding = Counter(
            word for body in bodies for word in set(map(str.lower, _WORD.findall(body)))
        )
        self._capital: Counter[str] = Counter()
        self._small: Counter[str] = Counter()
        for body in bodies:
            for match in regex.finditer(r"(?<=[\p{Ll},;] )[\p{L}\p{M}]+", body):
                word = match.group()
                (self._capital if word[0].isupper() else self._small)[word.lower()] += 1

    def kinds(self) -> dict[str, dict[str, str]]:
        """Kind of query → story → query."""
        return {
            "headline": self.headlines,
            "keywords": {story: self._keywords(text) for story, text in self.headlines.items()},
            "names": {
                story: names
                for story, text in self.headlines.items()
                if (names := self._names(text))
            },
        }

    def _keywords(self, headline: str) -> str:
        words = list(dict.fromkeys(_WORD.findall(headline)))
        rarest = sorted(words, key=lambda word: (self._holding[word.lower()], words.index(word)))
        wanted = {word for word in rarest if len(word) > 2}
        chosen = [word for word in rarest if word in wanted][:_KEYWORDS]
        return " ".join(word for word in words if word in chosen)

    def _names(self, headline: str) -> str:
        """The words that the bodies write with a capital inside sentences."""
        words = [
            word
            for word in dict.fromkeys(_WORD.findall(headline))
            if self._capital[word.lower()] > 2 * self._small[word.lower()] and len(word) > 1
        ]
        return " ".join(words)


class Measure:
    """Collects rankings of story variants."""

    def __init__(self, held: dict[str, set[str]]) -> None:
        """`held`: story → the codes in which the library has it."""
        self._held = held
        self._ranks: dict[str, list[float]] = defaultdict(list)
        self._lists: list[tuple[float, float, float, float]] = []
        self._recall: dict[str, list[float]] = defaultdict(list)
        self._early: dict[str, list[float]] = defaultdict(list)
        self.seconds: list[float] = []

    def add(self, story: str, ranking: Sequence[tuple[str, str]], source: str) -> None:
        """A ranking of (story, code) for a query in the language `source`."""
        held = self._held[story]
        seen: Counter[str] = Counter()
        rank: dict[str, int] = {}
        for found, code in ranking:
            seen[code] += 1
            if found == story:
                rank[code] = seen[code]
        for code in held:
            if code.partition("-")[0] != source.partition("-")[0]:
                self._ranks[code].append(1 / rank[code] if code in rank else 0.0)
        gains = [found == story for found, _ in ranking]
        hits = np.cumsum(gains) if gains else np.zeros(1)
        ideal = sum(1 / math.log2(place + 2) for place in range(min(20, len(held))))
        dcg = sum(gain / math.log2(place + 2) for place, gain in enumerate(gains[:20]))

        def recall(depth: int) -> float:
            return float(hits[min(depth, len(hits)) - 1]) / len(held)

        self._lists.append((dcg / ideal, recall(100), recall(128), recall(1000)))
        at = {code: place for place, (found, code) in enumerate(ranking) if found == story}
        for code in held:
            self._recall[code].append(float(at.get(code, 10**6) < 1000))
            self._early[code].append(float(at.get(code, 10**6) < 200))

    def figures(self) -> dict[str, Any]:
        """All the measures, of which percentages are from 0 to 100."""
        mrr = {code: 100 * float(np.mean(ranks)) for code, ranks in self._ranks.items()}
        at_10 = {
            code: 100 * float(np.mean([rank >= 0.1 for rank in ranks]))
            for code, ranks in self._ranks.items()
        }
        listed = np.mean(self._lists, axis=0)
        recalls = np.array([np.mean(each) for each in self._recall.values()])
        return {
            "mrr": {**_by_group(mrr), "all": float(np.mean([*mrr.values()]))},
            "recall@10": {**_by_group(at_10), "all": float(np.mean([*at_10.values()]))},
            "one list": dict(
                zip(("ndcg@20", "r@100", "r@128", "r@1000"), listed.round(4).tolist(), strict=True)
            )
            | {"spread": float(recalls.std() / max(recalls.mean(), 1e-9))},
            "r@200": _by_group({c: 100 * float(np.mean(each)) for c, each in self._early.items()}),
            "ms": 1000 * float(np.median(self.seconds)),
            "languages": mrr,
        }


def _by_group(values: dict[str, float]) -> dict[str, float]:
    grouped: dict[str, list[float]] = defaultdict(list)
    for code, value in values.items():
        grouped[GROUP_OF.get(code, "other")].append(value)
    return {group: float(np.mean(grouped[group])) for group in ntrex.GROUPS if group in grouped}


def run(
    library: Library, queries: dict[str, str], vias: Sequence[str], source: str
) -> dict[str, Any]:
    """Search for every story, and measure."""
    stored = {each.key: each.id.split("/") for each in library.articles()}
    held: dict[str, set[str]] = defaultdict(set)
    for story, code in stored.values():
        held[story].add(code)
    measure = Measure(held)
    engine = library._engine  # noqa: SLF001 - scores of all articles are nothing for users
    for story, text in queries.items():
        begin = time.perf_counter()
        options = Options(limit=len(stored), via=tuple(vias))
        keys, _ = engine.ranking(prepare(text, options, engine))
        measure.seconds.append(time.perf_counter() - begin)
        measure.add(story, [tuple(stored[key]) for key in keys.tolist()], source)
    return measure.figures()


def lines(kind: str, vias: Sequence[str], figures: dict[str, Any]) -> Iterator[str]:
    """The figures of one kind of query, for a person."""
    yield f"{kind}, via {', '.join(vias)}"
    for group, mrr in figures["mrr"].items():
        early = figures["r@200"].get(group)
        more = f"   r@200 {early:5.1f}" if early is not None else ""
        yield f"  {group:45} mrr {mrr:5.1f}  recall@10 {figures['recall@10'][group]:5.1f}{more}"
    yield "  one list: " + "  ".join(f"{n} {v:.3f}" for n, v in figures["one list"].items())
    yield f"  {figures['ms']:.0f} ms a query"


def main() -> None:
    """Build, search, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--query-language", default="eng", help="an NTREX code, or several: a,b")
    parser.add_argument("--vias", default=",".join(ALL_VIAS), help="ways, by comma; sets by +")
    parser.add_argument("--kinds", default="headline,keywords,names")
    parser.add_argument("--uneven", action="store_true", help="languages of uneven size")
    parser.add_argument("--library", type=Path, help="keep the library here for the next run")
    parser.add_argument("--data", type=Path, default=ntrex.DEFAULT)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--languages", action="store_true", help="show each language")
    arguments = parser.parse_args()
    if not arguments.data.exists():
        sys.exit(f"{arguments.data} is not there: this benchmark needs NTREX-128")
    articles = ntrex.load(arguments.data)
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.library or Path(temporary)
        with build(folder, articles, uneven=arguments.uneven) as library:
            for code in arguments.query_language.split(","):
                for kind, queries in Queries(articles, code).kinds().items():
                    if kind not in arguments.kinds.split(",") or (
                        code != "eng" and kind != "headline"
                    ):
                        continue
                    for vias in arguments.vias.split("+"):
                        figures = run(library, queries, vias.split(","), code)
                        _show(code, kind, vias.split(","), figures, arguments)


def _show(
    code: str, kind: str, vias: list[str], figures: dict[str, Any], arguments: argparse.Namespace
) -> None:
    if arguments.json:
        print(json.dumps({"query": code, "kind": kind, "vias": vias, **figures}))
        return
    for line in lines(f"{code} {kind}", vias, figures):
        print(line)
    if arguments.languages:
        for language, mrr in sorted(figures["languages"].items(), key=lambda item: item[1]):
            print(f"  {language:12} {mrr:5.1f}")


if __name__ == "__main__":
    main()
