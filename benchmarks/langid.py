"""How well the tagger tells languages, beside langdetect.

    python benchmarks/langid.py [--json] [--data PATH]

On NTREX-128: the share of articles, of headlines and of first three words (first
eight characters where words are not set apart) whose language is right, for each
language and as the mean over languages; the calibration error of the confidence;
articles a second, langdetect's in the same run on the same articles.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import langdetect

import ntrex
from dragoman.tag import default_tagger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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
# Chinese is what Cantonese newspapers write.
_ALSO_RIGHT = {"fas": {"prs"}, "prs": {"fa"}, "nob": {"nn"}, "nno": {"nb"}, "yue": {"zh"}}
_BINS = 10


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


_WIDTHS = {"article": 9, "headline": 10, "three words": 9}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="NDJSON instead of a table")
    parser.add_argument("--data", type=Path, default=ntrex.DEFAULT, help="ntrex-*.jsonl.gz")
    options = parser.parse_args()
    articles = [each for each in ntrex.load(options.data) if each["lang"] not in _SET_ASIDE]
    figures = measure(articles)
    figures["langdetect, articles per second"] = langdetect_speed(articles)
    if not options.json:
        show(figures)
        return
    for code, row in figures.pop("languages").items():
        print(json.dumps({"language": code, **row}))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
