"""Copies of one text among the hits: what is joined, and what a page then shows."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dragoman
from dragoman.collapse import LONGER, Groups, shingles
from dragoman.model import Article

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
NTREX = BENCHMARKS.parents[1] / "shared/data/ntrex-dev.jsonl.gz"

ENGLISH = (
    "The river rose in the night and took the old bridge of Basra with it.\n"
    "Officials opened two schools for the families whose houses stand under water.\n"
    "Engineers expect the flood to reach the southern villages within three days.\n"
    "The governor asked Baghdad for boats, tents and clean water."
)
ARABIC = (
    "ارتفع منسوب النهر ليلاً وجرف الجسر القديم في البصرة.\n"
    "وفتح المسؤولون مدرستين للعائلات التي غمرت المياه منازلها.\n"
    "ويتوقع المهندسون أن يصل الفيضان إلى القرى الجنوبية خلال ثلاثة أيام.\n"
    "وطلب المحافظ من بغداد قوارب وخياماً ومياهاً نظيفة."
)
CHINESE = (
    "河水在夜间上涨，冲走了巴士拉的旧桥。\n"
    "官员们为房屋被淹的家庭开放了两所学校。\n"
    "工程师预计洪水将在三天内到达南部村庄。\n"
    "省长请求巴格达提供船只、帐篷和净水。"
)
RETOLD = (
    "Basra lost its ancient crossing overnight when floods swept through the city.\n"
    "Families who had to leave their homes sleep in two schools, the authorities said.\n"
    "In three days the water could be in the villages of the south.\n"
    "Boats and tents are needed, according to the governor, and so is drinking water."
)


def joined(one, other):
    """Whether two articles are taken for copies."""
    groups = Groups()
    return groups.join(shingles(one)) == groups.join(shingles(other))


@pytest.mark.parametrize("body", [ENGLISH, ARABIC, CHINESE], ids=["en", "ar", "zh"])
@pytest.mark.parametrize(
    "change",
    [
        lambda body: f"BASRA, Aug 31 (ANB) — {body}",
        lambda body: body.rpartition("\n")[0],
        lambda body: "\n".join(body.split("\n")[:2]),
        lambda body: "\n".join([*body.split("\n")[:1], *body.split("\n")[2:]]),
        lambda body: body.replace("\n", " "),
    ],
    ids=["agency line", "end cut off", "cut to half", "paragraph left out", "line breaks lost"],
)
def test_a_copy_is_known_whatever_papers_do_to_it(body, change):
    """Another headline, another agency line, a cut: still the same text, in any script."""
    assert joined(Article("Flood", body), Article("Water everywhere", change(body)))


@pytest.mark.parametrize(
    "other",
    [RETOLD, ENGLISH[: len(ENGLISH) // 3] + RETOLD, ARABIC, (RETOLD + "\n") * 2 + ENGLISH[:60]],
    ids=["retold", "one third the same", "translated", "one sentence quoted"],
)
def test_the_same_story_in_other_words_is_no_copy(other):
    """What another writer wrote of the event stays a hit of its own."""
    assert not joined(Article("Flood", ENGLISH), Article("Flood", other))


def test_a_piece_is_no_copy_of_what_is_many_times_as_long():
    """A brief inside a long page, such as a review of the press, does not stand for it."""
    words = [f"word{number}" for number in range(400)]
    whole = Article(body=" ".join(words))
    assert joined(whole, Article(body=" ".join(words[: 400 // LONGER + 1])))
    assert not joined(whole, Article(body=" ".join(words[: 400 // LONGER - 10])))


def test_short_texts_are_compared_with_their_headlines():
    """Pictures with the same caption and different headlines are different articles."""
    caption = "Picture of the day."
    flood, market = Article("Flood in Basra town", caption), Article("Old market at dawn", caption)
    assert not joined(flood, market)
    assert joined(flood, replace(flood, id="again"))


@given(st.text(max_size=80), st.text(max_size=80))
def test_an_article_is_a_copy_of_itself(title, body):
    """Whatever the text, if it has a word at all."""
    article = Article(title, body)
    assert not shingles(article) or joined(article, article)


def test_only_the_first_of_a_group_is_compared():
    """A chain of small changes does not join texts that have little in common."""
    words = [f"word{number}" for number in range(100)]
    chain = [Article(body=" ".join(words[start : start + 50])) for start in (0, 15, 30, 45)]
    groups = Groups()
    assert [groups.join(shingles(each)) for each in chain] == [0, 0, 1, 1]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Twelve copies of one report, six other texts, all on the flood."""
    with dragoman.open_library(tmp_path_factory.mktemp("library")) as library:
        library.add(
            Article(id=f"copy{n:02}", title=f"Flood {n}", body=f"{ENGLISH}\nPaper {n}.")
            for n in range(12)
        )
        library.add(
            Article(id=f"other{n}", title="Report", body=f"Flood. {_scattered(n)}")
            for n in range(5)
        )
        library.add([Article(id="ar", title="فيضان flood", body=ARABIC, language="ar")])
        yield library


def _scattered(seed):
    """The words of the retold story in another order."""
    words = RETOLD.split()
    random.Random(seed).shuffle(words)  # noqa: S311 - nothing secret
    return " ".join(words)


def test_one_hit_stands_for_all_copies_and_the_page_is_full(library):
    """The best copy carries the ids of the rest; totals and facets count all articles."""
    plain, collapsed = (library.search("flood", limit=7, collapse=on) for on in (False, True))
    assert len(collapsed.hits) == 7
    (group,) = [hit for hit in collapsed.hits if hit.copies]
    assert {group.id, *group.copies} == {f"copy{n:02}" for n in range(12)}
    ranked = [hit.id for hit in library.search("flood", limit=99).hits if "copy" in hit.id]
    assert [group.id, *group.copies] == ranked
    assert (collapsed.total, collapsed.facets) == (plain.total, plain.facets) == (18, plain.facets)


def test_pages_of_collapsed_hits_follow_each_other(library):
    """The second page continues the first: no group is shown twice or left out."""
    whole = [hit.id for hit in library.search("flood", limit=7, collapse=True).hits]
    pages = [
        hit.id
        for offset in (0, 3, 6)
        for hit in library.search("flood", limit=3, offset=offset, collapse=True).hits
    ]
    assert pages == whole
    assert library.search("flood", limit=3, offset=7, collapse=True).hits == ()


@pytest.mark.parametrize("sort", ["score", "newest", "oldest"])
def test_collapsing_gives_the_same_every_time(library, sort):
    """No order depends on chance."""
    first, second = (library.search("flood", sort=sort, collapse=True) for _ in range(2))
    assert first == second


def test_the_cap_of_a_language_counts_groups(library):
    """Two hits a language are two texts, not two copies of one."""
    hits = library.search("flood", per_language=2, collapse=True).hits
    assert sorted(hit.language for hit in hits) == ["ar", "en", "en"]
    assert sum("copy" in hit.id for hit in hits) <= 1


def test_without_collapsing_no_hit_stands_for_others(library):
    """Nothing is joined unless it is asked for."""
    assert all(hit.copies == () for hit in library.search("flood", limit=99).hits)


@pytest.mark.skipif(not NTREX.exists(), reason=f"{NTREX.name} is not here")
def test_the_benchmark_of_copies_finds_them_and_little_else():
    """Copies are joined, other stories are not, in a spaced and an unspaced script."""
    command = [sys.executable, str(BENCHMARKS / "copies.py"), "--json", "--languages", "eng,zho-CN"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = {row["pairs"]: row for row in map(json.loads, output.splitlines())}
    for kind in ("other headline and agency line", "one word in twenty changed"):
        assert min(rows[kind]["spaced"], rows[kind]["unspaced"]) > 0.95
    for kind in ("the same story written anew", "any other story in the language"):
        assert max(rows[kind]["spaced"], rows[kind]["unspaced"]) < 0.02
