"""How well names are found across scripts by their sound, beside two plain methods.

    python benchmarks/names.py [--json] [--data PATH] [--peers [NAMES]] [--cache FOLDER] [--growth]

For each script, pairs of names that the costs were not learned from: given a name in Latin
letters, is its form the first, or among the first ten, of 5,000 names of the script; and back.
Beside it, on the same names as anyascii spells them, Levenshtein similarity (rapidfuzz) and
the Dice coefficient of character trigrams. A false match is one of 1,000 common words of the
language returned for a name with a weight (similarity to the 8th) above .05. Some pairs of the
data are no pairs (a family name beside a given name): "agreeing" counts only those of which the
two anyascii spellings share more than a third of their letters, in order.

With --peers also what a user would otherwise choose (peers.py): bm25s and Whoosh on the words or
the trigrams of letters that uroman writes, and the neighbours of a name by e5. Names and common
words are one index; a false match of a peer is a common word with a score above a threshold of
that peer, set so that it keeps as many of the right names as Dragoman does, or all that it has
a score for where they are fewer ("kept").

With --growth: opening, building and finding in vocabularies of 128 and more languages.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anyascii import anyascii

import peers
from dragoman.analysis import analyse, fold
from dragoman.names import Names
from dragoman.names_build import build_names

_ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(_ROOT / "tools"))

from learn_sounds import FILES, pairs  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    Pairs = Sequence[tuple[str, str]]
    Peers = Sequence[tuple[str, peers.Peer]]

_DATA = _ROOT.parent / "shared/data"
# The language of each kind of form, as Dragoman and as FLORES names it.
_LANGUAGES = {
    "arabic": ("ar", "arb_Arab"), "hebrew": ("he", "heb_Hebr"), "cyrillic": ("ru", "rus_Cyrl"),
    "han": ("zh", "zho_Hans"), "kana": ("ja", "jpn_Jpan"), "hangul": ("ko", "kor_Hang"),
}  # fmt: skip
_NAMES, _COMMON, _FIRST = 5_000, 1_000, 10
_POWER, _COUNTS = 8, 0.05
_AGREEING = 100 / 3
_SIZES = (200_000, 400_000, 800_000, 1_000_000)
_GROWTH_QUERIES = "soleimani trump hezbollah zelensky netanyahu kawtharani sanctions трамп سليماني"


def _common(data: Path, flores: str, language: str) -> list[str]:
    """The commonest words of a language that are no names: seldom capitals where it has them."""
    seen: Counter[str] = Counter()
    capitals: Counter[str] = Counter()
    with gzip.open(data / "flores-train.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            if f'"{flores}"' not in line:
                continue
            text = json.loads(line)["text"]
            for token in analyse(text, language):
                seen[token.terms[0]] += 1
                capitals[token.terms[0]] += text[token.start].isupper()
    words = (w for w, n in seen.most_common() if len(w) > 1 and capitals[w] <= n / 2)
    return [word for word, _ in zip(words, range(_COMMON), strict=False)]


def _ranks(ranked: Iterable[tuple[list[str], str]]) -> dict[str, float]:
    first = within = total = 0
    for found, right in ranked:
        total += 1
        first += found[:1] == [right]
        within += right in found[:_FIRST]
    return {"@1": first / max(total, 1), "@10": within / max(total, 1)}


def _trigrams(word: str) -> set[str]:
    padded = f"  {word} "
    return {padded[k : k + 3] for k in range(len(padded) - 2)}


def _by_trigrams(targets: list[str]) -> Callable[[str], list[str]]:
    lists: dict[str, list[int]] = defaultdict(list)
    grams = [_trigrams(anyascii(target).lower()) for target in targets]
    for number, each in enumerate(grams):
        for gram in each:
            lists[gram].append(number)

    def find(word: str) -> list[str]:
        query = _trigrams(anyascii(word).lower())
        shared = Counter(number for gram in query for number in lists.get(gram, ()))
        scored = {k: 2 * n / (len(query) + len(grams[k])) for k, n in shared.items()}
        return [targets[k] for k in sorted(scored, key=lambda k: (-scored[k], k))[:_FIRST]]

    return find


def _by_levenshtein(targets: list[str]) -> Callable[[str], list[str]]:
    from rapidfuzz import process  # noqa: PLC0415  (main says what to do where it is absent)
    from rapidfuzz.distance import Levenshtein  # noqa: PLC0415

    spelled = [anyascii(target).lower() for target in targets]

    def find(word: str) -> list[str]:
        best = process.extract(
            anyascii(word).lower(), spelled, scorer=Levenshtein.normalized_similarity, limit=_FIRST
        )
        return [targets[number] for _, _, number in best]

    return find


def _agrees(a: str, b: str) -> bool:
    from rapidfuzz import fuzz  # noqa: PLC0415

    return float(fuzz.ratio(anyascii(a).lower(), anyascii(b).lower())) > _AGREEING


def _of_peers(
    names: Collection[str], common: Collection[str], asked: Pairs, kept: float, beside: Peers
) -> dict[str, dict[str, float]]:
    """Peer → its ranks among names; its false matches per name asked when it keeps `kept`."""
    texts = {f"name {name}": name for name in sorted(names)}
    texts |= {f"common {word}": word for word in common}
    figures = {}
    for title, peer in beside:
        peer.build(texts)
        ranked, rights, others = [], [], []
        for word, right in asked:
            found = peer.search(word)
            ranked.append(([texts[key] for key, _ in found if key[0] == "n"][:_FIRST], right))
            rights.append(dict(found).get(f"name {right}", -math.inf))
            others += [score for key, score in found if key[0] == "c"]
        wanted = min(round(kept * len(asked)), sum(score > -math.inf for score in rights))
        least = sorted(rights, reverse=True)[wanted - 1] if wanted else math.inf
        figures[title] = {
            **_ranks(ranked),
            "kept": sum(score >= least for score in rights) / len(asked),
            "false matches": sum(score >= least for score in others) / len(asked),
        }
    return figures


def measure(
    data: Path, kind: str, queries: int, folder: Path, beside: Peers
) -> list[dict[str, Any]]:
    """The figures of a script, to it and back; those of the peers beside them."""
    language, flores = _LANGUAGES[kind]
    held = pairs(data / f"names-{FILES[kind]}.tsv.gz", held=True)
    chosen = random.Random(1).sample(held, min(_NAMES, len(held)))  # noqa: S311  (no secret)
    vocabulary = {language: {b for _, b in chosen}, "en": {a for a, _ in chosen}}
    common = {language: _common(data, flores, language), "en": _common(data, "eng_Latn", "en")}
    build_names(folder / "names", vocabulary)
    build_names(folder / "common", common)
    names, words = Names(folder / "names"), Names(folder / "common")
    rows = []
    for way, source, target, code in (("to", 0, 1, language), ("from", 1, 0, "en")):
        asked = [(pair[source], pair[target]) for pair in chosen[:queries]]
        started = time.perf_counter()
        matches = [names.find(word, {code}).get(code, []) for word, _ in asked]
        elapsed = time.perf_counter() - started
        found = [[match.term for match in each] for each in matches]
        kept = sum(
            match.term == right and match.similarity**_POWER > _COUNTS
            for (_, right), each in zip(asked, matches, strict=True)
            for match in each
        ) / len(asked)
        false = [
            match
            for word, _ in asked
            for match in words.find(word, {code}).get(code, [])
            if match.similarity**_POWER > _COUNTS
        ]
        targets = sorted(vocabulary[code])
        rights = [right for _, right in asked]
        agreeing = [_agrees(*pair) for pair in asked]
        both = list(zip(found, rights, strict=True))
        rows.append({
            "way": f"{way} {kind}",
            "sound": _ranks(both),
            "agreeing": _ranks(b for b, good in zip(both, agreeing, strict=True) if good),
            "agreeing share": sum(agreeing) / len(agreeing),
            "kept": kept,
            "false matches": len(false) / len(asked),
            "levenshtein": _ranks(
                zip(map(_by_levenshtein(targets), (w for w, _ in asked)), rights, strict=True)
            ),
            "trigrams": _ranks(
                zip(map(_by_trigrams(targets), (w for w, _ in asked)), rights, strict=True)
            ),
            "milliseconds": 1000 * elapsed / len(asked),
            "peers": _of_peers(vocabulary[code], common[code], asked, kept, beside),
        })  # fmt: skip
    return rows


def _vocabulary(data: Path) -> dict[str, set[str]]:
    """The words of the parallel sentences of all languages."""
    words: dict[str, set[str]] = defaultdict(set)
    with gzip.open(data / "flores-train.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            words[row["lang"]].update(token.terms[0] for token in analyse(row["text"]))
    for file in sorted(data.glob("tico19-en-*.tsv.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                text = line.rstrip("\n").rpartition("\t")[2]
                words[file.name.split(".")[0]].update(token.terms[0] for token in analyse(text))
    return words


def _grown(words: dict[str, set[str]], size: int) -> dict[str, set[str]]:
    """So many words of languages: a part of them, or with new ones of two halves of words."""
    chance = random.Random(2)  # noqa: S311
    total = sum(map(len, words.values()))
    grown = {}
    for language, own in words.items():
        every = sorted(own)
        wanted = len(every) * size // total
        kept = set(chance.sample(every, min(wanted, len(every))))
        for _ in range(20 * max(wanted - len(every), 0)):
            if len(kept) >= wanted:
                break
            a, b = chance.choice(every), chance.choice(every)
            kept.add(a[: -(-len(a) // 2)] + b[len(b) // 2 :])
        grown[language] = kept
    return grown


def growth(data: Path, folder: Path) -> Iterable[dict[str, Any]]:
    """How times and sizes grow with the number of words."""
    words = _vocabulary(data)
    queries = [fold(word) for word in _GROWTH_QUERIES.split()]
    for size in _SIZES:
        vocabulary = _grown(words, size)
        started = time.perf_counter()
        build_names(folder / "growth", vocabulary)
        built = time.perf_counter() - started
        started = time.perf_counter()
        names = Names(folder / "growth")
        opened = time.perf_counter() - started
        times = []
        for _ in range(3):
            for query in queries:
                started = time.perf_counter()
                names.find(query, names.languages)
                times.append(time.perf_counter() - started)
        warm = sorted(times[len(queries) :])
        del names  # unmapped now, not while the next is opened
        distinct = len(set().union(*vocabulary.values()))
        yield {
            "words of languages": sum(map(len, vocabulary.values())),
            "distinct words": distinct,
            "languages": len(vocabulary),
            "distinct words a second": distinct / built,
            "megabytes": (folder / "growth").stat().st_size / 1e6,
            "opening, ms": 1000 * opened,
            "finding, ms, median": 1000 * warm[len(warm) // 2],
            "finding, ms, most": 1000 * warm[-1],
        }


def _show(row: dict[str, Any]) -> None:
    if "way" not in row:
        print("; ".join(f"{name} {value:,.1f}" for name, value in row.items()))
        return
    cells = " ".join(
        f"{name} {100 * row[name]['@1']:3.0f}/{100 * row[name]['@10']:3.0f}"
        for name in ("sound", "agreeing", "levenshtein", "trigrams")
    )
    false, took = row["false matches"], row["milliseconds"]
    print(f"{row['way']:14} {cells}  false {false:.2f}  {took:.1f} ms", flush=True)
    for name, figures in {"sound": {**row["sound"], **row}, **row["peers"]}.items():
        if row["peers"]:
            ranks = f"{100 * figures['@1']:3.0f}/{100 * figures['@10']:3.0f}"
            false, kept = figures["false matches"], 100 * figures["kept"]
            print(f"    {name:18} {ranks}  false {false:6.2f} at {kept:3.0f} % kept", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="NDJSON instead of a table")
    parser.add_argument("--data", type=Path, default=_DATA, help="folder of the data")
    parser.add_argument("--queries", type=int, default=400, help="names asked for, each way")
    peers.add_options(parser)
    parser.add_argument("--growth", action="store_true", help="measure speed and size instead")
    options = parser.parse_args()
    if not (options.data / "names-arabic.tsv.gz").exists():
        parser.error(f"no names-*.tsv.gz in {options.data}")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        if options.growth:
            rows = growth(options.data, folder)
        else:
            try:
                import rapidfuzz  # noqa: F401, PLC0415
            except ImportError:
                parser.error("Levenshtein distances need rapidfuzz: pip install rapidfuzz")
            cache = peers.Cache(options.cache)
            beside = list(peers.for_names(options.peers, cache)) if options.peers else []
            rows = (
                row
                for kind in _LANGUAGES
                for row in measure(options.data, kind, options.queries, folder, beside)
            )
        for row in rows:
            if options.json:
                print(json.dumps(row), flush=True)
            else:
                _show(row)


if __name__ == "__main__":
    main()
