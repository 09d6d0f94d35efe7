"""One query, every language: how well a story is found across tongues and scripts.

    python benchmarks/crosslingual.py [--query-language eng] [--vias original,name] [--uneven]
                                      [--library FOLDER] [--json] [--data PATH]
                                      [--peers [NAMES]] [--cache FOLDER] [--stories N]

On NTREX-128: the bodies of 61 stories in 128 language variants are one library, without
their headlines. A query is a story's headline in one language, its keywords (English only:
the four headline words that are rarest in the English bodies), or the names in it. Then

- *per language*: among the bodies in one language variant, the rank of the story: mean
  reciprocal rank and recall at 10, by script group and over all other languages;
- *one list*: all 128 variants of the story are wanted from one ranking of all articles:
  nDCG@20, recall at 100, 128, 200 and 1000, the spread (coefficient of variation) of recall at
  200 and 1000 between languages, each script group's recall at 200, also as a share of the best
  group's, and the fairness of attention (`fairness`).

``--uneven`` keeps in each language only a share of the stories, from all down to a sixteenth
(`ntrex.kept`), and shows recall at 200 by that share too. ``--peers`` also measures what a
user would otherwise choose (peers.py), on the same articles and queries.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import regex

import dragoman
import ntrex
import peers
from dragoman.model import ALL_VIAS
from dragoman.search import Options, prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from dragoman import Library

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_KEYWORDS = 4
_DEPTHS = (100, 128, 200, 1000)
GROUP_OF = {code: group for group, codes in ntrex.GROUPS.items() for code in codes}


Ranking = list[tuple[str, str]]
"""The (story, code) of articles, best first."""


def build(folder: Path, articles: Sequence[dict[str, Any]]) -> Library:
    """The library of the bodies; a folder that holds it already is used again."""
    library = dragoman.open_library(folder)
    wanted = {each["id"] for each in articles}
    held = {each.id for each in library.articles() if not each.article.title}
    if library.stats().articles > len(held) or held - wanted:
        sys.exit(f"{folder} holds other articles, or headlines: give an empty folder")
    if wanted - held:
        library.add(
            dragoman.Article(id=each["id"], body=each["body"], language=each["lang"])
            for each in articles
        )
    return library


@dataclass(frozen=True, slots=True)
class Asked:
    """Queries of one kind in one language."""

    code: str
    kind: str
    queries: dict[str, str]
    """Story → query."""


class Queries:
    """The headlines of a language, and for English their keywords and names."""

    def __init__(self, articles: Sequence[dict[str, Any]], code: str) -> None:
        self._code = code
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

    def tasks(self, kinds: Collection[str]) -> list[Asked]:
        """The queries of these kinds, of which languages other than English have headlines."""
        made = {
            "headline": self.headlines,
            "keywords": {story: self._keywords(text) for story, text in self.headlines.items()},
            "names": {
                story: names
                for story, text in self.headlines.items()
                if (names := self._names(text))
            },
        }
        return [
            Asked(self._code, kind, queries)
            for kind, queries in made.items()
            if kind in kinds and (kind == "headline" or self._code == "eng")
        ]

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

    def __init__(self, held: Mapping[str, set[str]]) -> None:
        """`held`: story → the codes in which the library has it."""
        self._held = held
        self._ranks: dict[str, list[float]] = defaultdict(list)
        self._lists: list[dict[str, float]] = []
        self._places: dict[str, list[float]] = defaultdict(list)
        self.seconds: list[float] = []

    def add(self, story: str, ranking: Ranking, source: str) -> None:
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
        at = {code: place for place, (found, code) in enumerate(ranking) if found == story}
        for code in held:
            self._places[code].append(at.get(code, math.inf))
        places = np.array(sorted(at.values()))
        ideal = sum(1 / math.log2(place + 2) for place in range(min(20, len(held))))
        self._lists.append({
            "ndcg@20": float((1 / np.log2(places[places < 20] + 2)).sum()) / ideal,
            **{f"r@{depth}": float((places < depth).sum()) / len(held) for depth in _DEPTHS},
            "fairness": fairness(at, held),
        })  # fmt: skip

    def figures(self) -> dict[str, Any]:
        """All the measures, of which percentages are from 0 to 100."""
        mrr = {code: 100 * float(np.mean(ranks)) for code, ranks in self._ranks.items()}
        at_10 = {
            code: 100 * float(np.mean([rank >= 0.1 for rank in ranks]))
            for code, ranks in self._ranks.items()
        }
        early = self._recall(200)
        by_group = _by_group(early)
        best = max(by_group.values(), default=0.0) or 1.0
        return {
            "mrr": {**_by_group(mrr), "all": float(np.mean([*mrr.values()]))},
            "recall@10": {**_by_group(at_10), "all": float(np.mean([*at_10.values()]))},
            "one list": {
                name: round(float(np.mean([each[name] for each in self._lists])), 4)
                for name in self._lists[0]
            }
            | {"spread": _spread(self._recall(1000)), "spread@200": _spread(early)},
            "r@200": by_group,
            "r@200 of the best": {group: value / best for group, value in by_group.items()},
            "ms": 1000 * float(np.median(self.seconds)),
            "languages": mrr,
            "r@200 by language": early,
        }

    def _recall(self, depth: int) -> dict[str, float]:
        """Code → the percentage of stories whose variant is that early in the one list."""
        return {
            code: 100 * float(np.mean([place < depth for place in places]))
            for code, places in self._places.items()
        }


def _spread(values: Mapping[str, float]) -> float:
    """The coefficient of variation."""
    each = np.array([*values.values()])
    return float(each.std() / max(each.mean(), 1e-9))


def _by_group(values: dict[str, float]) -> dict[str, float]:
    grouped: dict[str, list[float]] = defaultdict(list)
    for code, value in values.items():
        grouped[GROUP_OF.get(code, "other")].append(value)
    return {group: float(np.mean(grouped[group])) for group in ntrex.GROUPS if group in grouped}


def fairness(at: Mapping[str, int], held: Collection[str]) -> float:
    """How fairly the first 200 of one list share attention among groups of scripts, 0 to 1.

    `at`: code → the place of the variant that was found; `held`: the codes of all variants.
    One less the Jensen-Shannon divergence (base 2) between the attention that each group's
    variants get, 1 / log2(place + 2), and each group's share of the variants: AWRF of Raj and
    Ekstrand, *Measuring Fairness in Ranked Results* (SIGIR 2022), after Sapiezynski et al.
    (WWW 2019). 0 where nothing is found. The p-value of PEER (Yang et al., SIGIR 2024) tells
    nothing here: with 128 articles wanted of a list its test rejects every engine.
    """
    groups = [*ntrex.GROUPS]
    attention, target = np.zeros(len(groups)), np.zeros(len(groups))
    for code in (code for code, place in at.items() if place < 200):
        attention[groups.index(GROUP_OF[code])] += 1 / math.log2(at[code] + 2)
    for code in held:
        target[groups.index(GROUP_OF[code])] += 1 / len(held)
    if not attention.any():
        return 0.0
    attention /= attention.sum()
    middle = (attention + target) / 2

    def divergence(shares: np.ndarray[Any, Any]) -> float:
        some = shares > 0
        return float((shares[some] * np.log2(shares[some] / middle[some])).sum())

    return 1 - (divergence(attention) + divergence(target)) / 2


def _ours(library: Library, vias: Sequence[str]) -> Callable[[str], Ranking]:
    """Searches the library for a text."""
    stored = {each.key: each.id.split("/") for each in library.articles()}
    engine = library._engine  # noqa: SLF001 - scores of all articles are nothing for users

    def search(text: str) -> Ranking:
        options = Options(limit=len(stored), via=tuple(vias))
        keys, _ = engine.ranking(prepare(text, options, engine, library.lexicons.lookup))
        return [(stored[key][0], stored[key][1]) for key in keys.tolist()]

    return search


def _of_peer(peer: peers.Peer) -> Callable[[str], Ranking]:
    """Searches a peer for a text."""

    def search(text: str) -> Ranking:
        found = (key.split("/") for key, _ in peer.search(text))
        return [(story, code) for story, code in found]

    return search


def run(
    search: Callable[[str], Ranking], articles: Sequence[dict[str, Any]], asked: Asked
) -> dict[str, Any]:
    """Search for every story, and measure."""
    held: dict[str, set[str]] = defaultdict(set)
    for each in articles:
        held[each["story"]].add(each["lang"])
    measure = Measure(held)
    for story, text in asked.queries.items():
        begin = time.perf_counter()
        ranking = search(text)
        measure.seconds.append(time.perf_counter() - begin)
        measure.add(story, ranking, asked.code)
    return measure.figures()


def lines(title: str, figures: dict[str, Any], turn: int | None) -> Iterator[str]:
    """The figures of one kind of query, for a person."""
    yield title
    for group, mrr in figures["mrr"].items():
        early = figures["r@200"].get(group)
        more = ""
        if early is not None:
            more = f"   r@200 {early:5.1f} ({figures['r@200 of the best'][group]:.2f} of the best)"
        yield f"  {group:45} mrr {mrr:5.1f}  recall@10 {figures['recall@10'][group]:5.1f}{more}"
    yield "  one list: " + "  ".join(f"{n} {v:.3f}" for n, v in figures["one list"].items())
    if turn is not None:
        sizes = by_size(figures["r@200 by language"], turn)
        yield "  r@200 by share kept: " + "  ".join(f"{n:.4g} {v:.1f}" for n, v in sizes.items())
    yield f"  {figures['ms']:.0f} ms a query"


def by_size(recalls: Mapping[str, float], turn: int) -> dict[float, float]:
    """Share of the stories kept → the mean over the languages that keep it."""
    grouped: dict[float, list[float]] = defaultdict(list)
    for code, share in ntrex.shares(turn).items():
        grouped[share].append(recalls[code])
    return {share: float(np.mean(grouped[share])) for share in ntrex.SHARES}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--query-language", default="eng", help="an NTREX code, or several: a,b")
    parser.add_argument("--vias", default=",".join(ALL_VIAS), help="ways, by comma; sets by +")
    parser.add_argument("--kinds", default="headline,keywords,names")
    parser.add_argument(
        "--uneven",
        type=int,
        nargs="?",
        const=0,
        metavar="TURN",
        help="languages of uneven size: turns 0 to 4 give each language each size once",
    )
    peers.add_options(parser)
    parser.add_argument("--stories", type=int, help="only so many stories, for a quick look")
    parser.add_argument("--library", type=Path, help="keep the library here for the next run")
    parser.add_argument("--data", type=Path, default=ntrex.DEFAULT)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--languages", action="store_true", help="show each language")
    return parser.parse_args()


def main() -> None:
    """Build, search, print."""
    arguments = _arguments()
    if not arguments.data.exists():
        sys.exit(f"{arguments.data} is not there: this benchmark needs NTREX-128")
    articles = every = ntrex.some(ntrex.load(arguments.data), arguments.stories)
    if arguments.uneven is not None:
        articles = ntrex.kept(every, arguments.uneven)
    tasks = [
        task
        for code in arguments.query_language.split(",")
        for task in Queries(every, code).tasks(arguments.kinds.split(","))
    ]
    with tempfile.TemporaryDirectory() as temporary:
        with build(arguments.library or Path(temporary), articles) as library:
            for asked in tasks:
                for vias in arguments.vias.split("+"):
                    search = _ours(library, vias.split(","))
                    _show(asked, {"vias": vias.split(",")}, run(search, articles, asked), arguments)
        if arguments.peers:
            bodies = {each["id"]: each["body"] for each in articles}
            for name, peer in peers.for_texts(arguments.peers, peers.Cache(arguments.cache)):
                peer.build(bodies)
                for asked in tasks:
                    _show(asked, {"peer": name}, run(_of_peer(peer), articles, asked), arguments)


def _show(
    asked: Asked, by: dict[str, Any], figures: dict[str, Any], arguments: argparse.Namespace
) -> None:
    turn = arguments.uneven
    if arguments.json:
        if turn is not None:
            sizes = by_size(figures["r@200 by language"], turn)
            figures["r@200 by share kept"] = {f"{n:.4g}": v for n, v in sizes.items()}
        print(json.dumps({"query": asked.code, "kind": asked.kind, **by, **figures}), flush=True)
        return
    way = f"peer {by['peer']}" if "peer" in by else f"via {', '.join(by['vias'])}"
    for line in lines(f"{asked.code} {asked.kind}, {way}", figures, turn):
        print(line, flush=True)
    if arguments.languages:
        for language, mrr in sorted(figures["languages"].items(), key=lambda item: item[1]):
            print(f"  {language:12} {mrr:5.1f}")


if __name__ == "__main__":
    main()
