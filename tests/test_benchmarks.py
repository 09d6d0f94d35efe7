"""The benchmarks of languages, speed and faults: each runs, and says what it found as NDJSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
NTREX = BENCHMARKS.parents[1] / "shared/data/ntrex-dev.jsonl.gz"
needs_ntrex = pytest.mark.skipif(not NTREX.exists(), reason=f"{NTREX.name} is not here")


def run(name, *options):
    """The objects that a benchmark writes."""
    command = [sys.executable, str(BENCHMARKS / f"{name}.py"), "--json", *options]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in output.splitlines()]


@needs_ntrex
def test_langid_measures_each_language_and_the_whole():
    """The tagger names languages, always the same ones, and fails on no odd string."""
    *languages, whole = run("langid", "--every", "97", "--odd", "300")
    assert all(0 <= row["article"] <= 1 for row in languages)
    assert whole["macro"]["the 22 of the press we serve"]["article"] > 0.9
    assert 0 <= whole["calibration error"]["article"] < 0.1
    assert whole["articles per second"] > whole["langdetect, articles per second"] > 0
    assert set(whole["ways"].values()) == {1}
    assert (whole["odd strings"], whole["exceptions"]) == (300, 0)


@needs_ntrex
def test_speed_measures_both_engines():
    """Both engines find the same, and every figure of adding and searching is there."""
    rows = run("speed", "--articles", "25", "--queries", "2")
    by_trial = {(row["trial"], row.get("engine")): row for row in rows}
    for engine in ("dragoman", "whoosh"):
        added = by_trial["add", engine]
        assert added["articles/s"] > 0
        assert added["peak MB"] > 10
        assert added["index MB"] > 0
        searched = by_trial["search", engine]["kinds"]
        assert {kind["queries"] for kind in searched.values()} == {2}
        assert all(0 < kind["median ms"] <= kind["p95 ms"] for kind in searched.values())
    assert by_trial["add", "dragoman"]["store MB"] > 0
    assert by_trial["cold start", None]["import dragoman, ms"] > 0
    assert by_trial["times as fast as stock Whoosh", None]["add"] > 0


def test_kill_loses_nothing():
    """Nothing is lost by kills, nor by two writers and ten readers at once."""
    killed, together = run("kill", "--kills", "2", "--seconds", "2")
    assert (killed["kills"], killed["lost"], killed["errors"]) == (2, 0, 0)
    assert (together["lost"], together["errors"]) == (0, 0)
    assert together["added"] > 0
    assert together["searches"] > 0
