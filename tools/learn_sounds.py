"""Learn which sounds of one script stand for which of Latin letters, from pairs of names.

    python tools/learn_sounds.py [--data PATH]

A memoryless stochastic transducer (Ristad and Yianilos, *Learning string-edit distance*, IEEE
PAMI 1998) for each script, by expectation maximisation over all sound forms of a pair. It begins
at the costs set by hand, which stay as a prior, and each pair is held to be either two spellings
of a name or two names that have nothing to do with each other, as the data has both. The pairs
that benchmarks/names.py measures with are left out.

For the unspaced scripts of South-East Asia and Tibet there are no such pairs. Theirs are made from
parallel sentences (FLORES, TICO-19): each name of the English sentence with the stretch of the
other that sounds most like it by the costs set by hand.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import zlib
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import regex

from dragoman.analysis import fold
from dragoman.analysis.costs import LEARNED, SOUNDS, hand_costs, hand_prior
from dragoman.analysis.runs import links
from dragoman.analysis.sound import Form, sound_forms
from dragoman.arrays import read_arrays, write_arrays
from dragoman.chains import Chains, Effort
from dragoman.chains_build import pack_chains

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_ROOT = Path(__file__).resolve().parents[1]
_DATA = _ROOT.parent / "shared/data"
_TARGET = _ROOT / "src/dragoman/data/sounds.npz"
# The file of each kind of form; of Japanese names only those in kana.
FILES = {
    "cyrillic": "russian", "arabic": "arabic", "hebrew": "hebrew",
    "han": "chinese", "kana": "japanese", "hangul": "korean",
}  # fmt: skip
# Of each, FLORES by its own codes; TICO-19 has two.
_FLORES = ("tha_Thai", "lao_Laoo", "khm_Khmr", "mya_Mymr", "shn_Mymr", "bod_Tibt", "dzo_Tibt")
_TICO = ("km", "my")
_FOUND = Effort(least=(0.8, 0.65, 0.62, 0.62), starts=400, beam=100, slack=0.8, kept=1)
_ROUNDS = 8
_PRIOR = 400.0  # edits that the costs set by hand count for
_LIKELY = 0.9  # the share of pairs that are spellings of one name, before the first round
_LONGEST = 20
_BATCH = 4096
_SENTENCES = 200  # that are looked through at once

_CODE = {sound: code for code, sound in enumerate(SOUNDS, 1)}
_SIZE = len(SOUNDS) + 1


def is_held(latin: str, other: str) -> bool:
    """Whether a pair is for measuring, not for learning: one in five, by its hash."""
    return zlib.crc32(f"{latin}\t{other}".encode()) % 5 == 0


def pairs(path: Path, *, held: bool) -> list[tuple[str, str]]:
    """The folded pairs of a file, either those held out or the others."""
    found = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            latin, other = line.rstrip("\n").split("\t")
            if is_held(latin, other) == held:
                found.append((fold(latin), fold(other)))
    return found


def sentence_pairs(data: Path) -> list[tuple[str, str]]:
    """Folded names of English sentences, each with the stretch that sounds like it."""
    texts: dict[str, dict[int, str]] = defaultdict(dict)
    with gzip.open(data / "flores-train.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            texts[row["lang"]][row["sentence"]] = row["text"]
    english = texts["eng_Latn"]
    found: set[tuple[str, str]] = set()
    for code in _FLORES:
        found |= _mined([(english[n], text) for n, text in texts[code].items() if n in english])
    for code in _TICO:
        with gzip.open(data / f"tico19-en-{code}.tsv.gz", "rt", encoding="utf-8") as lines:
            rows = [line.rstrip("\n").split("\t") for line in lines]
        found |= _mined([(row[1], row[2]) for row in rows])
    return sorted(found)


def _mined(sentences: list[tuple[str, str]]) -> set[tuple[str, str]]:
    names = _capitals(english for english, _ in sentences)
    pairs = set()
    with tempfile.TemporaryDirectory() as folder:
        for begin in range(0, len(sentences), _SENTENCES):
            some = sentences[begin : begin + _SENTENCES]
            # Each sentence is a language of its own.
            found = pack_chains({number: links(other) for number, (_, other) in enumerate(some)})
            path = Path(folder) / "chains"
            write_arrays(path, found, {})
            file = read_arrays(path)
            held = {name: file.guarded(name) for name in found}
            chains = Chains(path, held, len(some), effort=_FOUND, costs_of=hand_costs)
            for number, (english, _) in enumerate(some):
                wanted = np.arange(len(some)) == number
                for name in (fold(word) for word in _words(english) if word in names):
                    heard = chains.find(sound_forms(name, english=True), wanted)
                    pairs |= {(name, stretch) for stretch, _ in heard.get(number, ())}
    return pairs


def _capitals(sentences: Iterable[str]) -> set[str]:
    """Words that inside sentences are written with a capital more than twice as often as not."""
    seen = Counter(
        word for text in sentences for word in regex.findall(r"(?<=[\p{Ll},;] )\p{L}+", text)
    )
    return {
        word
        for word in seen
        if len(word) > 3 and word.istitle() and seen[word] > 2 * seen[word.lower()]
    }


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(regex.findall(r"\p{L}+", text)))


def _encode(form: Form) -> list[int] | None:
    codes = [_CODE.get(sound, 0) for sound in form.sounds]
    return codes if 0 not in codes and len(codes) <= _LONGEST else None


def _examples(names: list[tuple[str, str]], kind: str) -> tuple[NDArray[np.int64], ...]:
    """Every pair of forms: the number of its pair of names, and the codes of both, padded."""
    rows: list[tuple[int, list[int], list[int]]] = []
    for number, (latin, other) in enumerate(names):
        left = [_encode(form) for form in sound_forms(latin, english=True)]
        right = [_encode(f) for f in sound_forms(other, english=False) if f.kind == kind]
        rows += [(number, a, b) for a in left for b in right if a and b]
    owner = np.array([row[0] for row in rows], np.int64)
    both = []
    for side in (1, 2):
        codes = np.zeros((len(rows), _LONGEST), np.int64)
        for place, row in enumerate(rows):
            codes[place, : len(row[side])] = row[side]
        both.append(codes)
    return owner, both[0], both[1]


def _forward(joint: Floats, left: NDArray[np.int64], right: NDArray[np.int64]) -> Floats:
    """The probability of each pair of beginnings, by their lengths."""
    rows = len(left)
    table = np.zeros((_LONGEST + 1, _LONGEST + 1, rows))
    table[0, 0] = 1
    for i in range(_LONGEST + 1):
        for j in range(_LONGEST + 1):
            if i:
                table[i, j] += table[i - 1, j] * joint[left[:, i - 1], 0]
            if j:
                table[i, j] += table[i, j - 1] * joint[0, right[:, j - 1]]
            if i and j:
                table[i, j] += table[i - 1, j - 1] * joint[left[:, i - 1], right[:, j - 1]]
    return table


def _reversed(codes: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    at = lengths[:, None] - 1 - np.arange(_LONGEST)
    return np.where(at >= 0, np.take_along_axis(codes, np.maximum(at, 0), 1), 0)


def _expect(
    joint: Floats, left: NDArray[np.int64], right: NDArray[np.int64]
) -> tuple[Floats, Floats, Floats]:
    """The likelihood of each pair, and the probabilities of its beginnings and endings."""
    n, m = np.count_nonzero(left, axis=1), np.count_nonzero(right, axis=1)
    rows = np.arange(len(left))
    before = _forward(joint, left, right)
    behind = _forward(joint, _reversed(left, n), _reversed(right, m))
    likelihood = before[n, m, rows]
    return likelihood, before, behind


def _count(
    joint: Floats, left: NDArray[np.int64], right: NDArray[np.int64], weights: Floats,
    tables: tuple[Floats, Floats],
) -> Floats:  # fmt: skip
    """The expected edits of weighted pairs."""
    before, behind = tables
    n, m = np.count_nonzero(left, axis=1), np.count_nonzero(right, axis=1)
    rows = np.arange(len(left))
    counts = np.zeros(_SIZE * _SIZE)
    for i in range(_LONGEST + 1):
        for j in range(_LONGEST + 1):
            for di, dj in ((1, 0), (0, 1), (1, 1)):
                if i + di > _LONGEST or j + dj > _LONGEST:
                    continue
                a = left[:, i] if di else np.zeros(len(left), np.int64)
                b = right[:, j] if dj else np.zeros(len(left), np.int64)
                inside = (i + di <= n) & (j + dj <= m)
                rest = behind[np.maximum(n - i - di, 0), np.maximum(m - j - dj, 0), rows]
                share = np.where(inside, weights * before[i, j] * joint[a, b] * rest, 0)
                counts += np.bincount(a * _SIZE + b, weights=share, minlength=_SIZE * _SIZE)
    return counts.reshape(_SIZE, _SIZE)


def _background(codes: NDArray[np.int64]) -> Floats:
    """The probability of each form as a chain of sounds by themselves."""
    counts = np.bincount(codes.ravel(), minlength=_SIZE).astype(float) + 1
    counts[0] = len(codes)  # the end of a form
    share = np.log(counts / counts.sum())
    share_of_each: Floats = np.exp(np.where(codes > 0, share[codes], 0).sum(1) + share[0])
    return share_of_each


def learn(names: list[tuple[str, str]], kind: str) -> tuple[Floats, float]:
    """The joint probabilities of edits, and the share of pairs taken for one name."""
    owner, left, right = _examples(names, kind)
    lone = _background(left) * _background(right)
    prior = hand_prior(kind, _frequencies(left), _frequencies(right))
    joint, likely = prior, _LIKELY
    for _ in range(_ROUNDS):
        counts = _PRIOR * prior
        end = len(left) / (np.count_nonzero(left) + np.count_nonzero(right))
        likelihood = np.zeros(len(left))
        for at in range(0, len(left), _BATCH):
            here = slice(at, at + _BATCH)
            likelihood[here] = _expect(joint, left[here], right[here])[0] * end
        forms = np.bincount(owner, minlength=len(names))
        total = np.bincount(owner, likelihood, len(names)) / np.maximum(forms, 1)
        alone = np.bincount(owner, lone, len(names)) / np.maximum(forms, 1)
        same = likely * total / np.maximum(likely * total + (1 - likely) * alone, 1e-300)
        weights = same[owner] / np.maximum(total * forms, 1e-300)[owner]
        for at in range(0, len(left), _BATCH):
            here = slice(at, at + _BATCH)
            _, *tables = _expect(joint, left[here], right[here])
            counts += _count(
                joint, left[here], right[here], weights[here] * end, (tables[0], tables[1])
            )
        joint = counts / counts.sum()
        likely = float(same[forms > 0].mean())
    return joint, likely


def _frequencies(codes: NDArray[np.int64]) -> Floats:
    counts = np.bincount(codes.ravel(), minlength=_SIZE)[1:].astype(float) + 1
    shares: Floats = counts / counts.sum()
    return shares


def main() -> None:
    """Learn the tables of all scripts and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=_DATA, help="folder of the pairs and sentences"
    )
    options = parser.parse_args()
    tables = []
    for kind in LEARNED:
        names = (
            pairs(options.data / f"names-{FILES[kind]}.tsv.gz", held=False)
            if kind in FILES
            else sentence_pairs(options.data)
        )
        joint, likely = learn(names, kind)
        print(f"{kind:10} {len(names)} pairs, {100 * likely:.0f} % spellings of one name")
        tables.append(np.clip(np.round(-100 * np.log(joint)), 0, 3000))
    np.savez_compressed(
        _TARGET,
        sounds=np.array(list(SOUNDS)),
        kinds=np.array(LEARNED),
        surprise=np.array(tables).astype(np.uint16),
    )


if __name__ == "__main__":
    main()
