"""Spoilt files of every format, and inputs made to exhaust the machine.

    python benchmarks/hostile.py [--records 10000] [--seed 1] [--library] [--json]

Sound files of every format that is read (`tests/hostile.py` makes them) have bytes flipped,
pieces cut, doubled, spliced with other files, and traps put in; then they are read. Each must
end in articles and counted problems; an exception is a failure, as is an input of which nothing
is said. With ``--library`` what was read is also added to a library.

After that a fresh process reads each of some very large inputs, and says the most memory it
held, beside what a process holds that reads a small file (needs Linux).
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import dragoman
from dragoman.model import Problem
from dragoman.sources import read_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

_TESTS = Path(__file__).parents[1] / "tests"

_READ = """
import collections, json, sys, time
import dragoman
began = time.monotonic()
items = collections.Counter()
for item in dragoman.read(sys.argv[1]):
    items[type(item).__name__] += 1
    last = item
what = getattr(last, "what", "")
seconds = time.monotonic() - began
# The other figure that the system gives begins with that of the parent process.
status = open("/proc/self/status").read()
peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
print(json.dumps([items["Article"], items["Problem"], what, seconds, peak]))
"""

_MB = 1_000_000


def main() -> int:
    """Run both parts and print their tables; the exit code says whether nothing escaped."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--library", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sys.path.insert(0, str(_TESTS))
    spoilt = _spoilt(options.records, options.seed, library=options.library)
    large = _large()
    if options.json:
        print(json.dumps({"spoilt": spoilt, "large": large}))
    else:
        _show(spoilt, large)
    return 1 if spoilt["exceptions"] or spoilt["silent"] else 0


def _spoilt(records: int, seed: int, *, library: bool) -> dict[str, object]:
    """Read spoilt files and count what comes of them."""
    counts: Counter[str] = Counter()
    escaped: Counter[str] = Counter()
    began = time.monotonic()
    items = _items(records, seed, counts, escaped)
    if library:
        with tempfile.TemporaryDirectory() as folder, dragoman.open_library(folder) as opened:
            report = opened.add(items)
            counts["failed"], counts["warnings"] = report.failed, report.warnings
    else:
        for _ in items:
            pass
    return {
        "records": records,
        **{name: counts[name] for name in ("articles", "lost", "left_out", "silent", "slow")},
        "exceptions": escaped.total(),
        "escaped": dict(escaped),
        "seconds": round(time.monotonic() - began, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _items(
    records: int, seed: int, counts: Counter[str], escaped: Counter[str]
) -> Iterator[dragoman.Article | Problem]:
    from hostile import mutated  # noqa: PLC0415 - its folder is known only now

    for name, data in mutated(records, seed):
        began, given = time.monotonic(), 0
        try:
            for item in read_stream(io.BytesIO(data), name):
                given += 1
                counts[_kind(item)] += 1
                yield item
        except Exception as error:  # noqa: BLE001 - to count them is the purpose
            escaped[f"{name}: {type(error).__name__}: {error}"[:200]] += 1
        counts["silent"] += not given
        counts["slow"] += time.monotonic() - began > 5


def _kind(item: dragoman.Article | Problem) -> str:
    if isinstance(item, Problem):
        return "lost" if item.lost else "left_out"
    return "articles"


def _large() -> list[dict[str, object]]:
    """Read inputs made to exhaust the machine, each in a process of its own."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, (what, make) in _LARGE.items():
            path = Path(folder) / name
            with path.open("wb") as file:
                for chunk in make():
                    file.write(chunk)
            command = [sys.executable, "-c", _READ, str(path)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            articles, problems, said, seconds, peak = json.loads(done.stdout)
            rows.append(
                {
                    "input": what, "file_mb": round(path.stat().st_size / _MB, 1),
                    "articles": articles, "problems": problems, "seconds": round(seconds, 1),
                    "peak_mb": round(peak), "last": said,
                }
            )  # fmt: skip
            path.unlink()
    return rows


def _small() -> Iterator[bytes]:
    yield b'{"title": "Flood"}\n'


def _long_line() -> Iterator[bytes]:
    yield b'{"title": "Flood"}\n{"title": "'
    for _ in range(200):
        yield b"a" * _MB
    yield b'"}\n{"title": "Drought"}\n'


def _long_list() -> Iterator[bytes]:
    record = b'{"title": "Flood", "body": "' + b"The river rose. " * 625 + b'"}'
    yield b"[" + record
    for _ in range(20_000):
        yield b",\n" + record
    yield b"]"


def _long_record() -> Iterator[bytes]:
    yield b'[{"title": "Flood"}, {"title": "'
    for _ in range(200):
        yield b"a" * _MB
    yield b'"}, {"title": "Drought"}]'


def _long_cell() -> Iterator[bytes]:
    yield b'title,body\nFlood,"'
    for _ in range(200):
        yield (b"a" * 9_999 + b"\n") * 100


def _long_text() -> Iterator[bytes]:
    for _ in range(200):
        yield b"The river rose. " * 62_500


def _long_page() -> Iterator[bytes]:
    yield b"<html><body>"
    for _ in range(200):
        yield b"<p>aaaaaa</p>" * 77_000


def _zeros() -> Iterator[bytes]:
    import zstandard  # noqa: PLC0415 - only here

    compressor = zstandard.ZstdCompressor(level=3).compressobj()
    for _ in range(4_000):
        yield compressor.compress(bytes(_MB))
    yield compressor.flush()


def _bomb() -> Iterator[bytes]:
    import zstandard  # noqa: PLC0415 - only here

    compressor = zstandard.ZstdCompressor(level=3).compressobj()
    yield compressor.compress(b'{"title": "Flood"}\n')
    for _ in range(4_000):
        yield compressor.compress(b" " * _MB)
    yield compressor.flush()


_LARGE = {
    "small.jsonl": ("one small record", _small),
    "line.jsonl": ("NDJSON with a line of 200 MB", _long_line),
    "list.json": ("JSON list of 20,000 records, 200 MB", _long_list),
    "record.json": ("JSON list with a record of 200 MB", _long_record),
    "cell.csv": ("CSV with an open quote before 200 MB", _long_cell),
    "text.txt": ("text of 200 MB", _long_text),
    "page.html": ("HTML page of 200 MB", _long_page),
    "zeros.zst": ("zstd, 4 GB of zeros", _zeros),
    "bomb.jsonl.zst": ("zstd, a record and 4 GB of blanks", _bomb),
}


def _show(spoilt: dict[str, object], large: list[dict[str, object]]) -> None:
    print(
        "{records} spoilt files: {articles} articles, {lost} problems, {left_out} fields left out, "
        "{exceptions} exceptions, {silent} silent, {slow} over 5 s; {seconds} s, "
        "peak {peak_mb} MB\n".format_map(spoilt)
    )
    for error, count in dict(spoilt["escaped"]).items():  # type: ignore[call-overload]
        print(f"  {count} × {error}")
    line = "{input:38} {file_mb:>8} {articles:>8} {problems:>8} {seconds:>7} {peak_mb:>7}  {last}"
    names = ("input", "file_mb", "articles", "problems", "seconds", "peak_mb", "last")
    print(line.format_map({name: name.replace("_mb", " MB") for name in names}))
    for row in large:
        print(line.format_map(row))


if __name__ == "__main__":
    sys.exit(main())
