"""Write the language profiles from parallel sentences.

    python tools/build_profiles.py path/to/flores-train.jsonl.gz [TARGET_FOLDER]

The file has one JSON object a line: ``lang`` (as in FLORES-200), ``sentence`` and
``text``. One archive is written for each script that several languages share.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from dragoman import scripts
from dragoman.detect import ORDERS, fold, grams
from dragoman.languages import LANGUAGES

_TARGET = Path(__file__).resolve().parents[1] / "src/dragoman/data"
_SCRIPTS = ("Latn", "Arab", "Cyrl", "Deva", "Beng", "Ethi", "Tibt", "Hebr", "Mymr", "Tfng", "Hani")
# The scripts of FLORES's codes that are one here.
_SAME_SCRIPT = {"Hans": "Hani", "Hant": "Hani", "Jpan": "Hani"}
# Written in the standard language by newspapers, and not to be told from it by news;
# arb_Latn is a scholar's transliteration, min_Arab a faulty one.
_LEFT_OUT = frozenset(
    "acm_Arab acq_Arab aeb_Arab ajp_Arab apc_Arab ars_Arab ary_Arab arz_Arab arb_Latn min_Arab"
    .split()
)  # fmt: skip
_SEPARATE = {"zho_Hans": "zh-Hans", "zho_Hant": "zh-Hant"}
_SERBIAN = dict(
    zip(
        "абвгдђежзијклљмнњопрстћуфхцчџш",
        "a b v g d đ e ž z i j k l lj m n nj o p r s t ć u f h c č dž š".split(),
        strict=True,
    )
)
# n-grams seen less often in every language are left out.
_FEWEST = 2


def sentences(path: Path) -> dict[tuple[str, str], list[str]]:
    """The sentences of each script and language, in the order of the file."""
    tags = {code: row.tag for row in LANGUAGES.values() for code in row.flores}
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            code = record["lang"]
            script = _SAME_SCRIPT.get(code[4:], code[4:])
            if script not in _SCRIPTS or code in _LEFT_OUT:
                continue
            name = _SEPARATE.get(code, tags[code])
            text = fold(record["text"])
            found[script, name].append(text)
            if code == "srp_Cyrl":
                found["Latn", name].append("".join(_SERBIAN.get(each, each) for each in text))
    return found


def counts(texts: Iterable[str], script: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """The n-grams of a language and how often each occurs, for each order."""
    found = grams(scripts.code_points("\n".join(texts)), script)
    return [np.unique(keys, return_counts=True) for keys in found.keys]


def pack(script: str, languages: dict[str, list[str]]) -> dict[str, np.ndarray]:
    """The arrays of one script's archive."""
    names = sorted(languages)
    per_language = [counts(languages[name], script) for name in names]
    keys, orders = [], []
    for index, order in enumerate(ORDERS):
        if (order == 1) != (script == "Hani") and order in (1, 3, 4):
            if order == 1 or script == "Hani":
                continue
        kept = np.unique(
            np.concatenate([each[index][0][each[index][1] >= _FEWEST] for each in per_language])
        )
        keys.append(kept)
        orders.append(np.full(len(kept), order, np.uint8))
    all_keys, all_orders = np.concatenate(keys), np.concatenate(orders)
    all_keys, first = np.unique(all_keys, return_index=True)
    all_orders = all_orders[first]
    rows, values, sizes = [], [], []
    for each in per_language:
        found = np.concatenate([unique for unique, _ in each])
        number = np.concatenate([count for _, count in each])
        row = np.searchsorted(all_keys, found)
        row[row == len(all_keys)] = 0
        known = all_keys[row] == found
        order = np.argsort(row[known], kind="stable")
        row, number = row[known][order], number[known][order]
        row, start = np.unique(row, return_index=True)
        number = np.add.reduceat(number, start)
        rows.append(np.diff(row, prepend=0))
        values.append(np.minimum(number, 65535))
        sizes.append(len(row))
    steps = np.concatenate(rows)
    return {
        "names": np.array(" ".join(names)),
        "keys": all_keys,
        "orders": all_orders,
        "rows": steps.astype(np.uint16 if steps.max() < 65536 else np.uint32),
        "counts": np.concatenate(values).astype(np.uint16),
        "sizes": np.array(sizes, np.uint32),
    }


def main(source: str, target: str = str(_TARGET)) -> None:
    """Read the sentences and write the archives."""
    by_script: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for (script, name), texts in sentences(Path(source)).items():
        by_script[script][name] = texts
    for script in _SCRIPTS:
        arrays = pack(script, by_script[script])
        path = Path(target) / f"profiles-{script}.npz"
        np.savez_compressed(path, **arrays)
        print(
            f"{script}: {len(by_script[script])} languages, {len(arrays['keys'])} n-grams,"
            f" {path.stat().st_size / 1e6:.2f} MB"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
