"""How well the tagger tells languages, beside langdetect.

    python benchmarks/langid.py [--every 1] [--odd 10000] [--json] [--data PATH]

On NTREX-128: the share of articles, of headlines and of first three words (first
eight characters where words are not set apart) whose language is right, for each
language and as the mean over languages; the calibration error of the confidence;
articles a second, langdetect's in the same run on some of the same articles; whether
20 runs, processes that hash differently and 20 threads that make the first call
together give the same tags; and how many of 10,000 odd strings raise an exception.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import langdetect

import ntrex
from dragoman.detect import Detector
from dragoman.tag import Tagger, default_tagger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dragoman.model import Tag

# Hassaniyya has no label that would be fair; the other Englishes are near-copies.
_SET_ASIDE = frozenset({"mey", "eng-GB", "eng-IN", "eng-US"})
# Languages that no training text was to be had for, so that they have no profile.
_NO_PROFILE = frozenset({"tah", "ton", "ven", "nde", "hmn", "shi"})
_MAIN = (
    "eng arb fas prs ckb kmr tur heb urd pus rus ukr fra deu spa por ita zho jpn kor hin ind"
).split()
_LANGDETECT = (
    "afr arb ben bul cat ces cym dan deu ell eng est fas fil fin fra guj heb hin hrv hun ind ita"
    " jpn kan kor lav lit mal mar mkd nep nld nob pan pol por prs ron rus slk slv som spa sqi swa"
    " swe tam tel tha tur ukr urd vie zho"
).split()
_SETS: dict[str, Callable[[str], bool]] = {
    "the 22 of the press we serve": lambda code: code in _MAIN,
    f"langdetect's own {len(_LANGDETECT)}": lambda code: code in _LANGDETECT,
    "all with a profile": lambda code: code not in _NO_PROFILE,
    "all": lambda _: True,
}
# Languages of which either answer is right: Dari is Persian to most, and standard
# Chinese is what Cantonese newspapers write. What NTREX calls Northern Sotho is Southern
# Sotho: it says ho, hore and tjh, never go, gore and š, in all of its articles.
_ALSO_RIGHT = {
    "fas": {"prs"}, "prs": {"fa"}, "nob": {"nn"}, "nno": {"nb"}, "yue": {"zh"}, "nso": {"st"},
}  # fmt: skip
_BINS = 10
# Of the trial of stability: one article in so many, and how often they are tagged.
_EVERY = 61
_RUNS = 20
_PROCESSES = 3
_THREADS = 20


def base(code: str) -> str:
    """The code without its variant."""
    return code.partition("-")[0]


def query(article: dict[str, Any]) -> str:
    """The first words of the headline."""
    title: str = article["title"].strip()
    if base(article["lang"]) in ntrex.UNSPACED:
        return "".join(title.split())[:8]
    return " ".join(title.split()[:3])


KINDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "article": lambda article: f"{article['title']}\n{article['body']}",
    "headline": lambda article: str(article["title"]),
    "three words": query,
}


def right(code: str, language: str) -> bool:
    """Whether an answer is right for an article of this code."""
    return language == ntrex.TAGS[code] or language in _ALSO_RIGHT.get(base(code), ())


def calibration_error(outcomes: Iterable[tuple[float, bool]]) -> float:
    """The expected calibration error in ten bins (Naeini, Cooper and Hauskrecht 2015)."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    total = 0
    for confidence, correct in outcomes:
        bins[min(int(confidence * _BINS), _BINS - 1)].append((confidence, correct))
        total += 1
    return sum(
        abs(sum(confidence for confidence, _ in each) - sum(correct for _, correct in each))
        for each in bins.values()
    ) / max(total, 1)


def measure(articles: list[dict[str, Any]]) -> dict[str, Any]:
    """All figures of the tagger."""
    tagger = default_tagger()
    tagger.tag("warm")
    for article in articles:  # every script's profiles are read before the clock starts
        tagger.tag(article["title"])
    outcomes: dict[str, dict[str, list[tuple[Tag, bool]]]] = {}
    started = time.perf_counter()
    tags = [tagger.tag(KINDS["article"](article)) for article in articles]
    elapsed = time.perf_counter() - started
    for kind, text in KINDS.items():
        outcomes[kind] = defaultdict(list)
        for article, whole in zip(articles, tags, strict=True):
            tag = whole if kind == "article" else tagger.tag(text(article))
            correct = right(article["lang"], tag.language)
            outcomes[kind][base(article["lang"])].append((tag, correct))
    codes = sorted(outcomes["article"])
    share = {
        kind: {code: _mean(correct for _, correct in by_code[code]) for code in codes}
        for kind, by_code in outcomes.items()
    }
    return {
        "languages": {
            code: {
                **{kind: share[kind][code] for kind in KINDS},
                "instead": _instead(outcomes["article"][code]),
            }
            for code in codes
        },
        "macro": {
            name: {kind: _mean(share[kind][code] for code in codes if test(code)) for kind in KINDS}
            for name, test in _SETS.items()
        },
        "strict": {
            code: _mean(tag.language == ntrex.TAGS[code] for tag, _ in outcomes["article"][code])
            for code in _ALSO_RIGHT
            if code in codes
        },
        "calibration error": {
            kind: calibration_error(
                (tag.confidence, correct)
                for code, each in by_code.items()
                if code not in _NO_PROFILE
                for tag, correct in each
            )
            for kind, by_code in outcomes.items()
        },
        "articles per second": len(articles) / elapsed,
    }


def langdetect_speed(articles: list[dict[str, Any]], every: int = 40) -> float:
    """The articles a second of langdetect, on a sample over all languages."""
    langdetect.DetectorFactory.seed = 0
    langdetect.detect("The profiles are read before the clock starts.")
    sample = articles[::every]
    started = time.perf_counter()
    for article in sample:
        try:
            langdetect.detect(KINDS["article"](article))
        except langdetect.LangDetectException:
            continue
    return len(sample) / (time.perf_counter() - started)


def digest(tagger: Tagger, articles: Iterable[dict[str, Any]]) -> str:
    """A hash over the whole tags of some articles."""
    tags = [tagger.tag(KINDS["article"](article)) for article in articles]
    return hashlib.sha256(repr(tags).encode()).hexdigest()


def stability(articles: list[dict[str, Any]], data: Path, every: int) -> dict[str, Any]:
    """In how many different ways the same articles are tagged; 1 is what it should be."""
    some = articles[::_EVERY]
    reference = digest(default_tagger(), some)
    runs = {digest(default_tagger(), some) for _ in range(_RUNS)}
    command = [sys.executable, __file__, "--digest", f"--every={every}", f"--data={data}"]
    processes = {
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
        ).stdout.strip()
        for seed in range(_PROCESSES)
    }
    fresh = Tagger(Detector())
    together = threading.Barrier(_THREADS)

    def first_call(_: int) -> str:
        together.wait()
        return digest(fresh, some)

    with ThreadPoolExecutor(_THREADS) as pool:
        threads = set(pool.map(first_call, range(_THREADS)))
    return {
        f"{_RUNS} runs": len(runs | {reference}),
        f"{_PROCESSES} processes": len(processes | {reference}),
        f"{_THREADS} threads": len(threads | {reference}),
    }


def odd_strings(number: int) -> Iterator[str]:
    """Strings of every kind of code point, alone, in floods and among words."""
    chance = random.Random(1)  # noqa: S311
    kinds = [
        lambda: chr(chance.randrange(0x110000)),
        lambda: chr(chance.randrange(0xD800, 0xE000)),
        lambda: chr(chance.randrange(0x20)),
        lambda: chr(chance.randrange(0x300, 0x370)),
        lambda: chr(chance.randrange(0x1F300, 0x1FA00)),
        lambda: chance.choice(("<a", "https://", "@", "&amp;", "\u200d", "\ufeff", "İ", "ẞ", "ﷺ")),
        lambda: chance.choice(("flood ", "река ", "نهر ", "洪水", "の", "नदी ")),
    ]
    for _ in range(number):
        some = chance.sample(kinds, chance.randint(1, 3))
        yield "".join(chance.choice(some)() for _ in range(chance.choice((0, 1, 3, 30, 300))))


def exceptions(number: int) -> int:
    """How many odd strings the tagger fails on."""
    failed = 0
    for text in odd_strings(number):
        try:
            default_tagger().tag(text)
        except Exception as error:  # noqa: BLE001 - any at all is what is counted
            print(f"{text!r:.200}: {error!r}", file=sys.stderr)
            failed += 1
    return failed


def _mean(values: Iterable[float]) -> float:
    each = list(values)
    return sum(each) / len(each) if each else 0.0


def _instead(outcomes: list[tuple[Tag, bool]]) -> str:
    """The commonest wrong answers for articles of a language."""
    wrong = Counter(tag.language for tag, correct in outcomes if not correct)
    return " ".join(f"{language}:{count}" for language, count in wrong.most_common(3))


def show(figures: dict[str, Any]) -> None:
    """Print the figures as a table."""
    print(f"{'':32}{'article':>9}{'headline':>10}{'3 words':>9}")
    rows = itertools.chain(figures["languages"].items(), figures["macro"].items())
    for name, row in rows:
        numbers = "".join(f"{100 * row[kind]:>{width}.1f}" for kind, width in _WIDTHS.items())
        print(f"{name:32}{numbers}  {row.get('instead', '')}".rstrip())
    error = figures["calibration error"]
    numbers = "".join(f"{error[kind]:>{width}.3f}" for kind, width in _WIDTHS.items())
    print(f"{'calibration error':32}{numbers}")
    print(
        "strictly, articles: "
        + ", ".join(f"{c} {100 * s:.0f}" for c, s in figures["strict"].items())
    )
    ours, theirs = figures["articles per second"], figures["langdetect, articles per second"]
    print(f"articles a second: {ours:.0f}; langdetect {theirs:.0f}; {ours / theirs:.1f} times")
    ways = ", ".join(f"{name} {count}" for name, count in figures["ways"].items())
    print(f"different answers, 1 is right: {ways}")
    print(f"exceptions on {figures['odd strings']} odd strings: {figures['exceptions']}")


_WIDTHS = {"article": 9, "headline": 10, "three words": 9}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="NDJSON instead of a table")
    parser.add_argument("--data", type=Path, default=ntrex.DEFAULT, help="ntrex-*.jsonl.gz")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one in N articles")
    parser.add_argument("--odd", type=int, default=10_000, metavar="N", help="odd strings")
    parser.add_argument("--digest", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    articles = [each for each in ntrex.load(options.data) if each["lang"] not in _SET_ASIDE]
    articles = articles[:: options.every]
    if options.digest:
        print(digest(default_tagger(), articles[::_EVERY]))
        return
    figures = measure(articles)
    figures["langdetect, articles per second"] = langdetect_speed(articles)
    figures["ways"] = stability(articles, options.data, options.every)
    figures["odd strings"] = options.odd
    figures["exceptions"] = exceptions(options.odd)
    if not options.json:
        show(figures)
        return
    for code, row in figures.pop("languages").items():
        print(json.dumps({"language": code, **row}))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
