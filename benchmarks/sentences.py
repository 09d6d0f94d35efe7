"""How many sentence boundaries are found, in 200 languages.

    python benchmarks/sentences.py [--json]

Seven sentences of FLORES at a time are written as one text, and taken apart
again. Recall: boundaries found of those there are. An entry of FLORES may hold
more than one sentence, so that the precision of the best splitter is below 1.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import defaultdict
from pathlib import Path
from statistics import mean

from dragoman.languages import LANGUAGES
from dragoman.translate.sentences import sentences

FLORES = Path(__file__).resolve().parents[2] / "shared/data/flores-train.jsonl.gz"
_TOGETHER = 7
_WITHOUT_SPACES = ("Hans", "Hant", "Jpan")


def main() -> int:
    """Print a row for each script, and the languages that fare worst."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Raw)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not FLORES.exists():
        print(f"{FLORES} is not here: nothing to measure with", file=sys.stderr)
        return 2
    tags = {code: row.tag for row in LANGUAGES.values() for code in row.flores}
    scores = {code: _score(texts, code, tags.get(code, "und")) for code, texts in _texts().items()}
    rows = [
        _row(script, [scores[code] for code in scores if code.endswith(script)])
        for script in sorted({code[-4:] for code in scores})
    ]
    rows.append(_row("all", list(scores.values())))
    worst = sorted(scores, key=lambda code: scores[code][1])[:8]
    rows += [_row(code, [scores[code]]) for code in worst]
    for row in rows:
        print(json.dumps(row) if options.json else "  ".join(f"{k} {v}" for k, v in row.items()))
    return 0


def _row(name: str, scores: list[tuple[float, float]]) -> dict[str, object]:
    return {
        "languages": name,
        "number": len(scores),
        "precision": round(mean(score[0] for score in scores), 3),
        "recall": round(mean(score[1] for score in scores), 3),
    }


def _texts() -> dict[str, list[str]]:
    texts: dict[str, dict[int, str]] = defaultdict(dict)
    with gzip.open(FLORES, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            texts[row["lang"]][row["sentence"]] = row["text"].strip()
    return {code: [found[k] for k in sorted(found)] for code, found in texts.items()}


def _score(texts: list[str], code: str, language: str) -> tuple[float, float]:
    """Precision and recall of the boundaries."""
    joint = "" if code.endswith(_WITHOUT_SPACES) else " "
    right = found = there = 0
    for start in range(0, len(texts), _TOGETHER):
        group = texts[start : start + _TOGETHER]
        text = joint.join(group)
        ends = {len(joint.join(group[:k])) for k in range(1, len(group))}
        got = {sentence.end for sentence in sentences(text, language)} - {len(text)}
        right += len(ends & got)
        found += len(got)
        there += len(ends)
    return right / max(1, found), right / max(1, there)


class _Raw(argparse.RawDescriptionHelpFormatter):
    pass


if __name__ == "__main__":
    sys.exit(main())
