"""Damage to the files of an index: each is told, or the answers are still right.

    python benchmarks/damage.py [--mutations 20000] [--seed 1] [--json]

An index of some hundred made-up articles, in several segments with deletions, is damaged
again and again: bits flipped, bytes overwritten, files cut, lengthened, swapped, emptied,
deleted. Then it is opened and asked, and checked. What is allowed: `LibraryDamaged`, or the
same answers as before; and a check must name a file with a changed bit.

A second trial forges the checksums after the damage, as somebody who sends an index could:
then answers may be anything, but nothing other than `LibraryDamaged` may be raised.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
import zlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dragoman
import figures
from dragoman.engines import Record, Request, open_engine
from dragoman.expand import expand
from dragoman.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Change = Callable[[bytes, random.Random], bytes]

_QUERIES = ("common", '"common rare3"', "w1*", "rare7 OR common", "lang:fi", "nowhere")
_PREAMBLE = 32  # as dragoman.arrays has it


def records() -> list[Record]:
    """Made-up articles: a word in all of them, some in many, many in few."""
    chance = random.Random(5)  # noqa: S311
    found = []
    for key in range(1, 301):
        words = ["common", f"rare{key % 50}", *(f"w{chance.randrange(900)}" for _ in range(60))]
        positions: dict[str, list[int]] = {}
        for place, word in enumerate(words + ["common"] * (key % 7)):
            positions.setdefault(word, []).append(place)
        found.append(
            Record(
                key=key,
                language=("en", "fi", "ar")[key % 3],
                published=20200101 + key % 28,
                source=f"Source {key % 5}",
                fields={"title": {"common": [0]}, "body": positions},
                lengths={"title": 1, "body": len(words)},
                names=frozenset({f"rare{key % 50}"}),
            )
        )
    return found


def build(folder: Path) -> None:
    """Write the index in three commits, whose segments stay apart."""
    engine = open_engine("whoosh", folder)
    made = records()
    engine.write(made[:250])
    engine.write(made[250:290], removed=[3, 4, 100])
    engine.write(made[290:], removed=[255])
    engine.close()


def answers(folder: Path, queries: Sequence[str] = _QUERIES) -> list[Any]:
    """What queries find.

    Raises `LibraryDamaged` where the index says that it is damaged.
    """
    engine = open_engine("whoosh", folder)
    try:
        found = []
        for text in queries:
            query = parse(text)
            ways = expand(query.every_concept(), engine.vocabulary(), ("original", "name"))
            evaluation = engine.evaluate(Request(query, ways, limit=400))
            found.append([(hit.key, hit.language, hit.score) for hit in evaluation.hits])
        return found
    finally:
        engine.close()


def complaints(folder: Path) -> list[str]:
    """What a check of the index says."""
    try:
        engine = open_engine("whoosh", folder)
    except dragoman.LibraryDamaged as error:
        return [str(error)]
    try:
        return engine.check()
    finally:
        engine.close()


def _flip(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def _overwrite(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return (data[:at] + chance.randbytes(chance.randrange(1, 40)) + data[at + 40 :])[: len(data)]


def _zero(data: bytes, chance: random.Random) -> bytes:
    at, size = chance.randrange(len(data)), chance.randrange(1, 5000)
    return (data[:at] + bytes(size) + data[at + size :])[: len(data)]


CHANGES: dict[str, Change] = {
    "flipped": _flip,
    "overwritten": _overwrite,
    "zeroed": _zero,
    "cut": lambda data, chance: data[: chance.randrange(len(data))],
    "lengthened": lambda data, chance: data + chance.randbytes(chance.randrange(1, 100)),
    "moved": lambda data, chance: data[(at := chance.randrange(1, len(data))) :] + data[:at],
}


def damaged(folder: Path, chance: random.Random, before: list[Any]) -> str:
    """Damage one file, ask, check, and mend it; return what came of it."""
    file = chance.choice([path for path in sorted(folder.iterdir()) if path.stat().st_size])
    sound = file.read_bytes()
    kind = chance.choice(list(CHANGES))
    changed = CHANGES[kind](sound, chance)
    file.write_bytes(changed)
    try:
        try:
            same = answers(folder) == before
            outcome = "right" if same else f"WRONG ({file.name} {kind})"
        except dragoman.LibraryDamaged:
            outcome = "told"
        except Exception as error:  # noqa: BLE001 - what is counted
            outcome = f"{type(error).__name__} ({file.name} {kind}: {error})"
        if changed != sound and not any(file.name in line for line in complaints(folder)):
            outcome = f"not named ({file.name} {kind})"
    finally:
        file.write_bytes(sound)
    return outcome


def forged(folder: Path, chance: random.Random) -> str:
    """Damage an array file, forge its checksums, ask, and mend it; return what came of it."""
    segments = sorted(folder.glob("MAIN*.arrays")) + sorted(folder.glob("*.gone"))
    file = chance.choice(segments)
    (contents,) = folder.glob("_MAIN_*.toc")
    sound, listed = file.read_bytes(), contents.read_bytes()
    file.write_bytes(reseal(chance.choice([_flip, _overwrite, _zero])(sound, chance), sound))
    seals = [str(seal(data)).encode() for data in (sound, file.read_bytes())]
    body = listed.partition(b"\n")[2].replace(*seals)
    contents.write_bytes(f"dragoman index 1 {zlib.crc32(body):08x} {len(body)}\n".encode() + body)
    try:
        answers(folder)
    except dragoman.LibraryDamaged:
        return "told"
    except Exception as error:  # noqa: BLE001 - what is counted
        return f"{type(error).__name__} ({file.name}: {error})"
    finally:
        file.write_bytes(sound)
        contents.write_bytes(listed)
    return "answered"


def seal(data: bytes) -> int:
    """The checksum of a file of arrays, as the contents list it."""
    length, pages = int.from_bytes(data[16:24], "little"), int.from_bytes(data[28:32], "little")
    return zlib.crc32(data[_PREAMBLE : _PREAMBLE + length + 4 * pages])


def reseal(data: bytes, sound: bytes) -> bytes:
    """With the sizes of the sound file, and checksums that fit."""
    length, pages = int.from_bytes(sound[16:24], "little"), int.from_bytes(sound[28:32], "little")
    start = _PREAMBLE + length + 4 * pages
    page = 1 << json.loads(sound[_PREAMBLE : _PREAMBLE + length])["page bits"]
    content = data[start:]
    sums = b"".join(
        zlib.crc32(content[page * number : page * (number + 1)]).to_bytes(4, "little")
        for number in range(pages)
    )
    head = data[_PREAMBLE : _PREAMBLE + length] + sums
    checksum = zlib.crc32(head).to_bytes(4, "little")
    return sound[:24] + checksum + sound[28:32] + head + content


def trials(mutations: int, seed: int) -> list[dict[str, Any]]:
    """Both trials, with what came of each mutation, the slowest of them and the memory used."""
    found = []
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "index"
        build(folder)
        size = sum(path.stat().st_size for path in folder.iterdir())
        before = answers(folder)
        for name, trial in (
            ("damaged", lambda chance: damaged(folder, chance, before)),
            ("forged", lambda chance: forged(folder, chance)),
        ):
            at_first, slowest = figures.peak(), 0.0
            outcomes: Counter[str] = Counter()
            for number in range(mutations):
                started = time.perf_counter()
                outcomes[trial(random.Random(f"{seed} {number}"))] += 1  # noqa: S311
                slowest = max(slowest, time.perf_counter() - started)
            good = {"told", "right", "answered"}
            found.append(
                {
                    "trial": name,
                    "mutations": mutations,
                    "outcomes": {key: n for key, n in outcomes.items() if key in good},
                    "errors": {key: n for key, n in outcomes.items() if key not in good},
                    "slowest s": slowest,
                    "index MB": size / 1e6,
                    "peak MB": [at_first, figures.peak()],
                }
            )
        assert answers(folder) == before  # noqa: S101
        shutil.rmtree(folder)
    return found


def main() -> int:
    """Run both trials; return 1 if anything was wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mutations", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = trials(options.mutations, options.seed)
    for trial in found:
        if options.json:
            print(json.dumps(trial))
        else:
            print(*(f"{name} {value}" for name, value in trial.items()), sep="\n  ")
    return int(any(trial["errors"] for trial in found))


if __name__ == "__main__":
    sys.exit(main())
