"""Write the language profiles from parallel sentences.

    python tools/build_profiles.py path/to/flores-train.jsonl.gz [TARGET_FOLDER]

The file has one JSON object a line: ``lang`` (as in FLORES-200), ``sentence`` and
``text``. One archive is written for each script that several languages share.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from dragoman.detect import LONGEST, ORDERS, fold, grams, weights
from dragoman.languages import LANGUAGES

_TARGET = Path(__file__).resolve().parents[1] / "src/dragoman/data"
_SCRIPTS = ("Latn", "Arab", "Cyrl", "Deva", "Beng", "Ethi", "Tibt", "Hebr", "Mymr", "Tfng", "Hani")
# The scripts of FLORES's codes that are one here.
_SAME_SCRIPT = {"Hans": "Hani", "Hant": "Hani", "Jpan": "Hani"}
# Arabic as spoken in this place or that, in which news is seldom written; yue_Hant,
# which is standard Chinese; arb_Latn, a scholar's transliteration; min_Arab, faulty.
_LEFT_OUT = frozenset({
    "acm_Arab", "acq_Arab", "aeb_Arab", "ajp_Arab", "apc_Arab", "ars_Arab", "ary_Arab", "arz_Arab",
    "yue_Hant", "arb_Latn", "min_Arab",
})  # fmt: skip
# Serbian in its other alphabet, letter for letter.
_SERBIAN = dict(
    pair.split("=")
    for pair in "а=a б=b в=v г=g д=d ђ=đ е=e ж=ž з=z и=i ј=j к=k л=l љ=lj м=m н=n њ=nj о=o п=p"
    " р=r с=s т=t ћ=ć у=u ф=f х=h ц=c ч=č џ=dž ш=š".split()
)
# Uzbek in the alphabet that many of its newspapers keep; pairs of letters come first.
_UZBEK = dict(
    pair.split("=")
    for pair in "oʻ=ў gʻ=ғ sh=ш ch=ч ya=я yo=ё yu=ю ye=е a=а b=б d=д e=е f=ф g=г h=ҳ i=и j=ж k=к"
    " l=л m=м n=н o=о p=п q=қ r=р s=с t=т u=у v=в x=х y=й z=з ʼ=ъ".split()
)
# n-grams seen less often in every language are left out.
_FEWEST = 2
# Each of so many parts of a language's sentences is held against all others.
_PARTS = 5


def sentences(path: Path) -> dict[str, dict[str, list[str]]]:
    """The folded sentences of each script and language, in the order of the file."""
    tags = {code: row.tag for row in LANGUAGES.values() for code in row.flores}
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            code = record["lang"]
            script = _SAME_SCRIPT.get(code[4:], code[4:])
            if script not in _SCRIPTS or code in _LEFT_OUT:
                continue
            text = fold(record["text"])
            found[script][tags[code]].append(text)
            if code == "srp_Cyrl":
                found["Latn"]["sr"].append(_respelt(text, _SERBIAN))
            if code == "uzn_Latn":
                found["Cyrl"]["uz"].append(_respelt(_APOSTROPHES.sub("ʻ", text), _UZBEK))
    return found


_APOSTROPHES = re.compile("(?<=[og])['‘’ʻʼ`]")
_WORD_START_E = re.compile(r"\be")


def _respelt(text: str, letters: dict[str, str]) -> str:
    """A text in another alphabet."""
    if "e" in letters:
        text = _WORD_START_E.sub("э", text)
    return re.sub("|".join(letters), lambda found: letters[found[0]], text)


def counts(texts: list[str], script: str) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """The n-grams of a language and how often each occurs, for each order of use."""
    found = grams(texts, script)
    return {
        order: np.unique(keys, return_counts=True)
        for order, keys, weight in zip(ORDERS, found.keys, weights(script), strict=True)
        if weight
    }


def expected(texts: list[str], script: str) -> float:
    """The share of a text's longest n-grams that other texts in the language have."""
    parts = [
        grams(texts[part::_PARTS], script).keys[ORDERS.index(LONGEST)] for part in range(_PARTS)
    ]
    known = sum(
        int(np.isin(part, np.concatenate(parts[:at] + parts[at + 1 :])).sum())
        for at, part in enumerate(parts)
    )
    return known / max(sum(map(len, parts)), 1)


def pack(script: str, languages: dict[str, list[str]]) -> dict[str, np.ndarray]:
    """The arrays of one script's archive."""
    names = sorted(languages)
    tables = [counts(languages[name], script) for name in names]
    kept = {
        order: np.unique(np.concatenate([t[order][0][t[order][1] >= _FEWEST] for t in tables]))
        for order in tables[0]
    }
    keys, first = np.unique(np.concatenate(list(kept.values())), return_index=True)
    orders = np.concatenate([np.full(len(each), order) for order, each in kept.items()])[first]
    steps, values = [], []
    for table in tables:
        found = np.concatenate([unique for unique, _ in table.values()])
        number = np.concatenate([count for _, count in table.values()])
        row = np.minimum(np.searchsorted(keys, found), len(keys) - 1)
        column = np.bincount(row, number * (keys[row] == found), minlength=len(keys))
        rows = np.flatnonzero(column)
        steps.append(np.diff(rows, prepend=0))
        values.append(np.minimum(column[rows], 65535))
    rows = np.concatenate(steps)
    return {
        "names": np.array(" ".join(names)),
        "keys": keys,
        "orders": orders.astype(np.uint8),
        "rows": rows.astype(np.uint16 if rows.max() < 65536 else np.uint32),
        "counts": np.concatenate(values).astype(np.uint16),
        "sizes": np.array([len(each) for each in steps], np.uint32),
        "expected": np.array([expected(languages[name], script) for name in names], np.float32),
    }


def main(source: str, target: str = str(_TARGET)) -> None:
    """Read the sentences and write the archives."""
    found = sentences(Path(source))
    for script in _SCRIPTS:
        arrays = pack(script, found[script])
        path = Path(target) / f"profiles-{script}.npz"
        np.savez_compressed(path, **arrays)
        print(
            f"{script}: {len(found[script])} languages, {len(arrays['keys'])} n-grams,"
            f" {path.stat().st_size / 1e6:.2f} MB"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
