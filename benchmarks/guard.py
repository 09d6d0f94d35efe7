"""How often the guard suspects a good translation, and how often it catches a spoilt one.

    python benchmarks/guard.py [--every 1] [--examples 0] [--json]

Good translations: TICO-19, English and 31 languages, in both directions, and
FLORES, all its languages into English. Each must raise a false alarm for less
than 1 in 100. The same translations are then spoilt in the shapes in which
translators fail, and the share that is noticed is counted.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import regex

from dragoman.languages import LANGUAGES, canonical
from dragoman.translate.guard import faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATA = Path(__file__).resolve().parents[2] / "shared/data"
ALLOWED = 0.01

# Documents of TICO-19 whose lines are shifted against the English ones, by language.
_SHIFTED = {"fr": ("PubMed_8:",), "so": ("wiki", "Wiki")}

_Pair = tuple[str, str]

_SPOILERS: dict[str, Callable[[str, str, random.Random], str]] = {
    "loop": lambda _s, t, r: f"{t} " + " ".join([_piece(t, r)] * 8),
    "word loop": lambda _s, t, r: " ".join([_piece(t, r, 1)] * r.randint(5, 60)),
    "copy": lambda s, _t, _r: s,
    "cut short": lambda _s, t, _r: t[: len(t) // 8],
    "far too long": lambda _s, t, _r: f"{t} {t[::-1]} {t[len(t) // 2 :]} {t[::2]} {t[1::2]}",
    "numbers": lambda _s, t, _r: regex.sub(r"\p{Nd}[\p{Nd}.,]*", "", t),
    "nothing": lambda _s, _t, _r: "♪",
}
"""How to spoil a translation."""


def main() -> int:
    """Print a row for each corpus and language; return 1 if any has too many false alarms."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Raw)
    parser.add_argument("--every", type=int, default=1, help="take every n-th pair only")
    parser.add_argument("--examples", type=int, default=0, help="show this many false alarms each")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not DATA.exists():
        print(f"{DATA} is not here: nothing to measure with", file=sys.stderr)
        return 2
    worst = 0.0
    spoilt: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    for corpus, source, target, pairs in _corpora(options.every):
        row, alarms = _measure(corpus, source, target, pairs)
        worst = max(worst, row["false alarms"])
        _spoil(pairs, source, target, spoilt, noticed)
        _show(row, as_json=options.json)
        for (one, other), found in alarms[: options.examples]:
            print(f"    {','.join(found)}\n      {one}\n      {other}")
    caught = {name: round(noticed[name] / spoilt[name], 4) for name in _SPOILERS if spoilt[name]}
    _show({"corpus": "spoilt translations noticed", **caught}, as_json=options.json)
    _show({"corpus": "worst", "false alarms": worst}, as_json=options.json)
    return int(worst >= ALLOWED)


def _show(row: dict[str, object], *, as_json: bool) -> None:
    print(json.dumps(row) if as_json else "  ".join(f"{name} {row[name]}" for name in row))


def _corpora(every: int) -> Iterator[tuple[str, str, str, list[_Pair]]]:
    for path in sorted(DATA.glob("tico19-en-*.tsv.gz")):
        language = canonical(path.name.removeprefix("tico19-en-").removesuffix(".tsv.gz"))
        # In TICO-19, ku is Kurmanji.
        language = "kmr" if language == "ku" else language
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            rows = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))[::every]
        shifted = _SHIFTED.get(language, ())
        # What was left in English is no translation.
        pairs = [(row[1], row[2]) for row in rows if not row[0].startswith(shifted)]
        pairs = [pair for pair in pairs if pair[0] != pair[1]]
        yield "tico19", "en", language, pairs
        yield "tico19", language, "en", [(other, english) for english, other in pairs]
    texts: dict[str, dict[int, str]] = defaultdict(dict)
    with gzip.open(DATA / "flores-train.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            texts[row["lang"]][row["sentence"]] = row["text"]
    english = texts["eng_Latn"]
    for row in LANGUAGES.values():
        for code in row.flores:
            if code in texts and code != "eng_Latn":
                numbers = sorted(texts[code].keys() & english.keys())[::every]
                pairs = [(texts[code][number], english[number]) for number in numbers]
                yield f"flores {code}", row.tag, "en", pairs


def _measure(
    corpus: str, source: str, target: str, pairs: list[_Pair]
) -> tuple[dict[str, object], list[tuple[_Pair, tuple[str, ...]]]]:
    alarms = [(pair, found) for pair in pairs if (found := faults(*pair, source, target))]
    kinds = Counter(kind for _, found in alarms for kind in found)
    share = round(len(alarms) / len(pairs), 4)
    row = {"corpus": corpus, "pair": f"{source}>{target}", "pairs": len(pairs)}
    return {**row, "false alarms": share, **kinds}, alarms


def _spoil(
    pairs: list[_Pair], source: str, target: str, spoilt: Counter[str], noticed: Counter[str]
) -> None:
    chance = random.Random(1)  # noqa: S311
    for one, other in pairs[::10]:
        for name, spoil in _SPOILERS.items():
            if name == "numbers" and not regex.search(r"\p{Nd}{3}", one):
                continue
            if name == "cut short" and len(other) < 80:
                continue
            spoilt[name] += 1
            noticed[name] += bool(faults(one, spoil(one, other, chance), source, target))


def _piece(text: str, chance: random.Random, most: int = 4) -> str:
    words = text.split() or [text]
    start = chance.randrange(len(words))
    return " ".join(words[start : start + chance.randint(1, most)])


class _Raw(argparse.RawDescriptionHelpFormatter):
    pass


if __name__ == "__main__":
    sys.exit(main())
