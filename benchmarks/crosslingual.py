"""One query, every language: how well a story is found across tongues and scripts.

    python benchmarks/crosslingual.py [--query-language eng] [--vias original,name] [--uneven]
                                      [--library FOLDER] [--json] [--data PATH]
                                      [--peers [NAMES]] [--cache FOLDER] [--stories N]
                                      [--with-translation oracle|oracle-30|argos:FOLDER|apertium]

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

``--with-translation`` first has the bodies translated into English, as `dragoman translate`
does it: by Argos packages in a folder, by Apertium, or by an oracle that knows the reference
and leaves out none, 15 or 30 of a hundred words (``oracle``, ``oracle-15``, ``oracle-30``).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import regex

import dragoman
import ntrex
import oracle
import peers
from dragoman.model import ALL_VIAS
from dragoman.search import Options, prepare
from measures import Measure, by_size

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from dragoman import Library
    from measures import Ranking

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_KEYWORDS = 4


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


def _ours(library: Library, vias: Sequence[str]) -> Callable[[str], Ranking]:
    """Searches the library for a text."""
    stored = {each.key: each.id.split("/") for each in library.articles()}
    engine = library._engine  # noqa: SLF001 - scores of all articles are nothing for users

    def search(text: str) -> Ranking:
        options = Options(limit=len(stored), via=tuple(vias))
        request = prepare(text, options, engine, library.lexicons.lookup, library.targets())
        keys, _ = engine.ranking(request)
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
    parser.add_argument("--with-translation", metavar="BY", help="oracle, argos:FOLDER, apertium…")
    parser.add_argument("--stories", type=int, help="only so many stories, for a quick look")
    parser.add_argument("--library", type=Path, help="keep the library here for the next run")
    parser.add_argument("--data", type=Path, default=ntrex.DEFAULT)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--languages", action="store_true", help="show each language")
    return parser.parse_args()


def main() -> None:
    """Build, search, print."""
    arguments = _arguments()
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
            _translate(library, every, arguments.with_translation)
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


def _translate(library: Library, articles: Sequence[dict[str, Any]], by: str | None) -> None:
    """Translate the library, unless a run before this one has."""
    if not by:
        if library.targets():
            sys.exit("the library holds translations: give an empty folder")
        return
    report = library.translate(translator=oracle.opener(by, articles), again=True)
    print(
        f"{by}: {report.whole} articles translated, {report.seconds:.0f} s; marked "
        f"{dict(report.marked)}; {len(report.unreachable)} languages not",
        file=sys.stderr,
    )


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
