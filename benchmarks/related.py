"""One article, its story in every language: how many of its translations are found.

    python benchmarks/related.py [--languages eng,arb,...] [--vias original,name] [--stories N]
                                 [--library FOLDER] [--json] [--data PATH]

On NTREX-128: 61 stories in 128 language variants are one library, headlines and bodies. From a
story's article in one language, its 127 other variants are wanted from one ranking of all
articles: recall at 128, nDCG@20, and the time of one call.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import dragoman
import ntrex
from dragoman.model import ALL_VIAS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dragoman import Library

_LANGUAGES = "eng,arb,ckb-Arab,fas,rus,zho-CN,tur,heb,jpn,hin,deu,swa"
_DEPTH = 128


def build(folder: Path, data: Path) -> Library:
    """The library of all articles; a folder that holds it already is used again."""
    library = dragoman.open_library(folder)
    if not library.stats().articles:
        library.add(
            dragoman.Article(
                id=each["id"], title=each["title"], body=each["body"], language=each["lang"]
            )
            for each in ntrex.load(data)
        )
    return library


def run(library: Library, code: str, vias: Sequence[str], stories: int = 0) -> dict[str, Any]:
    """The figures for the articles in one language; the ids are ``story/code``."""
    variants: dict[str, list[str]] = defaultdict(list)
    for stored in library.articles():
        variants[stored.id.rpartition("/")[0]].append(stored.id)
    recall, ndcg, seconds = [], [], []
    asked = [story for story, ids in sorted(variants.items()) if f"{story}/{code}" in ids]
    for story in asked[: stories or None]:
        wanted = len(variants[story]) - 1
        begin = time.perf_counter()
        results = library.related(
            f"{story}/{code}", limit=_DEPTH, via=tuple(vias), same_language=True
        )
        seconds.append(time.perf_counter() - begin)
        gains = [hit.id.rpartition("/")[0] == story for hit in results.hits]
        ideal = sum(1 / math.log2(place + 2) for place in range(min(20, wanted)))
        dcg = sum(gain / math.log2(place + 2) for place, gain in enumerate(gains[:20]))
        recall.append(sum(gains) / wanted)
        ndcg.append(dcg / ideal)
    return {
        "language": code,
        "vias": list(vias),
        "stories": len(recall),
        "r@128": round(float(np.mean(recall)), 4),
        "ndcg@20": round(float(np.mean(ndcg)), 4),
        "ms": round(1000 * float(np.median(seconds))),
        "slowest ms": round(1000 * max(seconds)),
    }


def main() -> None:
    """Build, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--languages", default=_LANGUAGES, help="NTREX codes, by comma")
    parser.add_argument("--vias", default=",".join(ALL_VIAS), help="ways, by comma; sets by +")
    parser.add_argument("--stories", type=int, default=0, help="only the first so many")
    parser.add_argument("--library", type=Path, help="keep the library here for the next run")
    parser.add_argument("--data", type=Path, default=ntrex.DEFAULT)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.library or Path(temporary)
        with build(folder, arguments.data) as library:
            for vias in arguments.vias.split("+"):
                for code in arguments.languages.split(","):
                    figures = run(library, code, vias.split(","), arguments.stories)
                    if arguments.json:
                        print(json.dumps(figures), flush=True)
                        continue
                    print(
                        f"{code:10} r@128 {figures['r@128']:.3f}  ndcg@20 {figures['ndcg@20']:.3f}"
                        f"  {figures['ms']} ms a call, at most {figures['slowest ms']}"
                        f"   (via {vias}; {figures['stories']} stories)",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
